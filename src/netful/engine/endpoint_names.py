"""The names that belong to an interface endpoint, and which addresses they give (vpc-network §5.2, §5.3).

| name | who answers |
|---|---|
| `vpce-ID-HASH.SERVICE.REGION.vpce.amazonaws.com` | public DNS, all the endpoint's addresses |
| `vpce-ID-HASH-ZONE.SERVICE.REGION.vpce.amazonaws.com` | public DNS, the addresses in that zone |
| the same with labels in front (`BUCKET.vpce-…`) | as without |
| `API-vpce-ID.execute-api.REGION.amazonaws.com` | public DNS, all the addresses of that execute-api endpoint |

A template's logical id takes the place of AWS's random id: lower-cased and made DNS-safe (`SsmEndpoint` →
`vpce-ssmendpoint`); the hash of the exact id keeps two that differ in case apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address
from zlib import crc32

from netful.model import catalog
from netful.model.cloud import Cloud
from netful.model.endpoint import EndpointType, VpcEndpoint
from netful.model.unknown import Unknown

_LONGEST_ID = 40  # a label has at most 63 characters: `vpce-`, this, the hash and a zone


def dns_id(endpoint_id: str) -> str:
    """The endpoint's id as it stands in host names: `vpce-…`, DNS-safe."""
    safe = re.sub(r"[^a-z0-9]+", "-", endpoint_id.lower()).strip("-")[:_LONGEST_ID]
    return safe if safe.startswith("vpce-") else f"vpce-{safe}"


def regional_name(cloud: Cloud, endpoint: VpcEndpoint) -> str:
    """The endpoint-specific name that gives all its addresses."""
    return f"{_first_label(endpoint)}.{_suffix(cloud, endpoint)}"


def zonal_name(cloud: Cloud, endpoint: VpcEndpoint, availability_zone: str) -> str:
    """The endpoint-specific name that gives the addresses in one zone."""
    return f"{_first_label(endpoint)}-{availability_zone}.{_suffix(cloud, endpoint)}"


def addresses(cloud: Cloud, endpoint: VpcEndpoint, availability_zone: str | None = None) -> tuple[IPv4Address, ...]:
    """The known private addresses of an endpoint, in all zones or in one."""
    return tuple(
        eni.private_ip_address
        for eni in cloud.interfaces_of(endpoint.id)
        if eni.private_ip_address and availability_zone in (None, _zone(cloud, eni.subnet_id))
    )


def named_endpoint(cloud: Cloud, host: str) -> tuple[VpcEndpoint, tuple[IPv4Address, ...]] | None:
    """The endpoint that an endpoint-specific name (lower case) means, with the addresses that it gives."""
    if "vpce" not in host:
        return None
    for endpoint in cloud.vpc_endpoints.values():
        if endpoint.type is not EndpointType.INTERFACE:
            continue
        if _covers(regional_name(cloud, endpoint), host) or host in _api_names(cloud, endpoint, host):
            return endpoint, addresses(cloud, endpoint)
        for zone in dict.fromkeys(_zones(cloud, endpoint)):
            if _covers(zonal_name(cloud, endpoint, zone), host):
                return endpoint, addresses(cloud, endpoint, zone)
    return None


def region_of(cloud: Cloud, endpoint: VpcEndpoint) -> str:
    """The region in the endpoint's service name, else its VPC's."""
    if isinstance(endpoint.service_name, str):
        named = next((r for r in catalog.REGIONS if f".{r}." in endpoint.service_name), None)
        if named:
            return named
    vpc = cloud.vpcs.get(endpoint.vpc_id) if isinstance(endpoint.vpc_id, str) else None
    return vpc.region if vpc else cloud.region


def _first_label(endpoint: VpcEndpoint) -> str:
    return f"{dns_id(endpoint.id)}-{crc32(endpoint.id.encode()):08x}"


def _suffix(cloud: Cloud, endpoint: VpcEndpoint) -> str:
    region = region_of(cloud, endpoint)
    if not endpoint.service:
        name = endpoint.service_name if isinstance(endpoint.service_name, str) else "unknown"
        return f"{name.rsplit('.', 1)[-1].lower()}.{region}.vpce.amazonaws.com"
    host = catalog.service(endpoint.service).host(region)
    return host.removesuffix("amazonaws.com") + "vpce.amazonaws.com"


def _api_names(cloud: Cloud, endpoint: VpcEndpoint, host: str) -> tuple[str, ...]:
    """The one name of the form `API-vpce-ID.execute-api…` that `host` could be, if this endpoint has such names."""
    if endpoint.service != "execute-api":
        return ()
    api = host.partition("-")[0]
    return (f"{api}-{dns_id(endpoint.id)}.execute-api.{region_of(cloud, endpoint)}.amazonaws.com",)


def _covers(name: str, host: str) -> bool:
    return host == name or host.endswith("." + name)


def _zone(cloud: Cloud, subnet_id: str | Unknown) -> str:
    subnet = cloud.subnets.get(subnet_id) if isinstance(subnet_id, str) else None
    zone = subnet.availability_zone if subnet else ""
    return zone if isinstance(zone, str) else ""


def _zones(cloud: Cloud, endpoint: VpcEndpoint) -> Iterator[str]:
    return (zone for zone in (_zone(cloud, subnet_id) for subnet_id in endpoint.subnet_ids) if zone)
