"""The functions of a stack: Lambda's Invoke, without the HTTP around it."""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeAlias

from netful.functions.code import package, runtimes
from netful.functions.code.layers import layers_of
from netful.functions.code.package import Package
from netful.functions.code.source_watch import SourceWatch
from netful.functions.code.template_versions import add_template_versions
from netful.functions.code.variables import Credentials
from netful.functions.code.versions import LATEST, Revision, Version, Versions
from netful.functions.environments.admission import rejection
from netful.functions.environments.config import FunctionUrl, template_urls
from netful.functions.environments.fleet import Fleet, Site
from netful.functions.environments.lifecycle import IDLE_SECONDS, FunctionState, Lifecycle
from netful.functions.environments.moves import Moves, Rewire
from netful.functions.environments.pool import EnvironmentStatus, Pool
from netful.functions.environments.provisioning import Provisioning
from netful.functions.environments.scaling import Scaling
from netful.functions.invocations.attachment import Attach
from netful.functions.invocations.invocation import Invocation, InvokeRefused
from netful.functions.invocations.logs import LogGroup
from netful.functions.invocations.metrics import Metrics
from netful.functions.invocations.requests import (
    InvocationRequest,
    check_payload,
    new_request_id,
    new_trace_id,
    one_line,
)
from netful.functions.invocations.response_stream import ResponseStream
from netful.functions.sandboxes.zygotes import Zygotes
from netful.model.allocation import with_functions
from netful.model.cloud import Cloud
from netful.model.core.errors import NetfulError, StackError
from netful.model.core.resource import Resource
from netful.model.core.unknown import Unknown
from netful.model.functions.function import Function

_SWEEP_SECONDS = 30.0


def keys_of(function: Function) -> Credentials:
    """Made-up keys, the same for a function each time."""
    digest = hashlib.sha256(function.id.encode()).hexdigest().upper()
    return Credentials(f"ASIA{digest[:16]}", digest[:40], digest)


Amend: TypeAlias = Callable[[Mapping[str, Resource]], Awaitable[None]]
"""Has a stack go by these resources from now on."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`ca_bundle`: the file of certificates that sandboxes trust. `idle_seconds`: how long an unused one is kept.

    `concurrency`: the account's limit on invocations at a time (lambda §4.1). `eni_seconds`: how long a shared interface
    takes to be made, `eni_idle_seconds`: how long it is kept for an unused function (§1.3). `rewire` has the network follow
    where functions are, `amend` the rest of the stack what else the API changes.
    """

    ca_bundle: Path
    idle_seconds: float = 600.0
    concurrency: int = 1000
    eni_seconds: float = 0.0
    eni_idle_seconds: float = IDLE_SECONDS
    credentials: Callable[[Function], Credentials] = keys_of
    rewire: Rewire | None = None
    amend: Amend | None = None
    clock: Callable[[], float] = time.monotonic


