"""The router of a VPC: one namespace with its interfaces' links, route tables, filters and resolver addresses.

It is built in two steps, since routes name links: `attach` every interface and gateway, then `load`. `change` sets a
new cloud; the same two steps follow for additions and removals. Unchanged parts keep their links and connections.
Namespace thread only.
"""

import logging
from collections.abc import Mapping, Sequence
from contextlib import suppress
from ipaddress import IPv4Address, IPv4Network, IPv6Address

from netful.fabric.kernel import nft
from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.node import EVERYWHERE, GATEWAY, GATEWAY6, LeafLink, Node, addresses_of, join_leaf, leaf_mac
from netful.fabric.routers.routing import NextHop, RouteTables
from netful.fabric.rules.ruleset import BASE
from netful.fabric.rules.ruleset_change import Contents, steps
from netful.fabric.rules.vpc_filters import Attached, Links, Translator, VpcFilters, blocks_of, inspects
from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.route_tables import Route, TargetKind
from netful.model.network.vpc import IPAddress, Vpc

LINK_LOCAL_RESOLVER = IPv4Address("169.254.169.253")
RESOLVER6 = IPv6Address("fd00:ec2::253")
_LOOPBACK = 1
_WAYS_BACK = 500  # the priority of their rules: before every route table

log = logging.getLogger(__name__)


