"""VPCs of a cloud in the kernel, and the links between them. Namespace thread only."""

import logging
from ipaddress import IPv4Network

from netful.fabric.doors.doors import Doors
from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.node import Node
from netful.fabric.kernel.options import Options
from netful.fabric.outside.internet import Internet
from netful.fabric.routers.router import VpcRouter
from netful.fabric.rules.vpc_filters import blocks_of
from netful.fabric.vpcs.interconnect import Interconnect, OnPremises, TransitGatewayNode
from netful.fabric.vpcs.network_balancer import NetworkBalancerNode
from netful.fabric.vpcs.private_link import PrivateLinks, ServiceLink
from netful.fabric.vpcs.vpc_network import Owner, VpcNetwork
from netful.model.cloud import Cloud
from netful.model.core import Maybe, StackError

log = logging.getLogger(__name__)


class BuiltVpcs:
    """The VPCs of a cloud. One without a known IPv4 block is not built."""

    def __init__(self, limbo: int, doors: Doors, internet: Internet, options: Options) -> None:
        self.cloud = Cloud()
        self._limbo = limbo
        self._doors = doors
        self._internet = internet
        self._options = options
        self._networks: dict[str, VpcNetwork] = {}
        self._interconnect: Interconnect | None = None
        self._private_links = PrivateLinks()

    def change(self, cloud: Cloud) -> None:
        """Change to the VPCs of another cloud; unchanged parts stay, with their connections."""
        self._change_networks(cloud)
        if self._interconnect is not None and not self._interconnect.same_as(cloud):
            self._disconnect()
        self.cloud = cloud
        if self._interconnect is None:
            routers = {vpc_id: network.router for vpc_id, network in self._networks.items()}
            self._interconnect = Interconnect(cloud, self._limbo, routers, self._doors)
        owners = {eni_id: owner for network in self.networks for eni_id, owner in network.owners.items()}
        self._private_links.change(cloud, owners)
        for router in self.routers:
            router.load()

    def _change_networks(self, cloud: Cloud) -> None:
        """Close, change and build VPCs. Remove the links between them if a VPC is added, removed, or has other blocks."""
        for vpc_id, network in [*self._networks.items()]:
            kept = cloud.network.vpcs.get(vpc_id)
            if kept is None or not network.router.may_become(kept):
                self._disconnect()
                self._networks.pop(vpc_id).close()
            elif blocks_of(kept) != blocks_of(network.router.vpc):  # transit gateways propagate them
                self._disconnect()
        for vpc in cloud.network.vpcs.values():
            if vpc.id in self._networks:
                self._networks[vpc.id].change(cloud, vpc)
            elif not any(isinstance(block, IPv4Network) for block in vpc.cidr_blocks):
                log.warning("%s: `%s` has no known IPv4 block and is not built", vpc.origin, vpc.id)
            else:
                self._disconnect()
                self._networks[vpc.id] = VpcNetwork(cloud, vpc, self._limbo, self._doors, self._internet, self._options)

    @property
    def networks(self) -> list[VpcNetwork]:
        """The VPCs that are built."""
        return [*self._networks.values()]

    @property
    def transit_gateways(self) -> list[TransitGatewayNode]:
        """The transit gateways that are built."""
        return self._interconnect.transit_gateways if self._interconnect is not None else []

    @property
    def routers(self) -> list[VpcRouter]:
        """The routers of all VPCs."""
        return [network.router for network in self.networks]

    @property
    def on_premises(self) -> OnPremises | None:
        """The network behind the first VPN whose addresses are known."""
        return self._interconnect.on_premises if self._interconnect else None

    def network_of(self, subnet_id: Maybe[str]) -> VpcNetwork:
        """Return the VPC of a subnet; raises StackError when it is not built."""
        vpc = self.cloud.network.vpc_of(subnet_id) if isinstance(subnet_id, str) else None
        if vpc is None or vpc.id not in self._networks:
            raise StackError(f"the subnet `{subnet_id}` is not built", why="its VPC or its block is unknown")
        return self._networks[vpc.id]

    def router_of(self, subnet_id: str) -> VpcRouter:
        """Return the router of a subnet's VPC; raises StackError when it is not built."""
        return self.network_of(subnet_id).router

    def owner_of(self, eni_id: str) -> Owner | None:
        """Return the namespace owner behind an interface; None if the interface is not built."""
        return next((owner for one in self.networks if (owner := one.owners.get(eni_id)) is not None), None)

    def namespace_of(self, eni_id: str) -> Netns:
        """Return the namespace behind an interface, for a program to run in."""
        owner = self.network_of(self.cloud.network.network_interfaces[eni_id].subnet_id).owners[eni_id]
        return owner.netns if isinstance(owner, Node) else owner.node.netns

    def service_links(self, eni_id: str) -> tuple[ServiceLink, ...]:
        """Return the links from endpoints to a node of a network load balancer."""
        return self._private_links.at(self.cloud, eni_id)

    def set_unhealthy(self, eni_id: str, targets: frozenset[str]) -> None:
        """Stop a node of a network load balancer from using these targets (`GROUP/ADDRESS:PORT`)."""
        owner = self.owner_of(eni_id)
        if isinstance(owner, NetworkBalancerNode):
            owner.set_unhealthy(targets)

    def _disconnect(self) -> None:
        if self._interconnect is not None:
            self._interconnect.close()
            self._interconnect = None

    def close(self) -> None:
        """Close the VPCs and the links between them."""
        self._disconnect()
        for network in self.networks:
            network.close()
