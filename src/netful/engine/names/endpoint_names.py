"""Names of an interface endpoint and their addresses (vpc-network §5.2, §5.3).

| name | answer |
|---|---|
| `vpce-ID-HASH.SERVICE.REGION.vpce.amazonaws.com` | public DNS, all addresses of the endpoint |
| `vpce-ID-HASH-ZONE.SERVICE.REGION.vpce.amazonaws.com` | public DNS, the addresses in that zone |
| the same with labels in front (`BUCKET.vpce-…`) | as without |
| `API-vpce-ID.execute-api.REGION.amazonaws.com` | public DNS, all addresses of that execute-api endpoint |

`vpce-ID` is the endpoint's id at AWS; clients write it in any case.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from netful.model.apis.api import host_label
from netful.model.cloud import Cloud
from netful.model.core import Maybe, Unknown, known_in
from netful.model.names import service_names
from netful.model.names.generated import endpoint_dns
from netful.model.names.generated.endpoint_dns import first_label
from netful.model.names.service_names import service
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint, VpcEndpointService

LATTICE_DOMAINS = {EndpointType.RESOURCE: "vpc-lattice-rsc", EndpointType.SERVICE_NETWORK: "vpc-lattice-svcs"}

_AWS_DOMAIN = ".aws"
"""The end of newer names of AWS's services, such as `api.aws` and `on.aws`."""


def regional_name(cloud: Cloud, endpoint: VpcEndpoint) -> str:
    """Return the endpoint-specific name with all addresses, the shortest of those that were described."""
    described = filter(endpoint_dns.is_own_name, endpoint.dns_names)
    made = f"{first_label(cloud.aws_id(endpoint.id))}.{_suffix(cloud, endpoint)}"
    return min(described, key=len, default=made).removeprefix("*.")


def zonal_name(cloud: Cloud, endpoint: VpcEndpoint, availability_zone: str) -> str:
    """Return the endpoint-specific name with the addresses of one zone."""
    label, _, suffix = regional_name(cloud, endpoint).partition(".")
    return f"{label}-{availability_zone}.{suffix}"


def lattice_name(cloud: Cloud, endpoint: VpcEndpoint) -> str:
    """Return a name of an endpoint of VPC Lattice, whose further labels only AWS knows."""
    return lattice_host(cloud, endpoint.id, LATTICE_DOMAINS[endpoint.type], region_of(cloud, endpoint))


def lattice_host(cloud: Cloud, id_: str, domain: str, region: str = "") -> str:
    """Return a name of a service or an endpoint of VPC Lattice."""
    return f"{cloud.aws_id(id_)}.{domain}.{region or cloud.region_of(id_)}.on.aws".lower()


Addresses = tuple[tuple[IPv4Address, ...], tuple[IPv6Address, ...]]
"""Addresses of an endpoint, IPv4 and IPv6."""


def addresses(cloud: Cloud, endpoint: VpcEndpoint, availability_zone: str | None = None) -> Addresses:
    """Return the known private addresses of an endpoint, in all zones or in one."""
    every = cloud.network.interfaces_of(endpoint.id)
    own = [eni for eni in every if availability_zone in (None, _zone(cloud, eni.subnet_id))]
    four = (eni.private_ip_address for eni in own if eni.private_ip_address and endpoint.dns_record_ip_type != "ipv6")
    six = (eni.ipv6_address for eni in own if eni.ipv6_address and endpoint.dns_record_ip_type != "ipv4")
    return tuple(four), tuple(six)


def named_endpoint(cloud: Cloud, host: str) -> tuple[VpcEndpoint, Addresses] | None:
    """Return the endpoint of an endpoint-specific name (lower case), and the addresses of that name."""
    if "vpce" not in host:
        return None
    for endpoint in cloud.network.vpc_endpoints.values():
        if endpoint.type is not EndpointType.INTERFACE:
            continue
        if _covers(regional_name(cloud, endpoint), host) or _is_api_name(cloud, endpoint, host):
            return endpoint, addresses(cloud, endpoint)
        for zone in dict.fromkeys(_zones(cloud, endpoint)) if not _is_far(cloud, endpoint) else ():
            if _covers(zonal_name(cloud, endpoint, zone), host):
                return endpoint, addresses(cloud, endpoint, zone)
    return None