class VpcRouter:
    """The router of one VPC. `gateway_links` are link numbers by the id of the route target.

    Most methods are one list: each adds, changes or deletes one kind of link.
    """

    def __init__(self, cloud: Cloud, vpc: Vpc, netns: Netns) -> None:
        self.vpc = vpc
        self.node = Node(netns, router=True, ipv6=any(block.version == 6 for block in blocks_of(vpc)))
        self.gateway_links: dict[str, int] = {}
        self._cloud = cloud
        self._filters = VpcFilters(cloud, vpc)
        self._routes = RouteTables(self.node)
        self._attached: dict[str, Attached] = {}
        self._link_numbers: dict[str, int] = {}
        self._named = Links()
        self._border_links: dict[str, int] = {}
        self._transit_links: dict[tuple[str, str], int] = {}
        self._next_link = 1
        self._ways_back: dict[int, int] = {}
        self._loaded: Contents | None = None
        for address in self.resolver_addresses:
            self.node.rtnetlink.address(address, _LOOPBACK)
        for block in blocks_of(vpc):
            self.node.rtnetlink.blackhole(block)
        self.node.rtnetlink.flush()

    def may_become(self, vpc: Vpc) -> bool:
        """Return whether this router can become that VPC's: only secondary blocks may change (§1.1)."""
        own, others = blocks_of(self.vpc), blocks_of(vpc)
        return own[:1] == others[:1] and self.node.ipv6 == any(block.version == 6 for block in others)

    def update(self, cloud: Cloud, vpc: Vpc) -> None:
        """Follow this cloud from now on; `load` then updates the kernel."""
        before, after = {*blocks_of(self.vpc)}, {*blocks_of(vpc)}
        for block in before - after:
            self.node.rtnetlink.delete_route(block)
        for block in after - before:
            self.node.rtnetlink.blackhole(block)
        self.vpc, self._cloud = vpc, cloud
        self._filters.update(cloud, vpc)
        self.node.rtnetlink.flush()

    @property
    def blocks(self) -> list[IPv4Network]:
        """The VPC's IPv4 blocks, the primary one first."""
        return [block for block in self.vpc.cidr_blocks if isinstance(block, IPv4Network)]

    @property
    def interfaces(self) -> list[NetworkInterface]:
        """The interfaces that are attached."""
        return [attached.interface for attached in self._attached.values()]

    def attached(self) -> list[Attached]:
        """Return the interfaces that are attached, with the names of their links. Any thread may ask."""
        return list(self._attached.copy().values())

    @property
    def resolver_address(self) -> IPv4Address:
        """The resolver's address: base + 2 of the primary block (vpc-network §6.1)."""
        return self.blocks[0][2]

    def resolver_for(self, addresses: Sequence[IPAddress]) -> IPAddress:
        """Return the resolver's address for a client with these addresses: the IPv6 one if it has no IPv4 address."""
        return self.resolver_address if any(address.version == 4 for address in addresses) else RESOLVER6

    @property
    def resolver_addresses(self) -> list[IPAddress]:
        """All addresses of the resolver, including the link-local one and the IPv6 one."""
        return [self.resolver_address, LINK_LOCAL_RESOLVER, *((RESOLVER6,) if self.node.ipv6 else ())]

    def attach(self, eni: NetworkInterface, leaf: Netns, *, live: bool = False) -> LeafLink:
        """Link an interface to the router; `live` if the filters are loaded already. An address of it must be known."""
        name = f"e{self._next_link}"
        self._next_link += 1
        group = self.device_group(str(eni.subnet_id))
        link = join_leaf(self.node, leaf, name, addresses_of(eni), group=group)
        self._link_numbers[eni.id] = link.number
        self._attached[eni.id] = Attached(eni, name)
        forwards = eni.owner is InterfaceOwner.NAT_GATEWAY or inspects(self._cloud, eni)
        if self.node.ipv6 and forwards:  # it takes IPv6 packets, though it has no such address
            self.node.rtnetlink.neighbour(GATEWAY6, leaf_mac(link.number), link.number)
        if live:
            self._live(self._filters.one_more(self._attached[eni.id]))
        return link

    def link_to(self, eni_id: str) -> str:
        """Return the name of the router's end of an interface's link."""
        return self._attached[eni_id].link

    def link_number(self, eni_id: str) -> int:
        """Return the number of the router's end of an interface's link."""
        return self._link_numbers[eni_id]

    def _live(self, lines: list[str]) -> None:
        """Add lines to the loaded ruleset, between two loads."""
        assert self._loaded is not None
        self._loaded.add(lines)
        nft.load(self.node.netns, "\n".join(lines))

    def renew(self, eni: NetworkInterface) -> None:
        """Follow this state of an attached interface, whose groups may differ."""
        self._attached[eni.id] = Attached(eni, self.link_to(eni.id))

    def detach(self, eni_id: str, *, live: bool = False) -> None:
        """Remove an interface, and with it every connection through it."""
        attached = self._attached.pop(eni_id, None)
        if attached is None or self.node.netns.closed:
            return
        self._delete_link(self._link_numbers.pop(eni_id))
        if live:
            lines = [*self._filters.interface(attached)]
            assert self._loaded is not None
            self._loaded.take_out(lines)
            nft.load(self.node.netns, "\n".join(line.replace("add", "delete", 1) for line in lines))

    def gateway_endpoint(self, endpoint_id: str, name: str, link: int) -> None:
        """Record the link to a gateway endpoint, which answers only on ports 80 and 443."""
        self.gateway_links[endpoint_id] = link
        self._named.gateway_endpoints[endpoint_id] = name

    def translator(self, nat_id: str, name: str, link: int, addresses: Mapping[IPv4Address, IPv4Address]) -> None:
        """Record the link to a regional NAT gateway, with its addresses there and their public ones."""
        self.gateway_links[nat_id] = link
        self._named.translators[nat_id] = Translator(name, addresses)

    def translators(self) -> dict[str, Translator]:
        """Return the links of regional NAT gateways, by id. Any thread may ask."""
        return self._named.translators.copy()

    def drop_gateway(self, target_id: str) -> None:
        """Remove the link to a gateway."""
        self._named.translators.pop(target_id, None)
        self._named.gateway_endpoints.pop(target_id, None)
        self._delete_link(self.gateway_links.pop(target_id))

    def drop_transit(self) -> None:
        """Remove every link to peers, transit gateways and on-premises."""
        for link in (*self._border_links.values(), *self._transit_links.values()):
            self._delete_link(link)
        for target_id in self._border_links:
            del self.gateway_links[target_id]
        for known in (self._border_links, self._transit_links):
            known.clear()
        self._named.borders.clear()
        self._named.passages.clear()

    def _delete_link(self, link: int) -> None:
        self.node.rtnetlink.delete_link(link)
        with suppress(OSError):  # the far end's namespace may have removed it already
            self.node.rtnetlink.flush()
        self._routes.forget(link)

    def border(self, target_id: str, name: str, link: int) -> None:
        """Record a link to a peered VPC or on-premises; it admits only packets for this VPC."""
        self.gateway_links[target_id] = self._border_links[target_id] = link
        self._named.borders[target_id] = name

    def passage(self, transit_gateway_id: str, zone: str, name: str, link: int) -> None:
        """Record the link of a transit gateway's attachment in a zone; it admits packets for other networks."""
        self._transit_links[transit_gateway_id, zone] = link
        self._named.passages[name] = transit_gateway_id

    def device_group(self, subnet_id: str) -> int:
        """Return the device group of a subnet's links."""
        return self._filters.subnets[subnet_id]

    def load(self) -> None:
        """Load the filters of the attached interfaces in one transaction, and update the route tables."""
        fresh = self._filters.whole(self._attached, self._named)
        changes = [*steps(self._loaded, fresh)] if self._loaded else [BASE, *steps(Contents(), fresh)]
        if changes:
            nft.load(self.node.netns, "\n".join(changes))
        self._loaded = fresh
        self._lead_back()
        prefixes = {
            prefix_list.id: tuple(b for b in prefix_list.cidr_blocks if not isinstance(b, Unknown))
            for prefix_list in self._cloud.network.prefix_lists.values()
        }
        self._routes.sync(self._filters.route_tables(), blocks_of(self.vpc), prefixes, self._next_hop)

    def _lead_back(self) -> None:
        """Route answers of a network load balancer's targets back through its node, and those to peers' NAT gateways over peerings."""
        for attached in self._attached.values():
            mark = self._filters.way_back(attached.interface)
            link = self._link_numbers[attached.interface.id]
            if mark is not None:
                self._lead(mark, link, attached.interface.private_ip_address)
        for target_id, link in self._border_links.items():
            self._lead(self._filters.way_to(target_id), link, GATEWAY)
        self.node.rtnetlink.flush()

    def _lead(self, mark: int, link: int, via: IPv4Address | None) -> None:
        """Route packets with a mark by a link."""
        if self._ways_back.get(mark) != link:
            if mark not in self._ways_back:
                self.node.rtnetlink.rule(_WAYS_BACK, mark=mark, table=mark)
            self._ways_back[mark] = link
            self.node.rtnetlink.route(EVERYWHERE, link=link, via=via, table=mark)

    def _next_hop(self, route: Route, zone: str) -> NextHop:
        target = route.target_id
        if route.blackhole or isinstance(target, Unknown):
            return NextHop(None)
        if route.target_kind is TargetKind.TRANSIT_GATEWAY:  # only from a zone that is attached (§7.2)
            return NextHop(self._transit_links.get((target, zone)))
        if target in self.gateway_links:
            return NextHop(self.gateway_links[target])
        for eni in self.interfaces:
            if target in {eni.id, eni.owner_id}:
                return NextHop(self._link_numbers[eni.id], tuple(addresses_of(eni)))
        if route.target_kind is not TargetKind.LOCAL:
            log.warning("%s: nothing is built for `%s`: its packets are dropped", route.origin, target)
        return NextHop(None)
