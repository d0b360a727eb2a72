"""A transit gateway's route tables: which attachment takes a packet (vpc-network §7.2).

The longest prefix wins; a static route wins over a learned one of the same block. Learned are the blocks of the VPCs
and VPN connections whose attachments propagate to the table; from a peer gateway nothing is learned.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netful.engine.flow import contains
from netful.model.cloud import Cloud
from netful.model.origin import Origin
from netful.model.transit import AttachmentKind, TransitGatewayAttachment, TransitGatewayRouteTable
from netful.model.unknown import Maybe, Unknown
from netful.model.vpc import IPNetwork

_PREFERENCE = (AttachmentKind.VPC, AttachmentKind.DIRECT_CONNECT, AttachmentKind.CONNECT, AttachmentKind.VPN)


@dataclass(frozen=True, slots=True)
class TransitEntry:
    """A block and the attachment that takes it; `rank` is 0 for static routes."""

    block: IPNetwork
    attachment_id: Maybe[str] | None
    blackhole: bool
    rank: int
    origin: Origin

    def __str__(self) -> str:
        return f"{self.block} → {self.attachment_id or 'nowhere'}{', learned' if self.rank else ''}"


@dataclass(frozen=True, slots=True)
class TransitSelection:
    """The entry that takes the packet, None if there is none; `doubts` are blocks that are not known."""

    entry: TransitEntry | None
    doubts: tuple[Unknown, ...] = ()


def table_of(cloud: Cloud, attachment: TransitGatewayAttachment) -> TransitGatewayRouteTable | None:
    """The table that rules over what comes from an attachment."""
    tables = cloud.transit_gateway_route_tables.values()
    return next((table for table in tables if attachment.id in table.associations), None)


def select(cloud: Cloud, table: TransitGatewayRouteTable, destination: IPNetwork) -> TransitSelection:
    """The entry of a table that takes a packet to a destination."""
    doubts: list[Unknown] = []
    known = (*_static(table, doubts), *_learned(cloud, table, doubts))
    entries = [entry for entry in known if contains(entry.block, destination)]
    best = min(entries, key=lambda e: (-e.block.prefixlen, e.rank, str(e.attachment_id)), default=None)
    return TransitSelection(best, tuple(doubts))


def _static(table: TransitGatewayRouteTable, doubts: list[Unknown]) -> Iterator[TransitEntry]:
    for route in table.routes:
        if isinstance(route.destination_cidr_block, Unknown):
            doubts.append(route.destination_cidr_block)
        else:
            yield TransitEntry(route.destination_cidr_block, route.attachment_id, route.blackhole, 0, route.origin)


def _learned(cloud: Cloud, table: TransitGatewayRouteTable, doubts: list[Unknown]) -> Iterator[TransitEntry]:
    for attachment_id in table.propagations:
        attachment = cloud.transit_gateway_attachments.get(str(attachment_id))
        if isinstance(attachment_id, Unknown) or attachment is None:
            doubts.append(
                attachment_id
                if isinstance(attachment_id, Unknown)
                else Unknown("not loaded", (f"attachment {attachment_id}",))
            )
            continue
        for block in _blocks(cloud, attachment):
            if isinstance(block, Unknown):
                doubts.append(block)
            elif attachment.kind in _PREFERENCE:
                rank = 1 + _PREFERENCE.index(attachment.kind)
                yield TransitEntry(block, attachment.id, blackhole=False, rank=rank, origin=attachment.origin)


def _blocks(cloud: Cloud, attachment: TransitGatewayAttachment) -> tuple[Maybe[IPNetwork], ...]:
    """What is behind an attachment, as far as a table can learn it."""
    resource_id = attachment.resource_id
    if isinstance(resource_id, Unknown):
        return (resource_id,)
    if attachment.kind is AttachmentKind.VPC:
        vpc = cloud.vpcs.get(resource_id)
        return (*vpc.cidr_blocks, *vpc.ipv6_cidr_blocks) if vpc else (_missing("VPC", resource_id),)
    if attachment.kind is AttachmentKind.VPN:
        vpn = cloud.vpn_connections.get(resource_id)
        if vpn is None or not vpn.routes:
            return (_missing("routes of VPN connection", resource_id),)
        return vpn.routes
    return ()


def _missing(what: str, id_: str) -> Unknown:
    return Unknown("not loaded", (f"{what} {id_}",))
