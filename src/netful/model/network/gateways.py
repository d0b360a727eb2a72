"""Gateways out of a VPC and between VPCs (spec: vpc-network §4 and §7)."""

from collections.abc import Mapping
from ipaddress import IPv4Address

from msgspec import field

from netful.model.core.frozen import Frozen
from netful.model.core.origin import DEFAULT, Origin
from netful.model.core.unknown import Maybe


class InternetGateway(Frozen):
    """An internet gateway; routes to it are blackholes if it has no attachment (`vpc_id` None)."""

    id: str
    vpc_id: Maybe[str] | None = None
    attachment_id: str | None = None
    origin: Origin = DEFAULT


class EgressOnlyInternetGateway(Frozen):
    """An egress-only internet gateway, for IPv6 only (§4.5)."""

    id: str
    vpc_id: Maybe[str]
    origin: Origin = DEFAULT


class VpnGateway(Frozen):
    """A virtual private gateway; its VPN connections name it. `direct_connect`: so may an association of a Direct Connect gateway."""

    id: str
    vpc_id: Maybe[str] | None = None
    direct_connect: bool = False
    origin: Origin = DEFAULT


class ElasticIp(Frozen):
    """An Elastic IP address; `allocation_id` is the value of GetAtt AllocationId (here: the same id)."""

    id: str
    public_ip: IPv4Address
    instance_id: Maybe[str] | None = None
    network_interface_id: Maybe[str] | None = None
    origin: Origin = DEFAULT


class NatGateway(Frozen):
    """A NAT gateway (§4.2). `public` ones need an Elastic IP and a route from their own subnet to an IGW.

    A `regional` one is in no subnet (§4.4). It has Elastic IPs by zone (`zonal_allocation_ids`) and serves these zones alone, or
    `public_ip`, which AWS gives it, for all of them. Its own route table is the one that is associated with it.
    """

    id: str
    subnet_id: Maybe[str] | None
    vpc_id: Maybe[str] | None = None
    public: bool = True
    allocation_ids: tuple[Maybe[str], ...] = ()
    private_ip_address: IPv4Address | None = None
    regional: bool = False
    zonal_allocation_ids: Mapping[str, tuple[Maybe[str], ...]] = field(default_factory=dict)
    public_ip: IPv4Address | None = None
    origin: Origin = DEFAULT


class VpcPeeringConnection(Frozen):
    """A peering between two VPCs; not transitive (§7.1).

    `assumptions` are reported on every path through it. `…_dns_resolution`: public names of that side's instances resolve to private addresses on the other side (§6.3).
    """

    id: str
    vpc_id: Maybe[str]
    peer_vpc_id: Maybe[str]
    active: bool = True
    vpc_dns_resolution: bool = False
    peer_vpc_dns_resolution: bool = False
    assumptions: tuple[str, ...] = ()
    origin: Origin = DEFAULT

    def other_end(self, vpc_id: str) -> Maybe[str]:
        """Return the VPC on the side that is not `vpc_id`."""
        return self.peer_vpc_id if self.vpc_id == vpc_id else self.vpc_id
