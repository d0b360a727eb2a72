"""Messages between the command line and the daemon: JSON behind a four-byte length, over a Unix socket.

A request is {"verb": …, …}; each answer is one of {"result": …}, {"event": …} (more follows) or {"error": …}.
"""

from __future__ import annotations

import json
import struct
from typing import Any

from netful.model.core import errors
from netful.model.core.errors import NetfulError
from netful.model.core.origin import Origin

LENGTH = struct.Struct(">I")
LIMIT = 16 << 20
"""No message is larger; an invocation's payload is at most 6 MB, base64 makes that 8."""


def encode(message: dict[str, Any]) -> bytes:
    """The bytes of a message."""
    body = json.dumps(message).encode()
    return LENGTH.pack(len(body)) + body


def decode(body: bytes) -> dict[str, Any]:
    """Return the message in a body; raises ValueError."""
    try:
        message = json.loads(body)
    except RecursionError as error:
        raise ValueError("a message is nested too deeply") from error
    if not isinstance(message, dict):
        raise ValueError("a message is not an object")  # noqa: TRY004  # it is a body, not a type, that is wrong
    return message


def from_error(error: NetfulError) -> dict[str, Any]:
    """An error as a message."""
    origin = [error.origin.file, error.origin.line] if error.origin else None
    kind = type(error).__name__
    return {"error": {"kind": kind, "what": error.what, "origin": origin, "why": error.why, "hint": error.hint}}


def to_error(error: dict[str, Any]) -> NetfulError:
    """The error in a message."""
    kind: type[NetfulError] = getattr(errors, error["kind"], NetfulError)
    origin = Origin(*error["origin"]) if error["origin"] else None
    return kind(error["what"], origin=origin, why=error["why"], hint=error["hint"])
