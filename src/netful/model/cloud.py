"""The whole: everything that was loaded, by id, with the look-ups that AWS's defaults define."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, TypeVar

from netful.model.access.host import Program
from netful.model.access.identity import Identity
from netful.model.access.internet_client import InternetClient
from netful.model.access.issuer import Issuer
from netful.model.access.web_acl import IpSet, RegexPatternSet, RuleGroup, WebAcl, WebAclAssociation
from netful.model.apis.api import Api, HttpApi, RestApi
from netful.model.apis.domain import BasePathMapping, DomainName, DomainNameAccessAssociation, VpcLink
from netful.model.apis.stage import Deployment, Stage
from netful.model.apis.usage import ApiKey, UsagePlan
from netful.model.balancing.load_balancer import Listener, ListenerRule, LoadBalancer, TargetGroup
from netful.model.core.errors import QuestionError
from netful.model.core.resource import DanglingReference, Output, Resource
from netful.model.core.unknown import Maybe, Unknown, known_in
from netful.model.functions.function import Function, Role, SsmParameter
from netful.model.names.zones import DhcpOptions, HostedZone, ResolverEndpoint, ResolverRule, VpcEndpointService
from netful.model.network.filters import NetworkAcl, SecurityGroup
from netful.model.network.gateways import (
    EgressOnlyInternetGateway,
    ElasticIp,
    InternetGateway,
    NatGateway,
    VpcPeeringConnection,
    VpnGateway,
)
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.transit import (
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRouteTable,
    VpnConnection,
)
from netful.model.network.vpc import PrefixList, RouteTable, Subnet, Vpc
from netful.model.network.vpc_endpoint import VpcEndpoint

T = TypeVar("T")


@dataclass(frozen=True)
class Cloud:
    """All that was loaded. Mappings are by id and keep the order in which the sources named things.

    Every subnet has a route table and an ACL: `route_table_of` and `network_acl_of` fall back to the VPC's main
    table and default ACL, which a source always makes. Not slotted: the indexes are computed once and kept.
    """

    region: str = "us-east-1"
    account_id: str = "123456789012"
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
    network_acls: Mapping[str, NetworkAcl] = field(default_factory=dict)
    vpc_endpoints: Mapping[str, VpcEndpoint] = field(default_factory=dict)
    network_interfaces: Mapping[str, NetworkInterface] = field(default_factory=dict)
    transit_gateways: Mapping[str, TransitGateway] = field(default_factory=dict)
    transit_gateway_attachments: Mapping[str, TransitGatewayAttachment] = field(default_factory=dict)
    transit_gateway_route_tables: Mapping[str, TransitGatewayRouteTable] = field(default_factory=dict)
    vpn_connections: Mapping[str, VpnConnection] = field(default_factory=dict)
    hosted_zones: Mapping[str, HostedZone] = field(default_factory=dict)
    resolver_endpoints: Mapping[str, ResolverEndpoint] = field(default_factory=dict)
    resolver_rules: Mapping[str, ResolverRule] = field(default_factory=dict)
    dhcp_options: Mapping[str, DhcpOptions] = field(default_factory=dict)
    vpc_endpoint_services: Mapping[str, VpcEndpointService] = field(default_factory=dict)
    load_balancers: Mapping[str, LoadBalancer] = field(default_factory=dict)
    listeners: Mapping[str, Listener] = field(default_factory=dict)
    listener_rules: Mapping[str, ListenerRule] = field(default_factory=dict)
    target_groups: Mapping[str, TargetGroup] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    ssm_parameters: Mapping[str, SsmParameter] = field(default_factory=dict)
    rest_apis: Mapping[str, RestApi] = field(default_factory=dict)
    http_apis: Mapping[str, HttpApi] = field(default_factory=dict)
    stages: Mapping[str, Stage] = field(default_factory=dict)
    deployments: Mapping[str, Deployment] = field(default_factory=dict)
    deployed_apis: Mapping[str, Api] = field(default_factory=dict)
    usage_plans: Mapping[str, UsagePlan] = field(default_factory=dict)
    api_keys: Mapping[str, ApiKey] = field(default_factory=dict)
    domain_names: Mapping[str, DomainName] = field(default_factory=dict)
    base_path_mappings: Mapping[str, BasePathMapping] = field(default_factory=dict)
    domain_name_access_associations: Mapping[str, DomainNameAccessAssociation] = field(default_factory=dict)
    vpc_links: Mapping[str, VpcLink] = field(default_factory=dict)
    programs: Mapping[str, Program] = field(default_factory=dict)
    truststores: Mapping[str, str] = field(default_factory=dict)
    issuers: Mapping[str, Issuer] = field(default_factory=dict)
    identities: Mapping[str, Identity] = field(default_factory=dict)
    clients: Mapping[str, InternetClient] = field(default_factory=dict)
    web_acls: Mapping[str, WebAcl] = field(default_factory=dict)
    rule_groups: Mapping[str, RuleGroup] = field(default_factory=dict)
    ip_sets: Mapping[str, IpSet] = field(default_factory=dict)
    regex_pattern_sets: Mapping[str, RegexPatternSet] = field(default_factory=dict)
    web_acl_associations: Mapping[str, WebAclAssociation] = field(default_factory=dict)
    resources: Mapping[str, Resource] = field(default_factory=dict)
    parameters: Mapping[str, Maybe[str]] = field(default_factory=dict)
    missing_parameters: tuple[str, ...] = ()
    missing_imports: tuple[str, ...] = ()
    outputs: tuple[Output, ...] = ()
    dangling_references: tuple[DanglingReference, ...] = ()
    warnings: tuple[str, ...] = ()

    @cached_property
    def _derived(self) -> dict[Hashable, Any]:
        return {}

    def derived(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` computes from this cloud under a key of its own; it is computed once."""
        if key not in self._derived:
            self._derived[key] = make()
        found: T = self._derived[key]
        return found

    @cached_property
    def _explicit_route_tables(self) -> dict[str, RouteTable]:
        return {s: t for t in self.route_tables.values() for s in t.subnet_ids if isinstance(s, str)}

    @cached_property
    def _edge_tables(self) -> dict[str, RouteTable]:
        return {g: t for t in self.route_tables.values() for g in t.gateway_ids if isinstance(g, str)}

    def edge_table_of(self, gateway_id: str) -> RouteTable | None:
        """The table that routes what a gateway brings into its VPC; None where it delivers by itself (§1.11)."""
        return self._edge_tables.get(gateway_id)

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
        """The VPC of a subnet, or None when either is not known."""
        subnet = self.subnets.get(subnet_id)
        if subnet is None or isinstance(subnet.vpc_id, Unknown):
            return None
        return self.vpcs.get(subnet.vpc_id)

    def route_table_of(self, subnet_id: str) -> RouteTable | None:
        """The table a subnet uses: its explicit association, else its VPC's main table (§1.4)."""
        explicit = self._explicit_route_tables.get(subnet_id)
        if explicit is not None:
            return explicit
        vpc = self.vpc_of(subnet_id)
        return self._main_route_tables.get(vpc.id) if vpc else None

    def network_acl_of(self, subnet_id: str) -> NetworkAcl | None:
        """The ACL of a subnet: its explicit association, else its VPC's default ACL (§3)."""
        explicit = self._explicit_network_acls.get(subnet_id)
        if explicit is not None:
            return explicit
        vpc = self.vpc_of(subnet_id)
        return self._default_network_acls.get(vpc.id) if vpc else None

    def default_security_group_of(self, vpc_id: str) -> SecurityGroup | None:
        """The VPC's default group (§2.1)."""
        return next((g for g in self.security_groups.values() if g.default and g.vpc_id == vpc_id), None)

    def subnets_of(self, vpc_id: str) -> tuple[Subnet, ...]:
        """The subnets of a VPC, in the order of the source."""
        return tuple(s for s in self.subnets.values() if s.vpc_id == vpc_id)

    @cached_property
    def _members(self) -> dict[str, tuple[NetworkInterface, ...]]:
        members: dict[str, list[NetworkInterface]] = {}
        for eni in self.network_interfaces.values():
            for group_id in eni.security_group_ids:
                if isinstance(group_id, str):
                    members.setdefault(group_id, []).append(eni)
        return {group_id: tuple(enis) for group_id, enis in members.items()}

    def members_of(self, security_group_id: str) -> tuple[NetworkInterface, ...]:
        """The interfaces that carry a group: what a rule that refers to it matches (§2.2)."""
        return self._members.get(security_group_id, ())

    @cached_property
    def _owned(self) -> dict[str, tuple[NetworkInterface, ...]]:
        owned: dict[str, list[NetworkInterface]] = {}
        for eni in self.network_interfaces.values():
            for owner_id in dict.fromkeys((eni.owner_id, *eni.function_ids)):
                owned.setdefault(owner_id, []).append(eni)
        return {owner_id: tuple(enis) for owner_id, enis in owned.items()}

    def interfaces_of(self, owner_id: str) -> tuple[NetworkInterface, ...]:
        """The interfaces of a resource; for a function, the Hyperplane ENIs that it shares."""
        return self._owned.get(owner_id, ())

    @cached_property
    def _placed(self) -> dict[tuple[str, IPv4Address | IPv6Address], NetworkInterface]:
        placed: dict[tuple[str, IPv4Address | IPv6Address], NetworkInterface] = {}
        for eni in self.network_interfaces.values():
            vpc = self.vpc_of_interface(eni)
            for address in (eni.private_ip_address, *eni.secondary_private_ip_addresses, eni.ipv6_address):
                if vpc and address:
                    placed.setdefault((vpc.id, address), eni)
        return placed

    @cached_property
    def _construct_paths(self) -> dict[str, list[str]]:
        """The ids of each end of a construct path, the whole path included."""
        found: dict[str, list[str]] = {}
        for resource in self.resources.values():
            parts = resource.construct_path.split("/") if resource.construct_path else []
            for first in range(len(parts)):
                found.setdefault("/".join(parts[first:]), []).append(resource.id)
        return found

    def named(self, name: str) -> str:
        """The id that a user's name means: an id, a construct's path in the CDK's application, or the end of such a path.

        Raises QuestionError where it is the end of several.
        """
        if name in self.resources or name in self.functions:
            return name
        found = self._construct_paths.get(name, [])
        if len(found) > 1:
            paths = ", ".join(f"`{self.resources[id_].construct_path}`" for id_ in found)
            raise QuestionError(f"`{name}` may be {paths}", hint="write more of the path")
        return found[0] if found else name

    def role_of(self, function: Function) -> Role | None:
        """The role of a function when it was loaded: by its id, its ARN, or its own name, which a path may stand before."""
        return self.role_named(function.role) if isinstance(function.role, str) else None

    def role_named(self, text: str) -> Role | None:
        """The role of an id, an ARN, or a name, which a path may stand before."""
        whole = text.partition(":role/")[2] or text
        for name in dict.fromkeys((whole, whole.rpartition("/")[2])):
            found = self.roles.get(name) or next((r for r in self.roles.values() if r.role_name == name), None)
            if found is not None:
                return found
        return None

    def client_at(self, address: str) -> InternetClient | None:
        """The clients that the project declares with this address."""
        if not self.clients or not address:
            return None
        return next((one for one in self.clients.values() if ip_address(address) in one.addresses), None)

    def interface_at(self, vpc_id: str, address: IPv4Address | IPv6Address) -> NetworkInterface | None:
        """The interface that has an address, other than a public one, in a VPC."""
        return self._placed.get((vpc_id, address))

    @cached_property
    def _addressed(self) -> dict[IPv4Address | IPv6Address, tuple[NetworkInterface, ...]]:
        addressed: dict[IPv4Address | IPv6Address, list[NetworkInterface]] = {}
        for eni in self.network_interfaces.values():
            private = (eni.private_ip_address, *eni.secondary_private_ip_addresses, eni.ipv6_address)
            for address in (*private, *eni.public_addresses()):
                if address:
                    addressed.setdefault(address, []).append(eni)
        return {address: tuple(enis) for address, enis in addressed.items()}

    def interfaces_with(self, address: IPv4Address | IPv6Address) -> tuple[NetworkInterface, ...]:
        """The interfaces that have an address, private or public, in any VPC."""
        return self._addressed.get(address, ())

    @cached_property
    def _public(self) -> dict[IPv4Address, NetworkInterface]:
        return {public: eni for eni in self.network_interfaces.values() for public in eni.public_addresses()}

    def public_interface(self, address: IPv4Address | IPv6Address) -> NetworkInterface | None:
        """The interface that has a public address."""
        return self._public.get(address) if isinstance(address, IPv4Address) else None

    @cached_property
    def _elastic(self) -> dict[IPv4Address, ElasticIp]:
        return {eip.public_ip: eip for eip in self.elastic_ips.values()}

    def elastic_ip_at(self, address: IPv4Address | IPv6Address) -> ElasticIp | None:
        """The Elastic IP that a public address is."""
        return self._elastic.get(address) if isinstance(address, IPv4Address) else None

    def vpc_of_interface(self, eni: NetworkInterface) -> Vpc | None:
        """The VPC that an interface is in, or None when it is not known."""
        return self.vpc_of(eni.subnet_id) if isinstance(eni.subnet_id, str) else None

    def zone_of_interface(self, eni: NetworkInterface) -> str:
        """The availability zone that an interface is in; "" when it is not known."""
        subnet = known_in(self.subnets, eni.subnet_id)
        return subnet.availability_zone if subnet and isinstance(subnet.availability_zone, str) else ""

    @cached_property
    def _endpoints(self) -> dict[str, tuple[VpcEndpoint, ...]]:
        endpoints: dict[str, list[VpcEndpoint]] = {}
        for endpoint in self.vpc_endpoints.values():
            if isinstance(endpoint.vpc_id, str):
                endpoints.setdefault(endpoint.vpc_id, []).append(endpoint)
        return {vpc_id: tuple(those) for vpc_id, those in endpoints.items()}

    def endpoints_of(self, vpc_id: str) -> tuple[VpcEndpoint, ...]:
        """The endpoints of a VPC, in the order of the source."""
        return self._endpoints.get(vpc_id, ())

    @property
    def apis(self) -> dict[str, Api]:
        """Every API of API Gateway, REST ones first."""
        return {**self.rest_apis, **self.http_apis}

    def stages_of(self, api_id: str) -> tuple[Stage, ...]:
        """The stages of an API, in the order of the source."""
        return tuple(stage for stage in self.stages.values() if stage.api_id == api_id)
