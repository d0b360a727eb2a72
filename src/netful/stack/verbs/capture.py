"""Captures of the running network: to a descriptor of the client's as pcapng, or as a summary of each packet."""

import asyncio
import errno
import os
from collections.abc import AsyncGenerator
from functools import partial
from importlib.metadata import version
from ipaddress import ip_address
from typing import Any

from netful.engine.flow_logs.lines import interface_id
from netful.engine.flow_logs.places import owner_name, place_name
from netful.engine.tasks.places import as_placed
from netful.engine.trace.ends.interface_words import interfaces_named
from netful.fabric.captures.capture import Capture, Captured, Link, Sink
from netful.fabric.captures.filters import Filter
from netful.fabric.captures.headers import headers_of
from netful.fabric.captures.pcapng import CapturedInterface, packet, section
from netful.fabric.fabric import Fabric
from netful.fabric.kernel.node import addresses_of
from netful.model.cloud import Cloud
from netful.model.core import NetfulError, StackError
from netful.model.network.network_interface import NetworkInterface
from netful.stack.control.control import ControlRequest
from netful.stack.control.tasks import end
from netful.stack.stack import Stack

_WAITING = 10_000  # summaries that a slow reader may be behind


async def capture(stack: Stack, request: ControlRequest) -> AsyncGenerator[dict[str, Any]]:
    """Capture until the client stops it, disconnects, or the stack ends."""
    arguments, loop = request.arguments, asyncio.get_running_loop()
    interfaces = interfaces_named(as_placed(stack.cloud), arguments["target"])
    chosen = Filter([tuple(one) for one in arguments["program"]], arguments["words"])
    summaries: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
    over = partial(loop.call_soon_threadsafe, summaries.put_nowait, None)
    links: list[tuple[NetworkInterface, Link]] = []
    sink = partial(_file, request.fds[0]) if request.fds else _summing(stack.cloud, links, loop, summaries)

    def start(fabric: Fabric) -> Capture:
        links.extend(_links(fabric, interfaces))
        if not links:
            raise StackError(f"no interface of `{arguments['target']}` is in the network", why="none of them is built")
        if request.fds:
            _begin(request.fds[0], stack.cloud, links)
        made = Capture(sink, over)
        made.start([link for _, link in links], chosen)
        return made

    try:
        running = await stack.networks.make(start, Capture.close)
    except OSError as failure:
        raise _unwritten(failure) from None
    watching = asyncio.create_task(_watch(stack, request, summaries))
    try:
        yield {"event": {"interfaces": [owner_name(eni) for eni, _ in links]}}
        while (summary := await summaries.get()) is not None:
            yield {"event": summary}
    finally:
        await end(watching)
        await asyncio.to_thread(running.close)
    if running.failure is not None and running.failure.errno != errno.EPIPE:
        raise _unwritten(running.failure)
    yield {"result": {"packets": running.packets, "dropped": running.dropped}}


async def _watch(stack: Stack, request: ControlRequest, summaries: asyncio.Queue[dict[str, Any] | None]) -> None:
    await request.over(stack.ended)
    summaries.put_nowait(None)


def _links(fabric: Fabric, interfaces: tuple[NetworkInterface, ...]) -> list[tuple[NetworkInterface, Link]]:
    wanted = {eni.id for eni in interfaces}
    return [
        (attached.interface, Link(router.node.netns, attached.link))
        for router in fabric.vpcs.routers
        for attached in router.attached()
        if attached.interface.id in wanted
    ]


def _begin(descriptor: int, cloud: Cloud, links: list[tuple[NetworkInterface, Link]]) -> None:
    """Write the beginning of the file, in place of what it had."""
    try:
        os.ftruncate(descriptor, 0)
    except OSError as refusal:
        if refusal.errno != errno.EINVAL:  # a pipe has no length
            raise
    described = []
    for eni, _ in links:
        addresses = ", ".join(map(str, addresses_of(eni)))
        owner, subnet = (_spoken(cloud, name) for name in (owner_name(eni), str(eni.subnet_id)))
        comment = f"{interface_id(cloud, eni.id)} of {owner} ({eni.owner}) in {subnet}: {addresses}"
        described.append(CapturedInterface(owner, eni.id, comment))
    _write(descriptor, section(described, f"netful {version('netful')}"))


def _spoken(cloud: Cloud, name: str) -> str:
    """Return the construct path for a name, or for each of several names that `+` joins."""
    return "+".join(cloud.construct_paths.get(one, one) for one in name.split("+"))


def _file(descriptor: int, found: list[Captured]) -> None:
    blocks = (packet(one.link, one.at_ns, one.frame, one.length, outbound=one.outbound) for one in found)
    _write(descriptor, b"".join(blocks))


def _write(descriptor: int, content: bytes) -> None:
    view = memoryview(content)
    while view:
        view = view[os.write(descriptor, view) :]


def _summing(
    cloud: Cloud,
    links: list[tuple[NetworkInterface, Link]],
    loop: asyncio.AbstractEventLoop,
    summaries: asyncio.Queue[dict[str, Any] | None],
) -> Sink:
    def put(found: list[dict[str, Any]]) -> None:
        for one in found if summaries.qsize() < _WAITING else ():
            summaries.put_nowait(one)

    def sum_up(found: list[Captured]) -> None:
        loop.call_soon_threadsafe(put, [_summary(cloud, links[one.link][0], one) for one in found])

    return sum_up


def _summary(cloud: Cloud, eni: NetworkInterface, one: Captured) -> dict[str, Any]:
    found, vpc = headers_of(one.frame, one.length), cloud.network.vpc_of_interface(eni)
    summary: dict[str, Any] = {
        "time_ns": one.at_ns, "at": owner_name(eni), "direction": "egress" if one.outbound else "ingress",
        "length": one.length,
    }  # fmt: skip
    if found is None:
        return summary
    for side, address, port in (
        ("source", found.source, found.source_port), ("destination", found.destination, found.destination_port),
    ):  # fmt: skip
        summary[side] = place_name(cloud, vpc.id if vpc is not None else "", ip_address(address))
        summary |= {f"{side}_address": address, f"{side}_port": port}
    return summary | {"protocol": found.protocol, "flags": found.flags, "length": found.length}


def _unwritten(failure: OSError) -> NetfulError:
    why = os.strerror(failure.errno or 0).lower()
    return StackError("the capture has ended: its file cannot be written", why=why, hint="free some space")
