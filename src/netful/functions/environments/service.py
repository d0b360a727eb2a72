"""The functions of a stack: Lambda's Invoke, without the HTTP around it."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from msgspec import field

from netful.engine.authorization.sessions import Credentials, keys_of
from netful.engine.traces.tracer import Tracer
from netful.functions.code import made_versions, node_sdk, runtimes
from netful.functions.code.layers import Layers, contents_of, layers_of
from netful.functions.code.made_versions import MadeVersions
from netful.functions.code.package import Package
from netful.functions.code.packages import Packages
from netful.functions.code.template_versions import add_template_versions
from netful.functions.code.variables import ReadReference, unread
from netful.functions.code.versions import LATEST, Version, Versions, alike
from netful.functions.environments import setting_warnings
from netful.functions.environments.admission import rejection
from netful.functions.environments.config import FunctionUrl, template_urls
from netful.functions.environments.debugging import Debugging
from netful.functions.environments.file_systems import FileSystems
from netful.functions.environments.fleet import Fleet, FleetContext
from netful.functions.environments.function_updates import FunctionUpdates
from netful.functions.environments.lifecycle import IDLE_SECONDS, FunctionState, Lifecycle
from netful.functions.environments.pool import EnvironmentStatus
from netful.functions.environments.provisioning import Provisioning
from netful.functions.environments.scaling import Scaling
from netful.functions.invocations import requests
from netful.functions.invocations.attachment import Attach
from netful.functions.invocations.disruptions import Disruptions
from netful.functions.invocations.invocation import Invocation, InvokeRefused
from netful.functions.invocations.invocation_trace import InvocationTrace
from netful.functions.invocations.logs import LogGroup
from netful.functions.invocations.metrics import Metrics
from netful.functions.invocations.response_stream import ResponseStream
from netful.functions.sandboxes import machine
from netful.functions.sandboxes.zygotes import UPLOADS, Zygotes
from netful.model.cloud import Cloud
from netful.model.core import Frozen, NetfulError, StackError
from netful.model.difference import same
from netful.model.functions.function import Function
from netful.model.steps import Becomes, Step

_SWEEP_SECONDS = 30.0
_GONE_GROUPS = 50  # logs of functions that are gone, for a client that reads them later


class FunctionSettings(Frozen):
    """`ca_bundle`: the certificates that sandboxes trust, for Java in `java_trust`. `idle_seconds`: how long an unused environment is kept.

    `concurrency`: the account's limit on invocations at a time (lambda §4.1). `eni_seconds`: creation time of a shared
    interface; `eni_idle_seconds`: how long it is kept for an unused function (§1.3). `uploads`: the folder for uploaded code
    if it outlives the service. `made`: versions that calls made in an earlier process, by function. `read`: reads the
    references in environment variables. `files` is the folder with the folders of file systems. `disruptions` are the faults of
    invocations. `tracer` traces its share of the invocations; `receive_trace` receives what functions send to X-Ray's daemon.
    `debugging` is the debugging of one function.
    """

    ca_bundle: Path
    java_trust: Path | None = None
    idle_seconds: float = 600.0
    concurrency: int = 1000
    eni_seconds: float = 0.0
    eni_idle_seconds: float = IDLE_SECONDS
    credentials: Callable[[Function], Credentials] = keys_of
    clock: Callable[[], float] = time.monotonic
    uploads: Path | None = None
    made: Mapping[str, MadeVersions] = field(default_factory=dict)
    read: ReadReference = unread
    files: Path | None = None
    disruptions: Disruptions = field(default_factory=Disruptions)
    debugging: Debugging | None = None
    tracer: Tracer | None = None
    receive_trace: Callable[[bytes], None] = lambda _document: None


class FunctionService:
    """Runs a cloud's functions. Make it, `start` it in the main thread's event loop, and `close` it.

    `problems` has the functions that cannot run; `reason_codes` the StateReasonCode of those that Lambda would not create.
    The others still run. `warnings` are for the user. `cloud` has the present configuration of the functions. The API's
    changes of functions use `changes`, which the whole stack follows. A service of other functions keeps the logs and
    interfaces of the one `before`.
    """

    def __init__(
        self,
        cloud: Cloud,
        attach: Attach,
        state: Path,
        settings: FunctionSettings,
        before: FunctionService | None = None,
        changes: Becomes | None = None,
    ) -> None:
        self.problems: dict[str, NetfulError] = {}
        self.reason_codes: dict[str, str] = {}
        self.warnings: list[str] = []
        self.cloud = cloud
        self.versions: dict[str, Versions] = {}
        self.urls: dict[str, FunctionUrl] = {url.id: url for url in template_urls(cloud)}
        self.scaling = Scaling(settings.concurrency, settings.clock)
        self.provisioning = Provisioning(lambda one: self.fleet.pool(one), self.scaling)  # noqa: PLW0108  # it is made later
        self.lifecycle: Lifecycle = before.lifecycle if before else _lifecycle(settings)
        self.metrics: Metrics = before.metrics if before else Metrics()
        self._state = state
        self._settings = settings
        self._changes = changes
        self._own: tuple[Cloud, ...] = ()
        self._closed = False
        known: dict[str, LogGroup] = before.log_groups if before is not None else {}
        self.log_groups: dict[str, LogGroup] = {
            f.id: kept if (kept := known.get(f.id)) and kept.name == f.log_group else LogGroup(f.log_group)
            for f in cloud.compute.functions.values()
        }
        gone = [(id_, group) for id_, group in known.items() if id_ not in self.log_groups and group.events]
        self.log_groups |= gone[-_GONE_GROUPS:]  # a log outlives its function
        self.packages = Packages(state, state / UPLOADS, settings.uploads or state / "uploads")
        self._made: Mapping[str, MadeVersions] = before.made_versions() if before else settings.made
        self.updates = FunctionUpdates(self)
        self._files = settings.files or state / "files"
        self._context = FleetContext(
            lambda id_: (self.cloud.region_of(id_), self.cloud.account_of(id_)),
            settings.credentials,
            self.log_groups,
            attach,
            read=settings.read,
            debugging=settings.debugging,
            files=FileSystems(lambda: self.cloud, self._files),
            receive_trace=settings.receive_trace,
        )
        self._fleet: Fleet | None = None
        self._zygotes: Zygotes | None = None
        self._sweeper: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Prepare the packages and start the zygotes."""
        packages: dict[str, Package] = {}
        for function in self.cloud.compute.functions.values():
            try:
                packages[function.id] = await self._prepare(function)
            except NetfulError as problem:
                self.problems[function.id] = problem
            self.scaling.reserve(function.id, function.reserved_concurrent_executions)
            self.versions[function.id] = Versions(Version(function, packages.get(function.id)))
        self.warnings += setting_warnings.of_reserved(self.cloud, self.scaling)
        self.warnings += setting_warnings.of_unknown(self.cloud)
        prepared_functions = [self.cloud.compute.functions[function_id] for function_id in packages]
        self.warnings += runtimes.warnings(prepared_functions)
        self.warnings += await asyncio.to_thread(node_sdk.warnings, prepared_functions, packages)
        self.lifecycle.follow(self.cloud)
        self._zygotes = Zygotes(self._state, packages, self._settings.ca_bundle, self._settings.java_trust, self._files)
        self._fleet = Fleet(self._context, self._zygotes, self.scaling)
        await self._zygotes.warm_up(packages.values())
        self._sweeper = asyncio.create_task(self._sweep())
        for function_id in self.versions:
            await self._add_versions(function_id)

    async def _add_versions(self, function_id: str) -> None:
        """Add the versions of the template, and those that calls made before."""
        versions, made = self.versions[function_id], self._made.get(function_id, made_versions.NONE)
        add_template_versions(self.cloud, versions)
        found = {
            one.number: await self.packages.published(one.function, layers_of(self.cloud, one.function))
            for one in made.versions
        }
        made_versions.add(made, versions, found)
        for qualifier, number in {**versions.of_template.provisioned, **made.provisioned}.items():
            version = versions.get(qualifier)
            if number and version is not None and version.package is not None:
                self.provisioning.put(qualifier, version, number)

    def made_versions(self) -> dict[str, MadeVersions]:
        """Return the versions, aliases and provisioned concurrency that calls made, by function."""
        found: dict[str, MadeVersions] = {}
        for function_id, versions in self.versions.items():
            provisioned = {name: one.requested for name, one in self.provisioning.all_of(function_id).items()}
            made = made_versions.made_by_calls(versions, provisioned)
            if function_id in self.cloud.compute.functions and made is not made_versions.NONE:
                found[function_id] = made
        return found

    async def invoke(
        self,
        function_id: str,
        payload: bytes = b"",
        *,
        qualifier: str = "",
        client_context: str = "",
        trace_id: str = "",
        request_id: str = "",
        tenant_id: str = "",
        cold: bool = False,
        stream: ResponseStream | None = None,
    ) -> Invocation:
        """Run a function once, `cold` in a new environment. A retry keeps the `request_id` of the first attempt.

        Raises InvokeRefused if Lambda's API would refuse, StackError if netful cannot run it.
        """
        if self.packages.edited(function_id):
            await self.updates.reread_code(function_id)
        version = self._version(function_id, qualifier)
        payload = payload or b"{}"
        requests.check_payload(payload)
        requests.check_tenant(version.function, tenant_id)
        requests.check_qualifier(version.function, qualifier)
        try:
            descent = requests.lineage_of(self.cloud.compute.functions.get(function_id, version.function), trace_id)
        except InvokeRefused:
            self.metrics.add("RecursiveInvocationsDropped", version.function.function_name, qualifier, 1)
            raise
        tracer, trace = self._settings.tracer, None
        if tracer is not None:
            trace = InvocationTrace(tracer, version.function, trace_id) if tracer.samples(trace_id) else None
            trace_id = trace.onward if trace else trace_id
        request = requests.InvocationRequest(
            request_id or requests.new_request_id(), payload, requests.with_lineage(trace_id, descent), requests.one_line(client_context),
            tenant_id, qualifier, stream, self._settings.disruptions.delay(function_id),
        )  # fmt: skip
        self.lifecycle.use(function_id)
        if trace is None:
            return await self._counted(version, request, cold=cold)
        with trace.of(request):
            return trace.done(await self._counted(version, request, cold=cold))

    async def _counted(self, version: Version, request: requests.InvocationRequest, *, cold: bool) -> Invocation:
        """Run an admitted invocation and count it by AWS's rules, which omit invocations that did not run."""
        name, metrics = version.function.function_name, self.metrics
        disruptions = self._settings.disruptions
        try:
            disruptions.admit(version.function.id)
            share = self.scaling.begin(version.function.id, version.number)
        except InvokeRefused:
            metrics.add("Throttles", name, request.qualifier, 1)
            raise
        metrics.begin(name, request.qualifier)
        try:
            ran = await self.fleet.pool(version, request.tenant_id).invoke(request, cold=cold)
            done = disruptions.outcome(version.function.id, ran)
        except InvokeRefused as refusal:
            if refusal.status == 429:
                metrics.add("Throttles", name, request.qualifier, 1)
            raise
        except OSError as shortage:
            if shortage.errno not in machine.SHORTAGES:
                raise
            raise machine.exhausted(name, shortage) from shortage
        else:
            failed = done.function_error is not None
            usage = done.usage
            metrics.end(name, request.qualifier, usage.duration_ms, failed=failed, cold=usage.init_ms is not None)
            return done
        finally:
            metrics.leave(name)
            share.end()

    def invoke_streaming(self, function_id: str, payload: bytes = b"", **options: str) -> ResponseStream:
        """Run a function once and stream its response; the options are those of `invoke`."""
        stream = ResponseStream()
        invocation = self.invoke(function_id, payload, stream=stream, **options)  # type: ignore[arg-type]
        stream.follow(asyncio.get_running_loop().create_task(invocation))
        return stream

    async def become(self, step: Step) -> Cloud:
        """Apply a step that changes functions to the whole stack; without a stack, to this service only."""

        def own(cloud: Cloud) -> Cloud:
            if self._closed:
                raise StackError("the template has changed meanwhile")
            self._own = cloud, step(cloud)
            return self._own[1]

        if self._changes is not None:
            return await self._changes.become(own)
        self.follow(own(self.cloud))
        self.settle()
        return self.cloud

    def runs(self, cloud: Cloud) -> bool:
        """Return whether this service has the functions of a cloud, with their configuration and their layers there."""
        if any(cloud is one for one in self._own):
            return True
        mine, others = self.cloud.compute.functions, cloud.compute.functions
        return (mine is others or same(mine, others)) and contents_of(self.cloud) == contents_of(cloud)

    def follow(self, cloud: Cloud) -> None:
        """Follow a cloud whose functions this service has."""
        known, functions = self.cloud.compute.functions, cloud.compute.functions
        made = any(cloud is one for one in self._own) and functions.keys() <= known.keys()
        self.cloud = cloud
        self.lifecycle.follow(cloud, made=made)
        self.urls = {url.id: url for url in self._urls()}

    def settle(self) -> None:
        """Forget everything that the last followed cloud does not contain."""
        self.lifecycle.settle()

    def state(self, function_id: str) -> FunctionState:
        """Return a function's state (lambda §1.4)."""
        return FunctionState.FAILED if function_id in self.problems else self.lifecycle.state(function_id)

    @property
    def fleet(self) -> Fleet:
        """The environments, once the service has started."""
        assert self._fleet is not None
        return self._fleet

    def code_size(self, function_id: str) -> int:
        """Return the bytes of a function's package; 0 without a package."""
        code = self.versions[function_id].latest.package
        return code.size if code else 0

    def logs(self, function_id: str) -> LogGroup:
        """Return a function's log."""
        return self.log_groups[function_id]

    def environments(self, function_id: str) -> tuple[EnvironmentStatus, ...]:
        """Return a function's execution environments."""
        return self._fleet.environments(function_id) if self._fleet else ()

    async def layers(self, function: Function) -> Layers:
        """Return a function's available layers, and its debugger."""
        layers, debugging = layers_of(self.cloud, function), self._settings.debugging
        if debugging is not None and debugging.function_id == function.id:
            layers.contents += await asyncio.to_thread(debugging.layer, self._state / "debugger")
        return layers

    def adopt(self, before: FunctionService) -> None:
        """Take the idle environments of versions that another service has in the same way."""
        for function_id in self.versions.keys() & before.versions.keys():
            now, was = self.versions[function_id], before.versions[function_id]
            for number in (LATEST, *now.published) if before.environments(function_id) else ():
                new, old = now.get(number), was.get(number)
                if new is None or old is None or not alike(new, old):
                    continue
                if same(*(layers_of(one.cloud, new.function).contents for one in (self, before))):
                    self.fleet.pool(new).take(before.fleet.pool(old))

    async def drain(self) -> None:
        """Refuse changes, and end each environment after its invocation."""
        self._closed = True
        await self.updates.close()
        self.provisioning.close()
        if self._fleet is not None:
            await self._fleet.drain()

    async def close(self) -> None:
        """End every sandbox and zygote."""
        self._closed = True
        if self._sweeper is not None:
            self._sweeper.cancel()
        await self.updates.close()
        self.provisioning.close()
        if self._fleet is not None:
            await self._fleet.close()

    def _urls(self) -> Iterator[FunctionUrl]:
        """Yield the URLs of the cloud; an unchanged one keeps its revision."""
        for url in template_urls(self.cloud):
            old = self.urls.get(url.id)
            yield old if old is not None and replace(url, revision=old.revision) == old else url

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

    async def _prepare(self, function: Function) -> Package:
        rejected = rejection(self.cloud, function)
        if rejected is not None:
            self.reason_codes[function.id] = rejected.reason_code
            raise rejected.problem
        layers = await self.layers(function)
        self.packages.watch(function, layers)
        prepared = await self.packages.prepare(function, layers)
        self.warnings += layers.warnings
        self.warnings += setting_warnings.of_function(function, prepared)
        return prepared

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(min(_SWEEP_SECONDS, self._settings.idle_seconds))
            await self.fleet.reclaim(self._settings.idle_seconds)


def _lifecycle(settings: FunctionSettings) -> Lifecycle:
    return Lifecycle(settings.clock, settings.eni_seconds, settings.eni_idle_seconds)
