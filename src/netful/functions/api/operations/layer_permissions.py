"""AddLayerVersionPermission and its like: who else may use a version of a layer (lambda §6.3).

They are kept and shown. Here there is one account, whose functions may use all of its layers.
"""

from typing import Any

from netful.functions.api.operations import statements
from netful.functions.api.operations.layers import Layer, numbered
from netful.functions.api.protocol.call import Call, Operation
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.refusals import no_such_resource
from netful.functions.code.versions import Revision
from netful.model.core import BY_CALL, Resource
from netful.model.names.arns import account_root

_PERMISSION = "AWS::Lambda::LayerVersionPermission"
_REVISION = Revision()


async def _add(call: Call) -> Reply:
    layer, sid = _layer(call), call.request["StatementId"]
    statements.refuse_again(sid, _permissions(call, layer))
    members = {name: call.request[name] for name in ("Action", "Principal", "OrganizationId") if name in call.request}
    own = {"LayerVersionArn": layer.version_arn, "StatementId": sid, **members}
    made = Resource(f"{layer.resource.id} {sid}", _PERMISSION, own, origin=BY_CALL)
    await call.service.updates.amend(made)
    return document(201, {"Statement": statements.written(_statement(layer, made)), "RevisionId": _REVISION.id})


async def _get_policy(call: Call) -> Reply:
    layer = _layer(call)
    return statements.policy_reply([_statement(layer, one) for one in _permissions(call, layer)], _REVISION)


async def _remove(call: Call) -> Reply:
    return await statements.remove(call, _permissions(call, _layer(call)))


def _layer(call: Call) -> Layer:
    """Return the version that a request names. Raises InvokeRefused if it does not exist."""
    name, number = call.request["LayerName"], call.request["VersionNumber"]
    found = numbered(call.cloud, name, number)
    if found is None:
        raise no_such_resource(f"Layer version {name}:{number} does not exist.")
    return found


def _permissions(call: Call, layer: Layer) -> list[Resource]:
    names = {layer.version_arn, layer.resource.id}
    every = call.cloud.template.of_type(_PERMISSION)
    return [one for one in every if one.properties.get("LayerVersionArn") in names]


def _statement(layer: Layer, one: Resource) -> dict[str, Any]:
    principal, organization = str(one.properties.get("Principal")), one.properties.get("OrganizationId")
    account = account_root(principal, layer.version_arn) if principal.isdecimal() else principal
    statement = {
        "Sid": statements.sid(one),
        "Effect": "Allow",
        "Principal": "*" if principal == "*" else {"AWS": account},
        "Action": one.properties.get("Action"),
        "Resource": layer.version_arn,
    }
    condition = {"Condition": {"StringEquals": {"aws:PrincipalOrgID": organization}}} if organization else {}
    return statement | condition


OPERATIONS: dict[str, Operation] = {
    "AddLayerVersionPermission": _add,
    "GetLayerVersionPolicy": _get_policy,
    "RemoveLayerVersionPermission": _remove,
}
