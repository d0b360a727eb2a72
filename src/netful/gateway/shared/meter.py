"""Meter of processes that count together (the rules of `gateway.shared`)."""

import asyncio
import re
import time
from collections import Counter
from dataclasses import replace
from typing import Any, Literal

from netful.engine.http.gateway_errors import KEY_TOO_MANY, QUOTA_SPENT, TOO_MANY, GatewayAnswer
from netful.engine.usage.quotas import Spent, allowance, day_of, window
from netful.gateway.admission.buckets import Rated
from netful.gateway.admission.meter import Admission, Counted, Meter, bucket_entry, is_of_key, quota_entry, words
from netful.gateway.calls.call_stage import LATER, Later
from netful.gateway.shared.leases import Lease
from netful.gateway.shared.link import AwayError, Link, SpoiledError

_KEPT_SECONDS = 100 * 86_400  # lifetime of a month's count, and of AWS's counts by day: 90 days
_DAY = re.compile(rb"[0-9]{1,9}\+?")
_OF_PERIOD = "+"  # suffix of a day's number: the use of the period at that time
_SHUT_SECONDS = 0.05  # longest time that a refusal holds before the server is asked again
_REFUSED, _GRANTED = 0, 1


class SharedMeter(Meter):
    """Counter at a Valkey server. While the server is away, this process counts by itself, within its share of `processes`."""

    def __init__(self, link: Link, processes: int) -> None:
        super().__init__()
        self.link = link
        self._processes = processes
        self._leases: dict[str, Lease] = {}
        self._counted: dict[str, Counted] = {}
        self._uncounted: Counter[tuple[Counted, str, int]] = Counter()  # by quota, period and day, while it was away

    def admission(self, rungs: tuple[Rated, ...], counted: Counted | None, now: float) -> Admission:
        """Return the admission for a ladder."""
        shares = tuple(
            replace(r, rate=r.rate / self._processes, burst=max(r.burst / self._processes, 1)) for r in rungs
        )
        alone = super().admission(shares, counted, now)
        if counted is not None:
            self._counted[self.count_key(counted, "")] = counted
        return _SharedAdmission(self, tuple(map(self._lease, rungs)), counted, alone)

    def change(self) -> None:
        """Drop the leases of buckets whose limits may have changed."""
        self._leases.clear()
        self._counted.clear()

    def count_key(self, counted: Counted, period: str) -> str:
        """Return the key of the count of a quota."""
        return self.link.name("quota", counted.plan_id, counted.key_id, period)

    def first_key(self, counted: Counted) -> str:
        """Return the key of the first period in which an API key was used."""
        return self.link.name("first", counted.plan_id, counted.key_id)

    def days_key(self, counted: Counted) -> str:
        """Return the key of an API key's use by day."""
        return self.link.name("usage", counted.plan_id, counted.key_id)

    async def spent(self, counted: Counted) -> Spent:
        """Return the use of an API key, from the server."""
        try:
            kept = await self.link.ask(lambda: self.link.client.hgetall(self.days_key(counted)))
            first = await self.link.ask(lambda: self.link.client.get(self.first_key(counted)))
        except AwayError as error:
            raise ConnectionError from error
        numbers = {
            name.decode(): int(value) for name, value in kept.items() if _DAY.fullmatch(name) and value.isdigit()
        }
        days = {int(name.rstrip(_OF_PERIOD)) for name in numbers}
        by_day = {day: (numbers.get(f"{day}", 0), numbers.get(f"{day}{_OF_PERIOD}", 0)) for day in days}
        return Spent(by_day, first.decode(errors="replace") if first else "")

    async def grant(self, counted: Counted, at: float, remaining: int) -> None:
        """Set the requests that remain, at the server."""
        period, link = window(counted.quota, at), self.link
        try:
            await link.ask(lambda: link.client.set(self.first_key(counted), period, nx=True))
            first = await link.ask(lambda: link.client.get(self.first_key(counted)))
            used = (allowance(counted.quota, first=first == period.encode()) or 0) - remaining
            await link.ask(lambda: link.client.set(self.count_key(counted, period), used, ex=_KEPT_SECONDS))
            day = f"{day_of(at)}{_OF_PERIOD}"
            await link.ask(lambda: link.client.hset(self.days_key(counted), day, str(used)))
        except AwayError as error:
            raise ConnectionError from error

    async def status(self, now: float) -> dict[str, Any]:
        """Return buckets and quotas, from the server; while it is away, those of this process."""
        try:
            await self.link.ping()
            return {"buckets": await self._bucket_entries(), "quotas": await self._quota_entries()}
        except AwayError:
            return {**await super().status(now), "away": True}

    async def _bucket_entries(self) -> list[dict[str, Any]]:
        leases = [*self._leases.values()]
        numbers = [number for lease in leases for number in (lease.rated.rate, lease.rated.burst)]
        tokens = await self.link.ask(lambda: self.link.look([lease.key for lease in leases], numbers)) if leases else []
        return [bucket_entry(lease.rated, float(left)) for lease, left in zip(leases, tokens, strict=True)]

    async def _quota_entries(self) -> list[dict[str, Any]]:
        periods = [(counted, window(counted.quota, time.time())) for counted in self._counted.values()]
        keys = [self.count_key(counted, period) for counted, period in periods]
        used = await self.link.ask(lambda: self.link.client.mget(keys)) if keys else []
        return [
            quota_entry(counted, period, int(n) if n and n.isdigit() else 0)
            for (counted, period), n in zip(periods, used, strict=True)
        ]

    def count_later(self, counted: Counted, at: float) -> None:
        """Count a request for the time when the server is back."""
        self._uncounted[counted, window(counted.quota, at), day_of(at)] += 1

    async def count_now(self) -> None:
        """Send the counts of the time when the server was away."""
        while self._uncounted:
            (counted, period, day), number = self._uncounted.popitem()
            pipe = self.link.client.pipeline(transaction=False)
            pipe.incrby(self.count_key(counted, period), number)
            pipe.expire(self.count_key(counted, period), _KEPT_SECONDS)
            pipe.hincrby(self.days_key(counted), str(day), number)
            pipe.expire(self.days_key(counted), _KEPT_SECONDS)
            try:
                await self.link.ask(pipe.execute)
            except SpoiledError:
                continue
            except AwayError:
                self._uncounted[counted, period, day] += number
                return

    def _lease(self, rated: Rated) -> Lease:
        key = self.link.name("bucket", words(rated.name))
        lease = self._leases.get(key)
        if lease is None or lease.rated != rated:
            lease = self._leases[key] = Lease(rated, key)
        return lease


