"""Writes of the route tables of transit gateways: their routes, associations and propagations."""

from collections.abc import Mapping
from functools import partial
from ipaddress import ip_network
from typing import Any

from netful.account.changes import Edit, Put, Remove, new, removal
from netful.account.ec2.describe.transit_gateways import end, routes
from netful.account.ec2.world import Change, World, Write
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError, invalid_value
from netful.model.core import Frozen, Resource
from netful.model.network.transit_gateways import TransitGatewayRouteTable
from netful.sources.readers.transit_gateways import UNASSOCIATED, UNPROPAGATED

TABLE, ROUTE = "AWS::EC2::TransitGatewayRouteTable", "AWS::EC2::TransitGatewayRoute"
_TABLE, _ATTACHMENT, _BLOCK = "TransitGatewayRouteTableId", "TransitGatewayAttachmentId", "DestinationCidrBlock"


class _Tie(Frozen):
    """A tie of an attachment to a table: its type, and the type that takes away the one that a default table has.

    `member` is its member of answers, with the states after a call that makes and one that ends it. `twice` and `missing` are
    the errors for a tie that is there already, and for one that is not.
    """

    type: str
    marker: str
    member: str
    states: tuple[str, str]
    twice: tuple[str, str]
    missing: tuple[str, str]

    def held_by(self, table: TransitGatewayRouteTable) -> tuple[object, ...]:
        """Return the attachments with this tie to a table."""
        return table.associations if self.member == "Association" else table.propagations


_ASSOCIATION = _Tie(
    "AWS::EC2::TransitGatewayRouteTableAssociation", UNASSOCIATED, "Association", ("associated", "disassociated"),
    ("Resource.AlreadyAssociated", "Transit Gateway Attachment {1} is already associated to a route table."),
    ("InvalidAssociation.NotFound", "There is no association between {0} and {1}."),
)  # fmt: skip
_PROPAGATION = _Tie(
    "AWS::EC2::TransitGatewayRouteTablePropagation", UNPROPAGATED, "Propagation", ("enabled", "disabled"),
    ("TransitGatewayRouteTablePropagation.Duplicate", "Propagation of {1} to {0} exists already."),
    ("TransitGatewayRouteTablePropagation.NotFound", "{1} does not propagate its routes to {0}."),
)  # fmt: skip


def of_attachment(world: World, name: str) -> list[Resource]:
    """Return the ties of an attachment to tables."""
    types = [type_ for tie in (_ASSOCIATION, _PROPAGATION) for type_ in (tie.type, tie.marker)]
    return world.referring(*types, **{_ATTACHMENT: name})


def delete_transit_gateway_route_table(world: World, asked: Parameters) -> Change:
    """DeleteTransitGatewayRouteTable: no attachment may be associated with it."""
    table = _table(world, asked)
    if table.associations or world.resource(table.id) is None:
        text = f"{asked[_TABLE]} has associated Transit Gateway Attachments or is the default of its gateway."
        raise ApiError("IncorrectState", text)
    gone = {**world.record(_TABLE, table.id), "State": "deleted"}
    parts = world.referring(ROUTE, _PROPAGATION.type, **{_TABLE: table.id})
    return Change((*removal(parts), Remove(table.id)), lambda _world: {"TransitGatewayRouteTable": gone})


def _table(world: World, asked: Parameters) -> TransitGatewayRouteTable:
    return world.cloud.network.transit_gateway_route_tables[world.existing(asked, _TABLE)]


def create_transit_gateway_route(world: World, asked: Parameters) -> Change:
    """CreateTransitGatewayRoute: a destination that the table has no static route for."""
    table, block = _table(world, asked), _block(asked)
    if _route(world, table, block) is not None:
        raise ApiError(
            "RouteAlreadyExists", f"Route {block} already exists in Transit Gateway Route Table {asked[_TABLE]}."
        )
    return _with_route(world, asked, f"{table.id}|{block}")


def replace_transit_gateway_route(world: World, asked: Parameters) -> Change:
    """ReplaceTransitGatewayRoute: another attachment for a destination."""
    return _with_route(world, asked, _existing_route(world, asked).id)


def delete_transit_gateway_route(world: World, asked: Parameters) -> Change:
    """DeleteTransitGatewayRoute: a static one."""
    route, block = _existing_route(world, asked), _block(asked)
    found = next(one for one in routes(world, _table(world, asked)) if one[_BLOCK] == block)
    return Change((Remove(route.id),), lambda _world: {"Route": {**found, "State": "deleted"}})


