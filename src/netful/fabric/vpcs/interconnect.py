"""Connections between VPCs and with on-premises: peerings, transit gateways, VPN (vpc-network §7).

A transit gateway is a namespace. Each attachment of a VPC has one link for each attached subnet, in that subnet's
device group: so the subnet's ACL applies to its packets, and its route table routes incoming ones. The link on which a
packet arrives selects the gateway's route table. What the table does not carry goes to the gateway itself, which drops it, and
so flow logs can count it there. A packet enters the next VPC in the zone that it came from, if that
zone is attached; in appliance mode all packets enter in the first zone, so that both directions of a flow do. Behind each VPN, and each Direct Connect gateway of a transit gateway, is a separate place on-premises.
Namespace thread only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network
from itertools import count

from netful.fabric.doors.door import DoorKind
from netful.fabric.doors.doors import Doors
from netful.fabric.kernel import nft
from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.node import EVERYWHERE, EVERYWHERE6, GATEWAY, GATEWAY6, GATEWAYS, Node, join_routers
from netful.fabric.kernel.numbers import Numbers
from netful.fabric.kernel.rtnetlink import LOOPBACK, Version
from netful.fabric.routers.router import VpcRouter
from netful.fabric.rules.flow_accounting import HUB_TABLE
from netful.fabric.rules.ruleset import SILENCE
from netful.fabric.rules.vpc_filters import blocks_of
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.difference import same
from netful.model.network.transit_gateways import AttachmentKind, TransitGatewayAttachment, TransitGatewayRouteTable
from netful.model.network.vpc import IPNetwork

_TABLES_FROM = 1000
_RULES_FROM = 1000
_LAST_RULE = 60000
_LINKS = count(1)
_VERSIONS: tuple[Version, ...] = (4, 6)
_NO_ZONE = _NO_TABLE = ""
_RESOLVER, _CLIENT = 2, 10  # places in an on-premises block
_PARTS = (
    "vpc_peering_connections", "transit_gateways", "transit_gateway_attachments", "transit_gateway_route_tables",
    "vpn_gateways", "vpn_connections",
)  # fmt: skip

_RULESET = f"""
table {HUB_TABLE} {{
  chain not_routed {{ drop; }}
  chain no_way {{
    type filter hook input priority 0; policy drop;
    meta pkttype host goto not_routed
  }}
  chain tells_nothing {{
    type filter hook output priority 0; policy accept;
    {SILENCE}
  }}
}}
"""


class Interconnect:
    """Everything between VPCs. It is rebuilt as a whole when any of it changes."""

    def __init__(self, cloud: Cloud, limbo: int, routers: Mapping[str, VpcRouter], doors: Doors) -> None:
        self._cloud = cloud
        self._routers = routers
        self._doors = doors
        self._nodes: list[TransitGatewayNode | OnPremises] = []
        try:
            self._peer_vpcs()
            self._join_hubs(limbo)
            self._join_sites(limbo)
            self._open_resolvers()
        except BaseException:
            self.close()
            raise

    def _peer_vpcs(self) -> None:
        for peering in self._cloud.network.vpc_peering_connections.values():
            one, other = self._routers.get(str(peering.vpc_id)), self._routers.get(str(peering.peer_vpc_id))
            if peering.active and one is not None and other is not None:
                _peer(peering.id, one, other)

    def _join_hubs(self, limbo: int) -> None:
        """Link the transit gateways with their attachments, and with one another."""
        hubs = {
            id_: TransitGatewayNode(self._cloud, id_, limbo, self._routers)
            for id_ in self._cloud.network.transit_gateways
        }
        for near, far in _peered(self._cloud):
            if near.transit_gateway_id in hubs and far.transit_gateway_id in hubs:
                hubs[str(near.transit_gateway_id)].peer(near, hubs[str(far.transit_gateway_id)], far)
        for hub in hubs.values():
            hub.fill()
            self._nodes += [hub, *hub.sites]

    def _join_sites(self, limbo: int) -> None:
        """Link the places behind the VPNs of virtual private gateways."""
        for vpn_gateway in self._cloud.network.vpn_gateways.values():
            router = self._routers.get(str(vpn_gateway.vpc_id))
            if router is not None:
                site = OnPremises(Netns.create(limbo), vpn_gateway.id, _sites(self._cloud)[vpn_gateway.id])
                router.border(vpn_gateway.id, *site.join(router.node))
                self._nodes.append(site)

    def _open_resolvers(self) -> None:
        for place in self._nodes:
            if isinstance(place, OnPremises) and place.resolver is not None:
                self._doors.open_resolver(
                    place.gateway_id, None, place.node.netns, place.resolver, kind=DoorKind.ON_PREMISES
                )

    @property
    def transit_gateways(self) -> list[TransitGatewayNode]:
        """The transit gateways."""
        return [node for node in self._nodes if isinstance(node, TransitGatewayNode)]

    @property
    def on_premises(self) -> OnPremises | None:
        """The first place on-premises that has addresses."""
        return next((node for node in self._nodes if isinstance(node, OnPremises) and node.address), None)

    def same_as(self, cloud: Cloud) -> bool:
        """Return whether another cloud has exactly the same connections."""
        return all(same(cloud.part(part), self._cloud.part(part)) for part in _PARTS) and _sites(cloud) == _sites(
            self._cloud
        )

    def close(self) -> None:
        """Close all connections."""
        for router in self._routers.values():
            router.drop_transit()
        for node in self._nodes:
            if isinstance(node, OnPremises):
                self._doors.forget(node.gateway_id)
            node.close()


def _peered(cloud: Cloud) -> Iterator[tuple[TransitGatewayAttachment, TransitGatewayAttachment]]:
    """Yield the two attachments of each peering of transit gateways, each peering once."""
    every = cloud.network.transit_gateway_attachments
    for own in every.values():
        other = every.get(own.peer_attachment_id or "")
        if own.kind is AttachmentKind.PEERING and other is not None and own.id < other.id:
            yield own, other


def _peer(peering_id: str, near: VpcRouter, far: VpcRouter) -> None:
    """Link two VPCs; the routes and filters of both decide whether packets may pass."""
    name = f"pcx{next(_LINKS)}"
    links = join_routers(near.node, far.node, name, name)
    for router, link in zip((near, far), links, strict=True):
        router.border(peering_id, name, link)


def _sites(cloud: Cloud) -> dict[str, list[IPNetwork]]:
    """Return the blocks behind each virtual private gateway: static ones, and those of tables where it may learn others by BGP."""
    found: dict[str, list[IPNetwork]] = {}
    for gateway in cloud.network.vpn_gateways.values():
        connections = cloud.network.vpn_connections_of(gateway.id)
        blocks = [block for one in connections for block in one.routes if not isinstance(block, Unknown)]
        if gateway.direct_connect or not all(one.static_routes_only for one in connections):
            routes = (route for table in cloud.network.route_tables.values() for route in table.routes)
            named = (route.destination_cidr_block for route in routes if route.target_id == gateway.id)
            blocks += [block for block in named if not isinstance(block, Unknown | None) and block.prefixlen]
        found[gateway.id] = [*dict.fromkeys(blocks)]
    return found


class TransitGatewayNode:
    """A transit gateway with its attachments and tables. `sites` are the places behind its VPNs."""

    def __init__(self, cloud: Cloud, transit_gateway_id: str, limbo: int, routers: Mapping[str, VpcRouter]) -> None:
        self.node = Node(Netns.create(limbo), router=True, ipv6=True)
        nft.load(self.node.netns, _RULESET)
        self.sites: list[OnPremises] = []
        self._cloud = cloud
        self.id = transit_gateway_id
        self._tables: Numbers[tuple[str, str]] = Numbers(_TABLES_FROM)
        self._links: dict[tuple[str, str], int] = {}
        self._ends: dict[int, tuple[str, str | None]] = {}
        self._rules = count(_RULES_FROM)
        for attachment in self._attachments():
            router = routers.get(str(attachment.resource_id))
            if attachment.kind is AttachmentKind.VPC and router is not None:
                self._attach(attachment, router)
            elif attachment.kind in (AttachmentKind.VPN, AttachmentKind.DIRECT_CONNECT):
                self._attach_site(attachment, OnPremises(Netns.create(limbo), attachment.id, self._behind(attachment)))

    def peer(self, own: TransitGatewayAttachment, other: TransitGatewayNode, there: TransitGatewayAttachment) -> None:
        """Link two gateways by their peering attachments."""
        name = f"tgp{next(_LINKS)}"
        near, far = join_routers(self.node, other.node, name, name)
        self._lead(own, _NO_ZONE, name, near)
        other._lead(there, _NO_ZONE, name, far)

    def fill(self) -> None:
        """Fill the tables after everything is attached."""
        for table in self._route_tables():
            self._fill(table.id, dict(self._routes(table)))
        self._fill(_NO_TABLE, {})
        for version in _VERSIONS:
            self.node.rtnetlink.last_rule_drops(_LAST_RULE, version)
        self.node.rtnetlink.flush()

    def ends(self) -> dict[int, tuple[str, str | None]]:
        """Return the attachments by the numbers of their links, each with the subnet there if it is a VPC's."""
        return self._ends.copy()

    def _attachments(self) -> Iterator[TransitGatewayAttachment]:
        every = self._cloud.network.transit_gateway_attachments.values()
        return (attachment for attachment in every if attachment.transit_gateway_id == self.id)

    def _route_tables(self) -> Iterator[TransitGatewayRouteTable]:
        every = self._cloud.network.transit_gateway_route_tables.values()
        return (table for table in every if table.transit_gateway_id == self.id)

    def _attach(self, attachment: TransitGatewayAttachment, router: VpcRouter) -> None:
        for subnet_id in attachment.subnet_ids:
            subnet = self._cloud.network.subnets.get(str(subnet_id))
            if subnet is None:
                continue
            zone, name = str(subnet.availability_zone), f"tgw{next(_LINKS)}"
            near, far = join_routers(router.node, self.node, name, name, group=router.device_group(subnet.id))
            router.passage(self.id, zone, name, near)
            self._lead(attachment, zone, name, far, subnet.id)

    def _attach_site(self, attachment: TransitGatewayAttachment, site: OnPremises) -> None:
        """Attach a site. Packets from on-premises have no zone."""
        name, near = site.join(self.node)
        self._lead(attachment, _NO_ZONE, name, near)
        self.sites.append(site)

    def _lead(
        self, attachment: TransitGatewayAttachment, zone: str, name: str, link: int, subnet_id: str | None = None
    ) -> None:
        """Record an attachment's link; its packets are routed by the table that the attachment is associated with."""
        self._links[attachment.id, zone] = link
        self._ends[link] = attachment.id, subnet_id
        associated = next((t.id for t in self._route_tables() if attachment.id in t.associations), _NO_TABLE)
        table = self._tables[associated, zone]
        for version in _VERSIONS:
            self.node.rtnetlink.rule_for_link(next(self._rules), link=name, table=table, version=version)

    def _behind(self, attachment: TransitGatewayAttachment) -> list[IPNetwork]:
        """Return the blocks behind a VPN: those of the connection, and those that the gateway's tables route to it."""
        statics = [r for table in self._route_tables() for r in table.routes if r.attachment_id == attachment.id]
        named = (r.destination_cidr_block for r in statics)
        found = [*self._of_connection(attachment), *(b for b in named if not isinstance(b, Unknown) and b.prefixlen)]
        return [*dict.fromkeys(found)]

    def _of_connection(self, attachment: TransitGatewayAttachment) -> list[IPNetwork]:
        connection = self._cloud.network.vpn_connections.get(str(attachment.resource_id))
        return [b for b in connection.routes if not isinstance(b, Unknown)] if connection else []

    def _fill(self, table_id: str, routes: Mapping[IPNetwork, str | None]) -> None:
        for zone in {zone for _, zone in self._links}:
            number = self._tables[table_id, zone]
            for destination, attachment_id in {EVERYWHERE: None, EVERYWHERE6: None, **routes}.items():
                link = self._link(attachment_id, zone) if attachment_id else None
                if link is None:
                    self.node.rtnetlink.local(destination, number)
                else:
                    via = GATEWAYS[destination.version]
                    self.node.rtnetlink.route(destination, link=link, via=via, table=number)

    def _link(self, attachment_id: str, zone: str) -> int | None:
        """Return the link into an attachment: in the packet's own zone unless in appliance mode, else in the first zone."""
        pins = self._cloud.network.transit_gateway_attachments[attachment_id].appliance_mode
        own = None if pins else self._links.get((attachment_id, zone))
        return own or next((link for (owner, _), link in self._links.items() if owner == attachment_id), None)

    def _routes(self, table: TransitGatewayRouteTable) -> Iterator[tuple[IPNetwork, str | None]]:
        """Yield the routes of a table in rising priority: propagated ones first, of these VPN routes before others.

        A later route replaces one of the same block (§7.2).
        """
        kinds = {each.id: each.kind for each in self._attachments()}
        for attachment_id in sorted(table.propagations, key=lambda id_: kinds.get(str(id_)) is AttachmentKind.VPC):
            for block in self._propagated(str(attachment_id)):
                yield block, str(attachment_id)
        for route in table.routes:
            if not isinstance(route.destination_cidr_block, Unknown):
                target = route.attachment_id if isinstance(route.attachment_id, str) and not route.blackhole else None
                yield route.destination_cidr_block, target

    def _propagated(self, attachment_id: str) -> list[IPNetwork]:
        attachment = self._cloud.network.transit_gateway_attachments.get(attachment_id)
        if attachment is not None and attachment.kind is AttachmentKind.VPN:
            return self._of_connection(attachment)
        vpc = self._cloud.network.vpcs.get(str(attachment.resource_id)) if attachment else None
        if attachment is None or vpc is None:
            return []
        return [block for block in blocks_of(vpc) if attachment.ipv6_support or block.version == EVERYWHERE.version]

    def close(self) -> None:
        """Close the namespace."""
        self.node.close()


