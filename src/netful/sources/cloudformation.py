"""CloudFormation: templates to resources, resources to a cloud."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netful.model.cloud import Cloud
from netful.model.gateways import InternetGateway, VpnGateway
from netful.model.resource import Resource
from netful.sources import (
    document,
    endpoints,
    filters,
    functions,
    gateways,
    iam,
    instances,
    macros,
    routes,
    sam,
    template,
    vpc,
)
from netful.sources.deployment import Deployment
from netful.sources.reading import Inventory
from netful.sources.template import Template
from netful.sources.values import as_text


def read(path: Path, given: Mapping[str, Any]) -> Template:
    """The template in a file, its macros expanded, checked."""
    source = document.read(path)
    macros.expand(source, given)
    read_template = template.of(source, given)
    if template.SERVERLESS in read_template.transforms or sam.is_needed(read_template):
        sam.expand(read_template)
    template.check(read_template)
    return read_template


def cloud(deployment: Deployment) -> Cloud:
    """Everything that the stacks of a deployment describe."""
    for stack in deployment.stacks:
        stack.find_dangling()
    inventory = Inventory(_resources(deployment), deployment.region, deployment.account_id)
    outputs = tuple(s.output(name) for s in deployment.stacks for name in s.template.outputs if s.has_output(name))
    vpcs = vpc.vpcs(inventory)
    subnets = vpc.subnets(inventory, vpcs)
    internet_gateways, vpn_gateways = gateways.internet_gateways(inventory), gateways.vpn_gateways(inventory)
    vpc_endpoints = endpoints.vpc_endpoints(inventory)
    elastic_ips = gateways.elastic_ips(inventory, deployment.public_addresses)
    attached: dict[str, InternetGateway | VpnGateway] = {**internet_gateways, **vpn_gateways}
    return Cloud(
        region=deployment.region,
        account_id=deployment.account_id,
        vpcs=vpcs,
        subnets=subnets,
        route_tables=routes.route_tables(inventory, vpcs.values(), vpc_endpoints.values(), attached),
        prefix_lists=vpc.prefix_lists(inventory),
        internet_gateways=internet_gateways,
        egress_only_internet_gateways=gateways.egress_only_internet_gateways(inventory),
        vpn_gateways=vpn_gateways,
        elastic_ips=elastic_ips,
        nat_gateways=gateways.nat_gateways(inventory),
        vpc_peering_connections=gateways.vpc_peering_connections(inventory),
        security_groups=filters.security_groups(inventory, vpcs.values()),
        network_acls=filters.network_acls(inventory, vpcs.values()),
        vpc_endpoints=vpc_endpoints,
        network_interfaces=instances.network_interfaces(inventory, subnets, elastic_ips.values()),
        functions=functions.functions(inventory),
        roles=iam.roles(inventory),
        ssm_parameters=functions.ssm_parameters(inventory),
        resources=inventory.resources,
        parameters={name: as_text(s.parameter(name), o) for s in deployment.stacks for name, o in s.declarations},
        missing_parameters=tuple(dict.fromkeys(n for s in deployment.stacks for n in s.missing_parameters)),
        missing_imports=tuple(deployment.missing_imports),
        outputs=outputs,
        dangling_references=tuple(d for s in deployment.stacks for d in s.dangling),
        warnings=tuple(dict.fromkeys([*(w for s in deployment.stacks for w in s.warnings), *inventory.warnings])),
    )


def _resources(deployment: Deployment) -> dict[str, Resource]:
    resources = (s.resource(n) for s in deployment.stacks for n in s.template.resources if s.is_present(n))
    return {resource.id: resource for resource in resources}
