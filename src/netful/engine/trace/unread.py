"""Unread contents of the sources on a path: they make it unknown, or an assumption of the path names them.

A hop names what takes part: by its component, in the words of its rule, or by its place. What those are in, or belong to,
takes part too: the VPC of a subnet, the load balancer of a listener. A type, a property or a value that netful does not read
of any of them, or that refers to one of them, concerns the path.

| weight | reachable path | blocked path |
|---|---|---|
| decides | unknown | unknown |
| blocks | unknown | blocked |
| opens | reachable | unknown, if it may open all that blocks |
| assumed | assumption | assumption |

It is not a hop: netful does not know where on the path it takes part.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias

from netful.engine.flows.address_families import LACKS
from netful.engine.flows.codes import Code
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop, Path, PathVerdict, Symptom
from netful.engine.names import endpoint_names
from netful.engine.names.endpoint_names import LATTICE_DOMAINS
from netful.engine.network.packet import vpc_id_of
from netful.engine.routing.route_tables import Entry
from netful.engine.trace import hints, presumptions
from netful.engine.trace.ends.destinations import HostDestination, InterfaceDestination
from netful.engine.trace.question import Question
from netful.model.balancing.load_balancers import Listener
from netful.model.cloud import Cloud
from netful.model.core import Maybe, Origin
from netful.model.network.route_tables import TargetKind
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint
from netful.model.unread import ADDING, MAKES_ROUTES, TAKES_ADDRESS, Unread, Weight, beyond

_HINT = "what is not understood may turn the answer: for this path ask AWS's Reachability Analyzer"
_WORD = re.compile(r"[\w./:\[\]\"-]+")
_PRIVATE_DNS = "PrivateDnsEnabled"
_OF_ENDPOINTS = (_PRIVATE_DNS, "ServiceName")
"""Properties of VPC endpoints that decide which names lead to them."""
_OF_NAMES = ("AWS::Route53", "DhcpOptionsId", "HostedZoneId", *_OF_ENDPOINTS, "ResolverRuleId", "VPCId", "VPCs")
"""Beginnings of the types and properties whose influence is known to be on names alone."""

_TURNED: Mapping[PathVerdict, tuple[Weight, ...]] = {
    "reachable": (Weight.DECIDES, Weight.BLOCKS),
    "blocked": (Weight.DECIDES, Weight.OPENS),
    "unknown": (Weight.DECIDES, Weight.BLOCKS),
}
_SHARED, _ASSOCIATION = "AWS::VpcLattice::ResourceConfiguration", "AWS::VpcLattice::ServiceNetworkVpcAssociation"
_REFUSING = ("AWS::NetworkFirewall::Firewall",)
"""Types that admit nothing that groups and ACLs refuse."""
_OF_GROUPS = ("TargetType", "TargetGroupAttributes")
_BY_ANOTHER_ADDRESS = ("Scheme", "EndpointPublicAccess", "IpAddressType", *_OF_GROUPS, *_OF_ENDPOINTS)
"""Properties that decide by which address clients reach a resource, or are seen: on the way to another one, other filters judge."""

_FILTERS = (HopKind.SG_IN, HopKind.SG_OUT, HopKind.NACL_IN, HopKind.NACL_OUT)
_HOLDERS = (
    ("subnets", "vpc_id"),
    ("route_tables", "vpc_id"),
    ("security_groups", "vpc_id"),
    ("network_acls", "vpc_id"),
    ("vpc_endpoints", "vpc_id"),
    ("load_balancers", "vpc_id"),
    ("internet_gateways", "vpc_id"),
    ("nat_gateways", "subnet_id"),
    ("network_interfaces", "subnet_id"),
    ("network_interfaces", "owner_id"),
    ("listeners", "load_balancer_id"),
    ("listener_rules", "listener_id"),
    ("transit_gateway_attachments", "transit_gateway_id"),
    ("transit_gateway_route_tables", "transit_gateway_id"),
    ("stages", "api_id"),
)
"""Parts of a cloud, and the fields with what their objects are in or belong to."""
_PARTS = (("listeners", "load_balancer_id"), ("stages", "api_id"))
"""Parts of a cloud whose objects take part with what they belong to, and the fields with that."""


_TYPES = {"rtb": "AWS::EC2::RouteTable", "subnet": "AWS::EC2::Subnet", "vpc": "AWS::EC2::VPC"}
"""The types of resources that others are in, by the beginnings of AWS's ids."""

