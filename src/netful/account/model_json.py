"""JSON of objects of the model, which is read back as the same objects.

Theory: what JSON has stays as it is: texts, numbers, lists, mappings with texts as keys. Everything else is a mapping with one
key that begins with `$`: a tuple, a set, a text of a type (an address, an enum, a time), an object with its class. Fields with
their default are left out, so a later version of a class may have more of them.
"""

import importlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

from netful.account.changes import marked
from netful.sources.files.marked import MarkedMap

_PLAIN = (str, int, float, bool, type(None))
_SEQUENCES: Mapping[str, type] = {"$tuple": tuple, "$frozenset": frozenset, "$set": set}
_TEXTS: Mapping[str, Callable[[str], Any]] = {
    one.__name__: one for one in (IPv4Address, IPv4Network, IPv6Address, IPv6Network)
} | {"datetime": datetime.fromisoformat}
_OWN = ("netful.model.", "netful.functions.code.")
"""The beginnings of the modules whose classes are read; others may do something when they are imported."""


def encoded(value: Any) -> Any:
    """Return a value as JSON has it. Raises TypeError for one that it cannot keep."""
    if type(value) in _PLAIN:
        return value
    if isinstance(value, Enum):
        return {"$enum": [_name(type(value)), value.value]}
    if isinstance(value, str):
        return str(value)
    if isinstance(value, MarkedMap):
        return {"$marked": {key: encoded(inner) for key, inner in value.items()}}
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, list):
        return [encoded(one) for one in value]
    if isinstance(value, tuple | frozenset | set):
        return {f"${type(value).__name__}": [encoded(one) for one in value]}
    if is_dataclass(value):
        return {"$object": [_name(type(value)), {one.name: encoded(getattr(value, one.name)) for one in _set(value)}]}
    kind = type(value).__name__
    if kind not in _TEXTS:
        raise TypeError(f"a {kind} cannot be kept")
    return {"$text": [kind, value.isoformat() if isinstance(value, datetime) else str(value)]}


def decoded(value: Any) -> Any:
    """Return a value that was written as JSON. Raises ValueError if it is damaged, or of another version of netful."""
    if isinstance(value, list):
        return [decoded(one) for one in value]
    if not isinstance(value, Mapping):
        return value
    tag = next(iter(value), "")
    read = _READ.get(tag)
    if read is None:
        return {key: decoded(inner) for key, inner in value.items()}
    try:
        return read(value[tag])
    except (TypeError, AttributeError, LookupError, ImportError, RecursionError) as error:
        raise ValueError(f"{value[tag]!r:.100}: {error}") from error


def _mapping(value: Mapping[Any, Any]) -> Any:
    if all(isinstance(key, str) and not key.startswith("$") for key in value):
        return {str(key): encoded(inner) for key, inner in value.items()}
    return {"$pairs": [[encoded(key), encoded(inner)] for key, inner in value.items()]}


def _set(value: Any) -> Iterator[Field[Any]]:
    """Yield the fields that differ from their default."""
    for one in fields(value):
        default = one.default if one.default_factory is MISSING else one.default_factory()
        if one.init and (default is MISSING or getattr(value, one.name) != default):
            yield one


def _name(type_: type) -> str:
    if not type_.__module__.startswith(_OWN):
        raise TypeError(f"a {type_.__qualname__} cannot be kept")
    return f"{type_.__module__}:{type_.__qualname__}"


def _class(name: str) -> Any:
    module, _, class_ = name.partition(":")
    found = getattr(importlib.import_module(module), class_, None) if module.startswith(_OWN) else None
    if not isinstance(found, type) or not (is_dataclass(found) or issubclass(found, Enum)):
        raise ValueError(f"`{name}` is not a class of the model")
    return found


def _object(written: Any) -> Any:
    name, values = written
    return _class(name)(**{field: decoded(value) for field, value in values.items()})


_READ: Mapping[str, Callable[[Any], Any]] = {
    "$object": _object,
    "$enum": lambda written: _class(written[0])(written[1]),
    "$text": lambda written: _TEXTS[written[0]](written[1]),
    "$marked": lambda written: marked({key: decoded(inner) for key, inner in written.items()}),
    "$pairs": lambda written: {decoded(key): decoded(inner) for key, inner in written},
    **{
        tag: lambda written, type_=type_: type_(decoded(one) for one in written)  # type: ignore[misc]
        for tag, type_ in _SEQUENCES.items()
    },
}
