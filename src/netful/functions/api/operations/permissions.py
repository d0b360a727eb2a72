"""AddPermission, RemovePermission and GetPolicy: permissions to invoke a function (lambda §5.1).

A permission is a resource of the template's kind, so that services, API Gateway and load balancers go by it at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from netful.functions.api.protocol.context import Asked, Context, Operation
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.names import Named, function_arn
from netful.functions.api.protocol.refusals import conflict, no_such_resource
from netful.functions.environments import changes
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.cloud import Cloud
from netful.model.core.resource import Resource
from netful.model.core.unknown import Unknown

_PERMISSION = "AWS::Lambda::Permission"
# Members of a request, which are the template's properties, by the operator and key of the condition that each makes.
_CONDITIONS = {
    "SourceArn": ("ArnLike", "AWS:SourceArn"),
    "SourceAccount": ("StringEquals", "AWS:SourceAccount"),
    "PrincipalOrgID": ("StringEquals", "aws:PrincipalOrgID"),
    "EventSourceToken": ("StringEquals", "lambda:EventSourceToken"),
    "FunctionUrlAuthType": ("StringEquals", "lambda:FunctionUrlAuthType"),
    "InvokedViaFunctionUrl": ("Bool", "lambda:InvokedViaFunctionUrl"),
}


async def add_permission(context: Context, asked: Asked) -> Reply:
    """AddPermission."""
    one = context.named(asked)
    context.version(one)
    cloud, sid = context.service().cloud, asked["StatementId"]
    if any(_sid(resource) == sid for resource in _permissions(cloud, one)):
        raise conflict(
            f"The statement id ({sid}) provided already exists. Please provide a new statement id, or remove the "
            "existing statement."
        )
    named = {"FunctionName": _arn(cloud, one), "Action": asked["Action"], "Principal": asked["Principal"]}
    limits = {member: asked[member] for member in _CONDITIONS if member in asked}
    made = Resource(f"{one.function.id} {one.qualifier} {sid}", _PERMISSION, {**named, **limits, "StatementId": sid})
    await changes.amend(context.service(), made)
    return document(201, {"Statement": _written(_statement(cloud, one, made))})


async def remove_permission(context: Context, asked: Asked) -> Reply:
    """RemovePermission, also of one that the template has given."""
    one = context.named(asked)
    cloud = context.service().cloud
    gone = {resource.id for resource in _permissions(cloud, one) if _sid(resource) == asked["StatementId"]}
    if not gone:
        message = f"Statement {asked['StatementId']} is not found in resource policy."
        raise InvokeRefused(404, "ResourceNotFoundException", message)
    await changes.amend(context.service(), gone=gone)
    return Reply(204)


async def get_policy(context: Context, asked: Asked) -> Reply:
    """GetPolicy."""
    one = context.named(asked)
    version, cloud = context.version(one), context.service().cloud
    statements = [_statement(cloud, one, resource) for resource in _permissions(cloud, one)]
    if not statements:
        raise no_such_resource()
    policy = {"Version": "2012-10-17", "Id": "default", "Statement": statements}
    return document(200, {"Policy": _written(policy), "RevisionId": version.revision.id})


def _permissions(cloud: Cloud, one: Named) -> Iterator[Resource]:
    """Those of a function, or of the version or alias that is named."""
    for resource in cloud.template.resources.values():
        if resource.type == _PERMISSION:
            text = str(resource.properties.get("FunctionName"))
            name, _, qualifier = (text.partition(":function:")[2] or text).partition(":")
            if name in {one.function.id, one.function.function_name} and qualifier == one.qualifier:
                yield resource


def _sid(resource: Resource) -> str:
    return str(resource.properties.get("StatementId") or resource.id)


def _statement(cloud: Cloud, one: Named, resource: Resource) -> dict[str, Any]:
    given = {name: value for name, value in resource.properties.items() if not isinstance(value, Unknown)}
    conditions: dict[str, dict[str, Any]] = {}
    for member, (operator, key) in _CONDITIONS.items():
        if member in given:
            value = given[member]
            conditions.setdefault(operator, {})[key] = str(value).lower() if isinstance(value, bool) else value
    statement = {
        "Sid": _sid(resource),
        "Effect": "Allow",
        "Principal": _principal(str(given.get("Principal"))),
        "Action": given.get("Action"),
        "Resource": _arn(cloud, one),
    }
    return statement | ({"Condition": conditions} if conditions else {})


def _principal(written: str) -> Any:
    """A service, an account, a role, or everybody."""
    if written == "*":
        return written
    if written.isdecimal():
        return {"AWS": f"arn:aws:iam::{written}:root"}
    return {"AWS" if written.startswith("arn:") else "Service": written}


def _arn(cloud: Cloud, one: Named) -> str:
    return function_arn(cloud, one.function.function_name, one.qualifier)


def _written(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))


OPERATIONS: dict[str, Operation] = {
    "AddPermission": add_permission,
    "GetPolicy": get_policy,
    "RemovePermission": remove_permission,
}
