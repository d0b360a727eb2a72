"""Loop that takes a packet's steps, there and back (`steps` has the rules and the table)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from netful.engine.flows.trail import Trail
from netful.engine.network import (
    edge_associations,
    forwarding,
    interfaces,
    load_balancing,
    outside_destinations,
    return_path,
    steps,
    subnets,
    targets,
)
from netful.engine.network.packet import Journey, Leg
from netful.engine.network.route_targets import inspection
from netful.model.cloud import Cloud

TAKEN_BY: dict[type[steps.Step], Callable[[Cloud, Any], steps.Step]] = {
    steps.Depart: interfaces.depart,
    steps.Cross: subnets.cross,
    steps.Forward: forwarding.forward,
    steps.Meet: targets.meet,
    steps.Deliver: subnets.deliver,
    steps.Enter: edge_associations.enter,
    steps.Arrive: interfaces.arrive,
    steps.Balance: load_balancing.balance,
    steps.Leave: outside_destinations.leave,
    steps.Lost: subnets.lost,
}


@dataclass(slots=True)
class Walk:
    """One direction of an attempt: the hops so far, and the current journey of the packet."""

    cloud: Cloud
    journey: Journey
    trail: Trail

    def take(self, step: steps.Step) -> None:
        """Take a step and all steps that follow from it."""
        while True:
            self.trail.note(step.found)
            self.journey = step.packet.journey
            if isinstance(step, steps.Fork):
                self.become(self._tried(step))
                return
            if isinstance(step, steps.Done):
                return
            step = TAKEN_BY[type(step)](self.cloud, step)

    def become(self, other: Walk) -> None:
        """Continue with the journey and trail of another walk."""
        self.journey = other.journey
        self.trail.become(other.trail)

    def refusals(self) -> tuple[int, int]:
        """Count the denying and the unknown hops, on the way so far and on its return path; an answer's has ended."""
        back = Trail(every=self.trail.every)
        walk_back(self.cloud, self.journey.legs, back)
        if self.journey.returning:
            back.note(inspection.one_way(self.cloud, self.journey))
        return self.trail.refusals(back)

    def _tried(self, fork: steps.Fork) -> Walk:
        """Walk each way of a fork separately, and return the walk that counts."""
        tried: list[tuple[tuple[int, int], steps.Step, Walk]] = []
        for way in fork.ways:
            walk = self._along(way)
            tried.append((walk.refusals(), way, walk))
            if fork.best and not any(tried[-1][0]):
                break
        verdicts = {(denied > 0, unknown > 0 and not denied) for (denied, unknown), _, _ in tried}
        if fork.chances:
            _, way, walk = sorted(tried, key=lambda one: one[0])[: fork.spare + 1][-1]
            return walk if len(verdicts) == 1 else self._along(way.after(fork.chances[fork.ways.index(way)]))
        if fork.doubt is not None:
            _, way, walk = min(tried, key=lambda one: one[0])
            return walk if len(verdicts) == 1 else self._along(way.after(fork.doubt))
        choose = min if fork.best else max
        return choose(tried, key=lambda one: one[0])[2]

    def _along(self, way: steps.Step) -> Walk:
        """Walk one way of a fork separately."""
        walk = Walk(self.cloud, self.journey, self.trail.copy())
        walk.take(way)
        return walk


def walk_back(cloud: Cloud, legs: Iterable[Leg], trail: Trail) -> None:
    """Walk the return path: each leg from its end to its start, last leg first."""
    for leg in reversed([*legs]):
        step = return_path.first_step(cloud, leg)
        if step is not None:
            before, walk = len(trail.hops), Walk(cloud, step.packet.journey, trail)
            walk.take(step)
            if all(hop.verdict == "allow" for hop in trail.hops[before:]):
                trail.note(inspection.one_way(cloud, walk.journey))
