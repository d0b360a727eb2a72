"""Subjects of the page: a running stack, or templates without one."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from netful.checks.facts.cloud_facts import Facts
from netful.checks.facts.destinations import destinations_in_use
from netful.console.stack_client import StackClient
from netful.engine.overview.inventory import inventory
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.library.network import received
from netful.model.cloud import Cloud
from netful.model.core import NetfulError, StackError
from netful.render.construct_paths import renamed
from netful.render.errors import error_text

_NOTHING_RUNS: dict[str, Any] = {
    "mode": "",
    "endpoint_url": "",
    "functions": [],
    "apis": [],
    "load_balancers": [],
    "hosts": [],
    "gateway": {"buckets": [], "quotas": []},
    "traces": [],
    "faults": [],
}


class Subject(Protocol):
    """Source of the page's data. `before` is the version before the present one, None if the page has seen no other.

    `construct_paths` are the CDK's names of resources, by id: the page shows them, and asks with them.
    """

    before: Cloud | None

    @property
    def construct_paths(self) -> Mapping[str, str]:
        """Return the construct paths by id."""

    async def look(self) -> dict[str, Any]:
        """Return the inventory and the state."""

    async def ask(self, verb: str, **arguments: Any) -> Any:
        """Return the answer to a verb. Raise NetfulError."""

    def logs(self) -> AsyncIterator[str]:
        """Yield pieces of the log for as long as there is one."""

    def refused(self) -> AsyncIterator[dict[str, Any]]:
        """Yield flows that the kernel refuses, as `netful flows --rejected --why --format json` has them, for as long as any may come."""

    async def cloud(self) -> Cloud:
        """Return the cloud as it is now."""


class RunningStack:
    """A stack, asked over its control socket. Its cloud is read again only after it changed."""

    def __init__(self, link: StackClient) -> None:
        self.before: Cloud | None = None
        self.construct_paths: Mapping[str, str] = {}
        self._link = link
        self._lock = asyncio.Lock()
        self._read: tuple[Any, Cloud] | None = None

    async def look(self) -> dict[str, Any]:
        """Return the inventory and the state of the stack."""
        found: dict[str, Any] = await self._link.ask("look")
        self.construct_paths = found["construct_paths"]
        return found

    async def ask(self, verb: str, **arguments: Any) -> Any:
        """Return the daemon's answer."""
        return await self._link.ask(verb, **arguments)

    async def logs(self) -> AsyncIterator[str]:
        """Yield the log of the functions, then what is added."""
        async with self._link.stream("logs", follow=True) as messages:
            async for message in messages:
                if "event" in message:
                    yield message["event"]["text"]

    async def refused(self) -> AsyncIterator[dict[str, Any]]:
        """Yield refused flows; the routers count them while this runs."""
        async with self._link.stream("flows", follow=True, rejected=True, why=True) as messages:
            async for message in messages:
                if "error" in message:  # a network that cannot be counted is no reason to end the page
                    await asyncio.Event().wait()
                if "event" in message and "watching" not in message["event"]:
                    yield renamed(message["event"], self.construct_paths)

    async def cloud(self) -> Cloud:
        """Return the account as a cloud of this process: questions about it do not keep the stack from its clients."""
        async with self._lock:  # two questions after a change read it once: the version before stays the one before
            now = (await self.look())["cloud"]
            if self._read is None or self._read[0] != now:
                written = await self._link.ask("cloud")
                cloud = (await asyncio.to_thread(received, written)).cloud
                self.before = self._read[1] if self._read is not None else None
                self._read = now, cloud
            return self._read[1]


class Templates:
    """Templates, read again after one of their files changed."""

    def __init__(self, name: str, files: tuple[Path, ...], load: Callable[[], Cloud]) -> None:
        self.before: Cloud | None = None
        self._name, self._files, self._load = name, files, load
        self._lock = threading.Lock()
        self._stamp: object = None
        self._cloud = load()
        self._error: NetfulError | None = None
        self._stamp = self._stamp_now()

    @property
    def construct_paths(self) -> Mapping[str, str]:
        """The construct paths of the newest version."""
        return self._cloud.construct_paths

    async def look(self) -> dict[str, Any]:
        """Return the inventory, and why the newest version of a file cannot be read."""
        return await asyncio.to_thread(self._look)

    async def ask(self, verb: str, **arguments: Any) -> Any:
        """Return a path; everything else needs a running stack."""
        if verb != "trace":
            raise StackError("these are templates: nothing runs", hint="netful up -d, then `netful console`")
        cloud = await self.cloud()
        return await asyncio.to_thread(lambda: trace(cloud, parse(cloud, **arguments)).to_json())

    async def logs(self) -> AsyncIterator[str]:
        """Yield nothing: templates have no log."""
        await asyncio.Event().wait()
        yield ""

    async def refused(self) -> AsyncIterator[dict[str, Any]]:
        """Yield nothing: templates have no packets."""
        await asyncio.Event().wait()
        yield {}

    async def cloud(self) -> Cloud:
        """Return the cloud of the newest version that can be read."""
        await asyncio.to_thread(self._renew)
        return self._cloud

    def _look(self) -> dict[str, Any]:
        self._renew()
        cloud = self._cloud
        return {
            **_NOTHING_RUNS,
            "stack": self._name,
            "state": "changed, not readable" if self._error else "template",
            "cloud": inventory(cloud),
            "destinations": list(destinations_in_use(Facts(cloud))),
            "warnings": [error_text(self._error)] if self._error else list(cloud.template.warnings),
        }

    def _renew(self) -> None:
        with self._lock:
            stamp = self._stamp_now()
            if stamp == self._stamp:
                return
            self._stamp = stamp
            try:
                now = self._load()
                self.before, self._cloud, self._error = self._cloud, now, None
            except NetfulError as error:
                self._error = error

    def _stamp_now(self) -> tuple[int, ...]:
        """Return what changes with the files."""
        found = []
        for file in self._files:
            try:
                found.append(file.stat().st_mtime_ns)
            except OSError:
                found.append(-1)
        return tuple(found)
