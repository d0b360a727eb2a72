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
    """A bucket as it was when it was last looked at."""

    rate: float
    burst: float
    tokens: float
    at: float

    def fill(self, now: float) -> float:
        """The tokens there are now."""
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        return self.tokens


def take(buckets: Iterable[Bucket], now: float) -> Bucket | None:
    """Take a token of each, at a monotonic time; the first that has none, and then nothing is taken."""
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
    """All buckets of a gateway, by name; one is made when it is first asked for."""

    def __init__(self) -> None:
        self._buckets: dict[Hashable, tuple[Rated, Bucket]] = {}

    def bucket(self, rated: Rated, now: float) -> Bucket:
        """The bucket of a name, with the numbers that hold now: the template may have changed."""
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
