"""Tumbling windows over a shard: a function's result for a window is its state for the next batch (lambda §4.5).

A window begins at a multiple of its length. A record belongs to the window of its arrival time. At the window's end
the function is invoked once more, without records. A state above 1 MB ends its window early.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from netful.functions.events.event_sources import Record
from netful.model.core import instant

LARGEST_STATE = 1 << 20


class TumblingWindows:
    """The windows of a shard, one after the other."""

    def __init__(self, seconds: int, shard: str, arn: str) -> None:
        self._seconds = seconds
        self._shard = shard
        self._arn = arn
        self._start: int | None = None
        self._state: dict[str, Any] = {}
        self.ends_early = False

    def parts(self, batch: Sequence[Record]) -> Iterator[list[Record]]:
        """Yield the records of each window, in order."""
        part: list[Record] = []
        for record in batch:
            if part and self._start_of(record.at) != self._start_of(part[0].at):
                yield part
                part = []
            part.append(record)
        if part:
            yield part

    @property
    def is_open(self) -> bool:
        """Return whether a window is open."""
        return self._start is not None

    def is_over(self, moment: float) -> bool:
        """Return whether the open window has ended at a moment."""
        return self._start is not None and moment >= self._start + self._seconds

    def open(self, moment: float) -> None:
        """Open the window of a moment, unless it is open."""
        if self._start is None:
            self._start = self._start_of(moment)

    def close(self) -> None:
        """Forget the window."""
        self._start, self._state, self.ends_early = None, {}, False

    def take(self, state: Any) -> None:
        """Keep a function's answer as the state."""
        self._state = state if isinstance(state, dict) else {}
        self.ends_early = len(json.dumps(self._state)) > LARGEST_STATE

    def members(self, *, final: bool) -> dict[str, Any]:
        """Return an event's members beside its records."""
        assert self._start is not None
        return {
            "window": {
                "start": instant(self._start, "seconds"),
                "end": instant(self._start + self._seconds, "seconds"),
            },
            "state": self._state,
            "shardId": self._shard,
            "eventSourceARN": self._arn,
            "isFinalInvokeForWindow": final,
            "isWindowTerminatedEarly": self.ends_early,
        }

    def _start_of(self, moment: float) -> int:
        return int(moment // self._seconds) * self._seconds