def private_names(cloud: Cloud, endpoint: VpcEndpoint) -> tuple[Maybe[str], ...]:
    """Return the names that private DNS of an interface endpoint covers: patterns of AWS's service, or the name of another's.

    CloudFormation has no property for the name of another's service, which AWS describes. AWS turns private DNS on only for a service that has one.
    """
    if endpoint.service:
        return service_names.service(endpoint.service).private_names(region_of(cloud, endpoint))
    offered = service_of(cloud, endpoint)
    if offered is not None and offered.private_dns_name is not None:
        return (offered.private_dns_name,)
    described = tuple(name for name in endpoint.dns_names if not endpoint_dns.is_own_name(name))
    return described or (Unknown(f"the private DNS name of the service of {endpoint.id} is not known"),)


def may_cover(cloud: Cloud, endpoint: VpcEndpoint, host: str) -> bool:
    """Return whether an endpoint may lead to a host of AWS: its service, or whether private DNS is on, is not known."""
    found = service_names.service_of_host(host)
    if endpoint.type is EndpointType.GATEWAY:
        return found is not None and found[0].code in service_names.GATEWAY_SERVICES
    if isinstance(endpoint.service_name, Unknown):
        return found is not None or host.endswith(_AWS_DOMAIN)
    known = (name for name in private_names(cloud, endpoint) if isinstance(name, str))
    return any(service_names.name_matches(name.lower(), host) for name in known)


def service_of(cloud: Cloud, endpoint: VpcEndpoint) -> VpcEndpointService | None:
    """Return the service of the sources that an endpoint leads to; None for AWS's own, and one that was not loaded."""
    services = cloud.network.vpc_endpoint_services.values()
    return next((each for each in services if each.service_name == endpoint.service_name), None)


def region_of(cloud: Cloud, endpoint: VpcEndpoint) -> str:
    """Return the region of the endpoint's service: as it names it, or in the service's name, else its VPC's."""
    if endpoint.service_region:
        return endpoint.service_region
    if isinstance(endpoint.service_name, str):
        named = next((r for r in service_names.REGIONS if f".{r}." in endpoint.service_name), None)
        if named:
            return named
    vpc = known_in(cloud.network.vpcs, endpoint.vpc_id)
    return vpc.region if vpc else cloud.region


def _is_far(cloud: Cloud, endpoint: VpcEndpoint) -> bool:
    """Return whether an endpoint's service is in another Region than its VPC."""
    vpc = known_in(cloud.network.vpcs, endpoint.vpc_id)
    return vpc is not None and region_of(cloud, endpoint) != vpc.region


def labels(cloud: Cloud, endpoint_id: str) -> tuple[str, str]:
    """Return the labels that stand for an endpoint in names of APIs: its id at AWS, and `vpce-` with its name."""
    return cloud.aws_id(endpoint_id), f"vpce-{host_label(endpoint_id).lower()}"


def _suffix(cloud: Cloud, endpoint: VpcEndpoint) -> str:
    name = endpoint.service_name if isinstance(endpoint.service_name, str) else "unknown"
    return endpoint_dns.suffix_of(name, region_of(cloud, endpoint))


def _is_api_name(cloud: Cloud, endpoint: VpcEndpoint, host: str) -> bool:
    """Return whether a host has the form `API-vpce-ID.execute-api…` and names this endpoint."""
    end = f".{service('execute-api').host(region_of(cloud, endpoint))}"
    named = host.removesuffix(end).partition("-vpce-")[2]
    return endpoint.service == "execute-api" and host.endswith(end) and f"vpce-{named}" in labels(cloud, endpoint.id)


def _covers(name: str, host: str) -> bool:
    return host == name or host.endswith("." + name)


def _zone(cloud: Cloud, subnet_id: str | Unknown) -> str:
    subnet = known_in(cloud.network.subnets, subnet_id)
    return subnet.zone if subnet else ""


def _zones(cloud: Cloud, endpoint: VpcEndpoint) -> Iterator[str]:
    return (zone for zone in (_zone(cloud, subnet_id) for subnet_id in endpoint.subnet_ids) if zone)
