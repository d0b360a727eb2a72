"""MOCK: the request template names a status, and the integration response for it answers (api-gateway §5.6)."""

from __future__ import annotations

from netful.engine.api_answers import INTERNAL_ERROR
from netful.engine.integration_answers import mock_status
from netful.gateway.call import Call
from netful.gateway.faults import Fault
from netful.gateway.mapping import Mapped, request_body, response
from netful.services.message import Response


def answer(call: Call) -> Response:
    """The response to a call; without a template and a body it is the default one."""
    mapped = request_body(call)
    if not mapped.body and not call.integration.request_templates:
        return response(call, "", Response(200), mapped)
    status = mock_status(mapped.body)
    if status is None:
        raise Fault(INTERNAL_ERROR)
    return response(call, status, Response(int(status)), Mapped("", mapped.context))
