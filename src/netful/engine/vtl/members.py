"""Members of values: after a dot or in brackets, by the kind of the value on the left.

Velocity looks for a getter, then for `get(name)`, then for `isName()`; here a table lists the getters. A missing member is null,
and a method of null is null.
"""

from collections.abc import Callable
from typing import Any

from netful.engine.vtl.context import Context, OverrideMap
from netful.engine.vtl.dollar_input import INPUT, Input
from netful.engine.vtl.dollar_util import METHODS as UTIL
from netful.engine.vtl.dollar_util import Util
from netful.engine.vtl.java.collection_methods import ENTRY, ITERATOR, LIST, MAP, JavaIterator
from netful.engine.vtl.java.method import Method, Methods
from netful.engine.vtl.java.text_methods import BOOLEAN, NUMBER, STRING
from netful.engine.vtl.java.values import Absent, ArrayList, Entry, map_key
from netful.engine.vtl.run import Loop
from netful.engine.vtl.syntax.errors import RenderError

METHODS: dict[type, Methods] = {
    str: STRING,
    Absent: STRING,
    bool: BOOLEAN,
    int: NUMBER,
    float: NUMBER,
    list: LIST,
    ArrayList: LIST,
    dict: MAP,
    Context: MAP,
    OverrideMap: MAP,
    Entry: ENTRY,
    JavaIterator: ITERATOR,
    Input: INPUT,
    Util: UTIL,
}

LOOP: dict[str, Callable[[Loop], Any]] = {
    "count": lambda loop: loop.index + 1,
    "index": lambda loop: loop.index,
    "hasNext": lambda loop: loop.index + 1 < loop.length,
    "first": lambda loop: loop.index == 0,
    "last": lambda loop: loop.index + 1 == loop.length,
    "parent": lambda loop: loop.parent,
}

_GETTERS: dict[type, dict[str, Callable[[Any], Any]]] = {
    Loop: LOOP,
    Entry: {"key": lambda entry: entry.key, "value": lambda entry: entry.value},
    Input: {"body": lambda sent: sent.body},
    str: {"empty": lambda value: not value},
    list: {"empty": lambda value: not value},
    ArrayList: {"empty": lambda value: not value},
}


def get_property(value: Any, name: str) -> Any:
    """`value.name`."""
    if isinstance(value, dict):
        return value.get(name)
    getters = _GETTERS.get(type(value))
    getter = getters.get(name) if getters else None
    return getter(value) if getter else None


def find_method(value: Any, key: tuple[str, int]) -> Method | None:
    """Return the method with that name and number of arguments."""
    table = METHODS.get(type(value))
    return table.get(key) if table else None


def accepts(method: Method, arguments: list[Any]) -> bool:
    """Return whether every argument has the kind that the method requires."""
    return all(kind is object or _fits(argument, kind) for argument, kind in zip(arguments, method.takes, strict=True))


def _fits(value: Any, kind: type) -> bool:
    if isinstance(value, bool):
        return kind is bool
    return isinstance(value, kind) or (kind is float and isinstance(value, int))


def get_index(value: Any, key: Any) -> Any:
    """`value[key]`; a negative number counts from the end."""
    if isinstance(value, dict):
        return value.get(map_key(key))
    if not isinstance(value, list) or type(key) is not int:
        return None
    if not -len(value) <= key < len(value):
        raise RenderError(f"index {key} is out of bounds for length {len(value)}")
    return value[key]


def set_member(value: Any, key: Any, new: Any) -> None:
    """`#set($value.key = new)`; without effect if the value has no such member."""
    if isinstance(value, dict):
        value[map_key(key)] = new
        return
    if isinstance(value, list) and type(key) is int and -len(value) <= key < len(value):
        value[key] = new
