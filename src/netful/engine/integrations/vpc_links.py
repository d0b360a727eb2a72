"""Destination of a VPC link: a load balancer at a port, or the instances of a Cloud Map service (api-gateway §5.1, §6.4).

| the integration names | destination |
|---|---|
| a listener | its load balancer, at the listener's port |
| a load balancer, directly, by its link or by the URL's host | that load balancer, at the URL's port; at its only listener's, if the URL is not known |
| a Cloud Map service | its registered instances, by their addresses and ports, and the tasks that ECS registers in it |
"""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address
from urllib.parse import parse_qsl

from netful.engine.load_balancers.load_balancer_names import serving
from netful.model.apis.domain import VpcLink
from netful.model.apis.integration import Integration
from netful.model.balancing.load_balancers import LoadBalancer
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, Unknown, mappings, url_parts
from netful.model.network.network_interface import NetworkInterface
from netful.model.promised import promised

_PORTS = {"http": 80, "https": 443, "tcp": 80, "tls": 443}
_SERVICE, _INSTANCE = "AWS::ServiceDiscovery::Service", "AWS::ServiceDiscovery::Instance"
_TASKS = "AWS::ECS::Service"


class LinkedBalancer(Frozen):
    """The load balancer behind a link, with a port. `assumed`: the port of the URL is not known, and this is the only listener's."""

    balancer: LoadBalancer
    port: int
    assumed: bool = False


class LinkEnd(Frozen):
    """An address behind a link that accepts its requests.

    `node` is the load balancer's interface there, `instance` the ECS service that registers it in Cloud Map.
    """

    link: VpcLink
    address: IPv4Address
    port: int
    node: NetworkInterface | None = None
    instance: str = ""


def balancer_of(cloud: Cloud, integration: Integration, link: VpcLink) -> LinkedBalancer | None:
    """Return the load balancer that an integration calls through its link; None if it or the port of the URL is not known."""
    listener = next((each for each in cloud.balancing.listeners.values() if integration.uri == each.id), None)
    if listener is not None and isinstance(listener.load_balancer_id, str) and isinstance(listener.port, int):
        balancer = cloud.balancing.load_balancers.get(listener.load_balancer_id)
        return LinkedBalancer(balancer, listener.port) if balancer else None
    balancer, port = next(_balancers(cloud, integration, link), None), _host_and_port(integration.uri)[1]
    if balancer is None or port is not None:
        return LinkedBalancer(balancer, port) if balancer and port else None
    ports = [each.port for each in cloud.balancing.listeners_of(balancer.id)]
    only = ports[0] if len(ports) == 1 else None
    return LinkedBalancer(balancer, only, assumed=True) if isinstance(only, int) else None


def link_ends(cloud: Cloud, integration: Integration) -> tuple[LinkEnd, ...]:
    """Return the addresses that an integration's requests may go to; empty if they are not known."""
    link = cloud.apis.vpc_links.get(str(integration.connection_id))
    linked = balancer_of(cloud, integration, link) if link else None
    if link is None:
        return ()
    if linked is None:
        return tuple(_instances(cloud, integration.uri, link))
    nodes = serving(cloud, cloud.network.interfaces_of(linked.balancer.id), linked.port)
    return tuple(
        LinkEnd(link, node.private_ip_address, linked.port, node)
        for node in nodes
        if node.private_ip_address is not None
    )


def _balancers(cloud: Cloud, integration: Integration, link: VpcLink) -> Iterator[LoadBalancer]:
    """Yield the load balancers that the integration, the link, or the URL's host names."""
    host, _ = _host_and_port(integration.uri)
    named = (integration.target, *link.target_arns)
    for balancer in cloud.balancing.load_balancers.values():
        by_id = any(value in (balancer.id, balancer.arn) for value in named if isinstance(value, str))
        if by_id or (host and balancer.is_named(host)):
            yield balancer


def _host_and_port(uri: Maybe[str] | None) -> tuple[str, int | None]:
    url = url_parts(uri if isinstance(uri, str) else "")
    return url.hostname or "", url.port or _PORTS.get(url.scheme)


def _instances(cloud: Cloud, uri: Maybe[str] | None, link: VpcLink) -> Iterator[LinkEnd]:
    """Yield the instances of the Cloud Map service in a URI, with the attributes that the URI's query requires."""
    named, _, query = (uri if isinstance(uri, str) else "").partition("?")
    service = cloud.named(named.partition(":service/")[2])
    if service not in cloud.template.resources or cloud.template.resources[service].type != _SERVICE:
        return
    for resource in cloud.template.resources.values():
        attributes = resource.properties.get("InstanceAttributes")
        if resource.type != _INSTANCE or cloud.named(str(resource.properties.get("ServiceId"))) != service:
            continue
        if isinstance(attributes, dict) and all(str(attributes.get(name)) == value for name, value in parse_qsl(query)):
            written = attributes.get("AWS_INSTANCE_IPV4")
            for address in promised(cloud, written) if isinstance(written, Unknown) else (written,):
                yield from _end(link, address, attributes.get("AWS_INSTANCE_PORT", "80"))
    if not query:
        yield from _tasks(cloud, service, link)


def _tasks(cloud: Cloud, service: str, link: VpcLink) -> Iterator[LinkEnd]:
    """Yield the tasks of the ECS services that register in a Cloud Map service, with their registered port."""
    for resource in cloud.template.resources.values():
        for registry in mappings(resource.properties.get("ServiceRegistries")) if resource.type == _TASKS else ():
            if cloud.named(str(registry.get("RegistryArn")).partition(":service/")[2]) == service:
                port = registry.get("ContainerPort", registry.get("Port", _PORTS["http"]))
                for eni in cloud.network.interfaces_of(resource.id):
                    yield from _end(link, eni.private_ip_address, port, resource.id)


def _end(link: VpcLink, address: object, port: object, instance: str = "") -> Iterator[LinkEnd]:
    try:
        yield LinkEnd(link, IPv4Address(str(address)), int(str(port)), instance=instance)
    except (AddressValueError, ValueError):
        return
