"""Local sockets of the daemon that a node's HAProxy connects to."""

import os
import socket
from pathlib import Path


def listening(folder: Path, file: str) -> socket.socket:
    """Return a listening socket; the folder is addressed by descriptor, since the path of a socket has a short limit."""
    folder.mkdir(parents=True, exist_ok=True)
    folder_fd = os.open(folder, os.O_PATH | os.O_CLOEXEC)
    try:
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        (folder / file).unlink(missing_ok=True)
        listener.bind(f"/proc/self/fd/{folder_fd}/{file}")
        listener.listen(128)
        return listener
    finally:
        os.close(folder_fd)
