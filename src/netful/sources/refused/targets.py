"""Targets and target groups that AWS refuses: in another VPC, at a public address, or at a port without a listener."""

from collections.abc import Iterable, Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network, ip_address
from typing import Any

from netful.model.apis.api import Protocol
from netful.model.balancing.load_balancers import Action, Listener, TargetGroup
from netful.model.cloud import Cloud
from netful.model.core import Unknown, known_in, mappings
from netful.model.network.vpc import Vpc

_ZONE = "AvailabilityZone"
_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.168.0.0/16")))
"""Blocks in which an address outside of the group's VPC may be."""


def apart(cloud: Cloud, listener: Listener, actions: Iterable[Action]) -> Iterator[str]:
    """Yield the groups that are in another VPC than the load balancer which forwards to them."""
    balancer_id = listener.load_balancer_id
    balancer = known_in(cloud.balancing.load_balancers, balancer_id)
    here = known_in(cloud.network.vpcs, balancer.vpc_id) if balancer else None
    for group in cloud.balancing.groups_of(*actions):
        there = known_in(cloud.network.vpcs, group.vpc_id)
        if here and there and here.id != there.id:
            yield f"`{group.id}` is in `{there.id}`, and `{balancer_id}` in `{here.id}`"


def instances(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield groups with an instance in another VPC."""
    for group, own, target in _targets(cloud, "instance"):
        named = target.get("Id")
        found = cloud.network.interfaces_of(cloud.named(named)) if isinstance(named, str) else ()
        there = cloud.network.vpc_of_interface(found[0]) if found else None
        if there is not None and there.id != own.id:
            yield group.id, f"`{found[0].owner_id}` is in `{there.id}`, and the group in `{own.id}`"


def addresses(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield groups with an address outside of their VPC that is public, or without a zone."""
    for group, own, target in _targets(cloud, "ip"):
        address = ipv4(target.get("Id"))
        if (
            address is None
            or len(own.known_blocks) < len(own.blocks)
            or any(address in one for one in own.known_blocks)
        ):
            continue
        if not any(address in block for block in _PRIVATE):
            yield group.id, f"{address} is outside of `{own.id}`, and public"
        elif _ZONE not in target:
            yield group.id, f"{address} is outside of `{own.id}`, and has no `{_ZONE}`"


def balancers(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield groups with a load balancer as the target that has no listener at the target's port."""
    for group, _, target in _targets(cloud, "alb"):
        named = target.get("Id")
        balancer = cloud.balancing.load_balancers.get(cloud.named(named)) if isinstance(named, str) else None
        ports = [one.port for one in cloud.balancing.listeners_of(balancer.id)] if balancer else []
        port = target.get("Port", group.port)
        sure = not any(isinstance(one, Unknown) for one in (port, *ports))
        if balancer and ports and sure and str(port) not in map(str, ports):
            yield group.id, f"`{balancer.id}` has no listener at port {port}"


def linked_urls(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield integrations of HTTP APIs that lead through a VPC link to a URL."""
    for one in cloud.template.of_type("AWS::ApiGatewayV2::Integration"):
        own = one.properties
        api, uri = cloud.apis.by_id.get(cloud.named(str(own.get("ApiId")))), str(own.get("IntegrationUri"))
        is_http = api is not None and api.protocol is Protocol.HTTP
        if is_http and own.get("ConnectionType") == "VPC_LINK" and uri.startswith(("http://", "https://")):
            yield one.id, "an HTTP API leads through a VPC link to a listener or a service of Cloud Map, not to a URL"


def _targets(cloud: Cloud, kind: str) -> Iterator[tuple[TargetGroup, Vpc, Mapping[str, Any]]]:
    """Yield the targets of groups of a type, as written, with the group and its VPC."""
    for group in cloud.balancing.target_groups.values():
        resource, vpc = cloud.template.resources.get(group.id), known_in(cloud.network.vpcs, group.vpc_id)
        if group.target_type == kind and resource is not None and vpc is not None:
            yield from ((group, vpc, target) for target in mappings(resource.properties.get("Targets")))


def ipv4(text: object) -> IPv4Address | None:
    """Return an address of IPv4; None for anything else."""
    try:
        address = ip_address(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return address if isinstance(address, IPv4Address) else None
