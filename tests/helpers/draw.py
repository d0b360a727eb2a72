"""Hypothesis strategies for whole clouds: VPC, subnets, tables, groups, ACLs, gateways, endpoints, functions, instances.

Everything that is drawn is legal in AWS. Port ranges of ACLs either hold all the ports that clients choose from or none
of them: what lies between works now and then, and no prediction can say when.
"""

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network, IPv6Network

from hypothesis import strategies as st

from netful.model.allocation import allocate
from netful.model.cloud import Cloud
from netful.model.functions.capacity_providers import CapacityProvider
from netful.model.functions.function import Code, Function
from netful.model.network.addresses import (
    CLIENT_BLOCK,
    INTERNET6_BLOCK,
    SERVICE_BLOCK,
    elastic_ip,
    ipv6_block,
    prefix_list_block,
)
from netful.model.network.block_public_access import (
    BlockMode,
    ExclusionMode,
    VpcBlockPublicAccessExclusion,
    VpcBlockPublicAccessOptions,
)
from netful.model.network.encryption_control import EncryptionMode, Exclusion, VpcEncryptionControl
from netful.model.network.gateways import (
    EgressOnlyInternetGateway,
    ElasticIp,
    InternetGateway,
    NatGateway,
    VpcPeeringConnection,
)
from netful.model.network.nat64 import NAT64_BLOCK
from netful.model.network.network_acls import NetworkAcl, NetworkAclEntry
from netful.model.network.network_firewall import (
    ANY_PORTS,
    ANYWHERE,
    Addresses,
    DefaultAction,
    Firewall,
    FlowOption,
    Header,
    PortRanges,
    RuleAction,
    StatefulRule,
    StatelessAction,
    StatelessRule,
)
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import ALL_PROTOCOLS, ICMP, ICMPV6, TCP, UDP
from netful.model.network.route_tables import Route, RouteTable, TargetKind
from netful.model.network.security_groups import PeerKind, SecurityGroup, SecurityGroupRule
from netful.model.network.transit_gateways import (
    AttachmentKind,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRoute,
    TransitGatewayRouteTable,
)
from netful.model.network.vpc import IPV6_ONLY, PrefixList, Subnet, Vpc
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint
from tests.helpers.draw_balancers import in_zones, network_balancers
from tests.helpers.draw_sites import SITE, sites

REGION = "eu-west-1"
EVERYWHERE = IPv4Network("0.0.0.0/0")
VPC_BLOCK = IPv4Network("10.0.0.0/16")
SUBNETS = {f"S{n}": IPv4Network(f"10.0.{n}.0/24") for n in (1, 2, 3)}
FIREWALL_SUBNET = "F"
ZONES = {"S1": f"{REGION}a", "S2": f"{REGION}b", "S3": f"{REGION}a"}
GROUPS = ("G1", "G2", "G3")
OTHER_GROUPS = ("H1", "H2")
OTHER_BLOCK = IPv4Network("10.1.0.0/16")
S3_LIST, OWN_LIST = "pl-s3", "pl-own"
S3_BLOCK = prefix_list_block("s3", REGION)
SECOND_BLOCK = IPv4Network("100.64.0.0/16")  # and where S3 is when a VPC has it
PUBLIC_BLOCK = IPv4Network("44.0.0.0/16")  # another that a VPC may have: public address space
BLOCKS = (
    EVERYWHERE,
    VPC_BLOCK,
    *SUBNETS.values(),
    SERVICE_BLOCK,
    CLIENT_BLOCK,
    S3_BLOCK,
    OTHER_BLOCK,
    SECOND_BLOCK,
    SITE,
)
EVERYWHERE6 = IPv6Network("::/0")
VPC_BLOCK6, OTHER_BLOCK6 = ipv6_block(0), ipv6_block(1)
SUBNETS6 = dict(zip(SUBNETS, VPC_BLOCK6.subnets(new_prefix=64), strict=False))
PRIVATE_BLOCK6 = IPv6Network("fd20:0:1::/64")
BLOCKS6 = (
    EVERYWHERE6, EVERYWHERE6, VPC_BLOCK6, *SUBNETS6.values(), PRIVATE_BLOCK6, INTERNET6_BLOCK, OTHER_BLOCK6, NAT64_BLOCK,
)  # fmt: skip
PORTS = ((-1, -1), (0, 65535), (443, 443), (5432, 5432), (80, 443), (1024, 65535), (22, 22))
EPHEMERAL_OR_NOT = ((-1, -1), (0, 65535), (443, 443), (1024, 65535), (1, 1023), (22, 22))
ECHOES = {  # type and code; the echo's request and reply among them
    ICMP: ((-1, -1), (-1, -1), (8, -1), (8, 0), (8, 5), (0, -1), (3, 4)),
    ICMPV6: ((-1, -1), (-1, -1), (128, -1), (128, 0), (128, 3), (129, -1), (1, 0)),
}


