"""One VPC in the kernel: its router, and behind it a namespace for every interface's owner and every gateway.

`change` applies the VPC of another cloud. Unchanged parts stay, with their links and connections. Removed parts are
closed and new ones built. Then filters and routes are updated. Namespace thread only.
"""

import logging
from ipaddress import IPv4Network

from netful.fabric.doors.door import Door, DoorKind
from netful.fabric.doors.doors import ANY, Doors
from netful.fabric.firewalls.firewall_node import FirewallNode
from netful.fabric.kernel.netns import Netns
from netful.fabric.kernel.node import Node, addresses_of, host_block
from netful.fabric.kernel.options import Options
from netful.fabric.lambda_network.egress import Egress
from netful.fabric.lambda_network.further_interfaces import FurtherInterfaces
from netful.fabric.outside.internet import Internet
from netful.fabric.routers.router import VpcRouter
from netful.fabric.rules.endpoint_services import nodes_of_service
from netful.fabric.rules.vpc_filters import blocks_of, inspects
from netful.fabric.vpcs.forwarder import forwarder, forwards
from netful.fabric.vpcs.gateway_namespaces import GatewayEndpointNode, NatGatewayNode
from netful.fabric.vpcs.network_balancer import NetworkBalancerNode
from netful.fabric.vpcs.regional_nats import RegionalNats
from netful.model.balancing.load_balancers import LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.network.network_firewall import Firewall
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import IPNetwork, Vpc
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint

log = logging.getLogger(__name__)

Owner = Egress | FirewallNode | NatGatewayNode | NetworkBalancerNode | Node


