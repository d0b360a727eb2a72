"""The model in the kernel: builds every namespace of a cloud, and hands out doors, sandboxes and positions.

Only this module knows all the parts. Everything that it makes is anonymous and held by this process alone, so the end
of the process, however it comes, is the end of the network. Methods run on the namespace thread.
"""

from __future__ import annotations

import logging
import socket as sockets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network
from itertools import count

from netful.fabric.door import Door, DoorKind
from netful.fabric.egress import Egress, Sandbox
from netful.fabric.gateways import GatewayEndpointNode, NatGatewayNode
from netful.fabric.interconnect import OnPremises, TransitGatewayNode, peer
from netful.fabric.internet import ECHO_PORT, RESOLVER, Internet
from netful.fabric.netns import Netns, NetnsPool
from netful.fabric.node import Node, configure_leaf
from netful.fabric.position import Position
from netful.fabric.router import VpcRouter
from netful.fabric.rtnetlink import LOOPBACK, Rtnetlink
from netful.model.addresses import INTERNET_CLIENT, LAMBDA_SERVICE
from netful.model.allocation import free_addresses
from netful.model.cloud import Cloud
from netful.model.endpoint import EndpointType, VpcEndpoint
from netful.model.errors import StackError
from netful.model.function import Function
from netful.model.interface import InterfaceOwner, NetworkInterface
from netful.model.vpc import PrefixList

SERVICE_RESOLVER = IPv4Address("169.254.78.1")
"""The resolver of functions outside a VPC; its address is no contract (lambda §1.6)."""

log = logging.getLogger(__name__)


class Purpose(StrEnum):
    """What is to be served at a door's socket."""

    HTTPS = "https"
    HTTP = "http"
    ECHO = "echo"
    DNS_UDP = "dns-udp"
    DNS_TCP = "dns-tcp"


@dataclass(frozen=True, slots=True)
class OpenDoor:
    """A socket that waits to be served, and what coming through it means."""

    door: Door
    purpose: Purpose
    socket: sockets.socket


