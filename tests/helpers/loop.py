"""Waiting inside an event loop for what other tasks do."""

import asyncio


async def other_tasks(running=frozenset()):
    """Wait until every other task of the loop has ended, but for those that are `running` for as long as the loop."""
    while others := asyncio.all_tasks() - running - {asyncio.current_task()}:
        await asyncio.wait(others)