Touching: TypeAlias = tuple[Unread, Weight]
"""Something unread, and its weight on the paths of what it touches."""


def with_unread(cloud: Cloud, question: Question, path: Path) -> Path:
    """Return a path with the unread contents that concern it, and the unknown conditions of what takes part."""
    if presumptions.is_needed(cloud):
        presumed = presumptions.presumed(cloud, question, path, _taking_part(cloud, question, path))
        path = replace(path, assumptions=tuple(dict.fromkeys((*path.assumptions, *presumed))))
    touching = by_name(cloud)
    if not touching:
        return path
    resolved = any(hop.kind is HopKind.NAME for hop in path.hops)
    names = (each for name in _taking_part(cloud, question, path) for each in (name, _type_of(cloud, name)))
    every = dict.fromkeys(one for name in names for one in touching.get(name, ()))
    found = [_here(cloud, question, path, *one) for one in every if resolved or not _is_of_names(*one)]
    blocking = [hop for hop in path.hops if hop.verdict == "deny"]
    turning = [
        one
        for one, weight in found
        if weight in _TURNED[path.verdict] and all(_may_turn(cloud, one, weight, hop) for hop in blocking)
    ]
    noted = [
        one.assumed
        for one, weight in found
        if weight is Weight.ASSUMED and one not in turning and not _is_asked(one, path)
        if one.what != MAKES_ROUTES or any(hop.kind is HopKind.ROUTE for hop in blocking)
    ]
    path = replace(path, assumptions=tuple(dict.fromkeys((*path.assumptions, *noted))))
    if not turning:
        return path
    unread = tuple(dict.fromkeys(str(one) for one in turning if not one.needs))
    missing = tuple(dict.fromkeys((*path.missing, *(need for one in turning for need in one.needs))))
    settling = _HINT if unread else hints.for_missing(missing, cloud.template.resources)
    hint = path.hint if path.verdict == "unknown" and path.hint else settling
    return replace(path, verdict="unknown", symptom=Symptom(), unread=unread, missing=missing, hint=hint, seen_as="")


def _is_asked(one: Unread, path: Path) -> bool:
    """Return whether a path is unknown because of something unread, which is not an assumption then."""
    stopped = one.is_type and any(hop.verdict == "unknown" and hop.component == one.resource_id for hop in path.hops)
    return stopped or any(name.startswith("what `") and f"({one.origin})" in name for name in path.missing)


def _here(cloud: Cloud, question: Question, path: Path, one: Unread, weight: Weight) -> Touching:
    """Return something unread with its weight for the clients of a question.

    VPC Lattice leads those of certain VPCs to a database by the database's own name, and to others by a domain of their own; the
    rest have names at Lattice alone.
    """
    endpoint = cloud.network.vpc_endpoints.get(one.resource_id)
    if endpoint is not None and one.what in _OF_ENDPOINTS and weight is Weight.OPENS:
        by_name = one.what == _PRIVATE_DNS or endpoint.private_dns_enabled or endpoint.type is EndpointType.GATEWAY
        return one, weight if by_name and _leads_to(cloud, endpoint, question, path) else Weight.ASSUMED
    if (listener := cloud.balancing.listeners.get(one.resource_id)) is not None and _is_passed_by(listener, path):
        return one, Weight.ASSUMED
    if one.what == _ASSOCIATION and _is_shared(cloud, _host_of(question)):
        return one, Weight.OPENS
    if one.what != _SHARED:
        return one, weight
    if cloud.template.resources[one.resource_id].properties.get("ResourceConfigurationType") != "ARN":
        return one, Weight.ASSUMED
    clients = {vpc_id_of(cloud, source.interface) for source in question.sources if source.interface}
    interfaces = question.target.interfaces if isinstance(question.target, InterfaceDestination) else ()
    leads = not clients.isdisjoint(_joined(cloud)) and clients.isdisjoint(vpc_id_of(cloud, eni) for eni in interfaces)
    return one, weight if leads else Weight.ASSUMED


