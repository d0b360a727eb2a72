"""Numbers for objects that the kernel identifies only by number: subnets, route tables, lists of groups.

A number is assigned once and stays for the life of the router. So a change of the cloud does not touch unchanged
parts: links keep their device group, connections their routing mark.
"""

from collections.abc import Hashable, Iterator
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Numbers(Generic[K]):
    """Assigns the next free number to each key at its first use."""

    def __init__(self, first: int = 1) -> None:
        self._first = first
        self._numbers: dict[K, int] = {}

    def __getitem__(self, key: K) -> int:
        return self._numbers.setdefault(key, self._first + len(self._numbers))

    def __contains__(self, key: K) -> bool:
        return key in self._numbers

    def __len__(self) -> int:
        return len(self._numbers)

    def items(self) -> Iterator[tuple[K, int]]:
        """Yield all keys with their numbers, in the order of the numbers."""
        return iter([*self._numbers.items()])
