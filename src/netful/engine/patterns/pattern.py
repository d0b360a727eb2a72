"""Pattern: a regular expression that matches in linear time, or that says that it cannot.

Rules:
1. RE2 matches: its time is linear in the text, for every expression.
2. RE2 has no lookaround, no back-references, no possessive or atomic groups, no more than 1,000 repetitions. Such an expression
   backtracks in Python's engine, and only where the work is done apart (`Allowance.apart`).
3. A match in a turn pays before it starts: for the program times the text, which is RE2's worst case.
"""

import re
import warnings
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any, Protocol

import re2

from netful.engine.effort.allowance import Allowance, BeyondAllowanceError
from netful.engine.patterns.spelling import PatternError, Spelled, spelled
from netful.model.core import Frozen

_LONGEST = 1024  # characters of an expression that is compiled in a turn
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


class Pattern(Frozen):
    """A regular expression that `engine` matches: one of RE2, or one that backtracks."""

    engine: Any
    program: int

    @property
    def groups(self) -> int:
        """The number of groups."""
        groups: int = self.engine.groups
        return groups

    def finds(self, text: str, work: Allowance) -> bool:
        """Return whether a part of a text matches."""
        return self.search(text, work) is not None

    def fits(self, text: str, work: Allowance) -> bool:
        """Return whether the whole text matches."""
        self._pay(text, work)
        return self.engine.fullmatch(_encodable(text)) is not None

    def search(self, text: str, work: Allowance) -> Match | None:
        """Return the first match."""
        self._pay(text, work)
        found: Match | None = self.engine.search(_encodable(text))
        return found

    def matches(self, text: str, work: Allowance) -> Iterator[Match]:
        """Yield all matches. Each may read the rest of the text, and pays for it."""
        self._pay(text, work)
        for found in self.engine.finditer(_encodable(text)):
            if not work.apart:
                work.spend(_MATCH + (len(text) - found.start() >> 4))
            yield found

    def _pay(self, text: str, work: Allowance) -> None:
        if not work.apart:
            work.spend(_CALL + (len(text) * (8 + self.program * (1 + self.groups)) >> 7))


def java_pattern(expression: str, work: Allowance) -> Pattern:
    """Return the pattern of an expression of Java. Raise PatternError, or BeyondAllowanceError if it needs more than a turn."""
    return _pattern(_of_java, expression, work)


def fits(expression: str, text: str, work: Allowance) -> bool:
    """Return whether a whole text matches an expression of Java; raise the errors of `java_pattern`."""
    return java_pattern(expression, work).fits(text, work)


def fits_if_valid(expression: str, text: str, work: Allowance) -> bool:
    """Return whether a whole text matches an expression of Java that is one; raise BeyondAllowanceError."""
    try:
        return fits(expression, text, work)
    except PatternError:
        return False


def schema_pattern(expression: str, work: Allowance) -> Pattern:
    """Return the pattern of an expression of JSON Schema, which is JavaScript's; raise the errors of `java_pattern`."""
    return _pattern(_of_schema, expression, work)


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


class _Compiled(Frozen):
    """An expression in RE2; None if RE2 lacks a part of it."""

    written: Spelled
    linear: Pattern | None


@lru_cache(maxsize=1024)
def _of_java(expression: str) -> _Compiled:
    return _compiled(spelled(expression))


@lru_cache(maxsize=1024)
def _of_schema(expression: str) -> _Compiled:
    return _compiled(spelled(expression, nested_classes=False))


def _compiled(written: Spelled) -> _Compiled:
    try:
        linear = _linear(written.re2)
    except PatternError:
        return _Compiled(written, None)
    return _Compiled(written, Pattern(linear, linear.programsize))


def _pattern(compiled: Callable[[str], _Compiled], expression: str, work: Allowance) -> Pattern:
    if len(expression) > _LONGEST and not work.apart:
        raise BeyondAllowanceError
    found = compiled(expression)
    if found.linear is not None:
        return found.linear
    if not work.apart:
        raise BeyondAllowanceError
    return Pattern(_backtracking(found.written.python), 0)


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


@lru_cache(maxsize=256)
def _backtracking(expression: str) -> re.Pattern[str]:
    try:
        with warnings.catch_warnings(action="ignore"):  # of Python's plans for its own expressions
            return re.compile(expression, re.ASCII)
    except (re.error, OverflowError, RecursionError) as error:
        raise PatternError(str(error)) from error
