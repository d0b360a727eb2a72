"""Route tables, their routes and their subnets (spec: vpc-network §1.4 to §1.12, §5.5)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Network

from netful.model.core import Maybe, Unknown, known_in
from netful.model.network.gateways import EgressOnlyInternetGateway, InternetGateway, NatGateway, VpnGateway
from netful.model.network.managed_prefix_lists import managed_prefix_list_id
from netful.model.network.route_tables import (
    TARGET_PROPERTIES,
    PossibleRoute,
    Route,
    RouteTable,
    TargetKind,
    destination_refusal,
)
from netful.model.network.transit_gateways import VpnConnection
from netful.model.network.vpc import Subnet, Vpc
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint
from netful.sources.files.complaint import fail
from netful.sources.parts import PartReader
from netful.sources.readers.gateways import DIRECT_CONNECT
from netful.sources.template.reading import Inventory, Reader, not_a_property

_EVERYWHERE = IPv4Network("0.0.0.0/0")
Gateway = EgressOnlyInternetGateway | InternetGateway | VpnGateway

MAIN_ROUTE_TABLE = "Terraform::MainRouteTable"
"""A plan's type for the choice of a VPC's main route table."""

_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
_ROUTE = {"RouteTableId", *_DESTINATIONS, *TARGET_PROPERTIES}
"""Properties of a route. Another one may be a target that AWS added."""

_GATEWAYS = {
    "AWS::EC2::InternetGateway": TargetKind.INTERNET_GATEWAY,
    "AWS::EC2::VPNGateway": TargetKind.VPN_GATEWAY,
    "AWS::EC2::VPCGatewayAttachment": TargetKind.INTERNET_GATEWAY,
}

RESTRICTED_MAIN_TABLE = "Terraform::RestrictedMainTable"
"""A plan's type for the main table of a VPC; the table then has only the routes of the plan, of endpoints and of VPNs."""


def route_tables(
    inventory: Inventory,
    vpcs: Mapping[str, Vpc],
    endpoints: Mapping[str, VpcEndpoint],
    internet_gateways: Mapping[str, InternetGateway],
    egress_only_internet_gateways: Mapping[str, EgressOnlyInternetGateway],
    vpn_gateways: Mapping[str, VpnGateway],
    vpns: Mapping[str, VpnConnection],
    subnets: Mapping[str, Subnet],
    nat_gateways: Mapping[str, NatGateway],
) -> dict[str, RouteTable]:
    """Return the tables of the template and each VPC's main one, with the routes that endpoints and VPNs add."""
    gateways: dict[str, Gateway] = {**internet_gateways, **egress_only_internet_gateways, **vpn_gateways}
    found = {f"{vpc_id}.main": RouteTable(f"{vpc_id}.main", vpc_id, main=True) for vpc_id in vpcs}
    found |= _of_regional_gateways(nat_gateways, internet_gateways) | _of_accounts(inventory, endpoints)
    for reader in inventory.of("AWS::EC2::RouteTable"):
        found[reader.id] = RouteTable(reader.id, reader.required("VpcId"), origin=reader.origin)
    for reader, table in inventory.parts_of(found, "AWS::EC2::Route", "RouteTableId"):
        route = _route(reader, table, inventory, gateways)
        own = [subnet for subnet in subnets.values() if subnet.vpc_id == table.vpc_id]
        vpc, destination = known_in(vpcs, table.vpc_id), route.destination_cidr_block
        refusal = destination_refusal(destination, route.target_kind, vpc, own)
        if refusal:
            _leave_out(reader, refusal)
        else:
            found[table.id] = replace(table, routes=(*_others(reader, route, table, inventory), route))
    _choose_main(inventory, found)
    _associate(inventory, found, subnets)
    for endpoint in endpoints.values():
        vpc = known_in(vpcs, endpoint.vpc_id)
        inventory.warnings.extend(_misplaced(endpoint, found))
        _add_endpoint_routes(endpoint, found, vpc.region if vpc and vpc.region != inventory.region else "")
    _propagate(inventory, found, vpns)
    return {id_: _to_own_zone(table, endpoints, subnets) for id_, table in found.items()}


