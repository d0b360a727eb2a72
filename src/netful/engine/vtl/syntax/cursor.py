"""A position in a template's text that can advance."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from netful.engine.vtl.syntax import limits
from netful.engine.vtl.syntax.errors import TemplateError

SPACE = re.compile(r"[ \t\r\n]*")


class Cursor:
    """Position `at` in `source`. A cursor inside a string reports errors at that string, in its `outer` text."""

    __slots__ = ("_last", "at", "nesting", "outer", "source")

    def __init__(self, source: str, outer: Cursor | None = None) -> None:
        self.source = source
        self.at = 0
        self._last: dict[str, int] = {}
        self.outer = outer
        self.nesting: int = outer.nesting if outer else 0

    @property
    def ended(self) -> bool:
        """Return whether the position is after the last character."""
        return self.at >= len(self.source)

    @property
    def next(self) -> str:
        """Return the character at the position, or "" at the end."""
        return self.source[self.at : self.at + 1]

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Advance over the match of a pattern at the position."""
        found = pattern.match(self.source, self.at)
        if found:
            self.at = found.end()
        return found

    def take(self, literal: str) -> bool:
        """Advance over exactly this text, if it is at the position."""
        if not self.source.startswith(literal, self.at):
            return False
        self.at += len(literal)
        return True

    def take_between(self, begin: str, end: str) -> str | None:
        """Advance over a text between two others; None if it is not at the position, or has no end."""
        if not self.source.startswith(begin, self.at):
            return None
        at = self.source.find(end, self.at + len(begin)) if self._last_of(end) > self.at else -1
        if at < 0:
            return None
        found = self.source[self.at + len(begin) : at]
        self.at = at + len(end)
        return found

    def _last_of(self, end: str) -> int:
        """Return the last place of a text, which is looked for once."""
        if end not in self._last:
            self._last[end] = self.source.rfind(end)
        return self._last[end]

    def skip_space(self) -> None:
        """Advance over white space and line ends."""
        self.match(SPACE)

    def expect(self, literal: str) -> None:
        """Advance over white space and this text, which is required."""
        self.skip_space()
        if not self.take(literal):
            found = f"`{self.next}`" if self.next else "the end"
            raise self.error(f"expected `{literal}`, found {found}")

    def error(self, what: str, at: int | None = None, hint: str = "") -> TemplateError:
        """Return the error for this position, or for another one in the same text."""
        if self.outer:
            return self.outer.error(what, hint=hint)
        before = self.source[: self.at if at is None else at]
        line = before.count("\n") + 1
        return TemplateError(what, line=line, column=len(before) - before.rfind("\n"), hint=hint)

    @contextmanager
    def nested(self) -> Iterator[None]:
        """Enter one level of nesting. Raise TemplateError at the limit."""
        if self.nesting >= limits.NESTING:
            raise self.error(f"more than {limits.NESTING} levels inside one another")
        self.nesting += 1
        yield
        self.nesting -= 1
