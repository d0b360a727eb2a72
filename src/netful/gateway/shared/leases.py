"""Tokens that a process has taken from a shared bucket and not used yet.

How many are taken at once follows what was used: twice as many when the last were gone before their time, half when some
were lost. Of a bucket that fills slowly one is taken at a time.
"""

from __future__ import annotations

from netful.gateway.admission.buckets import Rated

LIFE_SECONDS = 0.05
_AT_MOST_SECONDS = 0.02  # of what a bucket gets are taken at once
_AT_MOST_SHARE = 50  # nor more than this part of its burst


class Lease:
    """Tokens in hand of one bucket. `shut_until`: there is no token before."""

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
