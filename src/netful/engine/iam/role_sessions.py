"""Sessions of roles as callers in IAM, with the policies of the role in the cloud.

Sessions belong to functions, by the function's name, to tasks, and to API Gateway, which has the role of an integration's credentials.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netful.engine.iam import authorization, key_aliases, managed_policies, policies, resource_policies
from netful.engine.iam.authorization import Caller, Refusal
from netful.engine.iam.service_actions import RequestedAction
from netful.model.access.identity import Identity
from netful.model.cloud import Cloud
from netful.model.functions.function import Function, Role
from netful.model.names.partitions import partition

_GATEWAY_SESSION = "BackplaneAssumeRoleSession"
_ARN_COLONS = 4
UNREAD: Mapping[str, Any] = {"Statement": [None]}
"""Policy whose text is not known."""


def caller_of(cloud: Cloud, function: Function) -> Caller:
    """Return the identity of a function that signs requests with its credentials."""
    role = function.role if isinstance(function.role, str) else function.id
    return task_caller(cloud, role, str(function.function_name))


def integration_caller(cloud: Cloud, credentials: str) -> Caller:
    """Return the identity of API Gateway when it calls a service with an integration's credentials, the ARN of a role."""
    return task_caller(cloud, credentials, _GATEWAY_SESSION)


def task_caller(cloud: Cloud, role: str, session: str) -> Caller:
    """Return the identity of a task of ECS that signs requests with the credentials of its role."""
    return _session(cloud, cloud.access.role_named(role), role.rpartition("/")[2], session)


def assumed_caller(cloud: Cloud, role_arn: str, session: str, policy: Mapping[str, Any] | None, key_id: str) -> Caller:
    """Return the identity of a session that STS gave; `policy` is its session policy, `key_id` its access key."""
    account = role_arn.split(":")[4] if role_arn.count(":") > _ARN_COLONS else cloud.account_id
    role = cloud.access.role_named(role_arn)
    if account not in (cloud.account_id, cloud.account_of(role.id) if role else ""):
        arn = f"arn:{role_arn.split(':')[1]}:sts::{account}:assumed-role/{role_arn.rpartition('/')[2]}/{session}"
        return Caller(arn, (arn, role_arn), account, limit=policy, key_id=key_id)
    return replace(_session(cloud, role, role_arn.rpartition("/")[2], session), limit=policy, key_id=key_id)


def boundary_of(role: Role) -> Mapping[str, Any] | None:
    """Return the text of a role's permissions boundary, None without one; a text that is not known may allow any action."""
    if role.boundary is None or isinstance(role.boundary, Mapping):
        return role.boundary
    return managed_document(str(role.boundary))


def managed_document(arn: str) -> Mapping[str, Any]:
    """Return the text of a managed policy of AWS; one whose text is not known may allow any action."""
    own = managed_policies.statement(arn)
    return UNREAD if own is None else {"Statement": [own]}


def may_assume(role: Role | None, *services: str) -> bool:
    """Return whether a role may admit services of AWS, each by its principals; one whose trust is not known may."""
    trust = role.assume_role_policy if role else None
    request = policies.PolicyRequest("sts:AssumeRole", parties=services)
    return not isinstance(trust, Mapping) or policies.evaluate(trust, request).outcome != "deny"


def refusal(cloud: Cloud, caller: Caller, asked: RequestedAction, region: str) -> Refusal | None:
    """Return why the caller's policies and the resource's do not allow an action; None if they may, or are not all known."""
    context = {"aws:SecureTransport": "true", "aws:RequestedRegion": region, **caller.keys}
    asked = key_aliases.resolved(cloud, asked)
    request = policies.PolicyRequest(
        asked.action, asked.resource, context=context, absent=caller.absent, alike=asked.alike
    )
    return refused(cloud, caller, request)


def refused(cloud: Cloud, caller: Caller, request: policies.PolicyRequest, *, strict: bool = False) -> Refusal | None:
    """Return why the caller's policies and the resource's do not allow a request; `strict`: what is not known counts as a refusal."""
    documents = resource_policies.documents(cloud)
    own, must = resource_policies.policy_of(request.resource, documents), resource_policies.must_allow(request.action)
    return authorization.refusal(request, caller, None, own, must_allow=must, strict=strict)


def _session(cloud: Cloud, role: Role | None, named: str, session: str) -> Caller:
    account, name = cloud.account_of(role.id if role else named), role.role_name if role else named
    part = partition(cloud.region)
    arn = f"arn:{part}:sts::{account}:assumed-role/{name}/{session}"
    names = (arn, f"arn:{part}:iam::{account}:role{role.path if role else '/'}{name}")
    if role is None:
        return Caller(arn, names, account)
    boundary = boundary_of(role)
    known = [statement for statement in known_statements(role) if isinstance(statement, Mapping)]
    denials = {"Statement": [statement for statement in known if statement.get("Effect") == "Deny"]}
    policies_there = len(role.statements) + len(role.managed_policy_arns)
    if len(known) < policies_there or not (known or role.whole):
        return Caller(arn, names, account, denials=denials, boundary=boundary, tags=role.tags)
    return Caller(arn, names, account, {"Statement": known}, denials, boundary, tags=role.tags)


def known_statements(role: Role) -> list[Any]:
    """Return the statements of a role's policies, as far as they are known: its own, and those of AWS's managed policies."""
    managed = [managed_policies.statement(str(arn)) for arn in role.managed_policy_arns]
    return [*role.statements, *(one for one in managed if one is not None)]


def caller_of_identity(identity: Identity) -> Caller:
    """Return a declared identity as a caller."""
    return Caller(identity.caller_arn, (identity.caller_arn, identity.arn), identity.account_id, identity.policy)
