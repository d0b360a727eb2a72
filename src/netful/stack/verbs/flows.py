"""Flows of the running network, with names: those that flow logs recorded, and, while a client watches, those to come."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable, Iterator
from typing import Any

from netful.engine.flow_logs.lines import interface_id
from netful.engine.flow_logs.places import Ends, owner_name, place_name
from netful.engine.flow_logs.refusals import refusals
from netful.model.cloud import Cloud
from netful.model.core import Frozen, StackError
from netful.model.network.flow_logs import Action
from netful.stack.control.control import ControlRequest
from netful.stack.control.tasks import end
from netful.stack.network.flow_watch import Look, Seen
from netful.stack.stack import Stack

_ENDS = ("source", "destination")
_WAITING = 1000  # looks that a slow reader may be behind


class _Choice(Frozen):
    """The flows that a client wants: between two ends, in both directions."""

    source: Ends | None
    destination: Ends | None
    rejected: bool

    @classmethod
    def of(cls, cloud: Cloud, arguments: dict[str, Any]) -> _Choice:
        source, destination = (Ends(cloud, word) if (word := arguments.get(name)) else None for name in _ENDS)
        return cls(source, destination, bool(arguments.get("rejected")))

    def has(self, seen: Seen) -> bool:
        flow = seen.record.flow
        if self.rejected and flow.action is not Action.REJECT:
            return False
        there = ((flow.source, flow.destination), (flow.destination, flow.source))
        return any(
            (self.source is None or self.source.include(flow.vpc_id, one))
            and (self.destination is None or self.destination.include(flow.vpc_id, other))
            for one, other in there
        )


async def flows(stack: Stack, request: ControlRequest) -> AsyncGenerator[dict[str, Any]]:
    """Yield the records that a client wants."""
    choice, why = _Choice.of(stack.cloud, request.arguments), bool(request.arguments.get("why"))
    if not request.arguments.get("follow"):
        if not stack.flow_logs.counting:
            hint = "`netful flows -f` shows flows as they pass; a resource of the type `AWS::EC2::FlowLog` records them"
            raise StackError("no flow log records anything here", hint=hint)
        await stack.flow_logs.deliver()
        for entry in _entries(stack.networks.fabric.cloud, choice, stack.flow_logs.recent, why=why):
            yield {"event": entry}
        yield {"result": True}
        return
    looks: asyncio.Queue[Look | None] = asyncio.Queue(_WAITING)

    def hear(look: Look) -> None:
        if not looks.full():
            looks.put_nowait(look)

    async def watch() -> None:
        await request.over(stack.ended)
        await looks.put(None)

    async with stack.flow_logs.watch.listening(hear):
        over = asyncio.create_task(watch())
        try:
            yield {"event": {"watching": True}}
            while (look := await looks.get()) is not None:
                for entry in _entries(stack.networks.fabric.cloud, choice, look.seen, why=why):
                    yield {"event": entry}
        finally:
            await end(over)
    yield {"result": True}


def _entries(cloud: Cloud, choice: _Choice, found: Iterable[Seen], *, why: bool) -> Iterator[dict[str, Any]]:
    """Yield the chosen records in the order of their first packets."""
    for seen in sorted(filter(choice.has, found), key=lambda one: one.record.first):
        yield _entry(cloud, seen, why=why)


def _entry(cloud: Cloud, seen: Seen, *, why: bool) -> dict[str, Any]:
    record, flow = seen.record, seen.record.flow
    refused = refusals(cloud, record, seen.interface) if why and flow.action is Action.REJECT else ()
    return {
        "start": record.first,
        "end": record.last,
        "action": flow.action,
        "direction": "egress" if flow.egress else "ingress",
        "at": owner_name(seen.interface),
        "interface": interface_id(cloud, seen.interface.id),
        "source": place_name(cloud, flow.vpc_id, flow.source),
        "source_address": str(flow.source),
        "source_port": flow.source_port,
        "destination": place_name(cloud, flow.vpc_id, flow.destination),
        "destination_address": str(flow.destination),
        "destination_port": flow.destination_port,
        "protocol": flow.protocol,
        "packets": record.packets,
        "bytes": record.bytes,
        "tcp_flags": record.tcp_flags,
        "why": [
            {"component": one.component, "rule": one.rule, "code": one.code, "origin": str(one.origin)}
            for one in refused
        ],
    }
