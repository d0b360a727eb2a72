"""Flows of the running network: routers and transit gateways count while there are listeners, and not otherwise."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from netful.fabric.fabric import Fabric
from netful.fabric.routers.flow_counters import FlowCounters
from netful.fabric.routers.router import VpcRouter
from netful.fabric.vpcs.interconnect import TransitGatewayNode
from netful.fabric.vpcs.transit_counters import TransitCounters
from netful.model.core import Frozen
from netful.model.network.flow_logs import FlowRecord
from netful.model.network.network_interface import NetworkInterface
from netful.stack.control.tasks import end
from netful.stack.network.networks import Networks

log = logging.getLogger(__name__)

_POLL_SECONDS = 0.5


class Seen(Frozen):
    """A record, and the interface that it was made at."""

    record: FlowRecord
    interface: NetworkInterface


class Look(Frozen):
    """Records of one look at the counters. `overflowed` are the VPCs and transit gateways with more flows than are counted."""

    seen: tuple[Seen, ...]
    overflowed: frozenset[str]


Listener = Callable[[Look], None]
Place = VpcRouter | TransitGatewayNode
Counters = FlowCounters | TransitCounters


class FlowWatch:
    """The counters of all routers and transit gateways, for the listeners. `follow` after the network did."""

    def __init__(self, networks: Networks) -> None:
        self._networks = networks
        self._counters: dict[Place, Counters] = {}
        self._listeners: list[Listener] = []
        self._turn = asyncio.Lock()
        self._polling: asyncio.Task[None] | None = None

    @asynccontextmanager
    async def listening(self, listener: Listener) -> AsyncIterator[None]:
        """Pass every look to a listener while the block runs."""
        await self.add(listener)
        try:
            yield
        finally:
            await self.remove(listener)

    async def add(self, listener: Listener) -> None:
        """Begin to pass looks to a listener; the routers count when this returns."""
        async with self._turn:
            self._listeners.append(listener)
            try:
                await self._sync()
            except BaseException:
                self._listeners.remove(listener)
                raise

    async def remove(self, listener: Listener) -> None:
        """Pass a listener what has been counted so far, and nothing more."""
        await self.look()
        async with self._turn:
            self._listeners.remove(listener)
            await self._sync()

    async def follow(self) -> None:
        """Count in the routers that the network now has."""
        async with self._turn:
            await self._sync()

    async def look(self) -> None:
        """Look at the counters now, rather than at the next turn."""
        async with self._turn:
            await self._look()

    async def _look(self) -> None:
        if not self._counters:
            return
        found = await asyncio.to_thread(_read, [*self._counters.values()])
        for listener in self._listeners:
            listener(found)

    async def _sync(self) -> None:
        """Make and close counters, so that each place has one while there is a listener."""
        vpcs = self._networks.fabric.vpcs
        wanted: list[Place] = [*vpcs.routers, *vpcs.transit_gateways] if self._listeners else []
        gone = {place: one for place, one in self._counters.items() if place not in wanted}
        if gone:
            await self._look()
            for place in gone:
                del self._counters[place]
            await self._networks.finish(lambda: _close([*gone.values()]))
        for place in wanted:
            if place not in self._counters:
                self._counters[place] = await self._networks.make(partial(_counters, place), lambda made: made.close())
        if self._counters and self._polling is None:
            self._polling = asyncio.create_task(self._poll())
        elif not self._counters and self._polling is not None:
            polling, self._polling = self._polling, None
            await end(polling)

    async def _poll(self) -> None:
        while True:
            await asyncio.sleep(_POLL_SECONDS)
            try:
                await self.look()
            except OSError:
                log.warning("the flows of the network could not be read", exc_info=True)

    async def close(self) -> None:
        """End the counting."""
        async with self._turn:
            if self._counters:
                await self._look()
            self._listeners.clear()
            await self._sync() if self._counters else None


def _counters(place: Place, _fabric: Fabric) -> Counters:
    return FlowCounters(place) if isinstance(place, VpcRouter) else TransitCounters(place)


def _read(counters: list[Counters]) -> Look:
    seen: list[Seen] = []
    overflowed: set[str] = set()
    for one in counters:
        seen += [Seen(record, one.interfaces[record.flow.interface_id]) for record in one.read()]
        overflowed |= {one.network_id} if one.overflowed else set()
    return Look(tuple(seen), frozenset(overflowed))


def _close(counters: list[Counters]) -> None:
    for one in counters:
        one.close()
