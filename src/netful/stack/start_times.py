"""Times of a stack's start: each piece of work with its begin and end, by the clock that all processes of the machine share."""

import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class StartTimes:
    """The pieces of work, in the order of their begin. Some of them run at once."""

    pieces: list[tuple[str, float, float]] = field(default_factory=list)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Measure a piece of work."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self.pieces.append((name, begun, time.monotonic()))

    async def during(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Do a piece of work, and measure it."""
        with self.of(name):
            await work

    def to_json(self) -> list[dict[str, object]]:
        """Return the pieces as plain data."""
        ordered = sorted(self.pieces, key=lambda piece: piece[1])
        return [{"name": name, "begun": begun, "ended": ended} for name, begun, ended in ordered]
