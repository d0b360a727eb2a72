"""A reader of pcapng, written from its specification and not from netful's writer."""

import struct
from typing import NamedTuple


class Frame(NamedTuple):
    """A packet: the name of its interface, its time in seconds, its direction, its bytes."""

    interface: str
    at: float
    outbound: bool
    data: bytes

    def ends(self):
        """Addresses, ports and flags of TCP over IPv4."""
        packet = self.data[14:]
        tcp = packet[(packet[0] & 15) * 4 :]
        dotted = [".".join(map(str, packet[at : at + 4])) for at in (12, 16)]
        return (*dotted, *struct.unpack_from("!HH", tcp), tcp[13])


def read(content):
    """Return the interfaces, each with its options by code, and the packets of a file."""
    at, interfaces, frames = 0, [], []
    while at < len(content):
        kind, length = struct.unpack_from("<II", content, at)
        body = content[at + 8 : at + length - 4]
        assert struct.unpack_from("<I", content, at + length - 4) == (length,)
        assert length % 4 == 0
        if kind == 0x0A0D0D0A:
            assert struct.unpack_from("<IHH", body) == (0x1A2B3C4D, 1, 0)
        elif kind == 1:
            assert struct.unpack_from("<H", body) == (1,)  # Ethernet
            interfaces.append(_options(body[8:]))
        elif kind == 6:
            number, high, low, captured, whole = struct.unpack_from("<IIIII", body)
            assert captured <= whole
            options = _options(body[20 + (captured + 3 & ~3) :])
            unit = 10.0 ** -interfaces[number][9][0]
            outbound = struct.unpack("<I", options[2])[0] & 3 == 2
            name = interfaces[number][2].decode()
            frames.append(Frame(name, (high << 32 | low) * unit, outbound, body[20 : 20 + captured]))
        at += length
    return interfaces, frames


def _options(data):
    found, at = {}, 0
    while at + 4 <= len(data):
        code, length = struct.unpack_from("<HH", data, at)
        if code == 0:
            break
        found[code] = data[at + 4 : at + 4 + length]
        at += 4 + (length + 3 & ~3)
    return found
