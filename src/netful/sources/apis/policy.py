"""Resource policies of APIs in the form that API Gateway stores: `execute-api:/…` becomes a complete ARN (§2.6)."""

from collections.abc import Mapping
from typing import Any

from netful.model.core import Unknown
from netful.model.names.arns import aws_arn
from netful.sources.readers.vpc_endpoints import policy_document
from netful.sources.template.reading import Inventory, Reader

_SHORT = "execute-api:/"


def resource_policy(reader: Reader, name: str, api_id: str, inventory: Inventory) -> dict[str, Any] | Unknown | None:
    """Return the resource policy in a property; None without one."""
    policy = policy_document(reader, name)
    if policy is None or isinstance(policy, Unknown):
        return policy
    return stored(policy, inventory.aws_ids.get(api_id, api_id), reader.region, reader.account_id)


def stored(policy: Mapping[str, Any], api_id: str, region: str, account_id: str) -> dict[str, Any]:
    """Return a policy in the form that API Gateway stores."""
    prefix = aws_arn("execute-api", region, account_id, f"{api_id}/")
    statements = policy.get("Statement")
    listed = statements if isinstance(statements, list) else [statements]
    return {**policy, "Statement": [_whole(statement, prefix) for statement in listed if statement is not None]}


def _whole(statement: Any, prefix: str) -> Any:
    if not isinstance(statement, Mapping):
        return statement
    changed = {key: _arns(statement[key], prefix) for key in ("Resource", "NotResource") if key in statement}
    return {**statement, **changed}


def _arns(value: Any, prefix: str) -> Any:
    if isinstance(value, list):
        return [_arns(item, prefix) for item in value]
    return prefix + value.removeprefix(_SHORT) if isinstance(value, str) and value.startswith(_SHORT) else value
