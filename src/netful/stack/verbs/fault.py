"""Faults of the running stack, by the client that asks for them: they end with it, unless they are detached."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from netful.engine.faults.fault import Fault, FaultKind, Scope, checked
from netful.stack.control.control import ControlRequest
from netful.stack.control.tasks import first_of
from netful.stack.stack import Stack


async def fault(stack: Stack, request: ControlRequest) -> AsyncGenerator[dict[str, Any]]:
    """Put a fault in force until its time is over, or the client stops it, disconnects, or the stack ends."""
    given = request.arguments
    wanted = Fault(
        FaultKind(given["kind"]),
        given["target"],
        Scope(given["scope"]),
        given["prefix_list"],
        given["percent"],
        given["delay_ms"],
    )
    begun = await stack.faults.begin(checked(stack.cloud, wanted), given["seconds"])
    if given["detach"]:
        yield {"result": begun.number}
        return
    try:
        yield {"event": {"number": begun.number}}
        assert begun.over is not None
        waits = (request.further.get(), stack.ended.wait(), begun.over.wait())
        await first_of(*(asyncio.ensure_future(one) for one in waits))
    finally:
        await asyncio.shield(stack.faults.end(begun))
    yield {"result": begun.number}


async def mend(stack: Stack, request: ControlRequest) -> AsyncGenerator[dict[str, Any]]:
    """Take back one fault, or all of them."""
    yield {"result": await stack.faults.end_all(request.arguments.get("number"))}
