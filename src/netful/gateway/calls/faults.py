"""What ends a call early: an answer of the gateway's own, and the response that it becomes."""

from __future__ import annotations

from dataclasses import replace

from netful.engine.apis.gateway_responses import Shaped, response_for, shaped
from netful.engine.http.gateway_errors import INTERNAL_ERROR, Answer
from netful.gateway.calls.call import Call
from netful.gateway.calls.context import request_context
from netful.model.apis.api import Protocol
from netful.services.http.message import Response


class Fault(Exception):  # noqa: N818  # it is an answer, not an error of the program
    """The gateway answers by itself; `why` is what an execution log says (engine.execution_logs.failure)."""

    def __init__(self, answer: Answer, why: str = "") -> None:
        super().__init__(answer.body)
        self.answer = answer
        self.why = why


def misconfigured(why: str, answer: Answer = INTERNAL_ERROR) -> Fault:
    """What ends a call whose API is wrong."""
    return Fault(answer, f"configuration error: {why}")


def refused(call: Call, answer: Answer, why: str = "") -> Response:
    """The response for an answer, as the API shapes it; an HTTP API tells no type of error (§6.5)."""
    if call.record is not None:
        call.record.failed(answer, why)
    api = call.judged.api
    if api is not None and api.protocol is Protocol.HTTP:
        answer = replace(answer, error_type="")
    if response_for(api, answer) is None:
        return answered(answer)
    return _response(answer, shaped(api, answer, call.message(request_context(call)), call.request.header("accept")))


def answered(answer: Answer) -> Response:
    """The response for an answer that no API changes."""
    return _response(answer, Shaped(answer.status, answer.body, answer.content_type, answer.headers))


def _response(answer: Answer, said: Shaped) -> Response:
    headers = [("Content-Type", said.content_type), *said.headers]
    if answer.error_type:
        headers.append(("x-amzn-ErrorType", answer.error_type))
    if answer.challenge:
        headers.append(("www-authenticate", answer.challenge))
    return Response(said.status, tuple(headers), said.body.encode())
