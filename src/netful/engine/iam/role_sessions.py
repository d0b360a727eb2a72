"""Roles at work as IAM sees them: a session of a role, and what its policies say as far as the template has them.

Sessions are a function's, by its own name, and API Gateway's, which has the role of an integration's credentials.
"""

from __future__ import annotations

from collections.abc import Mapping

from netful.engine.iam import managed_policies
from netful.engine.iam.authorization import Caller
from netful.model.cloud import Cloud
from netful.model.functions.function import Function, Role

_GATEWAY_SESSION = "BackplaneAssumeRoleSession"


def caller_of(cloud: Cloud, function: Function) -> Caller:
    """Who a function is when it signs a request with the keys that it was given."""
    named = function.role.rpartition("/")[2] if isinstance(function.role, str) else function.id
    return _session(cloud, cloud.access.role_of(function), named, str(function.function_name))


def integration_caller(cloud: Cloud, credentials: str) -> Caller:
    """Who API Gateway is when it calls a service with the credentials of an integration, the ARN of a role."""
    named = credentials.rpartition("/")[2]
    return _session(cloud, cloud.access.role_named(credentials), named, _GATEWAY_SESSION)


def _session(cloud: Cloud, role: Role | None, named: str, session: str) -> Caller:
    account, name = cloud.account_id, role.role_name if role else named
    arn = f"arn:aws:sts::{account}:assumed-role/{name}/{session}"
    names = (arn, f"arn:aws:iam::{account}:role/{name}")
    if role is None:
        return Caller(arn, names, account)
    known = [statement for statement in role.statements if isinstance(statement, Mapping)]
    denials = {"Statement": [statement for statement in known if statement.get("Effect") == "Deny"]}
    managed = [managed_policies.statement(str(managed)) for managed in role.managed_policy_arns]
    if len(known) < len(role.statements) or None in managed or not (known or managed):
        return Caller(arn, names, account, denials=denials)
    return Caller(arn, names, account, {"Statement": [*known, *managed]}, denials)
