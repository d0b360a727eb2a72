"""Answers of a pure function by its questions, a bounded number of them: clients choose the questions."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Remembered(dict[K, V], Generic[K, V]):
    """At most `most` answers. When there are more, all are forgotten: that is rare, and looking one up costs nothing more."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def keep(self, question: K, answer: V) -> V:
        """Remember an answer, and give it back."""
        if len(self) >= self._most:
            self.clear()
        self[question] = answer
        return answer
