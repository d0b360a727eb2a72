"""What a poller reads from a stream."""

from __future__ import annotations

from typing import Any, Protocol


class Record(Protocol):
    """A record as the function gets it, its place in the shard, and when it came (seconds of the epoch)."""

    @property
    def content(self) -> dict[str, Any]:
        """What the function gets."""

    @property
    def sequence_number(self) -> str:
        """Its place."""

    @property
    def at(self) -> float:
        """When it came."""