def _is_passed_by(listener: Listener, path: Path) -> bool:
    """Return whether no hop of a path is for the port of a listener, which is known."""
    asked = (hop.flow.destination.ports for hop in path.hops if hop.flow)
    port = listener.port
    return isinstance(port, int) and not any(ports.first <= port <= ports.last for ports in asked)


def _leads_to(cloud: Cloud, endpoint: VpcEndpoint, question: Question, path: Path) -> bool:
    """Return whether an endpoint may lead to the host of a question, whose name no other endpoint answers."""
    taken = any(hop.kind is HopKind.NAME and hop.component in cloud.network.vpc_endpoints for hop in path.hops)
    return not taken and endpoint_names.may_cover(cloud, endpoint, _host_of(question))


def _host_of(question: Question) -> str:
    """Return the host of a question in lower case, "" if it names none."""
    return question.target.host.lower() if isinstance(question.target, HostDestination) else ""


def _is_shared(cloud: Cloud, host: str) -> bool:
    """Return whether a host is in the domain of a resource that VPC Lattice shares."""
    shared = (one.properties for one in cloud.template.of_type(_SHARED))
    domains = (str(each["CustomDomainName"]).lower() for each in shared if "CustomDomainName" in each)
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def _joined(cloud: Cloud) -> Iterator[Maybe[str] | None]:
    """Yield the VPCs with an association or an endpoint of VPC Lattice."""
    yield from (one.vpc_id for one in cloud.network.vpc_endpoints.values() if one.type in LATTICE_DOMAINS)
    for resource in cloud.template.of_type(_ASSOCIATION):
        yield cloud.named(str(resource.properties.get("VpcIdentifier")))


_WITHOUT_PUBLIC_ADDRESS = (
    Code.IGW_PUBLIC_IP_ASSOCIATION_FOR_EGRESS,
    Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS,
)
_CODES = {
    "AssignPublicIp": _WITHOUT_PUBLIC_ADDRESS,
    "AssociatePublicIpAddress": _WITHOUT_PUBLIC_ADDRESS,
    "Ipv6AddressCount": (*LACKS.values(),),
}
"""The codes of hops that properties with an influence on addresses may turn, by the ends of their names."""


def _may_turn(cloud: Cloud, one: Unread, weight: Weight, blocking: Hop) -> bool:
    """Return whether something unread may turn the verdict of a hop: a relation does not if the hop filters by other things."""
    filters = blocking.kind in _FILTERS or blocking.code is Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS
    if blocking.kind in _FILTERS and _type_of(cloud, one.resource_id) in _REFUSING:
        return False
    if one.what == MAKES_ROUTES:
        return blocking.kind is HopKind.ROUTE
    if one.what == TAKES_ADDRESS:
        return blocking.kind is HopKind.OUTSIDE or blocking.code in _WITHOUT_PUBLIC_ADDRESS
    if one.what.startswith(ADDING):
        return not {*blocking.component.split("+"), *_WORD.findall(blocking.rule)}.isdisjoint(one.touches)
    if not one.needs or not (filters or weight is Weight.OPENS):
        return True
    if one.what.endswith(_BY_ANOTHER_ADDRESS):
        return True
    if (codes := _CODES.get(one.what.rpartition(".")[2])) is not None:
        return blocking.code in codes
    if weight is Weight.OPENS and one.what.startswith(_OF_NAMES):
        return not filters  # another address has another route
    names = [*blocking.component.split("+"), *(_ends(one, blocking) if weight is Weight.DECIDES else ())]
    return not {*names, *(_type_of(cloud, name) for name in names)}.isdisjoint(one.touches)