@st.composite
def group_rules(draw, name):
    """A few rules of one direction; an ICMP one is there to be passed over by TCP."""
    rules = []
    for number in range(draw(st.integers(0, 3))):
        protocol = draw(st.sampled_from((ALL_PROTOCOLS, TCP, TCP, TCP, UDP, ICMP, ICMPV6)))
        first, last = draw(st.sampled_from(_numbers(protocol, PORTS)))
        kind = draw(st.sampled_from((PeerKind.CIDR, PeerKind.CIDR, PeerKind.GROUP, PeerKind.PREFIX_LIST)))
        peer = {
            PeerKind.CIDR: st.sampled_from(BLOCKS) | st.sampled_from(BLOCKS6),
            PeerKind.GROUP: st.sampled_from((*GROUPS, *OTHER_GROUPS)),
            PeerKind.PREFIX_LIST: st.sampled_from((S3_LIST, OWN_LIST)),
        }[kind]
        rules.append(SecurityGroupRule(f"{name}{number}", protocol, first, last, kind, draw(peer)))
    return tuple(rules)


def _numbers(protocol, ports):
    """What the two numbers of a rule or entry may be."""
    return ports if protocol in {TCP, UDP} else ECHOES.get(protocol, ((-1, -1),))


def _everything(name):
    return tuple(
        SecurityGroupRule(f"{name}{block.version}", ALL_PROTOCOLS, -1, -1, PeerKind.CIDR, block)
        for block in (EVERYWHERE, EVERYWHERE6)
    )


def _from(name, groups):
    """Rules that admit everything from the members of some groups."""
    return tuple(SecurityGroupRule(f"{name}.{g}", ALL_PROTOCOLS, -1, -1, PeerKind.GROUP, g) for g in groups)


EVERY_ENTRY = tuple(
    NetworkAclEntry(f"all{number}", number, True, ALL_PROTOCOLS, -1, -1, block)
    for number, block in ((100, EVERYWHERE), (101, EVERYWHERE6))
)


@st.composite
def security_groups(draw):
    groups = {}
    for name in GROUPS:
        egress = _everything(f"{name}.out") if draw(mostly(True, False)) else draw(group_rules(f"{name}.out"))
        ingress = _everything(f"{name}.in") if draw(st.booleans()) else draw(group_rules(f"{name}.in"))
        groups[name] = SecurityGroup(name, "V", ingress, egress)
    return groups


@st.composite
def acl_entries(draw, name):
    entries = []
    for number in sorted(draw(st.sets(st.integers(1, 9), max_size=4))):
        protocol = draw(st.sampled_from((ALL_PROTOCOLS, TCP, TCP, UDP, ICMP, ICMPV6)))
        first, last = draw(st.sampled_from(_numbers(protocol, EPHEMERAL_OR_NOT)))
        allow, block = (
            draw(st.sampled_from((True, True, False))),
            draw(st.sampled_from(BLOCKS) | st.sampled_from(BLOCKS6)),
        )
        entries.append(NetworkAclEntry(f"{name}{number}", number * 10, allow, protocol, first, last, block))
    return tuple(entries)


@st.composite
def network_acls(draw):
    acls = {"Default": NetworkAcl("Default", "V", EVERY_ENTRY, EVERY_ENTRY, default=True)}
    users = draw(st.sets(st.sampled_from([*SUBNETS]), max_size=2)) if draw(st.booleans()) else ()
    if users:
        wide = EVERY_ENTRY if draw(mostly(True, False)) else ()
        ingress, egress = draw(acl_entries("in")) + wide, draw(acl_entries("out")) + wide
        acls["Custom"] = NetworkAcl("Custom", "V", ingress, egress, tuple(sorted(users)))
    return acls


