"""Internet gateways and egress-only internet gateways: the way from a VPC to the internet (vpc-network §4.1, §4.5)."""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network, IPv6Network

from netful.engine.flows.blocks import RFC1918, RFC6598, is_public
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding, allowed, denied, unknown
from netful.engine.flows.flow import Flow, contains, network_of
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.network import block_public_access
from netful.engine.network.packet import Packet
from netful.engine.network.route_targets import inspection
from netful.engine.network.route_targets.connections import no_connection
from netful.engine.network.steps import Arrive, Done, Enter, Leave, Lost, Step
from netful.model.cloud import Cloud
from netful.model.core import Identified, Unknown
from netful.model.network.gateways import InternetGateway
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.route_tables import Route, TargetKind
from netful.model.network.vpc import IPNetwork, Vpc

_PRIVATE_DESTINATIONS = (
    (RFC1918, Code.IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS),
    ((RFC6598,), Code.IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS),
)


def internet_gateway(cloud: Cloud, packet: Packet, route: Route) -> Step | None:
    """Translate the sender's private address 1:1 to its public one, and send the packet out (§4.1)."""
    gateway = named(cloud, route)
    flow = packet.flow
    if gateway is None:
        return None
    if isinstance(flow.destination.address, IPv6Network):
        passed = _private_source(HopKind.IGW, flow, gateway) or allowed(
            HopKind.IGW, flow, gateway, "IPv6 passes untranslated"
        )
        blocked = block_public_access.at_interface(cloud, packet, inspection.sender_of(cloud, packet))
        return _onward6(cloud, packet).after(passed, *blocked)
    packet = packet.sent_by(inspection.sender_of(cloud, packet))
    public, has_public = public_address(cloud, packet)
    found = () if packet.returning else _admission(gateway, packet, public, has_public=has_public)
    if not is_public(flow.destination.address):
        return Lost(packet, found=found)
    found = (*found, *block_public_access.at_interface(cloud, packet, packet.sender))
    outside = packet.having(flow.translated(public, flow.source.ports))
    owner = public_owner(cloud, outside)
    return Enter(outside, owner, found=found) if owner is not None else Leave(outside, found=found)


def egress_only_internet_gateway(cloud: Cloud, packet: Packet, route: Route) -> Step | None:
    """Admit IPv6 packets out and their answers in, and no others (§4.5)."""
    gateway = cloud.network.egress_only_internet_gateways.get(str(route.target_id))
    if gateway is None:
        return None
    if packet.returning:
        found = Finding(HopKind.EIGW, packet.flow, no_connection(gateway.id, gateway.origin))
    elif isinstance(packet.flow.destination.address, IPv4Network):
        rule = "an egress-only gateway carries IPv6 only"
        return Lost(packet, found=(denied(HopKind.EIGW, packet.flow, gateway, rule, Code.NETFUL_EIGW_IPV4),))
    else:
        passed = allowed(HopKind.EIGW, packet.flow, gateway, "lets it out, and nothing new in")
        found = _private_source(HopKind.EIGW, packet.flow, gateway) or passed
    vpc = cloud.network.vpc_of_interface(packet.sender)
    blocked = block_public_access.at_subnet(cloud, packet, vpc, packet.sender.subnet_id, outward=True)
    return _onward6(cloud, packet).after(found, *blocked)


def _private_source(kind: HopKind, flow: Flow, gateway: Identified) -> Finding | None:
    """Return the refusal of a packet from a private IPv6 address, which AWS does not announce to the internet."""
    if is_public(flow.source.address) or flow.source.address is None:
        return None
    rule = f"{flow.source} is private, and no gateway translates IPv6"
    remedy = "give the source an address of a public IPv6 block"
    return denied(kind, flow, gateway, rule, Code.NETFUL_PRIVATE_ADDRESS, remedy)


def _onward6(cloud: Cloud, packet: Packet) -> Step:
    """Bring an IPv6 packet to a host on the internet, or into another VPC by its gateway, without translation."""
    address = packet.flow.destination.address
    known = [vpc for vpc in cloud.network.vpcs.values() if address and _holds(vpc, address)]
    target = cloud.network.interface_at(known[0].id, address.network_address) if known and address else None
    if not known and address is not None and not is_public(address):
        rule = f"{packet.flow.destination} is private: it does not exist on the internet"
        refused = Ruling("deny", packet.journey.goal, rule, Code.NETFUL_PRIVATE_ADDRESS)
        return Lost(packet, found=(Finding(HopKind.OUTSIDE, packet.flow, refused),))
    if not known:
        return Leave(packet)
    if target is None:
        rule = f"no interface in {known[0].id} has {packet.flow.destination}"
        return Done(packet, found=(denied(HopKind.ENI, packet.flow, known[0], rule, Code.NO_POSSIBLE_DESTINATION),))
    blocked = block_public_access.at_interface(cloud, packet, target)
    return Arrive(packet.to(target), target, crossing=True, found=(*_refusal6(cloud, packet, known[0]), *blocked))


def _refusal6(cloud: Cloud, packet: Packet, vpc: Vpc) -> Iterator[Finding]:
    network = cloud.network
    whole = network.internet_gateway_of(vpc.id) is not None
    only = any(gateway.vpc_id == vpc.id for gateway in network.egress_only_internet_gateways.values())
    if not whole and not (packet.returning and only):
        yield unattached(cloud, packet.flow, vpc, f"{vpc.id} has an egress-only gateway alone" if only else "")


