"""Event patterns, as EventBridge and the filters of event source mappings write them.

A pattern is an object that an event has to have the like of: for each of its keys the event has one of the listed values,
or one that a listed matcher fits. An array in the event fits where one of its items does.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

_ABSENT = object()
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def fits(pattern: Mapping[str, Any], event: Any) -> bool:
    """Whether an event is what a pattern describes."""
    if not isinstance(event, Mapping):
        return False
    for name, wanted in pattern.items():
        if name == "$or":
            if not any(fits(one, event) for one in wanted):
                return False
            continue
        value = event.get(name, _ABSENT)
        if isinstance(wanted, Mapping):
            if not any(fits(wanted, one) for one in _items({} if value is _ABSENT else value)):
                return False
        elif not any(_fits_one(one, item) for one in wanted for item in _items(value)):
            return False
    return True


def _items(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _fits_one(wanted: Any, value: Any) -> bool:
    if not isinstance(wanted, Mapping):
        return value is not _ABSENT and type(value) is type(wanted) and value == wanted
    return all(name in _MATCHERS and _MATCHERS[name](argument, value) for name, argument in wanted.items())


def _prefix(argument: Any, value: Any) -> bool:
    if isinstance(argument, Mapping):
        return isinstance(value, str) and value.lower().startswith(str(argument.get("equals-ignore-case")).lower())
    return isinstance(value, str) and value.startswith(str(argument))


def _suffix(argument: Any, value: Any) -> bool:
    if isinstance(argument, Mapping):
        return isinstance(value, str) and value.lower().endswith(str(argument.get("equals-ignore-case")).lower())
    return isinstance(value, str) and value.endswith(str(argument))


def _anything_but(argument: Any, value: Any) -> bool:
    if value is _ABSENT:
        return False
    if isinstance(argument, Mapping):
        return not _fits_one(argument, value)
    return value not in _items(argument)


def _numeric(argument: list[Any], value: Any) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return all(_COMPARISONS[sign](value, number) for sign, number in zip(argument[::2], argument[1::2], strict=True))


def _exists(argument: Any, value: Any) -> bool:
    return bool(argument) == (value is not _ABSENT)


def _ignore_case(argument: Any, value: Any) -> bool:
    return isinstance(value, str) and value.lower() == str(argument).lower()


_MATCHERS: dict[str, Callable[[Any, Any], bool]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "anything-but": _anything_but,
    "numeric": _numeric,
    "exists": _exists,
    "equals-ignore-case": _ignore_case,
}
