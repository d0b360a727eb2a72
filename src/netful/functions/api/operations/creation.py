"""CreateFunction, and DeleteFunction of its functions: zip files and container images, inside the template's VPCs or outside (lambda §5.2).

The API does not delete the template's own functions: remove them from the template.
"""

from collections.abc import Mapping
from typing import Any

from netful.functions.api.operations.configuration import configuration, created
from netful.functions.api.operations.functions import code_of, with_image
from netful.functions.api.operations.supported_runtimes import refuse_unsupported
from netful.functions.api.operations.updates import updated
from netful.functions.api.protocol.context import Context, Operation, Request
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.names import name_in
from netful.functions.api.protocol.refusals import (
    conflict,
    invalid_parameter,
    malformed_value,
    not_implemented,
    refused_code,
)
from netful.functions.code import runtimes
from netful.functions.code.versions import Version
from netful.model.core.errors import StackError
from netful.model.functions.function import Code, Function

_LONGEST_NAME = 64
_CONFIGURED = (
    "Timeout", "MemorySize", "Environment", "EphemeralStorage", "Handler", "VpcConfig", "Description", "TracingConfig",
    "LoggingConfig", "Layers", "ImageConfig",
)  # fmt: skip
_READ = frozenset(
    {
        "FunctionName",
        "Runtime",
        "Role",
        "Code",
        "Publish",
        "PackageType",
        "Architectures",
        "Tags",
        "TenancyConfig",
        *_CONFIGURED,
    }
)
_OF_ZIP = {"Handler", "Runtime", "Layers"}
# Members without an effect on a function here.
_WITHOUT_EFFECT = frozenset({"SnapStart"})


async def create_function(context: Context, request: Request) -> Reply:
    """CreateFunction: the function is Pending until its interfaces exist."""
    service = context.service()
    function = _function(context, request)
    code = None if function.package_type == "Image" else await code_of(context, request["Code"])
    found = service.updates.moves.rejection(function)
    if found is not None:
        raise invalid_parameter(found.problem.why)
    try:
        version = await service.updates.create(function, code, request.get("Description", ""))
    except StackError as problem:
        raise refused_code(problem) from problem
    return document(201, created(configuration(service, await _record(context, version, request))))


async def _record(context: Context, version: Version, request: Mapping[str, Any]) -> Version:
    """Return the first version if the request publishes one, else `$LATEST`."""
    return await context.service().updates.publish(version.function.id, "") if request.get("Publish") else version


def _function(context: Context, request: Mapping[str, Any]) -> Function:
    """Return the function that a request describes; raises InvokeRefused."""
    cloud, name = context.service().cloud, name_in(request["FunctionName"])
    if len(name) > _LONGEST_NAME:
        raise malformed_value(name, "functionName", f"Member must have length less than or equal to {_LONGEST_NAME}")
    if any(name in {one.id, one.function_name} for one in cloud.compute.functions.values()):
        raise conflict(f"Function already exist: {name}")
    other = next((m for m in request if m not in _READ | _WITHOUT_EFFECT), "")
    if other:
        raise not_implemented(f"CreateFunction with {other}: write the function into the template")
    code, is_image = request["Code"], request.get("PackageType") == "Image"
    _require_members(request, is_image=is_image)
    bare = Function(
        name,
        name,
        Code(),
        runtime=request.get("Runtime", ""),
        role=request["Role"],
        tags=request.get("Tags", {}),
        tenant_isolation="TenancyConfig" in request,
        package_type="Image" if is_image else "Zip",
    )
    bare = with_image(cloud, bare, code) if is_image else bare
    refuse_unsupported(str(bare.runtime))
    try:
        runtimes.family_of(bare)
    except StackError as problem:
        raise invalid_parameter(problem.what) from problem
    return updated(cloud, bare, {member: request[member] for member in _CONFIGURED if member in request})


def _require_members(request: Mapping[str, Any], *, is_image: bool) -> None:
    """Raise InvokeRefused for members of the other kind of package."""
    uri = "ImageUri" in request["Code"]
    if is_image and not uri:
        raise invalid_parameter("Please provide ImageUri when creating a function with packageType Image.")
    if is_image and _OF_ZIP & request.keys():
        raise invalid_parameter(
            "Please don't provide handler or runtime or layer when the intended function PackageType is Image."
        )
    if uri and not is_image:
        raise invalid_parameter("Please don't provide ImageUri when creating a function with packageType Zip.")


OPERATIONS: dict[str, Operation] = {"CreateFunction": create_function}
