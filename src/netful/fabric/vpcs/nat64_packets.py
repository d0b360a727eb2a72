"""Translation of packets between IPv6 and IPv4 (RFC 7915): TCP, UDP and pings; nothing else, and no fragments.

A translated packet is empty for every other original.
"""

import struct

from netful.model.network.nat64 import NAT64_BLOCK
from netful.model.network.protocols import ICMP, ICMPV6, TCP, UDP

_PREFIX = NAT64_BLOCK.network_address.packed[:12]
_HEADER4, _HEADER6 = struct.Struct("!BBHHHBBH4s4s"), struct.Struct("!IHBB16s16s")
_DONT_FRAGMENT, _FRAGMENTED = 0x4000, 0x3FFF
_CHECKSUM_AT = {TCP: 16, UDP: 6, ICMP: 2}
_SHORTEST = {TCP: 20, UDP: 8, ICMP: 8}
_ECHOES = {128: 8, 129: 0}
_ECHOES6 = {old: new for new, old in _ECHOES.items()}


def to_ipv4(packet: bytes, source: bytes) -> bytes:
    """Return an IPv6 packet for an address of NAT64 as an IPv4 packet of this source."""
    if len(packet) < _HEADER6.size:
        return b""
    first, length, next_header, hops, source6, destination6 = _HEADER6.unpack_from(packet)
    protocol = ICMP if next_header == ICMPV6 else next_header
    payload = packet[_HEADER6.size : _HEADER6.size + length]
    if next_header == ICMP or destination6[:12] != _PREFIX:
        return b""
    destination = destination6[12:]
    translated = _payload(protocol, payload, _pseudo(source6, destination6, next_header, length), _ECHOES,
                          b"" if protocol == ICMP else _pseudo(source, destination, protocol, length))  # fmt: skip
    if not translated:
        return b""
    size, tos = _HEADER4.size + len(translated), first >> 20 & 0xFF
    header = _HEADER4.pack(0x45, tos, size, 0, _DONT_FRAGMENT, hops, protocol, 0, source, destination)
    return header[:10] + _packed(~_sum(header) & 0xFFFF) + header[12:] + translated


def to_ipv6(packet: bytes, destination: bytes) -> bytes:
    """Return an IPv4 packet as an IPv6 packet for this destination, from the address of NAT64 of its source."""
    if len(packet) < _HEADER4.size:
        return b""
    version, tos, size, _, fragment, hops, protocol, _, source4, destination4 = _HEADER4.unpack_from(packet)
    payload = packet[(version & 0xF) * 4 : size]
    if fragment & _FRAGMENTED:
        return b""
    source, next_header, length = _PREFIX + source4, ICMPV6 if protocol == ICMP else protocol, len(payload)
    translated = _payload(protocol, payload, b"" if protocol == ICMP else _pseudo(source4, destination4, protocol, length),
                          _ECHOES6, _pseudo(source, destination, next_header, length))  # fmt: skip
    if not translated:
        return b""
    header = _HEADER6.pack(6 << 28 | tos << 20, length, next_header, hops, source, destination)
    return header + translated


def _payload(protocol: int, payload: bytes, before: bytes, echoes: dict[int, int], after: bytes) -> bytes:
    """Return a payload with its checksum over another pseudo header; empty if the protocol is not translated."""
    at = _CHECKSUM_AT.get(protocol)
    if at is None or len(payload) < _SHORTEST[protocol]:
        return b""
    old = payload
    if protocol == ICMP:
        kind = echoes.get(payload[0])
        if kind is None:
            return b""
        payload = bytes([kind]) + payload[1:]
    (checksum,) = struct.unpack_from("!H", old, at)
    if protocol == UDP and checksum == 0:  # IPv4 alone allows a datagram without one
        total = _sum(after + payload)
    else:  # the new sum is the old one, less what it was over and is not any more (RFC 1624)
        total = (~checksum & 0xFFFF) + (~_sum(before + old[:2]) & 0xFFFF) + _sum(after + payload[:2])
        total = _folded(total)
    result = ~total & 0xFFFF
    if protocol == UDP and result == 0:
        result = 0xFFFF
    return payload[:at] + _packed(result) + payload[at + 2 :]


def _pseudo(source: bytes, destination: bytes, protocol: int, length: int) -> bytes:
    return source + destination + struct.pack("!II", length, protocol)


def _sum(data: bytes) -> int:
    """Return the ones' complement sum of 16-bit words."""
    data += b"\0" * (len(data) % 2)
    return _folded(sum(struct.unpack(f"!{len(data) // 2}H", data)))


def _folded(total: int) -> int:
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def _packed(number: int) -> bytes:
    return struct.pack("!H", number)
