"""Event patterns of EventBridge and of the filters of event source mappings.

A pattern is an object. An event must have each of its keys, with one of the listed values or with a value that a listed
matcher accepts. An array in the event matches if one of its items does.
"""

import json
import operator
import re
from collections.abc import Callable, Mapping
from functools import partial
from ipaddress import ip_address, ip_network
from typing import Any

Matches = Callable[[Any], bool]
"""Function that returns whether an event, or a value of one, matches."""

_ABSENT = object()
_DEEPEST = 100
_SHORT = 60  # characters of a pattern in a message
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


class PatternError(ValueError):
    """A pattern that AWS rejects, or that uses a matcher that netful does not support."""


def parse(text: str) -> Matches:
    """Return the matcher of a pattern; raise PatternError."""
    try:
        pattern = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise PatternError(f"`{text[:_SHORT]}` is not JSON") from error
    return _event(pattern, 0)


def _event(pattern: Any, depth: int) -> Matches:
    if not isinstance(pattern, Mapping) or depth > _DEEPEST:
        raise PatternError(f"`{_short(pattern)}` must be an object, nested at most {_DEEPEST} deep")
    members = [
        _alternatives(wanted, depth + 1) if name == "$or" else _member(name, wanted, depth + 1)
        for name, wanted in pattern.items()
    ]
    return lambda event: isinstance(event, Mapping) and all(matches(event) for matches in members)


def _alternatives(wanted: Any, depth: int) -> Matches:
    events = [_event(one, depth) for one in _list(wanted)]
    return lambda event: any(matches(event) for matches in events)


def _member(name: str, wanted: Any, depth: int) -> Matches:
    if isinstance(wanted, Mapping):
        within = _event(wanted, depth)
        return lambda event: any(within(one) for one in _items(event.get(name, {})))
    plain = {(type(one), one) for one in _list(wanted) if not isinstance(one, Mapping | list)}
    values = [_value(one) for one in wanted if isinstance(one, Mapping | list)]

    def matches(event: Any) -> bool:
        items = _items(event.get(name, _ABSENT))
        return any(_is_one_of(one, plain) or any(accepts(one) for accepts in values) for one in items)

    return matches


def _is_one_of(value: Any, plain: set[tuple[type, Any]]) -> bool:
    return not isinstance(value, Mapping | list) and (type(value), value) in plain


def _value(wanted: Any) -> Matches:
    if not isinstance(wanted, Mapping):
        return _equals(wanted)
    if len(wanted) != 1:
        raise PatternError(f"`{_short(wanted)}` must have one matcher")
    ((name, argument),) = wanted.items()
    if name not in _MATCHERS:
        raise PatternError(f"`{_short(name)}` is not a matcher")
    return _MATCHERS[name](argument)


def _equals(wanted: Any) -> Matches:
    if isinstance(wanted, list):
        raise PatternError(f"`{_short(wanted)}` must not be a list")
    return lambda value: type(value) is type(wanted) and value == wanted


def _text_matcher(name: str, compare: Callable[[str, str], bool], argument: Any) -> Matches:
    if isinstance(argument, Mapping) and [*argument] == ["equals-ignore-case"]:
        folded = _text(argument["equals-ignore-case"], name).lower()
        return lambda value: isinstance(value, str) and compare(value.lower(), folded)
    wanted = _text(argument, name)
    return lambda value: isinstance(value, str) and compare(value, wanted)


def _ignore_case(argument: Any) -> Matches:
    wanted = _text(argument, "equals-ignore-case").lower()
    return lambda value: isinstance(value, str) and value.lower() == wanted


def _wildcard(argument: Any) -> Matches:
    parts = re.findall(r"\\[\\*]|.", _text(argument, "wildcard"), re.DOTALL)
    written: list[list[str]] = [[]]  # any text may be between two of them
    for part in parts:
        if part == "*":
            written.append([])
        else:
            written[-1].append(part[-1])
    chunks = ["".join(characters) for characters in written]
    return lambda value: isinstance(value, str) and _in_order(chunks, value)


def _in_order(chunks: list[str], value: str) -> bool:
    """Return whether a text has chunks one after another, the first at its beginning and the last at its end."""
    first, *more = chunks
    if not more:
        return value == first
    if not value.startswith(first) or not value.endswith(more[-1]):
        return False
    at, end = len(first), len(value) - len(more[-1])
    for chunk in more[:-1]:
        at = value.find(chunk, at, end)
        if at < 0:
            return False
        at += len(chunk)
    return at <= end


def _cidr(argument: Any) -> Matches:
    try:
        block = ip_network(_text(argument, "cidr"), strict=False)
    except ValueError as error:
        raise PatternError(f"`{_short(argument)}` is not a CIDR block") from error

    def matches(value: Any) -> bool:
        try:
            return isinstance(value, str) and ip_address(value) in block
        except ValueError:
            return False

    return matches


def _anything_but(argument: Any) -> Matches:
    if isinstance(argument, Mapping):
        if len(argument) != 1 or not {*argument} <= {"prefix", "suffix", "equals-ignore-case", "wildcard"}:
            raise PatternError(f"`{_short(argument)}` is not a matcher of `anything-but`")
        ((name, texts),) = argument.items()
        refused = [_MATCHERS[name](text) for text in _items(texts)]
    else:
        refused = [_equals(one) for one in _items(argument)]
    return lambda value: _is_leaf(value) and not any(matches(value) for matches in refused)


def _numeric(argument: Any) -> Matches:
    if not isinstance(argument, list) or len(argument) not in {2, 4}:
        raise PatternError(f"`{_short(argument)}` must be one or two comparisons")
    wanted = [*zip(argument[::2], argument[1::2], strict=True)]
    if not all(isinstance(sign, str) and sign in _COMPARISONS and _is_number(number) for sign, number in wanted):
        raise PatternError(f"`{_short(argument)}` must be comparisons with numbers")
    return lambda value: _is_number(value) and all(_COMPARISONS[sign](value, number) for sign, number in wanted)


def _exists(argument: Any) -> Matches:
    if not isinstance(argument, bool):
        raise PatternError("`exists` must be true or false")
    return _is_leaf if argument else lambda value: value is _ABSENT


def _is_leaf(value: Any) -> bool:
    """Return whether an event has a value, and not further members, at a place."""
    return value is not _ABSENT and not isinstance(value, Mapping)


_MATCHERS: dict[str, Callable[[Any], Matches]] = {
    "prefix": partial(_text_matcher, "prefix", str.startswith),
    "suffix": partial(_text_matcher, "suffix", str.endswith),
    "equals-ignore-case": _ignore_case,
    "wildcard": _wildcard,
    "cidr": _cidr,
    "anything-but": _anything_but,
    "numeric": _numeric,
    "exists": _exists,
}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list) or not value:
        raise PatternError(f"`{_short(value)}` must be an object or a list with values")
    return value


def _text(value: Any, name: str) -> str:
    if not isinstance(value, str):
        raise PatternError(f"`{name}` must be a text")
    return value


def _short(value: Any) -> str:
    try:
        return json.dumps(value)[:_SHORT]
    except RecursionError:
        return "…"
