"""What is there, as plain data: VPCs, subnets with their kind, interfaces with who shares them, endpoints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Any

from netful.engine.kinds import subnet_kind
from netful.model.cloud import Cloud
from netful.model.endpoint import VpcEndpoint
from netful.model.interface import NetworkInterface
from netful.model.resource import Resource
from netful.model.unknown import Unknown
from netful.model.vpc import Subnet, Vpc


def inventory(cloud: Cloud) -> dict[str, Any]:
    """The document of `netful show --format json`."""
    return {
        "parameters": {"missing": list(cloud.missing_parameters)},
        "imports": {"missing": list(cloud.missing_imports)},
        "warnings": list(cloud.warnings),
        "resources": {resource.id: _resource(resource) for resource in cloud.resources.values()},
        "vpcs": [_vpc(cloud, vpc) for vpc in cloud.vpcs.values()],
        "enis": [_interface(eni) for eni in cloud.network_interfaces.values()],
        "endpoints": [_endpoint(endpoint) for endpoint in cloud.vpc_endpoints.values()],
        "apis": [],
    }


def plain(value: Any) -> Any:
    """A value of the model as JSON has it; an unknown is `{"unknown": why}`."""
    if isinstance(value, Unknown):
        return {"unknown": value.why, "needs": list(value.needs)}
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, IPv4Address | IPv6Address | IPv4Network | IPv6Network):
        return str(value)
    if isinstance(value, Iterable) and not isinstance(value, str | bytes):
        return [plain(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _resource(resource: Resource) -> dict[str, Any]:
    return {"type": resource.type, "origin": str(resource.origin), "properties": plain(resource.properties)}


def _vpc(cloud: Cloud, vpc: Vpc) -> dict[str, Any]:
    return {
        "id": vpc.id,
        "cidr_blocks": plain(vpc.cidr_blocks),
        "enable_dns_support": vpc.enable_dns_support,
        "enable_dns_hostnames": vpc.enable_dns_hostnames,
        "subnets": [_subnet(cloud, subnet) for subnet in cloud.subnets_of(vpc.id)],
    }


def _subnet(cloud: Cloud, subnet: Subnet) -> dict[str, Any]:
    table, acl = cloud.route_table_of(subnet.id), cloud.network_acl_of(subnet.id)
    return {
        "id": subnet.id,
        "cidr_block": plain(subnet.cidr_block),
        "availability_zone": plain(subnet.availability_zone),
        "kind": subnet_kind(cloud, subnet.id),
        "route_table": table.id if table else None,
        "network_acl": acl.id if acl else None,
    }


def _interface(eni: NetworkInterface) -> dict[str, Any]:
    return {
        "id": eni.id,
        "owner": eni.owner.value,
        "subnet": plain(eni.subnet_id),
        "security_groups": plain(eni.security_group_ids),
        "functions": list(eni.function_ids),
        "resource": None if eni.function_ids else eni.owner_id,
        "private_ip_address": plain(eni.private_ip_address),
        "public_ip": plain(eni.public_ip),
    }


def _endpoint(endpoint: VpcEndpoint) -> dict[str, Any]:
    return {
        "id": endpoint.id,
        "service": endpoint.service or plain(endpoint.service_name),
        "type": endpoint.type.value,
        "private_dns_enabled": endpoint.private_dns_enabled,
        "subnets": plain(endpoint.subnet_ids),
        "route_tables": plain(endpoint.route_table_ids),
        "security_groups": plain(endpoint.security_group_ids),
    }
