"""Pattern: a regular expression that matches in linear time, or that says that it cannot.

Rules:
1. RE2 matches: its time is linear in the text, for every expression.
2. RE2 has no lookaround, no back-references, no possessive or atomic groups, no more than 1,000 repetitions. Such an expression
   backtracks in Python's engine, and only where the work is done apart (`Allowance.apart`).
3. A match in a turn pays before it starts: for the program times the text, which is RE2's worst case.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Protocol

import re2

from netful.engine.effort.allowance import Allowance, BeyondAllowanceError
from netful.engine.patterns.spelling import PatternError, Spelled, spelled

_CALL = 200  # units of a match of anything
_MATCH = 100  # units of one of many matches
_HALVES = re.compile("[\ud800-\udfff]")
_LARGEST_PROGRAM = 1 << 20  # bytes of memory for an expression


class Match(Protocol):
    """A match, as in the module `re`."""

    def start(self) -> int:
        """Return the position of its first character."""

    def end(self) -> int:
        """Return the position after its last character."""

    def __getitem__(self, group: int) -> str | None:
        """Return the text of a group; None if it took no part."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression; `linear` is None if RE2 cannot match it, and `backtracking` if RE2 can."""

    groups: int
    linear: Any
    backtracking: re.Pattern[str] | None

    def finds(self, text: str, work: Allowance) -> bool:
        """Return whether a part of a text matches."""
        return self.search(text, work) is not None

    def fits(self, text: str, work: Allowance) -> bool:
        """Return whether the whole text matches."""
        return self._engine(text, work).fullmatch(_encodable(text)) is not None

    def search(self, text: str, work: Allowance) -> Match | None:
        """Return the first match."""
        found: Match | None = self._engine(text, work).search(_encodable(text))
        return found

    def matches(self, text: str, work: Allowance) -> Iterator[Match]:
        """Yield all matches. Each may read the rest of the text, and pays for it."""
        for found in self._engine(text, work).finditer(_encodable(text)):
            if not work.apart:
                work.spend(_MATCH + (len(text) - found.start() >> 4))
            yield found

    def _engine(self, text: str, work: Allowance) -> Any:
        if self.linear is None:
            if not work.apart:
                raise BeyondAllowanceError
            return self.backtracking
        if not work.apart:
            work.spend(_CALL + (len(text) * (8 + self.linear.programsize * (1 + self.groups)) >> 7))
        return self.linear


@lru_cache(maxsize=1024)
def java_pattern(expression: str) -> Pattern:
    """Return the pattern of an expression of Java; raise PatternError."""
    return _pattern(spelled(expression))


@lru_cache(maxsize=1024)
def schema_pattern(expression: str) -> Pattern:
    """Return the pattern of an expression of JSON Schema, which is JavaScript's; raise PatternError."""
    return _pattern(spelled(expression, nested_classes=False))


@lru_cache(maxsize=1024)
def plain_pattern(expression: str, *, folds: bool = False) -> Any:
    """Return RE2's own pattern of an expression, for services whose expressions never backtrack; raise PatternError."""
    return _linear(expression, folds=folds)


@lru_cache(maxsize=1024)
def bytes_pattern(expression: bytes) -> Any:
    """Return RE2's own pattern for texts of bytes; raise PatternError."""
    return _linear(expression)


def _encodable(text: str) -> str:
    """Return a text of the same length without halves of surrogate pairs."""
    return text if text.isascii() else _HALVES.sub("\ufffd", text)


def _pattern(written: Spelled) -> Pattern:
    try:
        linear = _linear(written.re2)
    except PatternError:
        backtracking = _backtracking(written.python)
        return Pattern(backtracking.groups, None, backtracking)
    return Pattern(linear.groups, linear, None)


def _linear(expression: str | bytes, *, folds: bool = False) -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = _LARGEST_PROGRAM
    options.case_sensitive = not folds
    if isinstance(expression, bytes):
        options.encoding = re2.Options.Encoding.LATIN1
        options.never_capture = True
    try:
        return re2.compile(expression, options)
    except (re2.error, UnicodeEncodeError) as error:
        raise PatternError(str(error)) from error


def _backtracking(expression: str) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings(action="ignore"):  # of Python's plans for its own expressions
            return re.compile(expression, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(str(error)) from error
