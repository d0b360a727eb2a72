"""MOCK: the request template names a status, and the integration response for it answers (api-gateway §5.6)."""

from netful.engine.integrations.integration_responses import mock_status
from netful.gateway.calls.call import Call
from netful.gateway.calls.faults import misconfigured
from netful.gateway.integrations.mapping import Mapper
from netful.model.apis.integration import Integration
from netful.model.core import Maybe
from netful.services.http.message import Response


async def answer(call: Call, mapper: Mapper) -> Response:
    """Return the response to a call; without a template and a body it is the default one."""
    mapped = await mapper.request_body(call)
    if not mapped.body and not any(call.integration.request_templates.values()):
        return await mapper.response(call, "", Response(200), mapped)
    status = mock_status(mapped.body.decode("utf-8", "replace"))
    if status is None:
        raise misconfigured(
            "Unable to parse statusCode. It should be an integer that is defined in the request template."
        )
    return await mapper.response(call, status, Response(int(status)), mapped)


def is_constant(integration: Integration) -> bool:
    """Return whether all requests of the same types, without a body, get the same response."""
    templates = [*integration.request_templates.values()]
    parameters: list[Maybe[str]] = []
    for one in integration.responses:
        templates += one.response_templates.values()
        parameters += one.response_parameters.values()
    return integration.type == "MOCK" and all(map(_is_text, templates)) and all(map(_is_literal, parameters))


def _is_text(template: Maybe[str]) -> bool:
    return isinstance(template, str) and not set("$#") & set(template)


def _is_literal(expression: Maybe[str]) -> bool:
    return isinstance(expression, str) and len(expression) > 1 and expression[0] == expression[-1] == "'"
