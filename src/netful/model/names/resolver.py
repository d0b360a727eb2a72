"""Route 53 Resolver endpoints and rules, and DHCP options (spec: vpc-network §6)."""

from enum import StrEnum
from ipaddress import IPv4Address

from netful.model.core import Frozen, Identified, Maybe


class Direction(StrEnum):
    """AWS's `Direction` of a resolver endpoint."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


DELEGATE, RECURSIVE = "DELEGATE", "RECURSIVE"
"""The types of rules for delegated subdomains, and of AWS's own rule for names of the internet."""


class ResolverEndpoint(Identified):
    """A Route 53 Resolver endpoint; its interfaces are those with `owner_id` = its id."""

    direction: Direction
    subnet_ids: tuple[Maybe[str], ...] = ()
    security_group_ids: tuple[Maybe[str], ...] = ()


class ResolverTarget(Frozen):
    """A server to which a rule forwards queries."""

    ip: Maybe[IPv4Address]
    port: int = 53


class ResolverRule(Identified):
    """A rule for a domain and its subdomains: `FORWARD` to `targets` through an endpoint, or `SYSTEM` for the default.

    A `DELEGATE` rule has no domain: subdomains of a private zone that are delegated to name servers within
    `delegation_record` are asked of those servers, through the endpoint. A `RECURSIVE` rule is AWS's own, for names of the
    internet; accounts are described with it, and it is the default.
    """

    domain_name: str
    rule_type: str
    targets: tuple[ResolverTarget, ...] = ()
    resolver_endpoint_id: Maybe[str] | None = None
    vpc_ids: tuple[Maybe[str], ...] = ()
    delegation_record: str = ""


class DhcpOptions(Identified):
    """DHCP options and the VPCs that have them; `AmazonProvidedDNS` among the servers is the VPC's own resolver."""

    domain_name_servers: tuple[Maybe[str], ...] = ()
    domain_name: Maybe[str] | None = None
    vpc_ids: tuple[Maybe[str], ...] = ()
