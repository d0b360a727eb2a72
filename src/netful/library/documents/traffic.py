"""Documents of `netful flows` and `netful capture`, a line each."""

from typing import Literal

from msgspec import Struct


class RejectionDocument(Struct):
    """A rule that rejects a flow."""

    component: str
    rule: str
    code: str
    origin: str


class RecordDocument(Struct):
    """A line of `netful flows`: a flow at an interface in one direction. Times are seconds since 1970."""

    start: float
    end: float
    action: Literal["ACCEPT", "REJECT"]
    direction: Literal["egress", "ingress"]
    at: str
    interface: str
    source: str
    source_address: str
    source_port: int
    destination: str
    destination_address: str
    destination_port: int
    protocol: int
    packets: int
    bytes: int
    tcp_flags: int
    why: list[RejectionDocument]


class PacketDocument(Struct, omit_defaults=True):
    """A line of `netful capture`. A frame that is not of IP has no members after `length`."""

    time_ns: int
    at: str
    direction: Literal["egress", "ingress"]
    length: int
    source: str = ""
    source_address: str = ""
    source_port: int = 0
    destination: str = ""
    destination_address: str = ""
    destination_port: int = 0
    protocol: str = ""
    flags: str = ""
