"""Early ends of calls: the gateway's own answers, and their responses."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from netful.engine.apis.gateway_responses import Shaped, response_for, shaped
from netful.engine.http.gateway_errors import INTERNAL_ERROR, GatewayAnswer
from netful.engine.http.headers import with_defaults
from netful.gateway.calls.call import Call
from netful.gateway.calls.call_stage import Next
from netful.gateway.calls.context import request_context
from netful.model.apis.api import Api, Protocol
from netful.services.http.message import Response


class Fault(Exception):  # noqa: N818  # it is an answer, not an error of the program
    """Answer of the gateway itself. `why` is the text for an execution log (engine.execution_logs.failure).

    `call` is the call with the facts about its caller, if they were found before its end.
    """

    def __init__(self, answer: GatewayAnswer, why: str = "", call: Call | None = None) -> None:
        super().__init__(answer.body)
        self.answer = answer
        self.why = why
        self.call = call


def misconfigured(why: str, answer: GatewayAnswer = INTERNAL_ERROR) -> Fault:
    """Return the fault for a call whose API is misconfigured."""
    return Fault(answer, f"configuration error: {why}")


@contextmanager
def phase(call: Call, name: str, began: float) -> Iterator[None]:
    """Note a phase of the admission in the record of a call, if it has one: whether it went through, or was refused."""
    try:
        yield
    except Fault as fault:
        if call.record is not None:
            call.record.went_through(name, began, fault.answer)
        raise
    if call.record is not None:
        call.record.went_through(name, began)


@contextmanager
def of_caller(call: Call) -> Iterator[None]:
    """Give a Fault the call with the facts about its caller."""
    try:
        yield
    except Fault as fault:
        fault.call = fault.call or call
        raise


async def answered(call: Call, following: Next) -> Response:
    """Return the response of the stages that follow, or that of the Fault that ends the call."""
    try:
        return await following(call)
    except Fault as fault:
        return refused(fault.call or call, fault.answer, fault.why)


def refused(call: Call, answer: GatewayAnswer, why: str = "") -> Response:
    """Return the response for an answer, as the API shapes it."""
    if call.record is not None:
        call.record.failed(answer, why)
        call.record.context = call.record.context or request_context(call)
    api = call.judged.api
    response = unshaped(api, answer)
    if response is not None:
        return response
    return _response(answer, shaped(api, answer, call.message(request_context(call)), call.request.header("accept")))


def unshaped(api: Api | None, answer: GatewayAnswer) -> Response | None:
    """Return the response for an answer, the same for all calls; None if the API shapes it.

    An HTTP API names no type of error (§6.5).
    """
    if response_for(api, answer) is not None:
        return None
    if api is not None and api.protocol is Protocol.HTTP:
        answer = replace(answer, error_type="")
    return _response(answer, Shaped(answer.status, answer.body, answer.content_type, answer.headers))


def _response(answer: GatewayAnswer, said: Shaped) -> Response:
    own = {
        "Content-Type": said.content_type,
        "x-amzn-ErrorType": answer.error_type,
        "www-authenticate": answer.challenge,
    }
    headers = with_defaults(said.headers, {name: value for name, value in own.items() if value})
    return Response(said.status, headers, said.body.encode())