class FunctionService:
    """Runs a cloud's functions. Make it, `start` it in the main thread's event loop, and `close` it.

    A function that cannot run is in `problems`, those that Lambda would not create with its StateReasonCode in
    `reason_codes`; the others run all the same. `warnings` are for the user. `cloud` has the functions as they are
    configured now. One that follows another over a changed cloud goes on with the logs and interfaces of the one `before`.
    """

    def __init__(
        self, cloud: Cloud, attach: Attach, state: Path, settings: Settings, before: FunctionService | None = None
    ) -> None:
        self.problems: dict[str, NetfulError] = {}
        self.reason_codes: dict[str, str] = {}
        self.warnings: list[str] = []
        self.cloud = cloud
        self.versions: dict[str, Versions] = {}
        self.urls: dict[str, FunctionUrl] = {url.id: url for url in template_urls(cloud)}
        self.scaling = Scaling(settings.concurrency, settings.clock)
        self.provisioning = Provisioning(self._pool, self.scaling)
        self.lifecycle: Lifecycle = before.lifecycle if before else _lifecycle(settings)
        self.metrics: Metrics = before.metrics if before else Metrics()
        self._state = state
        self._settings = settings
        known: dict[str, LogGroup] = before.log_groups if before is not None else {}
        self.log_groups: dict[str, LogGroup] = {
            f.id: kept if (kept := known.get(f.id)) and kept.name == f.log_group else LogGroup(f.log_group)
            for f in cloud.compute.functions.values()
        }
        self.moves = Moves(lambda: self.cloud, self.versions, self._rewire, self._settle)
        self._site = Site(cloud.region, cloud.account_id, settings.credentials, self.log_groups, attach)
        self._watches: dict[str, SourceWatch] = {}
        self._fleet: Fleet | None = None
        self._zygotes: Zygotes | None = None
        self._sweeper: asyncio.Task[None] | None = None
        self._uploads = 0
        self._created: set[str] = set()

    async def start(self) -> None:
        """Prepare the packages and warm the zygotes up."""
        packages: dict[str, Package] = {}
        for function in self.cloud.compute.functions.values():
            try:
                self._admit(function)
                packages[function.id] = await self._prepare(function)
            except NetfulError as problem:
                self.problems[function.id] = problem
            self.scaling.reserve(function.id, function.reserved_concurrent_executions)
            self.versions[function.id] = Versions(Version(function, packages.get(function.id)))
        self.warnings += runtimes.warnings(self.cloud.compute.functions[function_id] for function_id in packages)
        self.lifecycle.follow(self.cloud)
        self._zygotes = Zygotes(self._state, packages, self._settings.ca_bundle)
        self._fleet = Fleet(self._site, self._zygotes, self.scaling)
        for function_id, prepared in packages.items():
            if (
                str(prepared.folder) == self.cloud.compute.functions[function_id].code.local_path
            ):  # it is mounted as it is
                self._watches[function_id] = SourceWatch(prepared.folder)
        await self._zygotes.warm_up(packages.values())
        self._sweeper = asyncio.create_task(self._sweep())
        for function_id, versions in self.versions.items():
            for qualifier, number in add_template_versions(self.cloud, versions).items():
                version = versions.get(qualifier)
                if version is not None and function_id in packages:
                    self.provisioning.put(qualifier, version, number)

    async def invoke(
        self,
        function_id: str,
        payload: bytes = b"",
        *,
        qualifier: str = "",
        client_context: str = "",
        trace_id: str = "",
        request_id: str = "",
        cold: bool = False,
        stream: ResponseStream | None = None,
    ) -> Invocation:
        """Run a function once, `cold` in a new environment. A retry keeps the `request_id` of the first attempt.

        Raises InvokeRefused where Lambda's API would, StackError where netful cannot run it.
        """
        watch = self._watches.get(function_id)
        if watch is not None and watch.changed():
            await self._take_edits(function_id)
        version = self._version(function_id, qualifier)
        payload = payload or b"{}"
        check_payload(payload)
        request = InvocationRequest(
            request_id or new_request_id(), payload, trace_id or new_trace_id(), one_line(client_context),
            qualifier, stream,
        )  # fmt: skip
        self.lifecycle.use(function_id)
        return await self._counted(version, request, cold=cold)

    async def _counted(self, version: Version, request: InvocationRequest, *, cold: bool) -> Invocation:
        """Run what was admitted; counted by AWS's rules, which leave out what did not run."""
        name, metrics = version.function.function_name, self.metrics
        try:
            share = self.scaling.begin(version.function.id, version.number)
        except InvokeRefused:
            metrics.add("Throttles", name, request.qualifier, 1)
            raise
        metrics.begin(name, request.qualifier)
        try:
            done = await self.fleet.pool(version).invoke(request, cold=cold)
        except InvokeRefused as refusal:
            if refusal.status == 429:
                metrics.add("Throttles", name, request.qualifier, 1)
            raise
        else:
            failed = done.function_error is not None
            metrics.end(name, request.qualifier, done.usage.duration_ms, failed=failed)
            return done
        finally:
            metrics.leave(name)
            share.end()

    def invoke_streaming(self, function_id: str, payload: bytes = b"", **options: str) -> ResponseStream:
        """Run a function once, and give its response as it comes; the options are those of `invoke`."""
        stream = ResponseStream()
        invocation = self.invoke(function_id, payload, stream=stream, **options)  # type: ignore[arg-type]
        stream.follow(asyncio.get_running_loop().create_task(invocation))
        return stream

    async def reconfigure(self, function: Function, package: Package | None = None) -> Version:
        """Let `$LATEST` be as given from now on; what runs already ends as it began (lambda §1.4)."""
        latest = self.versions[function.id].latest
        self.cloud = self.cloud.having(functions={**self.cloud.compute.functions, function.id: function})
        self.moves.forget(function.id)
        await self._put(replace(latest, function=function, package=package or latest.package))
        return self.versions[function.id].latest

    async def move(self, version: Version) -> None:
        """Let `$LATEST` be this as soon as the interfaces are there that it needs. What it runs must not change."""
        await self.moves.begin(version, self.lifecycle.seconds_until_made)

    async def create(self, function: Function, content: bytes, description: str) -> Version:
        """Have one more function, of a zip file. Raises StackError where that is none."""
        made, layers = self._upload(function.id), layers_of(self.cloud, function)
        bare = await asyncio.to_thread(package.layered, Package(function.id, made, ()), layers, self._upload("layers"))
        code = await asyncio.to_thread(package.prepare_upload, function, bare, content, made)
        self.log_groups.setdefault(function.id, LogGroup(function.log_group))
        self.scaling.reserve(function.id, None)
        self.versions[function.id] = Versions(Version(function, code, description=description))
        self._created.add(function.id)
        await self.moves.release({**self.cloud.compute.functions, function.id: function})
        return self.versions[function.id].latest

    def was_created(self, function_id: str) -> bool:
        """Whether a function is none of the template's."""
        return function_id in self._created

    async def delete(self, function_id: str) -> None:
        """Let a function go that was created, each environment when its invocation is over."""
        gone = self.versions.pop(function_id)
        self._created.discard(function_id)
        for qualifier in (*gone.aliases, *gone.published):
            await self.provisioning.delete(function_id, qualifier)
        for number in (LATEST, *gone.published):
            await self.fleet.retire(function_id, number)
        self.urls = {id_: url for id_, url in self.urls.items() if url.function_id != function_id}
        names = {function_id, *(f"{function_id}:{qualifier}" for qualifier in (*gone.aliases, *gone.published))}
        resources = self.cloud.template.resources
        await self.amend({id_: one for id_, one in resources.items() if _named(one) not in names})
        await self.moves.release({id_: one for id_, one in self.cloud.compute.functions.items() if id_ != function_id})

    async def delete_version(self, function_id: str, number: str) -> None:
        """Take a published version away, and the interfaces that only it had."""
        gone = self.versions[function_id].published.pop(number, None)
        if gone is not None:
            await self.fleet.retire(function_id, number)
            if not gone.function.same_place(self.cloud.compute.functions[function_id]):
                await self.moves.release(self.cloud.compute.functions)

    async def update_code(self, function_id: str, content: bytes) -> Version:
        """Let `$LATEST` be the code of a zip file. Raises StackError where it is none."""
        latest = self.versions[function_id].latest
        if latest.package is None:
            raise self.problems[function_id]
        fresh = await asyncio.to_thread(
            package.prepare_upload, latest.function, latest.package, content, self._upload(function_id)
        )
        self._watches.pop(function_id, None)
        return await self.reconfigure(latest.function, fresh)

    async def repack(self, function: Function) -> Package | None:
        """`$LATEST`'s package for other layers or another runtime. Raises StackError where that does not run it."""
        code = self.versions[function.id].latest.package
        if code is None:
            raise self.problems[function.id]
        layers, made = layers_of(self.cloud, function), self._upload("layers")
        fresh = await asyncio.to_thread(package.layered, code, layers, made)
        return await asyncio.to_thread(package.rerun, function, fresh)

    async def publish(self, function_id: str, description: str) -> Version:
        """Make a version of `$LATEST`; the newest one where nothing has changed since."""
        versions = self.versions[function_id]
        unchanged = versions.unchanged()
        if unchanged is not None:
            return unchanged
        code = versions.latest.package
        if code is not None and function_id in self._watches:  # the user goes on editing it
            code = await asyncio.to_thread(package.snapshot, code, self._upload(function_id))
        return versions.publish(code, description)

    def reserve(self, function_id: str, number: int | None) -> None:
        """Set a function's reserved concurrency."""
        function = replace(self.cloud.compute.functions[function_id], reserved_concurrent_executions=number)
        self.cloud = self.cloud.having(functions={**self.cloud.compute.functions, function_id: function})
        self.scaling.reserve(function_id, number)

    async def amend(self, resources: Mapping[str, Resource]) -> None:
        """Go by other permissions, event source mappings and settings of events."""
        self.cloud = self.cloud.having(resources=resources)
        self.urls |= {
            url.id: replace(self.urls[url.id], public=url.public)
            for url in template_urls(self.cloud)
            if url.id in self.urls
        }
        if self._settings.amend is not None:
            await self._settings.amend(resources)

    def tag(self, function_id: str, tags: Mapping[str, str]) -> None:
        """Set a function's tags."""
        function = replace(self.cloud.compute.functions[function_id], tags=dict(tags))
        self.cloud = self.cloud.having(functions={**self.cloud.compute.functions, function_id: function})

    def follow(self, cloud: Cloud) -> None:
        """Go by the resources of a template whose functions are the same."""
        self.cloud = self.cloud.having(resources=cloud.template.resources)
        self.urls = {url.id: url for url in template_urls(cloud)}

    def state(self, function_id: str) -> FunctionState:
        """A function's state (lambda §1.4)."""
        return FunctionState.FAILED if function_id in self.problems else self.lifecycle.state(function_id)

    @property
    def fleet(self) -> Fleet:
        """The environments, once the service has started."""
        assert self._fleet is not None
        return self._fleet

    def code_size(self, function_id: str) -> int:
        """The bytes of a function's package; 0 where there is none."""
        code = self.versions[function_id].latest.package
        return code.size if code else 0

    def logs(self, function_id: str) -> LogGroup:
        """A function's log."""
        return self.log_groups[function_id]

    def environments(self, function_id: str) -> tuple[EnvironmentStatus, ...]:
        """A function's execution environments."""
        return self._fleet.environments(function_id) if self._fleet else ()

    async def close(self) -> None:
        """End every sandbox and zygote."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        await self.moves.close()
        self.provisioning.close()
        if self._fleet is not None:
            await self._fleet.close()

    async def _take_edits(self, function_id: str) -> None:
        """Let `$LATEST` have new environments: its code on disk has changed."""
        latest = self.versions[function_id].latest
        assert latest.package is not None
        edited = await asyncio.to_thread(package.looked_at_again, latest.function, latest.package)
        self.versions[function_id].latest = replace(latest, package=edited, revision=Revision())
        await self.fleet.retire(function_id, LATEST)

    async def _settle(self, version: Version) -> asyncio.Event:
        """A function has moved; its code may have changed meanwhile."""
        return await self._put(replace(version, package=self.versions[version.function.id].latest.package))

    async def _put(self, latest: Version) -> asyncio.Event:
        function_id = latest.function.id
        if self.log_groups[function_id].name != latest.function.log_group:
            self.log_groups[function_id] = LogGroup(latest.function.log_group)
        self.versions[function_id].latest = replace(latest, revision=Revision())
        return await self.fleet.retire(function_id, LATEST)

    async def _rewire(self, functions: Mapping[str, Function], published: Sequence[Function]) -> Cloud:
        """Have these functions where they are to be; the interfaces are made by now, but for those of a new function."""
        known = self.cloud.compute.functions.keys()
        if self._settings.rewire is None:
            self.cloud = with_functions(self.cloud, functions, published)
        else:
            self.cloud = await self._settings.rewire(functions, published)
        self.lifecycle.follow(self.cloud, made=functions.keys() <= known)
        return self.cloud

    def _pool(self, version: Version) -> Pool:
        return self.fleet.pool(version)

    def _version(self, function_id: str, qualifier: str) -> Version:
        if function_id in self.problems:
            raise self.problems[function_id]
        versions = self.versions.get(function_id)
        if versions is None:
            raise StackError(f"there is no function `{function_id}`")
        version = versions.latest if not qualifier else versions.get(qualifier, random.random())  # noqa: S311  # no secret
        if version is None:
            raise StackError(f"`{function_id}` has no version or alias `{qualifier}`")
        return version

    def _upload(self, function_id: str) -> Path:
        """A new place for a package."""
        assert self._zygotes is not None
        self._uploads += 1
        return self._zygotes.uploads / f"{function_id}-{self._uploads}"

    def _admit(self, function: Function) -> None:
        rejected = rejection(self.cloud, function)
        if rejected is not None:
            self.reason_codes[function.id] = rejected.reason_code
            raise rejected.problem

    async def _prepare(self, function: Function) -> Package:
        if isinstance(function.handler, Unknown):
            raise StackError(
                f"the handler of `{function.id}` is not known", origin=function.origin, why=str(function.handler)
            )
        layers = layers_of(self.cloud, function)
        prepared = await asyncio.to_thread(package.prepare, function, self._state / "packages", layers)
        self.warnings += layers.warnings
        self.warnings += _left_out(function)
        return prepared

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(min(_SWEEP_SECONDS, self._settings.idle_seconds))
            await self.fleet.reclaim(self._settings.idle_seconds)


def _named(resource: Resource) -> str:
    """The function that a resource says something of, with its qualifier; "" for none."""
    name = resource.properties.get("FunctionName")
    return (name.partition(":function:")[2] or name) if isinstance(name, str) else ""


def _lifecycle(settings: Settings) -> Lifecycle:
    return Lifecycle(settings.clock, settings.eni_seconds, settings.eni_idle_seconds)


def _left_out(function: Function) -> list[str]:
    """What a function asks for and does not get."""
    missing = [name for name, value in function.environment.items() if isinstance(value, Unknown)]
    return [
        f"{function.origin}: `{function.id}` runs without the variable `{name}`: its value is not known"
        for name in missing
    ]
