"""Records of a stream."""

from typing import Any, Protocol


class Record(Protocol):
    """A record in the function's format, its place in the shard, and its arrival time (seconds of the epoch)."""

    @property
    def content(self) -> dict[str, Any]:
        """The record in the function's format."""

    @property
    def sequence_number(self) -> str:
        """Its place in the shard."""

    @property
    def at(self) -> float:
        """Its arrival time."""
