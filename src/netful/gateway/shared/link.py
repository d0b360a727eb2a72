"""Connection to a Valkey server, which may be away, to the primary that sentinels name, or to a cluster.

| URL | client |
|---|---|
| `valkey://HOST:PORT`, `valkeys://…`, `unix://…` | of that server |
| `valkey+sentinel://HOST:PORT,HOST:PORT/NAME` | of the primary that sentinels give for the name, also after a failover |
| `valkey+cluster://HOST:PORT,HOST:PORT` | of the cluster's node that has the stack's keys, also after a failover |

While the server is away no request waits for it: every call fails at once, except for an occasional call that tries again.
"""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

import valkey.asyncio
from valkey.asyncio.cluster import ClusterNode, ValkeyCluster
from valkey.asyncio.sentinel import Sentinel, SentinelConnectionPool
from valkey.commands.core import AsyncScript
from valkey.exceptions import ResponseError, ValkeyError

from netful.gateway.shared.scripts import LOOK, USE
from netful.model.core import StackError

T = TypeVar("T")
log = logging.getLogger(__name__)

_ANSWER_SECONDS = 2.0  # a server that does not run refuses at once; this limits the wait for a server that hangs
_AGAIN_SECONDS = 0.5
_AT_ONCE = 500  # number of keys to scan at once
_SCHEMES = ("valkey", "valkeys", "redis", "rediss", "unix")
_SEVERAL = re.compile(
    r"valkey\+(?P<kind>sentinel|cluster)://(:(?P<password>[^@]*)@)?(?P<nodes>[^/@:]+:\d+(,[^/@:]+:\d+)*)(/(?P<name>[^/]*))?"
)
_LIMITS: Any = {"socket_timeout": _ANSWER_SECONDS, "socket_connect_timeout": _ANSWER_SECONDS}
_SPOILED = ("WRONGTYPE", "not an integer")
_GONE = (ValkeyError, OSError, asyncio.TimeoutError)


class AwayError(Exception):
    """The server does not answer."""


class SpoiledError(AwayError):
    """A key has what no gateway has written, and the server refuses the question about it."""


class Link:
    """A server, and the keys of a stack there. The keys have braces, so that a cluster keeps them together.

    `server` is its address for display: a URL may contain a password.
    """

    def __init__(self, url: str, stack: str) -> None:
        try:
            self.client = _client(url)
        except ValueError as error:
            raise StackError(
                f"`{url}` names no Valkey server", why=str(error), hint="valkey://127.0.0.1:6379"
            ) from error
        self.use: AsyncScript = self.client.register_script(USE)
        self.look: AsyncScript = self.client.register_script(LOOK)
        self.away = False
        self.server = url.rpartition("@")[2] if "@" in url else url.partition("://")[2]
        self._stack = stack
        self._next_try = 0.0

    def name(self, kind: str, *parts: object) -> str:
        """Return a key of the stack."""
        return ":".join((f"netful:{{{self._stack}}}:{kind}", *map(str, parts)))

    async def ask(self, question: Callable[[], Awaitable[T]]) -> T:
        """Return the answer of the server; raises AwayError, or SpoiledError where only this question has none."""
        loop = asyncio.get_running_loop()
        if self.away:
            if loop.time() < self._next_try:
                raise AwayError
            self._next_try = loop.time() + _AGAIN_SECONDS
        try:
            answer = await question()
        except _GONE as error:
            if isinstance(error, ResponseError) and any(mark in str(error) for mark in _SPOILED):
                log.warning("the gateway's state has a key that no gateway has written: %s", error)
                raise SpoiledError from error
            if not self.away:
                log.warning("the gateway's state is away, and it goes on without: %s", error)
            self.away, self._next_try = True, loop.time() + _AGAIN_SECONDS
            raise AwayError from error
        if self.away:
            log.warning("the gateway's state is back")
        self.away = False
        return answer

    async def forget(self, pattern: str) -> None:
        """Drop all keys that match a pattern."""
        async for name in self.client.scan_iter(pattern, _AT_ONCE):
            await self.client.unlink(name)

    async def greet(self) -> None:
        """Check whether the server is `away`."""
        with suppress(AwayError):
            await self.ping()

    async def ping(self) -> None:
        """Ask for an answer; raises AwayError while the server is away."""
        await self.ask(self._ping)

    async def _ping(self) -> None:
        await self.client.ping()

    async def close(self) -> None:
        """Close the connection."""
        await self.client.aclose()
        pool = getattr(self.client, "connection_pool", None)  # a cluster's client has none
        if isinstance(pool, SentinelConnectionPool):
            for sentinel in pool.sentinel_manager.sentinels:
                await sentinel.aclose()


def _client(url: str) -> Any:
    """Return the client for a URL. Raise ValueError if it names no server."""
    several = _SEVERAL.fullmatch(url)
    if several is None:
        if url.partition("://")[0] not in _SCHEMES:
            raise ValueError(f"schemes: {', '.join(_SCHEMES)}, valkey+sentinel, valkey+cluster")
        return valkey.asyncio.Valkey.from_url(url, **_LIMITS)
    nodes = [(host, int(port)) for host, _, port in (node.partition(":") for node in several["nodes"].split(","))]
    limits: Any = {**_LIMITS, "password": several["password"]}
    if several["kind"] == "cluster":
        return ValkeyCluster(startup_nodes=[ClusterNode(*node) for node in nodes], **limits)
    if not several["name"]:
        raise ValueError(
            "the name that the sentinels have for the primary is missing: valkey+sentinel://HOST:PORT/NAME"
        )
    sentinels: Any = Sentinel
    return sentinels(nodes, sentinel_kwargs=_LIMITS, **limits).master_for(several["name"])
