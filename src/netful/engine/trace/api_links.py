"""From API Gateway through a VPC link to a load balancer and its targets, or to a Cloud Map service (api-gateway §5.1).

A link of the second version has interfaces with groups in subnets; what it sends is filtered like any packet. One of the
first version hands requests to the nodes of a network load balancer by PrivateLink: nothing is between, and the targets
see the node's address. The port is the listener's where the integration names one, else the URL's.
"""

from __future__ import annotations

from ipaddress import IPv4Address

from netful.engine.flows.flow import AWS_EPHEMERAL, End, Flow, Ports, network_of
from netful.engine.flows.ruling import needs
from netful.engine.network import load_balancing
from netful.engine.network.vpc_links import LinkEnd, Place, link_ends, place_of
from netful.engine.network.walk import Walk
from netful.model.apis.domain import VpcLink
from netful.model.apis.integration import Integration
from netful.model.cloud import Cloud
from netful.model.core.unknown import Unknown, known_in
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import TCP
from netful.model.network.vpc import IPNetwork


def follow(walk: Walk, integration: Integration) -> None:
    """Go on through the VPC link of an integration."""
    link = walk.cloud.apis.vpc_links.get(str(integration.connection_id))
    place = place_of(walk.cloud, integration, link) if link else None
    registered = link_ends(walk.cloud, integration) if place is None else ()
    if registered:
        _to_registered(walk, integration, registered)
        return
    if link is None or place is None:
        values = (integration.connection_id, integration.target, integration.uri, *(link.target_arns if link else ()))
        missing = next((needs(value, "") for value in values if isinstance(value, Unknown)), None)
        component = link.id if link else str(integration.connection_id)
        asks, rule = integration.id, "where it leads is not known"
        missing = missing or (f"what {component} leads to",)
        walk.trail.add("vpc link", component, asks, "unknown", rule, origin=integration.origin, missing=missing)
        return
    nodes = walk.cloud.network.interfaces_of(place.balancer.id)
    if not nodes:
        walk.trail.assume(f"{place.balancer.id} takes what {link.id} sends")
        return
    _send(walk, link, place, load_balancing.serving(walk.cloud, nodes, place.port)[0])


def _send(walk: Walk, link: VpcLink, place: Place, node: NetworkInterface) -> None:
    ports = Ports(place.port, place.port)
    end = End(_network(node.private_ip_address), ports, node)
    rule = f"leads to {place.balancer.id}"
    if link.version == 1:
        flow = Flow(TCP, End(None, AWS_EPHEMERAL, identity_lost=True), end)
        walk.trail.add("vpc link", link.id, flow.service, "allow", rule, origin=link.origin)
        if place.balancer.security_group_ids and place.balancer.enforce_inbound_rules_on_private_link:
            walk.trail.assume(f"the groups of {place.balancer.id} admit what comes by PrivateLink")
        load_balancing.balance(walk, node, flow, by_private_link=True)
        return
    _depart(walk, link, end, rule)


def _to_registered(walk: Walk, integration: Integration, ends: tuple[LinkEnd, ...]) -> None:
    """Go on to the first instance of a Cloud Map service."""
    first = ends[0]
    service = str(integration.uri).partition("?")[0].partition(":service/")[2]
    if len(ends) > 1:
        walk.trail.assume(f"the other instances of {service} are reached as {first.address} is")
    _depart(walk, first.link, End(_network(first.address), Ports(first.port, first.port)), f"leads to {service}")


def _depart(walk: Walk, link: VpcLink, end: End, rule: str) -> None:
    sender = _interface(walk.cloud, link)
    flow = Flow(TCP, End(_network(sender.private_ip_address), AWS_EPHEMERAL, sender), end)
    walk.trail.add("vpc link", link.id, flow.service, "allow", rule, origin=link.origin)
    walk.depart(sender, flow)


def _network(address: IPv4Address | None) -> IPNetwork | None:
    return network_of(address) if address is not None else None


def _interface(cloud: Cloud, link: VpcLink) -> NetworkInterface:
    """One of the link's interfaces; its address stands for any free one of the subnet."""
    subnet_id = link.subnet_ids[0] if link.subnet_ids else Unknown("no subnet is named", (f"the subnets of {link.id}",))
    subnet = known_in(cloud.network.subnets, subnet_id)
    block = subnet.cidr_block if subnet else None
    return NetworkInterface(
        id=f"eni-{link.id}",
        owner=InterfaceOwner.OTHER,
        owner_id=link.id,
        subnet_id=subnet_id,
        security_group_ids=link.security_group_ids,
        private_ip_address=None if block is None or isinstance(block, Unknown) else block[-2],
        origin=link.origin,
    )
