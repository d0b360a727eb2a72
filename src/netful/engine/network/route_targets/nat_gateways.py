"""NAT gateways: many senders share one address (vpc-network §0.4, §4.2 to §4.4).

A zonal NAT gateway is in a subnet: the subnet's ACL is evaluated twice each way, and its route table routes the translated
packets. A regional one is in no subnet: its own table leads to the internet gateway of its VPC. Every one of them does NAT64: it
translates IPv6 packets for 64:ff9b::/96 to IPv4, and takes no others (newer-aws §10.1).
"""

from dataclasses import replace
from ipaddress import IPv6Network

from netful.engine.flows.blocks import is_public
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Finding, Found, allowed, denied, unknown
from netful.engine.flows.flow import AWS_EPHEMERAL, ECHO_REQUEST, End, Flow, contains, network_of
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling
from netful.engine.network import block_public_access, encryption_control
from netful.engine.network.packet import OUTSIDE, Packet
from netful.engine.network.route_targets import internet_gateways
from netful.engine.network.route_targets.connections import no_connection
from netful.engine.network.steps import Cross, Done, Enter, Leave, Lost, Step
from netful.engine.network.subnets import acl
from netful.engine.routing import route_tables
from netful.model.cloud import Cloud
from netful.model.core import Unknown, known_in
from netful.model.network.encryption_control import Exclusion
from netful.model.network.gateways import InternetGateway, NatGateway
from netful.model.network.nat64 import NAT64_BLOCK, extracted
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.protocols import ICMP, ICMPV6, TCP, UDP
from netful.model.network.route_tables import Route
from netful.model.network.vpc import IPNetwork, Vpc


def nat_gateway(cloud: Cloud, packet: Packet, route: Route) -> Step | None:
    """Translate the source to the gateway's own address, and send the packet on from its subnet (§4.2, §0.4)."""
    nat = cloud.network.nat_gateways.get(str(route.target_id))
    if nat is None:
        return None
    if packet.returning:
        refused = replace(no_connection(nat.id, nat.origin), remedy="")  # it depends on where the answer has to go
        return Done(packet, found=(Finding(HopKind.NAT, packet.flow, refused),))
    return _regional(cloud, packet, nat) if nat.regional else _zonal(cloud, packet, nat)


def _zonal(cloud: Cloud, packet: Packet, nat: NatGateway) -> Step:
    own = next(iter(cloud.network.interfaces_of(nat.id)), None)
    found: list[Found] = []
    if own is not None and isinstance(own.subnet_id, str) and own.subnet_id != packet.sender.subnet_id:
        found.append(acl(cloud, packet, own.subnet_id, "in"))
    found.append(_admission(cloud, packet, nat, own))
    if own is None:
        return Lost(packet, found=tuple(found))
    address = network_of(own.private_ip_address) if own.private_ip_address else None
    translated = packet.ended(own).sent_by(own, _in_ipv4(packet.flow).translated(address, AWS_EPHEMERAL))
    return Cross(translated, found=tuple(found))


def _admission(cloud: Cloud, packet: Packet, nat: NatGateway, own: NetworkInterface | None) -> Finding:
    flow = packet.flow
    refused = _refusal(cloud, packet, nat, cloud.network.vpc_of_interface(own) if own is not None else None)
    if refused is not None:
        return refused
    if own is None:
        rule, missing = "its subnet is not known", (f"the subnet of {nat.id}",)
        return unknown(HopKind.NAT, flow, nat.id, rule, missing, nat.origin)
    place = own.subnet_id if isinstance(own.subnet_id, str) else "an unknown subnet"
    rule = f"in {place}, {flow.source} becomes {own.private_ip_address or 'its own address'}"
    return allowed(HopKind.NAT, flow, nat, rule)


def _refusal(cloud: Cloud, packet: Packet, nat: NatGateway, there: Vpc | None) -> Finding | None:
    flow, here = packet.flow, cloud.network.vpc_of_interface(packet.sender)
    if isinstance(flow.destination.address, IPv6Network) and not contains(NAT64_BLOCK, flow.destination.address):
        rule = f"a NAT gateway takes IPv6 for {NAT64_BLOCK} only"
        return denied(HopKind.NAT, flow, nat, rule, Code.NETFUL_NAT_IPV6)
    if flow.protocol not in (TCP, UDP, ICMP, ICMPV6):
        return denied(HopKind.NAT, flow, nat, "a NAT gateway takes TCP, UDP and ICMP only", Code.PROTOCOL_RESTRICTION)
    if here and there and here != there:
        return denied(HopKind.NAT, flow, nat, f"{flow.source} is not in {there.id}", Code.NGW_REQUIRES_SOURCE_IN_VPC)
    return None


def _in_ipv4(flow: Flow) -> Flow:
    """Return the flow as NAT64 sends it on, with the IPv4 address that its destination stands for; IPv4 as it is."""
    block = flow.destination.address
    if not isinstance(block, IPv6Network):
        return flow
    one = contains(NAT64_BLOCK, block) and block.prefixlen == block.max_prefixlen
    destination = End(network_of(extracted(block.network_address)) if one else None, flow.destination.ports)
    echo = flow.protocol == ICMPV6
    return replace(
        flow,
        destination=destination,
        protocol=ICMP if echo else flow.protocol,
        icmp_type=ECHO_REQUEST if echo else flow.icmp_type,
    )


