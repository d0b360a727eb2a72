"""Look-ups in a route table of a transit gateway: its routes, associations and propagations."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from netful.account.ec2.describe.transit_gateways import end, routes
from netful.account.ec2.kinds import Kind
from netful.account.ec2.listing import listed
from netful.account.ec2.world import Look, World
from netful.account.operations.query_api import Parameters
from netful.account.reading import Record
from netful.model.core import Maybe, known_in
from netful.model.network.transit_gateways import TransitGatewayRouteTable

_ATTACHMENTS = "transit-gateway-attachments"
_ROUTES = Kind("SearchTransitGatewayRoutes", aliases={
    "attachment.transit-gateway-attachment-id": f"{_ATTACHMENTS}.transit-gateway-attachment-id",
    "attachment.resource-id": f"{_ATTACHMENTS}.resource-id", "attachment.resource-type": f"{_ATTACHMENTS}.resource-type",
    "route-search.exact-match": "destination-cidr-block",
})  # fmt: skip
_ASSOCIATIONS = Kind("GetTransitGatewayRouteTableAssociations")
_PROPAGATIONS = Kind("GetTransitGatewayRouteTablePropagations")

Rows = Callable[[World, TransitGatewayRouteTable], Iterator[Record]]


def _list(kind: Kind, rows: Rows, more: Record, world: World, asked: Parameters) -> Record:
    name = world.existing(asked, "TransitGatewayRouteTableId")
    found = [*rows(world, world.cloud.network.transit_gateway_route_tables[name])]
    return {**listed(kind, asked, found), **more}


def _ends(world: World, names: tuple[Maybe[str], ...], state: str) -> Iterator[Record]:
    for name in names:
        one = known_in(world.cloud.network.transit_gateway_attachments, name)
        if one is not None:
            yield {**end(world, one), "State": state}


_TABLES: tuple[tuple[Kind, Rows, Record], ...] = (
    (_ROUTES, routes, {"AdditionalRoutesAvailable": False}),
    (_ASSOCIATIONS, lambda world, table: _ends(world, table.associations, "associated"), {}),
    (_PROPAGATIONS, lambda world, table: _ends(world, table.propagations, "enabled"), {}),
)
LOOKS: Mapping[str, Look] = {kind.operation: partial(_list, kind, rows, more) for kind, rows, more in _TABLES}
