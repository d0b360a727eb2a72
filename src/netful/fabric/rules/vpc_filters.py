"""Filters of a VPC's router, written from the model: the whole ruleset, or the lines for one more interface.

This module only makes text, in the words of `ruleset`, `security_groups` and `network_acls`; the router loads it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from netful.fabric.kernel.node import addresses_of
from netful.fabric.kernel.numbers import Numbers
from netful.fabric.rules import ruleset
from netful.fabric.rules.block_public_access import gateways_closed_to
from netful.fabric.rules.endpoint_services import nodes_of_service
from netful.fabric.rules.network_acls import network_acl
from netful.fabric.rules.ruleset_change import Contents
from netful.fabric.rules.security_groups import GroupLists
from netful.fabric.rules.words import elements
from netful.model.balancing.load_balancers import LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.core.unknown import Maybe, Unknown
from netful.model.names.service_names import WEB_PORTS, endpoint_ports
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.route_tables import RouteTable
from netful.model.network.vpc import IPNetwork, Subnet, Vpc

ZonalTable = tuple[str, str]
"""A route table and an availability zone."""
_FIRST_TABLE = 1001
_FIRST_WAY_BACK = 1 << 21  # past the route tables' numbers and those of their more specific halves
_LISTENS = {"UDP": ("udp",), "TCP_UDP": ("tcp", "udp"), "QUIC": ("udp",), "TCP_QUIC": ("tcp", "udp")}


@dataclass(frozen=True, slots=True)
class Attached:
    """An interface and the name of its link on the router."""

    interface: NetworkInterface
    link: str


@dataclass
class Links:
    """A router's links besides interfaces: to peers and on-premises, of transit gateways, to gateway endpoints.

    Names of links; those of transit gateways with the gateway's id, those to gateway endpoints by the endpoint's id.
    """

    borders: set[str] = field(default_factory=set)
    passages: dict[str, str] = field(default_factory=dict)
    gateway_endpoints: dict[str, str] = field(default_factory=dict)


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

    def _table_number(self, subnet: Subnet) -> int:
        table = self._cloud.network.route_table_of(subnet.id)
        return self.tables[table.id, str(subnet.availability_zone)] if table is not None else 0

    def whole(self, attached: Mapping[str, Attached], links: Links) -> Contents:
        """Return the ruleset for these interfaces and these other links, without its base."""
        lines = [*self._group_lists.sets(), *ruleset.blocks(blocks_of(self._vpc))]
        lines += [*self._subnet_lines(), *self._acl_lines()]
        lines += [line for one in attached.values() for line in self.interface(one)]
        for link in links.borders:
            lines += ruleset.border(link)
        for link in links.passages:
            lines += ruleset.passage(link)
        for link in links.gateway_endpoints.values():
            lines += ruleset.answers(link, [("tcp", port) for port in WEB_PORTS], ping=True)
        lines += self._group_lists.transit_members(links.passages)
        contents = Contents.of([*lines, *self._group_lists.peer_members()])
        for chains in self._group_lists.contents():
            contents.merge(chains)
        return contents

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
        for name in gateways_closed_to(self._cloud, self._vpc, eni):
            yield from elements(name, [f'"{link}"'])
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

    def _ports(self, eni: NetworkInterface) -> list[tuple[str, int]]:
        """Return the ports that an endpoint or a load balancer answers on, with their protocols."""
        owner_id = eni.owner_id
        if eni.owner is InterfaceOwner.ENDPOINT:
            endpoint = self._cloud.network.vpc_endpoints.get(owner_id)  # None: only its interface is known
            nodes = nodes_of_service(self._cloud, endpoint) if endpoint is not None else []
            if not nodes:
                return [("tcp", port) for port in endpoint_ports(endpoint.service if endpoint is not None else "")]
            owner_id = nodes[0].owner_id
        listeners = [one for one in self._cloud.balancing.listeners.values() if one.load_balancer_id == owner_id]
        ports = {(p, one.port) for one in listeners for p in _LISTENS.get(one.protocol, ("tcp",))}
        return sorted((protocol, port) for protocol, port in ports if isinstance(port, int))

    def _subnet_lines(self) -> Iterator[str]:
        for subnet in self._cloud.network.subnets_of(self._vpc.id):
            table = self._cloud.network.route_table_of(subnet.id)
            if table is not None:
                yield from ruleset.subnet(self.subnets[subnet.id], self._table_number(subnet))

    def _acl_lines(self) -> Iterator[str]:
        users: dict[str, list[int]] = {}
        for subnet in self._cloud.network.subnets_of(self._vpc.id):
            acl = self._cloud.network.network_acl_of(subnet.id)
            if acl is not None:
                users.setdefault(acl.id, []).append(self.subnets[subnet.id])
        for number, (acl_id, groups) in enumerate(users.items(), 1):
            yield from network_acl(number, self._cloud.network.network_acls[acl_id], groups)


def blocks_of(vpc: Vpc) -> list[IPNetwork]:
    """Return the known blocks of a VPC, its primary IPv4 one first."""
    every: tuple[Maybe[IPNetwork], ...] = (*vpc.cidr_blocks, *vpc.ipv6_cidr_blocks)
    return [block for block in every if not isinstance(block, Unknown)]