def _ends(one: Unread, blocking: Hop) -> Iterator[str]:
    """Yield the ends of the packets that a hop judges: what decides about an end decides about its address and groups.

    Attributes of a load balancer decide about what it sends alone.
    """
    ends = [blocking.flow.source, blocking.flow.destination] if blocking.flow else []
    of_ends = ends[:1] if one.what == "LoadBalancerAttributes" else ends
    yield from (end.interface.owner_id for end in of_ends if end.interface)


def _is_of_names(one: Unread, weight: Weight) -> bool:
    """Return whether something unread concerns only paths with a name; what is only assumed to be aside is named anyway."""
    return one.what.startswith(_OF_NAMES) and (weight is not Weight.ASSUMED or bool(one.needs))


def _type_of(cloud: Cloud, name: str) -> str:
    """Return the type of a resource; that of one that was not loaded follows from its id. A VPC's main table is no resource."""
    resource = cloud.template.resources.get(name)
    if resource is None and name in cloud.network.route_tables:
        return _TYPES["rtb"]
    return resource.type if resource else _TYPES.get(name.partition("-")[0], "")


def by_name(cloud: Cloud) -> Mapping[str, list[Touching]]:
    """Return the unread contents by the names of what they touch."""
    return cloud.derived(__name__, lambda: _by_name(cloud))


def _by_name(cloud: Cloud) -> dict[str, list[Touching]]:
    found: dict[str, list[Touching]] = {}
    for one in cloud.template.unread:
        for name in one.touches:
            found.setdefault(name, []).append((one, one.weight))
        for name in one.nearby:
            found.setdefault(name, []).append((one, Weight.ASSUMED))
    return found


def _by_place(cloud: Cloud) -> dict[Origin, str]:
    """Return the resources by their places; a file of one line, such as a plan, has none."""
    counted = Counter(one.origin for one in cloud.template.resources.values())
    return {one.origin: one.id for one in cloud.template.resources.values() if counted[one.origin] == 1}


def _beside(cloud: Cloud) -> dict[str, list[str]]:
    """Return, for each thing, the names of its parts, and of what it is in or belongs to."""
    found: dict[str, list[str]] = {}
    for part, field in _PARTS:
        for name, thing in cloud.part(part).items():
            found.setdefault(str(getattr(thing, field)), []).append(name)
    for part, field in _HOLDERS:
        for name, thing in cloud.part(part).items():
            if isinstance(holder := getattr(thing, field), str):
                found.setdefault(name, []).append(holder)
    return found


def _taking_part(cloud: Cloud, question: Question, path: Path) -> Iterator[str]:
    """Yield the names of everything that takes part in a path."""
    beside = cloud.derived((__name__, "beside"), lambda: _beside(cloud))
    seen: set[str] = set()
    ahead = [*_named(cloud, question, path)]
    while ahead:
        name = ahead.pop()
        if name in seen:
            continue
        seen.add(name)
        yield name
        ahead += beside.get(name, ())


def _named(cloud: Cloud, question: Question, path: Path) -> Iterator[str]:
    places = cloud.derived((__name__, "places"), lambda: _by_place(cloud))
    interfaces = [source.interface for source in question.sources if source.interface is not None]
    target = question.target
    interfaces += target.interfaces if isinstance(target, InterfaceDestination) else ()
    yield from (interface.id for interface in interfaces)
    yield from (question.source, question.destination)
    for hop in path.every_hop:
        yield from (form for name in hop.component.split("+") for form in _forms(name))
        if hop.kind is HopKind.ROUTE and not _is_local(hop):
            yield beyond(hop.component)
        yield from (form for word in _WORD.findall(hop.rule) for form in _forms(word))
        yield places.get(hop.origin, "")


def _is_local(hop: Hop) -> bool:
    """Return whether the deciding route is the one within the VPC."""
    entry = hop.decided_by
    return isinstance(entry, Entry) and (entry.route is None or entry.route.target_kind is TargetKind.LOCAL)


def _forms(name: str) -> Iterable[str]:
    """Return a name, and for what AWS makes with a resource (`RESOURCE.main`) the resource's own."""
    return (name, name.rpartition(".")[0]) if "." in name else (name,)
