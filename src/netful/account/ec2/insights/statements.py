"""Statements of a Network Access Scope: the resources and packet headers that a path begins, ends or passes with."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from netful.account.ec2.insights.headers import PROTOCOLS, Header, address_in, ports_in
from netful.account.ec2.insights.places import Place, id_in
from netful.account.ec2.view import View
from netful.account.wire.errors import invalid_value
from netful.engine.flows.flow import PROTOCOL_NAMES, Flow, Ports, contains
from netful.model.core import Unknown
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import IPNetwork

_TYPES = {
    "network_interfaces": "AWS::EC2::NetworkInterface",
    "internet_gateways": "AWS::EC2::InternetGateway",
    "vpn_gateways": "AWS::EC2::VPNGateway",
    "transit_gateway_attachments": "AWS::EC2::TransitGatewayAttachment",
    "vpc_peering_connections": "AWS::EC2::VPCPeeringConnection",
}
"""The parts of the cloud in which paths of a scope begin and end, with the types of their resources."""

_OWNER_TYPES = {
    InterfaceOwner.INSTANCE: "AWS::EC2::Instance",
    InterfaceOwner.NAT_GATEWAY: "AWS::EC2::NatGateway",
    InterfaceOwner.ENDPOINT: "AWS::EC2::VPCEndpoint",
    InterfaceOwner.LOAD_BALANCER: "AWS::ElasticLoadBalancingV2::LoadBalancer",
}
"""Types of the owners of interfaces."""

_COMPONENT_TYPES = {
    "acl": "AWS::EC2::NetworkAcl", "eigw": "AWS::EC2::EgressOnlyInternetGateway", "eni": "AWS::EC2::NetworkInterface",
    "i": "AWS::EC2::Instance", "igw": "AWS::EC2::InternetGateway", "nat": "AWS::EC2::NatGateway",
    "pcx": "AWS::EC2::VPCPeeringConnection", "rtb": "AWS::EC2::RouteTable", "sg": "AWS::EC2::SecurityGroup",
    "subnet": "AWS::EC2::Subnet", "tgw": "AWS::EC2::TransitGateway", "tgw-attach": "AWS::EC2::TransitGatewayAttachment",
    "tgw-rtb": "AWS::EC2::TransitGatewayRouteTable", "vgw": "AWS::EC2::VPNGateway", "vpc": "AWS::EC2::VPC",
    "vpce": "AWS::EC2::VPCEndpoint", "vpn": "AWS::EC2::VPNConnection",
}  # fmt: skip
"""Types of components of a path, by the prefixes of their ids."""

_KNOWN_TYPES = frozenset((*_TYPES.values(), *_OWNER_TYPES.values(), *_COMPONENT_TYPES.values()))

Statement = Mapping[str, Any]


def places_of(view: View, statement: Statement) -> Iterator[Place]:
    """Yield the places whose resources a statement names; all of them if it names none."""
    for part in _TYPES:
        for name in view.cloud.part(part):
            place = Place(part, name)
            if names_place(view, statement, place):
                yield place


def strange(view: View, paths: Iterable[Statement]) -> Iterator[str]:
    """Yield the resources and types that paths of a scope name and netful does not have."""
    for path in paths:
        for statement in (path.get("Source"), path.get("Destination"), *(path.get("ThroughResources") or ())):
            said = (statement or {}).get("ResourceStatement") or {}
            ids = (view.id(id_in(str(one))) for one in said.get("Resources") or ())
            yield from (str(one) for one in ids if one not in view.names and one not in view.cloud.template.resources)
            yield from (one for one in said.get("ResourceTypes") or () if one not in _KNOWN_TYPES)


def check_headers(view: View, path: Statement) -> None:
    """Raise ApiError if the packet headers of a path of a scope are none."""
    ends = [path.get(end) or {} for end in ("Source", "Destination")]
    deque(headers_of(view, *ends), maxlen=0)
    for one in ends:
        for name in (one.get("PacketHeaderStatement") or {}).get("Protocols") or ():
            if name not in PROTOCOLS:
                raise invalid_value(f"Value ({name}) for parameter Protocols is invalid.")


def names_place(view: View, statement: Statement, place: Place) -> bool:
    """Return whether the resources of a statement include a place."""
    return _names(statement.get("ResourceStatement") or {}, view, _resources(view, place))


def names_component(view: View, statement: Statement, ids: Sequence[str]) -> bool:
    """Return whether the resources of a statement include a component of a path."""
    having = {id_: _COMPONENT_TYPES.get(id_.rpartition("-")[0], "") for id_ in ids}
    return _names(statement.get("ResourceStatement") or {}, view, having)


def _names(resources: Statement, view: View, having: Mapping[str, str]) -> bool:
    ids = {str(view.id(id_in(str(one)))) for one in resources.get("Resources") or ()}
    types = {*(resources.get("ResourceTypes") or ())}
    return (not ids or not ids.isdisjoint(having)) and (not types or not types.isdisjoint(having.values()))


def _resources(view: View, place: Place) -> dict[str, str]:
    """Return the ids and types that stand for a place: its own, and for an interface those of what it belongs to."""
    eni = view.cloud.network.network_interfaces.get(place.name) if place.part == "network_interfaces" else None
    if eni is None:
        return {str(view.id(place.name)): _TYPES[place.part]}
    return {view.interface_id(eni.id): _TYPES[place.part], **dict(_around(view, eni))}


def _around(view: View, eni: NetworkInterface) -> Iterator[tuple[str, str]]:
    vpc = view.cloud.network.vpc_of_interface(eni)
    owner = _OWNER_TYPES.get(eni.owner)
    for name, type_ in (
        (eni.owner_id if owner else None, owner),
        (eni.subnet_id, "AWS::EC2::Subnet"),
        (vpc.id if vpc else None, "AWS::EC2::VPC"),
        *((group, "AWS::EC2::SecurityGroup") for group in eni.security_group_ids),
    ):
        id_ = view.id(name)
        if id_ is not None and type_ is not None:
            yield id_, type_


def headers_of(view: View, source: Statement, destination: Statement) -> Iterator[Header]:
    """Yield the headers that both statements of a path admit, one for each combination of addresses and ports."""
    said = [one.get("PacketHeaderStatement") or {} for one in (source, destination)]
    for from_ in _any([block for one in said for block in _blocks(view, one, "Source")]):
        for to in _any([block for one in said for block in _blocks(view, one, "Destination")]):
            for from_ports in _any([ports for one in said for ports in _ports(one, "SourcePorts")]):
                for to_ports in _any([ports for one in said for ports in _ports(one, "DestinationPorts")]):
                    yield Header(from_, from_ports, to, to_ports)


def protocols_of(source: Statement, destination: Statement) -> tuple[str, ...]:
    """Return the protocols that both statements admit."""
    said = [
        (one.get("PacketHeaderStatement") or {}).get("Protocols") or ("tcp", "udp") for one in (source, destination)
    ]
    return tuple(name for name in ("tcp", "udp") if all(name in one for one in said))


def admits(view: View, statement: Statement, flow: Flow) -> bool:
    """Return whether the header of a statement includes all packets of a flow."""
    said = statement.get("PacketHeaderStatement") or {}
    sides = (("Source", flow.source), ("Destination", flow.destination))
    blocks = ((_blocks(view, said, side), end.address) for side, end in sides)
    ports = ((_ports(said, f"{side}Ports"), end.ports) for side, end in sides)
    protocols = said.get("Protocols") or ()
    return (
        all(not one or (address is not None and any(contains(b, address) for b in one)) for one, address in blocks)
        and all(not one or any(p.first <= own.first and own.last <= p.last for p in one) for one, own in ports)
        and (not protocols or PROTOCOL_NAMES.get(flow.protocol) in protocols)
    )


def _any(values: list[Any]) -> list[Any]:
    return values or [None]


def _blocks(view: View, said: Statement, side: str) -> list[IPNetwork]:
    lists = (view.name(one) for one in said.get(f"{side}PrefixLists") or ())
    listed = (view.cloud.network.prefix_lists[name] for name in lists if name in view.cloud.network.prefix_lists)
    blocks = [block for one in listed for block in one.cidr_blocks if not isinstance(block, Unknown)]
    written = (address_in(text, f"{side}Addresses") for text in said.get(f"{side}Addresses") or ())
    return [*(one for one in written if one is not None), *blocks]


def _ports(said: Statement, name: str) -> list[Ports]:
    return [ports_in(str(text), name) for text in said.get(name) or ()]
