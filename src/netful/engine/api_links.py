"""From API Gateway through a VPC link to a load balancer and its targets (api-gateway §5.1).

A link of the second version has interfaces with groups in subnets; what it sends is filtered like any packet. One of the
first version hands requests to the nodes of a network load balancer by PrivateLink: nothing is between. The port is the
listener's where the integration names one, else the URL's.
"""

from __future__ import annotations

from netful.engine import balancing
from netful.engine.flow import AWS_EPHEMERAL, End, Flow, Ports, network_of
from netful.engine.link_ends import Place, place_of
from netful.engine.ruling import needs
from netful.engine.walk import Walk
from netful.model.cloud import Cloud
from netful.model.domain import VpcLink
from netful.model.filters import TCP
from netful.model.integration import Integration
from netful.model.interface import InterfaceOwner, NetworkInterface
from netful.model.unknown import Unknown


def follow(walk: Walk, integration: Integration) -> None:
    """Go on through the VPC link of an integration."""
    link = walk.cloud.vpc_links.get(str(integration.connection_id))
    place = place_of(walk.cloud, integration, link) if link else None
    if link is None or place is None:
        values = (integration.connection_id, integration.target, integration.uri, *(link.target_arns if link else ()))
        missing = next((needs(value, "") for value in values if isinstance(value, Unknown)), None)
        component = link.id if link else str(integration.connection_id)
        asks, rule = integration.id, "where it leads is not known"
        missing = missing or (f"what {component} leads to",)
        walk.trail.add("vpc link", component, asks, "unknown", rule, origin=integration.origin, missing=missing)
        return
    nodes = walk.cloud.interfaces_of(place.balancer.id)
    if not nodes:
        walk.trail.assume(f"{place.balancer.id} takes what {link.id} sends")
        return
    _send(walk, link, place, balancing.serving(walk.cloud, nodes, place.port)[0])


def _send(walk: Walk, link: VpcLink, place: Place, node: NetworkInterface) -> None:
    ports = Ports(place.port, place.port)
    address = node.private_ip_address
    end = End(network_of(address) if address else None, ports, node)
    rule = f"leads to {place.balancer.id}"
    if link.version == 1:
        flow = Flow(TCP, End(None, AWS_EPHEMERAL, identity_lost=True), end)
        walk.trail.add("vpc link", link.id, flow.service, "allow", rule, origin=link.origin)
        if place.balancer.security_group_ids and place.balancer.enforce_inbound_rules_on_private_link:
            walk.trail.assume(f"the groups of {place.balancer.id} admit what comes by PrivateLink")
        balancing.balance(walk, node, flow)
        return
    sender = _interface(walk.cloud, link)
    source = End(network_of(sender.private_ip_address) if sender.private_ip_address else None, AWS_EPHEMERAL, sender)
    flow = Flow(TCP, source, end)
    walk.trail.add("vpc link", link.id, flow.service, "allow", rule, origin=link.origin)
    walk.depart(sender, flow)


def _interface(cloud: Cloud, link: VpcLink) -> NetworkInterface:
    """One of the link's interfaces; its address stands for any free one of the subnet."""
    subnet_id = link.subnet_ids[0] if link.subnet_ids else Unknown("no subnet is named", (f"the subnets of {link.id}",))
    subnet = cloud.subnets.get(subnet_id) if isinstance(subnet_id, str) else None
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
