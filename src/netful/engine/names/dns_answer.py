"""Answer to a DNS query, by the position of the client."""

from ipaddress import IPv4Address, IPv6Address
from typing import Literal

from netful.engine.flows.codes import Code
from netful.model.core import DEFAULT, Frozen, Origin

Status = Literal["NOERROR", "NODATA", "NXDOMAIN", "TIMEOUT", "UNKNOWN"]


class DnsAnswer(Frozen):
    """The answer to the query for a name.

    `zone` names the origin of the answer. `endpoint_id` is set if the addresses are an endpoint's, `load_balancer_id` if they
    are a load balancer's, `managed_id` if they are those of a database or cache. `addresses` is empty unless the status is NOERROR, for an endpoint whose subnets are not known, and
    for a name that has only `ipv6_addresses`.
    `missing` names the input that would settle an UNKNOWN answer. `code` marks a remarkable answer, also a successful one
    (`NETFUL_DNS_RESOLVES_PUBLIC`); `remedy` is the change that would give another answer. `rule_group_id` is set if DNS
    Firewall blocked the query, by an override with the record that leads to `canonical_name`. `private`: the addresses are private,
    also where an UNKNOWN answer does not have them. `rule_ids` are the rules of the Resolver by which the query was forwarded.
    """

    name: str
    addresses: tuple[IPv4Address, ...] = ()
    status: Status = "NOERROR"
    zone: str = "public DNS"
    endpoint_id: str | None = None
    load_balancer_id: str | None = None
    managed_id: str = ""
    code: Code | None = None
    assumptions: tuple[str, ...] = ()
    origin: Origin = DEFAULT
    remedy: str = ""
    missing: tuple[str, ...] = ()
    ipv6_addresses: tuple[IPv6Address, ...] = ()
    rule_group_id: str | None = None
    canonical_name: str = ""
    canonical_ttl: int = 0
    private: bool = False
    rule_ids: tuple[str, ...] = ()
