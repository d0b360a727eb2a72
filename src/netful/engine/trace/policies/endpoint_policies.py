"""Evaluation of an endpoint's policy for the action that a question names (vpc-network §5.4)."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Found, allowed, denied, unknown
from netful.engine.flows.kinds import HopKind
from netful.engine.iam import policies
from netful.engine.iam.policies import PolicyRequest
from netful.engine.iam.service_actions import on_resource
from netful.engine.trace.policies import caller_roles
from netful.engine.trace.policies.service_requests import signed
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.network.vpc_endpoints import VpcEndpoint

_ANY = "any"
_OWNERS = ("aws:ResourceAccount", "s3:ResourceAccount")
"""Condition keys of the account that owns the resource of a request."""


def judge(cloud: Cloud, endpoint: VpcEndpoint | None, request: PolicyRequest, source: str = "") -> tuple[Found, ...]:
    """Evaluate the policy of the endpoint that a request reached, if any.

    `source` is the resource that sends it: if it matters who signs the request, it is its role, or some identity of the endpoint's
    account.
    """
    if endpoint is None or endpoint.policy_document is None:
        return ()
    if not request.action:
        note = f"the policy of {endpoint.id} allows what is asked; name an action to have it judged"
        return (Assumption(note),)
    kind = HopKind.POLICY
    if isinstance(endpoint.policy_document, Unknown):
        missing = endpoint.policy_document.needs
        return (unknown(kind, request.action, endpoint.id, "its policy is not known", missing, endpoint.origin),)
    decision, asked, assumed = _supposed(cloud, endpoint, endpoint.policy_document, request, source)
    asks = f"{request.action} on {request.resource}" if request.resource else request.action
    if decision.outcome == "deny":
        rule = f"{decision.statement} denies it" if decision.statement else "no statement allows it"
        return (
            *assumed,
            denied(kind, asks, endpoint, rule, Code.NETFUL_ENDPOINT_POLICY_DENY, decision.remedy(endpoint.id)),
        )
    if decision.outcome == "unknown":
        return (unknown(kind, asks, endpoint.id, *decision.doubt(endpoint.id), endpoint.origin),)
    if not request.resource and not _allows_any(cloud, endpoint.policy_document, asked):
        what = f"the request is for a resource on which the policy of {endpoint.id} allows {request.action}"
        assumed = (*assumed, Assumption(what))
    return (*assumed, allowed(kind, asks, endpoint, f"{decision.statement} allows it"))


def _supposed(
    cloud: Cloud, endpoint: VpcEndpoint, document: Mapping[str, Any], request: PolicyRequest, source: str
) -> tuple[policies.Decision, PolicyRequest, tuple[Found, ...]]:
    """Return the decision of a policy, for which request, and what it assumes: whose credentials and, to be allowed, whose resource."""
    decision = policies.evaluate(document, request)
    if decision.outcome != "unknown":
        return decision, request, ()
    account, signer = cloud.account_of(endpoint.id), caller_roles.signer(cloud, source)
    signing = replace(request, context={**request.context, "aws:PrincipalAccount": account})
    if signer is not None:
        signing = replace(signed(request, signer[1]), principals=(*signer[1].names, *signer[1].delegates))
    whose = Assumption(f"the caller has credentials of {signer[0].id if signer is not None else account}")
    of_own = policies.evaluate(document, signing)
    if of_own.outcome == "allow" or (of_own.outcome == "deny" and signer):
        return of_own, signing, (whose,)
    there = dict.fromkeys(_OWNERS, account)
    for one, assumed in ((request, ()), (signing, (whose,))):
        near = replace(one, context={**one.context, **there})
        if not request.resource and policies.evaluate(document, near).outcome == "allow":
            owned = Assumption(f"the request is for a resource of the account {account}")
            return policies.evaluate(document, near), near, (*assumed, owned)
    return decision, request, ()


def _allows_any(cloud: Cloud, document: Mapping[str, Any], request: PolicyRequest) -> bool:
    """Return whether a policy allows an action on every resource of its service, as far as one without a known name shows it."""
    prefix = request.action.partition(":")[0]
    usual = on_resource(request.action, _ANY, cloud.region, cloud.account_id)
    arn = usual.resource or cloud.arn(prefix, f"{_ANY}/{_ANY}")
    return policies.evaluate(document, replace(request, resource=arn, alike=usual.alike)).outcome == "allow"
