"""A real attempt with the kernel as its witness: the rules that its packets matched in every VPC's router."""

import asyncio
import ssl
from collections.abc import Iterator
from functools import partial
from ipaddress import IPv4Address

from netful.engine.flows.path import Path
from netful.engine.tasks.places import as_placed
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace_as_sent
from netful.fabric.fabric import Fabric
from netful.fabric.routers.testimony import Testimony, Watch
from netful.model.core import Frozen
from netful.model.network.vpc import IPAddress
from netful.stack.network.attempt import Failed, attempt, find_address
from netful.stack.network.host_run import HostState
from netful.stack.probe_outcome import Attempt
from netful.stack.stack import Stack
from netful.stack.verbs.positions import position
from netful.stack.verbs.probe import target_of

_LISTEN_SECONDS, _STEP_SECONDS = 2.0, 0.01


class Witnessed(Frozen, dict=True):
    """An attempt from one source, the rules that its packets matched, and the health problems on its path."""

    attempt: Attempt
    testimonies: tuple[Testimony, ...]
    unwell: tuple[str, ...] = ()


async def witness(stack: Stack, source: str, destination: str, trust: ssl.SSLContext) -> list[Witnessed]:
    """Try from every source of a question, and collect the kernel's traces meanwhile."""
    cloud = as_placed(stack.cloud)
    question = parse(cloud, source, destination)
    target = target_of(cloud, question)
    path = trace_as_sent(cloud, question)
    seen = []
    for start in question.sources:
        async with position(stack, start) as place:
            try:
                address = await find_address(stack.networks, place, target.host)
            except Failed:
                address = IPv4Address(0)  # without an address no packet is sent; the attempt itself reports that
            watches = await stack.networks.make(partial(_watch, address, target.port), _stop)
            try:
                await _until_listening(watches)
                happened = await attempt(stack.networks, place, target, trust)
            finally:
                met = await stack.networks.finish(partial(_stop, watches))
            seen.append(Witnessed(happened, tuple(met), tuple(unwell(stack, path))))
    return seen


def _watch(address: IPAddress, port: int, fabric: Fabric) -> list[Watch]:
    watches: list[Watch] = []
    try:
        for router in fabric.vpcs.routers:
            watches.append(Watch(router, address, port))  # noqa: PERF401  # those that were made are stopped
    except BaseException:
        _stop(watches)
        raise
    return watches


async def _until_listening(watches: list[Watch]) -> None:
    async with asyncio.timeout(_LISTEN_SECONDS):
        while not all(watch.listening for watch in watches):  # noqa: ASYNC110  # the monitor sends no event when it listens
            await asyncio.sleep(_STEP_SECONDS)


def _stop(watches: list[Watch]) -> list[Testimony]:
    for watch in watches:
        watch.stop()
    return [testimony for watch in watches for testimony in watch.read()]


def unwell(stack: Stack, path: Path) -> Iterator[str]:
    """Return a line for each problem, in the order of the path."""
    hosts, targets = stack.hosts.status(), [t for each in stack.balancers.entries() for t in each["targets"]]
    for component in dict.fromkeys(hop.component for hop in path.hops):
        for target in targets:
            if target["group"] == component and target["state"] == "unhealthy":
                yield f"{target['target']} of {component} is unhealthy: {target['description']}"
        for host in hosts:
            if host["resource"] == component and host["state"] != HostState.RUNNING:
                yield f"{component} at {host['address']} is {host['state']}" + (
                    f": {host['why']}" if host["why"] else ""
                )
