"""An endpoint's policy, asked for the action that a question names (vpc-network §5.4)."""

from __future__ import annotations

from netful.engine.flows.codes import Code
from netful.engine.flows.kinds import HopKind
from netful.engine.iam import policies
from netful.engine.network.walk import Walk
from netful.engine.trace.places import HostTarget
from netful.model.core.unknown import Unknown


def judge(walk: Walk, target: HostTarget) -> None:
    """Ask the policy of the endpoint that the packets came to."""
    endpoint = walk.cloud.network.vpc_endpoints.get(walk.endpoint_id) if walk.endpoint_id else None
    if endpoint is None or endpoint.policy_document is None:
        return
    if not target.action:
        walk.trail.assume(f"the policy of {endpoint.id} allows what is asked; name an action to have it judged")
        return
    if isinstance(endpoint.policy_document, Unknown):
        missing = endpoint.policy_document.needs
        rule = "its policy is not known"
        walk.trail.add(
            HopKind.POLICY, endpoint.id, target.action, "unknown", rule, origin=endpoint.origin, missing=missing
        )
        return
    context = {"aws:SourceVpce": endpoint.id, "aws:SourceVpc": str(endpoint.vpc_id)}
    request = policies.Request(target.action, target.resource, context=context, absent=frozenset({"aws:SourceIp"}))
    decision = policies.evaluate(endpoint.policy_document, request)
    asks = f"{target.action} on {target.resource}" if target.resource else target.action
    if decision.outcome == "deny":
        rule = f"{decision.statement} denies it" if decision.statement else "no statement allows it"
        walk.trail.add(
            HopKind.POLICY,
            endpoint.id,
            asks,
            "deny",
            rule,
            code=Code.NETFUL_ENDPOINT_POLICY_DENY,
            origin=endpoint.origin,
        )
    elif decision.outcome == "unknown":
        missing = (f"what the policy of {endpoint.id} asks of the caller",)
        rule = "it depends on the caller"
        walk.trail.add(HopKind.POLICY, endpoint.id, asks, "unknown", rule, origin=endpoint.origin, missing=missing)
    else:
        walk.trail.add(
            HopKind.POLICY, endpoint.id, asks, "allow", f"{decision.statement} allows it", origin=endpoint.origin
        )
