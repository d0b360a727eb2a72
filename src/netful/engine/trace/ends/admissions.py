"""Conditions of AWS's own resources on their clients, which a question assumes: netful states them and does not judge them."""

from collections.abc import Iterable, Iterator

from netful.engine.trace.ends.destinations import (
    AddressDestination,
    Destination,
    HostDestination,
    InterfaceDestination,
    Service,
)
from netful.engine.trace.ends.sources import Source
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown, at, texts, whole_number

_ACCESS_POINT, _VERIFIED_ACCESS = "AWS::S3::AccessPoint", "AWS::EC2::VerifiedAccessEndpoint"
_SHARED, _RESOLVER = "AWS::VpcLattice::ResourceConfiguration", "AWS::Route53Resolver::ResolverEndpoint"
_DNS_PORT, _PLAIN_DNS = 53, "Do53"


def assumed(cloud: Cloud, sources: Iterable[Source], target: Destination) -> Iterator[str]:
    """Yield the conditions of a destination's owner on its clients, and those of a source on its destination."""
    if isinstance(target, HostDestination):
        host = target.host.lower().rstrip(".")
        yield from _of_access_points(cloud, host)
        yield from _of_verified_access(cloud, host)
    yield from _of_resolvers(cloud, target)
    for name in dict.fromkeys(source.name for source in sources):
        yield from _of_shared(cloud.template.resources.get(name), target.service)


def _of_access_points(cloud: Cloud, host: str) -> Iterator[str]:
    label, _, domain = host.partition(".")
    for point in cloud.template.of_type(_ACCESS_POINT) if domain.startswith("s3-accesspoint") else ():
        name, vpc = point.properties.get("Name"), at(point.properties, "VpcConfiguration.VpcId")
        if vpc is not None and (not isinstance(name, str) or label == f"{name}-{cloud.account_id}"):
            where = "its VPC" if isinstance(vpc, Unknown) else f"`{cloud.named(str(vpc))}`"
            yield f"the client is in {where}, with an endpoint for S3: the access point `{point.id}` refuses every other one"


def _of_verified_access(cloud: Cloud, host: str) -> Iterator[str]:
    for endpoint in cloud.template.of_type(_VERIFIED_ACCESS):
        if str(endpoint.properties.get("ApplicationDomain")).lower() == host:
            yield f"`{endpoint.id}` admits the client: policies of Verified Access are not evaluated"


def _of_resolvers(cloud: Cloud, target: Destination) -> Iterator[str]:
    """Yield the protocols of resolver endpoints that do not answer plain DNS, for a question about its port."""
    ports = target.service.ports
    asked = target.interfaces if isinstance(target, InterfaceDestination) else ()
    if isinstance(target, AddressDestination):
        asked = cloud.network.interfaces_with(target.network.network_address)
    for name in dict.fromkeys(eni.owner_id for eni in asked if ports.first <= _DNS_PORT <= ports.last):
        resource = cloud.template.resources.get(name)
        protocols = resource.properties.get("Protocols") if resource and resource.type == _RESOLVER else None
        if protocols and _PLAIN_DNS not in texts(protocols):
            yield f"`{name}` answers at port {_DNS_PORT}: `{_PLAIN_DNS}` is not known to be among its `Protocols`"


def _of_shared(resource: Resource | None, service: Service) -> Iterator[str]:
    """Yield the ports of a resource that VPC Lattice shares, if those of the question are not surely among them."""
    if resource is None or resource.type != _SHARED or "PortRanges" not in resource.properties:
        return
    ranges = texts(resource.properties["PortRanges"])
    for first, _, last in (text.partition("-") for text in ranges):
        if whole_number(first, 0) <= service.ports.first and service.ports.last <= whole_number(last or first, 0):
            return
    yield f"`{resource.id}` forwards {service.ports}: its `PortRanges` are {', '.join(ranges) or 'not known'}"