class OnPremises:
    """The network behind a VPN: a namespace that answers for every address of the blocks routed to it.

    Clients in it have `address`, in the first of the blocks, and use `resolver`; both are None if no block is known.
    """

    def __init__(self, netns: Netns, gateway_id: str, blocks: list[IPNetwork]) -> None:
        self.node = Node(netns, router=True, ipv6=True)
        self.gateway_id = gateway_id
        roomy = next((b for b in blocks if isinstance(b, IPv4Network) and b.num_addresses > _CLIENT), None)
        self.resolver = roomy[_RESOLVER] if roomy else None
        self.address = roomy[_CLIENT] if roomy else None
        if self.address is not None:
            self.node.rtnetlink.address(self.address, LOOPBACK)
        for block in blocks:
            self.node.rtnetlink.local(block)
        self.node.rtnetlink.flush()

    def join(self, gateway: Node) -> tuple[str, int]:
        """Link it to the gateway of its VPN; return the name and number of the link there."""
        name = f"vgw{next(_LINKS)}"
        near, far = join_routers(gateway, self.node, name, "vpn")
        self.node.rtnetlink.route(EVERYWHERE, link=far, via=GATEWAY)
        if gateway.ipv6:
            self.node.rtnetlink.route(EVERYWHERE6, link=far, via=GATEWAY6)
        self.node.rtnetlink.flush()
        return name, near

    def close(self) -> None:
        """Close the namespace."""
        self.node.close()
