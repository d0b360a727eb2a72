"""GetFunction, ListFunctions, UpdateFunctionCode, UpdateFunctionConfiguration and their like (lambda §5.1, §5.2)."""

import base64
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from netful.functions.api.operations.configuration import changing, configuration, listed
from netful.functions.api.operations.updates import updated
from netful.functions.api.protocol.call import Call, Context, Operation, Request, check_revision
from netful.functions.api.protocol.message import Reply, document, page
from netful.functions.api.protocol.refusals import invalid_parameter, refused_code
from netful.functions.code.package import LARGEST_UNZIPPED, NO_ZIP, Package
from netful.functions.code.versions import Revision, Version
from netful.functions.environments.admission import NO_ADDRESS
from netful.functions.environments.service import FunctionService
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.cloud import Cloud
from netful.model.core import StackError
from netful.model.functions.function import Function

_LARGEST_ZIP = 52_428_800


async def _get_function(call: Call) -> Reply:
    version = call.version()
    reserved = call.function.reserved_concurrent_executions
    record: dict[str, Any] = {
        "Configuration": configuration(call.service, version, call.qualifier),
        "Code": _place(version),
    }
    if call.function.tags:
        record["Tags"] = call.function.tags
    if reserved is not None:
        record["Concurrency"] = {"ReservedConcurrentExecutions": reserved}
    return document(200, record)


def _place(version: Version) -> dict[str, str]:
    """Return the place of a version's code."""
    function = version.function
    if function.package_type != "Image":
        return {"RepositoryType": "S3", "Location": f"file://{quote(function.code.local_path or '')}"}
    uri = str(function.image_uri)
    return {"RepositoryType": "ECR", "ImageUri": uri, "ResolvedImageUri": f"{uri}@sha256:{version.code_sha256}"}


async def _get_function_configuration(call: Call) -> Reply:
    return document(200, configuration(call.service, call.version(), call.qualifier))


async def _update_function_configuration(call: Call) -> Reply:
    call.check_changeable()
    latest = call.versions.latest
    check_revision(call.request.get("RevisionId"), latest.revision)
    service, function = call.service, updated(call.cloud, call.function, call.request)
    changed = replace(
        latest, function=function, description=call.request.get("Description", latest.description), revision=Revision()
    )
    if _is_packed_otherwise(function, call.function):
        changed = replace(changed, package=await _repacked(service, function))
        call.versions.latest = replace(latest, package=changed.package)  # also if the move takes some time
    if not function.same_place(call.function):
        return await _move(service, changed)
    return _under_way(call, await service.updates.reconfigure(changed))


def _is_packed_otherwise(function: Function, before: Function) -> bool:
    wanted, there = ((one.layers, one.runtime, one.image_config) for one in (function, before))
    return wanted != there


async def _repacked(service: FunctionService, function: Function) -> Package | None:
    try:
        return await service.updates.repack(function)
    except StackError as problem:
        raise invalid_parameter(problem.what) from problem


async def _move(service: FunctionService, changed: Version) -> Reply:
    """Begin a change of the VpcConfig. It takes as long as interfaces do, and fails later if no address is free."""
    if changed.package is None:
        raise service.problems[changed.function.id]
    found = service.updates.moves.rejection(changed.function)
    if found is not None and found.reason_code != NO_ADDRESS:
        raise invalid_parameter(found.problem.why)
    await service.updates.move(changed)
    return document(200, changing(configuration(service, changed)))


async def _update_function_code(call: Call) -> Reply:
    call.check_changeable()
    service, latest = call.service, call.versions.latest
    check_revision(call.request.get("RevisionId"), latest.revision)
    image = call.function.package_type == "Image"
    _require_kind(call.request, image=image)
    code = b"" if image else await code_of(call.context, call.request)
    built_for = tuple(call.request.get("Architectures") or latest.function.architectures)
    function = replace(latest.function, architectures=built_for)
    if call.request.get("DryRun"):
        return document(200, configuration(service, latest))
    try:
        if image:
            changed = await service.updates.update_image(with_image(service.cloud, function, call.request))
        else:
            changed = await service.updates.update_code(function, code)
    except StackError as problem:
        raise refused_code(problem) from problem
    if call.request.get("Publish"):
        published = await service.updates.publish(call.function.id, "")
        return document(200, changing(configuration(service, published)))
    return _under_way(call, changed)


def _under_way(call: Call, changed: Version) -> Reply:
    """Return the answer to an update: in progress. The update completes at once, with a new revision (§1.4)."""
    record = changing(configuration(call.service, changed))
    versions = call.versions
    versions.latest = replace(versions.latest, revision=Revision())
    return document(200, record)


def _require_kind(request: Request, *, image: bool) -> None:
    """Raise InvokeRefused for an image of a function that is a zip file, and the other way round."""
    if image and "ImageUri" not in request:
        raise invalid_parameter("Please provide ImageUri when updating a function with packageType Image.")
    if not image and "ImageUri" in request:
        raise invalid_parameter("Please don't provide ImageUri when updating a function with packageType Zip.")


def with_image(cloud: Cloud, function: Function, code: Mapping[str, Any]) -> Function:
    """Return a function with the image in a request: what this machine has of it."""
    uri = str(code["ImageUri"])
    return replace(function, image_uri=uri, image=cloud.compute.image(uri, function.id, function.function_name))


async def code_of(context: Context, request: Request) -> bytes:
    """Return the zip file in a request, or at the place that the request names."""
    if "S3Bucket" in request:
        key, version = request.get("S3Key", ""), request.get("S3ObjectVersion", "")
        code = await context.fetch_object(request["S3Bucket"], key, version)
    else:
        try:
            code = base64.b64decode(request.get("ZipFile", ""), validate=True)
        except ValueError as error:
            raise invalid_parameter(NO_ZIP) from error
    if len(code) > _LARGEST_ZIP:
        message = f"Zipped size must be smaller than {_LARGEST_ZIP} bytes"
        raise InvokeRefused(413, "RequestEntityTooLargeException", message)
    return code


async def _list_functions(call: Call) -> Reply:
    """ListFunctions, by the functions' names; with FunctionVersion=ALL all versions, by their qualified ARNs."""
    service, every = call.service, call.request.get("FunctionVersion") == "ALL"
    functions = sorted(service.cloud.compute.functions.values(), key=lambda function: function.function_name)
    found: list[Version] = []
    for function in functions:
        versions = service.versions[function.id]
        found += [versions.latest, *(versions.published.values() if every else ())]
    return page(call.request, [listed(service, one, one.number if every else "") for one in found], "Functions")


async def _get_account_settings(call: Call) -> Reply:
    service = call.service
    functions = service.cloud.compute.functions.values()
    limit = {
        "TotalCodeSize": 80_530_636_800,
        "CodeSizeUnzipped": LARGEST_UNZIPPED,
        "CodeSizeZipped": _LARGEST_ZIP,
        "ConcurrentExecutions": service.scaling.limit,
        "UnreservedConcurrentExecutions": service.scaling.unreserved,
    }
    size = sum(service.code_size(function.id) for function in functions)
    return document(
        200, {"AccountLimit": limit, "AccountUsage": {"TotalCodeSize": size, "FunctionCount": len(functions)}}
    )


OPERATIONS: dict[str, Operation] = {
    "ListFunctions": _list_functions,
    "GetFunction": _get_function,
    "GetFunctionConfiguration": _get_function_configuration,
    "UpdateFunctionConfiguration": _update_function_configuration,
    "UpdateFunctionCode": _update_function_code,
    "GetAccountSettings": _get_account_settings,
}
