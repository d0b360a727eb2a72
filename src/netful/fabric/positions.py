"""Positions in the network, each for a command or a probe to run in. Namespace thread only."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import count

from netful.fabric.kernel.netns import NetnsPool
from netful.fabric.kernel.node import Node, addresses_of
from netful.fabric.outside.internet_clients import InternetClients
from netful.fabric.position import Position, placed
from netful.fabric.routers.spare_addresses import with_spare_addresses
from netful.fabric.sandboxes import Sandboxes
from netful.fabric.vpcs.built_vpcs import BuiltVpcs
from netful.fabric.vpcs.network_balancer import NetworkBalancerNode
from netful.model.access.internet_client import InternetClient
from netful.model.allocation import gets_ipv6
from netful.model.core import StackError
from netful.model.functions.function import Function
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface


class Positions:
    """Positions behind functions, at interfaces, in subnets, and outside the VPCs."""

    def __init__(self, vpcs: BuiltVpcs, sandboxes: Sandboxes, clients: InternetClients, pool: NetnsPool) -> None:
        self._vpcs = vpcs
        self._sandboxes = sandboxes
        self._clients = clients
        self._pool = pool
        self._visitors = count(1)

    def of_function(self, function: Function) -> Iterator[Position]:
        """Yield a sandbox's position behind each of the function's interfaces: a path must work from all of them."""
        enis: list[NetworkInterface | None] = [*self._sandboxes.interfaces_of(function)]
        yield from map(self.sandbox, enis or [None])

    def sandbox(self, eni: NetworkInterface | None) -> Position:
        """Return the place of a sandbox behind an interface; None means a function outside any VPC."""
        sandbox = self._sandboxes.attach_behind(eni)
        return Position(
            name=f"behind {eni.id} {addresses_of(eni)[0]}" if eni else "outside any VPC",
            netns=sandbox.netns,
            address=sandbox.address,
            resolver=self._sandboxes.resolver_behind(eni),
            release=sandbox.close,
        )

    def subnet(self, subnet_id: str, security_group_ids: tuple[str, ...]) -> Position:
        """Return an interface of its own in a subnet, with groups and a private address only."""
        router = self._vpcs.router_of(subnet_id)
        subnet = self._vpcs.cloud.network.subnets[subnet_id]
        number = next(self._visitors)
        eni = NetworkInterface(
            f"eni-visitor-{number}", InterfaceOwner.OTHER, "", subnet_id, security_group_ids=security_group_ids
        )
        ipv6 = gets_ipv6(self._vpcs.cloud, eni, subnet)
        eni = with_spare_addresses(eni, subnet, router.interfaces, ipv6=ipv6)
        own = addresses_of(eni)
        if not own:
            raise StackError(f"`{subnet_id}` has no free address")
        netns = self._pool.take()
        link = router.attach(eni, netns, live=True)
        leave = partial(router.detach, eni.id, live=True)
        place = placed(f"{subnet_id} {own[0]}", netns, link, own, router.resolver_for(own), leave)
        return replace(place, router=router.node.netns)

    def interface(self, eni_id: str) -> Position:
        """Return the place of an interface of the template (an instance's, an endpoint's)."""
        eni = self._vpcs.cloud.network.network_interfaces[eni_id]
        network = self._vpcs.network_of(eni.subnet_id)
        owner = network.owners.get(eni_id)
        if isinstance(owner, NetworkBalancerNode):
            owner = owner.node
        own = addresses_of(eni)
        if not isinstance(owner, Node) or not own:
            raise StackError(f"nothing can run at `{eni_id}`", why=f"it belongs to a {eni.owner}")
        return Position(eni_id, owner.netns, own[0], network.router.resolver_for(own), lambda: None)

    def internet(self) -> Position:
        """Return a client on the internet with a public address of its own."""
        return self._clients.any()

    def edge(self) -> Position:
        """Return the place from which CloudFront calls origins; at most one may exist."""
        return self._clients.edge()

    def client(self, client: InternetClient) -> Position:
        """Return a declared client: with an address of its block, and at its distance."""
        return self._clients.declared(client, self._vpcs.cloud)

    def on_premises(self) -> Position:
        """Return a client on-premises, behind the first VPN whose addresses are known."""
        site = self._vpcs.on_premises
        if site is None or site.address is None or site.resolver is None:
            raise StackError(
                "no on-premises network exists",
                why="no virtual private gateway has a VPN connection with a known block",
            )
        return Position("on-premises", site.node.netns, site.address, site.resolver, lambda: None)
