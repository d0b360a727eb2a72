"""`--attach Db=127.0.0.1:5432`: the port of a template's resource, served by the host."""

import re
from collections.abc import Iterable

from netful.model.core.errors import QuestionError

_FORM = re.compile(r"(?P<resource>[A-Za-z0-9/._-]+)(?::(?P<port>\d+))?=(?P<host>[A-Za-z0-9.-]+):(?P<far>\d+)")
_LAST_PORT = 65535


def attachments(texts: Iterable[str]) -> tuple[tuple[str, int, str, int], ...]:
    """Return (resource, its port, host, the host's port) for each; the resource has the host's port by default."""
    return tuple(map(_attachment, texts))


def _attachment(text: str) -> tuple[str, int, str, int]:
    found = _FORM.fullmatch(text)
    ports = [int(found["port"] or found["far"]), int(found["far"])] if found else [0]
    if found is None or not all(0 < port <= _LAST_PORT for port in ports):
        raise QuestionError(f"`--attach {text}` is not understood", hint="--attach Db=127.0.0.1:5432")
    return found["resource"], ports[0], found["host"], ports[1]
