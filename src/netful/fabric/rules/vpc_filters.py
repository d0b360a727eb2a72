"""Filters of a VPC's router, written from the model: the whole ruleset, or the lines for one more interface.

This module only makes text, in the words of `ruleset`, `security_groups` and `network_acls`; the router loads it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address, IPv4Network, IPv6Network

from netful.fabric.kernel.node import addresses_of
from netful.fabric.kernel.numbers import Numbers
from netful.fabric.rules import ruleset
from netful.fabric.rules.block_public_access import closed_behind_firewalls, gateways_closed_to
from netful.fabric.rules.encryption_control import is_refused, refused_links
from netful.fabric.rules.endpoint_services import nodes_of_service
from netful.fabric.rules.network_acls import network_acl
from netful.fabric.rules.ruleset_change import Contents
from netful.fabric.rules.security_groups import GroupLists
from netful.fabric.rules.words import elements
from netful.model.balancing.load_balancers import LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, Unknown
from netful.model.names.service_names import WEB_PORTS, endpoint_ports
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.route_tables import Route, RouteTable, TargetKind
from netful.model.network.vpc import IPNetwork, Subnet, Vpc
from netful.model.network.vpc_endpoints import EndpointType

ZonalTable = tuple[str, str]
"""A route table and an availability zone."""
_FIRST_TABLE = 1001
_NO_ZONE = ""
_APPLIANCES = (TargetKind.NETWORK_INTERFACE, TargetKind.INSTANCE)
_FIRST_WAY_BACK = 1 << 21  # past the route tables' numbers and those of their more specific halves
_LISTENS = {"UDP": ("udp",), "TCP_UDP": ("tcp", "udp"), "QUIC": ("udp",), "TCP_QUIC": ("tcp", "udp")}


class Attached(Frozen):
    """An interface and the name of its link on the router."""

    interface: NetworkInterface
    link: str


class Translator(Frozen):
    """The link to a regional NAT gateway: its name, and the addresses there with the public ones that they stand for."""

    link: str
    addresses: Mapping[IPv4Address, IPv4Address]


@dataclass
class Links:
    """A router's links besides interfaces: to peers and on-premises, of transit gateways, to gateway endpoints.

    Names of links; those of transit gateways with the gateway's id, all others by the id of a route's target.
    """

    borders: dict[str, str] = field(default_factory=dict)
    passages: dict[str, str] = field(default_factory=dict)
    gateway_endpoints: dict[str, str] = field(default_factory=dict)
    translators: dict[str, Translator] = field(default_factory=dict)


class VpcFilters:
    """The filters of one VPC. Its numbers outlive the cloud that it follows (`update`)."""

    def __init__(self, cloud: Cloud, vpc: Vpc) -> None:
        self.subnets: Numbers[str] = Numbers()
        self.tables: Numbers[ZonalTable] = Numbers(_FIRST_TABLE)
        self._group_lists = GroupLists()
        self._ways_back: Numbers[str] = Numbers(_FIRST_WAY_BACK)
        self.update(cloud, vpc)

    def update(self, cloud: Cloud, vpc: Vpc) -> None:
        """Follow this cloud from now on."""
        self._cloud, self._vpc = cloud, vpc
        for subnet in cloud.network.subnets_of(vpc.id):
            self.subnets[subnet.id]
        self._group_lists.update(cloud.network, vpc.id)

    def route_tables(self) -> Iterator[tuple[int, RouteTable, str]]:
        """Yield the route tables in use, by number, once for each zone: packets enter a transit gateway in their own zone."""
        seen = set()
        for subnet in self._cloud.network.subnets_of(self._vpc.id):
            table, number = self._cloud.network.route_table_of(subnet.id), self._table_number(subnet)
            if table is not None and number not in seen:
                seen.add(number)
                yield number, table, str(subnet.availability_zone)
        for table in self._cloud.network.route_tables.values():
            if table.gateway_ids and table.vpc_id == self._vpc.id:
                yield self.tables[table.id, _NO_ZONE], self._at_gateways(table), _NO_ZONE

    def _at_gateways(self, table: RouteTable) -> RouteTable:
        """Return the table of gateways: an internet gateway brings no IPv4 packet to an appliance without a public address (§1.11)."""
        if not any(gateway_id in self._cloud.network.internet_gateways for gateway_id in table.gateway_ids):
            return table
        return replace(table, routes=tuple(replace(one, blackhole=self._is_closed(one)) for one in table.routes))

    def _is_closed(self, route: Route) -> bool:
        """Return whether an internet gateway drops the packets of a route of its own table."""
        if route.blackhole or route.target_kind not in _APPLIANCES:
            return route.blackhole
        enis = self._cloud.network.network_interfaces.values()
        box = next((eni for eni in enis if route.target_id in (eni.id, eni.owner_id)), None)
        return isinstance(route.destination_cidr_block, IPv4Network) and box is not None and not box.public_addresses()

    def _edge_tables(self, links: Links) -> Iterator[tuple[str, RouteTable]]:
        """Yield the links of gateways that have a route table of their own."""
        here = [one.id for one in self._cloud.network.internet_gateways.values() if one.vpc_id == self._vpc.id]
        translators = {id_: one.link for id_, one in links.translators.items()}
        named = dict.fromkeys(here, ruleset.IGW_LINK) | links.borders | translators
        for gateway_id, link in named.items():
            table = self._cloud.network.edge_table_of(gateway_id)
            if table is not None:
                yield link, table

    def _table_number(self, subnet: Subnet) -> int:
        table = self._cloud.network.route_table_of(subnet.id)
        return self.tables[table.id, str(subnet.availability_zone)] if table is not None else 0

    def whole(self, attached: Mapping[str, Attached], links: Links) -> Contents:
        """Return the ruleset for these interfaces and these other links, without its base."""
        lines = [*self._features(), *self._group_lists.sets(), *ruleset.blocks(blocks_of(self._vpc))]
        lines += [*self._subnet_lines(), *self._acl_lines()]
        lines += [line for one in attached.values() for line in self.interface(one)]
        for link in links.borders.values():
            lines += ruleset.border(link)
        for peering_id, link in links.borders.items():
            lines += ruleset.returns_to_senders(link, self.way_to(peering_id), self._nat_gateways(peering_id))
        for translator in links.translators.values():
            lines += self._translator(translator)
        for link in links.passages:
            lines += ruleset.passage(link)
        translators = {id_: one.link for id_, one in links.translators.items()}
        for link in refused_links(self._cloud, self._vpc, links.borders, links.passages, translators):
            lines += elements("unencrypted", [f'"{link}"'])
        for link in links.gateway_endpoints.values():
            lines += ruleset.answers(link, [("tcp", port) for port in WEB_PORTS], ping=True)
        lines += self._group_lists.transit_members(links.passages)
        for link, table in self._edge_tables(links):
            lines += ruleset.edge(link, self.tables[table.id, _NO_ZONE])
        contents = Contents.of([*lines, *self._group_lists.peer_members()])
        for chains in self._group_lists.contents():
            contents.merge(chains)
        return contents

    def _features(self) -> Iterator[str]:
        network = self._cloud.network
        return ruleset.features(
            encryption_control=bool(network.encryption_controls),
            block_public_access=bool(network.block_public_access_options),
            ways_back=bool(self._cloud.balancing.load_balancers or network.vpc_peering_connections),
            no_resolver=not self._vpc.enable_dns_support,
        )

    def _translator(self, translator: Translator) -> Iterator[str]:
        for private, public in translator.addresses.items():
            yield from ruleset.public_address(private, public)
        for name in gateways_closed_to(self._cloud, self._vpc, None, outward=True):
            yield from elements(name, [f'"{translator.link}"'])

    def one_more(self, attached: Attached) -> list[str]:
        """Return the lines that a loaded ruleset needs for a further interface."""
        known = len(self._group_lists)
        lines = [*self.interface(attached)]
        return [*self._group_lists.chains_after(known), *lines]

    def interface(self, attached: Attached) -> Iterator[str]:
        """Yield the elements of an interface."""
        eni, link = attached.interface, attached.link
        yield from ruleset.interface(
            link,
            addresses_of(eni),
            groups=self._group_lists.number(eni),
            member_of=self._group_lists.sets_of(eni),
            forwards=not eni.source_dest_check,
        )
        if inspects(self._cloud, eni):
            yield from ruleset.inspector(link)
            return
        if is_refused(self._cloud, self._vpc, eni):
            yield from elements("unencrypted", [f'"{link}"'])
        outward = eni.owner is InterfaceOwner.NAT_GATEWAY
        for name in gateways_closed_to(self._cloud, self._vpc, eni.subnet_id, outward=outward):
            yield from elements(name, [f'"{link}"'])
        for name, address in closed_behind_firewalls(self._cloud, self._vpc, eni):
            yield from elements(name, [str(address)])
        for public, private in eni.public_addresses().items():
            own = private or eni.private_ip_address
            yield from ruleset.public_address(own, public) if own is not None else ()
        if eni.owner is InterfaceOwner.ENDPOINT or eni.owner_id in self._cloud.balancing.load_balancers:
            yield from ruleset.answers(link, self._ports(eni))
        if eni.owner is InterfaceOwner.ENDPOINT:
            yield from elements("interface_endpoints", [f'"{link}"'])
        mark = self.way_back(eni)
        if mark is not None:
            yield from ruleset.balancer(link, mark, self._group_lists.sets_of(eni))

    def way_back(self, eni: NetworkInterface) -> int | None:
        """Return the mark and the table number of the route back through a network load balancer's node."""
        balancer = self._cloud.balancing.load_balancers.get(eni.owner_id)
        if balancer is None or balancer.type is not LoadBalancerType.NETWORK:
            return None
        return self._ways_back[eni.id]

    def way_to(self, peering_id: str) -> int:
        """Return the mark and the table number of the route back over a peering."""
        return self._ways_back[peering_id]

    def _nat_gateways(self, peering_id: str) -> list[IPv4Address]:
        """Return the addresses of the NAT gateways in the VPC on a peering's other side."""
        network = self._cloud.network
        peering = network.vpc_peering_connections.get(peering_id)
        ends = {peering.vpc_id, peering.peer_vpc_id} - {self._vpc.id} if peering is not None else set()
        own = (eni for nat_id in network.nat_gateways for eni in network.interfaces_of(nat_id))
        there = [eni for eni in own if (vpc := network.vpc_of_interface(eni)) is not None and vpc.id in ends]
        return [eni.private_ip_address for eni in there if eni.private_ip_address is not None]

    def _ports(self, eni: NetworkInterface) -> list[tuple[str, int]]:
        """Return the ports that an endpoint or a load balancer answers on, with their protocols."""
        owner_id = eni.owner_id
        if eni.owner is InterfaceOwner.ENDPOINT:
            endpoint = self._cloud.network.vpc_endpoints.get(owner_id)  # None: only its interface is known
            nodes = nodes_of_service(self._cloud, endpoint) if endpoint is not None else []
            if not nodes:
                return [("tcp", port) for port in endpoint_ports(endpoint.service if endpoint is not None else "")]
            owner_id = nodes[0].owner_id
        listeners = self._cloud.balancing.listeners_of(owner_id)
        ports = {(p, one.port) for one in listeners for p in _LISTENS.get(one.protocol, ("tcp",))}
        return sorted((protocol, port) for protocol, port in ports if isinstance(port, int))

    def _subnet_lines(self) -> Iterator[str]:
        for subnet in self._cloud.network.subnets_of(self._vpc.id):
            table = self._cloud.network.route_table_of(subnet.id)
            if table is not None:
                blocks = (subnet.cidr_block, subnet.ipv6_cidr_block)
                own = [block for block in blocks if isinstance(block, IPv4Network | IPv6Network)]
                yield from ruleset.subnet(self.subnets[subnet.id], self._table_number(subnet), own)

    def _acl_lines(self) -> Iterator[str]:
        users: dict[str, list[int]] = {}
        for subnet in self._cloud.network.subnets_of(self._vpc.id):
            acl = self._cloud.network.network_acl_of(subnet.id)
            if acl is not None:
                users.setdefault(acl.id, []).append(self.subnets[subnet.id])
        for number, (acl_id, groups) in enumerate(users.items(), 1):
            yield from network_acl(number, self._cloud.network.network_acls[acl_id], groups)


def inspects(cloud: Cloud, eni: NetworkInterface) -> bool:
    """Return whether an interface leads to appliances or a network firewall, and answers nothing itself."""
    endpoint = cloud.network.vpc_endpoints.get(eni.owner_id) if eni.owner is InterfaceOwner.ENDPOINT else None
    return endpoint is not None and endpoint.type is EndpointType.OTHER


def blocks_of(vpc: Vpc) -> list[IPNetwork]:
    """Return the known blocks of a VPC, its primary IPv4 one first."""
    every: tuple[Maybe[IPNetwork], ...] = (*vpc.cidr_blocks, *vpc.ipv6_cidr_blocks)
    return [block for block in every if not isinstance(block, Unknown)]
