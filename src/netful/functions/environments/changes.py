"""Changes of functions by the Lambda API (lambda §5): each is a step of the stack's cloud, then new environments run."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from netful.functions.code import package
from netful.functions.code.layers import layers_of
from netful.functions.code.package import Package
from netful.functions.code.versions import LATEST, Version, Versions
from netful.functions.environments.moves import configured
from netful.functions.environments.service import FunctionService
from netful.functions.invocations.logs import LogGroup
from netful.model.cloud import Cloud
from netful.model.core.resource import Resource
from netful.model.functions.function import Function


async def create(service: FunctionService, function: Function, content: bytes, description: str) -> Version:
    """Have one more function, of a zip file. Raises StackError where the file cannot be read."""
    made, layers = service.new_folder(function.id), layers_of(service.cloud, function)
    bare = Package(function.id, made, ())
    bare = await asyncio.to_thread(package.layered, bare, layers, service.new_folder("layers"))
    code = await asyncio.to_thread(package.prepare_upload, function, bare, content, made)
    service.log_groups.setdefault(function.id, LogGroup(function.log_group))
    service.scaling.reserve(function.id, None)
    service.versions[function.id] = Versions(Version(function, code, description=description))
    try:
        await service.become(lambda cloud: service.moves.having(function, cloud))
    except BaseException:
        del service.versions[function.id]
        raise
    service.created.add(function.id)
    return service.versions[function.id].latest


async def delete(service: FunctionService, function_id: str) -> None:
    """Delete a function that was created; each environment ends when its invocation is over."""
    gone = service.versions[function_id]
    names = {function_id, *(f"{function_id}:{qualifier}" for qualifier in (*gone.aliases, *gone.published))}

    def without(cloud: Cloud) -> Cloud:
        left = {id_: one for id_, one in cloud.compute.functions.items() if id_ != function_id}
        resources = {id_: one for id_, one in cloud.template.resources.items() if _function_of(one) not in names}
        return service.moves.running(left, cloud.having(resources=resources))

    await service.become(without)
    del service.versions[function_id]
    service.created.discard(function_id)
    for qualifier in (*gone.aliases, *gone.published):
        await service.provisioning.delete(function_id, qualifier)
    for number in (LATEST, *gone.published):
        await service.fleet.retire(function_id, number)


async def delete_version(service: FunctionService, function_id: str, number: str) -> None:
    """Delete a published version, and the interfaces that only it had."""
    gone = service.versions[function_id].published.pop(number, None)
    if gone is not None:
        await service.fleet.retire(function_id, number)
        if not gone.function.same_place(service.cloud.compute.functions[function_id]):
            await service.moves.release()


async def reconfigure(service: FunctionService, latest: Version) -> Version:
    """Let this be `$LATEST` from now on; what runs already ends as it began (lambda §1.4)."""
    function = latest.function
    await service.become(lambda cloud: _with(cloud, configured(cloud.compute.functions[function.id], function)))
    service.moves.forget(function.id)
    await service.put_latest(replace(latest, function=service.cloud.compute.functions[function.id]))
    return service.versions[function.id].latest


async def move(service: FunctionService, version: Version) -> None:
    """Let `$LATEST` be this as soon as the interfaces that it needs are there. What it runs must not change."""
    await service.moves.begin(version, service.lifecycle.seconds_until_made)


async def update_code(service: FunctionService, function_id: str, content: bytes) -> Version:
    """Let `$LATEST` have the code of a zip file. Raises StackError where the file cannot be read."""
    latest = service.versions[function_id].latest
    if latest.package is None:
        raise service.problems[function_id]
    folder = service.new_folder(function_id)
    fresh = await asyncio.to_thread(package.prepare_upload, latest.function, latest.package, content, folder)
    service.watches.pop(function_id, None)
    return await reconfigure(service, replace(latest, package=fresh))


async def repack(service: FunctionService, function: Function) -> Package | None:
    """Return `$LATEST`'s package for other layers or another runtime. Raises StackError where that cannot run it."""
    code = service.versions[function.id].latest.package
    if code is None:
        raise service.problems[function.id]
    layers = layers_of(service.cloud, function)
    fresh = await asyncio.to_thread(package.layered, code, layers, service.new_folder("layers"))
    return await asyncio.to_thread(package.rerun, function, fresh)


async def publish(service: FunctionService, function_id: str, description: str) -> Version:
    """Make a version of `$LATEST`; return the newest version where nothing has changed since."""
    versions = service.versions[function_id]
    unchanged = versions.unchanged()
    if unchanged is not None:
        return unchanged
    code = versions.latest.package
    if code is not None and function_id in service.watches:  # the user goes on editing it
        code = await asyncio.to_thread(package.snapshot, code, service.new_folder(function_id))
    return versions.publish(code, description)


async def reserve(service: FunctionService, function_id: str, number: int | None) -> None:
    """Set a function's reserved concurrency."""
    await _set(service, function_id, reserved_concurrent_executions=number)
    service.scaling.reserve(function_id, number)


async def tag(service: FunctionService, function_id: str, tags: Mapping[str, str]) -> None:
    """Set a function's tags."""
    await _set(service, function_id, tags=dict(tags))


async def amend(service: FunctionService, *put: Resource, gone: Collection[str] = ()) -> None:
    """Have these permissions, URLs, event source mappings or settings of events, and no longer those that are gone."""

    def amended(cloud: Cloud) -> Cloud:
        kept = {id_: one for id_, one in cloud.template.resources.items() if id_ not in gone}
        return cloud.having(resources=kept | {one.id: one for one in put})

    await service.become(amended)


async def _set(service: FunctionService, function_id: str, **values: Any) -> None:
    await service.become(lambda cloud: _with(cloud, replace(cloud.compute.functions[function_id], **values)))


def _with(cloud: Cloud, function: Function) -> Cloud:
    """Return the cloud in which a function is configured so."""
    functions = cloud.compute.functions
    return cloud if functions[function.id] == function else cloud.having(functions={**functions, function.id: function})


def _function_of(resource: Resource) -> str:
    """Return the function that a permission, URL or setting is of, with its qualifier; "" for another resource."""
    name = resource.properties.get("FunctionName") or resource.properties.get("TargetFunctionArn")
    return (name.partition(":function:")[2] or name) if isinstance(name, str) else ""
