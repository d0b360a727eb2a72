"""Rule conditions as HAProxy tests (api-gateway §7.1; `engine/load_balancers/rule_conditions.py` has the comparisons)."""

import re
from collections.abc import Callable, Iterable
from ipaddress import ip_network

from netful.balancer.haproxy_syntax import quoted, word
from netful.model.balancing.load_balancers import RuleCondition
from netful.model.core import Unknown

_SOURCE = "source-ip"

HOST = "var(txn.host)"
"""Variable with the host of the request, without its port."""


def test(condition: RuleCondition) -> str | None:
    """Return the test of a condition; None if no value of it is known and valid, and then the condition does not match."""
    make = _TESTS.get(condition.field)
    values = [value for value in condition.values if not isinstance(value, Unknown)]
    if condition.field == _SOURCE:
        values = [value for value in values if _is_network(value)]
    regexes = [value for value in condition.regexes if not isinstance(value, Unknown)]
    if make is None or not (values or regexes):
        return None
    return f"{{ {make(condition.name, values, regexes)} }}"


def wildcard(pattern: str, one: str = ".") -> str:
    """Return a regular expression for AWS's wildcards: `*` is any text and `?` one character, out of those that `one` allows."""
    special = {"*": f"{one}*", "?": one}
    return "".join(special.get(character, re.escape(character)) for character in pattern)


def _whole(values: Iterable[str], regexes: Iterable[str]) -> str:
    return _patterns(*(f"^{wildcard(value)}$" for value in values), *regexes)


def _patterns(*regexes: str) -> str:
    """Return the regular expressions of a test; a word of them is neither an option, such as `-f`, nor the end of the test."""
    return " ".join(("--", *(quoted(r"\}" if regex == "}" else regex) for regex in regexes)))


def _method(_name: str, values: list[str], _regexes: list[str]) -> str:
    return f"method -m reg {_patterns(*(f'^{re.escape(value)}$' for value in values))}"


def _pair(value: str) -> str:
    """Return a regular expression that finds a pair in a query; a value without a key matches under any key or none."""
    key, equals, wanted = value.partition("=")
    part = "[^&]"
    found = f"{wildcard(key, '[^&=]')}={wildcard(wanted, part)}" if equals else f"([^&=]*=)?{wildcard(value, part)}"
    return f"(^|&){found}(&|$)"


def _is_network(value: str) -> bool:
    try:
        ip_network(value, strict=False)
    except ValueError:
        return False
    return True


_TESTS: dict[str, Callable[[str, list[str], list[str]], str]] = {
    "host-header": lambda _name, values, regexes: f"{HOST} -m reg -i {_whole(values, regexes)}",
    "path-pattern": lambda _name, values, regexes: f"path -m reg {_whole(values, regexes)}",
    "http-header": lambda header, values, regexes: f"req.fhdr({word(header)}) -m reg -i {_whole(values, regexes)}",
    "http-request-method": _method,
    "query-string": lambda _name, values, _regexes: f"query -m reg -i {_patterns(*map(_pair, values))}",
    _SOURCE: lambda _name, values, _regexes: f"src {' '.join(map(quoted, values))}",
}
