"""Evaluation of an endpoint's policy for the action that a question names (vpc-network §5.4)."""

from dataclasses import replace

from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Found, allowed, denied, unknown
from netful.engine.flows.flow import single_address
from netful.engine.flows.kinds import HopKind
from netful.engine.iam import policies, source_context
from netful.engine.trace import caller_roles
from netful.engine.trace.ends.destinations import HostDestination
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.network.vpc import IPNetwork


def judge(
    cloud: Cloud, endpoint_id: str | None, target: HostDestination, client: IPNetwork | None = None, source: str = ""
) -> tuple[Found, ...]:
    """Evaluate the policy of the endpoint that the packets reached, if any.

    `client` is their source address, None if it is not known, and `source` the resource that sends them: if it matters who signs the
    request, it is its role, or some identity of the endpoint's account.
    """
    endpoint = cloud.network.vpc_endpoints.get(endpoint_id) if endpoint_id else None
    if endpoint is None or endpoint.policy_document is None:
        return ()
    if not target.action:
        note = f"the policy of {endpoint.id} allows what is asked; name an action to have it judged"
        return (Assumption(note),)
    kind = HopKind.POLICY
    if isinstance(endpoint.policy_document, Unknown):
        missing = endpoint.policy_document.needs
        return (unknown(kind, target.action, endpoint.id, "its policy is not known", missing, endpoint.origin),)
    region = endpoint.service_region or cloud.region_of(endpoint.id)
    context = source_context.through(cloud, endpoint) | source_context.BY_ITSELF | {"aws:SecureTransport": "true"}
    if region in target.host.split("."):
        context["aws:RequestedRegion"] = region
    if address := single_address(client):
        context["aws:VpcSourceIp"] = address
    request = policies.PolicyRequest(
        target.action, target.resource, context=context, absent=source_context.ABSENT_THROUGH_ENDPOINT
    )
    decision = policies.evaluate(endpoint.policy_document, request)
    assumed: tuple[Found, ...] = ()
    if decision.outcome == "unknown":
        account, signer = cloud.account_of(endpoint.id), caller_roles.signer(cloud, source)
        own = replace(request, context=context | {"aws:PrincipalAccount": account})
        if signer is not None:
            account, caller = signer
            own = replace(request, context=context | caller.keys, principals=(*caller.names, *caller.delegates))
        of_own = policies.evaluate(endpoint.policy_document, own)
        if of_own.outcome == "allow" or (of_own.outcome == "deny" and signer):
            decision, assumed = of_own, (Assumption(f"the caller has credentials of {account}"),)
    asks = f"{target.action} on {target.resource}" if target.resource else target.action
    if decision.outcome == "deny":
        rule = f"{decision.statement} denies it" if decision.statement else "no statement allows it"
        return (*assumed, denied(kind, asks, endpoint, rule, Code.NETFUL_ENDPOINT_POLICY_DENY))
    if decision.outcome == "unknown":
        return (unknown(kind, asks, endpoint.id, *decision.doubt(endpoint.id), endpoint.origin),)
    return (*assumed, allowed(kind, asks, endpoint, f"{decision.statement} allows it"))
