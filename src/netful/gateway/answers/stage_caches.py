"""Caches of the stages of APIs: responses of integrations, kept for their time (api-gateway §4).

Every response of an integration is kept, including errors; responses of the gateway itself are not. A response above 1 MB
is not kept. A change of the template does not flush. Hits and misses are counted as CloudWatch's metrics of API Gateway.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Literal

from netful.engine.admission.judgement import Judgement
from netful.engine.authorization.permissions import execute_api_arn
from netful.engine.authorization.sessions import sessions
from netful.engine.http.gateway_errors import CACHE_REFUSED
from netful.engine.usage import caches
from netful.gateway.answers.cache_entries import Entries
from netful.gateway.calls.call import Call, place_of
from netful.gateway.calls.call_stage import LATER, AtOnce, CallStage, Later, Next
from netful.gateway.calls.clock import Clock
from netful.gateway.calls.context import request_context
from netful.gateway.calls.faults import Fault
from netful.gateway.calls.identifiers import new_identifiers
from netful.gateway.calls.meaning import Meaning
from netful.gateway.calls.metrics import Metrics
from netful.gateway.calls.signature import access_key_of
from netful.model.apis.api import Authorization
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.services.http.message import Request, Response

_LARGEST = 1_048_576
_WARNING = ("Warning", "199 Cache-control headers were ignored because the caller was unauthorized.")
_PATH, _QUERY = "method.request.path.", "method.request.querystring."
_OF_A_CALL = frozenset({"x-amzn-trace-id"})


class StageCaches(CallStage):
    """Stage with the cache of every API stage that has one."""

    title = "cache"

    def __init__(self, entries: Entries, metrics: Metrics, clock: Clock) -> None:
        self._entries = entries
        self._metrics = metrics
        self._clock = clock
        self._hits: Counter[str] = Counter()
        self._misses: Counter[str] = Counter()

    def passes(self, meaning: Meaning) -> bool:
        """Return whether no response is kept."""
        judged = meaning.judged
        return judged.stage is None or judged.route is None or not _cache(meaning.cloud, judged).enabled

    def at_once(self, meaning: Meaning) -> AtOnce:
        """Return the step that looks a call up in the cache of this process."""
        cache, tally = _cache(meaning.cloud, meaning.judged), self._metrics.of(meaning.judged)
        of_target = all(isinstance(name, str) and name.startswith((_PATH, _QUERY)) for name in cache.key)
        known: caches.Key | None = None

        def looked_up(request: Request, now: float, at: float) -> Response | Literal[Later.LATER]:
            nonlocal known
            if "cache-control" in request.first:
                return LATER
            key = known
            if key is None:
                key = key_of(meaning.call(request, new_identifiers(at), at), cache)
                known = key if of_target else None
            found = self._entries.at_once(key, now)
            if found is None:
                return LATER
            self._hits[key[0]] += 1
            if tally is not None:
                tally.hit(at)
            return found

        return looked_up

    async def __call__(self, call: Call, following: Next) -> Response:
        """Answer a call from the cache, or have the integration answer it."""
        cache = _cache(call.cloud, call.judged)
        if not cache.enabled:
            return await following(call)
        control = call.request.header("cache-control")
        wanted = caches.Invalidation.NONE
        if control:
            wanted = caches.invalidation(cache, control, authorized=_authorized(call))
        if wanted is caches.Invalidation.REFUSE:
            raise Fault(CACHE_REFUSED)
        response = await self._kept(call, cache, following, fresh=wanted is caches.Invalidation.REPLACE)
        if wanted is caches.Invalidation.WARN:
            return replace(response, headers=(*response.headers, _WARNING))
        return response

    async def flush(self, stage_id: str) -> None:
        """FlushStageCache."""
        await self._entries.flush(stage_id)

    def status(self, cloud: Cloud) -> Iterator[dict[str, Any]]:
        """Return each cache with its contents and its metrics, for `netful status`."""
        for stage in cloud.apis.stages.values():
            if stage.cache_cluster_enabled:
                contents = self._entries.contents(stage.id)
                yield {
                    "stage": stage.id,
                    "entries": contents.entries,
                    "bytes": contents.bytes,
                    "CacheHitCount": sum(self._hits[partition] for partition in caches.partitions(stage.id)),
                    "CacheMissCount": self._misses[stage.id],
                }

    async def _kept(self, call: Call, cache: caches.Cache, following: Next, *, fresh: bool) -> Response:
        key, now, tally = key_of(call, cache), self._clock.monotonic(), self._metrics.of(call.judged)
        found = None if fresh else await self._entries.get(key, now)
        (self._misses if found is None else self._hits)[call.stage.id] += 1
        if tally is not None:
            (tally.miss if found is None else tally.hit)(call.at)
        if found is not None:
            return found
        response = await following(call)
        seconds = 0 if cache.ttl is None or isinstance(cache.ttl, Unknown) else cache.ttl
        if len(response.body) <= _LARGEST:
            headers = tuple((name, value) for name, value in response.headers if name.lower() not in _OF_A_CALL)
            await self._entries.put(call.stage, key, seconds, now, replace(response, headers=headers, own=()))
        return response


def _cache(cloud: Cloud, judged: Judgement) -> caches.Cache:
    stage, route = judged.stage, judged.route
    assert stage is not None
    assert route is not None
    return cloud.derived(("cache", *place_of(stage, route)), lambda: caches.cache_of(stage, route))


def key_of(call: Call, cache: caches.Cache) -> caches.Key:
    """Return the key of a call; the context is costly, and few keys need it."""
    asks = any(isinstance(name, str) and name.startswith("context.") for name in cache.key)
    return caches.cache_key(cache, call.stage, call.request.method, call.message(request_context(call) if asks else {}))


def _authorized(call: Call) -> bool:
    """Return whether the caller may replace entries.

    If the method requires authorization for that, the caller has to sign, and its role has to allow it.
    """
    if call.route.authorization_type is not Authorization.AWS_IAM:
        return False
    session = sessions(call.cloud).get(access_key_of(call.request))
    path = call.judged.path.lstrip("/")
    arn = execute_api_arn(call.cloud, call.api)
    return caches.may_invalidate(
        session.role if session else None, f"{arn}/{call.stage.stage_name}/{call.request.method}/{path}"
    )
