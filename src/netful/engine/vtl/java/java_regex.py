r"""Java's regular expressions by Python's, which differ in a few spellings.

Character classes are ASCII in Java by default. A replacement uses `$1` where Python uses `\1`.
"""

from __future__ import annotations

import re
from functools import lru_cache

from netful.engine.vtl.syntax.errors import RenderError

_CLASSES = {
    r"\p{Alpha}": "[a-zA-Z]",
    r"\p{Digit}": "[0-9]",
    r"\p{Alnum}": "[a-zA-Z0-9]",
    r"\p{Upper}": "[A-Z]",
    r"\p{Lower}": "[a-z]",
    r"\p{Space}": r"[ \t\n\x0b\f\r]",
    r"\p{Punct}": r"[!-/:-@\[-`{-~]",
    r"\z": r"\Z",
}
_SPELLING = re.compile(r"\\p\{\w+\}|\\.", re.DOTALL)
_REPLACEMENT = re.compile(r"\\(.)|\$(\d)|([\\$])", re.DOTALL)


@lru_cache(maxsize=512)
def java_pattern(expression: str) -> re.Pattern[str]:
    """Return the pattern as Java compiles it."""
    try:
        return re.compile(_SPELLING.sub(lambda found: _CLASSES.get(found[0], found[0]), expression), re.ASCII)
    except (re.error, OverflowError) as error:
        raise RenderError(f"`{expression}` is not a regular expression", why=str(error)) from error


def replace(value: str, expression: str, replacement: str, *, count: int = 0) -> str:
    """`replaceAll`, and with a count of 1 `replaceFirst`."""
    pattern = java_pattern(expression)
    parts = [_part(found, pattern.groups) for found in _parts(replacement)]
    return pattern.sub(
        lambda found: "".join((found[part] or "") if isinstance(part, int) else part for part in parts), value, count
    )


def split(value: str, expression: str, limit: int = 0) -> list[str]:
    """`split`: without empty strings at the end unless a limit is given, and without an empty first one for an empty match."""
    pieces: list[str] = []
    at = 0
    for found in java_pattern(expression).finditer(value):
        if limit > 0 and len(pieces) == limit - 1:
            break
        if found.end() == 0 or (found.start() == found.end() == len(value)):
            continue
        pieces.append(value[at : found.start()])
        at = found.end()
    pieces.append(value[at:])
    while limit == 0 and len(pieces) > 1 and not pieces[-1]:
        pieces.pop()
    return [] if limit == 0 and pieces == [""] and value else pieces


def _parts(replacement: str) -> list[re.Match[str] | str]:
    parts: list[re.Match[str] | str] = []
    at = 0
    for found in _REPLACEMENT.finditer(replacement):
        parts += [replacement[at : found.start()], found]
        at = found.end()
    return [*parts, replacement[at:]]


def _part(found: re.Match[str] | str, groups: int) -> str | int:
    if isinstance(found, str):
        return found
    if found[1]:
        return found[1]
    if found[2] and int(found[2]) <= groups:
        return int(found[2])
    raise RenderError("a replacement with a lone `$` or backslash, or the number of a group that is not there")