class VpcNetwork:
    """A VPC. `owners` are the namespaces by interface id; `further` the interfaces that Lambda adds.

    `endpoints` are its gateway endpoints with the nodes that serve them, by endpoint id.
    """

    def __init__(self, cloud: Cloud, vpc: Vpc, limbo: int, doors: Doors, internet: Internet, options: Options) -> None:
        self.owners: dict[str, Owner] = {}
        self._options = options
        self._limbo = limbo
        self._doors = doors
        self._internet = internet
        self._built: dict[str, NetworkInterface] = {}
        self.endpoints: dict[str, tuple[VpcEndpoint, GatewayEndpointNode]] = {}
        self._gateways: dict[str, bool] = {}
        self._resolving = False
        self.router = VpcRouter(cloud, vpc, Netns.create(limbo))
        self.further = FurtherInterfaces(self.router, limbo, options)
        self._regional_nats = RegionalNats(self.router, limbo, options)
        try:
            self.change(cloud, vpc)
        except BaseException:
            self.close()
            raise

    @property
    def nat_gateways(self) -> dict[str, NatGatewayNode]:
        """The NAT gateways in the kernel, by id."""
        owners = ((self._built[eni_id].owner_id, owner) for eni_id, owner in self.owners.items())
        zonal = {nat_id: owner for nat_id, owner in owners if isinstance(owner, NatGatewayNode)}
        return zonal | self._regional_nats.nodes

    def change(self, cloud: Cloud, vpc: Vpc) -> None:
        """Change to the VPC of this cloud; the router's `load` then updates filters and routes."""
        self._cloud = cloud
        self.router.update(cloud, vpc)
        self._change_resolver()
        self._change_interfaces()
        self._regional_nats.change(cloud)
        self._change_gateways()
        self._change_endpoints()

    def _change_resolver(self) -> None:
        wanted = self.router.vpc.enable_dns_support
        owner = f"resolver of {self.router.vpc.id}"
        if wanted and not self._resolving:
            self._doors.forget(owner)  # a failed change may have left some
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
                elif isinstance(owner, FirewallNode) and (firewall := self._firewall_of(eni)) is not None:
                    owner.load(firewall)
            elif not _can_be_built(eni):
                log.warning("%s: `%s` has no address (is its subnet full?) and is not built", eni.origin, eni.id)
            else:
                try:
                    self._build_interface(eni)
                except BaseException:
                    self._remove_interface(eni)
                    raise

    def _is_ours(self, eni: NetworkInterface) -> bool:
        vpc = self._cloud.network.vpc_of(eni.subnet_id) if isinstance(eni.subnet_id, str) else None
        return vpc is not None and vpc.id == self.router.vpc.id

    def _build_interface(self, eni: NetworkInterface) -> None:
        addresses, address = addresses_of(eni), eni.private_ip_address
        netns = Netns.create(self._limbo)
        owner: Owner
        if eni.owner is InterfaceOwner.LAMBDA:
            owner = Egress(netns, addresses, ports=self._options.eni_ports)
            node = owner.node
        elif eni.owner is InterfaceOwner.NAT_GATEWAY and address is not None:
            owner = NatGatewayNode(netns, [((), address)], self._options, ipv6=self.router.node.ipv6)
            node = owner.node
        elif (firewall := self._firewall_of(eni)) is not None:
            owner = FirewallNode(netns, firewall, ipv6=self.router.node.ipv6)
            node = owner.node
        elif address is not None and self._is_network_balancer(eni):
            owner = NetworkBalancerNode(netns, address, ipv6=eni.ipv6_address is not None)
            node = owner.node
            owner.load(self._cloud, eni)
        else:
            owner = node = forwarder(netns, eni) if forwards(eni) else Node(netns)
        link = self.router.attach(eni, netns)
        if not eni.idle:  # its namespace has no other program: it neither answers nor sends
            if isinstance(owner, NatGatewayNode | FirewallNode):
                owner.configure(link, addresses)
            else:
                link.configure(node.rtnetlink, addresses)
        self.owners[eni.id], self._built[eni.id] = owner, eni
        if eni.idle:
            return
        if eni.owner is InterfaceOwner.ENDPOINT and not self._leads_on(eni):
            for each in addresses:
                self._doors.open_web(eni.id, Door(DoorKind.ENDPOINT, self.router.vpc.id, eni.owner_id), netns, each)

    def _leads_on(self, eni: NetworkInterface) -> bool:
        """Return whether an endpoint has no service of AWS's behind it: its service is loaded (`PrivateLinks`), or it inspects."""
        if inspects(self._cloud, eni):
            return True
        endpoint = self._cloud.network.vpc_endpoints.get(eni.owner_id)
        return endpoint is not None and bool(nodes_of_service(self._cloud, endpoint))

    def _firewall_of(self, eni: NetworkInterface) -> Firewall | None:
        endpoint = self._cloud.network.vpc_endpoints.get(eni.owner_id) if inspects(self._cloud, eni) else None
        return self._cloud.network.firewalls.get(endpoint.firewall_id) if endpoint is not None else None

    def _is_network_balancer(self, eni: NetworkInterface) -> bool:
        balancer = self._cloud.balancing.load_balancers.get(eni.owner_id)
        return balancer is not None and balancer.type is LoadBalancerType.NETWORK

    def _remove_interface(self, eni: NetworkInterface) -> None:
        """Remove an interface, even if it is only partly built."""
        self._doors.forget(eni.id)
        self.router.detach(eni.id)
        owner = self.owners.pop(eni.id, None)
        if owner is not None:
            owner.close()
        self._built.pop(eni.id, None)

    def _change_gateways(self) -> None:
        """Attach the internet gateways, which may be egress-only.

        IPv6 enters by the gateway that admits it, if one exists.
        """
        here = self.router.vpc.id
        whole = [g.id for g in self._cloud.network.internet_gateways.values() if g.vpc_id == here][:1]
        only = [g.id for g in self._cloud.network.egress_only_internet_gateways.values() if g.vpc_id == here][:1]
        wanted = dict.fromkeys(only if self.router.node.ipv6 else (), True) | dict.fromkeys(whole, False)
        for gateway_id in self._gateways.keys() - wanted.keys():
            del self._gateways[gateway_id]
            self._internet.leave_gateway(self.router, gateway_id)
        for gateway_id in wanted.keys() - self._gateways.keys():
            self._internet.join_gateway(self.router, gateway_id, egress_only=wanted[gateway_id])
            self._gateways[gateway_id] = wanted[gateway_id]
        blocks: list[IPNetwork] = [block for block in blocks_of(self.router.vpc) if block.version == 6]
        for gateway_id in whole:
            own = [address for eni in self._built.values() for address in eni.public_addresses()]
            public = [host_block(address) for address in (*own, *self._regional_nats.public_addresses)]
            self._internet.route_public(self.router, gateway_id, [*public, *blocks])
        for gateway_id in wanted.keys() - {*whole}:
            self._internet.route_public(self.router, gateway_id, () if whole else blocks)

    def _change_endpoints(self) -> None:
        every = self._cloud.network.vpc_endpoints.values()
        wanted = {e.id: e for e in every if e.vpc_id == self.router.vpc.id and e.type is EndpointType.GATEWAY}
        for endpoint_id, (endpoint, node) in [*self.endpoints.items()]:
            if endpoint_id not in wanted or _service(wanted[endpoint_id]) != _service(endpoint):
                del self.endpoints[endpoint_id]
                self._doors.forget(endpoint_id)
                node.close(self.router)

        for endpoint in wanted.values():
            if endpoint.id not in self.endpoints:
                self._build_endpoint(endpoint)

    def _build_endpoint(self, endpoint: VpcEndpoint) -> None:
        lists = (p for p in self._cloud.network.prefix_lists.values() if p.name == endpoint.service_name)
        blocks = [block for prefix_list in lists for block in prefix_list.cidr_blocks if isinstance(block, IPv4Network)]
        netns = Netns.create(self._limbo)
        node = GatewayEndpointNode(self.router, netns, endpoint.id, blocks)
        self.endpoints[endpoint.id] = endpoint, node
        door = Door(DoorKind.GATEWAY_ENDPOINT, self.router.vpc.id, endpoint.id)
        self._doors.open_web(endpoint.id, door, netns, ANY)

    def close(self) -> None:
        """Close all namespaces: the kernel removes links with them, faster than one by one (fabric §4)."""
        self._doors.forget(f"resolver of {self.router.vpc.id}")
        for eni_id, owner in self.owners.items():
            self._doors.forget(eni_id)
            owner.close()
        for endpoint_id, (_, node) in self.endpoints.items():
            self._doors.forget(endpoint_id)
            node.node.close()
        self.further.close()
        self._regional_nats.close()
        try:
            self._internet.forget(self.router)
        finally:
            self.router.node.close()


def _service(endpoint: VpcEndpoint) -> tuple[object, ...]:
    """Return the properties of a gateway endpoint whose change cuts its connections (vpc-network §5.5)."""
    return (endpoint.service_name, endpoint.route_table_ids, endpoint.policy_document)


def _can_be_built(eni: NetworkInterface) -> bool:
    """Return whether an interface has the addresses that its owner needs: gateways and load balancers need IPv4."""
    needs_ipv4 = eni.owner in (InterfaceOwner.NAT_GATEWAY, InterfaceOwner.LOAD_BALANCER)
    return eni.private_ip_address is not None or (eni.ipv6_address is not None and not needs_ipv4)


def _same_place(old: NetworkInterface, new: NetworkInterface) -> bool:
    """Return whether an interface can stay: its groups, functions and public address may differ."""
    return _place(old) == _place(new)


def _place(eni: NetworkInterface) -> tuple[object, ...]:
    shared = eni.owner is InterfaceOwner.LAMBDA  # depends on the functions, which may change
    addresses = tuple(addresses_of(eni))
    return (eni.owner, "" if shared else eni.owner_id, eni.subnet_id, addresses, eni.source_dest_check, not eni.idle)
