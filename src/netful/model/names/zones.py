"""Names that a template makes: hosted zones, resolver rules, DHCP options, endpoint services (spec: vpc-network §6, §5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address

from netful.model.core.origin import DEFAULT, Origin
from netful.model.core.unknown import Maybe


@dataclass(frozen=True, slots=True)
class RecordSet:
    """A record of a zone. `name` has no final dot. An alias has `alias` (the name it stands for) instead of `values`.

    Of several records of one name, `weight`, `failover` (`PRIMARY`, `SECONDARY`) or `region` (for latency) say which is given.
    """

    id: str
    name: str
    type: str
    values: tuple[Maybe[str], ...] = ()
    alias: Maybe[str] | None = None
    ttl: int | None = None
    weight: int | None = None
    failover: str = ""
    region: str = ""
    origin: Origin = DEFAULT


@dataclass(frozen=True, slots=True)
class HostedZone:
    """A zone. It is private when it has `vpc_ids`: those VPCs see it, and nobody else.

    One that is not `loaded` is known by records that name it alone: it has no name, and may be private.
    """

    id: str
    name: str
    vpc_ids: tuple[Maybe[str], ...] = ()
    records: tuple[RecordSet, ...] = ()
    loaded: bool = True
    origin: Origin = DEFAULT

    @property
    def private(self) -> bool:
        """Whether only VPCs see the zone."""
        return bool(self.vpc_ids)


class Direction(StrEnum):
    """AWS's `Direction` of a resolver endpoint."""

    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


@dataclass(frozen=True, slots=True)
class ResolverEndpoint:
    """A Route 53 Resolver endpoint; its interfaces are those with `owner_id` = its id."""

    id: str
    direction: Direction
    subnet_ids: tuple[Maybe[str], ...] = ()
    security_group_ids: tuple[Maybe[str], ...] = ()
    origin: Origin = DEFAULT


@dataclass(frozen=True, slots=True)
class ResolverTarget:
    """A server that a rule forwards to."""

    ip: Maybe[IPv4Address]
    port: int = 53


@dataclass(frozen=True, slots=True)
class ResolverRule:
    """A rule for a domain and all below it: `FORWARD` to `targets` through an endpoint, or `SYSTEM` for the usual way."""

    id: str
    domain_name: str
    rule_type: str
    targets: tuple[ResolverTarget, ...] = ()
    resolver_endpoint_id: Maybe[str] | None = None
    vpc_ids: tuple[Maybe[str], ...] = ()
    origin: Origin = DEFAULT


@dataclass(frozen=True, slots=True)
class DhcpOptions:
    """DHCP options and the VPCs that have them; `AmazonProvidedDNS` among the servers is the VPC's own resolver."""

    id: str
    domain_name_servers: tuple[Maybe[str], ...] = ()
    domain_name: Maybe[str] | None = None
    vpc_ids: tuple[Maybe[str], ...] = ()
    origin: Origin = DEFAULT


@dataclass(frozen=True, slots=True)
class VpcEndpointService:
    """A service that others reach by PrivateLink; it stands in front of network load balancers."""

    id: str
    service_name: str
    load_balancer_ids: tuple[Maybe[str], ...] = ()
    acceptance_required: bool = True
    private_dns_name: Maybe[str] | None = None
    origin: Origin = DEFAULT
