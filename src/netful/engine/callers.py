"""A function as IAM sees it: the session of its role, and what the role's policies say as far as the template has them."""

from __future__ import annotations

from collections.abc import Mapping

from netful.engine import managed_policies
from netful.engine.authorization import Caller
from netful.model.cloud import Cloud
from netful.model.function import Function


def caller_of(cloud: Cloud, function: Function) -> Caller:
    """Who a function is when it signs a request with the keys that it was given."""
    role, account = cloud.role_of(function), cloud.account_id
    named = function.role.rpartition("/")[2] if isinstance(function.role, str) else function.id
    name = role.role_name if role else named
    arn = f"arn:aws:sts::{account}:assumed-role/{name}/{function.function_name}"
    names = (arn, f"arn:aws:iam::{account}:role/{name}")
    if role is None:
        return Caller(arn, names, account)
    known = [statement for statement in role.statements if isinstance(statement, Mapping)]
    denials = {"Statement": [statement for statement in known if statement.get("Effect") == "Deny"]}
    managed = [managed_policies.statement(str(managed)) for managed in role.managed_policy_arns]
    if len(known) < len(role.statements) or None in managed or not (known or managed):
        return Caller(arn, names, account, denials=denials)
    return Caller(arn, names, account, {"Statement": [*known, *managed]}, denials)
