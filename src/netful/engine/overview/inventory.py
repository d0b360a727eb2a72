"""Inventory of a cloud as plain data: VPCs, subnets with their kind, interfaces with their functions, endpoints, APIs."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from netful.engine.flows.json_values import plain
from netful.engine.overview.api_inventory import apis
from netful.engine.overview.triggers import triggers
from netful.engine.routing.subnet_kinds import subnet_kind
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown, known_in
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import Subnet, Vpc
from netful.model.network.vpc_endpoints import VpcEndpoint


def inventory(cloud: Cloud, api_key: str | None = None) -> dict[str, Any]:
    """Return the document of `netful show --format json`; with an API key, with the throttles of its callers."""
    invoking = triggers(cloud)
    return {
        "parameters": {"missing": list(cloud.template.missing_parameters)},
        "imports": {"missing": list(cloud.template.missing_imports)},
        "warnings": list(cloud.template.warnings),
        "unread": [one.to_json() for one in cloud.template.unread],
        "resources": {
            resource.id: _resource(cloud, resource, invoking) for resource in cloud.template.resources.values()
        },
        "vpcs": [*(_vpc(cloud, vpc) for vpc in cloud.network.vpcs.values()), *_unloaded_vpcs(cloud)],
        "enis": [_interface(cloud, eni) for eni in cloud.network.network_interfaces.values()],
        "endpoints": [_endpoint(cloud, endpoint) for endpoint in cloud.network.vpc_endpoints.values()],
        "apis": apis(cloud, api_key),
    }


def _resource(cloud: Cloud, resource: Resource, invoking: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {
        "type": resource.type,
        "aws_id": cloud.physical_id(resource.id),
        "construct_path": resource.construct_path or None,
        "origin": str(resource.origin),
        "properties": plain(resource.properties),
        "references": list(resource.references),
        "triggers": list(invoking.get(resource.id, ())),
    }


def _vpc(cloud: Cloud, vpc: Vpc) -> dict[str, Any]:
    return {
        "id": vpc.id,
        "aws_id": cloud.aws_id(vpc.id),
        "cidr_blocks": plain(vpc.cidr_blocks),
        "ipv6_cidr_blocks": plain(vpc.ipv6_cidr_blocks),
        "enable_dns_support": vpc.enable_dns_support,
        "enable_dns_hostnames": plain(vpc.hostnames_doubt or vpc.enable_dns_hostnames),
        "subnets": [_subnet(cloud, subnet) for subnet in cloud.network.subnets_of(vpc.id)],
    }


def _unloaded_vpcs(cloud: Cloud) -> Iterator[dict[str, Any]]:
    """Yield the VPCs that only subnets name, such as those of parameters."""
    subnets = cloud.network.subnets.values()
    for vpc_id in dict.fromkeys(one.vpc_id for one in subnets if known_in(cloud.network.vpcs, one.vpc_id) is None):
        name = vpc_id if isinstance(vpc_id, str) else ", ".join(vpc_id.needs)
        unknown = plain(Unknown(f"VPC `{name}` is not loaded", (name,)))
        yield {
            "id": name,
            "aws_id": name,
            "cidr_blocks": [],
            "ipv6_cidr_blocks": [],
            "enable_dns_support": unknown,
            "enable_dns_hostnames": unknown,
            "subnets": [_subnet(cloud, one) for one in cloud.network.subnets_of(vpc_id)],
        }


def _subnet(cloud: Cloud, subnet: Subnet) -> dict[str, Any]:
    table, acl = cloud.network.route_table_of(subnet.id), cloud.network.network_acl_of(subnet.id)
    return {
        "id": subnet.id,
        "aws_id": cloud.aws_id(subnet.id),
        "cidr_block": None if subnet.ipv6_native else plain(subnet.cidr_block),
        "ipv6_cidr_block": plain(subnet.ipv6_cidr_block),
        "availability_zone": plain(subnet.availability_zone),
        "kind": subnet_kind(cloud, subnet.id),
        "route_table": table.id if table else None,
        "network_acl": acl.id if acl else None,
    }


def _interface(cloud: Cloud, eni: NetworkInterface) -> dict[str, Any]:
    return {
        "id": eni.id,
        "aws_id": cloud.aws_id(eni.id),
        "owner": InterfaceOwner.INSTANCE.value if eni.capacity_provider else eni.owner.value,
        "subnet": plain(eni.subnet_id),
        "security_groups": plain(eni.security_group_ids),
        "functions": list(eni.function_ids),
        "resource": None if eni.function_ids else eni.owner_id,
        "private_ip_address": plain(eni.private_ip_address),
        "ipv6_address": plain(eni.ipv6_address),
        "public_ip": plain(eni.public_ip),
    }


def _endpoint(cloud: Cloud, endpoint: VpcEndpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "aws_id": cloud.aws_id(endpoint.id),
        "service": endpoint.service or plain(endpoint.service_name),
        "type": endpoint.type.value,
        "private_dns_enabled": endpoint.private_dns_enabled,
        "subnets": plain(endpoint.subnet_ids),
        "route_tables": plain(endpoint.route_table_ids),
        "security_groups": plain(endpoint.security_group_ids),
    }
