"""Messages between the command line and the daemon: JSON after a length of four bytes, over a Unix socket.

A request is {"verb": …, …}. Each answer is one of {"result": …}, {"event": …} (more follows) or {"error": …}.
"""

import json
import struct
from typing import Any

import msgspec

from netful.model.core import errors
from netful.model.core.errors import ConsentError, NetfulError, UnbuiltError
from netful.model.core.origin import Origin

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
    """Return the message for an error."""
    origin = [error.origin.file, error.origin.line] if error.origin else None
    told: dict[str, Any] = {
        "kind": type(error).__name__,
        "what": error.what,
        "origin": origin,
        "why": error.why,
        "hint": error.hint,
    }
    if isinstance(error, ConsentError):
        told["digest"] = error.digest
    if isinstance(error, UnbuiltError):
        told["builds"] = error.builds
    return {"error": told}


def to_error(error: dict[str, Any]) -> NetfulError:
    """Return the error in a message."""
    kind: type[NetfulError] = getattr(errors, error["kind"], NetfulError)
    origin = Origin(*error["origin"]) if error["origin"] else None
    more = {name: error[name] for name in ("why", "hint", "digest", "builds") if name in error}
    return kind(error["what"], origin=origin, **more)
