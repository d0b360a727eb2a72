"""Server name of a TLS connection, kept by connection because the ssl module reports it only in a callback."""

from weakref import WeakKeyDictionary

_names: WeakKeyDictionary[object, str] = WeakKeyDictionary()


def remember(connection: object, name: str) -> None:
    """Record the server name that a connection's client has requested."""
    _names[connection] = name


def sni_of(connection: object) -> str | None:
    """Return the server name that a connection's client has requested, or None."""
    return None if connection is None else _names.get(connection)