def _leave_out(reader: Reader, refusal: str) -> None:
    """Warn about a resource that AWS does not make."""
    reader.warnings.append(f"{reader.origin}: `{reader.id}` is left out, since AWS refuses it: {refusal}")


def _of_accounts(inventory: Inventory, endpoints: Mapping[str, VpcEndpoint]) -> dict[str, RouteTable]:
    """Return the tables of described accounts, without the routes that are written again: those of endpoints and whole main tables."""
    whole = {reader.required("MainRouteTable") for reader in inventory.of(RESTRICTED_MAIN_TABLE)}
    return {
        table.id: replace(table, routes=tuple(one for one in table.routes if _stays(one, table.id in whole, endpoints)))
        for table in inventory.beside.route_tables.values()
    }


def _stays(route: Route, is_whole: bool, endpoints: Mapping[str, VpcEndpoint]) -> bool:  # noqa: FBT001
    of_endpoint = route.destination_prefix_list_id is not None and route.target_kind is TargetKind.VPC_ENDPOINT
    return route.target_id not in endpoints if of_endpoint else route.propagated or not is_whole


def _of_regional_gateways(
    nat_gateways: Mapping[str, NatGateway], internet_gateways: Mapping[str, InternetGateway]
) -> dict[str, RouteTable]:
    """Return the tables that AWS makes with regional NAT gateways: each has a route to the internet gateway of its VPC (§4.4)."""
    found = {}
    for nat in (nat for nat in nat_gateways.values() if nat.regional):
        attached = [one.id for one in internet_gateways.values() if one.vpc_id == nat.vpc_id]
        routes = [Route(f"{nat.id}.out", TargetKind.INTERNET_GATEWAY, id_, _EVERYWHERE) for id_ in attached[:1]]
        id_ = f"{nat.id}.routes"
        place = nat.vpc_id if nat.vpc_id is not None else Unknown(f"`{nat.id}` names no VPC")
        found[id_] = RouteTable(id_, place, tuple(routes), gateway_ids=(nat.id,), origin=nat.origin)
    return found


def _to_own_zone(table: RouteTable, endpoints: Mapping[str, VpcEndpoint], subnets: Mapping[str, Subnet]) -> RouteTable:
    """Return a table whose routes to a firewall lead to its endpoint in the zone of the table's subnets.

    Plans name the firewall: its endpoints are known only after apply.
    """
    named = {
        route.target_id: [e for e in endpoints.values() if e.firewall_id == route.target_id] for route in table.routes
    }
    zones = {subnet.availability_zone for id_ in table.subnet_ids if (subnet := known_in(subnets, id_))}
    routes = []
    for route in table.routes:
        every = named[route.target_id] if isinstance(route.target_id, str) else []
        near = [e for e in every if {s.availability_zone for i in e.subnet_ids if (s := known_in(subnets, i))} & zones]
        meant = every if len(every) == 1 else near
        unknown = Unknown(
            "which endpoint of the firewall is meant", (f"the endpoint of {route.target_id} for {table.id}",)
        )
        target = meant[0].id if len(meant) == 1 else unknown
        routes.append(replace(route, target_id=target) if every and route.target_id not in endpoints else route)
    return replace(table, routes=tuple(routes)) if any(named.values()) else table


def _choose_main(inventory: Inventory, tables: dict[str, RouteTable]) -> None:
    """Replace the main tables of VPCs as a plan defines."""
    for reader in inventory.of(MAIN_ROUTE_TABLE):
        table, first = known_in(tables, reader.required("RouteTableId")), tables.get(f"{reader.required('VpcId')}.main")
        if table is not None and first is not None:
            tables[first.id] = replace(first, main=False)
            tables[table.id] = replace(table, main=True)


