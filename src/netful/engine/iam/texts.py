"""Texts of policies: IAM's wildcards, and policy variables, which values of the request replace (newer-aws §9.2).

| in a text | matches |
|---|---|
| `*`, `?` | any text, any one character |
| `${aws:username}` | the key's value; nothing if the key is absent |
| `${aws:PrincipalTag/team, 'none'}` | the value, or `none` if the key is absent |
| `${*}`, `${?}`, `${$}` | the character itself |

A variable with an unknown value may be any text: a pattern that could match with such a text may match.
"""

import re
from functools import lru_cache

from netful.engine.flows.truth import every
from netful.engine.iam.request_context import Context

_TOKEN = re.compile(r"\$\{(?P<variable>[^}]*)(?:\}|$)|(?P<wildcard>[*?])|[^$*?]+|\$", re.DOTALL)
_VARIABLE = re.compile(r"\s*(?P<key>[^\s,']+)\s*(?:,\s*'(?P<default>[^']*)'\s*)?")
_CHARACTERS = frozenset("*?$")
_ARN_COLON = re.compile(r":(?![^{}]*\})")
_ARN_PARTS = 6
_LITERAL = Context({}, frozenset(), variables=False)


def like(pattern: str, value: str) -> bool:
    """Return whether a value matches a pattern without variables."""
    return _plain(pattern).fullmatch(value) is not None


def matches(pattern: str, value: str, context: Context) -> bool | None:
    """Return whether a value matches a pattern."""
    return _compare(pattern, value, context) if "${" in pattern else like(pattern, value)


def equals(text: str, value: str, context: Context, flags: re.RegexFlag = re.NOFLAG) -> bool | None:
    """Return whether a value equals a text, in which `*` and `?` are not wildcards."""
    if "${" not in text and not flags:
        return text == value
    return _compare(text, value, context, flags, wildcards=False)


def arn_matches(pattern: str, value: str, context: Context) -> bool | None:
    """Return whether an ARN matches a pattern in each of its six parts; None if one of the two is not an ARN."""
    wanted, given = _ARN_COLON.split(pattern, _ARN_PARTS - 1), value.split(":", _ARN_PARTS - 1)
    if len(wanted) < _ARN_PARTS or len(given) < _ARN_PARTS:
        return None
    return every(matches(part, own, context) for part, own in zip(wanted, given, strict=True))


def _compare(
    text: str, value: str, context: Context, flags: re.RegexFlag = re.NOFLAG, *, wildcards: bool = True
) -> bool | None:
    resolved = _resolved(text, context, wildcards=wildcards)
    if resolved is None or not _compiled(resolved[0], flags | re.DOTALL).fullmatch(value):
        return False
    return None if resolved[1] else True


def _resolved(text: str, context: Context, *, wildcards: bool) -> tuple[str, bool] | None:
    """Return a text as a regular expression, and whether it contains an unknown variable; None if a variable has no value."""
    chunks, doubt = [""], False  # any text may be between two chunks
    for found in _TOKEN.finditer(text):
        if found["wildcard"] == "*" and wildcards:
            chunks.append("")
        elif found["wildcard"] == "?" and wildcards:
            chunks[-1] += "."
        elif found["variable"] is None or context.variables is False:
            chunks[-1] += re.escape(found[0])
        elif (replaced := _replaced(found["variable"], context)) is None:
            chunks.append("")
            doubt = True
        elif replaced:
            chunks[-1] += re.escape(replaced[0])
        else:
            return None
    first, *more = chunks
    # The first match of a chunk is as good as any later one, so the expression need not backtrack.
    between = "".join(f"(?>.*?{chunk})" for chunk in more[:-1])
    return first + between + (f".*{more[-1]}" if more else ""), doubt


def _replaced(variable: str, context: Context) -> tuple[str, ...] | None:
    """Return the value of a variable: empty if it has none, None if it is not known."""
    found = _VARIABLE.fullmatch(variable)
    if found is None or context.variables is None:
        return None
    if variable in _CHARACTERS:
        return (variable,)
    given = context.given(found["key"])
    if not given:
        return given if given is None or found["default"] is None else (found["default"],)
    return given if len(given) == 1 else None


@lru_cache(4096)
def _plain(pattern: str) -> re.Pattern[str]:
    resolved = _resolved(pattern, _LITERAL, wildcards=True)
    assert resolved is not None  # the pattern has no variables
    return re.compile(resolved[0], re.DOTALL)


@lru_cache(4096)
def _compiled(expression: str, flags: re.RegexFlag) -> re.Pattern[str]:
    return re.compile(expression, flags)
