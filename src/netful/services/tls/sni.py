"""The name in a client's TLS greeting, kept with the connection: the ssl module tells it only in a callback."""

from __future__ import annotations

from weakref import WeakKeyDictionary

_names: WeakKeyDictionary[object, str] = WeakKeyDictionary()


def remember(connection: object, name: str) -> None:
    """Note the name that a connection's client has asked for."""
    _names[connection] = name


def sni_of(connection: object) -> str | None:
    """The name that a connection's client has asked for, or None."""
    return None if connection is None else _names.get(connection)
