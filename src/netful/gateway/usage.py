"""What a request may still use: its API key, the buckets on its ladder, its quota (api-gateway §0 rows 9 and 10, §3).

A key is looked for only where the route requires one. Throttles come before the quota: a request that is throttled does
not count against it. Buckets and counts outlive a change of the template.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace

from netful.engine.api_answers import INVALID_KEY, QUOTA_SPENT, TOO_MANY
from netful.engine.api_keys import key_with, opened, value_of
from netful.engine.quotas import allowance, window
from netful.engine.throttles import Limit, Membership, ladder, quota
from netful.gateway.buckets import Buckets
from netful.gateway.call import Call
from netful.gateway.faults import Fault
from netful.model.unknown import Maybe, Unknown
from netful.model.usage import ApiKey

_Counted = tuple[str, str]
"""A plan and a key of it."""


class Usage:
    """Counts what is used."""

    def __init__(self) -> None:
        self._buckets = Buckets()
        self._counts: dict[_Counted, tuple[str, int]] = {}
        self._first: dict[_Counted, str] = {}

    def admit(self, call: Call, now: float, identifier: str = "") -> Call:
        """The call with what its key adds to it; raises Fault where it may not go on.

        `now` is monotonic; `identifier` is the key's value where an authorizer gives it.
        """
        key, member = self._key(call, identifier) if call.route.api_key_required else (None, None)
        rungs = ladder(call.api, call.stage, call.route, member)
        if self._buckets.take((_rated(call, rung, key) for rung in rungs), now) is not None:
            raise Fault(TOO_MANY)
        if member is None or key is None:
            return call
        self._count(call, member, key)
        return replace(call, identity={**call.identity, "apiKey": value_of(key), "apiKeyId": key.id})

    def _key(self, call: Call, identifier: str) -> tuple[ApiKey, Membership]:
        by_authorizer = getattr(call.api, "api_key_source", "HEADER") == "AUTHORIZER"
        value = identifier if by_authorizer else call.request.header("x-api-key")
        key = key_with(call.cloud, value)
        member = opened(call.cloud, call.stage, key)
        if key is None or member is None:
            raise Fault(INVALID_KEY)
        return key, member

    def _count(self, call: Call, member: Membership, key: ApiKey) -> None:
        counted = quota(call.route, member)
        if counted is None:
            return
        place = (member.plan.id, key.id)
        period = window(counted, call.at)
        first = self._first.setdefault(place, period) == period
        most = allowance(counted, first=first)
        of_period, used = self._counts.get(place, (period, 0))
        used = used if of_period == period else 0
        if most is not None and used >= most:
            raise Fault(QUOTA_SPENT)
        self._counts[place] = (period, used + 1)


def _rated(call: Call, limit: Limit, key: ApiKey | None) -> tuple[Hashable, float, float]:
    """A rung as a bucket."""
    return _name(call, limit, key), _number(limit.rate), _number(limit.burst)


def _number(value: Maybe[float]) -> float:
    """A limit that is not known holds nobody up, nor does -1 (§3.1)."""
    return float("inf") if isinstance(value, Unknown) or value < 0 else value


def _name(call: Call, limit: Limit, key: ApiKey | None) -> Hashable:
    """Who shares a rung's bucket (the table of `engine.throttles`)."""
    method = (call.stage.id, call.route.path, call.route.http_method)
    key_id = key.id if key else ""
    return {
        "usage plan method": (limit.component, key_id, *method),
        "usage plan": (limit.component, key_id),
        "account default": (call.api.region,),
    }.get(limit.source, method)