@st.composite
def route_tables(draw, *, nat, six, box):
    """A private main table and two others, one of them public, now and then with a route astray.

    Each has at most one route for a destination, as AWS demands.
    """
    igw, gone = (TargetKind.INTERNET_GATEWAY, "Igw"), (TargetKind.NETWORK_INTERFACE, "gone")
    eigw = (TargetKind.EGRESS_ONLY_INTERNET_GATEWAY, "Eigw") if six else None
    to_nat = (TargetKind.NAT_GATEWAY, "Nat") if nat else None
    to_box = (TargetKind.INSTANCE, "I0") if box else None
    usual = {"Main": to_box or to_nat, "Public": igw, "Other": to_box or to_nat}
    owners = {"S1": mostly("Public", "Other"), "S2": mostly("Main", "Public", "Other"), "S3": mostly("Other", "Main")}
    owner_of = {subnet: draw(owner) for subnet, owner in owners.items()}
    tables = {}
    for name, default in usual.items():
        chosen = {EVERYWHERE: draw(mostly(default, None, igw, gone, to_nat, to_box, eigw))}
        for destination in draw(st.sets(st.sampled_from((CLIENT_BLOCK, SERVICE_BLOCK, S3_BLOCK)), max_size=1)):
            chosen[destination] = draw(mostly(to_box, None, igw, gone, to_nat))
        if six:
            chosen[EVERYWHERE6] = draw(st.sampled_from((igw, igw, igw, eigw, eigw, None, gone)))
            chosen[NAT64_BLOCK] = draw(mostly(to_nat, None, igw, eigw))
        routes = tuple(
            Route(f"{name}-{destination}", *target, destination, blackhole=target is gone)
            for destination, target in chosen.items()
            if target is not None
        )
        listed = draw(mostly(None, igw, gone, to_nat, to_box))
        if listed is not None:
            routes += (Route(f"{name}-own", *listed, destination_prefix_list_id=OWN_LIST, blackhole=listed is gone),)
        users = () if name == "Main" else tuple(s for s, owner in owner_of.items() if owner == name)
        tables[name] = RouteTable(name, "V", routes, users, main=name == "Main")
    return tables


def mostly(usual, *others):
    """The usual value in two cases of three or more, else one of the others."""
    return st.sampled_from((usual,) * (2 * len(others) + 1) + others)


@st.composite
def headers(draw):
    """What a rule of a firewall matches. Its ports hold all that clients choose from, or none of them."""
    protocols = draw(st.sampled_from(((), (TCP,), (TCP,), (UDP,), (ICMP, ICMPV6), (TCP, UDP))))
    sides = [st.sampled_from((*BLOCKS, *BLOCKS6)).map(lambda one: Addresses((one,))), st.just(ANYWHERE)]
    sides.append(st.sampled_from((*BLOCKS[1:], VPC_BLOCK6)).map(lambda one: Addresses(excluded=(one,))))
    ports = (ANY_PORTS, PortRanges(((443, 443),)), PortRanges(((1024, 65535),)), PortRanges(excluded=((1, 1023),)))
    with_ports = not protocols or protocols[0] in {TCP, UDP}
    source, destination = draw(st.one_of(sides)), draw(st.one_of(sides))
    chosen = [draw(mostly(ANY_PORTS, *(ports if with_ports and protocols else ()))) for _ in range(2)]
    return Header(source, chosen[0], destination, chosen[1], protocols)


