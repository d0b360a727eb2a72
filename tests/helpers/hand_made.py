"""Small clouds made by hand, without a template: one VPC with what the caller asks for."""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network

from netful.model.allocation import allocate
from netful.model.cloud import Cloud
from netful.model.functions.function import Code, Function
from netful.model.network.addresses import elastic_ip, prefix_list_block
from netful.model.network.gateways import ElasticIp, InternetGateway, NatGateway
from netful.model.network.network_acls import NetworkAcl, NetworkAclEntry
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import ALL_PROTOCOLS, TCP
from netful.model.network.route_tables import Route, RouteTable, TargetKind
from netful.model.network.security_groups import PeerKind, SecurityGroup, SecurityGroupRule
from netful.model.network.transit_gateways import (
    AttachmentKind,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRouteTable,
)
from netful.model.network.vpc import PrefixList, Subnet, Vpc
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint

EVERYWHERE = IPv4Network("0.0.0.0/0")


def rule(name, peer, first=-1, last=None, protocol=ALL_PROTOCOLS):
    kind = PeerKind.GROUP if isinstance(peer, str) and not peer.startswith("pl-") else PeerKind.CIDR
    if isinstance(peer, str) and peer.startswith("pl-"):
        kind = PeerKind.PREFIX_LIST
    return SecurityGroupRule(name, protocol, first, first if last is None else last, kind, peer)


def group(name, ingress=(), egress=None):
    everything = (rule(f"{name}.egress", EVERYWHERE),)
    return SecurityGroup(name, "Vpc", tuple(ingress), everything if egress is None else tuple(egress))


def acl_entry(number, allow=True, block=EVERYWHERE, first=-1, last=-1, protocol=ALL_PROTOCOLS):
    return NetworkAclEntry(f"entry{number}", number, allow, protocol, first, last, block)


def function(name="Fn", subnets=("Private",), groups=("FnSg",)):
    return Function(name, name, Code(inline=""), subnet_ids=subnets, security_group_ids=groups)


def cloud(**parts):
    """A VPC 10.0.0.0/16 with a private and a public subnet, an internet gateway, and `parts` laid over it."""
    everything = (acl_entry(100),)
    s3 = PrefixList("pl-s3", "com.amazonaws.eu-west-1.s3", (prefix_list_block("s3", "eu-west-1"),))
    base = Cloud.of(
        region="eu-west-1",
        vpcs={"Vpc": Vpc("Vpc", (IPv4Network("10.0.0.0/16"),), enable_dns_hostnames=True, region="eu-west-1")},
        subnets={
            "Private": Subnet("Private", "Vpc", IPv4Network("10.0.1.0/24")),
            "Public": Subnet("Public", "Vpc", IPv4Network("10.0.2.0/24")),
        },
        route_tables={
            "Main": RouteTable("Main", "Vpc", main=True),
            "PublicTable": RouteTable("PublicTable", "Vpc", (route("Out", "Igw"),), ("Public",)),
        },
        internet_gateways={"Igw": InternetGateway("Igw", "Vpc")},
        network_acls={"Acl": NetworkAcl("Acl", "Vpc", everything, everything, default=True)},
        security_groups={"FnSg": group("FnSg")},
        functions={"Fn": function()},
        prefix_lists={"pl-s3": s3},
    )
    return allocate(base.having(**parts))


def route(name, target, block=EVERYWHERE, kind=TargetKind.INTERNET_GATEWAY, **more):
    return Route(name, kind, target, destination_cidr_block=block, **more)


def nat(**parts):
    """`cloud` with a NAT gateway in the public subnet and a private route to it."""
    tables = {
        "Main": RouteTable("Main", "Vpc", (route("Nat", "NatGw", kind=TargetKind.NAT_GATEWAY),), main=True),
        "PublicTable": RouteTable("PublicTable", "Vpc", (route("Out", "Igw"),), ("Public",)),
    }
    return cloud(
        **{
            "route_tables": tables,
            "elastic_ips": {"Eip": ElasticIp("Eip", elastic_ip(0))},
            "nat_gateways": {"NatGw": NatGateway("NatGw", "Public", "Vpc", allocation_ids=("Eip",))},
        }
        | parts
    )


