"""Updates of functions by Lambda's API: their configuration, code, versions, tags, and new functions."""

from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import replace
from typing import Any, Protocol

from netful.functions.code.layers import Layers
from netful.functions.code.package import Package
from netful.functions.code.packages import Packages
from netful.functions.code.versions import LATEST, Alias, Revision, Version, Versions
from netful.functions.environments.fleet import Fleet
from netful.functions.environments.lifecycle import Lifecycle
from netful.functions.environments.moves import Moves, configured
from netful.functions.environments.pool import Pool
from netful.functions.environments.provisioning import Provisioned, Provisioning
from netful.functions.environments.scaling import Scaling
from netful.functions.invocations.background import Background
from netful.functions.invocations.logs import LogGroup
from netful.model.cloud import Cloud
from netful.model.core import BY_CALL, NetfulError, Resource
from netful.model.functions.function import Function, RuntimeManagement
from netful.model.steps import Becomes


class RunningFunctions(Becomes, Protocol):
    """The functions that the API updates, and their runtime services."""

    cloud: Cloud
    versions: dict[str, Versions]
    problems: dict[str, NetfulError]
    log_groups: dict[str, LogGroup]
    packages: Packages
    scaling: Scaling
    provisioning: Provisioning
    lifecycle: Lifecycle

    @property
    def fleet(self) -> Fleet:
        """The environments."""

    async def layers(self, function: Function) -> Layers:
        """Return a function's available layers, and its debugger."""


