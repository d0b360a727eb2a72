"""A place in a template's text, and how to go on from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from netful.engine.vtl.syntax import limits
from netful.engine.vtl.syntax.errors import TemplateError

SPACE = re.compile(r"[ \t\r\n]*")


class Cursor:
    """`at` moves through `source`. One over the inside of a string tells errors at that string, in its `outer` text."""

    __slots__ = ("at", "nesting", "outer", "source")

    def __init__(self, source: str, outer: Cursor | None = None) -> None:
        self.source = source
        self.at = 0
        self.outer = outer
        self.nesting: int = outer.nesting if outer else 0

    @property
    def ended(self) -> bool:
        """True behind the last character."""
        return self.at >= len(self.source)

    @property
    def next(self) -> str:
        """The character here, or nothing at the end."""
        return self.source[self.at : self.at + 1]

    def match(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Move over what the pattern matches here."""
        found = pattern.match(self.source, self.at)
        if found:
            self.at = found.end()
        return found

    def take(self, literal: str) -> bool:
        """Move over exactly this text, if it stands here."""
        if not self.source.startswith(literal, self.at):
            return False
        self.at += len(literal)
        return True

    def skip_space(self) -> None:
        """Move over white space and line ends."""
        self.match(SPACE)

    def expect(self, literal: str) -> None:
        """Move over white space and this text, which must be there."""
        self.skip_space()
        if not self.take(literal):
            found = f"`{self.next}`" if self.next else "the end"
            raise self.error(f"expected `{literal}`, found {found}")

    def error(self, what: str, at: int | None = None, hint: str = "") -> TemplateError:
        """The error for this place, or for another one in the same text."""
        if self.outer:
            return self.outer.error(what, hint=hint)
        before = self.source[: self.at if at is None else at]
        line = before.count("\n") + 1
        return TemplateError(what, line=line, column=len(before) - before.rfind("\n"), hint=hint)

    @contextmanager
    def nested(self) -> Iterator[None]:
        """One level deeper, as long as there may be one."""
        if self.nesting >= limits.NESTING:
            raise self.error(f"more than {limits.NESTING} levels inside one another")
        self.nesting += 1
        yield
        self.nesting -= 1
