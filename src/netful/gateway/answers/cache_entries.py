"""The entries of stages' caches in this process (api-gateway §4).

Each stage, and its canary, has at most the bytes of its cluster's size, and the oldest entries make room.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Protocol

from netful.engine.usage.caches import Key, partitions
from netful.model.apis.stage import Stage
from netful.services.http.message import Response

_GIGABYTE = 1024**3


@dataclass(frozen=True, slots=True)
class Contents:
    """How much there is in a stage's cache; None where nobody counts."""

    entries: int | None
    bytes: int | None


class Entries(Protocol):
    """Where responses are kept."""

    def at_once(self, key: Key, now: float) -> Response | None:
        """The response under a key, if it is in this process and has not ended. `now` is monotonic."""

    async def get(self, key: Key, now: float) -> Response | None:
        """The response under a key, wherever it is."""

    async def put(self, stage: Stage, key: Key, seconds: float, now: float, response: Response) -> None:
        """Keep a response for some time."""

    async def flush(self, stage_id: str) -> None:
        """Forget all of a stage's."""

    def contents(self, stage_id: str) -> Contents:
        """How much there is."""


@dataclass(slots=True)
class _Store:
    """One stage's entries, the oldest first: each with the time it ends."""

    size: int
    entries: OrderedDict[Key, tuple[float, Response]] = field(default_factory=OrderedDict)
    used: int = 0

    def put(self, key: Key, ends: float, response: Response) -> None:
        self.drop(key)
        self.entries[key] = (ends, response)
        self.used += len(response.body)
        while self.used > self.size:
            self.drop(next(iter(self.entries)))

    def drop(self, key: Key) -> None:
        found = self.entries.pop(key, None)
        if found is not None:
            self.used -= len(found[1].body)


class LocalEntries:
    """Entries in this process."""

    def __init__(self) -> None:
        self._stores: dict[str, _Store] = {}

    def at_once(self, key: Key, now: float) -> Response | None:
        """The response under a key."""
        store = self._stores.get(key[0])
        found = store.entries.get(key) if store is not None else None
        if store is None or found is None:
            return None
        if found[0] <= now:
            store.drop(key)
            return None
        return found[1]

    async def get(self, key: Key, now: float) -> Response | None:
        """The response under a key."""
        return self.at_once(key, now)

    async def put(self, stage: Stage, key: Key, seconds: float, now: float, response: Response) -> None:
        """Keep a response."""
        store = self._stores.get(key[0])
        if store is None:
            store = self._stores[key[0]] = _Store(_bytes(stage))
        store.put(key, now + seconds, response)

    async def flush(self, stage_id: str) -> None:
        """Forget all of a stage's."""
        for partition in partitions(stage_id):
            self._stores.pop(partition, None)

    def contents(self, stage_id: str) -> Contents:
        """How much there is, what has ended and was not asked for again included."""
        stores = [self._stores[partition] for partition in partitions(stage_id) if partition in self._stores]
        return Contents(sum(len(store.entries) for store in stores), sum(store.used for store in stores))


def _bytes(stage: Stage) -> int:
    """What a stage's cluster holds; the smallest there is, where its size is not known."""
    size = stage.cache_cluster_size
    try:
        return int(float(size) * _GIGABYTE) if isinstance(size, str) else _GIGABYTE // 2
    except ValueError:
        return _GIGABYTE // 2
