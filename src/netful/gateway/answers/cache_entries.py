"""Entries of stages' caches in this process (api-gateway §4).

The entries of a stage, and those of its canary, have at most the bytes of its cluster's size: keys, headers and bodies. When
the cache is full, the entries that end first are dropped.
"""

from collections import OrderedDict, defaultdict

from netful.engine.usage.caches import Key, partitions
from netful.model.apis.stage import Stage
from netful.model.core import Frozen
from netful.services.http.message import Response

_GIGABYTE = 1024**3
_ENTRY_BYTES, _TEXT_BYTES = 500, 50  # of memory, in addition to the characters


class Contents(Frozen):
    """Size of the contents of a stage's cache; None if it is not counted."""

    entries: int | None
    bytes: int | None


class _Store:
    """Entries of one stage. Entries with the same lifetime end in the order in which they came."""

    def __init__(self, size: int) -> None:
        self.used = 0
        self.entries: dict[Key, tuple[float, float, int, Response]] = {}  # lifetime, end, weight
        self._size = size
        self._lanes: defaultdict[float, OrderedDict[Key, None]] = defaultdict(OrderedDict)  # by lifetime

    def put(self, key: Key, seconds: float, now: float, response: Response) -> None:
        """Keep an entry. Drop entries that have ended, then those that end first until there is room."""
        self.drop(key)
        weight = _weight(key, response)
        self.entries[key] = (seconds, now + seconds, weight, response)
        self._lanes[seconds][key] = None
        self.used += weight
        while self.entries:
            first = min((next(iter(lane)) for lane in self._lanes.values()), key=self._end_of)
            if self._end_of(first) > now and self.used <= self._size:
                return
            self.drop(first)

    def drop(self, key: Key) -> None:
        """Drop an entry, if it exists."""
        found = self.entries.pop(key, None)
        if found is not None:
            self.used -= found[2]
            del self._lanes[found[0]][key]
            if not self._lanes[found[0]]:
                del self._lanes[found[0]]

    def _end_of(self, key: Key) -> float:
        return self.entries[key][1]


def _weight(key: Key, response: Response) -> int:
    """Return the approximate bytes of memory that an entry takes."""
    texts = (*key[:3], *(text or "" for text in key[3]), *(text for header in response.headers for text in header))
    return _ENTRY_BYTES + sum(_TEXT_BYTES + len(text) for text in texts) + len(response.body)


class Entries:
    """Entries in this process. Times are monotonic."""

    def __init__(self) -> None:
        self._stores: dict[str, _Store] = {}

    def at_once(self, key: Key, now: float) -> Response | None:
        """Return the response under a key, if it is in this process and has not ended."""
        store = self._stores.get(key[0])
        found = store.entries.get(key) if store is not None else None
        if store is None or found is None:
            return None
        _, ends, _, response = found
        if ends <= now:
            store.drop(key)
            return None
        return response

    async def get(self, key: Key, now: float) -> Response | None:
        """Return the response under a key, from wherever it is stored."""
        return self.at_once(key, now)

    async def put(self, stage: Stage, key: Key, seconds: float, now: float, response: Response) -> None:
        """Keep a response for some time."""
        store = self._stores.get(key[0])
        if store is None:
            store = self._stores[key[0]] = _Store(_bytes(stage))
        store.put(key, seconds, now, response)

    async def flush(self, stage_id: str) -> None:
        """Drop all entries of a stage."""
        for partition in partitions(stage_id):
            self._stores.pop(partition, None)

    def contents(self, stage_id: str) -> Contents:
        """Return the size of the contents, including entries that have ended since the last entry came."""
        stores = [self._stores[partition] for partition in partitions(stage_id) if partition in self._stores]
        return Contents(sum(len(store.entries) for store in stores), sum(store.used for store in stores))


def _bytes(stage: Stage) -> int:
    """Return the size of a stage's cluster; the smallest size if it is unknown."""
    size = stage.cache_cluster_size
    try:
        return int(float(size) * _GIGABYTE) if isinstance(size, str) else _GIGABYTE // 2
    except (ValueError, OverflowError):
        return _GIGABYTE // 2
