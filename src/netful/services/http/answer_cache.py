"""Bounded cache of a pure function's results. Clients choose the arguments, so their number is limited."""

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(dict[K, V], Generic[K, V]):
    """At most `most` results. When the cache is full it is emptied, which is rare and makes lookups as cheap as a dict's."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def keep(self, question: K, answer: V) -> V:
        """Store an answer and return it."""
        if len(self) >= self._most:
            self.clear()
        self[question] = answer
        return answer
