"""Policies of functions, of their versions and aliases: the permissions of the template, as statements.

A permission for requests to function URLs, or with a token of an event source, is left out: it admits no other caller.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown
from netful.model.functions.compute import qualified

PERMISSION = "AWS::Lambda::Permission"
_OF_OTHERS = ("FunctionUrlAuthType", "InvokedViaFunctionUrl", "EventSourceToken")
_CONDITIONS = {
    "SourceArn": ("ArnLike", "aws:SourceArn"),
    "SourceAccount": ("StringEquals", "aws:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
}


def statements(cloud: Cloud, permission: Resource) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the ARN that a permission is about, and its document; nothing if its function is not known."""
    given = permission.properties
    name, qualifier = given.get("FunctionName"), given.get("Qualifier")
    if is_unread(permission) or any(given.get(one) for one in _OF_OTHERS):
        return
    function_id = cloud.function_of(str(name), permission.id)
    function = cloud.compute.functions.get(function_id)
    place = cloud.arn("lambda", "function", function_id)
    part = str(qualifier or qualified(str(name))[1]).replace("$LATEST", "")
    conditions: dict[str, dict[str, Any]] = {}
    for member, (operator, key) in _CONDITIONS.items():
        if given.get(member) is not None:
            conditions.setdefault(operator, {})[key] = given[member]
    one = {"Effect": "Allow", "Principal": _principal(given.get("Principal")), "Action": given.get("Action")}
    arn = f"{place}:{function.function_name if function else function_id}" + (f":{part}" if part else "")
    yield arn, {"Statement": [{**one, "Condition": conditions}]}


def is_unread(permission: Resource) -> bool:
    """Return whether the function of a permission is not known."""
    return any(isinstance(permission.properties.get(name), Unknown) for name in ("FunctionName", "Qualifier"))


def _principal(named: Any) -> Mapping[str, Any]:
    is_service = isinstance(named, str) and "." in named and not named.startswith("arn:")
    return {"Service" if is_service else "AWS": named}
