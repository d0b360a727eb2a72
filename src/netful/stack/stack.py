"""A running stack: what `up` assembles and `down` ends.

The parts and the order in which they come up (they go down the other way round):

    the cloud         from the templates
    back ends         AWS services in a process of their own, slow to start, so begun first
    networks          namespaces and doors
    front             what answers at the doors, and at the local endpoint
    functions         zygotes and sandboxes, and the gateway that calls them
    hosts             the programs of instances and services
    load balancers    HAProxy in their nodes
    control           the socket for the verbs
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from netful.engine.admission import metrics
from netful.engine.apis import deployments
from netful.engine.network import inspection
from netful.fabric.kernel.rights import Mode, is_root
from netful.fabric.kernel.thread import NamespaceThread
from netful.functions.environments.service import FunctionService
from netful.functions.invocations import metrics as function_metrics
from netful.functions.invocations.invocation import Invocation
from netful.gateway.calls.local_names import api_entries
from netful.gateway.integrations.streaming import of_function
from netful.model.allocation import keep_addresses, with_functions
from netful.model.cloud import Cloud
from netful.model.core.errors import StackError
from netful.model.core.resource import Resource
from netful.model.difference import Difference, differences
from netful.model.functions.function import Function
from netful.model.network.network_interface import InterfaceOwner
from netful.services.backends.backend import Backends
from netful.services.backends.frames import Sent
from netful.services.backends.state_folder import StateFolder
from netful.services.front.front import Front
from netful.services.http.message import Response
from netful.services.relays.real_internet import RealInternet
from netful.services.tls.authority import Authority
from netful.stack import fixed_settings, stack_settings
from netful.stack.control.control import ControlServer
from netful.stack.control.folder import StackFolder
from netful.stack.control.settings import Settings
from netful.stack.network.balancers import Balancers
from netful.stack.network.hosts import Hosts
from netful.stack.network.lambda_network import LambdaDesign
from netful.stack.network.local_endpoint import LocalEndpoint
from netful.stack.network.networks import Networks
from netful.stack.parts import truststores
from netful.stack.parts.api_gateway import ApiGateway
from netful.stack.parts.caller_identity import CallerIdentity
from netful.stack.parts.ec2_door import Ec2Door, LambdaInterface, LingeringInterfaces
from netful.stack.parts.lambda_door import LambdaDoor
from netful.stack.parts.lambda_urls import LambdaUrls, url_entries
from netful.stack.parts.log_delivery import LogDelivery
from netful.stack.parts.metric_delivery import MetricDelivery, Taken
from netful.stack.parts.signers import signers

log = logging.getLogger(__name__)

REAL = "real"
SYSTEM_BUNDLE = "/etc/ssl/certs/ca-certificates.crt"
_FAREWELL_SECONDS = 2.0


class Stack:
    """One stack, from `start` to `close`. `ended` is set when it shall end; `console` is where its page is, if it has one."""

    def __init__(self, settings: Settings, folder: StackFolder, *, progress: Callable[[str], None]) -> None:
        self.ended = asyncio.Event()
        self.mode = Mode.ROOT if _on_the_host() else Mode.ROOTLESS
        self.cloud: Cloud = Cloud()
        self.folder = folder
        self.console: str | None = None
        self._settings = settings
        self._home = settings.home
        self._progress = progress
        self._generation = 0
        self._changing = asyncio.Lock()
        self._lingering = LingeringInterfaces(settings.eni_delete_seconds, time.monotonic)
        self._tasks: list[asyncio.Task[Any]] = []
        self._closers: list[Callable[[], Coroutine[Any, Any, None]]] = []

    async def start(self) -> None:
        """Bring everything up; raises NetfulError when something cannot be."""
        self._progress("reading the templates")
        self.cloud = self._as_written = stack_settings.cloud(self._settings)
        self.authority = Authority(self.folder.path)
        internet = self._real_internet()
        self._progress("starting services")
        starting = self._begin_back_ends()
        self._progress("building the network")
        await self._build_network(internet)
        await self._open_doors()
        self._progress("warming functions up")
        self.functions = await self._start_functions()
        self._closers.append(self._close_functions)
        self._closers.append(self.lambda_door.close)
        await starting
        await self.gateway.ready()
        await self._read_truststores()
        await self._start_callers()
        self._listen()

    def _begin_back_ends(self) -> asyncio.Task[None]:
        """Start AWS's services, which takes its time; done when they answer."""
        kept = StateFolder(Path(self._settings.state_folder)) if self._settings.state_folder else None
        self.backends = Backends(self.cloud, self.folder.path, self._deliver, kept=kept)
        self._closers.append(self.backends.close)
        starting = asyncio.create_task(self.backends.start())
        self._tasks.append(starting)
        return starting

    async def _build_network(self, internet: RealInternet | None) -> None:
        thread = NamespaceThread()
        self._closers.append(lambda: asyncio.to_thread(thread.close))
        self.networks = Networks(
            self.cloud,
            thread,
            stack_settings.relays(self.cloud, self._settings),
            stack_settings.lambda_network(self._settings),
            stack_settings.options(self._settings),
            internet,
        )
        self._closers.append(self.networks.close)
        await self.networks.build()

    async def _open_doors(self) -> None:
        """Let the gateway and the services answer at the network's doors."""
        self.lambda_door = LambdaDoor(lambda: self.functions, self.backends.call_host)
        self.gateway = ApiGateway(
            self._settings,
            self.folder,
            self.networks,
            self.backends,
            self._invoke,
            self.lambda_door.invoke_later,
            self._invoke_streaming,
        )
        self._closers.append(self.gateway.close)
        await self.gateway.start(self.cloud, self.authority)
        handlers = {
            "lambda": self.lambda_door.handle,
            "ec2": Ec2Door(lambda: self.cloud, self._lambda_interfaces, self.backends.call_host).handle,
            "logs": LogDelivery(lambda: self.functions, self.backends.call_host).handle,
            "monitoring": MetricDelivery(
                lambda: self.cloud,
                self.backends.call_host,
                {metrics.NAMESPACE: self.gateway.measured, function_metrics.NAMESPACE: self._functions_measured},
            ).handle,
            "sts": CallerIdentity(
                lambda: self.cloud.region, lambda: signers(self.cloud), self.backends.call_host
            ).handle,
            "lambda-url": LambdaUrls(lambda: self.functions).handle,
            "execute-api": self.gateway.gateway.answer,
            "apigateway": self.gateway.control(lambda: self.cloud, self._take_over, self._changing).handle,
        }
        known = self.gateway.gateway.known
        self.front = Front(
            self.cloud, self.authority, self.backends, handlers, signers=signers(self.cloud), known=known
        )
        self._porter = self.gateway.porter(self.front)
        await self.networks.open(self._porter)

    async def _start_callers(self) -> None:
        """What calls functions: the local endpoint, Lambda's own callers, hosts and load balancers."""
        self.endpoint = await LocalEndpoint.open(self._porter)
        self._closers.append(self.endpoint.close)
        await self.lambda_door.follow(self.cloud)
        self.hosts = Hosts(self.networks, self.authority, self.folder.path / "hosts")
        self._closers.append(self.hosts.close)
        await self.hosts.follow(self.cloud)
        self.balancers = Balancers(
            self.folder.path, self.networks, self.authority, self._invoke, self.backends.call_host
        )
        self._closers.append(self.balancers.close)
        await self.balancers.follow(self.cloud)

    def _real_internet(self) -> RealInternet | None:
        """The real internet, where it was asked for; its hosts are trusted as this machine trusts them."""
        if self._settings.internet != REAL:
            return None
        bundle = ssl.get_default_verify_paths().cafile or SYSTEM_BUNDLE
        try:
            self.authority.trust_also(Path(bundle).read_bytes())
        except OSError as error:
            hint = "apt-get install ca-certificates"
            raise StackError("this machine has no certificate authorities", why=str(error), hint=hint) from None
        return RealInternet()

    def _deliver(self, sent: Sent) -> None:
        self.lambda_door.deliver(sent.target, sent.text, sent.group)

    def must_be_at(self, home: Path) -> None:
        """Raises StackError where the templates that run are those of another folder, which has the same name."""
        if home != self._home:
            raise StackError(
                f"another stack `{self.folder.name}` is running, that of `{self._home}`",
                why=f"a stack has the name of its template's folder, and so has `{home}`",
                hint=f"give this one a name by `--stack NAME`, or `netful down --stack {self.folder.name}` first",
            )

    def late(self, settings: Settings) -> tuple[str, ...]:
        """Which options of a later `up` the running stack does not follow."""
        return fixed_settings.late(self._settings, settings)

    async def _take_over(self, cloud: Cloud) -> None:
        """Have APIs as they were changed by API Gateway's own API."""
        self.cloud = cloud
        await self.gateway.answer_for(cloud)

    async def change(self, settings: Settings) -> tuple[Difference, ...]:
        """Become the stack of other templates or values, in place; returns what was done.

        What did not change goes on running, its connections included. Raises NetfulError, and then nothing has changed.
        """
        async with self._changing:
            return await self._change(settings)

    async def _change(self, settings: Settings) -> tuple[Difference, ...]:
        fixed_settings.refuse(self._settings, settings)
        cloud = deployments.carried(
            keep_addresses(stack_settings.cloud(settings.seen_from(self._settings.cwd)), self.cloud), self.cloud
        )
        places = self._places()
        before, self.cloud, self._as_written = self.cloud, cloud, cloud
        self._home = settings.home
        self._lingering.follow(before, cloud)
        done = differences(before, cloud)
        await self.backends.change(cloud)
        self.cloud = cloud = await truststores.with_truststores(cloud, self.backends.call_host)
        self.front.change(cloud, signers(cloud))
        await self.gateway.change(cloud)
        await self.networks.change(cloud, self._porter)
        if any(one.kind == "Function" for one in done) or self._places() != places:
            old, self.functions = self.functions, await self._start_functions(self.functions)
            await old.close()
        else:
            self.functions.follow(cloud)
        await self.lambda_door.follow(cloud)
        await self.hosts.follow(cloud)
        await self.balancers.follow(cloud)
        return done

    def _places(self) -> dict[str, tuple[object, ...]]:
        """Where functions' sandboxes leave from: an environment behind an interface that is gone must go."""
        shared = [eni for eni in self.cloud.network.network_interfaces.values() if eni.owner is InterfaceOwner.LAMBDA]
        further = [one.eni for eni in shared for one in self.networks.fabric.sandboxes.further_interfaces(eni.id)]
        return {eni.id: (eni.subnet_id, eni.private_ip_address) for eni in (*shared, *further)}

    async def _rewire(self, functions: Mapping[str, Function], published: Sequence[Function]) -> Cloud:
        """Have the network serve functions as the Lambda API has changed them."""
        async with self._changing:
            before, cloud = self.cloud, with_functions(self.cloud, functions, published)
            self.cloud = cloud
            self._lingering.follow(before, cloud)
            self.front.change(cloud, signers(cloud))
            await self.networks.change(cloud, self._porter)
            return cloud

    async def _amend(self, resources: Mapping[str, Resource]) -> None:
        """Go by permissions, event source mappings and the like as the Lambda API has changed them."""
        async with self._changing:
            self.cloud = cloud = self.cloud.having(resources=resources)
            self.front.change(cloud, signers(cloud))
            await self.gateway.answer_for(cloud)
            await self.balancers.follow(cloud)
            await self.lambda_door.follow(cloud)

    async def _functions_measured(self) -> Taken:
        return function_metrics.taken(self.functions.metrics)

    async def _read_truststores(self) -> None:
        """Let API Gateway know what the buckets have of its domains' truststores: a kept state may have some."""
        cloud = await truststores.with_truststores(self.cloud, self.backends.call_host)
        if cloud is not self.cloud:
            self.cloud = cloud
            self.front.change(cloud, signers(cloud))
            await self.gateway.change(cloud)

    async def _start_functions(self, before: FunctionService | None = None) -> FunctionService:
        self._generation += 1
        state = self.folder.path / f"functions-{self._generation}"
        settings = replace(
            stack_settings.function_settings(self._settings, self.authority.bundle),
            rewire=self._rewire,
            amend=self._amend,
        )
        functions = FunctionService(self.cloud, self.networks.attach, state, settings, before)
        try:
            await functions.start()
        except BaseException:
            await functions.close()
            raise
        return functions

    async def _invoke(self, function_id: str, event: bytes, trace_id: str, qualifier: str = "") -> Invocation:
        return await self.functions.invoke(function_id, event, trace_id=trace_id, qualifier=qualifier)

    async def _invoke_streaming(self, function_id: str, event: bytes, trace_id: str, qualifier: str = "") -> Response:
        options = {"trace_id": trace_id, "qualifier": qualifier}
        return await of_function(self.functions.invoke_streaming(function_id, event, **options))

    async def _close_functions(self) -> None:
        await self.functions.close()

    def _listen(self) -> None:
        from netful.stack.verbs.verbs import handlers  # noqa: PLC0415  # verbs know the stack; the stack knows only that they are

        self._control = ControlServer(self.folder.control, handlers(self))
        self._tasks.append(asyncio.create_task(self._control.serve()))
        self._closers.append(lambda: self._control.finish(_FAREWELL_SECONDS))

    async def close(self) -> None:
        """Take everything down; a part that fails does not keep the others up."""
        self.ended.set()
        while self._closers:
            try:
                await self._closers.pop()()
            except Exception:
                log.exception("a part of the stack did not end in order")
        for task in self._tasks:
            task.cancel()

    # --- what is told about it --------------------------------------------------------------------------------------

    def status(self) -> dict[str, Any]:
        """The status as `netful status --format json` prints it."""
        return {
            "state": "running",
            "stack": self.folder.name,
            "mode": str(self.mode),
            "internet": self._settings.internet,
            "endpoint_url": self.endpoint.url,
            "apis": [*api_entries(self.cloud, self.endpoint.port)],
            "functions": [self._function(function) for function in self.cloud.compute.functions.values()],
            "hosts": self.hosts.status(),
            "load_balancers": [*self.balancers.entries()],
            "calls": dict(sorted(self.front.calls.items())),
            "console": self.console,
            "warnings": [
                *self.cloud.template.warnings,
                *deployments.stale(self.cloud),
                *_changed_by_api(self._as_written, self.cloud),
                *self.functions.warnings,
                *self.backends.warnings,
                *self.hosts.warnings,
                *self.balancers.warnings,
                *self.gateway.warnings,
                *truststores.warnings(self.cloud),
                *inspection.not_run(self.cloud),
            ],
        }

    def _interfaces(self, function: Function) -> list[str]:
        """A function's interfaces; those that are its own with the number of sandboxes behind them."""
        assert self.networks.own_interfaces is not None
        own = self.networks.own_interfaces.of(function.id)
        shared = self.cloud.network.interfaces_of(function.id) if self._settings.lambda_network == "hyperplane" else ()
        further = [one.eni for eni in shared for one in self.networks.fabric.sandboxes.further_interfaces(eni.id)]
        return [
            *(f"{eni.id} {eni.private_ip_address}" for eni in (*shared, *further) if eni.private_ip_address),
            *(f"{eni.id} {eni.private_ip_address} sandboxes={tenants}" for eni, tenants in own),
        ]

    def _lambda_interfaces(self) -> Iterator[LambdaInterface]:
        """Lambda's interfaces as EC2 tells of them."""
        if self._settings.lambda_network == LambdaDesign.PER_SANDBOX:
            assert self.networks.own_interfaces is not None
            yield from (LambdaInterface(eni, per_sandbox=True) for eni in self.networks.own_interfaces.all)
            return
        for eni in self.cloud.network.network_interfaces.values():
            made = any(function_id not in self.functions.problems for function_id in eni.function_ids)
            status = self.functions.lifecycle.interface(eni.id)
            if eni.owner is InterfaceOwner.LAMBDA and eni.private_ip_address is not None and made and status:
                yield LambdaInterface(eni, status)
                for one in self.networks.fabric.sandboxes.further_interfaces(eni.id):
                    yield LambdaInterface(one.eni, status if one.ready else "attaching")
        yield from self._lingering

    def _why(self, function: Function) -> str:
        """Why a function cannot run, or why it has no interface yet."""
        problem = self.functions.problems.get(function.id)
        if problem is not None:
            return problem.why or problem.what
        waits = self._settings.lambda_network == "per-sandbox" and function.in_vpc and not self._interfaces(function)
        return "an interface is made at its first invocation" if waits else ""

    def _function(self, function: Function) -> dict[str, Any]:
        enis = self.cloud.network.interfaces_of(function.id)
        missing = function.in_vpc and not any(eni.private_ip_address for eni in enis)
        return {
            "resource": function.id,
            "name": function.function_name,
            "state": "Failed" if missing else self.functions.state(function.id),
            "why": self._why(function) or ("it has no network interface" if missing else ""),
            "environments": len(self.functions.environments(function.id)),
            "interfaces": self._interfaces(function),
            "url": url_entries(self.functions, self.endpoint.port).get(function.id),
        }


_DONE = {"+": "made", "-": "deleted", "~": "changed"}


def _changed_by_api(written: Cloud, cloud: Cloud) -> Iterator[str]:
    """Says so, where a call of an API has changed something that templates say."""
    if cloud is not written:
        for one in differences(written, cloud):
            fields = f" ({', '.join(one.fields)})" if one.fields else ""
            done = f"{_DONE[one.sign]} by AWS's API{fields}"
            yield f"{one.kind} `{one.id}` was {done}: the next `netful up` undoes it"


def _on_the_host() -> bool:
    """Whether this process is in the machine's own user namespace, where every id is mapped."""
    mapped = Path("/proc/self/uid_map").read_text(encoding="ascii").split()
    return is_root() and mapped[:3] != ["0", mapped[1], "1"]
