"""Rows of text in columns that are as wide as their longest cell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator


def columns(rows: Iterable[tuple[str, ...]], indent: str = "  ") -> Iterator[str]:
    """Return one line for each row, with aligned cells."""
    table = [*rows]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    for row in table:
        yield indent + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def block(title: str, rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield a title and one line for each row; nothing without rows."""
    lines = [*columns(rows)]
    if lines:
        yield title
        yield from lines
