"""Credentials of integrations: a service refuses what the role may not do, and that is its answer (api-gateway §5.8).

A role that the template does not have, or not all the policies of, is taken to be allowed everything that nothing denies; so
is the client's own identity, where its credentials are to be used.
"""

from __future__ import annotations

from dataclasses import replace

from netful.engine.iam import role_sessions
from netful.engine.iam.authorization import Caller
from netful.engine.integrations import query_protocol
from netful.gateway.calls.call import Call
from netful.model.names import service_names
from netful.services.front.guard import Guard
from netful.services.front.routing import ServiceRoute
from netful.services.http.message import Request, Response

_CLIENTS_OWN = ":user/*"
_FORM = ("Content-Type", "application/x-www-form-urlencoded")


def denial(call: Call, code: str, host: str, request: Request) -> Response | None:
    """Return the refusal of a service to what an integration asks with its role; None where the role may ask it."""
    cloud, credentials = call.cloud, call.integration.credentials
    if not isinstance(credentials, str) or credentials.endswith(_CLIENTS_OWN):
        return None
    caller: Caller = cloud.derived(
        ("integration", credentials), lambda: role_sessions.integration_caller(cloud, credentials)
    )
    if caller.document is None and caller.denials is None:
        return None
    guard: Guard = cloud.derived("integrations' guard", lambda: Guard(cloud, {}))
    if code in query_protocol.BY_QUERY and not request.header("x-amz-target"):
        request = replace(request, headers=(*request.headers, _FORM))
    return guard.denial(ServiceRoute(service_names.service(code), call.api.region, host), request, caller)
