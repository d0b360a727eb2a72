"""An anonymous network namespace, held only by a file descriptor.

It has no name and no mount. When the descriptor and the last socket in it are closed, or the process is killed, the
kernel removes the namespace and everything in it (fabric §3). All methods but `close` run on the namespace thread.
"""

from __future__ import annotations

import os
import socket as sockets
from collections.abc import Iterator
from contextlib import contextmanager

from netful.fabric.kernel import syscalls
from netful.model.network.vpc import IPAddress

BACKLOG = 512
_READY = 8  # bare namespaces in a pool


class Netns:
    """A network namespace. Make it with `create`; `fd` may be passed to another process."""

    def __init__(self, fd: int, limbo: int) -> None:
        self.fd = fd
        self._limbo = limbo

    @classmethod
    def create(cls, limbo: int) -> Netns:
        """Make a bare namespace (loopback down) and return to `limbo`."""
        syscalls.unshare(syscalls.CLONE_NEWNET)
        try:
            return cls(os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC), limbo)
        finally:
            syscalls.setns(limbo, syscalls.CLONE_NEWNET)

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Run the body inside the namespace. Never await in it."""
        syscalls.setns(self.fd, syscalls.CLONE_NEWNET)
        try:
            yield
        finally:
            syscalls.setns(self._limbo, syscalls.CLONE_NEWNET)

    def socket(self, kind: int, family: int = sockets.AF_INET, proto: int = 0) -> sockets.socket:
        """Open a non-blocking socket that always belongs to the namespace."""
        with self.inside():
            return sockets.socket(family, kind | sockets.SOCK_NONBLOCK | sockets.SOCK_CLOEXEC, proto)

    def listen(self, address: IPAddress | str, port: int) -> sockets.socket:
        """Open a listening TCP socket; an address that is only routed here (AnyIP) needs no assignment."""
        sock = self._bound(sockets.SOCK_STREAM, str(address), port)
        sock.listen(BACKLOG)
        return sock

    def datagrams(self, address: IPAddress | str, port: int) -> sockets.socket:
        """Open a bound UDP socket."""
        return self._bound(sockets.SOCK_DGRAM, str(address), port)

    def _bound(self, kind: int, address: str, port: int) -> sockets.socket:
        six = ":" in address
        sock = self.socket(kind, sockets.AF_INET6 if six else sockets.AF_INET)
        sock.setsockopt(sockets.SOL_SOCKET, sockets.SO_REUSEADDR, 1)
        if six:  # IPv4 has a socket of its own, which reports plain IPv4 addresses
            sock.setsockopt(sockets.IPPROTO_IPV6, sockets.IPV6_V6ONLY, 1)
        sock.bind((address, port))
        return sock

    def sysctl(self, settings: dict[str, int | str]) -> None:
        """Write settings under /proc/sys/net. Slow with many namespaces: routers only, never sandboxes (§4)."""
        with self.inside():
            for name, value in settings.items():
                with open(f"/proc/sys/net/{name}", "w", encoding="ascii") as setting:  # noqa: PTH123  # /proc is not a path to handle
                    setting.write(str(value))

    @property
    def closed(self) -> bool:
        """Return whether the namespace is closed."""
        return self.fd < 0

    def close(self) -> None:
        """Close the descriptor of the namespace."""
        if self.fd >= 0:
            os.close(self.fd)
            self.fd = -1

    def __del__(self) -> None:
        """Close the namespace also after a failure to build on it, or if its maker was cancelled."""
        self.close()


class NetnsPool:
    """Bare namespaces made ahead of time: making one costs more than all other steps of attaching a sandbox (§4)."""

    def __init__(self, limbo: int) -> None:
        self._limbo = limbo
        self._ready: list[Netns] = []

    def fill(self) -> None:
        """Add one namespace; call it when idle. It does nothing if the pool is full."""
        if len(self._ready) < _READY:
            self._ready.append(Netns.create(self._limbo))

    def take(self) -> Netns:
        """Return a bare namespace."""
        return self._ready.pop() if self._ready else Netns.create(self._limbo)

    def close(self) -> None:
        """Close the remaining namespaces."""
        while self._ready:
            self._ready.pop().close()