@st.composite
def firewalls(draw):
    """A firewall with a few rules of each kind. None of them reads requests, whose contents no packet here has."""
    stateless = tuple(
        StatelessRule(f"stateless {n}", draw(headers()), draw(st.sampled_from(StatelessAction)))
        for n in range(draw(mostly(0, 1, 2)))
    )
    actions = (RuleAction.PASS, RuleAction.PASS, RuleAction.DROP, RuleAction.REJECT)
    rules = []
    for n in range(draw(st.integers(0, 3))):
        header = draw(headers())
        options = (
            {FlowOption.TO_SERVER},
            {FlowOption.TO_CLIENT},
            {FlowOption.ESTABLISHED},
            {FlowOption.NOT_ESTABLISHED},
        )
        flow = frozenset(draw(st.sampled_from((set(), set(), *options))) if header.protocols == (TCP,) else ())
        rules.append(
            StatefulRule(f"stateful {n}", draw(st.sampled_from(actions)), header, draw(mostly(False, True)), flow)
        )
    default = draw(mostly(StatelessAction.FORWARD, StatelessAction.PASS, StatelessAction.DROP))
    drops = draw(mostly((), (DefaultAction.DROP_STRICT,), (DefaultAction.DROP_ESTABLISHED,)))
    return Firewall("Fw", "V", stateless, default, tuple(rules), drops)


@st.composite
def inspected(draw, tables, *, attached, nat):
    """Tables of which some lead through the firewall's endpoint: to the internet, from it, and between subnets."""
    to_firewall = (TargetKind.VPC_ENDPOINT, "Fw.endpoint1")
    found = {}
    for name, table in tables.items():
        routes = table.routes
        if draw(mostly(True, False)):
            routes = (*_without(routes, EVERYWHERE), Route(f"{name}-inspected", *to_firewall, EVERYWHERE))
        for subnet in draw(mostly((), ("S1",), ("S2",), ("S1", "S2"))):
            routes += (Route(f"{name}-{subnet}-inspected", *to_firewall, SUBNETS[subnet]),)
        found[name] = replace(table, routes=routes)
    way_out = draw(mostly((TargetKind.INTERNET_GATEWAY, "Igw"), *(((TargetKind.NAT_GATEWAY, "Nat"),) if nat else ())))
    dead = way_out[1] == "Igw" and not attached
    routes = (Route("Firewall-out", *way_out, EVERYWHERE, blackhole=dead),)
    routes += (Route("Firewall-out6", TargetKind.INTERNET_GATEWAY, "Igw", EVERYWHERE6, blackhole=not attached),)
    found["Firewall"] = RouteTable("Firewall", "V", routes, (FIREWALL_SUBNET,))
    behind = draw(st.sets(st.sampled_from(("S1", "S2")), max_size=2)) if attached else ()
    if behind:
        routes = tuple(Route(f"Edge-{subnet}", *to_firewall, SUBNETS[subnet]) for subnet in sorted(behind))
        found["Edge"] = RouteTable("Edge", "V", routes, gateway_ids=("Igw",))
    return found


def behind_box(block):
    """The table of the internet gateway that leads to a block through the instance that forwards."""
    through = Route("Edge-S2", TargetKind.INSTANCE, "I0", block)
    return {"Edge": RouteTable("Edge", "V", (through,), gateway_ids=("Igw",))}


