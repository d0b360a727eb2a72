"""Policy of the resource that a question names: statements that deny a caller every action, such as those for other ways.

A question names no action and no object. So a statement for some actions, or with `NotAction` or `NotResource`, is not judged.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Found, denied
from netful.engine.flows.kinds import HopKind
from netful.engine.iam import policies, resource_policies
from netful.engine.iam.policies import PolicyRequest
from netful.engine.iam.service_actions import prefix_of
from netful.engine.trace.policies import caller_roles
from netful.engine.trace.policies.service_requests import signed, unplaced
from netful.model.access.policy_statements import statements
from netful.model.cloud import Cloud


def judge(cloud: Cloud, code: str, request: PolicyRequest, source: str) -> Iterator[Found]:
    """Evaluate the denials of the policy of a request's resource for all actions of a service."""
    found = resource_policies.documents(cloud)
    document = resource_policies.policy_of(request.resource, found)
    denials = [one for one in statements(document or {}) if isinstance(one, Mapping) and _denies_whole(one)]
    if request.action or not denials:
        return
    every = replace(request, action=f"{prefix_of(code)}:*")
    signer = caller_roles.signer(cloud, source)
    if signer is not None:
        every = replace(signed(every, signer[1]), principals=(*signer[1].names, *signer[1].delegates))
    decision = _decision(denials, every)
    resource = cloud.template.resources[resource_policies.id_at(cloud, request.resource)]
    if decision.statement:
        rule = f"{decision.statement} denies it"
        yield denied(
            HopKind.POLICY, f"{every.action} on {request.resource}", resource, rule, Code.NETFUL_RESOURCE_POLICY_DENY
        )
    elif decision.may_deny:
        keys = " and ".join(f"`{key}`" for key in decision.keys)
        yield Assumption(
            f"the policy of {resource.id} does not deny it"
            + (f", which depends on {keys} of the request" if keys else "")
        )


def _decision(denials: Sequence[object], request: PolicyRequest) -> policies.Decision:
    """Evaluate denials. One by an address that netful chose for a caller does not count."""
    document = {"Statement": denials}
    decision = policies.evaluate(document, request)
    return policies.evaluate(document, unplaced(request)) if decision.statement else decision


def _denies_whole(statement: Mapping[str, object]) -> bool:
    return statement.get("Effect") == "Deny" and statement.keys().isdisjoint(("NotAction", "NotResource"))
