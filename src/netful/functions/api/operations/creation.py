"""CreateFunction, and DeleteFunction of its functions: zip files and container images, inside the template's VPCs or outside (lambda §5.2).

The API does not delete the template's own functions: remove them from the template.
"""

from netful.checks.facts import function_limits
from netful.functions.api.operations.configuration import configuration, created
from netful.functions.api.operations.functions import code_of, with_image
from netful.functions.api.operations.updates import refuse_unsupported, updated
from netful.functions.api.protocol.call import Call, Operation, Request
from netful.functions.api.protocol.message import Reply, document
from netful.functions.api.protocol.names import name_in
from netful.functions.api.protocol.refusals import (
    conflict,
    invalid_parameter,
    not_implemented,
    refuse_value,
    refused_code,
)
from netful.functions.code import runtimes
from netful.model.cloud import Cloud
from netful.model.core import StackError
from netful.model.functions.function import Code, Function

_CONFIGURED = (
    "Timeout", "MemorySize", "Environment", "EphemeralStorage", "Handler", "VpcConfig", "Description", "TracingConfig",
    "LoggingConfig", "Layers", "ImageConfig", "DeadLetterConfig", "Role", "SnapStart", "KMSKeyArn",
    "FileSystemConfigs",
)  # fmt: skip
_READ = frozenset({
    "FunctionName", "Runtime", "Code", "Publish", "PackageType", "Architectures", "Tags", "TenancyConfig", *_CONFIGURED,
})  # fmt: skip
_OF_ZIP = {"Handler", "Runtime", "Layers"}


async def _create_function(call: Call) -> Reply:
    """CreateFunction: the function is Pending until its interfaces exist."""
    service = call.service
    function = _function(call.cloud, call.request)
    code = None if function.package_type == "Image" else await code_of(call.context, call.request["Code"])
    found = service.updates.moves.rejection(function)
    if found is not None:
        raise invalid_parameter(found.problem.why)
    try:
        version = await service.updates.create(function, code, call.request.get("Description", ""))
    except StackError as problem:
        raise refused_code(problem) from problem
    if call.request.get("Publish"):
        version = await service.updates.publish(version.function.id, "")
    return document(201, created(configuration(service, version)))


def _function(cloud: Cloud, request: Request) -> Function:
    """Return the function that a request describes; raises InvokeRefused."""
    name = name_in(request["FunctionName"])
    refuse_value(function_limits.too_long(name))
    if any(name in {one.id, one.function_name} for one in cloud.compute.functions.values()):
        raise conflict(f"Function already exist: {name}")
    other = next((m for m in request if m not in _READ), "")
    if other:
        raise not_implemented(f"CreateFunction with {other}: write the function into the template")
    code, is_image = request["Code"], request.get("PackageType") == "Image"
    _require_members(request, is_image=is_image)
    bare = Function(
        name,
        name,
        Code(),
        runtime=request.get("Runtime", ""),
        tags=request.get("Tags", {}),
        architectures=tuple(request.get("Architectures") or ("x86_64",)),
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


def _require_members(request: Request, *, is_image: bool) -> None:
    """Raise InvokeRefused for members of the other kind of package, and for missing ones."""
    uri = "ImageUri" in request["Code"]
    if is_image and not uri:
        raise invalid_parameter("Please provide ImageUri when creating a function with packageType Image.")
    if is_image and _OF_ZIP & request.keys():
        raise invalid_parameter(
            "Please don't provide handler or runtime or layer when the intended function PackageType is Image."
        )
    if not is_image and not request.keys() >= {"Handler", "Runtime"}:
        raise invalid_parameter(function_limits.NO_HANDLER)
    if uri and not is_image:
        raise invalid_parameter("Please don't provide ImageUri when creating a function with packageType Zip.")


OPERATIONS: dict[str, Operation] = {"CreateFunction": _create_function}
