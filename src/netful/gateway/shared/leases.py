"""Tokens that a process has taken from a shared bucket and not used yet.

The number of tokens taken at once follows the use: twice as many if the last ones were used up early, half if some were
lost. From a bucket that fills slowly, a process takes one token at a time.
"""

from netful.gateway.admission.buckets import Rated

LIFE_SECONDS = 0.05
_AT_MOST_SECONDS = 0.02  # at most the tokens that fill the bucket in this time are taken at once
_AT_MOST_SHARE = 50  # and at most one part in this many of its burst


class Lease:
    """Tokens in hand of one bucket. Before `shut_until` the bucket has no token."""

    def __init__(self, rated: Rated, key: str) -> None:
        self.rated = rated
        self.key = key
        self.wanted = 1
        self.shut_until = 0.0
        self.most = max(1, int(min(rated.rate * _AT_MOST_SECONDS, rated.burst / _AT_MOST_SHARE)))
        self._tokens = 0
        self._ends = 0.0

    def in_hand(self, now: float) -> bool:
        """Return whether a token is in hand."""
        if self._tokens and now >= self._ends:
            self._tokens = 0
            self.wanted = max(1, self.wanted // 2)
        return self._tokens > 0

    def take(self) -> None:
        """Use a token that is in hand."""
        self._tokens -= 1

    def put_back(self) -> None:
        """Put back a token that was not used."""
        self._tokens += 1

    def give(self, tokens: int, now: float) -> None:
        """Add tokens."""
        if now < self._ends:
            self.wanted = min(self.most, self.wanted * 2)
        self._tokens += tokens
        self._ends = now + LIFE_SECONDS
