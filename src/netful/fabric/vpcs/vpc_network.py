"""One VPC in the kernel: its router, and behind it a namespace for every interface's owner and every gateway.

`change` takes the VPC of another cloud: what is the same stays as it is, with its links and its connections; what is gone is
taken out, what is new is built, then filters and routes are brought up to date. Namespace thread only.
"""

from __future__ import annotations

import logging
from ipaddress import IPv4Network

from netful.fabric.doors.door import Door, DoorKind
from netful.fabric.doors.doors import ANY, Doors, Purpose
from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.node import Node, addresses_of, host_block
from netful.fabric.kernel.options import Options
from netful.fabric.lambda_network.egress import Egress
from netful.fabric.lambda_network.further_interfaces import FurtherInterfaces
from netful.fabric.outside.internet import Internet
from netful.fabric.routers.router import VpcRouter
from netful.fabric.rules.endpoint_services import nodes_of_service
from netful.fabric.rules.vpc_filters import blocks_of
from netful.fabric.vpcs.forwarder import forwarder, forwards
from netful.fabric.vpcs.gateway_namespaces import GatewayEndpointNode, NatGatewayNode
from netful.fabric.vpcs.network_balancer import NetworkBalancerNode
from netful.model.balancing.load_balancers import LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import IPNetwork, Vpc
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint

log = logging.getLogger(__name__)

Owner = Egress | NatGatewayNode | NetworkBalancerNode | Node


