"""Functions and operators of Terraform's language, over values and over references to what is known only after apply.

Rules:
1. An argument that is not settled gives a value that is not settled, and so does a function that the table does not have.
2. A reference is a value of its own. Only that of an id and the like is never null or empty, and only ids of one type are compared.
3. The order of `Unordered` items, which AWS makes, is not settled: nothing depends on it that takes one item or several in order.
4. `MISSING` is what Terraform fails at, such as a key that a map does not have: `try`, `can` and `lookup` go on after it.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import math
import operator
import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from ipaddress import IPv4Network
from itertools import groupby
from types import NoneType
from typing import Any
from urllib.parse import quote_plus

from netful.model.core import Frozen, SourceError
from netful.model.json_texts import from_json
from netful.sources.files import document


class Lack(Enum):
    """Reasons why an expression has no value."""

    UNSETTLED = "its value is not in the plan"
    MISSING = "Terraform fails at it"


UNSETTLED, MISSING = Lack.UNSETTLED, Lack.MISSING


class Reference(Frozen):
    """A value that is known only after apply."""

    @property
    def is_given(self) -> bool:
        """Return whether it is never null or empty."""
        return False

    def is_same(self, _other: Reference) -> Any:
        """Return whether another reference is the same value, as far as that is settled."""
        return UNSETTLED


class Subblock(Reference):
    """A block within one that is known only after apply, as `cidrsubnet` numbers it."""

    of: Reference
    bits: int
    number: int


class Unordered(list[Any]):
    """Items of a set."""


class Text(Frozen):
    """A text around references."""

    parts: tuple[Any, ...]


class Document(Frozen):
    """A text of JSON that has references."""

    value: Any


def call(function: str, arguments: Sequence[Any]) -> Any:
    """Return the value of a function or an operator."""
    lack = next((one for one in arguments if isinstance(one, Lack)), None)
    if function not in _OF_SETS and any(isinstance(one, Unordered) and len(one) > 1 for one in arguments):
        return UNSETTLED
    try:
        if function in LAZY:
            return LAZY[function](arguments)
        return lack or FUNCTIONS[function](*arguments)
    except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError):
        return UNSETTLED


def member(of: Any, key: Any) -> Any:
    """Return a member of a list or of a map."""
    if isinstance(of, dict):
        key = str(key) if isinstance(key, int) and not isinstance(key, bool) else key
        if not isinstance(key, str):
            return UNSETTLED
        return of.get(key, MISSING)
    number = int(key) if isinstance(key, str) and key.isdecimal() else key
    if isinstance(of, Unordered) and len(of) > 1:
        return UNSETTLED
    if isinstance(of, list) and isinstance(number, int):
        return of[number] if 0 <= number < len(of) else MISSING
    return MISSING if of is None else UNSETTLED


def settled(value: Any) -> bool:
    """Return whether a value is settled, and all in it; what a document lacks is a part of it."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return isinstance(value, (str, int, float, dict, list, Reference, Text, Document, NoneType)) and all(
        map(settled, inner)
    )


def parsed(text: Any, read: Callable[[str], Any] = from_json) -> Any:
    """Return the value of a text that is JSON or the like, also around references; not settled if it is not."""
    if isinstance(text, Document):
        return text.value
    if not isinstance(text, Text):
        return read(text)
    references = [one for one in text.parts if not isinstance(one, str)]
    marks = iter(range(len(references)))
    whole = "".join(one if isinstance(one, str) else f"{_MARK}{next(marks)}{_MARK}" for one in text.parts)
    try:
        return _filled(read(whole), references)
    except ValueError:
        return UNSETTLED


def encoded(document: Document) -> Any:
    """Return the text of a document; not settled if a part of it is not."""
    references: list[Reference] = []
    whole = json.dumps(_marked(document.value, references), separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    return _filled(whole, references) if settled(document.value) else UNSETTLED


_MOST_NUMBERS = 1024
"""Numbers that `range` makes in Terraform."""

_MARK = "\ue000"
"""A character that no text has, around the number of a reference."""


def _filled(value: Any, references: Sequence[Any]) -> Any:
    if isinstance(value, dict):
        return {key: _filled(one, references) for key, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, references) for one in value]
    if not isinstance(value, str):
        return value
    return text_of([references[int(one)] if at % 2 else one for at, one in enumerate(value.split(_MARK))])


def _marked(value: Any, references: list[Reference]) -> Any:
    if isinstance(value, dict):
        return {key: _marked(one, references) for key, one in value.items()}
    if isinstance(value, list):
        return [_marked(one, references) for one in value]
    if isinstance(value, Text):
        return "".join(str(_marked(one, references)) for one in value.parts)
    if not isinstance(value, Reference):
        return value if isinstance(value, (str, int, float, NoneType)) else None
    references.append(value)
    return f"{_MARK}{len(references) - 1}{_MARK}"


