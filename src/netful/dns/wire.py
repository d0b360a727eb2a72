"""DNS messages on the wire (RFC 1035, EDNS0 of RFC 6891): queries in, responses out.

This module encodes by hand: it echoes the question byte for byte, so letter case is kept, and the owner of every record points
to it. An encoded answer is therefore the same for every client and can be cached (5 µs a response instead of 100).
"""

import struct
from collections.abc import Iterable
from enum import IntEnum

from netful.model.core import Frozen
from netful.model.network.vpc import IPAddress

TTL = 60
MAX_UDP = 1232  # the size that fits an unfragmented packet on any link
PLAIN_UDP = 512

_HEADER = struct.Struct("!6H")
_QUESTION_TAIL = struct.Struct("!HH")
_RECORD_TAIL = struct.Struct("!HHIH")
_OPT_HEAD = struct.Struct("!BHHIH")

_QR, _TC, _RD, _RA, _CD = 0x8000, 0x0200, 0x0100, 0x0080, 0x0010
_OPCODE = 0x7800
_DO = 0x8000
_POINTER = 0xC0
_QUESTION_OWNER = bytes([0xC0, 0x0C])
"""A pointer to the question's name, as the owner of a record."""


class Type(IntEnum):
    """Record types that this server handles."""

    A = 1
    CNAME = 5
    SOA = 6
    AAAA = 28
    OPT = 41


_TYPES = {4: Type.A, 6: Type.AAAA}


class Rcode(IntEnum):
    """Response codes; BADVERS is an extended code."""

    NOERROR = 0
    FORMERR = 1
    SERVFAIL = 2
    NXDOMAIN = 3
    NOTIMP = 4
    REFUSED = 5
    BADVERS = 16


IN = 1
ANY_CLASS = 255


class MalformedError(Exception):
    """Bytes that are not a query. `reply` is the error response, or empty if the packet must be dropped."""

    def __init__(self, reply: bytes = b"") -> None:
        super().__init__("malformed query")
        self.reply = reply


class Query(Frozen):
    """A question. `question` is its section unchanged; `edns` is the client's UDP size, None without EDNS0."""

    id: int
    flags: int
    question: bytes
    name: str
    type: int
    class_: int
    edns: int | None = None
    edns_version: int = 0
    dnssec_ok: bool = False

    @property
    def standard(self) -> bool:
        """Return whether it is a standard query (opcode 0)."""
        return not self.flags & _OPCODE

    @property
    def udp_size(self) -> int:
        """Maximum size of a UDP response to the client."""
        return PLAIN_UDP if self.edns is None else max(PLAIN_UDP, min(self.edns, MAX_UDP))


class Records(Frozen):
    """The part of a response that depends on the name."""

    rcode: Rcode = Rcode.NOERROR
    answers: int = 0
    authorities: int = 0
    body: bytes = b""


def parse(packet: bytes) -> Query:
    """Return the query in a packet. Raise MalformedError."""
    if len(packet) < _HEADER.size:
        raise MalformedError
    id_, flags, questions, answers, authorities, additionals = _HEADER.unpack_from(packet)
    if flags & _QR:
        raise MalformedError
    try:
        _expect_one_question(questions, answers, authorities)
        name, end = _read_name(packet, _HEADER.size)
        type_, class_ = _QUESTION_TAIL.unpack_from(packet, end)
        end += _QUESTION_TAIL.size
        edns, version, dnssec_ok = _read_opt(packet, end, additionals)
    except (ValueError, IndexError, struct.error) as error:
        raise MalformedError(_header(id_, flags, Rcode.FORMERR, 0, 0, 0, 0)) from error
    return Query(id_, flags, packet[_HEADER.size : end], name, type_, class_, edns, version, dnssec_ok)


