"""Token buckets: a request takes one token of each of its buckets, or of none (api-gateway §3.1).

A bucket begins full with its burst, never holds more, and fills at its rate. All buckets of a request are checked before
a token is taken, so a request that one bucket refuses takes no token from the others.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

from netful.model.core import Frozen


class Rated(Frozen):
    """A bucket by its name: the tokens that it gets per second, and those that it holds. `level` is its rung on the ladder."""

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
        """Add the tokens for the time that has passed; return all tokens of the bucket."""
        self.tokens = min(self.burst, self.tokens + (now - self.at) * self.rate)
        self.at = now
        return self.tokens


def take(buckets: Iterable[Bucket], now: float) -> Bucket | None:
    """Take a token of each bucket, at a monotonic time. If a bucket has no token, take nothing and return that bucket."""
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
        """Return the bucket with a name, with its current rate and burst: the template may have changed.

        One that could hold nothing until now begins full, as a new one does.
        """
        known = self._buckets.get(rated.name)
        if known is None or not known[1].burst:
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
