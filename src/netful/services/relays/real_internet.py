"""Real internet behind the emulated one, if the user requests it (`netful up --internet real`).

A name that belongs neither to AWS nor to the template has an address that is derived from it. Connections to such an
address are relayed, byte for byte, to the real host of that name: TCP only, TLS included, so that the client sees the
host's own certificate. Rules:

1. By name only: an address that was never returned for a name leads to the emulated internet, as always.
2. To public addresses only: a name of the machine itself or of a network around it is not dialled, so a stack cannot
   reach services there. The dialled address is the one that was checked.
3. The path to the door is the stack's own: a function without a route to the internet cannot reach the real one.
"""

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
"""Returns the addresses of a name on the real internet, for a port."""
Dial = Callable[[str, int], Awaitable[Streams]]


class RefusedNameError(OSError):
    """A name without a public address."""


async def _look_up(name: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


class RealInternet:
    """The names that clients have resolved, and connections to their real hosts."""

    def __init__(self, look_up: LookUp = _look_up, dial: Dial = asyncio.open_connection) -> None:
        self._look_up = look_up
        self._dial = dial
        self._names: dict[str, str] = {}  # bounded by the number of addresses for names

    def remember(self, name: str, address: str) -> None:
        """Record that a client received this address for a name; if two names have the same address, the last one is used."""
        self._names[address] = name

    def name_at(self, address: str) -> str | None:
        """Return the name for which an address was returned."""
        return self._names.get(address)

    async def open(self, name: str, port: int) -> Streams:
        """Connect to a host. Raise RefusedNameError if it is not public, OSError if it does not answer."""
        public = [address for address in await self._look_up(name, port) if _is_public(address)]
        if not public:
            raise RefusedNameError(f"{name} has no public address")
        return await asyncio.wait_for(self._dial(public[0], port), _DIAL_SECONDS)


class RelayingServer:
    """Server of a listening socket on the internet: each connection is relayed to its real host, or emulated."""

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
        except (OSError, TimeoutError, UnicodeError):  # UnicodeError: a name that no host can have
            reset(near[1])
            return
        await pass_on(near, far)

    def close(self) -> None:
        """Accept no further connections, and end the relayed ones."""
        self._acceptor.close()


def _is_public(text: str) -> bool:
    address = ip_address(text)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_global


def _destination(connection: socket.socket) -> tuple[str, int]:
    """Return the client's original destination: the port may have been translated on the way to the door."""
    try:
        port, address = _SOCKADDR_IN.unpack(
            connection.getsockopt(socket.IPPROTO_IP, _SO_ORIGINAL_DST, _SOCKADDR_IN.size)
        )
    except OSError:
        own = connection.getsockname()
        return own[0], own[1]
    return socket.inet_ntoa(address), port
