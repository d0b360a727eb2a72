"""The model in the kernel: the internet, every VPC, and what connects them; sandboxes and positions in them.

Everything that is made is anonymous and held by this process alone, so the end of the process, however it comes, is the
end of the network. Methods run on the namespace thread.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from ipaddress import IPv4Address, IPv4Network
from itertools import count

from netful.fabric.doors.door import Door, DoorKind
from netful.fabric.doors.doors import ANY, ANY6, Doors
from netful.fabric.kernel.netns import Netns, NetnsPool
from netful.fabric.kernel.node import LeafLink, Node, addresses_of
from netful.fabric.kernel.options import Options
from netful.fabric.kernel.rtnetlink import LOOPBACK, Rtnetlink
from netful.fabric.lambda_network.egress import Egress, Sandbox
from netful.fabric.lambda_network.further_interfaces import FurtherInterface
from netful.fabric.lambda_network.sandbox_interfaces import SandboxInterfaces
from netful.fabric.outside.distance import Distance, delays_of
from netful.fabric.outside.internet import ECHO_PORT, RESOLVER, Internet
from netful.fabric.position import Position
from netful.fabric.routers.router import VpcRouter
from netful.fabric.rules.vpc_filters import blocks_of
from netful.fabric.vpcs.interconnect import Interconnect
from netful.fabric.vpcs.network_balancer import NetworkBalancerNode
from netful.fabric.vpcs.private_link import PrivateLinks, ServiceLink
from netful.fabric.vpcs.vpc_network import VpcNetwork
from netful.model.access.internet_client import InternetClient
from netful.model.allocation import free_addresses
from netful.model.cloud import Cloud
from netful.model.core.errors import StackError
from netful.model.core.unknown import Unknown
from netful.model.functions.function import Function
from netful.model.names import service_names
from netful.model.network.addresses import INTERNET6_CLIENT, INTERNET_CLIENT, LAMBDA_SERVICE, service_address
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import IPAddress

SERVICE_RESOLVER = IPv4Address("169.254.78.1")
"""The resolver of functions outside a VPC; its address is no contract (lambda §1.6)."""

log = logging.getLogger(__name__)


class Fabric:
    """The network of a cloud. `doors` are to be served by the caller's event loop."""

    def __init__(self, cloud: Cloud, limbo: int, options: Options | None = None) -> None:
        self.cloud = cloud
        self._options = options or Options()
        self.doors = Doors()
        self._limbo = limbo
        self._pool = NetnsPool(limbo)
        self._vpcs: dict[str, VpcNetwork] = {}
        self._turn = count()
        self._clients = count()
        self._visitors = count(1)
        self._taken: set[IPv4Address] = set()
        self._internet = Internet(self._netns())
        self._open_internet_doors()
        self._service_network = self._build_service_network()
        self._interconnect: Interconnect | None = None
        self._private_links = PrivateLinks()
        self.change(cloud)

    def change(self, cloud: Cloud) -> None:
        """Become the network of another cloud; what is the same in both stays, its connections included."""
        self._internet.change(cloud)
        self._change_vpcs(cloud)
        if self._interconnect is not None and not self._interconnect.same_as(cloud):
            self._disconnect()
        self.cloud = cloud
        if self._interconnect is None:
            self._interconnect = Interconnect(
                cloud, self._limbo, {i: n.router for i, n in self._vpcs.items()}, self.doors
            )
        self._private_links.change(
            cloud, {i: owner for network in self._vpcs.values() for i, owner in network.owners.items()}
        )
        for network in self._vpcs.values():
            network.router.load()

    def _change_vpcs(self, cloud: Cloud) -> None:
        """Close, change and build VPCs; what connects them goes where one comes, goes, or has other blocks."""
        for vpc_id, network in [*self._vpcs.items()]:
            kept = cloud.network.vpcs.get(vpc_id)
            if kept is None or not network.router.may_become(kept):
                self._disconnect()
                self._vpcs.pop(vpc_id).close()
            elif blocks_of(kept) != blocks_of(network.router.vpc):  # transit gateways propagate them
                self._disconnect()
        for vpc in cloud.network.vpcs.values():
            if vpc.id in self._vpcs:
                self._vpcs[vpc.id].change(cloud, vpc)
            elif not any(isinstance(block, IPv4Network) for block in vpc.cidr_blocks):
                log.warning("%s: `%s` has no known IPv4 block and is not built", vpc.origin, vpc.id)
            else:
                self._disconnect()
                self._vpcs[vpc.id] = VpcNetwork(cloud, vpc, self._limbo, self.doors, self._internet, self._options)

    @property
    def networks(self) -> list[VpcNetwork]:
        """The VPCs that are built."""
        return [*self._vpcs.values()]

    @property
    def routers(self) -> list[VpcRouter]:
        """The routers of all VPCs."""
        return [network.router for network in self._vpcs.values()]

    def _disconnect(self) -> None:
        if self._interconnect is not None:
            self._interconnect.close()
            self._interconnect = None

    def _netns(self) -> Netns:
        return Netns.create(self._limbo)

    def _build_service_network(self) -> Egress:
        """Functions outside a VPC: the Lambda service's own network, seen from one public address (lambda §1.1)."""
        egress = Egress(self._netns(), [LAMBDA_SERVICE], resolver=SERVICE_RESOLVER)
        link = self._internet.join_client(egress.node.netns, [LAMBDA_SERVICE])
        link.configure(egress.node.rtnetlink, [LAMBDA_SERVICE])
        self.doors.open_resolver("service network", None, egress.node.netns, SERVICE_RESOLVER)
        return egress

    def _open_internet_doors(self) -> None:
        netns, door = self._internet.node.netns, Door(DoorKind.INTERNET)
        for every in (ANY, ANY6):
            self.doors.open_web("internet", door, netns, every)
            self.doors.open_echo("internet", door, netns, every, ECHO_PORT)
        self.doors.open_resolver("internet", None, netns, RESOLVER)

    # --- sandboxes --------------------------------------------------------------------------------------------------

    def resolver_of(self, function: Function) -> IPv4Address:
        """The name server that a function's sandboxes are given."""
        enis = self._egress_interfaces(function)
        return self._network_of(enis[0]).router.resolver_address if enis else SERVICE_RESOLVER

    def attach(self, function: Function) -> Sandbox:
        """Make the network of a new sandbox, behind the function's ENIs in turn.

        Raises StackError when the function has a VpcConfig whose ENIs could not be built.
        """
        enis = self._egress_interfaces(function)
        eni = enis[next(self._turn) % len(enis)] if enis else None
        egress = self._egress(eni)
        if eni is not None:
            egress = self._network_of(eni).further.place(self.cloud, eni, egress)
        return egress.attach(self._pool)

    def further_interfaces(self, eni_id: str) -> list[FurtherInterface]:
        """The interfaces that Lambda has added to a shared one. On any thread."""
        return [one for network in self.networks for one in network.further.of(eni_id)]

    def router_of(self, subnet_id: str) -> VpcRouter:
        """The router of a subnet's VPC."""
        vpc = self.cloud.network.vpc_of(subnet_id)
        if vpc is None or vpc.id not in self._vpcs:
            raise StackError(f"the subnet `{subnet_id}` is not built", why="its VPC or its block is unknown")
        return self._vpcs[vpc.id].router

    def sandbox_interfaces(self) -> SandboxInterfaces:
        """The interfaces of Lambda's old design, none so far."""
        return SandboxInterfaces(self.router_of, lambda: self.routers, self._limbo, self._pool)

    def prepare(self) -> None:
        """Do what makes the next `attach` quick; to be called when there is time."""
        self._pool.fill()

    def _egress(self, eni: NetworkInterface | None) -> Egress:
        owner = self._network_of(eni).owners.get(eni.id) if eni is not None else self._service_network
        if not isinstance(owner, Egress):
            raise StackError("no sandbox can run there", why="its subnet is unknown or has no free address")
        return owner

    def _egress_interfaces(self, function: Function) -> list[NetworkInterface]:
        if not function.in_vpc:
            return []
        enis = [e for e in self._shared_interfaces(function) if self._is_built(e)]
        if not enis:
            raise StackError(
                f"`{function.id}` has no network interface",
                origin=function.origin,
                why="its subnets or security groups are unknown, or its subnet has no free address",
                hint=f"netful show {function.id}",
            )
        return enis

    def _shared_interfaces(self, function: Function) -> Iterable[NetworkInterface]:
        """The interfaces of a function's subnets and groups, which are others than `$LATEST`'s for an older version."""
        own = self.cloud.network.interfaces_of(function.id)
        fitting = [eni for eni in own if _fits(eni, function)]
        return fitting or [e for e in self.cloud.network.network_interfaces.values() if _fits(e, function)] or own

    def _is_built(self, eni: NetworkInterface) -> bool:
        return any(eni.id in network.owners for network in self._vpcs.values())

    def _network_of(self, eni: NetworkInterface) -> VpcNetwork:
        vpc = self.cloud.network.vpc_of(eni.subnet_id) if isinstance(eni.subnet_id, str) else None
        if vpc is None or vpc.id not in self._vpcs:
            raise StackError(f"the subnet `{eni.subnet_id}` is not built", why="its VPC or its block is unknown")
        return self._vpcs[vpc.id]

    # --- positions --------------------------------------------------------------------------------------------------

    def function_positions(self, function: Function) -> Iterator[Position]:
        """A sandbox's position behind each of the function's ENIs: a path must hold from all of them."""
        enis = self._egress_interfaces(function)
        for eni in enis:
            yield self.sandbox_position(eni)
        if not enis:
            yield self.sandbox_position(None)

    def sandbox_position(self, eni: NetworkInterface | None) -> Position:
        """The place of a sandbox behind an ENI; None: of a function outside any VPC."""
        egress = self._egress(eni)
        sandbox = egress.attach(self._pool)
        return Position(
            name=f"behind {eni.id} {egress.address}" if eni else "outside any VPC",
            netns=sandbox.netns,
            address=sandbox.address,
            resolver=self._network_of(eni).router.resolver_address if eni else SERVICE_RESOLVER,
            release=sandbox.close,
        )

    def subnet_position(self, subnet_id: str, security_group_ids: tuple[str, ...]) -> Position:
        """An interface of its own in a subnet, with groups and a private address only."""
        eni = NetworkInterface(
            id=f"eni-visitor-{next(self._visitors)}",
            owner=InterfaceOwner.OTHER,
            owner_id="",
            subnet_id=subnet_id,
            security_group_ids=security_group_ids,
        )
        router = self._network_of(eni).router
        eni = self._addressed(eni, subnet_id, router)
        assert eni.private_ip_address is not None
        netns = self._pool.take()
        link = router.attach(eni, netns, live=True)
        name = f"{subnet_id} {eni.private_ip_address}"
        leave = partial(router.detach, eni.id, live=True)
        return _stand(name, netns, link, addresses_of(eni), router.resolver_address, leave)

    def _addressed(self, eni: NetworkInterface, subnet_id: str, router: VpcRouter) -> NetworkInterface:
        """The interface with the last free address of its subnet: the first ones are for what the template makes."""
        block = self.cloud.network.subnets[subnet_id].cidr_block
        assert isinstance(block, IPv4Network)
        taken = {other.private_ip_address for other in router.interfaces if other.subnet_id == subnet_id}
        free = [address for address in free_addresses(block, set()) if address not in taken]
        if not free:
            raise StackError(f"`{subnet_id}` has no free address")
        return NetworkInterface(
            eni.id, eni.owner, eni.owner_id, subnet_id, eni.security_group_ids, private_ip_address=free[-1]
        )

    def interface_position(self, eni_id: str) -> Position:
        """The place of an interface that stands in the template (an instance's, an endpoint's)."""
        eni = self.cloud.network.network_interfaces[eni_id]
        network = self._network_of(eni)
        owner = network.owners.get(eni_id)
        if isinstance(owner, NetworkBalancerNode):
            owner = owner.node
        if not isinstance(owner, Node) or eni.private_ip_address is None:
            raise StackError(f"nothing can run at `{eni_id}`", why=f"it belongs to a {eni.owner}")
        return Position(eni_id, owner.netns, eni.private_ip_address, network.router.resolver_address, lambda: None)

    def namespace_of(self, eni_id: str) -> Netns:
        """The namespace behind an interface, for a program to run in."""
        owner = self._network_of(self.cloud.network.network_interfaces[eni_id]).owners[eni_id]
        return owner.netns if isinstance(owner, Node) else owner.node.netns

    def service_links(self, eni_id: str) -> tuple[ServiceLink, ...]:
        """The links by which endpoints lead to a node of a network load balancer."""
        return self._private_links.at(self.cloud, eni_id)

    def set_unhealthy(self, eni_id: str, targets: frozenset[str]) -> None:
        """Have a node of a network load balancer use these targets no more (`GROUP/ADDRESS:PORT`)."""
        owner = self._network_of(self.cloud.network.network_interfaces[eni_id]).owners.get(eni_id)
        if isinstance(owner, NetworkBalancerNode):
            owner.set_unhealthy(targets)

    def internet_position(self) -> Position:
        """A client on the internet with a public address of its own."""
        places = int(LAMBDA_SERVICE) - int(INTERNET_CLIENT)
        address = INTERNET_CLIENT + next(self._clients) % places
        netns = self._pool.take()
        both: list[IPAddress] = [address, INTERNET6_CLIENT + (int(address) - int(INTERNET_CLIENT))]
        return _stand("internet", netns, self._internet.join_client(netns, both), both, RESOLVER, lambda: None)

    def client_position(self, client: InternetClient) -> Position:
        """A declared client: with an address of its block, and as far away as it is."""
        address = next((one for one in client.hosts if one not in self._taken and not self._is_given(one)), None)
        if address is None:
            raise StackError(f"`{client.id}` has no free address", why=f"every one of {client.addresses} is in use")
        netns = self._pool.take()
        link, part = self._link_afar(client, netns, address) if client.region_ms else self._link_near(netns, address)
        self._taken.add(address)

        def leave() -> None:
            self._taken.discard(address)
            part()

        return _stand(client.id, netns, link, [address], RESOLVER, leave)

    def _link_near(self, netns: Netns, address: IPv4Address) -> tuple[LeafLink, Callable[[], None]]:
        return self._internet.join_client(netns, [address]), lambda: None

    def _link_afar(
        self, client: InternetClient, netns: Netns, address: IPv4Address
    ) -> tuple[LeafLink, Callable[[], None]]:
        between = Netns.create(self._limbo)
        link = self._internet.join_client(between, [address], bursts=False)
        distance = Distance(delays_of(client, self._near()))
        distance.start(between, netns, link)

        def part() -> None:
            distance.close()
            between.close()

        return link, part

    def _is_given(self, address: IPv4Address) -> bool:
        return any(address == given.public_ip for given in self.cloud.network.elastic_ips.values())

    def _near(self) -> Iterator[IPv4Address]:
        """What is as near as the edge: resolvers, and CloudFront's addresses."""
        yield RESOLVER
        for region in {self.cloud.region, *(api.region for api in self.cloud.apis.by_id.values())}:
            yield service_address(service_names.service("cloudfront"), region)

    def on_premises_position(self) -> Position:
        """A client on-premises, behind the first VPN whose addresses are known."""
        site = self._interconnect.on_premises if self._interconnect else None
        if site is None or site.address is None or site.resolver is None:
            raise StackError(
                "nothing is on-premises", why="no virtual private gateway has a VPN connection with a known block"
            )
        return Position("on-premises", site.node.netns, site.address, site.resolver, lambda: None)

    def close(self) -> None:
        """Let go of everything. Sockets that are being served are closed by their servers."""
        self._disconnect()
        for network in self._vpcs.values():
            network.close()
        self._service_network.close()
        self._pool.close()
        self._internet.close()


def _fits(eni: NetworkInterface, function: Function) -> bool:
    subnets, groups = function.subnet_ids, function.security_group_ids
    if eni.owner is not InterfaceOwner.LAMBDA or isinstance(subnets, Unknown) or isinstance(groups, Unknown):
        return False
    return eni.subnet_id in subnets and frozenset(eni.security_group_ids) == frozenset(groups)


def _stand(
    name: str,
    netns: Netns,
    link: LeafLink,
    addresses: list[IPAddress],
    resolver: IPv4Address,
    leave: Callable[[], None],
) -> Position:
    """Configure the near side of a place that was linked, and say how it is given up."""
    rtnetlink = Rtnetlink(netns)
    rtnetlink.up(LOOPBACK)
    link.configure(rtnetlink, addresses)
    rtnetlink.close()

    def release() -> None:
        leave()
        netns.close()

    assert isinstance(addresses[0], IPv4Address)
    return Position(name, netns, addresses[0], resolver, release)
