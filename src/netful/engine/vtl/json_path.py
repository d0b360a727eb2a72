"""JSONPath as API Gateway's `$input.path` and `$input.json` evaluate it.

`$.a.b`, `['a']`, `['a','b']`, `[0]`, `[-1]`, `[0,1]`, `[1:3]`, `[*]`, `.*`, `..a`, `[?(@.a == 'x')]`. A path without wildcards,
slices, unions or filters is definite: it gives one value or `MISSING`. Any other path gives a list.
"""

import json
import operator
import re
from collections.abc import Callable, Collection
from functools import lru_cache, partial
from typing import Any

from netful.engine.effort.allowance import Allowance
from netful.engine.vtl.syntax import limits
from netful.engine.vtl.syntax.errors import RenderError
from netful.model.core import Frozen

MISSING: Any = object()

Select = Callable[[Any, Allowance], Collection[Any]]
"""Function that returns the values at one step from a value."""

_STEP, _VALUE = 8, 4  # units of a step from one value, and of each value that is found

_TOKEN = re.compile(
    r"""(?P<deep>\.\.(?=[\w*\[]))
      | \.?\[\s*(?P<quoted>(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")(?:\s*,\s*(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))*)\s*\]
      | \.?\[\s*(?P<indexes>-?[0-9]{1,9}(?:\s*,\s*-?[0-9]{1,9})*)\s*\]
      | \.?\[\s*(?P<slice>(?:-?[0-9]{1,9})?\s*:\s*(?:-?[0-9]{1,9})?)\s*\]
      | (?P<all>\.?\[\s*\*\s*\]|\.\*|(?<=\.)\*)
      | \.?\[\s*\?\s*\(\s*@(?P<operand>[^=!<>)\s]*)\s*(?:(?P<compare>==|!=|<=|>=|<|>)\s*(?P<literal>'[^']*'|"[^"]*"|[^)\s]+))?\s*\)\s*\]
      | \.?(?P<name>[^.\[\]()*'"\s?]+)
    """,
    re.VERBOSE,
)
_QUOTED = re.compile(r"""'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)\"""")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


class Path(Frozen):
    """A compiled path."""

    definite: bool
    selects: tuple[Select, ...]

    def of(self, document: Any, work: Allowance) -> Any:
        """Return the value of a definite path, or the list of values of another one."""
        found: list[Any] = [document]
        for select in self.selects:
            before, found = found, []
            for value in before:
                selected = select(value, work)
                work.spend(_STEP + len(selected) * _VALUE)
                found.extend(selected)
            if len(found) > limits.LIST_LENGTH:
                raise RenderError(f"a path with more than {limits.LIST_LENGTH} values")
        if not self.definite:
            return found
        return found[0] if found else MISSING


@lru_cache(maxsize=1024)
def json_path(source: str) -> Path:
    """Compile a path; one without a leading `$` also starts at the document."""
    rest = source.strip().removeprefix("$")
    selects: list[Select] = []
    definite = True
    at = 0
    while at < len(rest):
        token = _TOKEN.match(rest, at)
        if token is None:
            raise RenderError(f"`{source}` is not a JSONPath", why=f"it cannot be read from `{rest[at:]}` on")
        selects.append(_select(token))
        definite = definite and _is_definite(token)
        at = token.end()
    return Path(definite, tuple(selects))


def _is_definite(token: re.Match[str]) -> bool:
    several = token["quoted"] and len(_QUOTED.findall(token["quoted"])) > 1
    return bool(
        (token["name"] or token["quoted"] or token["indexes"]) and not several and "," not in (token["indexes"] or "")
    )


def _select(token: re.Match[str]) -> Select:
    if name := token["name"]:
        return partial(_names, (name,))
    if quoted := token["quoted"]:
        return partial(_names, tuple(re.sub(r"\\(.)", r"\1", one or other) for one, other in _QUOTED.findall(quoted)))
    if indexes := token["indexes"]:
        return partial(_indexes, tuple(int(index) for index in indexes.split(",")))
    if token["slice"]:
        return _slice(token["slice"])
    if token["operand"] is not None:
        return _filter(token)
    return _descendants if token["deep"] else _all


def _names(names: tuple[str, ...], value: Any, _: Allowance) -> Collection[Any]:
    if not isinstance(value, dict):
        return ()
    return [value[name] for name in names if name in value]


def _indexes(indexes: tuple[int, ...], value: Any, _: Allowance) -> Collection[Any]:
    if not isinstance(value, list):
        return ()
    return [value[index] for index in indexes if -len(value) <= index < len(value)]


def _slice(text: str) -> Select:
    begin, end = (int(bound) if bound.strip() else None for bound in text.split(":"))
    return lambda value, _: value[begin:end] if isinstance(value, list) else ()


def _all(value: Any, _: Allowance) -> Collection[Any]:
    return _children(value)


def _children(value: Any) -> Collection[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _descendants(value: Any, work: Allowance) -> Collection[Any]:
    """Return the value and all values in it, outer before inner."""
    waiting, found = [value], []
    while waiting:
        one = waiting.pop()
        found.append(one)
        children = _children(one)
        work.spend(_STEP + len(children))
        waiting.extend(reversed([item for item in children if isinstance(item, dict | list)]))
    return found


def _filter(token: re.Match[str]) -> Select:
    path = json_path("$" + token["operand"])
    compare = _COMPARE.get(token["compare"] or "")
    literal = _literal(token["literal"]) if compare else None

    def holds(item: Any, work: Allowance) -> bool:
        found = path.of(item, work)
        if compare is None or found is MISSING:
            return compare is None and found is not MISSING
        try:
            return compare(found, literal)
        except TypeError:
            return False

    return lambda value, work: [item for item in _children(value) if holds(item, work)]


def _literal(text: str) -> Any:
    if text[0] in "'\"":
        return text[1:-1]
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RenderError(f"`{text}` is not a value in a JSONPath filter") from error