@st.composite
def other_vpcs(draw, tables, *, six):
    """A second VPC with a subnet and an instance, joined by a peering or a transit gateway, with routes that may lack."""
    joined, ready, dead = draw(peerings() | transit_gateways())
    kind, target = ready
    region = draw(mostly(REGION, "ap-south-1")) if kind is TargetKind.PEERING else REGION
    there, back = draw(mostly(True, False)), draw(mostly(True, False))
    if there:
        blocks = (OTHER_BLOCK, OTHER_BLOCK6) if six else (OTHER_BLOCK,)
        routes = tuple(Route(f"to-{block}", kind, target, block, blackhole=dead) for block in blocks)
        users = draw(mostly({*tables}, {"Public"}))  # in the public table alone: through a NAT gateway there
        tables = {n: replace(t, routes=(*t.routes, *routes)) if n in users else t for n, t in tables.items()}
    if draw(mostly(False, True)):  # what neither carries here: the other side's way out (vpc-network §7.1)
        astray = Route("transit", kind, target, CLIENT_BLOCK, blackhole=dead)
        tables = {n: replace(t, routes=(*_without(t.routes, CLIENT_BLOCK), astray)) for n, t in tables.items()}
    blocks = (VPC_BLOCK, VPC_BLOCK6) if six else (VPC_BLOCK,)
    routes = tuple(Route(f"to-{block}", kind, target, block, blackhole=dead) for block in blocks) if back else ()
    for block in draw(st.sets(st.sampled_from((EVERYWHERE, CLIENT_BLOCK, S3_BLOCK)), max_size=2)):
        routes += (Route(f"out-{block}", kind, target, block, blackhole=dead),)  # by the other side's ways out
    groups = {}
    for name in OTHER_GROUPS:
        referring = st.just(_from(f"{name}.in", GROUPS))
        ingress = draw(st.just(_everything(f"{name}.in")) | referring | referring | group_rules(f"{name}.in"))
        groups[name] = SecurityGroup(name, "W", ingress, _everything(f"{name}.out"))
    return joined | {
        "route_tables": tables | {"W.Main": RouteTable("W.Main", "W", routes, main=True)},
        "vpcs": {"W": Vpc("W", (OTHER_BLOCK,), (OTHER_BLOCK6,) if six else (), region=region)},
        "subnets": {
            "W1": Subnet(
                "W1", "W", IPv4Network("10.1.1.0/24"), next(OTHER_BLOCK6.subnets(new_prefix=64)) if six else None,
                availability_zone=f"{REGION}a", assign_ipv6_address_on_creation=six,
            )
        },
        "security_groups": groups,
        "network_acls": {"W.Default": NetworkAcl("W.Default", "W", EVERY_ENTRY, EVERY_ENTRY, default=True)},
        "network_interfaces": {
            "IW": NetworkInterface(
                "IW", InterfaceOwner.INSTANCE, "IW", "W1", (draw(st.sampled_from(OTHER_GROUPS)),),
                IPv4Address("10.1.1.50"),
            )
        },
    }  # fmt: skip


@st.composite
def peerings(draw):
    active = draw(mostly(True, False))
    peering = VpcPeeringConnection("Pcx", "V", "W", active=active)
    return {"vpc_peering_connections": {"Pcx": peering}}, (TargetKind.PEERING, "Pcx"), not active


@st.composite
def transit_gateways(draw):
    """A gateway with both VPCs attached, V in one zone or two and perhaps in appliance mode, and one table or two."""
    zones = draw(mostly(("S1", "S2"), ("S3", "S2"), ("S1",), ("S2",)))
    closed = draw(mostly("", "Tgw", "AV", "AW"))  # what does not support references to groups
    pins = draw(mostly("", "AV"))
    attachments = {
        id_: TransitGatewayAttachment(
            id_,
            "Tgw",
            AttachmentKind.VPC,
            vpc_id,
            subnets,
            appliance_mode=pins == id_,
            security_group_referencing=closed != id_,
            ipv6_support=draw(mostly(True, False)),
        )
        for id_, vpc_id, subnets in (("AV", "V", zones), ("AW", "W", ("W1",)))
    }
    both = ("AV", "AW")
    propagated = draw(mostly(both, ("AV",), ("AW",), ()))
    static = []
    for block, attachment in ((OTHER_BLOCK, "AW"), (VPC_BLOCK, "AV"), (EVERYWHERE, "AV"), (S3_BLOCK, "AV")):
        if draw(mostly(False, True)):
            hole = draw(st.booleans())
            static.append(TransitGatewayRoute(f"static-{block}", block, None if hole else attachment, blackhole=hole))
    associated = draw(mostly(both, ("AV",), ("AW",)))
    table = TransitGatewayRouteTable("Rtb", "Tgw", tuple(static), associated, propagated)
    parts = {
        "transit_gateways": {
            "Tgw": TransitGateway(
                "Tgw", region=REGION, security_group_referencing=closed != "Tgw", encryption_support=draw(st.booleans())
            )
        },
        "transit_gateway_attachments": attachments,
        "transit_gateway_route_tables": {"Rtb": table},
    }
    return parts, (TargetKind.TRANSIT_GATEWAY, "Tgw"), False