def regional_nat():
    """The parts of `cloud` for a regional NAT gateway with an address in each of two zones."""
    zones = {"a": "Private", "b": "Public"}
    held = {f"eu-west-1{zone}": (f"Eip{zone}",) for zone in zones}
    return {
        "subnets": {
            name: Subnet(name, "Vpc", IPv4Network(f"10.0.{number}.0/24"), availability_zone=f"eu-west-1{zone}")
            for number, (zone, name) in enumerate(zones.items(), 1)
        },
        "route_tables": {
            "Main": RouteTable("Main", "Vpc", (route("Nat", "NatGw", kind=TargetKind.NAT_GATEWAY),), main=True),
            "NatGw.routes": RouteTable("NatGw.routes", "Vpc", (route("Out", "Igw"),), gateway_ids=("NatGw",)),
        },
        "nat_gateways": {"NatGw": NatGateway("NatGw", None, "Vpc", regional=True, zonal_allocation_ids=held)},
        "elastic_ips": {f"Eip{zone}": ElasticIp(f"Eip{zone}", elastic_ip(number)) for number, zone in enumerate(zones)},
    }


def endpoint(sg_rules, **parts):
    """`cloud` with an SSM endpoint whose group has `sg_rules`."""
    return cloud(
        **{
            "security_groups": {"FnSg": group("FnSg"), "EpSg": group("EpSg", sg_rules)},
            "vpc_endpoints": {
                "Ssm": VpcEndpoint(
                    "Ssm", "Vpc", "com.amazonaws.eu-west-1.ssm", "ssm", EndpointType.INTERFACE, ("Private",), ("EpSg",),
                    private_dns_enabled=True,
                )
            },
        }
        | parts
    )  # fmt: skip


def instance(name, subnet, address, groups, public=None):
    return NetworkInterface(
        f"eni-{name}", InterfaceOwner.INSTANCE, name, subnet, groups, IPv4Address(address), public_ip=public
    )


__all__ = ["TCP", "IPv4Address", "IPv4Network"]


def joined_by_transit_gateway(acl_ingress=None, acl_egress=None):
    """Two VPCs with an attachment in the function's own subnet, whose ACL may be given."""
    to_gateway = {"kind": TargetKind.TRANSIT_GATEWAY}
    tables = {
        "Main": RouteTable(
            "Main", "Vpc", (route("There", "Tgw", IPv4Network("10.1.0.0/16"), **to_gateway),), main=True
        ),
        "W.main": RouteTable(
            "W.main", "W", (route("Back", "Tgw", IPv4Network("10.0.0.0/16"), **to_gateway),), main=True
        ),
    }
    base = cloud()
    zone = "eu-west-1a"
    attachments = {
        "A": TransitGatewayAttachment("A", "Tgw", AttachmentKind.VPC, "Vpc", ("Private",)),
        "B": TransitGatewayAttachment("B", "Tgw", AttachmentKind.VPC, "W", ("W1",)),
    }
    everything = (acl_entry(100),)
    own = [tuple(everything if given is None else given) for given in (acl_ingress, acl_egress)]
    return cloud(
        vpcs=dict(base.network.vpcs) | {"W": Vpc("W", (IPv4Network("10.1.0.0/16"),))},
        subnets={
            "Private": Subnet("Private", "Vpc", IPv4Network("10.0.1.0/24"), availability_zone=zone),
            "W1": Subnet("W1", "W", IPv4Network("10.1.1.0/24"), availability_zone=zone),
        },
        route_tables=tables,
        network_acls={
            "Private.acl": NetworkAcl("Private.acl", "Vpc", *own, ("Private",)),
            "W.acl": NetworkAcl("W.acl", "W", everything, everything, default=True),
        },
        security_groups={"FnSg": group("FnSg"), "Db": replace(group("Db", [rule("in", EVERYWHERE)]), vpc_id="W")},
        network_interfaces={"i": instance("Db", "W1", "10.1.1.50", ("Db",))},
        transit_gateways={"Tgw": TransitGateway("Tgw")},
        transit_gateway_attachments=attachments,
        transit_gateway_route_tables={
            "Rtb": TransitGatewayRouteTable("Rtb", "Tgw", associations=("A", "B"), propagations=("A", "B"))
        },
    )
