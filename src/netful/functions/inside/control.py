"""The control socket between the daemon and a zygote: one JSON object a packet, with file descriptors beside it."""

from __future__ import annotations

import json
import socket
from typing import Any

PACKET = 1 << 17
_MOST_DESCRIPTORS = 4


def receive(control: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Return the next message and its descriptors, or None if the daemon is gone."""
    data, descriptors, _flags, _address = socket.recv_fds(control, PACKET, _MOST_DESCRIPTORS)
    return (json.loads(data), descriptors) if data else None


def send(control: socket.socket, message: dict[str, Any]) -> None:
    """Send a message."""
    control.send(json.dumps(message).encode())


def program(module: str, package_parent: str) -> list[str]:
    """Return the arguments with which a bare interpreter runs `main` of one of this package's modules."""
    text = f"import sys; sys.path.append(sys.argv[1]); from netful.functions.inside.{module} import main; main()"
    return ["-I", "-S", "-c", text, package_parent]
