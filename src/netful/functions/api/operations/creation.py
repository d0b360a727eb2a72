"""CreateFunction, and DeleteFunction of what it made: functions of a zip file, inside the template's VPCs or outside (lambda §5.2).

The template's own functions stay: one of them is deleted by taking it out of the template.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netful.functions.api.operations.configuration import configuration, created
from netful.functions.api.operations.functions import code_of
from netful.functions.api.operations.updates import updated
from netful.functions.api.protocol.context import Asked, Context, Operation
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.names import name_in
from netful.functions.api.protocol.refusals import conflict, invalid_parameter, malformed_value, not_implemented
from netful.functions.code import runtimes
from netful.functions.code.versions import Version
from netful.functions.environments import changes
from netful.model.core.errors import StackError
from netful.model.functions.function import Code, Function

_LONGEST_NAME = 64
_CONFIGURED = (
    "Timeout", "MemorySize", "Environment", "EphemeralStorage", "Handler", "VpcConfig", "Description", "TracingConfig",
    "LoggingConfig", "Layers",
)  # fmt: skip
_READ = frozenset(
    {"FunctionName", "Runtime", "Role", "Code", "Publish", "PackageType", "Architectures", "Tags", *_CONFIGURED}
)
# Members that say nothing about how a function runs here.
_WITHOUT_EFFECT = frozenset({"SnapStart"})


async def create_function(context: Context, asked: Asked) -> Reply:
    """CreateFunction: it is Pending until its interfaces are there."""
    service = context.service()
    function = _function(context, asked)
    code = await code_of(context, asked["Code"])
    found = service.moves.rejection(function)
    if found is not None:
        raise invalid_parameter(found.problem.why)
    try:
        version = await changes.create(service, function, code, asked.get("Description", ""))
    except StackError as problem:
        raise invalid_parameter(problem.why or problem.what) from problem
    return document(201, created(configuration(service, await _told(context, version, asked))))


async def _told(context: Context, version: Version, asked: Mapping[str, Any]) -> Version:
    """The first version where one is to be published with the function, else `$LATEST`."""
    return await changes.publish(context.service(), version.function.id, "") if asked.get("Publish") else version


def _function(context: Context, asked: Mapping[str, Any]) -> Function:
    """Return the function that a request asks for; raises InvokeRefused."""
    cloud, name = context.service().cloud, name_in(asked["FunctionName"])
    if len(name) > _LONGEST_NAME:
        raise malformed_value(name, "functionName", f"Member must have length less than or equal to {_LONGEST_NAME}")
    if any(name in {one.id, one.function_name} for one in cloud.compute.functions.values()):
        raise conflict(f"Function already exist: {name}")
    other = next((m for m in asked if m not in _READ | _WITHOUT_EFFECT), "")
    if other or asked.get("PackageType", "Zip") != "Zip":
        raise not_implemented(
            f"CreateFunction with {other or 'container images'}: write the function into the template"
        )
    bare = Function(
        name, name, Code(), runtime=asked.get("Runtime", ""), role=asked["Role"], tags=asked.get("Tags", {})
    )
    try:
        runtimes.family_of(bare)
    except StackError as problem:
        raise invalid_parameter(problem.what) from problem
    return updated(cloud, bare, {member: asked[member] for member in _CONFIGURED if member in asked})


OPERATIONS: dict[str, Operation] = {
    "CreateFunction": create_function,
}
