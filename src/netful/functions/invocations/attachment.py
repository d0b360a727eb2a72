"""What a sandbox gets from the network: the fabric's side implements it."""

from __future__ import annotations

import socket
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias

from netful.model.functions.function import Function


class Attachment(Protocol):
    """A network namespace made for one execution environment: its links are up, its addresses and routes set."""

    @property
    def netns_fd(self) -> int:
        """The descriptor of the network namespace."""

    @property
    def nameserver(self) -> str:
        """The address of the resolver that the sandbox shall ask."""

    def listen(self, address: str, port: int) -> socket.socket:
        """A non-blocking listening TCP socket inside the namespace."""

    async def socket(self) -> socket.socket:
        """A non-blocking TCP socket inside the namespace."""

    def close(self) -> None:
        """Let go of the namespace."""


Attach: TypeAlias = Callable[[Function], Awaitable[Attachment]]
"""Makes the attachment of a new execution environment of a function, as one of its versions has it."""
