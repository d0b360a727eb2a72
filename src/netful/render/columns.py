"""Rows of text in columns that are as wide as they need to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def columns(rows: Iterable[tuple[str, ...]], indent: str = "  ") -> Iterator[str]:
    """A line a row, its cells under one another."""
    table = [*rows]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    for row in table:
        yield indent + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