class _SharedAdmission:
    def __init__(
        self, meter: SharedMeter, leases: tuple[Lease, ...], counted: Counted | None, alone: Admission
    ) -> None:
        self._meter = meter
        self._leases = leases
        self._counted = counted
        self._alone = alone
        self._asking: asyncio.Future[None] | None = None
        self._by_the_dozen = counted is None and all(lease.most > 1 for lease in leases)

    def at_once(self, now: float, _at: float) -> GatewayAnswer | Literal[Later.LATER] | None:
        for lease in self._leases:
            if now < lease.shut_until:
                return _throttled(lease)
        return None if self._taken(now) else LATER

    async def admit(self, now: float, at: float) -> GatewayAnswer | None:
        found = self.at_once(now, at)
        return await self._ask(now, at) if found is LATER else found

    def _taken(self, now: float) -> bool:
        """Use a token of each bucket; return whether all were in hand."""
        if self._counted is not None or not all(lease.in_hand(now) for lease in self._leases):
            return False
        for lease in self._leases:
            lease.take()
        return True

    async def _ask(self, now: float, at: float) -> GatewayAnswer | None:
        """Ask the server. Requests that come while another one fetches tokens for all wait for its answer."""
        while self._asking is not None:
            await self._asking
            if self._taken(now):
                return None
            shut = next((lease for lease in self._leases if now < lease.shut_until), None)
            if shut is not None:
                return _throttled(shut)
        if not self._by_the_dozen:
            return await self._fetch(now, at)
        self._asking = asyncio.get_running_loop().create_future()
        try:
            return await self._fetch(now, at)
        finally:
            asking, self._asking = self._asking, None
            asking.set_result(None)

    async def _fetch(self, now: float, at: float) -> GatewayAnswer | None:
        mine = [lease for lease in self._leases if lease.in_hand(now)]
        for lease in mine:
            lease.take()
        wanted = [lease for lease in self._leases if lease not in mine]
        try:
            found = await self._use(wanted, at)
        except AwayError:
            alone = await self._alone.admit(now, at)
            if alone is None and self._counted is not None:
                self._meter.count_later(self._counted, at)
            return alone
        await self._meter.count_now()
        if found[0] == _GRANTED:
            for lease, tokens in zip(wanted, found[1:], strict=True):
                lease.give(tokens - 1, now)
            return None
        if found[0] != _REFUSED:
            return QUOTA_SPENT
        for lease in mine:
            lease.put_back()
        shut = wanted[found[1] - 1]
        shut.shut_until = now + min(found[2] / 1e6, _SHUT_SECONDS)
        return _throttled(shut)

    async def _use(self, leases: list[Lease], at: float) -> list[int]:
        link, counted = self._meter.link, self._counted
        keys = [lease.key for lease in leases]
        numbers: list[Any] = [len(leases)]
        for lease in leases:
            numbers += (lease.rated.rate, lease.rated.burst, lease.wanted)
        if counted is not None:
            period, most = window(counted.quota, at), allowance(counted.quota, first=False)
            first = allowance(counted.quota, first=True)
            less = 0 if most is None or first is None else most - first
            meter = self._meter
            keys += (meter.count_key(counted, period), meter.first_key(counted), meter.days_key(counted))
            numbers += (period, -1 if most is None else most, less, _KEPT_SECONDS, day_of(at))
        found: list[int] = await link.ask(lambda: link.use(keys, numbers))
        return found


def _throttled(lease: Lease) -> GatewayAnswer:
    return KEY_TOO_MANY if is_of_key(lease.rated) else TOO_MANY