def fits(value: Any, shown: Any) -> bool:
    """Return whether a value may be the one that a plan does not show, or of whose items it does not show all.

    What is known only after apply has a reference in it, unless it is left out and the provider gives it.
    """
    if isinstance(shown, list) and isinstance(value, list) and len(shown) not in (len(value), len(_distinct(value))):
        return False
    return settled(value) and (value in (None, []) or not _is_plain(value))


def _first(arguments: Sequence[Any]) -> Any:
    return next((one for one in arguments if one is not MISSING), MISSING)


def _coalesced(arguments: Sequence[Any], empty: Any) -> Any:
    found = next((one for one in arguments if one not in (None, empty)), MISSING)
    return UNSETTLED if _may_be_empty(found) else found


def _compact(value: Any) -> Any:
    return UNSETTLED if any(map(_may_be_empty, value)) else [one for one in value if one not in (None, "")]


def _may_be_empty(value: Any) -> bool:
    return isinstance(value, Reference) and not value.is_given


def _both(arguments: Sequence[Any], *, decisive: bool) -> Any:
    if decisive in [one for one in arguments if isinstance(one, bool)]:
        return decisive
    return (not decisive) if all(isinstance(one, bool) for one in arguments) else UNSETTLED


def is_same(one: Any, other: Any) -> Any:
    """Return whether two values are equal, as far as that is settled."""
    if isinstance(one, Lack) or isinstance(other, Lack):
        return UNSETTLED
    if all(map(_is_plain, (one, other))):
        alike = type(one) is type(other) and not (one == other and isinstance(one, (list, dict)))
        return one == other if None in (one, other) or alike else UNSETTLED  # their types in Terraform may differ
    if isinstance(one, Reference) and isinstance(other, Reference):
        return one.is_same(other)
    empty = None in (one, other) or "" in (one, other)
    return False if empty and not any(map(_may_be_empty, (one, other))) else UNSETTLED


