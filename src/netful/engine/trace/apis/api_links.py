"""Path from API Gateway through a VPC link to a load balancer's targets or a Cloud Map service (api-gateway §5.1).

A V2 link has interfaces with security groups in subnets. Its packets are filtered like any others. A V1 link uses
PrivateLink: requests go straight to the nodes of a network load balancer, and the targets see the node's address.
The port is the listener's if the integration names a listener, else the URL's.
"""

from dataclasses import replace
from ipaddress import IPv4Address

from netful.engine.flows.finding import Assumption, Finding, Found, allowed, unknown
from netful.engine.flows.flow import AWS_EPHEMERAL, End, Flow, Ports, network_of
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import needs
from netful.engine.integrations import link_protocols
from netful.engine.integrations.vpc_links import LinkedBalancer, LinkEnd, balancer_of, link_ends
from netful.engine.load_balancers.load_balancer_names import serving
from netful.engine.network.packet import OUTSIDE, Journey, Packet
from netful.engine.network.steps import Balance, Depart, Done, Step
from netful.model.apis.domain import VpcLink
from netful.model.apis.integration import Integration
from netful.model.cloud import Cloud
from netful.model.core import Unknown, known_in
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import TCP
from netful.model.network.vpc import IPNetwork


def first_step(cloud: Cloud, journey: Journey, integration: Integration) -> Step:
    """Return the first step of a packet that API Gateway sends through an integration's VPC link."""
    secure = link_protocols.is_secure(integration)
    journey = replace(journey, direct=False, endpoint_id=None, secured_by=None, secure=secure)
    link = cloud.apis.vpc_links.get(str(integration.connection_id))
    linked = balancer_of(cloud, integration, link) if link else None
    registered = link_ends(cloud, integration) if linked is None else ()
    if registered:
        return _to_registered(cloud, journey, integration, registered)
    nowhere = Packet(OUTSIDE, Flow(TCP, End(None), End(None)), journey)
    if link is None or linked is None:
        return Done(nowhere, found=(_unknown(integration, link),))
    nodes = cloud.network.interfaces_of(linked.balancer.id)
    if not nodes:
        return Done(nowhere, found=(Assumption(f"{linked.balancer.id} takes what {link.id} sends"),))
    node = serving(cloud, nodes, linked.port)[0]
    end = End(_network(node.private_ip_address), Ports(linked.port, linked.port), node)
    notes = (Assumption(f"the URL of {integration.id} has the port {linked.port}"),) if linked.assumed else ()
    if link.version == 1:
        return _by_private_link(journey, link, linked, node, end).after(*notes)
    return _depart(cloud, journey, link, end, f"leads to {linked.balancer.id}").after(*notes)


def _unknown(integration: Integration, link: VpcLink | None) -> Finding:
    values = (integration.connection_id, integration.target, integration.uri, *(link.target_arns if link else ()))
    component = link.id if link else str(integration.connection_id)
    missing = next(
        (needs(value, "") for value in values if isinstance(value, Unknown)), (f"what {component} leads to",)
    )
    rule = "where it leads is not known"
    return unknown(HopKind.VPC_LINK, integration.id, component, rule, missing, integration.origin)


def _by_private_link(journey: Journey, link: VpcLink, linked: LinkedBalancer, node: NetworkInterface, end: End) -> Step:
    balancer, flow = linked.balancer, Flow(TCP, End(None, AWS_EPHEMERAL, identity_lost=True), end)
    found: list[Found] = [allowed(HopKind.VPC_LINK, flow.service, link, f"leads to {balancer.id}")]
    if balancer.security_group_ids and balancer.enforce_inbound_rules_on_private_link:
        found.append(Assumption(f"the groups of {balancer.id} admit what comes by PrivateLink"))
    return Balance(Packet(OUTSIDE, flow, journey), node, by_private_link=True, found=tuple(found))


def _to_registered(cloud: Cloud, journey: Journey, integration: Integration, ends: tuple[LinkEnd, ...]) -> Step:
    first = ends[0]
    service = cloud.named(str(integration.uri).partition("?")[0].partition(":service/")[2])
    vpc = cloud.network.vpc_of_interface(_interface(cloud, first.link))
    interface = cloud.network.interface_at(vpc.id, first.address) if vpc is not None else None
    end = End(_network(first.address), Ports(first.port, first.port), interface)
    step = _depart(cloud, journey, first.link, end, f"leads to {service}, which has {first.instance or first.address}")
    others = Assumption(f"the other instances of {service} are reached as {first.address} is")
    return step.after(others) if len(ends) > 1 else step


def _depart(cloud: Cloud, journey: Journey, link: VpcLink, end: End, rule: str) -> Step:
    sender = _interface(cloud, link)
    flow = Flow(TCP, End(_network(sender.private_ip_address), AWS_EPHEMERAL, sender), end)
    return Depart(Packet(sender, flow, journey), found=(allowed(HopKind.VPC_LINK, flow.service, link, rule),))


def _network(address: IPv4Address | None) -> IPNetwork | None:
    return network_of(address) if address is not None else None


def _interface(cloud: Cloud, link: VpcLink) -> NetworkInterface:
    """Return an interface of the link; its address represents any free address of the subnet."""
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