@st.composite
def block_public_access(draw):
    """The mode of the account, with exclusions of the first VPC and of its subnets."""
    mode = draw(
        st.sampled_from((BlockMode.OFF, BlockMode.OFF, BlockMode.OFF, BlockMode.INGRESS, BlockMode.BIDIRECTIONAL))
    )
    places = draw(st.sets(st.sampled_from(("V", *SUBNETS)), max_size=3)) if mode is not BlockMode.OFF else ()
    exclusions = {}
    for place in sorted(places):
        excludes = draw(st.sampled_from(ExclusionMode))
        where = {"vpc_id": place} if place == "V" else {"subnet_id": place}
        exclusions[f"X{place}"] = VpcBlockPublicAccessExclusion(f"X{place}", excludes, **where)
    return {"Bpa": VpcBlockPublicAccessOptions("Bpa", mode, REGION)}, exclusions


@st.composite
def encryption_controls(draw, vpcs):
    """Controls of VPCs in a quarter of the clouds, with what they exclude."""
    if draw(st.integers(0, 3)):
        return {}
    found = {}
    for vpc in vpcs:
        mode = draw(st.sampled_from((None, EncryptionMode.MONITOR, EncryptionMode.ENFORCE, EncryptionMode.ENFORCE)))
        included = draw(st.sets(st.sampled_from(Exclusion), max_size=3))
        if mode is not None:
            excluded = dict.fromkeys({*Exclusion} - included, True)
            found[f"C{vpc}"] = VpcEncryptionControl(f"C{vpc}", vpc, mode, excluded)
    return found


@st.composite
def capacity_providers(draw, attached, places):
    """A capacity provider in one or two subnets, with public addresses in some."""
    subnets = tuple(sorted(draw(st.sets(st.sampled_from(places), min_size=1, max_size=2))))
    public = {subnet: elastic_ip(30 + n) for n, subnet in enumerate(subnets) if attached and draw(mostly(True, False))}
    return CapacityProvider("Provider", "", subnets, draw(some_groups()), public)


def _without(routes, destination):
    return tuple(route for route in routes if route.destination_cidr_block != destination)


def with_gateway_endpoint(tables, users):
    route = Route("S3.route", TargetKind.VPC_ENDPOINT, "S3", destination_prefix_list_id=S3_LIST)
    return {n: replace(t, routes=(*t.routes, route)) if n in users else t for n, t in tables.items()}


@st.composite
def instances_in(draw, block_of, native, dual, *, attached, box):
    """One or two instances; the first one may forward."""
    instances = {}
    for number in range(draw(st.integers(1 if box else 0, 2))):
        subnet = draw(st.sampled_from(dual if box and number == 0 else [*SUBNETS]))
        if subnet == native:
            instances[f"I{number}"] = NetworkInterface(
                f"I{number}", InterfaceOwner.INSTANCE, f"I{number}", subnet, draw(some_groups()),
                idle=draw(mostly("", "it is stopped")) if number else "",
            )  # fmt: skip
            continue
        public = elastic_ip(10 + number) if attached and draw(st.booleans()) else None
        second = block_of[subnet].network_address + 60 + number
        more = (second,) if draw(mostly(False, True)) else ()
        also_public = ((second, elastic_ip(20 + number)),) if more and attached and draw(st.booleans()) else ()
        instances[f"I{number}"] = NetworkInterface(
            f"I{number}", InterfaceOwner.INSTANCE, f"I{number}", subnet, draw(some_groups()),
            IPv4Address(block_of[subnet].network_address + 50 + number), more, public_ip=public,
            secondary_public_ips=also_public, idle=draw(mostly("", "it is stopped")) if number else "",
            source_dest_check=not (box and number == 0 and draw(mostly(True, False))),
        )  # fmt: skip
    return instances


def regional_nat(zones, tables, *, attached):
    """A regional NAT gateway with its own table, for some zones or ("") for all of them."""
    zonal = {f"{REGION}{zone}": (f"Eip{zone}",) for zone in zones if zone}
    held = tuple(id_ for ids in zonal.values() for id_ in ids)
    nat = NatGateway("Nat", None, "V", allocation_ids=held, regional=True, zonal_allocation_ids=zonal, public_ip=None if zonal else elastic_ip(40))  # fmt: skip
    routes = (Route("Nat.out", TargetKind.INTERNET_GATEWAY, "Igw", EVERYWHERE, blackhole=not attached),)
    return {"Nat": nat}, tables | {"Nat.routes": RouteTable("Nat.routes", "V", routes, gateway_ids=("Nat",))}