def _is_plain(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return not isinstance(value, (Reference, Text, Document, Lack)) and all(map(_is_plain, inner))


def _whole(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of lists that is not settled if an item is not: the number of items may depend on it."""
    return lambda value: UNSETTLED if not settled(value) else function(value)


def _flat(value: Any) -> list[Any]:
    return [item for one in value for item in (_flat(one) if isinstance(one, list) else [one])]


def _alone(value: Any) -> Any:
    found = [*value]
    return found[0] if len(found) == 1 else MISSING if found else None


def _distinct(value: Any) -> list[Any]:
    found: list[Any] = []
    for one in value:
        if one not in found:
            found.append(one)
    return found


def as_set(value: Any) -> Any:
    """Return the items of a set in their order."""
    return _sorted(_distinct(value))


def _sorted(value: Any) -> Any:
    return sorted(value) if all(isinstance(one, str) for one in value) else value if len(value) == 1 else UNSETTLED


def _values(value: Any) -> Any:
    return [value[key] for key in sorted(value)]


def _merged(*values: Any) -> Any:
    return {key: each for one in values if one is not None for key, each in one.items()}


def _looked_up(of: Any, key: Any, *default: Any) -> Any:
    found = member(of, key)
    return default[0] if found is MISSING and default else found


def _joined(separator: Any, *lists: Any) -> Any:
    every = [one for values in lists for one in _flat(values)]
    spaced = [part for one in every for part in (separator, one)][1:]
    return text_of(spaced)


_VERB = re.compile(r"%(0\d)?[sdv]|%%")


def _formatted(pattern: str, *values: Any) -> Any:
    texts, verbs = _VERB.split(pattern), [*_VERB.finditer(pattern)]
    if sum(one[0] != "%%" for one in verbs) != len(values) or any("%" in one for one in texts[::2] if one):
        return UNSETTLED
    given = iter(values)
    made = ["%" if one[0] == "%%" else format(next(given), f"{one[1]}d") if one[1] else next(given) for one in verbs]
    return text_of([part for pair in zip(texts[::2], (*made, ""), strict=True) for part in pair])


def _formatted_each(pattern: str, *values: Any) -> Any:
    number = {len(one) for one in values if isinstance(one, list)} or {1}
    if len(number) > 1:
        return MISSING
    lists = [one if isinstance(one, list) else [one] * max(number) for one in values]
    return [_formatted(pattern, *given) for given in zip(*lists, strict=True)]


def text_of(parts: Sequence[Any]) -> Any:
    """Return values as one text."""
    written = [_written(one) for part in parts for one in _pieces(part)]
    if UNSETTLED in written:
        return UNSETTLED
    joined: list[Any] = []
    for is_text, group in groupby(written, key=lambda one: isinstance(one, str)):
        items = [*group]
        joined += filter(None, ["".join(items)]) if is_text else items
    return Text(tuple(joined)) if len(joined) > 1 else joined[0] if joined else ""


def _pieces(value: Any) -> Sequence[Any]:
    whole = encoded(value) if isinstance(value, Document) else value
    return whole.parts if isinstance(whole, Text) else (whole,)


def _written(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(int(value) if value == int(value) else value)
    return value if isinstance(value, (str, Reference)) else UNSETTLED


def _length(value: Any) -> Any:
    return len(value) if isinstance(value, (list, dict, str)) else UNSETTLED


def _contains(values: Any, wanted: Any) -> Any:
    answers = [is_same(one, wanted) for one in values]
    return True if True in answers else UNSETTLED if UNSETTLED in answers else False


def _of_numbers(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function of numbers; that of texts, which Terraform takes for numbers, is not settled."""
    return lambda *values: _exact(function(*values)) if all(type(one) in (int, float) for one in values) else UNSETTLED


def _exact(found: Any) -> Any:
    return int(found) if isinstance(found, float) and found == int(found) else found


def _number(value: Any) -> Any:
    return int(value) if isinstance(value, str) and value.isdecimal() else _of_numbers(lambda one: one)(value)


def _range(*limits: Any) -> Any:
    found = range(*limits)  # it is empty where Terraform counts down
    return [*found] if 0 < len(found) <= _MOST_NUMBERS or limits == (0,) else UNSETTLED


def _sliced(value: Any, start: Any, end: Any) -> Any:
    return value[start:end] if 0 <= start <= end <= len(value) else UNSETTLED


def _zipped(keys: Any, values: Any) -> Any:
    return dict(zip(keys, values, strict=True)) if all(isinstance(one, str) for one in keys) else UNSETTLED


def _subnet(block: Any, bits: int, number: int) -> Any:
    if bits < 0 or number >> bits:
        return UNSETTLED
    if isinstance(block, Reference):
        return Subblock(block, bits, number)
    network = IPv4Network(block)
    shift = 32 - network.prefixlen - bits
    if shift < 0:
        return UNSETTLED
    return str(IPv4Network((int(network.network_address) + (number << shift), network.prefixlen + bits)))


def _subnets(block: str, *bits: int) -> Any:
    network = IPv4Network(block)
    at, found = int(network.network_address), []
    for more in bits:
        size = 1 << (32 - network.prefixlen - more)
        at = -(-at // size) * size
        found.append(IPv4Network((at, network.prefixlen + more)))
        at += size
    return [str(one) for one in found] if all(one.subnet_of(network) for one in found) else MISSING


def _groups(found: Any) -> Any:
    return found.groupdict() or [*found.groups()] or found[0]


def _pattern(text: str) -> Any:
    """Return a pattern of RE2, which Terraform has too; raise ValueError for another text."""
    import re2  # noqa: PLC0415  # most runs need none

    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except re2.error as error:
        raise ValueError(text) from error


def _matched(pattern: str, text: str) -> Any:
    found = _pattern(pattern).search(text)
    return _groups(found) if found else MISSING


def _part(text: str, start: int, length: int) -> str:
    begin = start if start >= 0 else max(len(text) + start, 0)
    return text[begin:] if length < 0 else text[begin : begin + length]


def _common(values: Any, *others: Any, wanted: bool) -> Any:
    """Return the items of a set that are in each other one (`wanted`), or in none of them."""
    if not all(map(_is_plain, (values, *others))):
        return UNSETTLED
    return as_set([one for one in values if all((one in other) is wanted for other in others)])


def _of_keys(values: Any, keys: Any, wanted: Any) -> Any:
    if not _is_plain([keys, wanted]):
        return UNSETTLED
    return [value for value, key in zip(values, keys, strict=True) if key in wanted]


def _rows(text: str) -> Any:
    found = [*csv.DictReader(io.StringIO(text))]
    return UNSETTLED if any(None in (*row, *row.values()) for row in found) else found


def _from_yaml(text: str) -> Any:
    try:
        return from_json(json.dumps(document.parse(text, "yaml").root))
    except SourceError as error:
        raise ValueError(text) from error


def _products(*values: Any) -> list[Any]:
    found: list[Any] = [[]]
    for one in values:
        found = [[*held, item] for held in found for item in one]
    return found


_OF_SETS = ("tolist", "toset", "length", "try", "can")
LAZY: Mapping[str, Callable[[Sequence[Any]], Any]] = {
    "try": _first,
    "can": lambda arguments: UNSETTLED if arguments[0] is UNSETTLED else arguments[0] is not MISSING,
    "coalesce": lambda arguments: _coalesced(arguments, ""),
    "coalescelist": lambda arguments: _coalesced(arguments, []),
    "&&": lambda arguments: _both(arguments, decisive=False),
    "||": lambda arguments: _both(arguments, decisive=True),
    "lookup": lambda arguments: next((one for one in arguments[:2] if isinstance(one, Lack)), None) or _looked_up(*arguments),
}  # fmt: skip
"""Functions that may have a value without one of an argument."""

FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "!": lambda one: not one if isinstance(one, bool) else UNSETTLED,
    "==": is_same,
    "!=": lambda one, other: UNSETTLED if (same := is_same(one, other)) is UNSETTLED else not same,
    "<": _of_numbers(operator.lt),
    "<=": _of_numbers(operator.le),
    ">": _of_numbers(operator.gt),
    ">=": _of_numbers(operator.ge),
    "+": _of_numbers(operator.add),
    "-": _of_numbers(lambda one, *other: one - other[0] if other else -one),
    "*": _of_numbers(operator.mul),
    "/": _of_numbers(operator.truediv),
    "%": _of_numbers(math.fmod),
    "abs": _of_numbers(abs),
    "alltrue": lambda values: call("&&", values),
    "anytrue": lambda values: call("||", values),
    "base64decode": lambda text: base64.b64decode(text, validate=True).decode(),
    "base64encode": lambda text: base64.b64encode(text.encode()).decode(),
    "basename": posixpath.basename,
    "ceil": _of_numbers(math.ceil),
    "chunklist": lambda value, size: [value[at : at + size] for at in range(0, len(value), size)],
    "chomp": lambda text: text.rstrip("\r\n"),
    "cidrhost": lambda block, number: str(IPv4Network(block, strict=False)[number]),
    "cidrnetmask": lambda block: str(IPv4Network(block, strict=False).netmask),
    "cidrsubnet": _subnet,
    "cidrsubnets": _subnets,
    "compact": _whole(_compact),
    "concat": lambda *values: [one for value in values for one in value],
    "contains": _contains,
    "csvdecode": _rows,
    "dirname": lambda path: posixpath.dirname(path) or ".",
    "distinct": _whole(_distinct),
    "element": lambda value, number: value[number % len(value)],
    "endswith": lambda text, end: text.endswith(end),
    "flatten": _whole(_flat),
    "floor": _of_numbers(math.floor),
    "format": _formatted,
    "formatlist": _formatted_each,
    "index": lambda values, wanted: values.index(wanted) if all(map(_is_plain, values)) else UNSETTLED,
    "join": _joined,
    "jsondecode": parsed,
    "jsonencode": Document,
    "keys": lambda value: sorted(value.keys()),
    "length": _length,
    "lower": lambda text: text.lower(),
    "matchkeys": _of_keys,
    "max": _of_numbers(max),
    "merge": _merged,
    "min": _of_numbers(min),
    "nonsensitive": lambda value: value,
    "one": _alone,
    "range": _range,
    "regex": _matched,
    "regexall": lambda pattern, text: [_groups(one) for one in _pattern(pattern).finditer(text)],
    "replace": lambda text, old, new: UNSETTLED if old.startswith("/") else text.replace(old, new),
    "reverse": lambda value: value[::-1],
    "sensitive": lambda value: value,
    "setintersection": lambda *values: _common(*values, wanted=True),
    "setproduct": _products,
    "setsubtract": lambda *values: _common(*values, wanted=False),
    "setunion": lambda *values: _whole(as_set)([one for value in values for one in value]),
    "slice": _sliced,
    "sort": _sorted,
    "split": lambda separator, text: text.split(separator),
    "startswith": lambda text, start: text.startswith(start),
    "strcontains": lambda text, part: part in text,
    "substr": _part,
    "sum": lambda values: _of_numbers(lambda *every: sum(every))(*values),
    "title": lambda text: re.sub(r"(?<!\w)[a-z]", lambda found: found[0].upper(), text),
    "tobool": lambda value: value if isinstance(value, bool) else UNSETTLED,
    "tolist": lambda value: value if isinstance(value, Unordered) else list(value),
    "tomap": lambda value: value,
    "tonumber": _number,
    "toset": lambda value: value if isinstance(value, Unordered) else _whole(as_set)(value),
    "tostring": lambda *values: text_of(values),
    "trim": lambda text, ends: text.strip(ends),
    "trimprefix": lambda text, start: text.removeprefix(start),
    "trimspace": lambda text: text.strip(),
    "trimsuffix": lambda text, end: text.removesuffix(end),
    "upper": lambda text: text.upper(),
    "urlencode": lambda text: quote_plus(text, safe="~"),
    "values": _values,
    "yamldecode": lambda text: parsed(text, _from_yaml),
    "zipmap": _zipped,
}
