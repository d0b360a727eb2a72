"""Limits on running invocations and on new environments: Lambda's admission (lambda §4.1-§4.3).

| scope | limit | refused with |
|---|---|---|
| a function with reserved concurrency | that number at a time, less its provisioned part | `ReservedFunctionConcurrentInvocationLimitExceeded` |
| | ten times that number a second | `ReservedFunctionInvocationRateLimitExceeded` |
| all others together | the account's limit less all that is reserved | `ConcurrentInvocationLimitExceeded` |
| | ten times the account's limit a second | `FunctionInvocationRateLimitExceeded` |
| new environments of one function | 1,000 at once, 100 more each second | `ConcurrentInvocationLimitExceeded` |
| provisioned concurrency | its number at a time, ten times that number a second | continues as on-demand |

Pure except for its counters; the caller supplies the clock.
"""

from collections.abc import Callable
from typing import Final

from netful.functions.invocations.invocation import throttled

_RATE_PER_CONCURRENCY = 10
_BURST_OF_ENVIRONMENTS: Final = 1000
_ENVIRONMENTS_PER_SECOND: Final = 100.0
MINIMUM_UNRESERVED = 100


class _Bucket:
    """A token bucket that is full at first."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate, self._burst, self._tokens, self._at = rate, burst, burst, now

    def take(self, now: float) -> bool:
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True


class Share:
    """A part of the account's concurrency, and its current use."""

    __slots__ = ("bucket", "running", "size")

    def __init__(self, size: int, now: float, running: int = 0) -> None:
        self.size = size
        self.running = running
        rate = size * _RATE_PER_CONCURRENCY
        self.bucket = _Bucket(rate, rate, now)

    def resized(self, size: int, now: float) -> None:
        """Change the size; running invocations continue."""
        if size != self.size:
            self.size = size
            rate = size * _RATE_PER_CONCURRENCY
            self.bucket = _Bucket(rate, rate, now)

    def end(self) -> None:
        """Record the end of an invocation."""
        self.running -= 1


class Scaling:
    """Counts the invocations of an account."""

    def __init__(self, limit: int, clock: Callable[[], float]) -> None:
        self.limit = limit
        self._clock = clock
        self._shared = Share(limit, clock())
        self._reserved: dict[str, Share] = {}
        self._provisioned: dict[tuple[str, str], Share] = {}
        self._environments: dict[str, _Bucket] = {}
        self._sizes: dict[str, int] = {}

    @property
    def unreserved(self) -> int:
        """The rest of the account's limit, for functions without reserved concurrency."""
        return self.limit - sum(self._sizes.values())

    def reserve(self, function_id: str, size: int | None) -> None:
        """Set a function's reserved concurrency; None removes it."""
        if size is None:
            self._sizes.pop(function_id, None)
        else:
            self._sizes[function_id] = size
        self._share_out()

    def provision(self, function_id: str, version: str, size: int) -> None:
        """Set the provisioned concurrency of a version."""
        if size:
            self._provisioned.setdefault((function_id, version), Share(size, self._clock())).resized(
                size, self._clock()
            )
        else:
            self._provisioned.pop((function_id, version), None)
        self._share_out()

    def provisioned(self, function_id: str) -> int:
        """Return the provisioned concurrency of all of a function's versions."""
        return sum(share.size for (owner, _), share in self._provisioned.items() if owner == function_id)

    def begin(self, function_id: str, version: str) -> Share:
        """Admit an invocation and return the share whose `end` must be called. Raises InvokeRefused, a 429."""
        now = self._clock()
        if self._provisioned:
            provisioned = self._provisioned.get((function_id, version))
            if provisioned is not None and provisioned.running < provisioned.size and provisioned.bucket.take(now):
                provisioned.running += 1
                return provisioned
        own = self._reserved.get(function_id)
        share, prefix = (self._shared, "") if own is None else (own, "ReservedFunction")
        if share.running >= share.size:
            raise throttled(f"{prefix}ConcurrentInvocationLimitExceeded")
        if not share.bucket.take(now):
            raise throttled(f"{prefix or 'Function'}InvocationRateLimitExceeded")
        share.running += 1
        return share

    def scale_up(self, function_id: str) -> None:
        """Admit another environment of a function. Raises InvokeRefused if they are requested too fast."""
        now = self._clock()
        bucket = self._environments.get(function_id)
        if bucket is None:
            bucket = _Bucket(_ENVIRONMENTS_PER_SECOND, _BURST_OF_ENVIRONMENTS, now)
            self._environments[function_id] = bucket
        if not bucket.take(now):
            raise throttled("ConcurrentInvocationLimitExceeded")

    def _share_out(self) -> None:
        now = self._clock()
        for function_id, size in self._sizes.items():
            left = max(size - self.provisioned(function_id), 0)
            self._reserved.setdefault(function_id, Share(left, now)).resized(left, now)
        for function_id in self._reserved.keys() - self._sizes.keys():
            del self._reserved[function_id]
        free = sum(share.size for (owner, _), share in self._provisioned.items() if owner not in self._sizes)
        self._shared.resized(max(self.unreserved - free, 0), now)
