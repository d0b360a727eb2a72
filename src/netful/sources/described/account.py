"""From the files of a described account to a cloud: every region of every account together."""

from __future__ import annotations

from pathlib import Path

from netful.model.cloud import Cloud
from netful.model.core.resource import Resource
from netful.model.merging import together
from netful.sources import apis
from netful.sources.described import balancers, declared, filters, gateways, interfaces, network, transit
from netful.sources.described.files import ID_KEYS, Description, descriptions
from netful.sources.readers import block_public_access, classic_balancers, zones
from netful.sources.template.reading import Inventory

# CloudFormation's types of what is shown as a resource.
_TYPES = {
    "DBInstances": "AWS::RDS::DBInstance",
    "EgressOnlyInternetGateways": "AWS::EC2::EgressOnlyInternetGateway",
    "Functions": "AWS::Lambda::Function",
    "InternetGateways": "AWS::EC2::InternetGateway",
    "LoadBalancers": "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "NatGateways": "AWS::EC2::NatGateway",
    "NetworkAcls": "AWS::EC2::NetworkAcl",
    "NetworkInterfaces": "AWS::EC2::NetworkInterface",
    "RouteTables": "AWS::EC2::RouteTable",
    "SecurityGroups": "AWS::EC2::SecurityGroup",
    "Subnets": "AWS::EC2::Subnet",
    "TransitGatewayRouteTables": "AWS::EC2::TransitGatewayRouteTable",
    "TransitGatewayVpcAttachments": "AWS::EC2::TransitGatewayVpcAttachment",
    "TransitGateways": "AWS::EC2::TransitGateway",
    "VpcEndpoints": "AWS::EC2::VPCEndpoint",
    "VpcPeeringConnections": "AWS::EC2::VPCPeeringConnection",
    "Vpcs": "AWS::EC2::VPC",
    "VpnConnections": "AWS::EC2::VPNConnection",
    "VpnGateways": "AWS::EC2::VPNGateway",
}


def read(folder: Path) -> Cloud:
    """The cloud that a folder describes."""
    clouds = [_cloud(description) for description in descriptions(folder)]
    attached = transit.whole(cloud.network.transit_gateway_attachments for cloud in clouds)
    return together(clouds, transit_gateway_attachments=transit.with_peers(attached))


def _cloud(description: Description) -> Cloud:
    owners = [item.text("OwnerId") for item in description.of("Vpcs")]
    account_id = description.account or (owners[0] if owners else "")
    prefix_lists = network.prefix_lists(description)
    inventory = Inventory(declared.resources(description), description.region, account_id)
    enis, subnets = interfaces.network_interfaces(description), network.subnets(description)
    classic = balancers.classic_load_balancers(description, inventory, subnets)
    modern = balancers.load_balancers(description)
    nodes = balancers.nodes(description, {**modern, **classic}, enis.values())
    cloud = Cloud.of(
        region=description.region,
        account_id=account_id,
        vpcs=network.vpcs(description),
        subnets=subnets,
        route_tables=network.route_tables(description),
        prefix_lists=prefix_lists,
        internet_gateways=gateways.internet_gateways(description),
        egress_only_internet_gateways=gateways.egress_only_internet_gateways(description),
        block_public_access_options=block_public_access.options(inventory),
        block_public_access_exclusions=block_public_access.exclusions(inventory),
        vpn_gateways=gateways.vpn_gateways(description),
        elastic_ips=gateways.elastic_ips(description),
        nat_gateways=gateways.nat_gateways(description),
        vpc_peering_connections=gateways.vpc_peering_connections(description),
        security_groups=filters.security_groups(description),
        network_acls=filters.network_acls(description),
        vpc_endpoints=gateways.vpc_endpoints(description),
        vpc_endpoint_services=gateways.vpc_endpoint_services(description),
        network_interfaces={**enis, **nodes},
        functions=interfaces.functions(description),
        transit_gateways=transit.transit_gateways(description),
        transit_gateway_attachments=transit.attachments(description),
        transit_gateway_route_tables=transit.route_tables(description, prefix_lists),
        vpn_connections=transit.vpn_connections(description),
        load_balancers={**modern, **classic},
        listeners={**balancers.listeners(description), **classic_balancers.listeners(inventory)},
        listener_rules=balancers.listener_rules(description),
        target_groups={**balancers.target_groups(description), **classic_balancers.target_groups(inventory)},
        hosted_zones=zones.hosted_zones(inventory),
        resolver_endpoints=zones.resolver_endpoints(inventory),
        resolver_rules=zones.resolver_rules(inventory),
        dhcp_options=zones.dhcp_options(inventory),
        resources={**inventory.resources, **_resources(description)},
        warnings=tuple(description.warnings),
    )
    return apis.with_apis(cloud, inventory)


def _resources(description: Description) -> dict[str, Resource]:
    found = {}
    for key, kind in _TYPES.items():
        for item in description.of(key):
            id_ = item.text(ID_KEYS[key])
            id_ = balancers.name_of(id_) if key == "LoadBalancers" else id_
            found[id_] = Resource(id_, kind, dict(item.data), origin=item.origin)
    for item in description.instances():
        id_ = item.text("InstanceId")
        found[id_] = Resource(id_, "AWS::EC2::Instance", dict(item.data), origin=item.origin)
    return found
