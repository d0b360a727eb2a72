"""Look-ups in a route table of a transit gateway: its routes, associations and propagations."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from netful.account.ec2.describe.transit_gateways import end, routes
from netful.account.ec2.kinds import Kind
from netful.account.ec2.listing import filtered, page
from netful.account.ec2.view import View
from netful.account.ec2.world import World
from netful.account.query_api import Parameters
from netful.account.reading import Look, Record
from netful.model.core.unknown import Maybe, known_in
from netful.model.network.transit_gateways import TransitGatewayRouteTable


def _kind(operation: str, member: str, aliases: Mapping[str, str]) -> Kind:
    return Kind(operation, member, "", "", ("", ""), aliases=aliases)


_ATTACHMENTS = "transit-gateway-attachments"
_ROUTES = _kind("SearchTransitGatewayRoutes", "Routes", {
    "attachment.transit-gateway-attachment-id": f"{_ATTACHMENTS}.transit-gateway-attachment-id",
    "attachment.resource-id": f"{_ATTACHMENTS}.resource-id", "attachment.resource-type": f"{_ATTACHMENTS}.resource-type",
    "route-search.exact-match": "destination-cidr-block",
})  # fmt: skip
_ASSOCIATIONS = _kind("GetTransitGatewayRouteTableAssociations", "Associations", {})
_PROPAGATIONS = _kind("GetTransitGatewayRouteTablePropagations", "TransitGatewayRouteTablePropagations", {})

Rows = Callable[[View, TransitGatewayRouteTable], Iterator[dict[str, Any]]]


def _listing(kind: Kind, rows: Rows, more: Record) -> Look[View]:
    def look(view: View, asked: Parameters) -> Record:
        name = World(view.cloud, view).existing(asked, "TransitGatewayRouteTableId")
        found = [*rows(view, view.cloud.network.transit_gateway_route_tables[name])]
        return {**page(kind.member, asked, filtered(kind, asked, found)), **more}

    return look


def _ends(view: View, names: tuple[Maybe[str], ...], state: str) -> Iterator[dict[str, Any]]:
    for name in names:
        one = known_in(view.cloud.network.transit_gateway_attachments, name)
        if one is not None:
            yield {**end(view, one), "State": state}


_TABLES: tuple[tuple[Kind, Rows, Record], ...] = (
    (_ROUTES, routes, {"AdditionalRoutesAvailable": False}),
    (_ASSOCIATIONS, lambda view, table: _ends(view, table.associations, "associated"), {}),
    (_PROPAGATIONS, lambda view, table: _ends(view, table.propagations, "enabled"), {}),
)
LOOKS: Mapping[str, Look[View]] = {kind.operation: _listing(kind, rows, more) for kind, rows, more in _TABLES}