class FunctionUpdates:
    """Updates of running functions: one list of like methods, each a step of the whole cloud.

    Running invocations end under the old state (lambda §1.4). A step fails if the account cannot keep the update, and
    nothing has changed then.
    """

    def __init__(self, functions: RunningFunctions) -> None:
        self._functions = functions
        self._ending = Background()
        self.moves = Moves(lambda: functions.cloud, functions.versions, functions.become, self._put_moved)

    async def reconfigure(self, latest: Version) -> Version:
        """Make this version `$LATEST`."""
        function = latest.function
        await self._functions.become(
            lambda cloud: _with(cloud, configured(cloud.compute.functions[function.id], function))
        )
        self.moves.forget(function.id)
        await self._put(replace(latest, function=self._function(function.id)))
        return self._functions.versions[function.id].latest

    async def move(self, version: Version) -> None:
        """Make this version `$LATEST` as soon as its interfaces exist. Its code and settings must be unchanged."""
        await self.moves.begin(version, self._functions.lifecycle.seconds_until_made)

    async def create(self, function: Function, content: bytes | None, description: str) -> Version:
        """Add a function from a zip file, or without one from its image. Raises StackError if that cannot run."""
        own, function = self._functions, replace(function, origin=BY_CALL)
        layers = await own.layers(function)
        if content is None:
            code = await own.packages.prepare(function, layers)
        else:
            code = await own.packages.create(function, layers, content)
            function = replace(function, code=await own.packages.store(content))
        own.log_groups.setdefault(function.id, LogGroup(function.log_group))
        own.scaling.reserve(function.id, None)
        own.versions[function.id] = Versions(Version(function, code, description=description))
        try:
            await own.become(lambda cloud: self.moves.having(function, cloud))
        except BaseException:
            del own.versions[function.id]
            raise
        return own.versions[function.id].latest

    def was_created(self, function_id: str) -> bool:
        """Return whether a function was created here, so that the template does not have it."""
        return self._function(function_id).origin == BY_CALL

    async def delete(self, function_id: str) -> None:
        """Delete a function that was created here; each environment ends with its invocation."""
        gone = self._functions.versions[function_id]
        names = {function_id, *(f"{function_id}:{qualifier}" for qualifier in (*gone.aliases, *gone.published))}

        def without(cloud: Cloud) -> Cloud:
            left = {id_: one for id_, one in cloud.compute.functions.items() if id_ != function_id}
            resources = {id_: one for id_, one in cloud.template.resources.items() if _named(one) not in names}
            return self.moves.running(left, cloud.having(resources=resources))

        await self._functions.become(without)
        del self._functions.versions[function_id]
        for qualifier in (*gone.aliases, *gone.published):
            await self._functions.provisioning.delete(function_id, qualifier)
        for number in (LATEST, *gone.published):
            await self._functions.fleet.retire(function_id, number)

    async def delete_version(self, function_id: str, number: str) -> None:
        """Delete a published version, and the interfaces that only it used."""
        published = self._functions.versions[function_id].published
        gone, before = published.get(number), {**published}
        if gone is not None:
            del published[number]
            await self._keep(lambda: published.update(before))
            await self._functions.fleet.retire(function_id, number)
            if not gone.function.same_place(self._function(function_id)):
                await self.moves.release()

    async def update_code(self, function: Function, content: bytes) -> Version:
        """Set the code of `$LATEST` of a function from a zip file. Raises StackError if it is not a zip file."""
        function_id = function.id
        latest, before = self._functions.versions[function_id].latest, self._package(function_id)
        fresh = await self._functions.packages.upload(function, before, content)
        code = await self._functions.packages.store(content)
        return await self.reconfigure(replace(latest, package=fresh, function=replace(function, code=code)))

    async def update_image(self, function: Function) -> Version:
        """Set the image of `$LATEST`. Raises StackError if it is not on this machine."""
        latest = self._functions.versions[function.id].latest
        fresh = await self._functions.packages.prepare(function, await self._functions.layers(function))
        return await self.reconfigure(replace(latest, package=fresh, function=function))

    async def repack(self, function: Function) -> Package | None:
        """Return `$LATEST`'s package for other layers or another runtime. Raises StackError if that cannot run it."""
        layers = await self._functions.layers(function)
        return await self._functions.packages.repack(function, self._package(function.id), layers)

    async def publish(self, function_id: str, description: str) -> Version:
        """Publish a version of `$LATEST`; return the newest version if nothing has changed since."""
        if self._functions.packages.edited(function_id, surely=True):
            await self.reread_code(function_id)
        versions = self._functions.versions[function_id]
        unchanged = versions.unchanged()
        if unchanged is not None:
            return unchanged
        code = versions.latest.package
        kept = None if code is None else await self._functions.packages.keep(function_id, code)
        made = versions.publish(kept, description)
        await self._keep(lambda: versions.published.pop(made.number))
        return made

    async def set_alias(self, function_id: str, alias: Alias) -> None:
        """Add an alias, or replace one."""
        await self._set_aliases(function_id, {**self._functions.versions[function_id].aliases, alias.name: alias})

    async def delete_alias(self, function_id: str, name: str) -> None:
        """Delete an alias, if it exists."""
        aliases = self._functions.versions[function_id].aliases
        await self._set_aliases(function_id, {key: one for key, one in aliases.items() if key != name})

    async def provision(self, function_id: str, qualifier: str, number: int) -> Provisioned:
        """Request provisioned concurrency for a version or alias."""
        provisioning, version = self._functions.provisioning, self._functions.versions[function_id].get(qualifier)
        assert version is not None
        before = provisioning.of(function_id, qualifier)
        made = provisioning.put(qualifier, version, number)

        async def undo() -> None:
            await provisioning.delete(function_id, qualifier)
            if before is not None:
                provisioning.put(qualifier, before.version, before.requested)

        await self._keep(undo)
        return made

    async def stop_provisioning(self, function_id: str, qualifier: str) -> None:
        """Remove the provisioned concurrency of a version or alias."""
        provisioning = self._functions.provisioning
        before = provisioning.of(function_id, qualifier)
        await provisioning.delete(function_id, qualifier)
        if before is not None:
            await self._keep(lambda: provisioning.put(qualifier, before.version, before.requested))

    async def reread_code(self, function_id: str) -> None:
        """Give `$LATEST` new environments: its code on disk has changed."""
        versions, before = self._functions.versions[function_id], self._package(function_id)
        latest, layers = versions.latest, await self._functions.layers(versions.latest.function)
        edited = await self._functions.packages.reread(latest.function, before, layers)
        versions.latest = replace(latest, package=edited, revision=Revision())
        self._ending.start(self._discard(before, await self._functions.fleet.retire(function_id, LATEST)))

    async def _discard(self, gone: Package, pools: list[Pool]) -> None:
        """Delete what was made for a package, when its environments have ended and no other version uses it."""
        for pool in pools:
            await pool.over.wait()
        everywhere = self._functions.versions.values()
        await self._functions.packages.discard(
            gone, (one.package for versions in everywhere for one in (versions.latest, *versions.published.values()))
        )

    async def close(self) -> None:
        """Cancel what is under way."""
        await self.moves.close()
        await self._ending.close()

    async def reserve(self, function_id: str, number: int | None) -> None:
        """Set a function's reserved concurrency."""
        await self._set(function_id, reserved_concurrent_executions=number)
        self._functions.scaling.reserve(function_id, number)

    async def tag(self, function_id: str, tags: Mapping[str, str]) -> None:
        """Set a function's tags."""
        await self._set(function_id, tags=dict(tags))

    async def set_recursive_loop(self, function_id: str, chosen: str) -> None:
        """Set if Lambda stops a function that calls itself in a loop."""
        await self._set(function_id, recursive_loop=chosen)

    async def manage_runtime(self, version: Version, chosen: RuntimeManagement) -> None:
        """Set when the runtime of `$LATEST` or of a published version is updated."""
        if version.number == LATEST:
            await self._set(version.function.id, runtime_management=chosen)
            return
        published = self._functions.versions[version.function.id].published
        function = replace(version.function, runtime_management=chosen)
        published[version.number] = replace(version, function=function)
        await self._keep(lambda: published.update({version.number: version}))

    async def amend(self, *put: Resource, gone: Collection[str] = ()) -> None:
        """Put permissions, URLs, event source mappings or settings of events, and remove others by their ids."""

        def amended(cloud: Cloud) -> Cloud:
            kept = {id_: one for id_, one in cloud.template.resources.items() if id_ not in gone}
            return cloud.having(resources=kept | {one.id: one for one in put})

        await self._functions.become(amended)

    async def _set_aliases(self, function_id: str, aliases: dict[str, Alias]) -> None:
        versions = self._functions.versions[function_id]
        before, versions.aliases = versions.aliases, aliases
        await self._keep(lambda: setattr(versions, "aliases", before))

    async def _keep(self, undo: Callable[[], Awaitable[None] | object]) -> None:
        """Let the account keep what is not in the cloud; undo it where that fails."""
        try:
            await self._functions.become(replace)  # the same cloud, as another object: every part follows
        except BaseException:
            undone = undo()
            if isinstance(undone, Awaitable):
                await undone
            raise

    async def _set(self, function_id: str, **values: Any) -> None:
        await self._functions.become(
            lambda cloud: _with(cloud, replace(cloud.compute.functions[function_id], **values))
        )

    async def _put_moved(self, version: Version) -> list[Pool]:
        """Let `$LATEST` be where it has moved to; its code may have changed meanwhile."""
        return await self._put(replace(version, package=self._functions.versions[version.function.id].latest.package))

    async def _put(self, latest: Version) -> list[Pool]:
        function_id, log_groups = latest.function.id, self._functions.log_groups
        if log_groups[function_id].name != latest.function.log_group:
            log_groups[function_id] = LogGroup(latest.function.log_group)
        self._functions.versions[function_id].latest = replace(latest, revision=Revision())
        return await self._functions.fleet.retire(function_id, LATEST)

    def _function(self, function_id: str) -> Function:
        return self._functions.cloud.compute.functions[function_id]

    def _package(self, function_id: str) -> Package:
        code = self._functions.versions[function_id].latest.package
        if code is None:
            raise self._functions.problems[function_id]
        return code


def _with(cloud: Cloud, function: Function) -> Cloud:
    """Return the cloud in which a function is configured so."""
    functions = cloud.compute.functions
    return cloud if functions[function.id] == function else cloud.having(functions={**functions, function.id: function})


def _named(resource: Resource) -> str:
    """Return the function that a permission, URL or setting is of, with its qualifier; "" for another resource."""
    name = resource.properties.get("FunctionName") or resource.properties.get("TargetFunctionArn")
    return (name.partition(":function:")[2] or name) if isinstance(name, str) else ""
