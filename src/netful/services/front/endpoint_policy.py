"""Policy of the endpoint that a request came through (vpc-network §5.4), evaluated by the engine.

The condition keys of a policy come from the door and the socket. A client's headers define the request, not the identity
of the client. A decision that depends on a caller's identity, which is not emulated, counts as allowed.
"""

from __future__ import annotations

from netful.engine.iam import policies, source_context
from netful.model.cloud import Cloud
from netful.model.core.unknown import Unknown
from netful.model.network.vpc_endpoints import VpcEndpoint
from netful.services.front.actions import RequestedAction, asked
from netful.services.front.faults import aws_error
from netful.services.front.routing import ServiceRoute
from netful.services.http.message import Request, Response


def refusal(cloud: Cloud, found: ServiceRoute, request: Request) -> Response | None:
    """Return the service's 403 if the endpoint's policy denies the request, else None."""
    endpoint = found.endpoint
    if endpoint is None or endpoint.policy_document is None or isinstance(endpoint.policy_document, Unknown):
        return None
    what = asked(found, request, cloud.account_id)
    if not what.action:
        return None
    context = _context(cloud, endpoint, request)
    question = policies.PolicyRequest(
        what.action, what.resource, context=context, absent=source_context.ABSENT_THROUGH_ENDPOINT
    )
    decision = policies.evaluate(endpoint.policy_document, question)
    if decision.outcome != "deny":
        return None
    code = "AccessDenied" if found.service.code == "s3" else "AccessDeniedException"
    message = _message(what, explicit=bool(decision.statement))
    return aws_error(found.host, request.header("content-type"), 403, code, message)


def _context(cloud: Cloud, endpoint: VpcEndpoint, request: Request) -> dict[str, str]:
    client = request.connection.client[0]
    return {**source_context.BY_ITSELF, **source_context.through(cloud, endpoint), "aws:VpcSourceIp": client}


def _message(what: RequestedAction, *, explicit: bool) -> str:
    """Return AWS's error message for the denial (api-gateway §2.6)."""
    on = f" on resource: {what.resource}" if what.resource else ""
    why = (
        "with an explicit deny in a VPC endpoint policy"
        if explicit
        else f"because no VPC endpoint policy allows the {what.action} action"
    )
    return f"User is not authorized to perform: {what.action}{on} {why}"
