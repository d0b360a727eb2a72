"""Faults of the running stack, by the client that asks for them: they end with it, unless they are detached."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

from netful.engine.faults.fault import Fault, FaultKind, Scope, checked
from netful.stack.control.control import ControlRequest
from netful.stack.stack import Stack


async def fault(stack: Stack, request: ControlRequest) -> AsyncGenerator[dict[str, Any]]:
    """Put a fault in force until its time is over, or the client stops it, disconnects, or the stack ends."""
    given = request.arguments
    kind, scope = FaultKind(given["kind"]), Scope(given["scope"])
    wanted = Fault(kind, given["target"], scope, given["prefix_list"], given["percent"], given["delay_ms"])
    begun = await stack.faults.begin(checked(stack.cloud, wanted), given["seconds"])
    if given["detach"]:
        yield {"result": begun.number}
        return
    try:
        yield {"event": {"number": begun.number}}
        assert begun.over is not None
        await request.over(stack.ended, begun.over)
    finally:
        await asyncio.shield(stack.faults.end(begun))
    yield {"result": begun.number}


async def mend(stack: Stack, request: ControlRequest) -> AsyncGenerator[dict[str, Any]]:
    """Take back one fault, or all of them."""
    yield {"result": await stack.faults.end_all(request.arguments.get("number"))}
