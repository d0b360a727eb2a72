"""AddLayerVersionPermission and its like: who else may use a version of a layer (lambda §6.3).

They are kept and shown. Here there is one account, whose functions may use all of its layers.
"""

import json
from collections.abc import Mapping
from typing import Any

from netful.functions.api.operations.layers import Layer, named
from netful.functions.api.protocol.call import Call, Operation
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.refusals import conflict, no_such_resource
from netful.functions.code.versions import Revision
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.core import BY_CALL, Resource
from netful.model.names.arns import account_root

_PERMISSION = "AWS::Lambda::LayerVersionPermission"
_REVISION = Revision()


async def _add(call: Call) -> Reply:
    layer, sid = _layer(call), call.request["StatementId"]
    if any(_sid(one) == sid for one in _permissions(call, layer)):
        raise conflict(
            f"The statement id ({sid}) provided already exists. Please provide a new statement id, or remove the "
            "existing statement."
        )
    members = {name: call.request[name] for name in ("Action", "Principal", "OrganizationId") if name in call.request}
    own = {"LayerVersionArn": layer.version_arn, "StatementId": sid, **members}
    made = Resource(f"{layer.resource.id} {sid}", _PERMISSION, own, origin=BY_CALL)
    await call.service.updates.amend(made)
    return document(201, {"Statement": _written(_statement(layer, made)), "RevisionId": _REVISION.id})


async def _get_policy(call: Call) -> Reply:
    layer = _layer(call)
    statements = [_statement(layer, one) for one in _permissions(call, layer)]
    if not statements:
        raise no_such_resource()
    policy = {"Version": "2012-10-17", "Id": "default", "Statement": statements}
    return document(200, {"Policy": _written(policy), "RevisionId": _REVISION.id})


async def _remove(call: Call) -> Reply:
    sid = call.request["StatementId"]
    gone = {one.id for one in _permissions(call, _layer(call)) if _sid(one) == sid}
    if not gone:
        message = f"Statement {sid} is not found in resource policy."
        raise InvokeRefused(404, "ResourceNotFoundException", message)
    await call.service.updates.amend(gone=gone)
    return Reply(204)


def _layer(call: Call) -> Layer:
    """Return the version that a request names. Raises InvokeRefused if it does not exist."""
    wanted = (one for one in named(call.cloud, call.request["LayerName"]))
    found = next((one for one in wanted if one.number == call.request["VersionNumber"]), None)
    if found is None:
        message = f"Layer version {call.request['LayerName']}:{call.request['VersionNumber']} does not exist."
        raise InvokeRefused(404, "ResourceNotFoundException", message)
    return found


def _permissions(call: Call, layer: Layer) -> list[Resource]:
    names = {layer.version_arn, layer.resource.id}
    return [
        one
        for one in call.cloud.template.resources.values()
        if one.type == _PERMISSION and one.properties.get("LayerVersionArn") in names
    ]


def _sid(one: Resource) -> str:
    return str(one.properties.get("StatementId") or one.id)


def _statement(layer: Layer, one: Resource) -> dict[str, Any]:
    principal, organization = str(one.properties.get("Principal")), one.properties.get("OrganizationId")
    account = account_root(principal, layer.version_arn) if principal.isdecimal() else principal
    statement = {
        "Sid": _sid(one),
        "Effect": "Allow",
        "Principal": "*" if principal == "*" else {"AWS": account},
        "Action": one.properties.get("Action"),
        "Resource": layer.version_arn,
    }
    condition = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": organization}}} if organization else {}
    return statement | condition


def _written(value: Mapping[str, Any]) -> str:
    return json.dumps(value, separators=(",", ":"))


OPERATIONS: dict[str, Operation] = {
    "AddLayerVersionPermission": _add,
    "GetLayerVersionPolicy": _get_policy,
    "RemoveLayerVersionPermission": _remove,
}