def _associate(inventory: Inventory, tables: dict[str, RouteTable], subnets: Mapping[str, Subnet]) -> None:
    taken: dict[str, Reader] = {}
    for reader in inventory.of("AWS::EC2::SubnetRouteTableAssociation"):
        table_id, subnet_id = reader.required("RouteTableId"), reader.required("SubnetId")
        there, subnet = known_in(tables, table_id), known_in(subnets, subnet_id)
        if there is not None and subnet is not None and not _may_be_of(subnet.vpc_id, there):
            _leave_out(reader, f"`{table_id}` and `{subnet_id}` are of different VPCs.")
            continue
        if isinstance(subnet_id, str):
            if subnet_id in taken:
                first = taken[subnet_id]
                hint = f"`{first.id}` at {first.origin} does it already; a subnet has one table"
                fail(f"`{reader.id}` associates `{subnet_id}` again", reader.origin, hint=hint)
            taken[subnet_id] = reader
        for one in [
            one for one in tables.values() if subnet_id in one.subnet_ids
        ]:  # of an account: AWS replaces its association
            tables[one.id] = replace(one, subnet_ids=tuple(id_ for id_ in one.subnet_ids if id_ != subnet_id))
        table = known_in(tables, table_id) or _unread_table(reader, table_id, subnet)
        if table is not None:
            origins = dict(table.association_origins)
            if isinstance(subnet_id, str):
                origins[subnet_id] = reader.origin
            tables[table.id] = replace(table, subnet_ids=(*table.subnet_ids, subnet_id), association_origins=origins)
    for reader, own in inventory.parts_of(tables, "AWS::EC2::GatewayRouteTableAssociation", "RouteTableId"):
        tables[own.id] = replace(own, gateway_ids=(*own.gateway_ids, reader.required("GatewayId")))


def _unread_table(reader: Reader, table_id: Maybe[str], subnet: Subnet | None) -> RouteTable | None:
    """Return the table of a subnet that is not known or not of the sources: it has one route, of which nothing is known."""
    if subnet is None:
        return None
    id_ = reader.id if isinstance(table_id, Unknown) else table_id
    unknown = table_id if isinstance(table_id, Unknown) else Unknown(f"`{id_}` was not loaded", (id_,))
    route = Route(f"{id_}.routes", TargetKind.OTHER, unknown, unknown, origin=reader.origin)
    return RouteTable(id_, subnet.vpc_id, (route,), origin=reader.origin)


def _route(reader: Reader, table: RouteTable, inventory: Inventory, gateways: Mapping[str, Gateway]) -> Route:
    block = reader.network("DestinationCidrBlock")
    block = reader.network("DestinationIpv6CidrBlock") if block is None else block
    prefix_list = reader.text("DestinationPrefixListId")
    if block is None and prefix_list is None:
        hint = "add `DestinationCidrBlock`, `DestinationIpv6CidrBlock` or `DestinationPrefixListId`"
        reader.lacks(f"`{reader.id}` has no destination", *_DESTINATIONS, hint=hint)
    kind, target = _target(reader, inventory)
    gateway = known_in(gateways, target)
    return Route(
        id=reader.id,
        target_kind=kind,
        target_id=target,
        destination_cidr_block=block,
        destination_prefix_list_id=prefix_list if block is None else None,
        blackhole=gateway is not None and not _may_be_attached(gateway, table),
        origin=reader.origin,
    )


def _target(reader: Reader, inventory: Inventory) -> tuple[TargetKind, Maybe[str]]:
    written = {name: target for name in TARGET_PROPERTIES if (target := reader.text(name)) is not None}
    for name, target in written.items():
        if isinstance(target, Unknown) and len(written) > 1:  # a condition without a value decides which one it is
            return TargetKind.OTHER, target
        if name != "GatewayId" or isinstance(target, Unknown):
            return TARGET_PROPERTIES[name], target
        if target == "local":
            return TargetKind.LOCAL, target
        return _gateway_kind(target, inventory), target
    for name in sorted(reader.properties.keys() - _ROUTE):
        return TargetKind.OTHER, not_a_property(reader, name)
    return fail(
        f"`{reader.id}` has no target",
        reader.origin,
        hint="add one of " + ", ".join(f"`{n}`" for n in TARGET_PROPERTIES),
    )


def _gateway_kind(target: str, inventory: Inventory) -> TargetKind:
    if target.startswith("vgw-"):
        return TargetKind.VPN_GATEWAY
    return _GATEWAYS.get(inventory.type_of(target), TargetKind.INTERNET_GATEWAY)


def _may_be_attached(gateway: Gateway, table: RouteTable) -> bool:
    """Return whether a gateway is attached to the table's VPC, as far as both are known."""
    return _may_be_of(gateway.vpc_id, table)


