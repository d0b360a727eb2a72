"""The request validator: a call that lacks what its method requires ends before its integration (api-gateway §5.13)."""

from __future__ import annotations

from netful.engine.api_answers import missing_parameters
from netful.engine.request_validation import missing
from netful.gateway.call import Call
from netful.gateway.context import request_context
from netful.gateway.faults import Fault


def check(call: Call) -> None:
    """Raise Fault for a call without a required parameter."""
    if not call.route.request_parameters:
        return
    names = missing(call.api, call.route, call.message(request_context(call)))
    if names:
        raise Fault(missing_parameters(names))