class VpcNetwork:
    """A VPC. `owners` are the namespaces behind interfaces, by interface id; `further` the interfaces that Lambda adds."""

    def __init__(self, cloud: Cloud, vpc: Vpc, limbo: int, doors: Doors, internet: Internet, options: Options) -> None:
        self.owners: dict[str, Owner] = {}
        self._options = options
        self._limbo = limbo
        self._doors = doors
        self._internet = internet
        self._built: dict[str, NetworkInterface] = {}
        self._endpoints: dict[str, tuple[VpcEndpoint, GatewayEndpointNode]] = {}
        self._gateways: dict[str, bool] = {}
        self._resolving = False
        self.router = VpcRouter(cloud, vpc, Netns.create(limbo))
        self.further = FurtherInterfaces(self.router, limbo, options)
        self.change(cloud, vpc)

    def change(self, cloud: Cloud, vpc: Vpc) -> None:
        """Become the VPC of this cloud; `load` on the router makes filters and routes follow."""
        self._cloud = cloud
        self.router.update(cloud, vpc)
        self._change_resolver()
        self._change_interfaces()
        self._change_gateways()
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
        wanted = {eni.id: eni for eni in self._cloud.network.network_interfaces.values() if self._is_ours(eni)}
        kept = frozenset(e.id for e in self._built.values() if e.id in wanted and _same_place(e, wanted[e.id]))
        self.further.follow(wanted, kept)
        for eni in [*self._built.values()]:
            if eni.id not in kept:
                self._remove_interface(eni)
        for eni in wanted.values():
            if eni.id in self._built:
                self.router.renew(eni)
                self._built[eni.id] = eni
                owner = self.owners[eni.id]
                if isinstance(owner, NetworkBalancerNode):
                    owner.load(self._cloud, eni)
            elif eni.private_ip_address is None:
                log.warning("%s: `%s` has no address (is its subnet full?) and is not built", eni.origin, eni.id)
            else:
                self._build_interface(eni)

    def _is_ours(self, eni: NetworkInterface) -> bool:
        vpc = self._cloud.network.vpc_of(eni.subnet_id) if isinstance(eni.subnet_id, str) else None
        return vpc is not None and vpc.id == self.router.vpc.id

    def _build_interface(self, eni: NetworkInterface) -> None:
        address = eni.private_ip_address
        assert address is not None
        netns = Netns.create(self._limbo)
        owner: Owner
        if eni.owner is InterfaceOwner.LAMBDA:
            addresses = [address, *((eni.ipv6_address,) if eni.ipv6_address else ())]
            owner = Egress(netns, addresses, ports=self._options.eni_ports)
            node = owner.node
        elif eni.owner is InterfaceOwner.NAT_GATEWAY:
            owner = NatGatewayNode(netns, address, self._options)
            node = owner.node
        elif self._is_network_balancer(eni):
            owner = NetworkBalancerNode(netns, address, ipv6=eni.ipv6_address is not None)
            node = owner.node
            owner.load(self._cloud, eni)
        else:
            owner = node = forwarder(netns, eni) if forwards(eni) else Node(netns)
        link = self.router.attach(eni, netns)
        if not eni.idle:  # nothing is behind it else: it neither answers nor sends
            link.configure(node.rtnetlink, addresses_of(eni))
        self.owners[eni.id], self._built[eni.id] = owner, eni
        if eni.owner is InterfaceOwner.ENDPOINT and not self._leads_on(eni):
            self._doors.open_web(eni.id, Door(DoorKind.ENDPOINT, self.router.vpc.id, eni.owner_id), netns, address)
        for port in self._options.relayed.get(eni.owner_id, ()):
            self._doors.open(eni.id, Door(DoorKind.LOCAL, self.router.vpc.id), Purpose.RELAY, netns, address, port)

    def _leads_on(self, eni: NetworkInterface) -> bool:
        """Whether an endpoint's service is somebody's own, and here: then nothing but that answers (`PrivateLinks`)."""
        endpoint = self._cloud.network.vpc_endpoints.get(eni.owner_id)
        return endpoint is not None and bool(nodes_of_service(self._cloud, endpoint))

    def _is_network_balancer(self, eni: NetworkInterface) -> bool:
        balancer = self._cloud.balancing.load_balancers.get(eni.owner_id)
        return balancer is not None and balancer.type is LoadBalancerType.NETWORK

    def _remove_interface(self, eni: NetworkInterface) -> None:
        self._doors.forget(eni.id)
        self.router.detach(eni.id)
        self.owners.pop(eni.id).close()
        del self._built[eni.id]

    def _change_gateways(self) -> None:
        """Attach the internet gateways, which may be egress-only; IPv6 comes in by the one that takes it, if there is one."""
        here = self.router.vpc.id
        whole = [g.id for g in self._cloud.network.internet_gateways.values() if g.vpc_id == here][:1]
        only = [g.id for g in self._cloud.network.egress_only_internet_gateways.values() if g.vpc_id == here][:1]
        wanted = dict.fromkeys(only if self.router.node.ipv6 else (), True) | dict.fromkeys(whole, False)
        for gateway_id in self._gateways.keys() - wanted.keys():
            self._internet.leave_gateway(self.router, gateway_id)
        for gateway_id in wanted.keys() - self._gateways.keys():
            self._internet.join_gateway(self.router, gateway_id, egress_only=wanted[gateway_id])
        self._gateways = wanted
        blocks: list[IPNetwork] = [block for block in blocks_of(self.router.vpc) if block.version == 6]
        for gateway_id in whole:
            public = [host_block(address) for eni in self._built.values() for address in eni.public_addresses()]
            self._internet.route_public(self.router, gateway_id, [*public, *blocks])
        for gateway_id in wanted.keys() - {*whole}:
            self._internet.route_public(self.router, gateway_id, () if whole else blocks)

    def _change_endpoints(self) -> None:
        every = self._cloud.network.vpc_endpoints.values()
        wanted = {e.id: e for e in every if e.vpc_id == self.router.vpc.id and e.type is EndpointType.GATEWAY}
        for endpoint_id, (endpoint, node) in [*self._endpoints.items()]:
            if endpoint_id not in wanted or _service(wanted[endpoint_id]) != _service(endpoint):
                self._doors.forget(endpoint_id)
                node.close(self.router)
                del self._endpoints[endpoint_id]
        for endpoint in wanted.values():
            if endpoint.id not in self._endpoints:
                self._build_endpoint(endpoint)

    def _build_endpoint(self, endpoint: VpcEndpoint) -> None:
        lists = (p for p in self._cloud.network.prefix_lists.values() if p.name == endpoint.service_name)
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
        self.further.close()
        self._internet.forget(self.router)
        self.router.node.close()


def _service(endpoint: VpcEndpoint) -> tuple[object, ...]:
    """What a gateway endpoint cannot change without cutting its connections (vpc-network §5.5)."""
    return (endpoint.service_name, endpoint.route_table_ids, endpoint.policy_document)


def _same_place(old: NetworkInterface, new: NetworkInterface) -> bool:
    """Whether an interface can stay: it may have other groups, other functions, another public address."""
    return _place(old) == _place(new)


def _place(eni: NetworkInterface) -> tuple[object, ...]:
    shared = eni.owner is InterfaceOwner.LAMBDA  # by functions that come and go
    addresses = tuple(addresses_of(eni))
    return (eni.owner, "" if shared else eni.owner_id, eni.subnet_id, addresses, eni.source_dest_check, not eni.idle)
