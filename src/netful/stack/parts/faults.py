"""Faults of the running stack: they begin, end by themselves or by a call, and outlive changes of the stack.

The network follows a cloud with the faults of FIS and failed gateways in it (`Networks.disrupted`), names one without what has
failed (`ServedDoors.left`). All others are impairments of what runs.
"""

import asyncio
import time
from dataclasses import dataclass
from itertools import count
from typing import Any

from netful.engine.faults.disruption import disrupted, left_by, throttled
from netful.engine.faults.effects import effects
from netful.engine.faults.fault import Fault, FaultKind
from netful.fabric.fabric import Fabric
from netful.functions.invocations.background import Background
from netful.functions.invocations.disruptions import Disruption, Disruptions
from netful.model.cloud import Cloud
from netful.stack.network.networks import Networks
from netful.stack.network.served_doors import ServedDoors
from netful.stack.parts.api_gateway import ApiGateway
from netful.stack.running_cloud import Part, RunningCloud


@dataclass(eq=False)
class FaultInForce:
    """A fault that is in force until a time of the monotonic clock."""

    number: int
    fault: Fault
    until: float
    timer: asyncio.TimerHandle | None = None
    over: asyncio.Event | None = None


class Faults(Part):
    """The faults in force. They begin and end between the changes of the stack."""

    def __init__(
        self,
        running: RunningCloud,
        networks: Networks,
        gateway: ApiGateway,
        doors: ServedDoors,
        disruptions: Disruptions,
    ) -> None:
        self._running = running
        self._networks = networks
        self._gateway = gateway
        self._doors = doors
        self._disruptions = disruptions
        self._numbers = count(1)
        self._active: list[FaultInForce] = []
        self._closed = False
        self._ending = Background()
        networks.disrupted = lambda cloud: disrupted(cloud, self._faults())
        gateway.throttled = lambda cloud: throttled(cloud, self._faults())
        doors.left = self.left

    async def follow(self, _before: Cloud, cloud: Cloud) -> None:
        """Impair what the stack has now; the network has followed the faults of FIS already."""
        if self._active:
            await self._impair(cloud)

    async def begin(self, fault: Fault, seconds: float) -> FaultInForce:
        """Put a fault in force; it ends by itself after some seconds."""
        made = FaultInForce(next(self._numbers), fault, time.monotonic() + seconds, over=asyncio.Event())
        async with self._running.unchanging() as cloud:
            self._active.append(made)
            try:
                await self._apply(cloud)
            except BaseException:
                self._active.remove(made)
                await asyncio.shield(self._apply(cloud))
                raise
        made.timer = asyncio.get_running_loop().call_later(seconds, lambda: self._ending.start(self.end(made)))
        return made

    async def end(self, one: FaultInForce) -> None:
        """Take a fault back, if it is still in force."""
        if one.timer is not None:
            one.timer.cancel()
        async with self._running.unchanging() as cloud:
            if one in self._active:
                self._active.remove(one)
                await self._apply(cloud)
        if one.over is not None:
            one.over.set()

    async def end_all(self, number: int | None = None) -> int:
        """Take back the fault with a number, or all; return how many there were."""
        chosen = [one for one in self._active if number in (None, one.number)]
        for one in chosen:
            await self.end(one)
        return len(chosen)

    def status(self) -> list[dict[str, Any]]:
        """Return the faults in force, for the status of the stack."""
        now = time.monotonic()
        return [
            {
                "number": one.number, "kind": one.fault.kind, "target": one.fault.target,
                "scope": one.fault.scope if one.fault.kind is FaultKind.CONNECTIVITY else None,
                "seconds_left": round(max(one.until - now, 0.0), 1),
            }
            for one in self._active
        ]  # fmt: skip

    def left(self, cloud: Cloud) -> Cloud:
        """Return a cloud without what has failed."""
        return left_by(cloud, self._faults())

    def _faults(self) -> list[Fault]:
        return [one.fault for one in self._active]

    async def _apply(self, cloud: Cloud) -> None:
        """Make the network and what runs follow the faults in force."""
        if not self._closed:
            await self._networks.follow(cloud, cloud)
            await self._gateway.follow(cloud, cloud)
            await self._doors.follow(cloud, cloud)
            await self._impair(cloud)

    async def _impair(self, cloud: Cloud) -> None:
        found = effects(cloud, self._faults())
        self._doors.slow = found.slow
        self._disruptions.by_function = {name: _disruption(faults) for name, faults in found.functions.items()}

        def impair(fabric: Fabric) -> None:
            fabric.impaired.follow(fabric.vpcs, found.losses, found.exhausted, found.silent, found.delays)

        await self._networks.on_thread(impair)

    async def close(self) -> None:
        """End the timers; the network ends with its process."""
        self._closed = True
        for one in self._active:
            if one.timer is not None:
                one.timer.cancel()
        self._ending.cancel()


def _disruption(faults: list[Fault]) -> Disruption:
    found: dict[FaultKind, Fault] = {fault.kind: fault for fault in faults}
    delayed, failing = found.get(FaultKind.LAMBDA_DELAY), found.get(FaultKind.LAMBDA_ERROR)
    return Disruption(
        throttled=FaultKind.THROTTLE in found,
        delay=delayed.delay_ms / 1000 if delayed else 0.0,
        delayed_percent=delayed.percent if delayed else 0,
        failing_percent=failing.percent if failing else 0,
    )
