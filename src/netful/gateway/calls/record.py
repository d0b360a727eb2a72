"""Record of a call for its access log: times, the status of the integration, the error.

Lines of its execution log go through the record as well.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from netful.engine.http.gateway_errors import GatewayAnswer
from netful.gateway.calls.execution_log import ExecutionLog
from netful.model.json_texts import json_or
from netful.services.http.message import Headers, Response


@dataclass(slots=True)
class Record:
    """Record of one call, by a monotonic clock.

    `context` is `$context` of the call after its admission, with all facts that the admission found. `sent` is the length of
    a streamed response.
    """

    monotonic: Callable[[], float]
    began: float
    context: Mapping[str, Any] | None = None
    integration_began: float | None = None
    integration_ended: float | None = None
    integration_status: int | None = None
    service_status: int | None = None
    integration_request_id: str | None = None
    error: GatewayAnswer | None = None
    sent: int | None = None
    first_content: float | None = None
    execution: ExecutionLog | None = None
    allowed_by_waf: bool | None = None
    phases: dict[str, dict[str, Any]] = field(default_factory=dict)

    def filtered(self, began: float, *, allowed: bool) -> None:
        """Note the result of a web ACL for the call."""
        self.allowed_by_waf = allowed
        self.went_through("waf", began)

    def went_through(self, phase: str, began: float, refused: GatewayAnswer | None = None) -> None:
        """Note the end of a phase of the admission, in AWS's words: waf, authenticate, authorizer or authorize."""
        latency, status = _millis(began, self.monotonic()), str(refused.status if refused else 200)
        ended = {"latency": latency, "status": status, "error": _message(refused) if refused else None}
        self.phases[phase] = {**self.phases.get(phase, {}), **ended}

    def asked(self, began: float, request_id: str) -> None:
        """Note that the function of an authorizer has answered."""
        latency = _millis(began, self.monotonic())
        self.phases["authorizer"] = {"integrationLatency": latency, "integrationStatus": "200", "requestId": request_id}

    def integrating(self) -> None:
        """Note that the call now goes to its integration."""
        self.integration_began = self.monotonic()

    def sending(self, uri: str, headers: Headers, body: bytes) -> None:
        """Note the request that the integration receives."""
        if self.execution is not None:
            self.execution.sending(uri, dict(headers), body)

    def received(self, response: Response) -> None:
        """Note the integration's answer, before any mapping."""
        names = {name.lower(): value for name, value in response.headers}
        self.integration_request_id = names.get("x-amzn-requestid")
        self.service_status = response.status
        if self.execution is not None:
            millis = int(_millis(self.integration_began, self.monotonic()) or 0)
            self.execution.received(response.status, millis, dict(response.headers), response.body)

    def failed(self, answer: GatewayAnswer, why: str) -> None:
        """Note that the gateway answers in place of the integration, or before it."""
        self.error = answer
        if self.execution is not None:
            self.execution.failed(why)

    def integrated(self, status: int) -> None:
        """Note that the integration has answered, with its own status unless `saw` has noted another."""
        self.integration_ended = self.monotonic()
        if self.integration_status is None:
            self.integration_status = status

    def saw(self, status: int) -> None:
        """Note the status of a service or a web server, before any mapping."""
        self.integration_status = status

    def piece(self) -> None:
        """Note that a piece of a streamed response has come."""
        if self.first_content is None:
            self.first_content = self.monotonic()

    def logged(self, response: Response) -> dict[str, Any]:
        """Return the values of `$context` that only an access log has."""
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


def _error(answer: GatewayAnswer) -> dict[str, Any]:
    message = _message(answer)
    error = {"message": message, "messageString": json.dumps(message), "responseType": answer.response_type}
    return error | ({"validationErrorString": answer.detail} if answer.detail else {})


def _waf_code(*, allowed: bool) -> str:
    return f"WAF_{'ALLOW' if allowed else 'BLOCK'}"


def _message(answer: GatewayAnswer) -> str:
    """Return the message of an answer; that of a web ACL may have none."""
    found = json_or(answer.body)
    return str(next(iter(found.values()), None) or "") if isinstance(found, dict) else answer.body
