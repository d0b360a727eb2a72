"""GetFunction, ListFunctions, UpdateFunctionCode, UpdateFunctionConfiguration and their like (lambda §5.1, §5.2)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from netful.functions.api.operations.configuration import changing, configuration, listed
from netful.functions.api.operations.updates import updated
from netful.functions.api.protocol.context import FUNCTIONS, ONE, Context, Route, check_revision, content
from netful.functions.api.protocol.message import Call, Reply, document
from netful.functions.api.protocol.pages import page
from netful.functions.api.protocol.refusals import invalid_parameter, not_implemented
from netful.functions.code.package import LARGEST_UNZIPPED, NO_ZIP, Package
from netful.functions.code.versions import Revision, Version
from netful.functions.environments.admission import NO_ADDRESS
from netful.functions.environments.service import FunctionService
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.core.errors import StackError
from netful.model.functions.function import Function

_LARGEST_ZIP = 52_428_800


async def get_function(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """GetFunction."""
    one = context.named(call, part)
    version = context.version(one)
    location = f"file://{quote(one.function.code.local_path or '')}"
    reserved = one.function.reserved_concurrent_executions
    told: dict[str, Any] = {
        "Configuration": configuration(context.service(), version, one.qualifier),
        "Code": {"RepositoryType": "S3", "Location": location},
    }
    if one.function.tags:
        told["Tags"] = one.function.tags
    if reserved is not None:
        told["Concurrency"] = {"ReservedConcurrentExecutions": reserved}
    return document(200, told)


async def get_function_configuration(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """GetFunctionConfiguration."""
    one = context.named(call, part)
    return document(200, configuration(context.service(), context.version(one), one.qualifier))


async def update_function_configuration(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """UpdateFunctionConfiguration."""
    one, asked = context.changeable(call, part), content(call.body)
    latest = context.versions(one).latest
    check_revision(asked.get("RevisionId"), latest.revision)
    service, function = context.service(), updated(context.service().cloud, one.function, asked)
    changed = replace(
        latest, function=function, description=str(asked.get("Description", latest.description)), revision=Revision()
    )
    if (function.layers, function.runtime) != (one.function.layers, one.function.runtime):
        changed = replace(changed, package=await _repacked(service, function))
        context.versions(one).latest = replace(latest, package=changed.package)  # also where it takes some time to move
    if not function.same_place(one.function):
        return await _move(service, changed)
    context.versions(one).latest = changed
    done = await service.reconfigure(function)
    if function.role != one.function.role:
        await service.moves.release(service.cloud.compute.functions)  # who signs by its keys is another
    return _under_way(context, part, done)


async def _repacked(service: FunctionService, function: Function) -> Package | None:
    try:
        return await service.repack(function)
    except StackError as problem:
        raise invalid_parameter(problem.what) from problem


async def _move(service: FunctionService, changed: Version) -> Reply:
    """A change of the VpcConfig: it takes as long as interfaces do, and fails later where there is no address."""
    if changed.package is None:
        raise service.problems[changed.function.id]
    found = service.moves.rejection(changed.function)
    if found is not None and found.reason_code != NO_ADDRESS:
        raise invalid_parameter(found.problem.why)
    await service.move(changed)
    return document(200, changing(configuration(service, changed)))


async def update_function_code(context: Context, call: Call, part: Mapping[str, str]) -> Reply:
    """UpdateFunctionCode."""
    one, asked = context.changeable(call, part), content(call.body)
    service, latest = context.service(), context.versions(one).latest
    check_revision(asked.get("RevisionId"), latest.revision)
    code = await code_of(context, asked)
    if asked.get("DryRun") is True:
        return document(200, configuration(service, latest))
    try:
        changed = await service.update_code(one.function.id, code)
    except StackError as problem:
        raise invalid_parameter(problem.why or problem.what) from problem
    if asked.get("Publish") is True:
        published = await service.publish(one.function.id, "")
        return document(200, changing(configuration(service, published)))
    return _under_way(context, part, changed)


def _under_way(context: Context, part: Mapping[str, str], changed: Version) -> Reply:
    """The answer to an update: it is under way; when it is done, which is at once, the revision is another (§1.4)."""
    told = changing(configuration(context.service(), changed))
    versions = context.versions(context.named(Call("GET", ""), part))
    versions.latest = replace(versions.latest, revision=Revision())
    return document(200, told)


async def code_of(context: Context, asked: Mapping[str, Any]) -> bytes:
    """The zip file that a request brings, or that it says where it is."""
    if "ImageUri" in asked:
        raise not_implemented("container images")
    if "S3Bucket" in asked:
        version = str(asked.get("S3ObjectVersion") or "")
        code = await context.fetch_object(str(asked["S3Bucket"]), str(asked.get("S3Key")), version)
    else:
        try:
            code = base64.b64decode(str(asked.get("ZipFile") or ""), validate=True)
        except binascii.Error as error:
            raise invalid_parameter(NO_ZIP) from error
    if len(code) > _LARGEST_ZIP:
        message = f"Zipped size must be smaller than {_LARGEST_ZIP} bytes"
        raise InvokeRefused(413, "RequestEntityTooLargeException", message)
    return code


async def list_functions(context: Context, call: Call, _part: Mapping[str, str]) -> Reply:
    """ListFunctions, by the functions' names; with FunctionVersion=ALL also what is published."""
    service = context.service()
    functions = sorted(service.cloud.compute.functions.values(), key=lambda function: function.function_name)
    found: list[Version] = []
    for function in functions:
        versions = service.versions[function.id]
        found += [versions.latest, *(versions.published.values() if call.query.get("FunctionVersion") == "ALL" else ())]
    return page(call, [listed(service, version) for version in found], "Functions")


async def get_account_settings(context: Context, _call: Call, _part: Mapping[str, str]) -> Reply:
    """GetAccountSettings."""
    service = context.service()
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


ROUTES: tuple[Route, ...] = (
    ("GET", FUNCTIONS + "/?", list_functions),
    ("GET", ONE, get_function),
    ("GET", ONE + "/configuration", get_function_configuration),
    ("PUT", ONE + "/configuration", update_function_configuration),
    ("PUT", ONE + "/code", update_function_code),
    ("GET", r"/2016-08-19/account-settings/?", get_account_settings),
)
