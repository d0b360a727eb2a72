"""Load balancers of a running stack: a HAProxy for each node, the health that they find, and their logs.

Without HAProxy the kernel still passes on what a network load balancer takes by TCP and UDP; nothing else is served.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from netful.balancer import health, log_delivery
from netful.balancer.consulted.claim_signer import ClaimSigner
from netful.balancer.consulted.subjects import Subjects
from netful.balancer.consulted.web_calls import WebCall
from netful.balancer.haproxy import certificates, client_certificates
from netful.balancer.haproxy.backends import FUNCTION
from netful.balancer.haproxy.configuration import Certificates, Configuration, Known, configuration
from netful.balancer.haproxy.listeners import authorities_file
from netful.balancer.health import TargetHealth
from netful.balancer.lambda_targets import Invoke, LambdaTargets
from netful.balancer.process import HaProxy, Spawn
from netful.balancer.program import find_program, is_recent
from netful.balancer.targets import functions_of, groups_of
from netful.engine.authorization.service_permissions import may_be_target
from netful.engine.waf.associations import acl_of, before_balancer
from netful.fabric.kernel.netns import Netns
from netful.fabric.vpcs.private_link import ServiceLink
from netful.model.balancing.load_balancers import LoadBalancer, LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.core import Frozen, StackError, file_name
from netful.model.network.network_interface import NetworkInterface
from netful.services.http.backend_requests import CallHost
from netful.services.tls.authority import Authority

RUN = (LoadBalancerType.APPLICATION, LoadBalancerType.NETWORK)
"""Kinds that run, in this order: a network load balancer may look at an application one."""

_UNTRUSTED = ("no-authority.invalid",)  # its certificate signs no other
_HEALTH_SECONDS = 1.0
_NOT_RUN = "a {type} load balancer does not run in a stack (hint: `netful trace` knows it)"
_WITHOUT = "`haproxy` is not installed, load balancers that need it do not answer (hint: apt-get install haproxy)"

OnUnhealthy = Callable[[str, frozenset[str]], Awaitable[None]]
"""Receives the unhealthy targets of a node, as `ADDRESS:PORT`, when they change."""


class Place(Frozen):
    """The place of an interface in the network: its namespace, and the links by which endpoints lead to it."""

    netns: Netns
    links: tuple[ServiceLink, ...] = ()


Built = Mapping[str, Place]
"""The interfaces that are in the network."""


@dataclass
class Node:
    """A node that runs, in a namespace.

    `unhealthy` are the targets last reported, `once_healthy` those that have been healthy before, and `new` those that joined
    them at the last change. One look or change at a time has its `turn`.
    """

    balancer: LoadBalancer
    interface: NetworkInterface
    netns: Netns
    proxy: HaProxy
    unhealthy: frozenset[str] = frozenset()
    once_healthy: set[tuple[str, str]] = field(default_factory=set)
    new: frozenset[tuple[str, str]] = frozenset()
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class BalancerService:
    """Runs the load balancers of a cloud. `spawn` returns what starts a command at an interface, by its id."""

    def __init__(
        self,
        folder: Path,
        spawn: Callable[[str], Spawn],
        authority: Authority,
        invoke: Invoke,
        on_unhealthy: OnUnhealthy,
        call_host: CallHost,
        web_call: WebCall,
        signer: ClaimSigner,
    ) -> None:
        self._folder = folder
        self._spawn = spawn
        self._authority = authority
        self._on_unhealthy = on_unhealthy
        self._call_host = call_host
        self._program = find_program()
        self._recent: bool | None = None
        self._lambda = LambdaTargets(folder, invoke)
        self._subjects = Subjects(folder, web_call, call_host, signer)
        self._nodes: dict[str, Node] = {}
        self._numbered = 0
        self._watching: asyncio.Task[None] | None = None
        self._cloud = Cloud()
        self._built: Built = {}
        self._problems: dict[str, list[str]] = {}
        self.health: dict[str, tuple[TargetHealth, ...]] = {}

    @property
    def warnings(self) -> list[str]:
        """Problems of the load balancers that do not run as the template has it."""
        return [f"{self._cloud.balancing.load_balancers[id_].origin}: `{id_}`: {one}"
                for id_, every in self._problems.items() for one in dict.fromkeys(every)]  # fmt: skip

    async def follow(self, cloud: Cloud, built: Built) -> None:
        """Run the load balancers of a cloud."""
        self._cloud, self._built, self._problems = cloud, built, {}
        every = cloud.balancing.load_balancers.values()
        balancers = [balancer for balancer in every if balancer.type in RUN]
        wanted = {eni.id: (b, eni) for b in balancers for eni in cloud.network.interfaces_of(b.id) if eni.id in built}
        await self._close_all_but(wanted)
        await self._lambda.follow(cloud, (group for balancer in balancers for group in groups_of(cloud, balancer)))
        await self._subjects.follow(cloud, balancers)
        for balancer in every:
            self._note(balancer, *_problems_of(cloud, balancer, runs=self._program is not None))
        if self._program is not None:
            await self._run_all(self._program, wanted.values())
        if self._nodes and self._watching is None:
            self._watching = asyncio.create_task(self._watch())

    async def _close_all_but(self, wanted: Collection[str]) -> None:
        """Close the nodes at interfaces that are gone, or were built again, as after another address."""
        for id_, node in [*self._nodes.items()]:
            if id_ not in wanted or node.netns is not self._built[id_].netns:
                await self._nodes.pop(id_).proxy.close()
                self.health.pop(id_, None)

    async def _run_all(self, program: str, wanted: Collection[tuple[LoadBalancer, NetworkInterface]]) -> None:
        if self._recent is None:
            self._recent = await asyncio.to_thread(is_recent, program)
        for kind in RUN:
            await asyncio.gather(*(self._run(program, *one) for one in wanted if one[0].type is kind))

    async def _run(self, program: str, balancer: LoadBalancer, eni: NetworkInterface) -> None:
        node = self._nodes.get(eni.id)
        if node is None:
            self._numbered += 1
            proxy = HaProxy(program, self._folder / str(self._numbered), self._spawn(eni.id))
            node = self._nodes[eni.id] = Node(balancer, eni, self._built[eni.id].netns, proxy)
        node.balancer, node.interface = balancer, eni
        async with node.turn:
            made = self._configuration(balancer, eni, node.once_healthy)
            self._note(balancer, *made.warnings)
            try:
                await node.proxy.run(made)
                node.new = made.new
                with contextlib.suppress(OSError):
                    await self._look(eni.id, node)  # an address may be that of another task from now on
            except StackError as refusal:
                self._note(balancer, f"{refusal.what}: {refusal.why}")

    def _configuration(self, balancer: LoadBalancer, eni: NetworkInterface, known: Known) -> Configuration:
        files: dict[str, str] = {}
        named: dict[str, list[str]] = {}
        for listener in self._cloud.balancing.listeners_of(balancer.id):
            if listener.protocol in {"HTTPS", "TLS"}:
                every = certificates.names(self._cloud, balancer, listener)
                pems = {
                    f"{file_name(listener.id)}-{n}.pem": self._authority.pem(names) for n, names in enumerate(every)
                }
                named[listener.id] = [*pems]
                files |= pems
                if client_certificates.asks(listener):
                    untrusted = self._authority.pem(_UNTRUSTED)
                    files[authorities_file(listener)] = (
                        client_certificates.authorities(self._cloud, listener) or untrusted
                    )
        secure: Certificates = named
        made = configuration(
            self._cloud, balancer, eni, secure, self._built[eni.id].links, recent=bool(self._recent), known=known
        )
        return replace(made, files=made.files | files)

    def _note(self, balancer: LoadBalancer, *problems: str) -> None:
        if problems:
            self._problems.setdefault(balancer.id, []).extend(problems)

    async def _watch(self) -> None:
        """Look at the health of the targets from time to time, and report changes to the network; deliver logs."""
        while True:
            for id_, node in [*self._nodes.items()]:
                with contextlib.suppress(OSError):
                    async with node.turn:
                        await self._look(id_, node)
                with contextlib.suppress(OSError):
                    await self._deliver(node)
            await asyncio.sleep(_HEALTH_SECONDS)

    async def _deliver(self, node: Node) -> None:
        """Deliver the log of a node, where its load balancer has one; no request waits for that."""
        if not log_delivery.is_wanted(node.balancer):
            return
        written = await asyncio.to_thread(node.proxy.newly_logged)
        if written:
            await log_delivery.deliver(self._cloud, node.balancer, node.interface, written, self._call_host)

    async def _look(self, id_: str, node: Node) -> None:
        asked = node.proxy.pid
        found = tuple(health.read(await node.proxy.ask(health.COMMAND)))
        if self._nodes.get(id_) is not node or node.proxy.pid != asked:
            return  # the answer is that of a configuration before
        self.health[id_] = tuple(self._named(one) for one in found)
        healthy = {(one.group, one.target) for one in found if one.state == "healthy"}
        for one in found:
            place = one.group, one.target
            if one.rising and place not in node.once_healthy:
                await node.proxy.ask(health.setting(one, "health up"))  # after its first successful check (§7.3)
            if place in node.new & (healthy - node.once_healthy):
                await node.proxy.ask(health.setting(one, "weight 1"))  # a new target has had a weight of 0
        node.once_healthy = healthy | node.once_healthy & {(one.group, one.target) for one in found}
        unready = node.new - node.once_healthy
        unhealthy = frozenset(
            f"{one.group}/{one.target}"
            for one in found
            if one.state == "unhealthy" or (one.group, one.target) in unready
        )
        if unhealthy != node.unhealthy:
            node.unhealthy = unhealthy
            await self._on_unhealthy(id_, unhealthy)

    def _named(self, health: TargetHealth) -> TargetHealth:
        """Return a health with the name of its function, where the target is one."""
        if health.target != FUNCTION:
            return health
        groups = (
            group for group in self._cloud.balancing.target_groups.values() if file_name(group.id) == health.group
        )
        called = [one.name for group in groups for one in functions_of(self._cloud, group)]
        return replace(health, target=called[0]) if called else health

    async def drained(self) -> None:
        """Wait until each request that began before the last change was answered."""
        await asyncio.gather(*(node.proxy.drained() for node in self._nodes.values()))

    async def close(self) -> None:
        """End all of them."""
        if self._watching is not None:
            self._watching.cancel()
        self._lambda.close()
        self._subjects.close()
        await asyncio.gather(*(node.proxy.close() for node in self._nodes.values()))


def _problems_of(cloud: Cloud, balancer: LoadBalancer, *, runs: bool) -> list[str]:
    """Return why a load balancer does not run as the template has it; `runs`: HAProxy is installed."""
    if balancer.type not in RUN:
        return [_NOT_RUN.format(type=balancer.type)]
    return [*_unasked(cloud, balancer), *_unpermitted(cloud, balancer), *([] if runs else [_WITHOUT])]


def _unasked(cloud: Cloud, balancer: LoadBalancer) -> list[str]:
    """Return the warning of a web ACL that is elsewhere."""
    association = before_balancer(cloud, balancer)
    elsewhere = association is not None and acl_of(cloud, association) is None
    return ["the web ACL before it is elsewhere, and lets every request through"] if elsewhere else []


def _unpermitted(cloud: Cloud, balancer: LoadBalancer) -> list[str]:
    """Return a warning for each function that no `AWS::Lambda::Permission` lets load balancers call."""
    refused = {
        one.function
        for group in groups_of(cloud, balancer)
        for one in functions_of(cloud, group)
        if may_be_target(cloud, group, one.function) is False
    }
    return [f"`{id_}` has no permission for `elasticloadbalancing.amazonaws.com`, its group answers 502"
            for id_ in sorted(refused)]  # fmt: skip
