"""Methods of Java's lists, maps, their entries and iterators."""

from typing import Any

from netful.engine.effort.allowance import Allowance
from netful.engine.effort.weight import pay_for
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


def _insert(work: Allowance, items: list[Any], index: int, value: Any) -> str:
    work.spend(len(items) >> 6)
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


def _add_all(work: Allowance, items: list[Any], more: list[Any]) -> bool:
    work.spend(len(more) >> 4)
    _room(items, len(more))
    items.extend(more)
    return bool(more)


def _remove(work: Allowance, items: list[Any], what: Any) -> Any:
    """Remove by position for a number, as Java's overloads do, else by value."""
    pay_for(work, what, times=len(items))
    if isinstance(what, int) and not isinstance(what, bool):
        old = _get(items, what)
        del items[what]
        return old
    if what not in items:
        return False
    items.remove(what)
    return True


def _contains(work: Allowance, items: list[Any], value: Any) -> bool:
    pay_for(work, value, times=len(items))
    return value in items


def _contains_all(work: Allowance, items: list[Any], others: list[Any]) -> bool:
    pay_for(work, others, times=len(items))
    return all(other in items for other in others)


def _contains_value(work: Allowance, entries: dict[Any, Any], value: Any) -> bool:
    pay_for(work, value, times=len(entries))
    return value in entries.values()


def _index_of(work: Allowance, items: list[Any], value: Any) -> int:
    pay_for(work, value, times=len(items))
    return items.index(value) if value in items else -1


def _sub_list(work: Allowance, items: list[Any], begin: int, end: int) -> list[Any]:
    work.spend(len(items) >> 4)
    return ArrayList(items[begin:end]) if 0 <= begin <= end <= len(items) else out_of_bounds(end, len(items))


def _keys(work: Allowance, entries: dict[Any, Any]) -> list[Any]:
    work.spend(len(entries) >> 2)
    return ArrayList(entries)


def _values(work: Allowance, entries: dict[Any, Any]) -> list[Any]:
    work.spend(len(entries) >> 2)
    return ArrayList(entries.values())


def _entries(work: Allowance, entries: dict[Any, Any]) -> list[Any]:
    work.spend(len(entries) * 4)
    return ArrayList(Entry(key, value) for key, value in entries.items())


def _put_all(work: Allowance, entries: dict[Any, Any], more: dict[Any, Any]) -> None:
    work.spend(len(more))
    entries.update(more)


def _key(work: Allowance, value: Any) -> Any:
    """Return a value as a key of a map, of which a list or a map is the text."""
    if isinstance(value, str):
        return value
    pay_for(work, value)
    return map_key(value)


def _value_or(work: Allowance, entries: dict[Any, Any], key: Any, other: Any) -> Any:
    return entries.get(_key(work, key), other)


def _put(work: Allowance, entries: dict[Any, Any], key: Any, value: Any) -> Any:
    key = _key(work, key)
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
    add=(Method(_add, (object,)), Method(_insert, (int, object), works=True)),
    addAll=Method(_add_all, (list,), works=True),
    remove=Method(_remove, (object,), works=True),
    contains=Method(_contains, (object,), works=True),
    containsAll=Method(_contains_all, (list,), works=True),
    indexOf=Method(_index_of, (object,), works=True),
    iterator=JavaIterator,
    clear=_clear,
    subList=Method(_sub_list, (int, int), works=True),
)

MAP = ANY | methods(
    size=len,
    isEmpty=lambda entries: not entries,
    get=Method(lambda work, entries, key: entries.get(_key(work, key)), (object,), works=True),
    getOrDefault=Method(_value_or, (object, object), works=True),
    put=Method(_put, (object, object), works=True),
    putAll=Method(_put_all, (dict,), works=True),
    remove=Method(lambda work, entries, key: entries.pop(_key(work, key), None), (object,), works=True),
    containsKey=Method(lambda work, entries, key: _key(work, key) in entries, (object,), works=True),
    containsValue=Method(_contains_value, (object,), works=True),
    keySet=Method(_keys, works=True),
    values=Method(_values, works=True),
    entrySet=Method(_entries, works=True),
    clear=_clear,
)

ENTRY = ANY | methods(getKey=lambda entry: entry.key, getValue=lambda entry: entry.value)

ITERATOR = methods(hasNext=JavaIterator.has_next, next=JavaIterator.next)
