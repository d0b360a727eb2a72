"""Mapping of REST APIs: a request's body to the integration's, its answer to the client's (api-gateway §5.4, §5.5, §5.9)."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netful.engine.api_answers import INTERNAL_ERROR, UNSUPPORTED_MEDIA
from netful.engine.header_rules import fails, returned_name
from netful.engine.integration_answers import Passthrough, request_template, response_template, select
from netful.engine.parameter_mapping import Message, evaluate
from netful.gateway.call import Call, headers_of
from netful.gateway.context import request_context
from netful.gateway.faults import Fault
from netful.model.integration import IntegrationResponse
from netful.model.unknown import Maybe
from netful.services.message import Response

log = logging.getLogger(__name__)

_RESPONSE_HEADER = "method.response.header."
_REQUEST = "integration.request."
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Mapped:
    """A body for the integration, and the context with which the answer is mapped."""

    body: str
    context: Mapping[str, Any]


def request_body(call: Call) -> Mapped:
    """The body that the integration gets; raises Fault where it takes none of its type."""
    context = request_context(call)
    found = request_template(call.integration, call.request.header("content-type"))
    if found is Passthrough.REFUSE:
        raise Fault(UNSUPPORTED_MEDIA)
    if isinstance(found, Passthrough):
        return Mapped(call.text, context)
    return Mapped(_rendered(found), context)


def request_parameters(call: Call, place: str) -> dict[str, str]:
    """What the request mapping sets in a place: `path`, `querystring` or `header`."""
    message = call.message(request_context(call))
    prefix = f"{_REQUEST}{place}."
    mapped = _mapped(call.integration.request_parameters, prefix, message)
    if place == "header" and any(fails(str(call.integration.type), name) for name in mapped):
        raise Fault(INTERNAL_ERROR)
    return mapped


def response(call: Call, value: str, answer: Response, mapped: Mapped) -> Response:
    """The client's response for an integration's answer, chosen by a value of it; raises Fault where none is meant."""
    chosen = select(call.integration, value)
    if chosen is None:
        raise Fault(INTERNAL_ERROR)
    text = answer.body.decode("utf-8", "replace")
    message = Message({"header": headers_of(answer)}, text, mapped.context, call.stage_variables)
    headers = {"Content-Type": _JSON}
    for name, setting in _mapped(chosen.response_parameters, _RESPONSE_HEADER, message).items():
        headers["Content-Type" if name.lower() == "content-type" else returned_name(name)] = setting
    body = _response_body(call, chosen, answer)
    return Response(_status(chosen), tuple(headers.items()), body)


def _status(chosen: IntegrationResponse) -> int:
    return int(chosen.status_code) if chosen.status_code.isdecimal() else 200


def _response_body(call: Call, chosen: IntegrationResponse, answer: Response) -> bytes:
    template = response_template(chosen.response_templates, call.request.header("accept"))
    return answer.body if template is None else _rendered(template[1]).encode()


def _mapped(parameters: Mapping[str, Maybe[str]], prefix: str, message: Message) -> dict[str, str]:
    return {
        name.removeprefix(prefix): value
        for name, expression in parameters.items()
        if name.startswith(prefix)
        and isinstance(expression, str)
        and (value := evaluate(expression, message)) is not None
    }


def _rendered(template: str) -> str:
    """A template that is plain text is its own rendering."""
    if "$" in template or "#" in template:
        log.warning("a mapping template was not rendered: %s", template)
        raise Fault(INTERNAL_ERROR)
    return template
