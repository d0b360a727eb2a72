"""VPCs and everything in them, by id, with the look-ups that the defaults of AWS define."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address
from typing import TypeVar

from msgspec import field

from netful.model.core import Frozen, Maybe, Unknown, known_in
from netful.model.network.block_public_access import VpcBlockPublicAccessExclusion, VpcBlockPublicAccessOptions
from netful.model.network.client_vpns import ClientVpnEndpoint
from netful.model.network.encryption_control import VpcEncryptionControl
from netful.model.network.flow_logs import FlowLog
from netful.model.network.gateways import (
    EgressOnlyInternetGateway,
    ElasticIp,
    InternetGateway,
    NatGateway,
    VpcPeeringConnection,
    VpnGateway,
)
from netful.model.network.network_acls import NetworkAcl
from netful.model.network.network_firewall import Firewall
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.route_tables import RouteTable
from netful.model.network.security_groups import SecurityGroup, UnplacedRule
from netful.model.network.transit_gateways import (
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRouteTable,
    VpnConnection,
)
from netful.model.network.vpc import PrefixList, Subnet, Vpc
from netful.model.network.vpc_endpoints import VpcEndpoint, VpcEndpointService

K = TypeVar("K")
V = TypeVar("V")


class Network(Frozen, dict=True):
    """VPCs and everything in them, by id, with one list of look-ups, as the defaults of AWS define them."""

    vpcs: Mapping[str, Vpc] = field(default_factory=dict)
    subnets: Mapping[str, Subnet] = field(default_factory=dict)
    route_tables: Mapping[str, RouteTable] = field(default_factory=dict)
    prefix_lists: Mapping[str, PrefixList] = field(default_factory=dict)
    internet_gateways: Mapping[str, InternetGateway] = field(default_factory=dict)
    egress_only_internet_gateways: Mapping[str, EgressOnlyInternetGateway] = field(default_factory=dict)
    vpn_gateways: Mapping[str, VpnGateway] = field(default_factory=dict)
    elastic_ips: Mapping[str, ElasticIp] = field(default_factory=dict)
    nat_gateways: Mapping[str, NatGateway] = field(default_factory=dict)
    vpc_peering_connections: Mapping[str, VpcPeeringConnection] = field(default_factory=dict)
    security_groups: Mapping[str, SecurityGroup] = field(default_factory=dict)
    unplaced_rules: Mapping[str, UnplacedRule] = field(default_factory=dict)
    network_acls: Mapping[str, NetworkAcl] = field(default_factory=dict)
    vpc_endpoints: Mapping[str, VpcEndpoint] = field(default_factory=dict)
    network_interfaces: Mapping[str, NetworkInterface] = field(default_factory=dict)
    transit_gateways: Mapping[str, TransitGateway] = field(default_factory=dict)
    transit_gateway_attachments: Mapping[str, TransitGatewayAttachment] = field(default_factory=dict)
    transit_gateway_route_tables: Mapping[str, TransitGatewayRouteTable] = field(default_factory=dict)
    vpn_connections: Mapping[str, VpnConnection] = field(default_factory=dict)
    vpc_endpoint_services: Mapping[str, VpcEndpointService] = field(default_factory=dict)
    firewalls: Mapping[str, Firewall] = field(default_factory=dict)
    block_public_access_options: Mapping[str, VpcBlockPublicAccessOptions] = field(default_factory=dict)
    block_public_access_exclusions: Mapping[str, VpcBlockPublicAccessExclusion] = field(default_factory=dict)
    encryption_controls: Mapping[str, VpcEncryptionControl] = field(default_factory=dict)
    flow_logs: Mapping[str, FlowLog] = field(default_factory=dict)
    client_vpn_endpoints: Mapping[str, ClientVpnEndpoint] = field(default_factory=dict)

    @cached_property
    def _associated_route_tables(self) -> dict[str, RouteTable]:
        """The tables by the subnets that are associated with them."""
        return {id_: t for t in self.route_tables.values() for id_ in t.subnet_ids if isinstance(id_, str)}

    @cached_property
    def _edge_route_tables(self) -> dict[str, RouteTable]:
        """The tables by the gateways that are associated with them."""
        return {id_: t for t in self.route_tables.values() for id_ in t.gateway_ids if isinstance(id_, str)}

    def edge_table_of(self, gateway_id: str) -> RouteTable | None:
        """Return the table that routes packets from a gateway into its VPC; None where the gateway delivers itself (§1.11)."""
        return self._edge_route_tables.get(gateway_id)

    @cached_property
    def _explicit_network_acls(self) -> dict[str, NetworkAcl]:
        return {s: a for a in self.network_acls.values() for s in a.subnet_ids if isinstance(s, str)}

    @cached_property
    def _main_route_tables(self) -> dict[str, RouteTable]:
        return {str(t.vpc_id): t for t in [*self.route_tables.values()][::-1] if t.main}

    @cached_property
    def _default_network_acls(self) -> dict[str, NetworkAcl]:
        return {str(a.vpc_id): a for a in [*self.network_acls.values()][::-1] if a.default}

    def vpc_of(self, subnet_id: str) -> Vpc | None:
        """Return the VPC of a subnet, or None when either is not known."""
        subnet = self.subnets.get(subnet_id)
        if subnet is None or isinstance(subnet.vpc_id, Unknown):
            return None
        return self.vpcs.get(subnet.vpc_id)

    def route_table_of(self, subnet_id: str) -> RouteTable | None:
        """Return the table that a subnet uses: its explicit association, else its VPC's main table (§1.4)."""
        explicit = self._associated_route_tables.get(subnet_id)
        if explicit is not None:
            return explicit
        vpc = self.vpc_of(subnet_id)
        return self._main_route_tables.get(vpc.id) if vpc else None

    def network_acl_of(self, subnet_id: str) -> NetworkAcl | None:
        """Return the ACL of a subnet: its explicit association, else its VPC's default ACL (§3)."""
        explicit = self._explicit_network_acls.get(subnet_id)
        if explicit is not None:
            return explicit
        vpc = self.vpc_of(subnet_id)
        return self._default_network_acls.get(vpc.id) if vpc else None

    def default_security_group_of(self, vpc_id: str) -> SecurityGroup | None:
        """Return the default group of a VPC (§2.1)."""
        return next((g for g in self.security_groups.values() if g.default and g.vpc_id == vpc_id), None)

    def subnets_of(self, vpc_id: Maybe[str]) -> tuple[Subnet, ...]:
        """Return the subnets of a VPC, in the order of the source."""
        return tuple(s for s in self.subnets.values() if s.vpc_id == vpc_id)

    def subnet_at(self, vpc_id: str, address: IPv4Address | IPv6Address) -> Subnet | None:
        """Return the subnet of a VPC that an address is in."""
        placed = ((s, (s.cidr_block, s.ipv6_cidr_block)) for s in self.subnets_of(vpc_id))
        return next(
            (s for s, own in placed if any(b and not isinstance(b, Unknown) and address in b for b in own)), None
        )

    @cached_property
    def _members(self) -> dict[str, tuple[NetworkInterface, ...]]:
        enis = self.network_interfaces.values()
        return _grouped((id_, eni) for eni in enis for id_ in eni.security_group_ids if isinstance(id_, str))

    def members_of(self, security_group_id: str) -> tuple[NetworkInterface, ...]:
        """Return the interfaces that have a group, which a rule that refers to it matches (§2.2)."""
        return self._members.get(security_group_id, ())

    @cached_property
    def _owned(self) -> dict[str, tuple[NetworkInterface, ...]]:
        enis = self.network_interfaces.values()
        return _grouped((id_, eni) for eni in enis for id_ in dict.fromkeys((eni.owner_id, *eni.function_ids)))

    def interfaces_of(self, owner_id: str) -> tuple[NetworkInterface, ...]:
        """Return the interfaces of a resource that are not idle, or all; for a function, the Hyperplane ENIs that it shares."""
        every = self.every_interface_of(owner_id)
        return tuple(eni for eni in every if not eni.idle) or every

    def every_interface_of(self, owner_id: str) -> tuple[NetworkInterface, ...]:
        """Return the interfaces of a resource, idle ones beside others too."""
        return self._owned.get(owner_id, ())

    def places_of(self, owner_id: str) -> tuple[NetworkInterface, ...]:
        """Return the interfaces of a resource, or those of the container instances of a service that has none itself."""
        return self.interfaces_of(owner_id) or self._hosting.get(owner_id, ())

    @cached_property
    def _hosting(self) -> dict[str, tuple[NetworkInterface, ...]]:
        return _grouped((id_, eni) for eni in self.network_interfaces.values() for id_ in eni.service_ids)

    @cached_property
    def _placed(self) -> dict[tuple[str, IPv4Address | IPv6Address], NetworkInterface]:
        placed: dict[tuple[str, IPv4Address | IPv6Address], NetworkInterface] = {}
        for eni in self.network_interfaces.values():
            vpc = self.vpc_of_interface(eni)
            for address in _private_addresses(eni):
                if vpc is not None:
                    placed.setdefault((vpc.id, address), eni)
        return placed

    def interface_at(self, vpc_id: str, address: IPv4Address | IPv6Address) -> NetworkInterface | None:
        """Return the interface that has an address, other than a public one, in a VPC."""
        return self._placed.get((vpc_id, address))

    @cached_property
    def _addressed(self) -> dict[IPv4Address | IPv6Address, tuple[NetworkInterface, ...]]:
        enis = self.network_interfaces.values()
        return _grouped((one, eni) for eni in enis for one in (*_private_addresses(eni), *eni.public_addresses()))

    def interfaces_with(self, address: IPv4Address | IPv6Address) -> tuple[NetworkInterface, ...]:
        """Return the interfaces that have an address, private or public, in any VPC."""
        return self._addressed.get(address, ())

    def public_interface(self, address: IPv4Address | IPv6Address) -> NetworkInterface | None:
        """Return the interface that has a public address."""
        return next((eni for eni in reversed(self.interfaces_with(address)) if address in eni.public_addresses()), None)

    def elastic_ip_at(self, address: IPv4Address | IPv6Address) -> ElasticIp | None:
        """Return the Elastic IP with a public address."""
        return self._public.get(address)

    @cached_property
    def _public(self) -> dict[IPv4Address | IPv6Address | None, ElasticIp]:
        return {eip.public_ip: eip for eip in [*self.elastic_ips.values()][::-1]}

    def internet_gateway_of(self, vpc_id: str) -> InternetGateway | None:
        """Return the internet gateway attached to a VPC."""
        return self._internet_gateways.get(vpc_id)

    @cached_property
    def _internet_gateways(self) -> dict[str, InternetGateway]:
        return {str(each.vpc_id): each for each in [*self.internet_gateways.values()][::-1]}

    def vpn_connections_of(self, vpn_gateway_id: str) -> list[VpnConnection]:
        """Return the VPN connections of a virtual private gateway."""
        return [one for one in self.vpn_connections.values() if one.vpn_gateway_id == vpn_gateway_id]

    def vpc_of_interface(self, eni: NetworkInterface) -> Vpc | None:
        """Return the VPC that an interface is in, or None when it is not known."""
        return self.vpc_of(eni.subnet_id) if isinstance(eni.subnet_id, str) else None

    def zone_of_interface(self, eni: NetworkInterface) -> str:
        """Return the availability zone that an interface is in; "" when it is not known."""
        subnet = known_in(self.subnets, eni.subnet_id)
        return subnet.zone if subnet else ""

    def zones_of(self, subnet_ids: Iterable[Maybe[str]]) -> frozenset[str]:
        """Return the availability zones of subnets; "" among them stands for one that is not known."""
        found = (known_in(self.subnets, id_) for id_ in subnet_ids)
        return frozenset(subnet.zone if subnet else "" for subnet in found)

    @cached_property
    def _endpoints(self) -> dict[str, tuple[VpcEndpoint, ...]]:
        return _grouped((e.vpc_id, e) for e in self.vpc_endpoints.values() if isinstance(e.vpc_id, str))

    def endpoints_of(self, vpc_id: str) -> tuple[VpcEndpoint, ...]:
        """Return the endpoints of a VPC, in the order of the source."""
        return self._endpoints.get(vpc_id, ())

    def regional_addresses(self, nat: NatGateway) -> dict[str, IPv4Address]:
        """Return the public addresses of a regional NAT gateway by the zones that it serves; "" means all zones."""
        zones = nat.zonal_allocation_ids or {"": nat.allocation_ids}
        held = {zone: [known_in(self.elastic_ips, id_) for id_ in ids] for zone, ids in zones.items()}
        found = {zone: next((eip.public_ip for eip in eips if eip), None) for zone, eips in held.items()}
        known = {zone: address for zone, address in found.items() if address is not None}
        return known or ({"": nat.public_ip} if nat.public_ip is not None else {})

    def block_public_access_of(self, vpc: Vpc) -> VpcBlockPublicAccessOptions | None:
        """Return the setting that applies to a VPC: that of its owner for its Region."""
        every = self.block_public_access_options.values()
        owners = ("", vpc.owner_id)
        return next((o for o in every if o.region == vpc.region and (o.owner_id in owners or not vpc.owner_id)), None)

    def encryption_control_of(self, vpc_id: str) -> VpcEncryptionControl | None:
        """Return the encryption control of a VPC."""
        return next((one for one in self.encryption_controls.values() if one.vpc_id == vpc_id), None)


def _private_addresses(eni: NetworkInterface) -> Iterator[IPv4Address | IPv6Address]:
    every = (eni.private_ip_address, *eni.secondary_private_ip_addresses, eni.ipv6_address)
    return (address for address in every if address)


def _grouped(pairs: Iterable[tuple[K, V]]) -> dict[K, tuple[V, ...]]:
    found: dict[K, list[V]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in found.items()}
