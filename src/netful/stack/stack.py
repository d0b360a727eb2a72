"""A running stack, which `up` starts and `down` ends.

The parts, in the order in which they start and follow the stack to another cloud. They end in the opposite order:

    back ends         AWS services in their own process
    networks          namespaces on their own thread
    gateway           API Gateway, and its workers if it has several
    distributions     CloudFront
    services          the front with its handlers, which answer requests
    doors             servers at the network's sockets, and the local endpoint
    functions         zygotes and sandboxes
    hosts             the programs of instances and services
    tasks             the containers of ECS's tasks
    load balancers    HAProxy in their nodes
    Lambda            queues, streams and schedules that invoke functions
    faults            what is broken on purpose
    flow logs         the counting of flows, and its delivery

The back ends are slow to start, so they start in parallel with the network and the functions.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netful.account.iam.back_end import take_roles
from netful.balancer.consulted.claim_signer import ClaimSigner
from netful.fabric.kernel.rights import Mode, is_root
from netful.functions.environments.service import FunctionService, FunctionSettings
from netful.model.cloud import Cloud
from netful.model.core import StackError
from netful.model.difference import Difference
from netful.services.backends.frames import Initiative, Sent, Timetable
from netful.services.backends.state_folder import StateFolder
from netful.services.deploy.dynamic_references import DynamicReferences
from netful.services.tls.authority import Authority
from netful.stack import fixed_settings, stack_settings
from netful.stack.account import StackAccount
from netful.stack.account_start import AccountStart, begun
from netful.stack.control.folder import StackFolder
from netful.stack.control.settings import Settings
from netful.stack.custom_resources import TemplateCustomResources
from netful.stack.databases.fronts import Fronts
from netful.stack.databases.hosted_rotation import HostedRotation
from netful.stack.databases.server_sessions import ServerSessions
from netful.stack.network.balancers import Balancers
from netful.stack.network.hosts import Hosts
from netful.stack.network.lambda_network import LambdaDesign
from netful.stack.network.local_endpoint import LocalEndpoint
from netful.stack.network.networks import Networks
from netful.stack.network.served_doors import ServedDoors
from netful.stack.network.web_places import WebClients, internet_or_interface
from netful.stack.parts import truststores
from netful.stack.parts.api_gateway import ApiGateway
from netful.stack.parts.backends_on_demand import BackendsOnDemand
from netful.stack.parts.debug_door import DebugDoor
from netful.stack.parts.distributions import Distributions
from netful.stack.parts.faults import Faults
from netful.stack.parts.flow_logs import FlowLogs
from netful.stack.parts.functions import Functions
from netful.stack.parts.handler_on_demand import HandlerOnDemand
from netful.stack.parts.lambda_door import LambdaDoor
from netful.stack.parts.lambda_interfaces import LambdaInterfaces, LingeringInterfaces
from netful.stack.parts.secret_rotation import SecretRotation
from netful.stack.parts.services import Services
from netful.stack.parts.state_machines import StateMachines
from netful.stack.running_cloud import Part, RunningCloud
from netful.stack.start_times import StartTimes
from netful.stack.tasks.tasks import Tasks
from netful.stack.traces.traces import Traces

if TYPE_CHECKING:
    from netful.stack.tasks.scheduled import Operations

_DEPLOYMENT_SECONDS = 60.0
"""The longest that a change waits for the deployments of its services."""


class Stack:
    """A stack, from `start` to `close`.

    `ended` is set when the stack has to end. `console` is the URL of its page, if it has one.
    """

    def __init__(self, settings: Settings, folder: StackFolder, *, progress: Callable[[str], None]) -> None:
        self.ended = asyncio.Event()
        self.mode = Mode.ROOT if _on_the_host() else Mode.ROOTLESS
        self.folder = folder
        self.settings = settings
        self.console: str | None = None
        self.running = RunningCloud(Cloud())
        self.traces = Traces(0.0, lambda: self.cloud)
        self.start_times = StartTimes()
        self._home = settings.home
        self._progress = progress

    @property
    def cloud(self) -> Cloud:
        """The cloud that runs."""
        return self.running.cloud

    @property
    def functions(self) -> FunctionService:
        """The service that currently runs the functions."""
        return self._functions.current()

    @property
    def debug_door(self) -> DebugDoor | None:
        """The way to a function's debugger, if one is debugged."""
        return self._functions.debug_door

    async def start(self) -> None:
        """Start everything. Raises NetfulError if a part cannot start; the caller still has to call `close`."""
        self._progress("reading the templates")
        kept = StateFolder(Path(self.settings.state_folder)) if self.settings.state_folder else None
        if kept:
            await asyncio.to_thread(kept.take)
        with self.start_times.of("templates"):
            account = begun(self.settings, self.folder.path)
            self._assemble(account, kept)
        async with self.running.starting() as starter:

            def start(part: Part) -> Coroutine[Any, Any, None]:
                return self.start_times.during(type(part).__name__, starter(part))

            self._progress("starting services")
            services = asyncio.create_task(start(self.backends))
            try:
                self._progress("building the network")
                for part in (
                    self.networks,
                    self.gateway,
                    self.distributions,
                    self.services,
                    self._doors,
                    self.endpoint,
                ):
                    await start(part)
                self._progress("warming functions up")
                await start(self._functions)
                await services
                await self.start_times.during("gateway's workers", self.gateway.ready())
                for other in (
                    self.hosts,
                    self.fronts,
                    self.tasks,
                    self.balancers,
                    self._lambda_door,
                    self.faults,
                    self.flow_logs,
                    self.account,
                ):
                    await start(other)
            finally:
                services.cancel()
        found = await truststores.read(self.cloud, self.backends.call_host)  # a kept state may contain truststores
        await self.running.become(lambda cloud: truststores.having(cloud, found))
        await take_roles(self.running, self.cloud.region, self.backends.call_host, account.roles)
        await self.custom_resources.answer()
        await self.services.rotation.follow(self.cloud)
        await self.services.rotation.settled()

    def _assemble(self, start: AccountStart, kept: StateFolder | None) -> None:
        """Make the parts, each with the parts that it needs; start nothing yet. One list: each part once, in the order of needs."""
        settings, path, cloud = self.settings, self.folder.path, start.cloud
        design = stack_settings.lambda_network(settings)
        stack_settings.require_interfaces(cloud, settings)
        self.running = RunningCloud(cloud)
        self.authority = Authority(path)
        self.traces = stack_settings.traces(settings, lambda: self.cloud)
        internet = stack_settings.real_internet(settings, self.authority)
        sent: asyncio.Queue[Sent | Timetable] = asyncio.Queue()
        self.backends = BackendsOnDemand(cloud, path, lambda one: self._receive(one, sent), kept=kept)
        self.networks = Networks(cloud, design, stack_settings.options(settings))
        web_calls = WebClients(self.networks, internet_or_interface, self.authority.bundle)
        self.state_machines = StateMachines(
            lambda: self.cloud, lambda: self.services.front, self.backends.reply, web_calls.ask, self.traces.tracer
        )
        call_host = self.backends.call_host
        references = DynamicReferences(lambda: self.cloud, call_host)
        files = Path(settings.state_folder or path) / "files"
        function_settings = FunctionSettings(
            ca_bundle=self.authority.bundle,
            java_trust=self.authority.java_trust,
            concurrency=settings.lambda_concurrency,
            eni_seconds=settings.eni_seconds
            if design.design is LambdaDesign.HYPERPLANE
            else 0.0,  # else at the cold start
            eni_idle_seconds=settings.eni_idle_seconds,
            uploads=start.uploads,
            made=start.versions,
            read=references.value_of,
            files=files,
            debugging=stack_settings.debugging(cloud, settings.debug),
            tracer=self.traces.tracer,
            receive_trace=self.traces.receive,
        )
        self._functions = Functions(cloud, self.networks.attach, path, function_settings, self.running)
        self.account = StackAccount(settings, self.running, self.backends, self._functions, start)
        self.custom_resources = TemplateCustomResources(self.account)
        self._lambda_door = LambdaDoor(cloud, self._functions.current, call_host, sent, self._task_operations)
        lingering = LingeringInterfaces(settings.eni_delete_seconds)
        self.interfaces = LambdaInterfaces(cloud, design.design, lingering, self.networks, self._functions.current)
        self.gateway = ApiGateway(
            cloud,
            settings,
            self.networks,
            self.authority,
            self._functions,
            self._lambda_door.invoke_later,
            call_host,
            self.running,
            self.traces.tracer,
        )
        signer = ClaimSigner()
        servers = ServerSessions(self.running, self.networks, lambda: self.hosts)
        self.distributions = Distributions(cloud, self.networks, self.authority)
        self.flow_logs = FlowLogs(cloud, self.networks, call_host)
        self.services = Services(
            cloud,
            self.authority,
            self.backends,
            self._functions,
            self._lambda_door,
            self.interfaces,
            self.gateway,
            self.running,
            self.account,
            lambda: self.balancers.target_health(),  # noqa: PLW0108  # they are made later
            lambda: self.tasks,
            HandlerOnDemand("netful.stack.databases.data_api:data_api", servers, call_host),
            signer,
            self.distributions.service.handle,
            self.flow_logs,
            lambda: (*self.tasks.delivered, *self.state_machines.delivered),
            self.traces,
            SecretRotation(
                lambda: self.cloud,
                call_host,
                self._functions.invoke,
                HostedRotation(servers).rotate,
                self._renew_databases,
                self.running.unchanging,
            ),
            kept.sessions if kept else None,
        )
        porter = self.gateway.porter(self.services.front)
        self._doors = ServedDoors(cloud, self.networks, porter, internet)
        self.faults = Faults(self.running, self.networks, self.gateway, self._doors, function_settings.disruptions)
        self.endpoint = LocalEndpoint(porter, settings.port, settings.name)
        self.tasks = Tasks(
            self.running, self.networks, self.authority, path / "tasks", call_host, files, lambda: self.balancers
        )
        databases = Path(settings.state_folder) if settings.state_folder else None
        self.hosts = Hosts(
            cloud, self.networks, self.authority, path / "hosts", references, self.tasks.vacate, databases
        )
        self.fronts = Fronts(cloud, self.networks, self.hosts, references, self.authority.client_context)
        self.balancers = Balancers(
            cloud, path, self.networks, self.authority, web_calls, self._functions.invoke, call_host, signer
        )

    def _receive(self, message: Initiative, sent: asyncio.Queue[Sent | Timetable]) -> None:
        """Take what the back ends' services do by themselves."""
        if isinstance(message, Sent | Timetable):
            sent.put_nowait(message)
        else:
            self.state_machines.receive(message)

    async def _task_operations(self) -> Operations:
        """Return the operations of ECS; they are imported when they are first needed."""
        operations: Operations = (await self.services.ecs.made()).operations
        return operations

    async def _renew_databases(self) -> None:
        """Give databases the passwords that their secrets have now."""
        async with self.running.unchanging() as cloud:
            await self.hosts.renew(cloud)

    def must_be_at(self, home: Path) -> None:
        """Raise StackError if the running templates are those of another folder with the same name."""
        if home != self._home:
            raise StackError(
                f"another stack `{self.folder.name}` is running, that of `{self._home}`",
                why=f"a stack has the name of its template's folder, and so has `{home}`",
                hint=f"give this one a name by `--stack NAME`, or `netful down --stack {self.folder.name}` first",
            )

    def late(self, settings: Settings) -> tuple[str, ...]:
        """Return the options of a later `up` that the running stack does not follow."""
        return fixed_settings.late(self.settings, settings)

    async def change(self, settings: Settings) -> tuple[Difference, ...]:
        """Become the stack of other templates or values, in place; return the differences.

        Unchanged parts go on running and keep their connections. Raises NetfulError; nothing has changed then.
        """
        fixed_settings.refuse(self.settings, settings)
        kept = replace(settings, allow_hosts=self.settings.allow_hosts, attachments=self.settings.attachments)
        done = await self.account.follow_files(kept.seen_from(self.settings.cwd))
        await self.tasks.deployments.settled(_DEPLOYMENT_SECONDS)
        self._home = settings.home
        await self.custom_resources.answer()
        await self.services.rotation.settled()
        return done

    async def close(self) -> None:
        """End everything. A part that fails does not keep the others from ending."""
        self.ended.set()
        try:
            await self.running.close()
        finally:
            await asyncio.to_thread(self.traces.close)


def _on_the_host() -> bool:
    """Return whether this process is in the machine's own user namespace, in which every id is mapped."""
    mapped = Path("/proc/self/uid_map").read_text(encoding="ascii").split()
    return is_root() and mapped[:3] != ["0", mapped[1], "1"]
