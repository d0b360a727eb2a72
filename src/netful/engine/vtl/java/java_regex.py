r"""Methods of Java's strings that take a regular expression. A replacement uses `$1` where Python uses `\1`."""

import re

from netful.engine.effort.allowance import Allowance
from netful.engine.patterns.pattern import Pattern, java_pattern
from netful.engine.patterns.spelling import PatternError
from netful.engine.vtl.syntax import limits
from netful.engine.vtl.syntax.errors import RenderError

_REPLACEMENT = re.compile(r"\\(.)|\$(\d)|([\\$])", re.DOTALL)


def compiled(expression: str, work: Allowance) -> Pattern:
    """Return the pattern of an expression; raise RenderError."""
    try:
        return java_pattern(expression, work)
    except PatternError as error:
        raise RenderError(f"`{expression}` is not a regular expression", why=str(error)) from error


def matches(work: Allowance, value: str, expression: str) -> bool:
    """`matches`: the whole text."""
    return compiled(expression, work).fits(value, work)


def replace_first(work: Allowance, value: str, expression: str, replacement: str) -> str:
    """`replaceFirst`."""
    return _replaced(work, value, expression, replacement, first=True)


def replace_all(work: Allowance, value: str, expression: str, replacement: str) -> str:
    """`replaceAll`."""
    return _replaced(work, value, expression, replacement, first=False)


def _replaced(work: Allowance, value: str, expression: str, replacement: str, *, first: bool) -> str:
    pattern = compiled(expression, work)
    parts = [_part(found, pattern.groups) for found in _parts(replacement)]
    pieces: list[str] = []
    at = length = 0
    for found in pattern.matches(value, work):
        filled = "".join((found[part] or "") if isinstance(part, int) else part for part in parts)
        pieces += (value[at : found.start()], filled)
        length += len(filled)
        if length > limits.TEXT_LENGTH:
            raise RenderError(f"a string of more than {limits.TEXT_LENGTH} characters")
        at = found.end()
        if first:
            break
    return "".join((*pieces, value[at:]))


def split(work: Allowance, value: str, expression: str, limit: int = 0) -> list[str]:
    """`split`: without empty strings at the end unless a limit is given, and without an empty first one for an empty match."""
    pieces: list[str] = []
    at = 0
    for found in compiled(expression, work).matches(value, work):
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
