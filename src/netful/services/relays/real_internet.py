"""The real internet behind the emulated one, where a user asks for it (`netful up --internet real`).

A name that is neither AWS's nor the template's has an address that is made from it. What connects to such an address is
relayed, byte for byte, to the real host of that name: TCP alone, TLS included, so that the client sees the host's own
certificate. Rules:

1. By name only: an address that was never given for a name leads to the emulated internet, as it always does.
2. To public addresses only: a name that means the machine itself or a network around it is not dialled, so a stack gets
   no way to what listens there. What is dialled is the address that was looked at.
3. The way to the door is the stack's own: a function without a route to the internet has none to the real one.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from ipaddress import IPv6Address, ip_address

from netful.services.http.acceptor import Acceptor
from netful.services.http.serving import Serving
from netful.services.relays.relay import Streams, pass_on, reset

_DIAL_SECONDS = 10.0
_SO_ORIGINAL_DST = 80  # <linux/netfilter_ipv4.h>; the standard library has no name for it
_SOCKADDR_IN = struct.Struct("!2xH4s8x")

LookUp = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a name on the real internet, for a port."""
Dial = Callable[[str, int], Awaitable[Streams]]


class RefusedNameError(OSError):
    """A name that leads to no public address."""


async def _look_up(name: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class RealInternet:
    """The names that were given, and the ways to their hosts."""

    def __init__(self, look_up: LookUp = _look_up, dial: Dial = asyncio.open_connection) -> None:
        self._look_up = look_up
        self._dial = dial
        self._names: dict[str, str] = {}  # no more than there are addresses for names

    def remember(self, name: str, address: str) -> None:
        """Know that a client was given this address for a name; of two names with one address the last counts."""
        self._names[address] = name

    def name_at(self, address: str) -> str | None:
        """The name that an address was given for."""
        return self._names.get(address)

    async def open(self, name: str, port: int) -> Streams:
        """Connect to a host. Raises RefusedNameError for one that is not public, OSError where nothing answers."""
        public = [address for address in await self._look_up(name, port) if _is_public(address)]
        if not public:
            raise RefusedNameError(f"{name} has no public address")
        return await asyncio.wait_for(self._dial(public[0], port), _DIAL_SECONDS)


class RelayingServer:
    """Serves a listening socket of the internet's: each connection goes to its real host, or is emulated."""

    def __init__(self, sock: socket.socket, internet: RealInternet, emulated: Serving) -> None:
        self._internet = internet
        self._emulated = emulated
        self._acceptor = Acceptor(sock, self._serve)

    async def _serve(self, connection: socket.socket) -> None:
        address, port = _destination(connection)
        name = self._internet.name_at(address)
        if name is None:
            await self._emulated.take(connection)
            return
        near = await asyncio.open_connection(sock=connection)
        try:
            far = await self._internet.open(name, port)
        except (OSError, TimeoutError, UnicodeError):  # the last for a name that no host can have
            reset(near[1])
            return
        await pass_on(near, far)

    def close(self) -> None:
        """Take no further connections, and end those that are relayed."""
        self._acceptor.close()


def _is_public(text: str) -> bool:
    address = ip_address(text)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_global


def _destination(connection: socket.socket) -> tuple[str, int]:
    """Where a client meant to go: the port may have been translated on the way to the door."""
    try:
        port, address = _SOCKADDR_IN.unpack(
            connection.getsockopt(socket.IPPROTO_IP, _SO_ORIGINAL_DST, _SOCKADDR_IN.size)
        )
    except OSError:
        own = connection.getsockname()
        return own[0], own[1]
    return socket.inet_ntoa(address), port