class Fabric:
    """The network of a cloud. `doors` are to be served by the caller's event loop."""

    def __init__(self, cloud: Cloud, limbo: int) -> None:
        self.cloud = cloud
        self.doors: list[OpenDoor] = []
        self._limbo = limbo
        self._pool = NetnsPool(limbo)
        self._routers: dict[str, VpcRouter] = {}
        self._egresses: dict[str, Egress] = {}
        self._nodes: list[NatGatewayNode | GatewayEndpointNode | TransitGatewayNode | OnPremises] = []
        self._leaves: dict[str, Node] = {}
        self._turn = count()
        self._clients = count()
        self._visitors = count(1)
        self.internet = Internet(self._netns())
        self._open_internet_doors()
        self._build_service_network()
        for vpc in cloud.vpcs.values():
            router = VpcRouter(cloud, vpc, self._netns())
            if not router.blocks:
                log.warning("%s: `%s` has no known IPv4 block and is not built", vpc.origin, vpc.id)
                continue
            self._routers[vpc.id] = router
            self._build(router)
        for peering in cloud.vpc_peering_connections.values():
            near, far = self._routers.get(str(peering.vpc_id)), self._routers.get(str(peering.peer_vpc_id))
            if peering.active and near is not None and far is not None:
                peer(peering.id, near, far)
        self._connect()
        for router in self._routers.values():
            router.load()

    def _connect(self) -> None:
        """Join VPCs by transit gateways, and to on-premises."""
        for gateway in self.cloud.transit_gateways.values():
            self._nodes.append(TransitGatewayNode(self.cloud, gateway.id, self._netns(), self._routers))
        for vpn_gateway in self.cloud.vpn_gateways.values():
            router = self._routers.get(str(vpn_gateway.vpc_id))
            connections = [c for c in self.cloud.vpn_connections.values() if c.vpn_gateway_id == vpn_gateway.id]
            blocks = [b for c in connections for b in c.routes if isinstance(b, IPv4Network)]
            if router is not None:
                self._nodes.append(OnPremises(self._netns(), router, vpn_gateway.id, blocks))

    def _netns(self) -> Netns:
        return Netns.create(self._limbo)

    # --- building ---------------------------------------------------------------------------------------------------

    def _build(self, router: VpcRouter) -> None:
        vpc_id = router.vpc.id
        enis = [e for e in self.cloud.network_interfaces.values() if self._vpc_id(e) == vpc_id]
        for gateway in self.cloud.internet_gateways.values():
            if gateway.vpc_id == vpc_id:
                public = [e.public_ip for e in enis if e.public_ip is not None]
                self.internet.join_gateway(router, gateway.id, public)
        for eni in enis:
            if eni.private_ip_address is None:
                log.warning("%s: `%s` has no address (is its subnet full?) and is not built", eni.origin, eni.id)
                continue
            self._build_interface(router, eni)
        for endpoint in self.cloud.vpc_endpoints.values():
            if endpoint.vpc_id == vpc_id and endpoint.type is EndpointType.GATEWAY:
                self._build_gateway_endpoint(router, endpoint)
        if router.vpc.enable_dns_support:
            for address in router.resolver_addresses:
                self._open_resolver(router.node.netns, vpc_id, address)

    def _build_interface(self, router: VpcRouter, eni: NetworkInterface) -> None:
        address = eni.private_ip_address
        assert address is not None
        if eni.owner is InterfaceOwner.LAMBDA:
            egress = Egress(self._netns(), address)
            router.attach(eni, egress.node.netns)
            egress.connect()
            self._egresses[eni.id] = egress
        elif eni.owner is InterfaceOwner.NAT_GATEWAY:
            nat = NatGatewayNode(self._netns(), address)
            router.attach(eni, nat.node.netns)
            nat.connect()
            self._nodes.append(nat)
        else:
            leaf = Node(self._netns())
            router.attach(eni, leaf.netns)
            configure_leaf(leaf.rtnetlink, address)
            self._leaves[eni.id] = leaf
            if eni.owner is InterfaceOwner.ENDPOINT:
                self._open_endpoint_door(leaf, eni, router.vpc.id)

    def _open_endpoint_door(self, leaf: Node, eni: NetworkInterface, vpc_id: str) -> None:
        door = Door(DoorKind.ENDPOINT, vpc_id, eni.owner_id)
        for purpose, port in ((Purpose.HTTPS, 443), (Purpose.HTTP, 80)):
            self._open(door, purpose, leaf.netns, str(eni.private_ip_address), port)

    def _build_gateway_endpoint(self, router: VpcRouter, endpoint: VpcEndpoint) -> None:
        blocks = [
            block
            for prefix_list in self.cloud.prefix_lists.values()
            if prefix_list.name == endpoint.service_name
            for block in _blocks(prefix_list)
        ]
        node = GatewayEndpointNode(router, self._netns(), endpoint.id, blocks)
        self._nodes.append(node)
        door = Door(DoorKind.GATEWAY_ENDPOINT, router.vpc.id, endpoint.id)
        self._open(door, Purpose.HTTPS, node.node.netns, "0.0.0.0", 443)  # noqa: S104  # the whole prefix
        self._open(door, Purpose.HTTP, node.node.netns, "0.0.0.0", 80)  # noqa: S104  # same

    def _build_service_network(self) -> None:
        """Functions outside a VPC: the Lambda service's own network, seen from one public address (lambda §1.1)."""
        egress = Egress(self._netns(), LAMBDA_SERVICE, resolver=SERVICE_RESOLVER)
        self.internet.join_client(egress.node.netns, LAMBDA_SERVICE)
        egress.connect()
        self._egresses[""] = egress
        self._open_resolver(egress.node.netns, None, SERVICE_RESOLVER)

    def _open_internet_doors(self) -> None:
        door, netns = Door(DoorKind.INTERNET), self.internet.node.netns
        for purpose, port in ((Purpose.HTTPS, 443), (Purpose.HTTP, 80), (Purpose.ECHO, ECHO_PORT)):
            self._open(door, purpose, netns, "0.0.0.0", port)  # noqa: S104  # every public address
        self._open_resolver(netns, None, RESOLVER)

    def _open_resolver(self, netns: Netns, vpc_id: str | None, address: IPv4Address) -> None:
        door = Door(DoorKind.LOCAL, vpc_id)
        self.doors.append(OpenDoor(door, Purpose.DNS_UDP, netns.datagrams(address, 53)))
        self.doors.append(OpenDoor(door, Purpose.DNS_TCP, netns.listen(address, 53)))

    def _open(self, door: Door, purpose: Purpose, netns: Netns, address: str, port: int) -> None:
        self.doors.append(OpenDoor(door, purpose, netns.listen(address, port)))

    def _vpc_id(self, eni: NetworkInterface) -> str | None:
        vpc = self.cloud.vpc_of(eni.subnet_id) if isinstance(eni.subnet_id, str) else None
        return vpc.id if vpc else None

    # --- sandboxes and positions ------------------------------------------------------------------------------------

    def resolver_of(self, function: Function) -> IPv4Address:
        """The name server that a function's sandboxes are given."""
        eni = self._egress_interfaces(function)
        router = self._routers.get(self._vpc_id(eni[0]) or "") if eni else None
        return _resolver(router)

    def attach(self, function: Function) -> Sandbox:
        """Make the network of a new sandbox, behind the function's ENIs in turn.

        Raises StackError when the function has a VpcConfig whose ENIs could not be built.
        """
        enis = self._egress_interfaces(function)
        if not enis:
            return self._egresses[""].attach(self._pool)
        eni = enis[next(self._turn) % len(enis)]
        return self._egresses[eni.id].attach(self._pool)

    def prepare(self) -> None:
        """Do what makes the next `attach` quick; to be called when there is time."""
        self._pool.fill()

    def _egress_interfaces(self, function: Function) -> list[NetworkInterface]:
        if not function.in_vpc:
            return []
        enis = [e for e in self.cloud.interfaces_of(function.id) if e.id in self._egresses]
        if not enis:
            raise StackError(
                f"`{function.id}` has no network interface",
                origin=function.origin,
                why="its subnets or security groups are unknown, or its subnet has no free address",
                hint=f"netful show {function.id}",
            )
        return enis

    def function_positions(self, function: Function) -> Iterator[Position]:
        """A sandbox's position behind each of the function's ENIs: a path must hold from all of them."""
        enis = self._egress_interfaces(function)
        for eni in enis:
            yield self.sandbox_position(eni.id)
        if not enis:
            yield self.sandbox_position(None)

    def sandbox_position(self, eni_id: str | None) -> Position:
        """The place of a sandbox behind an ENI; None: of a function outside any VPC."""
        egress = self._egresses.get(eni_id or "")
        if egress is None:
            raise StackError(f"`{eni_id}` is not built", why="its subnet is unknown or has no free address")
        sandbox = egress.attach(self._pool)
        router = self._routers.get(self._vpc_id(self.cloud.network_interfaces[eni_id]) or "") if eni_id else None
        return Position(
            name=f"behind {eni_id} {egress.address}" if eni_id else "outside any VPC",
            netns=sandbox.netns,
            address=sandbox.address,
            resolver=_resolver(router),
            release=sandbox.close,
        )

    def subnet_position(self, subnet_id: str, security_group_ids: tuple[str, ...]) -> Position:
        """An interface of its own in a subnet, with groups and a private address only."""
        router = self._routers.get(self._vpc_of_subnet(subnet_id))
        block = self.cloud.subnets[subnet_id].cidr_block
        if router is None or not isinstance(block, IPv4Network):
            raise StackError(f"the subnet `{subnet_id}` is not built", why="its VPC or its block is unknown")
        taken = {link.private_ip_address for link in router.interfaces if link.subnet_id == subnet_id}
        address = next((a for a in reversed([*free_addresses(block, set())]) if a not in taken), None)
        if address is None:
            raise StackError(f"`{subnet_id}` has no free address")
        eni = NetworkInterface(
            id=f"eni-visitor-{next(self._visitors)}",
            owner=InterfaceOwner.OTHER,
            owner_id="",
            subnet_id=subnet_id,
            security_group_ids=security_group_ids,
            private_ip_address=address,
        )
        netns = self._pool.take()
        router.attach(eni, netns, live=True)
        return self._position(f"{subnet_id} {address}", netns, address, _resolver(router), _leave(router, eni.id))

    def interface_position(self, eni_id: str) -> Position:
        """The place of an interface that stands in the template (an instance's, an endpoint's)."""
        leaf = self._leaves.get(eni_id)
        eni = self.cloud.network_interfaces[eni_id]
        router = self._routers.get(self._vpc_id(eni) or "")
        if leaf is None or router is None or eni.private_ip_address is None:
            raise StackError(f"nothing can run at `{eni_id}`", why=f"it belongs to a {eni.owner}")
        return Position(eni_id, leaf.netns, eni.private_ip_address, _resolver(router), lambda: None)

    def internet_position(self) -> Position:
        """A client on the internet with a public address of its own."""
        places = int(LAMBDA_SERVICE) - int(INTERNET_CLIENT)
        address = INTERNET_CLIENT + next(self._clients) % places
        netns = self._pool.take()
        self.internet.join_client(netns, address)
        return self._position("internet", netns, address, RESOLVER, lambda: None)

    def _position(
        self, name: str, netns: Netns, address: IPv4Address, resolver: IPv4Address, release: Callable[[], None]
    ) -> Position:
        rtnetlink = Rtnetlink(netns)
        rtnetlink.up(LOOPBACK)
        configure_leaf(rtnetlink, address)
        rtnetlink.close()

        def leave() -> None:
            release()
            netns.close()

        return Position(name, netns, address, resolver, leave)

    def _vpc_of_subnet(self, subnet_id: str) -> str:
        vpc = self.cloud.vpc_of(subnet_id)
        return vpc.id if vpc else ""

    def close(self) -> None:
        """Let go of everything. Sockets that are being served are closed by their servers."""
        for router in self._routers.values():
            router.node.close()
        for part in (*self._egresses.values(), *self._nodes, *self._leaves.values(), self._pool, self.internet):
            part.close()


def _leave(router: VpcRouter, eni_id: str) -> Callable[[], None]:
    return lambda: router.detach(eni_id, live=True)


def _resolver(router: VpcRouter | None) -> IPv4Address:
    return router.resolver_addresses[0] if router else SERVICE_RESOLVER


def _blocks(prefix_list: PrefixList) -> tuple[IPv4Network, ...]:
    return tuple(block for block in prefix_list.cidr_blocks if isinstance(block, IPv4Network))
