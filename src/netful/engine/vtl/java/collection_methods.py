"""Methods of Java's lists, maps, their entries and iterators."""

from __future__ import annotations

from typing import Any

from netful.engine.vtl.java.method import Method, methods, out_of_bounds
from netful.engine.vtl.java.text_methods import ANY
from netful.engine.vtl.java.values import ArrayList, Entry, map_key
from netful.engine.vtl.syntax import limits
from netful.engine.vtl.syntax.errors import RenderError


class JavaIterator:
    """`iterator()` of a collection."""

    __slots__ = ("_at", "_items")

    def __init__(self, items: list[Any]) -> None:
        self._items = items
        self._at = 0

    def has_next(self) -> bool:
        """Return whether `next` has an item."""
        return self._at < len(self._items)

    def next(self) -> Any:
        """Return the next item and advance."""
        self._at += 1
        return _get(self._items, self._at - 1)


def _get(items: list[Any], index: int) -> Any:
    return items[index] if 0 <= index < len(items) else out_of_bounds(index, len(items))


def _set(items: list[Any], index: int, value: Any) -> Any:
    old = _get(items, index)
    items[index] = value
    return old


def _insert(items: list[Any], index: int, value: Any) -> str:
    if not 0 <= index <= len(items):
        out_of_bounds(index, len(items))
    _room(items, 1)
    items.insert(index, value)
    return ""


def _room(items: list[Any], more: int) -> None:
    if len(items) + more > limits.LIST_LENGTH:
        raise RenderError(f"a list of more than {limits.LIST_LENGTH} items")


def _add(items: list[Any], value: Any) -> bool:
    _room(items, 1)
    items.append(value)
    return True


def _add_all(items: list[Any], more: list[Any]) -> bool:
    _room(items, len(more))
    items.extend(more)
    return bool(more)


def _remove(items: list[Any], what: Any) -> Any:
    """Remove by position for a number, as Java's overloads do, else by value."""
    if isinstance(what, int) and not isinstance(what, bool):
        old = _get(items, what)
        del items[what]
        return old
    if what not in items:
        return False
    items.remove(what)
    return True


def _index_of(items: list[Any], value: Any) -> int:
    return items.index(value) if value in items else -1


def _sub_list(items: list[Any], begin: int, end: int) -> list[Any]:
    return ArrayList(items[begin:end]) if 0 <= begin <= end <= len(items) else out_of_bounds(end, len(items))


def _value(entries: dict[Any, Any], key: Any) -> Any:
    try:
        return entries.get(key)
    except TypeError:  # a list or a map as the key
        return entries.get(map_key(key))


def _put(entries: dict[Any, Any], key: Any, value: Any) -> Any:
    key = map_key(key)
    old = entries.get(key)
    entries[key] = value
    return old


def _clear(items: list[Any] | dict[Any, Any]) -> None:
    items.clear()


LIST = ANY | methods(
    size=len,
    isEmpty=lambda items: not items,
    get=Method(_get, (int,)),
    set=Method(_set, (int, object)),
    add=(Method(_add, (object,)), Method(_insert, (int, object))),
    addAll=Method(_add_all, (list,)),
    remove=Method(_remove, (object,)),
    contains=Method(list.__contains__, (object,)),
    containsAll=Method(lambda items, others: all(other in items for other in others), (list,)),
    indexOf=Method(_index_of, (object,)),
    iterator=JavaIterator,
    clear=_clear,
    subList=Method(_sub_list, (int, int)),
)

MAP = ANY | methods(
    size=len,
    isEmpty=lambda entries: not entries,
    get=Method(_value, (object,)),
    getOrDefault=Method(lambda entries, key, other: entries.get(map_key(key), other), (object, object)),
    put=Method(_put, (object, object)),
    putAll=Method(dict.update, (dict,)),
    remove=Method(lambda entries, key: entries.pop(map_key(key), None), (object,)),
    containsKey=Method(lambda entries, key: map_key(key) in entries, (object,)),
    containsValue=Method(lambda entries, value: value in entries.values(), (object,)),
    keySet=ArrayList,
    values=lambda entries: ArrayList(entries.values()),
    entrySet=lambda entries: ArrayList(Entry(key, value) for key, value in entries.items()),
    clear=_clear,
)

ENTRY = ANY | methods(getKey=lambda entry: entry.key, getValue=lambda entry: entry.value)

ITERATOR = methods(hasNext=JavaIterator.has_next, next=JavaIterator.next)