def respond(query: Query, records: Records, limit: int) -> bytes:
    """Return the response to a query; if it is longer than `limit`, without records and marked as truncated."""
    opt = _opt(query, records.rcode)
    length = _HEADER.size + len(query.question) + len(records.body) + len(opt)
    if length > limit:
        header = _header(query.id, query.flags | _TC, records.rcode, 1, 0, 0, bool(opt))
        return header + query.question + opt
    header = _header(query.id, query.flags, records.rcode, 1, records.answers, records.authorities, bool(opt))
    return header + query.question + records.body + opt


def addresses(found: Iterable[IPAddress]) -> Records:
    """Return a record for each address, A or AAAA."""
    parts = [_address(_QUESTION_OWNER, address) for address in found]
    return Records(answers=len(parts), body=b"".join(parts))


def alias(target: str, ttl: int, found: Iterable[IPAddress]) -> Records:
    """Return a CNAME record that leads to a name, followed by the addresses of that name."""
    data = _encode_name(target)
    parts = [
        _QUESTION_OWNER + _RECORD_TAIL.pack(Type.CNAME, IN, ttl, len(data)) + data,
        *(_address(data, address) for address in found),
    ]
    return Records(answers=len(parts), body=b"".join(parts))


def _address(owner: bytes, address: IPAddress) -> bytes:
    return owner + _RECORD_TAIL.pack(_TYPES[address.version], IN, TTL, len(address.packed)) + address.packed


def nothing(name: str, rcode: Rcode) -> Records:
    """Return no data (NOERROR) or no such name (NXDOMAIN), with the SOA that limits negative caching (RFC 2308)."""
    zone = _encode_name(name.rpartition(".")[2])
    server, mailbox = _encode_name("ns.resolver.invalid"), _encode_name("hostmaster.resolver.invalid")
    data = server + mailbox + struct.pack("!5I", 1, 7200, 900, 1209600, TTL)
    return Records(rcode, authorities=1, body=zone + _RECORD_TAIL.pack(Type.SOA, IN, TTL, len(data)) + data)


def _header(
    id_: int, flags: int, rcode: int, questions: int, answers: int, authorities: int, additionals: int
) -> bytes:
    kept = flags & (_OPCODE | _RD | _CD | _TC)
    return _HEADER.pack(id_, _QR | _RA | kept | (rcode & 0xF), questions, answers, authorities, additionals)


def _expect_one_question(questions: int, answers: int, authorities: int) -> None:
    if questions != 1 or answers or authorities:
        raise ValueError("not one question")


def _read_name(packet: bytes, at: int) -> tuple[str, int]:
    """Return an uncompressed name and the position after it; a question has no earlier name to point to."""
    labels, start = [], at
    while length := packet[at]:
        if length & _POINTER or at + length - start > 254:
            raise ValueError("compressed or too long")
        label = packet[at + 1 : at + 1 + length]
        if len(label) < length:
            raise ValueError("cut short")
        labels.append(label.decode("iso-8859-1"))
        at += 1 + length
    return ".".join(labels), at + 1


def _read_opt(packet: bytes, at: int, count: int) -> tuple[int | None, int, bool]:
    """Return the client's UDP size, EDNS version and DNSSEC flag from its OPT record, if it has one."""
    edns, version, dnssec_ok = None, 0, False
    for _ in range(count):
        _, at = _read_name(packet, at)
        type_, size, ttl, length = struct.unpack_from("!HHIH", packet, at)
        at += 10 + length
        if at > len(packet):
            raise ValueError("cut short")
        if type_ == Type.OPT:
            if edns is not None:
                raise ValueError("two OPT records")
            edns, version, dnssec_ok = size, ttl >> 16 & 0xFF, bool(ttl & _DO)
    return edns, version, dnssec_ok


def _opt(query: Query, rcode: int) -> bytes:
    if query.edns is None:
        return b""
    ttl = (rcode >> 4) << 24 | (_DO if query.dnssec_ok else 0)
    return _OPT_HEAD.pack(0, Type.OPT, MAX_UDP, ttl, 0)


def _encode_name(name: str) -> bytes:
    labels = [label.encode("iso-8859-1") for label in name.split(".") if label]
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
