"""The stages' caches: answers of integrations, kept for their time (api-gateway §4).

Whatever an integration answers is kept, errors included; what the gateway says by itself is not. An answer above 1 MB is
not kept. Each stage has at most the bytes of its cluster's size, and the oldest entries make room. A template's change
does not flush.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace

from netful.engine.api_answers import CACHE_REFUSED
from netful.engine.caches import Cache, Invalidation, Key, cache_key, cache_of, invalidation
from netful.gateway.call import Call
from netful.gateway.context import request_context
from netful.gateway.faults import Fault
from netful.model.unknown import Unknown
from netful.services.message import Response

_LARGEST = 1_048_576
_GIGABYTE = 1024**3
_WARNING = ("Warning", "199 Cache-control headers were ignored because the caller was unauthorized.")
_OF_A_CALL = frozenset({"x-amzn-trace-id"})


@dataclass(slots=True)
class _Store:
    """One stage's entries, the oldest first: each with the time it ends."""

    size: int
    entries: OrderedDict[Key, tuple[float, Response]] = field(default_factory=OrderedDict)
    used: int = 0

    def get(self, key: Key, now: float) -> Response | None:
        ends, response = self.entries.get(key, (0.0, None))
        if response is not None and ends <= now:
            self.drop(key)
            return None
        return response

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


class StageCaches:
    """The cache of every stage that has one."""

    def __init__(self) -> None:
        self._stores: dict[str, _Store] = {}

    async def answer(self, call: Call, now: float, ask: Callable[[Call], Awaitable[Response]]) -> Response:
        """The response to a call: kept, or by the integration. `now` is monotonic."""
        cache = cache_of(call.stage, call.route)
        if not cache.enabled:
            return await ask(call)
        wanted = invalidation(cache, call.request.header("cache-control"), authorized=False)
        if wanted is Invalidation.REFUSE:
            raise Fault(CACHE_REFUSED)
        response = await self._kept(call, cache, now, ask, fresh=wanted is Invalidation.REPLACE)
        if wanted is Invalidation.WARN:
            return replace(response, headers=(*response.headers, _WARNING))
        return response

    async def _kept(
        self, call: Call, cache: Cache, now: float, ask: Callable[[Call], Awaitable[Response]], *, fresh: bool
    ) -> Response:
        store = self._stores.setdefault(call.stage.id, _Store(_bytes(call)))
        key = cache_key(cache, call.stage, call.request.method, call.message(request_context(call)))
        found = None if fresh else store.get(key, now)
        if found is not None:
            return found
        response = await ask(call)
        ttl = 0 if cache.ttl is None or isinstance(cache.ttl, Unknown) else cache.ttl
        if len(response.body) <= _LARGEST:
            headers = tuple((name, value) for name, value in response.headers if name.lower() not in _OF_A_CALL)
            store.put(key, now + ttl, replace(response, headers=headers))
        return response


def _bytes(call: Call) -> int:
    """What a stage's cluster holds; the smallest there is, where its size is not known."""
    size = call.stage.cache_cluster_size
    try:
        return int(float(size) * _GIGABYTE) if isinstance(size, str) else _GIGABYTE // 2
    except ValueError:
        return _GIGABYTE // 2
