"""Sources of an analysis: the senders and gateways that a place stands for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from netful.account.ec2.insights.headers import Header
from netful.account.ec2.insights.places import INSTANCES, Place
from netful.engine.flows.flow import contains, ipv4_of, network_of
from netful.engine.network import on_premises
from netful.engine.trace.ends.sources import Outside, Source
from netful.model.cloud import Cloud
from netful.model.core import Unknown, known_in
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.transit_gateways import AttachmentKind, TransitGatewayAttachment
from netful.model.network.vpc import IPNetwork, Vpc

_MOST_ADDRESSES = 40
"""Addresses behind a gateway that are tried one by one."""


def sources_of(cloud: Cloud, place: Place, header: Header, other: str | None) -> Iterator[Source]:
    """Yield the sources of a place. `other` is the VPC of the destination: what comes by a gateway comes from elsewhere."""
    for source in _SOURCES.get(place.part, _none)(cloud, place.name, header, other):
        yield replace(source, sent_from=header.source_ports)


def _none(_cloud: Cloud, _name: str, _header: Header, _other: str | None) -> Iterator[Source]:
    return iter(())


def _interface(cloud: Cloud, name: str, header: Header, _other: str | None) -> Iterator[Source]:
    yield _from(cloud.network.network_interfaces[name], header)


def _interfaces(cloud: Cloud, name: str, header: Header, _other: str | None) -> Iterator[Source]:
    interfaces = sorted(cloud.network.interfaces_of(name), key=lambda eni: eni.device_index)
    having = [eni for eni in interfaces if header.source is None or has_address(eni, header.source)]
    yield from (_from(eni, header) for eni in having or interfaces)


def _from(eni: NetworkInterface, header: Header) -> Source:
    own = header.source is not None and has_address(eni, header.source)
    foreign = header.source is not None and not own and not eni.source_dest_check
    primary = ipv4_of(eni)
    named = header.source if header.source != primary and (own or foreign) else None
    return Source(eni.owner_id, eni, address=named)


def has_address(eni: NetworkInterface, address: IPNetwork) -> bool:
    """Return whether a private address of an interface is in a block; True also if its addresses are not known."""
    known = [one for one in (eni.private_ip_address, *eni.secondary_private_ip_addresses) if one is not None]
    return not known or any(contains(address, network_of(one)) for one in known)


def _internet(_cloud: Cloud, _name: str, header: Header, _other: str | None) -> Iterator[Source]:
    yield Source("internet", outside=Outside.INTERNET, address=header.source)


def _on_premises(cloud: Cloud, _name: str, header: Header, _other: str | None) -> Iterator[Source]:
    for block in (header.source,) if header.source else on_premises.blocks(cloud) or (None,):
        yield Source("on-premises", outside=Outside.ON_PREMISES, address=block)


def _attachment(cloud: Cloud, name: str, header: Header, _other: str | None) -> Iterator[Source]:
    attachment = cloud.network.transit_gateway_attachments[name]
    for address in _addresses(cloud, header, blocks_behind(cloud, attachment), str(attachment.resource_id)):
        yield Source(name, outside=Outside.ON_PREMISES, address=address, gate=name)


def _transit_gateway(cloud: Cloud, name: str, header: Header, other: str | None) -> Iterator[Source]:
    for one in attachments_of(cloud, name, other):
        yield from _attachment(cloud, one.id, header, other)


def _peering(cloud: Cloud, name: str, header: Header, other: str | None) -> Iterator[Source]:
    for vpc in peers(cloud, name, other):
        subnet = next((one.id for one in cloud.network.subnets_of(vpc.id)), None)
        place = subnet if subnet is not None else Unknown(f"{vpc.id} has no subnet", (f"a subnet of {vpc.id}",))
        sender = NetworkInterface(f"eni-{name}", InterfaceOwner.OTHER, name, place)
        for address in _addresses(cloud, header, vpc.cidr_blocks, vpc.id):
            yield Source(name, sender, address=address, gate=name)


def _own_service(cloud: Cloud, name: str, header: Header, _other: str | None) -> Iterator[Source]:
    for balancer in cloud.network.vpc_endpoint_services[name].load_balancer_ids:
        yield from (_from(eni, header) for eni in cloud.network.interfaces_of(str(balancer)))


def attachments_of(cloud: Cloud, gateway_id: str, without_vpc: str | None) -> list[TransitGatewayAttachment]:
    """Return the attachments of a transit gateway, without that of one VPC."""
    every = cloud.network.transit_gateway_attachments.values()
    return [one for one in every if one.transit_gateway_id == gateway_id and one.resource_id != without_vpc]


def blocks_behind(cloud: Cloud, attachment: TransitGatewayAttachment) -> tuple[object, ...]:
    """Return the blocks behind an attachment."""
    if attachment.kind is AttachmentKind.VPC:
        vpc = known_in(cloud.network.vpcs, attachment.resource_id)
        return vpc.cidr_blocks if vpc else ()
    connection = known_in(cloud.network.vpn_connections, attachment.resource_id)
    return connection.routes if connection else on_premises.blocks(cloud)


def peers(cloud: Cloud, peering_id: str, without: str | None) -> list[Vpc]:
    """Return the VPCs of a peering, without one of them."""
    connection = cloud.network.vpc_peering_connections[peering_id]
    ends = (known_in(cloud.network.vpcs, one) for one in (connection.vpc_id, connection.peer_vpc_id))
    return [vpc for vpc in ends if vpc is not None and vpc.id != without]


def _addresses(cloud: Cloud, header: Header, blocks: tuple[object, ...], vpc_id: str) -> Iterator[IPNetwork | None]:
    """Yield addresses behind a gateway: the one that is asked for, else whole blocks, subnets and single interfaces."""
    if header.source is not None:
        yield header.source
        return
    known = [block for block in blocks if not isinstance(block, Unknown)]
    yield from known or (None,)  # type: ignore[misc]
    subnets = [one for one in cloud.network.subnets_of(vpc_id) if not isinstance(one.cidr_block, Unknown)]
    yield from (one.cidr_block for one in subnets if not isinstance(one.cidr_block, Unknown))
    inside = {one.id for one in subnets}
    placed = (eni for eni in cloud.network.network_interfaces.values() if eni.subnet_id in inside)
    yield from islice((ipv4_of(eni) for eni in placed if eni.private_ip_address), _MOST_ADDRESSES)


_SOURCES: Mapping[str, Callable[[Cloud, str, Header, str | None], Iterator[Source]]] = {
    INSTANCES: _interfaces,
    "network_interfaces": _interface,
    "internet_gateways": _internet,
    "vpn_gateways": _on_premises,
    "transit_gateways": _transit_gateway,
    "transit_gateway_attachments": _attachment,
    "vpc_peering_connections": _peering,
    "vpc_endpoint_services": _own_service,
}
