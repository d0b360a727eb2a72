"""Token buckets: a request takes one token of each of its buckets, or of none (api-gateway §3.1).

A bucket holds its burst at first and never more, and fills at its rate. All buckets of a request are looked at before
a token is taken, so a request that one of them refuses costs the others nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

_Rated = tuple[Hashable, float, float]
"""A bucket's name, the tokens it gets a second, and those it holds."""


@dataclass(slots=True)
class _Bucket:
    rate: float
    burst: float
    tokens: float
    at: float

    def fill(self, now: float) -> float:
        """The tokens there are now."""
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        return self.tokens


class Buckets:
    """All buckets of a gateway, by name; one is made when it is first asked for."""

    def __init__(self) -> None:
        self._buckets: dict[Hashable, _Bucket] = {}

    def take(self, wanted: Iterable[_Rated], now: float) -> Hashable | None:
        """Take a token of each, at a monotonic time; the name of the first that has none, and then nothing is taken."""
        buckets = [(name, self._bucket(name, rate, burst, now)) for name, rate, burst in wanted]
        for name, bucket in buckets:
            if bucket.fill(now) < 1 or not bucket.rate:
                return name
        for _, bucket in buckets:
            bucket.tokens -= 1
        return None

    def _bucket(self, name: Hashable, rate: float, burst: float, now: float) -> _Bucket:
        bucket = self._buckets.get(name)
        if bucket is None:
            bucket = self._buckets[name] = _Bucket(rate, burst, burst, now)
        elif (bucket.rate, bucket.burst) != (rate, burst):  # the template has changed
            bucket.fill(now)
            bucket.rate, bucket.burst = rate, burst
            bucket.tokens = min(bucket.tokens, burst)
        return bucket