def _regional(cloud: Cloud, packet: Packet, nat: NatGateway) -> Step:
    """Go on by the gateway's own table, in which AWS makes a route to the VPC's internet gateway (§4.4)."""
    flow, vpc = packet.flow, known_in(cloud.network.vpcs, nat.vpc_id)
    zone = _zone_of(cloud, packet, vpc)
    rule = f"regional: {flow.source} becomes one of its public addresses"
    found: list[Found] = [_refusal(cloud, packet, nat, vpc) or allowed(HopKind.NAT, flow, nat, rule)]
    if zone and nat.zonal_allocation_ids and zone not in nat.zonal_allocation_ids:
        rule = f"it has no address for {zone}, where {flow.source} is"
        found = [denied(HopKind.NAT, flow, nat, rule, Code.REGIONAL_NGW_ROUTE_AZ_RESTRICTION)]
    translated = _in_ipv4(flow).translated(_public_address(cloud, nat, zone), AWS_EPHEMERAL)
    leaving = packet.ended(None, gate=nat.id).sent_by(OUTSIDE, translated)
    routed, gateway = _own_route(cloud, vpc, nat, translated)
    found.append(routed)
    if gateway is None:  # of an unknown way, the answers' way is not known either
        is_unknown = isinstance(routed, Finding) and routed.ruling.verdict == "unknown"
        return (Done if is_unknown else Lost)(leaving, found=tuple(found))
    found.append(_way_out(translated, nat, gateway))
    found += encryption_control.at_gateway(cloud, leaving, vpc, gateway.id, Exclusion.INTERNET_GATEWAY)
    if not is_public(translated.destination.address):
        return Lost(leaving, found=tuple(found))
    blocked = block_public_access.at_subnet(cloud, packet, vpc, None, outward=True)
    owner = internet_gateways.public_owner(cloud, leaving)
    if owner is not None:
        return Enter(leaving, owner, found=(*found, *blocked))
    return Leave(leaving, found=(*found, *blocked))


def _own_route(cloud: Cloud, vpc: Vpc | None, nat: NatGateway, flow: Flow) -> tuple[Found, InternetGateway | None]:
    """Return the ruling of a regional gateway's table, and the internet gateway that it leads to; None if it leads to none."""
    table, address = cloud.network.edge_table_of(nat.id), flow.destination.address
    attached = cloud.network.internet_gateway_of(vpc.id) if vpc is not None else None
    if table is None and attached is not None and is_public(address):
        return Assumption(f"the route table of {nat.id} leads to {attached.id}"), attached
    selected = route_tables.select(cloud, vpc, table, address) if vpc and table and address else None
    route = selected.entry.route if selected is not None and selected.entry is not None else None
    gateway = known_in(cloud.network.internet_gateways, route.target_id) if route is not None else None
    if table is not None and route is not None and gateway is not None:
        ruling = Ruling("allow", table.id, route_tables.describe(cloud, route), origin=route.origin)
        return Finding(HopKind.ROUTE, flow, ruling), gateway
    if table is not None and selected is not None and selected.entry is None and not selected.doubts:
        return denied(HopKind.ROUTE, flow, table, f"no route to {flow.destination}", Code.NO_ROUTE_TO_DESTINATION), None
    rule, missing = "what its own table does with it is not known", (f"the routes of {nat.id}'s own table",)
    return unknown(HopKind.ROUTE, flow, nat.id, rule, missing, nat.origin), None


def _way_out(flow: Flow, nat: NatGateway, gateway: InternetGateway) -> Finding:
    """Judge what a regional gateway sends to an internet gateway."""
    if gateway.vpc_id != nat.vpc_id and not isinstance(gateway.vpc_id, Unknown):
        rule = f"{nat.vpc_id} has no internet gateway attached"
        return denied(HopKind.IGW, flow, nat, rule, Code.BAD_STATE_ATTACHMENT)
    if not is_public(flow.destination.address):
        rule = f"{flow.destination} is private: it does not exist on the internet"
        return denied(HopKind.IGW, flow, gateway, rule, Code.IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS)
    return allowed(HopKind.IGW, flow, gateway, f"takes it from {nat.id}")


def _zone_of(cloud: Cloud, packet: Packet, vpc: Vpc | None) -> str:
    """Return the zone of a packet's source; "" if it is not known."""
    address = packet.flow.source.address
    subnet = cloud.network.subnet_at(vpc.id, address.network_address) if vpc is not None and address else None
    return subnet.zone if subnet else ""


def _public_address(cloud: Cloud, nat: NatGateway, zone: str) -> IPNetwork | None:
    """Return the address that a regional gateway uses for a zone, or its first one."""
    addresses = cloud.network.regional_addresses(nat)
    found = addresses.get(zone) or next(iter(addresses.values()), None)
    return network_of(found) if found is not None else None
