"""Transit gateways and VPN connections (spec: vpc-network §7.2, §7.3)."""

from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network

from netful.model.core import Identified, Maybe


class AttachmentKind(StrEnum):
    """AWS's `ResourceType` of an attachment."""

    VPC = "vpc"
    VPN = "vpn"
    PEERING = "peering"
    DIRECT_CONNECT = "direct-connect-gateway"
    CONNECT = "connect"


class TransitGateway(Identified):
    """A transit gateway; its tables and attachments refer to it.

    `security_group_referencing`: rules may refer to groups of other attached VPCs (newer-aws §3.1). `encryption_support`:
    VPCs that enforce encryption may be attached. `dns_support`: public names of interfaces give private addresses in the other
    attached VPCs; None if it is left out.
    """

    owner_id: str = ""
    region: str = ""
    security_group_referencing: bool = False
    encryption_support: bool = False
    dns_support: bool | None = None


class TransitGatewayAttachment(Identified):
    """An attachment: `resource_id` is the VPC, the VPN connection or the peer gateway.

    For a VPC `subnet_ids` has one subnet for each zone from which the gateway can be reached. With `ipv6_support`, tables learn
    the VPC's IPv6 blocks too; without it, IPv6 packets pass by static routes. `dns_support` is as that of gateways.
    """

    transit_gateway_id: Maybe[str]
    kind: AttachmentKind
    resource_id: Maybe[str]
    subnet_ids: tuple[Maybe[str], ...] = ()
    peer_attachment_id: str | None = None
    appliance_mode: bool = False
    security_group_referencing: bool = True
    ipv6_support: bool = False
    dns_support: bool | None = None


class TransitGatewayRoute(Identified):
    """A static route of a transit gateway's table; without an attachment it drops matching packets (`blackhole`)."""

    destination_cidr_block: Maybe[IPv4Network | IPv6Network]
    attachment_id: Maybe[str] | None = None
    blackhole: bool = False


class TransitGatewayRouteTable(Identified):
    """A table: it routes packets that come from `associations`, and learns the blocks of `propagations`.

    Both are attachment ids. A static route takes precedence over a learned block.
    """

    transit_gateway_id: Maybe[str]
    routes: tuple[TransitGatewayRoute, ...] = ()
    associations: tuple[Maybe[str], ...] = ()
    propagations: tuple[Maybe[str], ...] = ()


class VpnConnection(Identified):
    """A site-to-site VPN, on a virtual private gateway or a transit gateway; `routes` are the blocks behind it."""

    vpn_gateway_id: Maybe[str] | None = None
    transit_gateway_id: Maybe[str] | None = None
    static_routes_only: bool = False
    routes: tuple[Maybe[IPv4Network | IPv6Network], ...] = ()