def _with_route(world: World, asked: Parameters, id_: str) -> Change:
    table, block = _table(world, asked), _block(asked)
    target: dict[str, Any] = {"Blackhole": True}
    if not asked.get("Blackhole"):
        target = {_ATTACHMENT: world.existing(asked, _ATTACHMENT)}

    def answer(after: World) -> Mapping[str, Any]:
        found = after.cloud.network.transit_gateway_route_tables[table.id]
        return {"Route": next(one for one in routes(after, found) if one[_BLOCK] == block)}

    return Change((new(ROUTE, id_, {_TABLE: table.id, _BLOCK: block, **target}),), answer)


def _block(asked: Parameters) -> str:
    text = str(asked.get(_BLOCK, ""))
    try:
        return str(ip_network(text))
    except ValueError:
        raise invalid_value(f"Value ({text}) for parameter destinationCidrBlock is invalid.") from None


def _route(world: World, table: TransitGatewayRouteTable, block: str) -> Resource | None:
    return world.association_of(ROUTE, **{_TABLE: table.id, _BLOCK: block})


def _existing_route(world: World, asked: Parameters) -> Resource:
    found = _route(world, _table(world, asked), _block(asked))
    if found is None:
        text = f"Route {asked.get(_BLOCK)} was not found in Transit Gateway Route Table {asked[_TABLE]}."
        raise ApiError("InvalidRoute.NotFound", text)
    return found


def _make(tie: _Tie, world: World, asked: Parameters) -> Change:
    """Tie an attachment to a table. It has one table, and any number of tables learn its blocks."""
    table, attachment = _table(world, asked), world.existing(asked, _ATTACHMENT)
    every = world.cloud.network.transit_gateway_route_tables.values() if tie is _ASSOCIATION else (table,)
    if any(attachment in tie.held_by(one) for one in every):
        code, text = tie.twice
        raise ApiError(code, text.format(asked[_TABLE], asked[_ATTACHMENT]))
    return Change(_tied(world, tie, table, attachment), partial(_answer, tie, table, attachment, tie.states[0]))


def _end(tie: _Tie, world: World, asked: Parameters) -> Change:
    """Untie an attachment from a table. Without an association its packets have no route."""
    table, attachment = _table(world, asked), world.existing(asked, _ATTACHMENT)
    if attachment not in tie.held_by(table):
        code, text = tie.missing
        raise ApiError(code, text.format(asked[_TABLE], asked[_ATTACHMENT]))
    return Change(_untied(world, tie, table, attachment), partial(_answer, tie, table, attachment, tie.states[1]))


def _tied(world: World, tie: _Tie, table: TransitGatewayRouteTable, attachment: str) -> tuple[Edit, ...]:
    marker = _marker(tie, table, attachment)
    if world.resource(marker.resource.id) is not None:
        return (Remove(marker.resource.id),)
    ends = {_TABLE: table.id, _ATTACHMENT: attachment}
    return (new(tie.type, f"{table.id}|{attachment}|{tie.type.rpartition('Table')[2].lower()}", ends),)


def _untied(world: World, tie: _Tie, table: TransitGatewayRouteTable, attachment: str) -> tuple[Edit, ...]:
    own = world.referring(tie.type, **{_TABLE: table.id, _ATTACHMENT: attachment})
    return removal(own) or (_marker(tie, table, attachment),)


def _marker(tie: _Tie, table: TransitGatewayRouteTable, attachment: str) -> Put:
    """Return the edit that takes away what a default table gives to an attachment."""
    ends = {_TABLE: table.id, _ATTACHMENT: attachment}
    return new(tie.marker, f"{table.id}|{attachment}|{tie.marker.rpartition('::')[2].lower()}", ends)


def _answer(tie: _Tie, table: TransitGatewayRouteTable, attachment: str, state: str, after: World) -> Mapping[str, Any]:
    """Return the function that answers with a tie."""
    one = after.cloud.network.transit_gateway_attachments[attachment]
    return {tie.member: {**end(after, one), _TABLE: after.id(table.id), "State": state}}


WRITES: Mapping[str, Write] = {
    "DeleteTransitGatewayRouteTable": delete_transit_gateway_route_table,
    "CreateTransitGatewayRoute": create_transit_gateway_route,
    "ReplaceTransitGatewayRoute": replace_transit_gateway_route,
    "DeleteTransitGatewayRoute": delete_transit_gateway_route,
    "AssociateTransitGatewayRouteTable": partial(_make, _ASSOCIATION),
    "DisassociateTransitGatewayRouteTable": partial(_end, _ASSOCIATION),
    "EnableTransitGatewayRouteTablePropagation": partial(_make, _PROPAGATION),
    "DisableTransitGatewayRouteTablePropagation": partial(_end, _PROPAGATION),
}