def _may_be_of(vpc_id: Maybe[str] | None, table: RouteTable) -> bool:
    return isinstance(vpc_id, Unknown) or isinstance(table.vpc_id, Unknown) or vpc_id == table.vpc_id


def _others(reader: Reader, route: Route, table: RouteTable, inventory: Inventory) -> Iterator[Route]:
    """Yield the other routes of a table, without the one that an account has of this route already.

    Raises SourceError for another route to the same destination.
    """
    destination = route.destination_cidr_block or route.destination_prefix_list_id
    known = known_in(inventory.beside.route_tables, table.id)
    for other in table.routes:
        if isinstance(destination, Unknown) or destination not in (
            other.destination_cidr_block,
            other.destination_prefix_list_id,
        ):
            yield other
        elif known is None or other not in known.routes or not inventory.is_deployed(reader.id):
            hint = f"`{other.id}` at {other.origin} has it already"
            fail(f"`{reader.id}` repeats the destination `{destination}` in `{table.id}`", reader.origin, hint=hint)


def _misplaced(endpoint: VpcEndpoint, tables: Mapping[str, RouteTable]) -> Iterator[str]:
    """Yield a warning for each table of another VPC that an endpoint names."""
    for table_id in endpoint.route_table_ids:
        table = known_in(tables, table_id)
        if table is not None and not _may_be_of(endpoint.vpc_id, table):
            yield (
                f"{endpoint.origin}: `{endpoint.id}` adds no route to `{table.id}`, since AWS refuses it: they are of different VPCs."
            )


def _add_endpoint_routes(endpoint: VpcEndpoint, tables: dict[str, RouteTable], other_region: str) -> None:
    if endpoint.type is not EndpointType.GATEWAY or not endpoint.service:
        return
    prefix_list_id = managed_prefix_list_id(endpoint.service, other_region)
    for table_id in endpoint.route_table_ids:
        table = known_in(tables, table_id)
        if table is not None and _may_be_of(endpoint.vpc_id, table):
            route = Route(
                id=f"{endpoint.id}.{table.id}",
                target_kind=TargetKind.VPC_ENDPOINT,
                target_id=endpoint.id,
                destination_prefix_list_id=prefix_list_id,
                origin=endpoint.origin,
            )
            tables[table.id] = replace(table, routes=(*table.routes, route))
    unknown = next((id_ for id_ in endpoint.route_table_ids if isinstance(id_, Unknown) and id_.of_stack), None)
    if unknown is not None:
        possible = PossibleRoute(prefix_list_id, unknown)
        for table in tables.values():
            if table.id not in endpoint.route_table_ids and _may_be_of(endpoint.vpc_id, table):
                tables[table.id] = replace(table, possible_routes=(*table.possible_routes, possible))


def _propagate(inventory: Inventory, tables: dict[str, RouteTable], vpns: Mapping[str, VpnConnection]) -> None:
    """Add the routes that tables learn from virtual private gateways."""
    for reader in inventory.of("AWS::EC2::VPNGatewayRoutePropagation"):
        gateway_id = reader.required("VpnGatewayId")
        own = [vpn for vpn in vpns.values() if vpn.vpn_gateway_id == gateway_id]
        blocks = [block for vpn in own for block in vpn.routes]
        direct = any(one.text("AssociatedGatewayId") == gateway_id for one in inventory.of(DIRECT_CONNECT))
        if direct or not own or not all(vpn.static_routes_only for vpn in own):
            what = f"the blocks that are announced to {reader.id} by BGP"
            blocks.append(Unknown(what, (what,)))
        learned = tuple(
            Route(f"{reader.id}.{n}", TargetKind.VPN_GATEWAY, gateway_id, block, propagated=True, origin=reader.origin)
            for n, block in enumerate(blocks, 1)
        )
        for table_id in reader.known_texts("RouteTableIds"):
            if isinstance(table_id, str) and table_id in tables:
                tables[table_id] = replace(tables[table_id], routes=(*tables[table_id].routes, *learned))


READERS = (
    PartReader(
        "route_tables",
        route_tables,
        needs=(
            "vpcs",
            "vpc_endpoints",
            "internet_gateways",
            "egress_only_internet_gateways",
            "vpn_gateways",
            "vpn_connections",
            "subnets",
            "nat_gateways",
        ),
    ),
)
