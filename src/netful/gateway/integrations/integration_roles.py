"""Credentials of integrations: the answer of a service to a request that the role must not make (api-gateway §5.8).

If the template does not have a role, or not all of its policies, the role may do everything that no policy denies. The same
holds for the client's own identity, if the integration uses the client's credentials.
"""

from dataclasses import replace

from netful.engine.iam import role_sessions
from netful.engine.iam.authorization import Caller
from netful.engine.integrations import query_protocol
from netful.engine.integrations.integration_credentials import CLIENTS_OWN
from netful.gateway.calls.call import Call
from netful.model.names import service_names
from netful.services.front.guard import Guard
from netful.services.front.routing import ServiceRoute
from netful.services.http.message import Request, Response

_FORM = ("Content-Type", "application/x-www-form-urlencoded")


def denial(call: Call, code: str, host: str, request: Request) -> Response | None:
    """Return a service's refusal of an integration's request with its role; None if the role allows the request."""
    cloud, credentials = call.cloud, call.integration.credentials
    if not isinstance(credentials, str) or credentials.endswith(CLIENTS_OWN):
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
