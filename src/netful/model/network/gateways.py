"""Gateways out of a VPC and between VPCs (spec: vpc-network §4 and §7)."""

from collections.abc import Mapping
from ipaddress import IPv4Address

from msgspec import field

from netful.model.core import Identified, Maybe


class InternetGateway(Identified):
    """An internet gateway; routes to it are blackholes if it has no attachment (`vpc_id` None)."""

    vpc_id: Maybe[str] | None = None
    attachment_id: str | None = None


class EgressOnlyInternetGateway(Identified):
    """An egress-only internet gateway, for IPv6 only (§4.5)."""

    vpc_id: Maybe[str]


class VpnGateway(Identified):
    """A virtual private gateway; its VPN connections name it. `direct_connect`: so may an association of a Direct Connect gateway."""

    vpc_id: Maybe[str] | None = None
    direct_connect: bool = False


class ElasticIp(Identified):
    """An Elastic IP address; `allocation_id` is the value of GetAtt AllocationId (here: the same id).

    `private_ip_address`: the address of the interface that it belongs to; None for the primary one.
    """

    public_ip: IPv4Address
    instance_id: Maybe[str] | None = None
    network_interface_id: Maybe[str] | None = None
    private_ip_address: IPv4Address | None = None


class NatGateway(Identified):
    """A NAT gateway (§4.2). `public` ones need an Elastic IP and a route from their own subnet to an IGW.

    A `regional` one is in no subnet (§4.4). It has Elastic IPs by zone (`zonal_allocation_ids`) and serves these zones alone, or
    `public_ip`, which AWS gives it, for all of them. Its own route table is the one that is associated with it.
    """

    subnet_id: Maybe[str] | None
    vpc_id: Maybe[str] | None = None
    public: bool = True
    allocation_ids: tuple[Maybe[str], ...] = ()
    private_ip_address: IPv4Address | None = None
    regional: bool = False
    zonal_allocation_ids: Mapping[str, tuple[Maybe[str], ...]] = field(default_factory=dict)
    public_ip: IPv4Address | None = None


class VpcPeeringConnection(Identified):
    """A peering between two VPCs; not transitive (§7.1).

    `peer_region` is the Region of the accepter's VPC where it is written; None: that of the requester's.
    `assumptions` are reported on every path through it. `…_dns_resolution`: public names of that side's instances resolve to private addresses on the other side (§6.3).
    """

    vpc_id: Maybe[str]
    peer_vpc_id: Maybe[str]
    active: bool = True
    peer_region: Maybe[str] | None = None
    vpc_dns_resolution: bool = False
    peer_vpc_dns_resolution: bool = False
    assumptions: tuple[str, ...] = ()

    def other_end(self, vpc_id: str) -> Maybe[str]:
        """Return the VPC on the side that is not `vpc_id`."""
        return self.peer_vpc_id if self.vpc_id == vpc_id else self.vpc_id
