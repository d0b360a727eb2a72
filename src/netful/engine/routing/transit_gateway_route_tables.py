"""Route tables of transit gateways: selection of the attachment for a packet (vpc-network §7.2).

The longest prefix wins; for the same block a static route wins over a learned one. A table learns the blocks of VPCs and VPN
connections whose attachments propagate to it; it learns none from a peer gateway. Of two VPCs with overlapping blocks it learns those
of the first one that was attached, which no source has.
"""

from collections.abc import Iterator

from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, Origin, Unknown, known_in
from netful.model.network.prefixes import PrefixIndex
from netful.model.network.transit_gateways import AttachmentKind, TransitGatewayAttachment, TransitGatewayRouteTable
from netful.model.network.vpc import IPNetwork

_PREFERENCE = (AttachmentKind.VPC, AttachmentKind.DIRECT_CONNECT, AttachmentKind.CONNECT, AttachmentKind.VPN)
_OF_VPCS = 1
"""The rank of routes to VPCs: the first after static ones."""


class TransitEntry(Frozen):
    """A block and its attachment; `rank` is 0 for static routes."""

    block: IPNetwork
    attachment_id: Maybe[str] | None
    blackhole: bool
    rank: int
    origin: Origin

    def __str__(self) -> str:
        return f"{self.block} → {self.attachment_id or 'nowhere'}{', learned' if self.rank else ''}"


class TransitSelection(Frozen):
    """The entry for the packet, None if no entry matches; `doubts` are unknown blocks, `rivals` attachments of VPCs with overlapping blocks."""

    entry: TransitEntry | None
    doubts: tuple[Unknown, ...] = ()
    rivals: tuple[str, ...] = ()


class _Table(Frozen):
    """A table with its learned routes, indexed for selection."""

    entries: PrefixIndex[TransitEntry]
    doubts: tuple[Unknown, ...]


def table_of(cloud: Cloud, attachment: TransitGatewayAttachment) -> TransitGatewayRouteTable | None:
    """Return the table for packets that come from an attachment."""
    return cloud.derived("transit associations", lambda: _associations(cloud)).get(attachment.id)


def unknown_associations(cloud: Cloud, attachment: TransitGatewayAttachment) -> tuple[Unknown, ...]:
    """Return the associations of the gateway's tables that are not known: one of them may be the attachment's."""
    tables = cloud.network.transit_gateway_route_tables.values()
    own = (table for table in tables if table.transit_gateway_id == attachment.transit_gateway_id)
    return tuple(id_ for table in own for id_ in table.associations if isinstance(id_, Unknown))


def _associations(cloud: Cloud) -> dict[str, TransitGatewayRouteTable]:
    tables = cloud.network.transit_gateway_route_tables.values()
    return {id_: table for table in tables for id_ in table.associations if isinstance(id_, str)}


def select(cloud: Cloud, table: TransitGatewayRouteTable, destination: IPNetwork) -> TransitSelection:
    """Return the entry of a table for a packet to a destination."""
    ready = cloud.derived(("transit table", table.id), lambda: _table(cloud, table))
    found = [*ready.entries.covering(destination)]
    best = min(found, key=lambda e: (-e.block.prefixlen, e.rank, str(e.attachment_id)), default=None)
    learned = [e for e in found if e.rank == _OF_VPCS] if best and best.rank == _OF_VPCS else []
    others = dict.fromkeys(str(e.attachment_id) for e in learned if best and e.attachment_id != best.attachment_id)
    return TransitSelection(best, ready.doubts, tuple(others))


def _table(cloud: Cloud, table: TransitGatewayRouteTable) -> _Table:
    found = (*_static(table), *_learned(cloud, table))
    doubts = tuple(each for each in found if isinstance(each, Unknown))
    return _Table(PrefixIndex((each.block, each) for each in found if not isinstance(each, Unknown)), doubts)


def _static(table: TransitGatewayRouteTable) -> Iterator[Maybe[TransitEntry]]:
    for route in table.routes:
        block = route.destination_cidr_block
        if isinstance(block, Unknown):
            yield block
        else:
            yield TransitEntry(block, route.attachment_id, route.blackhole, 0, route.origin)


def _learned(cloud: Cloud, table: TransitGatewayRouteTable) -> Iterator[Maybe[TransitEntry]]:
    for id_ in table.propagations:
        attachment = known_in(cloud.network.transit_gateway_attachments, id_)
        if attachment is None:
            yield id_ if isinstance(id_, Unknown) else _missing("attachment", id_)
        elif attachment.kind in _PREFERENCE:
            rank = 1 + _PREFERENCE.index(attachment.kind)
            for block in _blocks(cloud, attachment):
                if isinstance(block, Unknown):
                    yield block
                else:
                    yield TransitEntry(block, attachment.id, blackhole=False, rank=rank, origin=attachment.origin)


def _blocks(cloud: Cloud, attachment: TransitGatewayAttachment) -> tuple[Maybe[IPNetwork], ...]:
    """Return the blocks behind an attachment, as far as a table can learn them."""
    resource_id = attachment.resource_id
    if isinstance(resource_id, Unknown):
        return (resource_id,)
    if attachment.kind is AttachmentKind.VPC:
        vpc = cloud.network.vpcs.get(resource_id)
        if vpc is None:
            return (_missing("VPC", resource_id),)
        return vpc.blocks if attachment.ipv6_support else vpc.cidr_blocks
    if attachment.kind is AttachmentKind.VPN:
        vpn = cloud.network.vpn_connections.get(resource_id)
        if vpn is None or not (vpn.routes or vpn.static_routes_only):
            return (_missing("routes of VPN connection", resource_id),)
        return vpn.routes
    if attachment.kind is AttachmentKind.DIRECT_CONNECT:
        return (_missing("blocks that Direct Connect announces by", resource_id),)
    return ()


def _missing(what: str, id_: str) -> Unknown:
    return Unknown("not loaded", (f"{what} {id_}",))
