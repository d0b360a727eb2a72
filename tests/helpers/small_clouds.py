"""Small clouds for the engine's tests, built in Python: one VPC 10.0.0.0/16 with what a test adds to it."""

from ipaddress import IPv4Address, IPv4Network, IPv6Network

from netful.model.allocation import allocate
from netful.model.cloud import Cloud
from netful.model.network.network_acls import NetworkAcl, NetworkAclEntry
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import ALL_PROTOCOLS
from netful.model.network.route_tables import Route, RouteTable, TargetKind
from netful.model.network.security_groups import PeerKind, SecurityGroup, SecurityGroupRule
from netful.model.network.vpc import Subnet, Vpc
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint

ANYWHERE = IPv4Network("0.0.0.0/0")
REGION = "us-east-1"


def net(text):
    return IPv6Network(text) if ":" in text else IPv4Network(text)


def rule(protocol=6, first=443, last=None, peer="0.0.0.0/0"):
    known = isinstance(peer, str) and "/" in peer
    kind = PeerKind.CIDR if known else PeerKind.PREFIX_LIST if str(peer).startswith("pl-") else PeerKind.GROUP
    if not isinstance(peer, str):
        kind = PeerKind.CIDR
    return SecurityGroupRule(
        f"rule-{first}", protocol, first, first if last is None else last, kind, net(peer) if known else peer
    )


ALL_OUT = rule(ALL_PROTOCOLS, -1)


def group(id_, *, ingress=(), egress=(ALL_OUT,), vpc_id="Vpc"):
    return SecurityGroup(id_, vpc_id, tuple(ingress), tuple(egress))


def entry(number, allow, protocol=ALL_PROTOCOLS, first=-1, last=-1, block="0.0.0.0/0"):
    return NetworkAclEntry(f"entry-{number}", number, allow, protocol, first, last, net(block))


EVERYTHING = entry(100, True)


def acl(id_="Acl", ingress=(EVERYTHING,), egress=(EVERYTHING,), **more):
    return NetworkAcl(id_, "Vpc", tuple(ingress), tuple(egress), **more)


def route(destination, kind, target, **more):
    if destination.startswith("pl-"):
        return Route(f"to-{target}", kind, target, destination_prefix_list_id=destination, **more)
    return Route(f"to-{target}", kind, target, destination_cidr_block=net(destination), **more)


def eni(id_, subnet_id="A", groups=("Sg",), address=None, owner=InterfaceOwner.INSTANCE, **more):
    ip = IPv4Address(address) if address else None
    return NetworkInterface(id_, owner, id_.removeprefix("eni-"), subnet_id, groups, ip, **more)


def endpoint(id_="Ssm", service="ssm", subnets=("A",), *, private_dns=True, kind=EndpointType.INTERFACE, **more):
    name = f"com.amazonaws.{REGION}.{service}"
    groups = ("Sg",) if kind is EndpointType.INTERFACE else ()
    return VpcEndpoint(id_, "Vpc", name, service, kind, subnets, groups, private_dns_enabled=private_dns, **more)


def cloud(*things, **vpc_attributes):
    """A cloud of one VPC with subnets A (10.0.1.0/24) and B (10.0.2.0/24), an open group `Sg`, and the given things."""
    attributes = {"enable_dns_hostnames": True} | vpc_attributes
    made = Cloud.of(
        region=REGION,
        vpcs={"Vpc": Vpc("Vpc", (net("10.0.0.0/16"),), **attributes)},
        subnets={
            name: Subnet(name, "Vpc", net(f"10.0.{number}.0/24"), availability_zone=f"{REGION}{name.lower()}")
            for number, name in enumerate("AB", start=1)
        },
        route_tables={"Main": RouteTable("Main", "Vpc", main=True)},
        network_acls={"Default": acl("Default", default=True)},
        security_groups={"Sg": group("Sg", ingress=(rule(ALL_PROTOCOLS, -1, peer="Sg"),))},
    )
    for thing in things:
        made = _with(made, thing)
    return allocate(made)


PLACES = {
    "Function": "functions",
    "InternetGateway": "internet_gateways",
    "NatGateway": "nat_gateways",
    "PrefixList": "prefix_lists",
    "VpcPeeringConnection": "vpc_peering_connections",
    "SecurityGroup": "security_groups",
    "NetworkAcl": "network_acls",
    "RouteTable": "route_tables",
    "NetworkInterface": "network_interfaces",
    "VpcEndpoint": "vpc_endpoints",
    "Firewall": "firewalls",
    "Vpc": "vpcs",
    "Subnet": "subnets",
    "LoadBalancer": "load_balancers",
    "Listener": "listeners",
    "ListenerRule": "listener_rules",
    "TargetGroup": "target_groups",
    "HostedZone": "hosted_zones",
    "ResolverEndpoint": "resolver_endpoints",
    "ResolverRule": "resolver_rules",
    "DhcpOptions": "dhcp_options",
    "FirewallDomainList": "firewall_domain_lists",
    "FirewallRuleGroup": "firewall_rule_groups",
    "FirewallRuleGroupAssociation": "firewall_rule_group_associations",
    "Profile": "profiles",
    "TransitGateway": "transit_gateways",
    "TransitGatewayAttachment": "transit_gateway_attachments",
    "TransitGatewayRouteTable": "transit_gateway_route_tables",
    "VpnConnection": "vpn_connections",
    "VpnGateway": "vpn_gateways",
    "ElasticIp": "elastic_ips",
    "EgressOnlyInternetGateway": "egress_only_internet_gateways",
    "VpcBlockPublicAccessOptions": "block_public_access_options",
    "VpcBlockPublicAccessExclusion": "block_public_access_exclusions",
}


def _with(made, thing):
    place = PLACES[type(thing).__name__]
    return made.having(**{place: {**made.part(place), thing.id: thing}})


def main_table(*routes, **more):
    return RouteTable("Main", "Vpc", tuple(routes), main=True, **more)


__all__ = ["TargetKind"]