def _holds(vpc: Vpc, address: IPNetwork) -> bool:
    return any(not isinstance(block, Unknown) and contains(block, address) for block in vpc.ipv6_cidr_blocks)


def _admission(
    gateway: InternetGateway, packet: Packet, public: IPNetwork | None, *, has_public: bool
) -> tuple[Finding, ...]:
    flow, doubt = packet.flow, packet.sender.public_doubt
    refusals = [*_refusals(packet, has_public=has_public or doubt is not None)]
    if doubt is not None and not has_public and not refusals:
        rule = f"whether {packet.sender.owner_id} has a public address is not known"
        return (unknown(HopKind.IGW, flow, gateway.id, rule, needs(doubt, ""), packet.sender.origin),)
    if refusals:
        return tuple(_refused(packet, gateway, code, rule) for code, rule in refusals)
    private = flow.source if flow.source.address is not None else packet.sender.id
    rule = f"{private} becomes {public.network_address if public else 'its public address'}"
    return (allowed(HopKind.IGW, flow, gateway, rule),)


def _refused(packet: Packet, gateway: InternetGateway, code: Code, rule: str) -> Finding:
    found, sender = denied(HopKind.IGW, packet.flow, gateway, rule, code), packet.sender
    if code is not Code.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS or sender.owner is not InterfaceOwner.NAT_GATEWAY:
        return found
    remedy = f"make `{sender.owner_id}` a public NAT gateway, with an Elastic IP"
    return replace(found, ruling=replace(found.ruling, remedy=remedy))


def _refusals(packet: Packet, *, has_public: bool) -> Iterator[tuple[Code, str]]:
    flow = packet.flow
    if not has_public:
        why = "has no public address, and an internet gateway gives none"
        if packet.sender.owner is InterfaceOwner.LAMBDA:
            why = "is a function's interface: it never has a public address, whatever its subnet"
        yield Code.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS, f"{flow.source} {why}"
    address = flow.destination.address
    for blocks, code in _PRIVATE_DESTINATIONS:
        if address is not None and any(contains(block, address) for block in blocks):
            yield code, f"{flow.destination} is private: it does not exist on the internet"


def named(cloud: Cloud, route: Route) -> InternetGateway | None:
    """Return the gateway of a route; one that is not loaded is attached, since AWS makes a route to no other."""
    id_ = str(route.target_id)
    loaded = cloud.network.internet_gateways.get(id_)
    return loaded if loaded or not id_.startswith("igw-") else InternetGateway(id_)


def of_table(cloud: Cloud, interface: NetworkInterface) -> InternetGateway | None:
    """Return the gateway to which the table of an interface's subnet has a route."""
    table = cloud.network.route_table_of(interface.subnet_id) if isinstance(interface.subnet_id, str) else None
    routes = table.routes if table is not None else ()
    found = (named(cloud, route) for route in routes if route.target_kind is TargetKind.INTERNET_GATEWAY)
    return next(filter(None, found), None)


def unattached(cloud: Cloud, flow: Flow, vpc: Vpc, rule: str = "") -> Finding:
    """Return the refusal of a VPC to which no internet gateway is attached; unknown if one may be, whose VPC is not known."""
    unsure = (one.vpc_id for one in cloud.network.internet_gateways.values() if isinstance(one.vpc_id, Unknown))
    missing = tuple(dict.fromkeys(each for one in unsure for each in needs(one, "")))
    if missing:
        rule = f"whether {vpc.id} has an internet gateway is not known"
        return unknown(HopKind.IGW, flow, vpc.id, rule, missing, vpc.origin)
    rule = rule or f"{vpc.id} has no internet gateway attached"
    return denied(HopKind.IGW, flow, vpc, rule, Code.BAD_STATE_ATTACHMENT)


def attached(cloud: Cloud, interface: NetworkInterface) -> InternetGateway | None:
    """Return the internet gateway attached to an interface's VPC."""
    vpc = cloud.network.vpc_of_interface(interface)
    return cloud.network.internet_gateway_of(vpc.id) if vpc is not None else None


def public_owner(cloud: Cloud, packet: Packet) -> NetworkInterface | None:
    """Return the cloud's interface that has a packet's public destination, if any."""
    address = packet.flow.destination.address
    return cloud.network.public_interface(address.network_address) if address is not None else None


def translation(target: NetworkInterface, asked: IPNetwork | None) -> tuple[IPv4Address | None, IPv4Address | None]:
    """Return an interface's public address, with the private one behind it: the one of `asked`, else the first."""
    public = target.public_addresses()
    address = asked.network_address if isinstance(asked, IPv4Network) else None
    if address in public:
        return address, public[address]
    return next(iter(public.items()), (None, target.private_ip_address))


def public_address(cloud: Cloud, packet: Packet) -> tuple[IPNetwork | None, bool]:
    """Return the public address of a packet's source (None: not known), and whether it has one."""
    sender, source = packet.sender, packet.flow.source.address
    address = source.network_address if source is not None else None
    own = next((public for private, public in sender.secondary_public_ips if private == address), None)
    if own is None and address not in sender.secondary_private_ip_addresses:
        own = sender.public_ip
    if own is not None:
        return network_of(own), True
    nat = cloud.network.nat_gateways.get(sender.owner_id) if sender.owner is InterfaceOwner.NAT_GATEWAY else None
    return None, nat is not None and nat.public and bool(nat.allocation_ids)
