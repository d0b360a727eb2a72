"""One VPC in the kernel: its router, and behind it a namespace for every interface's owner and every gateway.

`change` takes the VPC of another cloud: what is the same stays as it is, with its links and its connections; what is gone is
taken out, what is new is built, then filters and routes are brought up to date. Namespace thread only.
"""

from __future__ import annotations

import logging
from ipaddress import IPv4Network

from netful.fabric.door import Door, DoorKind
from netful.fabric.doors import ANY, Doors, Purpose
from netful.fabric.egress import Egress
from netful.fabric.gateways import GatewayEndpointNode, NatGatewayNode
from netful.fabric.internet import Internet
from netful.fabric.netns import Netns
from netful.fabric.node import Node, configure_leaf
from netful.fabric.options import Options
from netful.fabric.router import VpcRouter
from netful.model.cloud import Cloud
from netful.model.endpoint import EndpointType, VpcEndpoint
from netful.model.interface import InterfaceOwner, NetworkInterface
from netful.model.vpc import Vpc

log = logging.getLogger(__name__)

Owner = Egress | NatGatewayNode | Node


class VpcNetwork:
    """A VPC. `owners` are the namespaces behind interfaces, by interface id."""

    def __init__(self, cloud: Cloud, vpc: Vpc, limbo: int, doors: Doors, internet: Internet, options: Options) -> None:
        self.owners: dict[str, Owner] = {}
        self._options = options
        self._limbo = limbo
        self._doors = doors
        self._internet = internet
        self._built: dict[str, NetworkInterface] = {}
        self._endpoints: dict[str, tuple[VpcEndpoint, GatewayEndpointNode]] = {}
        self._gateway_id: str | None = None
        self._resolving = False
        self.router = VpcRouter(cloud, vpc, Netns.create(limbo))
        self.change(cloud, vpc)

    def change(self, cloud: Cloud, vpc: Vpc) -> None:
        """Become the VPC of this cloud; `load` on the router makes filters and routes follow."""
        self._cloud = cloud
        self.router.update(cloud, vpc)
        self._change_resolver()
        self._change_interfaces()
        self._change_gateway()
        self._change_endpoints()

    def _change_resolver(self) -> None:
        wanted = self.router.vpc.enable_dns_support
        owner = f"resolver of {self.router.vpc.id}"
        if wanted and not self._resolving:
            for address in self.router.resolver_addresses:
                self._doors.open_resolver(owner, self.router.vpc.id, self.router.node.netns, address)
        elif self._resolving and not wanted:
            self._doors.forget(owner)
        self._resolving = wanted

    def _change_interfaces(self) -> None:
        wanted = {eni.id: eni for eni in self._cloud.network_interfaces.values() if self._is_ours(eni)}
        for eni in [*self._built.values()]:
            if eni.id not in wanted or not _same_place(eni, wanted[eni.id]):
                self._remove_interface(eni)
        for eni in wanted.values():
            if eni.id in self._built:
                self.router.renew(eni)
                self._built[eni.id] = eni
            elif eni.private_ip_address is None:
                log.warning("%s: `%s` has no address (is its subnet full?) and is not built", eni.origin, eni.id)
            else:
                self._build_interface(eni)

    def _is_ours(self, eni: NetworkInterface) -> bool:
        vpc = self._cloud.vpc_of(eni.subnet_id) if isinstance(eni.subnet_id, str) else None
        return vpc is not None and vpc.id == self.router.vpc.id

    def _build_interface(self, eni: NetworkInterface) -> None:
        address = eni.private_ip_address
        assert address is not None
        netns = Netns.create(self._limbo)
        owner: Owner
        if eni.owner is InterfaceOwner.LAMBDA:
            owner = Egress(netns, address)
            node = owner.node
        elif eni.owner is InterfaceOwner.NAT_GATEWAY:
            owner = NatGatewayNode(netns, address, self._options)
            node = owner.node
        else:
            owner = node = Node(netns)
        self.router.attach(eni, netns)
        configure_leaf(node.rtnetlink, address)
        self.owners[eni.id], self._built[eni.id] = owner, eni
        if eni.owner is InterfaceOwner.ENDPOINT:
            self._doors.open_web(eni.id, Door(DoorKind.ENDPOINT, self.router.vpc.id, eni.owner_id), netns, address)
        for port in self._options.relayed.get(eni.owner_id, ()):
            self._doors.open(eni.id, Door(DoorKind.LOCAL, self.router.vpc.id), Purpose.RELAY, netns, address, port)

    def _remove_interface(self, eni: NetworkInterface) -> None:
        self._doors.forget(eni.id)
        self.router.detach(eni.id)
        self.owners.pop(eni.id).close()
        del self._built[eni.id]

    def _change_gateway(self) -> None:
        gateways = self._cloud.internet_gateways.values()
        wanted = next((gateway.id for gateway in gateways if gateway.vpc_id == self.router.vpc.id), None)
        if self._gateway_id not in {None, wanted}:
            self._internet.leave_gateway(self.router, str(self._gateway_id))
        if wanted is not None and self._gateway_id != wanted:
            self._internet.join_gateway(self.router, wanted)
        self._gateway_id = wanted
        if wanted is not None:
            public = [eni.public_ip for eni in self._built.values() if eni.public_ip is not None]
            self._internet.route_public(self.router, public)

    def _change_endpoints(self) -> None:
        every = self._cloud.vpc_endpoints.values()
        wanted = {e.id: e for e in every if e.vpc_id == self.router.vpc.id and e.type is EndpointType.GATEWAY}
        for endpoint_id, (endpoint, node) in [*self._endpoints.items()]:
            if endpoint_id not in wanted or wanted[endpoint_id].service_name != endpoint.service_name:
                self._doors.forget(endpoint_id)
                node.close(self.router)
                del self._endpoints[endpoint_id]
        for endpoint in wanted.values():
            if endpoint.id not in self._endpoints:
                self._build_endpoint(endpoint)

    def _build_endpoint(self, endpoint: VpcEndpoint) -> None:
        lists = (p for p in self._cloud.prefix_lists.values() if p.name == endpoint.service_name)
        blocks = [block for prefix_list in lists for block in prefix_list.cidr_blocks if isinstance(block, IPv4Network)]
        netns = Netns.create(self._limbo)
        node = GatewayEndpointNode(self.router, netns, endpoint.id, blocks)
        self._endpoints[endpoint.id] = endpoint, node
        door = Door(DoorKind.GATEWAY_ENDPOINT, self.router.vpc.id, endpoint.id)
        self._doors.open_web(endpoint.id, door, netns, ANY)

    def close(self) -> None:
        """Let go of all of it: the kernel takes links away with their namespaces, quicker than one by one (fabric §4)."""
        self._doors.forget(f"resolver of {self.router.vpc.id}")
        for eni_id, owner in self.owners.items():
            self._doors.forget(eni_id)
            owner.close()
        for endpoint_id, (_, node) in self._endpoints.items():
            self._doors.forget(endpoint_id)
            node.node.close()
        if self._gateway_id is not None:
            self._internet.forget_gateway(self.router)
        self.router.node.close()


def _same_place(old: NetworkInterface, new: NetworkInterface) -> bool:
    """Whether an interface can stay: it may have other groups, other functions, another public address."""
    return _place(old) == _place(new)


def _place(eni: NetworkInterface) -> tuple[object, ...]:
    shared = eni.owner is InterfaceOwner.LAMBDA  # by functions that come and go
    addresses = (eni.private_ip_address, eni.secondary_private_ip_addresses)
    return (eni.owner, "" if shared else eni.owner_id, eni.subnet_id, addresses, eni.source_dest_check)
