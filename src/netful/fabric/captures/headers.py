"""Headers of an Ethernet frame with an IP packet, as far as a summary shows them."""

import struct
from ipaddress import IPv4Address, IPv6Address

from netful.model.core import Frozen

_ETHERNET, _IPV4, _IPV6 = 14, 0x0800, 0x86DD
_IPV6_HEADER = 40
_NAMES = {1: "icmp", 6: "tcp", 17: "udp", 58: "icmp6"}
_FLAGS = "FSRPAUEC"
_FRAGMENT = 0x1FFF


class Headers(Frozen):
    """Addresses, ports (0: none) and TCP's flags, as tcpdump abbreviates them. `length` is that of the packet."""

    protocol: str
    source: str
    destination: str
    source_port: int = 0
    destination_port: int = 0
    flags: str = ""
    length: int = 0


def headers_of(frame: bytes, length: int) -> Headers | None:
    """Return the headers of a frame, which may be cut; None if it has no IP packet. `length` is that of the whole frame."""
    if len(frame) < _ETHERNET:
        return None
    kind, packet = int.from_bytes(frame[12:14], "big"), frame[_ETHERNET:]
    if kind == _IPV4 and len(packet) >= 20:
        number, ends = packet[9], (str(IPv4Address(packet[12:16])), str(IPv4Address(packet[16:20])))
        later = bool(int.from_bytes(packet[6:8], "big") & _FRAGMENT)
        rest = b"" if later else packet[(packet[0] & 15) * 4 :]
    elif kind == _IPV6 and len(packet) >= _IPV6_HEADER:
        number, ends = packet[6], (str(IPv6Address(packet[8:24])), str(IPv6Address(packet[24:40])))
        rest = packet[_IPV6_HEADER:]
    else:
        return None
    name, ports, flags = _NAMES.get(number, str(number)), (0, 0), ""
    if name in ("tcp", "udp") and len(rest) >= 4:
        ports = struct.unpack_from("!HH", rest)
    if name == "tcp" and len(rest) > 13:
        flags = "".join(letter for bit, letter in enumerate(_FLAGS) if rest[13] >> bit & 1)
    return Headers(name, *ends, *ports, flags, length - _ETHERNET)
