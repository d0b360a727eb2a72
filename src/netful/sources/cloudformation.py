"""CloudFormation: templates to resources, resources to a cloud."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address
from itertools import count
from pathlib import Path
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core.errors import SourceError
from netful.model.core.resource import Resource
from netful.model.network import addresses
from netful.model.network.gateways import InternetGateway, VpnGateway
from netful.sources import apis, cdk, sam
from netful.sources.files import document
from netful.sources.readers import (
    balancers,
    block_public_access,
    classic_balancers,
    endpoints,
    firewalls,
    functions,
    gateways,
    iam,
    instances,
    managed,
    route_tables,
    security_groups,
    transit_gateways,
    vpc,
    zones,
)
from netful.sources.template import macros, template
from netful.sources.template.deployment import Deployment
from netful.sources.template.reading import Inventory
from netful.sources.template.template import Template
from netful.sources.template.values import as_text


def read(path: Path, given: Mapping[str, Any]) -> Template:
    """The template in a file, its macros expanded, checked."""
    source = document.read(path)
    macros.expand(source, given)
    read_template = template.of(source, given)
    if template.SERVERLESS in read_template.transforms or sam.is_needed(read_template):
        sam.expand(read_template)
    cdk.use_local_assets(read_template)
    template.check(read_template)
    return read_template


def cloud(deployment: Deployment) -> Cloud:
    """Everything that the stacks of a deployment describe."""
    for stack in deployment.stacks:
        stack.judge_rules()
        stack.note_assumed()
        stack.find_dangling()
    inventory = Inventory(_resources(deployment), deployment.region, deployment.account_id)
    outputs = tuple(s.output(name) for s in deployment.stacks for name in s.template.outputs if s.has_output(name))
    vpcs = vpc.vpcs(inventory)
    subnets = vpc.subnets(inventory, vpcs)
    internet_gateways, vpn_gateways = gateways.internet_gateways(inventory), gateways.vpn_gateways(inventory)
    vpc_endpoints = endpoints.vpc_endpoints(inventory)
    elastic_ips = gateways.elastic_ips(inventory, deployment.public_addresses)
    public = _public_addresses(len(elastic_ips))
    classic = classic_balancers.load_balancers(inventory, subnets)
    load_balancers = balancers.load_balancers(inventory, subnets)
    vpns = transit_gateways.vpn_connections(inventory)
    attachments = transit_gateways.attachments(inventory, vpns)
    attached: dict[str, InternetGateway | VpnGateway] = {**internet_gateways, **vpn_gateways}
    tables = route_tables.route_tables(inventory, vpcs.values(), vpc_endpoints.values(), attached)
    network = Cloud.of(
        region=deployment.region,
        account_id=deployment.account_id,
        vpcs=vpcs,
        subnets=subnets,
        route_tables=transit_gateways.with_propagated(inventory, tables, vpns),
        prefix_lists=vpc.prefix_lists(inventory),
        internet_gateways=internet_gateways,
        egress_only_internet_gateways=gateways.egress_only_internet_gateways(inventory),
        block_public_access_options=block_public_access.options(inventory),
        block_public_access_exclusions=block_public_access.exclusions(inventory),
        vpn_gateways=vpn_gateways,
        elastic_ips=elastic_ips,
        nat_gateways=gateways.nat_gateways(inventory),
        vpc_peering_connections=gateways.vpc_peering_connections(inventory),
        security_groups=security_groups.security_groups(inventory, vpcs.values()),
        network_acls=security_groups.network_acls(inventory, vpcs.values()),
        vpc_endpoints=vpc_endpoints,
        network_interfaces={
            **instances.network_interfaces(inventory, subnets, elastic_ips.values(), public),
            **balancers.nodes(inventory, load_balancers, elastic_ips, public),
            **classic_balancers.nodes(classic, public),
            **managed.interfaces(inventory, subnets, public),
        },
        transit_gateways=transit_gateways.transit_gateways(inventory),
        transit_gateway_attachments=attachments,
        transit_gateway_route_tables=transit_gateways.route_tables(inventory, attachments),
        vpn_connections=vpns,
        hosted_zones=zones.hosted_zones(inventory),
        resolver_endpoints=zones.resolver_endpoints(inventory),
        resolver_rules=zones.resolver_rules(inventory),
        dhcp_options=zones.dhcp_options(inventory),
        vpc_endpoint_services=zones.vpc_endpoint_services(inventory),
        load_balancers={**load_balancers, **classic},
        listeners={**balancers.listeners(inventory), **classic_balancers.listeners(inventory)},
        listener_rules=balancers.listener_rules(inventory),
        target_groups={**balancers.target_groups(inventory), **classic_balancers.target_groups(inventory)},
        functions=functions.functions(inventory),
        roles=iam.roles(inventory),
        ssm_parameters=functions.ssm_parameters(inventory),
        web_acls=firewalls.web_acls(inventory),
        rule_groups=firewalls.rule_groups(inventory),
        ip_sets=firewalls.ip_sets(inventory),
        regex_pattern_sets=firewalls.regex_pattern_sets(inventory),
        web_acl_associations=firewalls.associations(inventory),
        resources=inventory.resources,
        parameters={name: as_text(s.parameter(name), o) for s in deployment.stacks for name, o in s.declarations},
        missing_parameters=tuple(dict.fromkeys(n for s in deployment.stacks for n in s.missing_parameters)),
        missing_imports=tuple(deployment.missing_imports),
        outputs=outputs,
        dangling_references=tuple(d for s in deployment.stacks for d in s.dangling),
        warnings=tuple(dict.fromkeys([*(w for s in deployment.stacks for w in s.warnings), *inventory.warnings])),
    )
    return apis.with_apis(network, inventory)


def _public_addresses(start: int) -> Iterator[IPv4Address]:
    """The addresses that AWS gives without an Elastic IP: those after the Elastic IPs."""
    try:
        yield from map(addresses.elastic_ip, count(start))
    except IndexError as error:
        raise SourceError(str(error)) from None


def _resources(deployment: Deployment) -> dict[str, Resource]:
    resources = (s.resource(n) for s in deployment.stacks for n in s.template.resources if s.is_present(n))
    return {resource.id: resource for resource in resources}