@st.composite
def clouds(draw):
    """A cloud in one region: VPCs, and in a quarter of the cases each a load balancer and a network on-premises."""
    parts = draw(vpcs())
    if draw(mostly(False, True)):
        parts = draw(_balanced(parts))
    if draw(mostly(False, True)):
        parts = draw(sites(parts))
    return allocate(Cloud.of(region=REGION, **parts))


@st.composite
def balanced_clouds(draw):
    """A cloud in one region with a load balancer."""
    return allocate(Cloud.of(region=REGION, **draw(_balanced(draw(vpcs())))))


def _balanced(parts):
    places = [name for name in SUBNETS if not parts["subnets"][name].ipv6_native]
    return network_balancers(parts, places, some_groups())


@st.composite
def vpcs(draw):
    """The parts of a cloud: a VPC, and in half of the cases a second one."""
    attached = draw(mostly(True, False))
    six = draw(st.booleans())
    native = draw(mostly(None, "S3", "S3")) if six else None  # a subnet with IPv6 only
    dual = [name for name in SUBNETS if name != native]
    blocks6 = draw(mostly(SUBNETS6, *(SUBNETS6 | {name: PRIVATE_BLOCK6} for name in SUBNETS)))
    nat_subnet = draw(mostly("S1", None, "S2", *(("S3",) if not native else ())))
    secondary = draw(mostly(None, SECOND_BLOCK, PUBLIC_BLOCK))
    block_of = SUBNETS | ({"S3": [*secondary.subnets(new_prefix=24)][3]} if secondary else {})
    public_nat = draw(mostly(True, False))
    regional = draw(mostly((), ("",), () if six else ("a", "b"), () if six else ("a",))) if nat_subnet else ()
    box = draw(mostly(False, True))  # an instance that forwards, if its check is off
    tables = draw(route_tables(nat=bool(nat_subnet), six=six, box=box))
    if not attached:
        tables = _without_gateway(tables)
    s3_users = draw(st.none() | st.sets(st.sampled_from(("Main", "Public", "Other"))))
    endpoints = {}
    firewall = draw(firewalls()) if draw(mostly(False, True)) else None
    if firewall is not None:
        tables = draw(inspected(tables, attached=attached, nat=bool(nat_subnet)))
        endpoints["Fw.endpoint1"] = VpcEndpoint(
            "Fw.endpoint1", "V", "", "", EndpointType.OTHER, (FIREWALL_SUBNET,), firewall_id="Fw"
        )
    elif box and attached and draw(mostly(False, True)):
        tables |= behind_box(block_of["S2"])
    if s3_users is not None:
        tables = with_gateway_endpoint(tables, s3_users)
        endpoints["S3"] = VpcEndpoint(
            "S3", "V", f"com.amazonaws.{REGION}.s3", "s3", EndpointType.GATEWAY, route_table_ids=tuple(sorted(s3_users))
        )  # fmt: skip
    ssm_type = draw(st.sampled_from(("ipv4", "dualstack", "ipv6"))) if six else "ipv4"
    ssm_places = ([native] if native else []) if ssm_type == "ipv6" else dual
    ssm_subnets = tuple(sorted(draw(in_zones(ssm_places, 0)))) if ssm_places else ()
    if ssm_subnets:
        endpoints["Ssm"] = VpcEndpoint(
            "Ssm", "V", f"com.amazonaws.{REGION}.ssm", "ssm", EndpointType.INTERFACE, ssm_subnets,
            draw(some_groups()), private_dns_enabled=draw(st.booleans()), ip_address_type=ssm_type,
            dns_record_ip_type=draw(mostly("", "ipv4", "ipv6")) if ssm_type == "dualstack" else "",
        )  # fmt: skip
    dns64 = draw(st.sets(st.sampled_from([*SUBNETS]), max_size=3)) if six else ()
    unassigned = draw(mostly(None, *SUBNETS))
    hostnames, support = draw(mostly((True, True), (False, True), (False, False)))
    provider = draw(capacity_providers(attached, dual))
    functions = {}
    for name in ("F1", "F2")[: draw(st.integers(1, 2))]:
        subnets = tuple(sorted(draw(st.sets(st.sampled_from(dual), min_size=1, max_size=2))))
        groups = draw(some_groups())
        functions[name] = Function(
            name, name, Code(inline=""), subnet_ids=subnets, security_group_ids=groups,
            ipv6_allowed_for_dual_stack=six and draw(mostly(True, False)),
        )  # fmt: skip
        if draw(mostly(False, True)):
            functions[name] = replace(
                functions[name], capacity_provider=provider.id, subnet_ids=provider.subnet_ids,
                security_group_ids=provider.security_group_ids,
            )  # fmt: skip
    instances = draw(instances_in(block_of, native, dual, attached=attached, box=box))
    options, exclusions = draw(block_public_access())
    other = draw(other_vpcs(tables, six=six)) if draw(st.booleans()) else {}
    vpc = Vpc(
        "V",
        (VPC_BLOCK, secondary) if secondary else (VPC_BLOCK,),
        (VPC_BLOCK6, PRIVATE_BLOCK6) if six else (),
        enable_dns_support=support,
        enable_dns_hostnames=hostnames,
        region=REGION,
    )
    nat = {"Nat": NatGateway("Nat", nat_subnet, "V", public=public_nat, allocation_ids=("Eip",) * public_nat)}
    if regional:
        nat, tables = regional_nat(regional, tables, attached=attached)
    parts = {
        "vpcs": {"V": vpc},
        "subnets": {
            n: Subnet(
                n,
                "V",
                IPV6_ONLY if n == native else block,
                blocks6[n] if six else None,
                availability_zone=ZONES[n],
                enable_dns64=n in dns64,
                assign_ipv6_address_on_creation=six and n != unassigned,
            )
            for n, block in block_of.items()
        }
        | ({FIREWALL_SUBNET: firewall_subnet(six)} if firewall else {}),
        "firewalls": {"Fw": firewall} if firewall else {},
        "egress_only_internet_gateways": {"Eigw": EgressOnlyInternetGateway("Eigw", "V")} if six else {},
        "route_tables": tables,
        "internet_gateways": {"Igw": InternetGateway("Igw", "V" if attached else None)},
        "elastic_ips": {f"Eip{zone}": ElasticIp(f"Eip{zone}", elastic_ip(n)) for n, zone in enumerate(regional or [""])}
        if nat_subnet
        else {},
        "nat_gateways": nat if nat_subnet else {},
        "security_groups": draw(security_groups()),
        "network_acls": draw(network_acls()),
        "prefix_lists": {
            S3_LIST: PrefixList(S3_LIST, f"com.amazonaws.{REGION}.s3", (S3_BLOCK,)),
            OWN_LIST: PrefixList(OWN_LIST, "own", draw(own_blocks())),
        },
        "vpc_endpoints": endpoints,
        "functions": functions,
        "capacity_providers": {provider.id: provider},
        "network_interfaces": instances,
        "block_public_access_options": options,
        "block_public_access_exclusions": exclusions,
    }
    parts["encryption_controls"] = draw(encryption_controls(["V", *other.get("vpcs", {})]))
    return {name: parts.get(name, {}) | other.get(name, {}) for name in parts.keys() | other.keys()}


def firewall_subnet(six):
    block6 = [*VPC_BLOCK6.subnets(new_prefix=64)][9] if six else None
    return Subnet(FIREWALL_SUBNET, "V", IPv4Network("10.0.9.0/24"), block6, availability_zone=f"{REGION}a")


def own_blocks():
    """The blocks of a customer's prefix list, which routes and groups refer to."""
    return st.sets(st.sampled_from((CLIENT_BLOCK, SERVICE_BLOCK, OTHER_BLOCK, SITE)), min_size=1, max_size=2).map(
        lambda found: tuple(sorted(found))
    )


def some_groups():
    return st.sets(st.sampled_from(GROUPS), min_size=1, max_size=2).map(lambda found: tuple(sorted(found)))


def _without_gateway(tables):
    """The tables without an attached internet gateway: a route to it is a blackhole then (vpc-network §1.10)."""
    return {n: replace(t, routes=tuple(map(_dead_if_igw, t.routes))) for n, t in tables.items()}


def _dead_if_igw(route):
    return replace(route, blackhole=True) if route.target_kind is TargetKind.INTERNET_GATEWAY else route
