"""What is written down of a call while it is answered, for the access log: times, the integration's status, the error.

What is said to its execution log goes through here as well.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from netful.engine.http.gateway_errors import Answer
from netful.gateway.calls.execution_log import ExecutionLog
from netful.services.http.message import Headers, Response

if TYPE_CHECKING:
    from netful.gateway.calls.call import Call


@dataclass(slots=True)
class Record:
    """One call's, by a monotonic clock. `sent` is the length of a streamed answer. `call` is the call as it went to its integration, with what was found out of it."""

    monotonic: Callable[[], float]
    began: float
    call: Call | None = None
    integration_began: float | None = None
    integration_ended: float | None = None
    integration_status: int | None = None
    service_status: int | None = None
    integration_request_id: str | None = None
    error: Answer | None = None
    sent: int | None = None
    first_content: float | None = None
    execution: ExecutionLog | None = None
    allowed_by_waf: bool | None = None
    phases: dict[str, dict[str, Any]] = field(default_factory=dict)

    def filtered(self, began: float, *, allowed: bool) -> None:
        """A web ACL has let the call through, or has not."""
        self.allowed_by_waf = allowed
        self.went_through("waf", began)

    def went_through(self, phase: str, began: float, refused: Answer | None = None) -> None:
        """What of the admission is over since a time, in AWS's words: waf, authenticate, authorizer or authorize."""
        told = {"latency": _millis(began, self.monotonic()), "status": str(refused.status if refused else 200)}
        told["error"] = _message(refused) if refused else None
        self.phases[phase] = {**self.phases.get(phase, {}), **told}

    def asked(self, began: float, request_id: str) -> None:
        """The function of an authorizer was asked, and has answered."""
        latency = _millis(began, self.monotonic())
        told = {"integrationLatency": latency, "integrationStatus": "200", "requestId": request_id}
        self.phases["authorizer"] = told

    def admitted(self, call: Call) -> None:
        """The call is let through, with what is known of its caller."""
        self.call = call
        if self.execution is not None:
            self.execution.begun(call)

    def integrating(self, call: Call) -> None:
        """The call goes to its integration now."""
        self.call, self.integration_began = call, self.monotonic()

    def sending(self, uri: str, headers: Headers, body: bytes) -> None:
        """What the integration is sent."""
        if self.execution is not None:
            self.execution.sending(uri, dict(headers), body)

    def received(self, response: Response) -> None:
        """What it answered, before any mapping."""
        names = {name.lower(): value for name, value in response.headers}
        self.integration_request_id = names.get("x-amzn-requestid")
        self.service_status = response.status
        if self.execution is not None:
            millis = int(_millis(self.integration_began, self.monotonic()) or 0)
            self.execution.received(response.status, millis, dict(response.headers), response.body)

    def failed(self, answer: Answer, why: str) -> None:
        """The gateway answers in the integration's place, or before it."""
        self.error = answer
        if self.execution is not None:
            self.execution.failed(why)

    def integrated(self, status: int) -> None:
        """The integration has answered, with a status of its own unless `saw` has told another."""
        self.integration_ended = self.monotonic()
        if self.integration_status is None:
            self.integration_status = status

    def saw(self, status: int) -> None:
        """A service or a web server has answered so, before any mapping."""
        self.integration_status = status

    def piece(self) -> None:
        """A piece of a streamed answer has come."""
        if self.first_content is None:
            self.first_content = self.monotonic()

    def told(self, response: Response) -> dict[str, Any]:
        """What `$context` has in an access log, beside what templates see too."""
        latency = _millis(self.integration_began, self.integration_ended)
        of_service = self.integration_status if self.service_status is None else self.service_status
        integration = {
            "latency": latency,
            "integrationStatus": of_service,
            "status": self.integration_status,
            "requestId": self.integration_request_id,
            "error": _message(self.error) if self.error and self.integration_began is not None else None,
            "responseTransferMode": "BUFFERED" if self.sent is None else "STREAMED",
        }
        if self.sent is not None:
            integration["timeToAllHeaders"] = latency
            integration["timeToFirstContent"] = _millis(self.integration_began, self.first_content)
        return {
            "status": str(response.status),
            "responseLength": str(len(response.body) if self.sent is None else self.sent),
            "responseLatency": _millis(self.began, self.monotonic()),
            "integrationLatency": latency,
            "integrationStatus": of_service,
            "integration": integration,
            **({} if self.allowed_by_waf is None else {"wafResponseCode": _waf_code(allowed=self.allowed_by_waf)}),
            **({"error": _error(self.error), "integrationErrorMessage": integration["error"]} if self.error else {}),
        }


def _millis(begin: float | None, end: float | None) -> str | None:
    return None if begin is None or end is None else str(round((end - begin) * 1000))


def _error(answer: Answer) -> dict[str, Any]:
    message = _message(answer)
    told = {"message": message, "messageString": json.dumps(message), "responseType": answer.response_type}
    return told | ({"validationErrorString": answer.detail} if answer.detail else {})


def _waf_code(*, allowed: bool) -> str:
    return f"WAF_{'ALLOW' if allowed else 'BLOCK'}"


def _message(answer: Answer) -> str:
    """The message of an answer; a web ACL's own need not have one."""
    try:
        found = json.loads(answer.body)
    except ValueError:
        return answer.body
    return str(next(iter(found.values()), None) or "") if isinstance(found, dict) else answer.body
