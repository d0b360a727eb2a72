"""Entries of stage caches that processes share. While the server is away, each process has its own.

The server limits the memory of all entries (its `maxmemory`). The size of a stage's cache cluster is not enforced there.
"""

import hashlib
from contextlib import suppress
from functools import partial

import msgspec

from netful.engine.usage.caches import Key, partitions
from netful.gateway.answers.cache_entries import Contents, Entries
from netful.gateway.shared.link import AwayError, Link, SpoiledError
from netful.model.apis.stage import Stage
from netful.services.http.message import Headers, Response

_LINE_END = frozenset("\r\n\0")
_STATUSES = range(100, 600)


class _Kept(msgspec.Struct, array_like=True):
    status: int
    headers: Headers
    body: bytes


class SharedEntries(Entries):
    """Entries at a Valkey server; in this process while it is away."""

    def __init__(self, link: Link) -> None:
        super().__init__()
        self._link = link

    def at_once(self, key: Key, now: float) -> Response | None:
        """Return nothing while the server is reachable: it answers every lookup, so that all processes see the same."""
        return None if not self._link.away else super().at_once(key, now)

    async def get(self, key: Key, now: float) -> Response | None:
        """Return the response under a key."""
        try:
            found = await self._link.ask(lambda: self._link.client.get(self._name(key)))
        except SpoiledError:
            return None
        except AwayError:
            return super().at_once(key, now)
        return None if found is None else _decoded(found)

    async def put(self, stage: Stage, key: Key, seconds: float, now: float, response: Response) -> None:
        """Keep a response."""
        kept = msgspec.msgpack.encode(_Kept(response.status, response.headers, response.body))
        millis = max(1, int(seconds * 1000))
        try:
            await self._link.ask(lambda: self._link.client.set(self._name(key), kept, px=millis))
        except AwayError:
            await super().put(stage, key, seconds, now, response)

    async def flush(self, stage_id: str) -> None:
        """Forget the entries of a stage."""
        await super().flush(stage_id)
        with suppress(AwayError):
            for partition in partitions(stage_id):
                await self._link.ask(partial(self._link.forget, self._link.name("entry", partition, "*")))

    def contents(self, stage_id: str) -> Contents:  # noqa: ARG002  # as in one process
        """Return no numbers: the server keeps the entries of all stages together."""
        return Contents(None, None)

    def _name(self, key: Key) -> str:
        digest = hashlib.blake2b(msgspec.msgpack.encode(key), digest_size=16).hexdigest()
        return self._link.name("entry", key[0], digest)


def _decoded(found: bytes) -> Response | None:
    """Return a response; None for what no gateway has written, which the next response replaces."""
    try:
        kept = msgspec.msgpack.decode(found, type=_Kept)
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return None
    plain = all(_LINE_END.isdisjoint(name + value) for name, value in kept.headers)
    return Response(kept.status, kept.headers, kept.body) if plain and kept.status in _STATUSES else None
