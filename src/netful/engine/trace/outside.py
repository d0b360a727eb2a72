"""Packets from outside every VPC: from clients on the internet, and from functions in Lambda's own network."""

from collections.abc import Iterator
from dataclasses import replace
from ipaddress import IPv6Network

from netful.engine.flows.address_families import IPV4, IPV6, LACKS, without_address
from netful.engine.flows.blocks import is_public
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Finding, Found, allowed, denied, unknown
from netful.engine.flows.flow import network_of
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.names.managed_places import readers_of
from netful.engine.network import block_public_access, encryption_control
from netful.engine.network.packet import Packet
from netful.engine.network.route_targets import internet_gateways
from netful.engine.network.steps import Arrive, Done, Enter, Leave, Step
from netful.engine.trace.ends.sources import Outside, Source
from netful.model.cloud import Cloud
from netful.model.network import addresses
from netful.model.network.encryption_control import Exclusion
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface

CLIENTS = {IPV4: network_of(addresses.INTERNET_CLIENT), IPV6: network_of(addresses.INTERNET6_CLIENT)}
"""The address of a client on the internet that no question names, by its family."""

_CODE = Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS


def set_out(cloud: Cloud, source: Source, packet: Packet) -> Step:
    """Send a packet from a source outside every VPC."""
    target = internet_gateways.public_owner(cloud, packet) or packet.flow.destination.interface
    if source.outside is Outside.LAMBDA:
        return _from_lambda(cloud, source, packet, target)
    packet, refused = _in_one_family(source, packet)
    return _from_internet(cloud, packet, target).after(*refused)


def _in_one_family(source: Source, packet: Packet) -> tuple[Packet, tuple[Found, ...]]:
    """Return a client's packet in the family of its destination, and a refusal if the client has no address of that family."""
    flow, there = packet.flow, packet.flow.destination.address
    if flow.source.address is None or there is None or flow.source.address.version == there.version:
        return packet, ()
    rule = f"has no IPv{there.version} address, which {flow.destination} requires"
    ruling = Ruling(
        "deny", source.name, rule, LACKS[there.version], remedy=f"call from a client that has IPv{there.version}"
    )
    own = replace(flow.source, address=CLIENTS[there.version])
    return packet.having(replace(flow, source=own)), (Finding(HopKind.OUTSIDE, flow, ruling),)


def _from_lambda(cloud: Cloud, source: Source, packet: Packet, target: NetworkInterface | None) -> Step:
    function = cloud.compute.functions[source.name]
    rule = "has no VpcConfig: it is in Lambda's own network, which has the internet but no VPC"
    if target is not None and not target.public_addresses() and target.public_doubt is None:
        refused = denied(HopKind.LAMBDA, packet.flow, function, rule, Code.NETFUL_FUNCTION_OUTSIDE_VPC)
        return Enter(packet, target, found=(refused,))
    return _from_internet(cloud, packet, target).after(allowed(HopKind.LAMBDA, packet.flow, function, rule))


def _from_internet(cloud: Cloud, packet: Packet, target: NetworkInterface | None) -> Step:
    flow = packet.flow
    vpc = cloud.network.vpc_of_interface(target) if target is not None else None
    refused = encryption_control.at_gateway(cloud, packet, vpc, "internet gateways", Exclusion.INTERNET_GATEWAY)
    if target is not None and isinstance(flow.source.address, IPv6Network):
        return Arrive(packet, target, crossing=True, found=(*_as_it_is(cloud, packet, target), *refused))
    if target is not None:
        return Enter(packet, target, found=(*_translated(cloud, packet, target), *refused))
    if flow.destination.address is None or is_public(flow.destination.address):
        return Leave(packet)
    rule = f"{flow.destination} is private: it does not exist on the internet"
    ruling = Ruling("deny", packet.journey.goal, rule, Code.NETFUL_PRIVATE_ADDRESS)
    return Done(packet, found=(Finding(HopKind.OUTSIDE, flow, ruling),))


def _as_it_is(cloud: Cloud, packet: Packet, target: NetworkInterface) -> tuple[Found, ...]:
    """Return the findings of the internet gateway of an interface's VPC for IPv6, which it does not translate (§4.1)."""
    flow, vpc = packet.flow, cloud.network.vpc_of_interface(target)
    gateway = cloud.network.internet_gateway_of(vpc.id) if vpc else None
    if flow.destination.address is None:
        return (Finding(HopKind.ENI, flow, without_address(cloud, target, IPV6)),)
    if gateway is not None and not is_public(flow.destination.address):
        return (_not_public(packet, target, gateway.id),)
    if gateway is not None:
        blocked = block_public_access.at_interface(cloud, packet, target)
        return (allowed(HopKind.IGW, flow, gateway, "IPv6 passes untranslated"), *blocked)
    if vpc is None:
        return ()
    return (internet_gateways.unattached(cloud, flow, vpc),)


def _translated(cloud: Cloud, packet: Packet, target: NetworkInterface) -> tuple[Found, ...]:
    """Return the findings of the internet gateway that translates a public destination to the interface's address (§4.1)."""
    kind, flow, vpc = HopKind.IGW, packet.flow, cloud.network.vpc_of_interface(target)
    balancer = cloud.balancing.load_balancers.get(target.owner_id)
    if vpc is None and balancer is not None and balancer.internal:
        rule = f"{balancer.id} is internal: its nodes have no public address"
        return (denied(kind, flow, balancer, rule, _CODE),)
    if vpc is None and (target.private or target.owner is InterfaceOwner.ENDPOINT):
        return (_not_public(packet, target, target.owner_id),)
    gateway = cloud.network.internet_gateway_of(vpc.id) if vpc else internet_gateways.of_table(cloud, target)
    if vpc is None and gateway is None:
        rule, missing = "whether its VPC has an internet gateway is not known", (f"the VPC of {target.owner_id}",)
        return (unknown(kind, flow, target.owner_id, rule, missing),)
    found: list[Found] = []
    if vpc is not None and gateway is None:
        found.append(internet_gateways.unattached(cloud, flow, vpc))
    if target.public_doubt is not None:
        rule = f"whether {target.owner_id} has a public address is not known"
        found.append(unknown(kind, flow, target.owner_id, rule, needs(target.public_doubt, ""), target.origin))
    elif not target.public_addresses():
        place = gateway or vpc
        found.append(_not_public(packet, target, place.id if place else target.owner_id))
    elif gateway is not None:
        public, private = internet_gateways.translation(target, flow.destination.address)
        found.append(allowed(kind, flow, gateway, f"{public} becomes {private}"))
    return (*found, *_of_writer(cloud, target))


def _of_writer(cloud: Cloud, target: NetworkInterface) -> Iterator[Assumption]:
    """Yield which instance of a cluster of databases has its public address, if its readers differ from it."""
    readers = (eni for id_ in readers_of(cloud, target.owner_id) for eni in cloud.network.interfaces_of(id_))
    if any((one.private, one.public_doubt) != (target.private, target.public_doubt) for one in readers):
        yield Assumption(f"the writer of {target.owner_id} is its first instance in the template")


def _not_public(packet: Packet, target: NetworkInterface, component: str) -> Finding:
    rule = f"{target.owner_id} has no public address"
    return Finding(HopKind.IGW, packet.flow, Ruling("deny", component, rule, _CODE, target.origin))
