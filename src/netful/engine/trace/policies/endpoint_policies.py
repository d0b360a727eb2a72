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
    decision, asked = policies.evaluate(endpoint.policy_document, request), request
    assumed: tuple[Found, ...] = ()
    if decision.outcome == "unknown":
        whose, signer = cloud.account_of(endpoint.id), caller_roles.signer(cloud, source)
        own = replace(request, context={**request.context, "aws:PrincipalAccount": whose})
        if signer is not None:
            whose, caller = signer[0].id, signer[1]
            own = replace(signed(request, caller), principals=(*caller.names, *caller.delegates))
        of_own = policies.evaluate(endpoint.policy_document, own)
        if of_own.outcome == "allow" or (of_own.outcome == "deny" and signer):
            decision, asked, assumed = of_own, own, (Assumption(f"the caller has credentials of {whose}"),)
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


def _allows_any(cloud: Cloud, document: Mapping[str, Any], request: PolicyRequest) -> bool:
    """Return whether a policy allows an action on every resource of its service, as far as one without a known name shows it."""
    prefix = request.action.partition(":")[0]
    usual = on_resource(request.action, _ANY, cloud.region, cloud.account_id)
    arn = usual.resource or cloud.arn(prefix, f"{_ANY}/{_ANY}")
    return policies.evaluate(document, replace(request, resource=arn, alike=usual.alike)).outcome == "allow"
