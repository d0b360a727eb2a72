"""What a name gives to who asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

from netful.engine.flows.codes import Code
from netful.model.core.origin import DEFAULT, Origin

Status = Literal["NOERROR", "NXDOMAIN", "TIMEOUT", "UNKNOWN"]


@dataclass(frozen=True, slots=True)
class DnsAnswer:
    """What a name gives.

    `zone` says who answers; `endpoint_id` is set where the addresses are an endpoint's, `load_balancer_id` where they are
    a load balancer's. `addresses` is empty for all but NOERROR, for an endpoint whose subnets are not known, and for a name
    that has `ipv6_addresses` alone;
    `missing` names what would settle an UNKNOWN one. `code` tells what is remarkable, also when there is an answer
    (`NETFUL_DNS_RESOLVES_PUBLIC`); `remedy` then says what would make it another.
    """

    name: str
    addresses: tuple[IPv4Address, ...] = ()
    status: Status = "NOERROR"
    zone: str = "public DNS"
    endpoint_id: str | None = None
    load_balancer_id: str | None = None
    code: Code | None = None
    assumptions: tuple[str, ...] = ()
    origin: Origin = DEFAULT
    remedy: str = ""
    missing: tuple[str, ...] = ()
    ipv6_addresses: tuple[IPv6Address, ...] = ()
