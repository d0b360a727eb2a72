"""Handlers of the verbs that send real packets."""

import asyncio
import re
import ssl
from collections.abc import AsyncGenerator
from dataclasses import asdict
from typing import Any

from netful.checks.facts.cloud_facts import Facts
from netful.checks.facts.destinations import api_clients, destinations_in_use, sources
from netful.engine.apis.ways import ways
from netful.model.core import NetfulError
from netful.stack.control.control import ControlRequest
from netful.stack.control.tasks import end
from netful.stack.stack import Stack
from netful.stack.verbs.probe import probe
from netful.stack.verbs.witness import witness

_PROBES_AT_ONCE = 32
_CHANGING = re.compile(r"(POST|PUT|PATCH|DELETE) ")
"""Requests that may change something, which only a probe of their own sends."""

Messages = AsyncGenerator[dict[str, Any]]


async def one(stack: Stack, request: ControlRequest) -> Messages:
    """Probe one source and destination."""
    trust = ssl.create_default_context(cafile=str(stack.authority.bundle))
    found = await probe(stack, request.arguments["source"], request.arguments["destination"], trust)
    yield {"result": asdict(found)}


async def matrix(stack: Stack, request: ControlRequest) -> Messages:
    """Probe every source against every destination in use, or with `apis` every client against every way to an API.

    Several probes run at a time. A pair that cannot be tried is reported with the reason.
    """
    trust = ssl.create_default_context(cafile=str(stack.authority.bundle))
    facts = Facts(stack.cloud)
    every = ways(stack.cloud) if request.arguments.get("apis") else ()
    rows = tuple(way for way in every if not way.missing and not _CHANGING.match(way.question))
    clients = api_clients(facts) if rows else sources(facts)
    asked = [way.question for way in rows] or [one for one in destinations_in_use(facts) if not _CHANGING.match(one)]
    at_once = asyncio.Semaphore(_PROBES_AT_ONCE)

    async def pair(source: str, destination: str) -> dict[str, Any]:
        async with at_once:
            try:
                return asdict(await probe(stack, source, destination, trust))
            except NetfulError as refusal:
                return {"source": source, "destination": destination, "untried": refusal.what}

    tasks = [asyncio.create_task(pair(source, to)) for source in clients for to in asked]
    try:
        for done in asyncio.as_completed(tasks):
            yield {"event": await done}
        yield {"result": {"clients": list(clients), "ways": [asdict(way) for way in rows]}}
    finally:
        await end(*tasks)


async def witnessed(stack: Stack, request: ControlRequest) -> Messages:
    """Try, and return what the kernel did with the packets."""
    trust = ssl.create_default_context(cafile=str(stack.authority.bundle))
    seen = await witness(stack, request.arguments["source"], request.arguments["destination"], trust)
    yield {"result": [asdict(one) for one in seen]}
