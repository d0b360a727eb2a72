"""Records of things that calls have ended: AWS describes them for a while longer, and clients wait for that state."""

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from netful.account.reading import Record

K = TypeVar("K")
_REMEMBERED = 1000


class Ended(Generic[K]):
    """The last records since the account started, by a key of each."""

    def __init__(self) -> None:
        self._records: dict[K, Record] = {}

    def __iter__(self) -> Iterator[Record]:
        return iter([*self._records.values()])

    def get(self, key: K) -> Record | None:
        """Return the record with a key."""
        return self._records.get(key)

    def remember(self, records: Mapping[K, Record]) -> None:
        """Remember records."""
        self._records = dict([*{**self._records, **records}.items()][-_REMEMBERED:])
