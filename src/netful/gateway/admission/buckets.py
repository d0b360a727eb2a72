"""Token buckets: a request takes one token of each of its buckets, or of none (api-gateway §3.1).

A bucket holds its burst at first and never more, and fills at its rate. All buckets of a request are looked at before
a token is taken, so a request that one of them refuses costs the others nothing.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Rated:
    """A bucket by its name: the tokens it gets a second, and those it holds. `level` is its rung on the ladder."""

    name: Hashable
    rate: float
    burst: float
    level: str = ""


@dataclass(slots=True)
class Bucket:
    """A bucket at the time of its last use."""

    rate: float
    burst: float
    tokens: float
    at: float

    def fill(self, now: float) -> float:
        """Add the tokens of the time that has passed; return all there are."""
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        return self.tokens


def take(buckets: Iterable[Bucket], now: float) -> Bucket | None:
    """Take a token of each bucket, at a monotonic time; where one has none, take nothing and return that bucket."""
    for bucket in buckets:
        tokens = bucket.tokens + (now - bucket.at) * bucket.rate
        bucket.tokens = tokens = min(tokens, bucket.burst)
        bucket.at = now
        if tokens < 1 or not bucket.rate:
            return bucket
    for bucket in buckets:
        bucket.tokens -= 1
    return None


class Buckets:
    """All buckets of a gateway, by name, each made at its first use."""

    def __init__(self) -> None:
        self._buckets: dict[Hashable, tuple[Rated, Bucket]] = {}

    def bucket(self, rated: Rated, now: float) -> Bucket:
        """Return the bucket of a name, with its present rate and burst: the template may have changed."""
        known = self._buckets.get(rated.name)
        if known is None:
            bucket = Bucket(rated.rate, rated.burst, rated.burst, now)
        else:
            bucket = known[1]
            bucket.fill(now)
            bucket.rate, bucket.burst = rated.rate, rated.burst
            bucket.tokens = min(bucket.tokens, rated.burst)
        self._buckets[rated.name] = rated, bucket
        return bucket

    def __iter__(self) -> Iterator[tuple[Rated, Bucket]]:
        return iter(self._buckets.values())
