"""The stages' caches: answers of integrations, kept for their time (api-gateway §4).

Whatever an integration answers is kept, errors included; what the gateway says by itself is not. An answer above 1 MB is
not kept. A template's change does not flush. Hits and misses are counted as CloudWatch's metrics of API Gateway are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from typing import Any

from netful.engine.http.gateway_errors import CACHE_REFUSED
from netful.engine.usage.caches import (
    Cache,
    Invalidation,
    Key,
    cache_key,
    cache_of,
    invalidation,
    may_invalidate,
    partitions,
)
from netful.gateway.answers.cache_entries import Entries
from netful.gateway.answers.metrics import Timing
from netful.gateway.calls.call import Call
from netful.gateway.calls.context import request_context
from netful.gateway.calls.faults import Fault
from netful.gateway.calls.signature import access_key_of, role_of
from netful.model.apis.api import Authorization
from netful.model.cloud import Cloud
from netful.model.core.unknown import Unknown
from netful.services.http.message import Response

Ask = Callable[[Call], Awaitable[Response]]

_LARGEST = 1_048_576
_WARNING = ("Warning", "199 Cache-control headers were ignored because the caller was unauthorized.")
_OF_A_CALL = frozenset({"x-amzn-trace-id"})


class StageCaches:
    """The cache of every stage that has one."""

    def __init__(self, entries: Entries) -> None:
        self._entries = entries
        self._hits: Counter[str] = Counter()
        self._misses: Counter[str] = Counter()

    async def answer(self, call: Call, now: float, ask: Ask, timing: Timing) -> Response:
        """The response to a call: kept, or by the integration, as `timing` will tell. `now` is monotonic."""
        place = ("cache", call.stage.id, call.route.path, call.route.http_method)
        cache = call.cloud.derived(place, lambda: cache_of(call.stage, call.route))
        if not cache.enabled:
            timing.asked = now
            return await ask(call)
        control = call.request.header("cache-control")
        wanted = Invalidation.NONE
        if control:
            wanted = invalidation(cache, control, authorized=_authorized(call))
        if wanted is Invalidation.REFUSE:
            raise Fault(CACHE_REFUSED)
        response = await self._kept(call, cache, now, ask, timing, fresh=wanted is Invalidation.REPLACE)
        if wanted is Invalidation.WARN:
            return replace(response, headers=(*response.headers, _WARNING))
        return response

    def at_once(self, key: Key, now: float) -> Response | None:
        """A response that is kept in this process; None where there is none, or it has to be waited for."""
        found = self._entries.at_once(key, now)
        if found is not None:
            self._hits[key[0]] += 1
        return found

    async def flush(self, stage_id: str) -> None:
        """FlushStageCache."""
        await self._entries.flush(stage_id)

    def told(self, cloud: Cloud) -> Iterator[dict[str, Any]]:
        """Each cache with its contents and its metrics, for `netful status`."""
        for stage in cloud.apis.stages.values():
            if stage.cache_cluster_enabled:
                contents = self._entries.contents(stage.id)
                yield {
                    "stage": stage.id,
                    "entries": contents.entries,
                    "bytes": contents.bytes,
                    "CacheHitCount": sum(self._hits[partition] for partition in partitions(stage.id)),
                    "CacheMissCount": self._misses[stage.id],
                }

    async def _kept(self, call: Call, cache: Cache, now: float, ask: Ask, timing: Timing, *, fresh: bool) -> Response:
        key = key_of(call, cache)
        found = None if fresh else await self._entries.get(key, now)
        (self._misses if found is None else self._hits)[call.stage.id] += 1
        if found is not None:
            timing.hit = True
            return found
        timing.asked = now
        response = await ask(call)
        seconds = 0 if cache.ttl is None or isinstance(cache.ttl, Unknown) else cache.ttl
        if len(response.body) <= _LARGEST:
            headers = tuple((name, value) for name, value in response.headers if name.lower() not in _OF_A_CALL)
            await self._entries.put(call.stage, key, seconds, now, replace(response, headers=headers, own=()))
        return response


def key_of(call: Call, cache: Cache) -> Key:
    """The key of a call; most keys do not ask for its context, which is costly to make."""
    asks = any(isinstance(name, str) and name.startswith("context.") for name in cache.key)
    return cache_key(cache, call.stage, call.request.method, call.message(request_context(call) if asks else {}))


def _authorized(call: Call) -> bool:
    """Whether who calls may replace entries: who signs, where the method asks for a signature, and whose role allows it."""
    if call.route.authorization_type is not Authorization.AWS_IAM:
        return False
    role = role_of(call.cloud, access_key_of(call.request))
    path = call.judged.path.lstrip("/")
    arn = f"arn:aws:execute-api:{call.api.region}:{call.cloud.account_id}:{call.api.id}"
    return may_invalidate(role, f"{arn}/{call.stage.stage_name}/{call.request.method}/{path}")
