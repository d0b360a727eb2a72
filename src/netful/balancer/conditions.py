"""Rule conditions as HAProxy tests (api-gateway §7.1; `engine/load_balancers/rule_conditions.py` has the comparisons)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from netful.balancer.haproxy_syntax import name, quoted
from netful.model.balancing.load_balancers import RuleCondition
from netful.model.core.unknown import Unknown

HOST = "var(txn.host)"
"""Variable with the host of the request, without its port."""


def test(condition: RuleCondition) -> str | None:
    """Return the test of a condition; None if its values are unknown, and then the condition does not match."""
    make = _TESTS.get(condition.field)
    values = [value for value in condition.values if not isinstance(value, Unknown)]
    regexes = [value for value in condition.regexes if not isinstance(value, Unknown)]
    if make is None or not (values or regexes):
        return None
    return f"{{ {make(condition.name, values, regexes)} }}"


def wildcard(pattern: str, one: str = ".") -> str:
    """Return a regular expression for AWS's wildcards: `*` is any text and `?` one character, out of those that `one` allows."""
    special = {"*": f"{one}*", "?": one}
    return "".join(special.get(character, re.escape(character)) for character in pattern)


def _whole(values: Iterable[str], regexes: Iterable[str]) -> str:
    return " ".join(quoted(word) for word in (*(f"^{wildcard(value)}$" for value in values), *regexes))


def _host(_name: str, values: list[str], regexes: list[str]) -> str:
    return f"{HOST} -m reg -i {_whole(values, regexes)}"


def _path(_name: str, values: list[str], regexes: list[str]) -> str:
    return f"path -m reg {_whole(values, regexes)}"


def _header(header: str, values: list[str], regexes: list[str]) -> str:
    return f"req.fhdr({name(header)}) -m reg -i {_whole(values, regexes)}"


def _method(_name: str, values: list[str], _regexes: list[str]) -> str:
    return f"method -m str {' '.join(map(quoted, values))}"


def _query(_name: str, values: list[str], _regexes: list[str]) -> str:
    return f"query -m reg -i {' '.join(quoted(_pair(value)) for value in values)}"


def _pair(value: str) -> str:
    """Return a regular expression that finds a pair in a query; a value without a key matches under any key or none."""
    key, equals, wanted = value.partition("=")
    part = "[^&]"
    found = f"{wildcard(key, '[^&=]')}={wildcard(wanted, part)}" if equals else f"([^&=]*=)?{wildcard(value, part)}"
    return f"(^|&){found}(&|$)"


def _source(_name: str, values: list[str], _regexes: list[str]) -> str:
    return f"src {' '.join(map(quoted, values))}"


_TESTS: dict[str, Callable[[str, list[str], list[str]], str]] = {
    "host-header": _host,
    "path-pattern": _path,
    "http-header": _header,
    "http-request-method": _method,
    "query-string": _query,
    "source-ip": _source,
}
