"""Computation by all processors: forks of this process, which share what it has read.

The items are dealt to the forks in turns, so that their results come back in order while they are computed. A fork that ends
early leaves its remaining items to this process. A process with threads does not fork: a copy would have locks that nothing
opens.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from itertools import cycle
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_FEWEST = 200
"""The number of items below which forks cost more than they save."""

_TOGETHER = 20
"""The number of items whose results are sent at once."""

T = TypeVar("T")
R = TypeVar("R")


def mapped(function: Callable[[T], R], items: Sequence[T]) -> Iterator[R]:
    """Yield the result of each item, in order. The first is computed here, so that the forks share the indexes that it makes."""
    processors = len(os.sched_getaffinity(0))
    if len(items) < _FEWEST or processors == 1 or threading.active_count() > 1:
        yield from map(function, items)
        return
    yield function(items[0])
    batches = [items[start : start + _TOGETHER] for start in range(1, len(items), _TOGETHER)]
    readers = _forks(function, batches, processors)
    for batch, reader in zip(batches, cycle(readers)):  # the readers have no end
        try:
            yield from reader.recv()
        except (EOFError, OSError):
            yield from map(function, batch)


def _forks(function: Callable[[T], R], batches: Sequence[Sequence[T]], number: int) -> list[Connection]:
    """Return a pipe from each fork, in the order of its first batch."""
    from multiprocessing import get_context  # noqa: PLC0415 (few answers are large)

    context, readers = get_context("fork"), []
    for first in range(number):
        reader, writer = context.Pipe(duplex=False)
        readers.append(reader)
        given = (function, batches[first::number], writer, tuple(readers))
        context.Process(target=_compute, args=given, daemon=True).start()
        writer.close()
    return readers


def _compute(
    function: Callable[[T], R], batches: Sequence[Sequence[T]], writer: Connection, readers: Sequence[Connection]
) -> None:
    """Send the results of each batch, until one fails or nothing reads them. The reader computes what it lacks, errors included."""
    for reader in readers:
        reader.close()
    with suppress(Exception, KeyboardInterrupt):
        for batch in batches:
            writer.send([function(item) for item in batch])
