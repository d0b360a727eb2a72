"""Rows of text in columns that are as wide as their longest cell."""

import unicodedata
from collections.abc import Iterable, Iterator

from netful.render.language import spoken


def columns(rows: Iterable[tuple[str, ...]], indent: str = "  ") -> Iterator[str]:
    """Return one line for each row, with aligned cells."""
    table = [*rows]
    widths = [max(map(width, column)) for column in zip(*table, strict=True)]
    for row in table:
        yield indent + "  ".join(map(padded, row, widths)).rstrip()


def width(text: str) -> int:
    """Return the cells of a terminal that a text takes: two for a character of Chinese, Japanese or Korean."""
    return len(text) if text.isascii() else sum(1 + (unicodedata.east_asian_width(one) in "FW") for one in text)


def padded(text: str, cells: int) -> str:
    """Return a text with spaces after it, so that it takes as many cells."""
    return text + " " * (cells - width(text))


def counted(number: int, noun: str) -> str:
    """Return a number with its noun."""
    return spoken(f"{number} {noun}" + "s" * (number != 1))


def block(title: str, rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    """Yield a title and one line for each row; nothing without rows."""
    lines = [*columns(rows)]
    if lines:
        yield spoken(title)
        yield from lines
