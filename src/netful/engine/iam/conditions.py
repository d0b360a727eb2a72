"""Conditions of policy statements: IAM's operators over the keys of a request (newer-aws §9.2).

| the key is absent, the operator is | the condition |
|---|---|
| positive, or with `ForAnyValue:` | does not hold |
| negated, or with `ForAllValues:` or `…IfExists` | holds |

Of several wanted values one must match; for a negated operator none may match. The answer is open for an unknown operator,
key or value, and for `ForAnyValue:…IfExists` with an absent key.
"""

import base64
import binascii
import operator
import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from ipaddress import ip_address, ip_network
from typing import Any

from netful.engine.flows.truth import every, opposite, some
from netful.engine.iam import texts
from netful.engine.iam.request_context import Context

Test = Callable[[str, str, Context], bool | None]
"""Comparison of a wanted value with one of the request; None if a value is not understood."""

_IF_EXISTS = "IfExists"
_QUANTIFIERS = ("", "ForAllValues", "ForAnyValue")
_TRUTHS = frozenset({"true", "false"})
_NUMBER = re.compile(r"[+-]?(\d{1,30}(\.\d{0,30})?|\.\d{1,30})", re.ASCII)
_EPOCH = re.compile(r"[0-9]{1,12}")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2}))?", re.ASCII)
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}


def holds(name: str, key: str, wanted: list[Any], context: Context) -> bool | None:
    """Return whether the request's values of a key satisfy an operator and its wanted values."""
    quantifier, _, asked = name.rpartition(":")
    given = context.given(key)
    if name == "Null":
        return None if given is None else some(_is_null(_text(one), given) for one in wanted)
    base = asked.removesuffix(_IF_EXISTS)
    negated, test = base in _NEGATIONS, _TESTS.get(_NEGATIONS.get(base, base))
    if test is None or quantifier not in _QUANTIFIERS or given is None:
        return None
    if not given:
        if quantifier == "ForAnyValue":
            return False if asked == base else None
        return negated or asked != base or quantifier == "ForAllValues"
    if not quantifier and len(given) > 1:
        return None
    found = [some(_test(test, one, value, context) for one in wanted) for value in given]
    answers = [opposite(one) for one in found] if negated else found
    return some(answers) if quantifier == "ForAnyValue" else every(answers)


def _test(test: Test, wanted: Any, value: str, context: Context) -> bool | None:
    text = _text(wanted)
    return None if text is None else test(text, value, context)


def _is_null(wanted: str | None, given: tuple[str, ...]) -> bool | None:
    return (wanted.lower() == "true") == (not given) if wanted and wanted.lower() in _TRUTHS else None


def _text(value: Any) -> str | None:
    """Return a wanted value as the text that IAM compares; None if it is unknown or not a value."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None


def _bool(wanted: str, given: str, _context: Context) -> bool | None:
    return wanted.lower() == given.lower() if {wanted.lower(), given.lower()} <= _TRUTHS else None


def _converted(
    convert: Callable[[str], Any], compare: Callable[[Any, Any], bool], wanted: str, given: str, _context: Context
) -> bool | None:
    """Test values that are not compared as texts; `convert` returns None for invalid values."""
    against, value = convert(wanted), convert(given)
    return None if against is None or value is None else compare(value, against)


def _number(text: str) -> Decimal | None:
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _moment(text: str) -> Decimal | None:
    if _EPOCH.fullmatch(text):
        return Decimal(text)
    try:
        moment = datetime.fromisoformat(text) if _DATE.fullmatch(text) else None
    except ValueError:
        return None
    if moment is None:
        return None
    return Decimal(str((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()))


def _binary(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _in_block(wanted: str, given: str, _context: Context) -> bool | None:
    try:
        return ip_address(given) in ip_network(wanted, strict=False)
    except ValueError:
        return None


_TESTS: dict[str, Test] = {
    "StringEquals": texts.equals,
    "StringEqualsIgnoreCase": lambda wanted, given, context: texts.equals(wanted, given, context, re.IGNORECASE),
    "StringLike": texts.matches,
    "ArnEquals": texts.arn_matches,
    "ArnLike": texts.arn_matches,
    "Bool": _bool,
    "BinaryEquals": partial(_converted, _binary, operator.eq),
    "IpAddress": _in_block,
    **{f"Numeric{name}": partial(_converted, _number, compare) for name, compare in _COMPARISONS.items()},
    **{f"Date{name}": partial(_converted, _moment, compare) for name, compare in _COMPARISONS.items()},
}
_NEGATIONS = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
}

OPERATORS = frozenset({*_TESTS, *_NEGATIONS, "Null"})
"""Operators that are understood."""
