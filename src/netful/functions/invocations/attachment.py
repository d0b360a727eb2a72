"""Attachment of a sandbox to the network; the fabric implements it."""

import socket
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias

from netful.model.functions.function import Function


class Attachment(Protocol):
    """Network namespace of one execution environment, with its links, addresses and routes."""

    @property
    def netns_fd(self) -> int:
        """Descriptor of the network namespace."""

    @property
    def nameserver(self) -> str:
        """Address of the resolver for the sandbox."""

    @property
    def cut(self) -> bool:
        """Return whether the namespace is cut off: the interface in front of it is gone."""

    @property
    def trace_daemon(self) -> socket.socket | None:
        """Non-blocking UDP socket at the address of X-Ray's daemon; None if nothing is traced."""

    def listen(self, address: str, port: int) -> socket.socket:
        """Return a non-blocking listening TCP socket inside the namespace."""

    async def socket(self) -> socket.socket:
        """Return a non-blocking TCP socket inside the namespace."""

    def close(self) -> None:
        """Release the namespace."""


Attach: TypeAlias = Callable[[Function], Awaitable[Attachment]]
"""Makes the attachment of a new execution environment of a function, for one of its versions."""
