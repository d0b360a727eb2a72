"""Messages between the command line and the daemon: JSON after a length of four bytes, over a Unix socket.

A request is {"verb": …, …}. Each answer is one of {"result": …}, {"event": …} (more follows) or {"error": …}.
"""

import inspect
import json
import struct
from typing import Any

import msgspec

from netful.model.core import NetfulError, Origin, errors

LENGTH = struct.Struct(">I")
LIMIT = 16 << 20
"""Limit of a message's size. The payload of an invocation is at most 6 MB, which base64 turns into 8 MB."""

_ODD_LIMIT = 1 << 20


def encode(message: dict[str, Any]) -> bytes:
    """Return the bytes of a message."""
    body = json.dumps(message).encode()
    return LENGTH.pack(len(body)) + body


def decode(body: bytes | bytearray) -> dict[str, Any]:
    """Return the message in a body; raises ValueError."""
    try:
        message = msgspec.json.decode(body)  # in a fifth of json's time, for which other clients wait
    except msgspec.DecodeError:
        message = _odd(body)
    if not isinstance(message, dict):
        raise ValueError("a message is not an object")  # noqa: TRY004  # it is a body, not a type, that is wrong
    return message


def _odd(body: bytes | bytearray) -> Any:
    """Return what a short body contains that only json reads, such as halves of surrogate pairs of words that are no UTF-8."""
    if len(body) > _ODD_LIMIT:
        raise ValueError("a message is no JSON")
    try:
        return json.loads(body)
    except RecursionError as error:
        raise ValueError("a message is nested too deeply") from error


def from_error(error: NetfulError) -> dict[str, Any]:
    """Return the message for an error: what it is made from, by the nearest of its classes that clients know."""
    kind = next(one for one in type(error).__mro__ if one.__module__ == errors.__name__)
    told = {name: getattr(error, name) for name in inspect.signature(kind).parameters}
    origin = [error.origin.file, error.origin.line] if error.origin else None
    return {"error": {"kind": kind.__name__, **told, "origin": origin}}


def to_error(error: dict[str, Any]) -> NetfulError:
    """Return the error in a message."""
    told = dict(error)
    kind: type[NetfulError] = getattr(errors, told.pop("kind"))
    origin = told.pop("origin")
    return kind(**told, origin=Origin(*origin) if origin else None)
