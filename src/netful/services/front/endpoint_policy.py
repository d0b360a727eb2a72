"""The policy of the endpoint that a request came through (vpc-network §5.4), judged by the engine's rules.

The facts that a policy may ask for come from the door and the socket; a client's headers say what is asked, not who asks.
What the rules cannot decide, because it hangs on a caller's identity that is not emulated, is let through.
"""

from __future__ import annotations

from netful.engine.iam import policies
from netful.model.cloud import Cloud
from netful.model.core.unknown import Unknown
from netful.model.network.vpc_endpoints import VpcEndpoint
from netful.services.front.actions import Asked, asked
from netful.services.front.faults import aws_error
from netful.services.front.routing import ServiceRoute
from netful.services.http.message import Request, Response

_ABSENT = frozenset({"aws:SourceIp"})


def refusal(cloud: Cloud, found: ServiceRoute, request: Request) -> Response | None:
    """The 403 that the service answers because of the endpoint's policy, or None where the policy lets it through."""
    endpoint = found.endpoint
    if endpoint is None or endpoint.policy_document is None or isinstance(endpoint.policy_document, Unknown):
        return None
    what = asked(found, request, cloud.account_id)
    if not what.action:
        return None
    context = _context(endpoint, request)
    question = policies.Request(what.action, what.resource, context=context, absent=_ABSENT)
    decision = policies.evaluate(endpoint.policy_document, question)
    if decision.outcome != "deny":
        return None
    code = "AccessDenied" if found.service.code == "s3" else "AccessDeniedException"
    message = _message(what, explicit=bool(decision.statement))
    return aws_error(found.host, request.header("content-type"), 403, code, message)


def _context(endpoint: VpcEndpoint, request: Request) -> dict[str, str]:
    client = request.connection.client[0]
    return {"aws:SourceVpce": endpoint.id, "aws:SourceVpc": str(endpoint.vpc_id), "aws:VpcSourceIp": client}


def _message(what: Asked, *, explicit: bool) -> str:
    """AWS's sentence for it (api-gateway §2.6)."""
    on = f" on resource: {what.resource}" if what.resource else ""
    why = (
        "with an explicit deny in a VPC endpoint policy"
        if explicit
        else f"because no VPC endpoint policy allows the {what.action} action"
    )
    return f"User is not authorized to perform: {what.action}{on} {why}"
