"""Paths from the nodes of load balancers to their targets: of requests, and of health checks (vpc-network §9.2).

| load balancer, group | requests come from | health checks come from |
|---|---|---|
| a network one, of a group that shows clients' addresses | the clients, so they are not here | the node |
| any other | the node | the node |

A health check of the port that also gets requests from the node has the same path, which is here once.
"""

from collections.abc import Iterator

from netful.checks.facts.cloud_facts import Facts
from netful.engine.flows.address_families import IPV4, address_of, without_address
from netful.engine.flows.flow import PROTOCOL_NAMES, Ports, network_of
from netful.engine.flows.path import Path
from netful.engine.load_balancers.target_groups import Member, enabled, members, near
from netful.engine.trace.ends.destination_ends import Reachable
from netful.engine.trace.ends.destinations import AddressDestination, InterfaceDestination, Service
from netful.engine.trace.ends.sources import Source
from netful.engine.trace.question import Question
from netful.engine.trace.trace import trace
from netful.model.balancing.load_balancers import LoadBalancer, LoadBalancerType, TargetGroup
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown, whole_number
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import TCP, UDP

_TUNNEL = "GENEVE"
_OF_PACKETS = {"UDP": (UDP,), "QUIC": (UDP,), _TUNNEL: (UDP,), "TCP_UDP": (TCP, UDP), "TCP_QUIC": (TCP, UDP)}
_PORT_OF_CHECKS = "HealthCheckPort"


class TargetPath(Frozen):
    """The path of a node's requests or of its health checks to a target."""

    node: NetworkInterface
    member: Member
    service: Service
    path: Path
    checks: bool = False


class Forwarding(Frozen):
    """A load balancer and a group that one of its listeners or rules forwards to."""

    balancer: LoadBalancer
    group: TargetGroup


def forwardings(cloud: Cloud) -> Iterator[Forwarding]:
    """Return each load balancer with each of its groups."""
    for balancer in cloud.balancing.load_balancers.values():
        listeners = cloud.balancing.listeners_of(balancer.id)
        actions = (action for listener in listeners for action in cloud.balancing.every_action_of(listener))
        for group in cloud.balancing.groups_of(*actions):
            yield Forwarding(balancer, group)


def hides_clients(one: Forwarding) -> bool:
    """Return whether targets see a node as the source of requests."""
    is_network = one.balancer.type is LoadBalancerType.NETWORK
    return not (is_network and one.group.shows_clients and one.group.ip_version == IPV4)


def target_paths(facts: Facts, one: Forwarding) -> Iterator[TargetPath]:
    """Return the paths of each node to the targets that it uses."""
    cloud = facts.cloud
    used = enabled(cloud, one.balancer, one.group, members(cloud, one.group))
    for node in cloud.network.interfaces_of(one.balancer.id):
        for member in near(cloud, one.balancer, one.group, node, used):
            for service, checks in _services(cloud, one, member):
                question = _question(cloud, one, node, member, service)
                if question is not None:
                    yield TargetPath(node, member, service, trace(cloud, question), checks)


def _services(cloud: Cloud, one: Forwarding, member: Member) -> Iterator[tuple[Service, bool]]:
    """Yield what a node sends to a target, each with whether it is a health check alone."""
    sent = []
    if hides_clients(one) and isinstance(member.port, int):
        ports = Ports(member.port, member.last_port or member.port)
        sent = [Service(protocol, ports) for protocol in _OF_PACKETS.get(one.group.protocol, (TCP,))]
    yield from ((service, False) for service in sent)
    checked = _checked(cloud, one.group, member)
    if checked is not None and checked not in sent:
        yield checked, True


def _checked(cloud: Cloud, group: TargetGroup, member: Member) -> Service | None:
    """Return the port of a group's health checks of a target; None if it has none, or if the port is not known."""
    resource = cloud.template.resources.get(group.id)
    written = resource.properties.get(_PORT_OF_CHECKS) if resource else None
    port = whole_number(group.health_check_port)
    if group.health_check_enabled is False or isinstance(written, Unknown):
        return None
    if port is None and group.protocol == _TUNNEL:
        return None
    if port is not None:
        return Service(TCP, Ports(port, port))
    return Service(TCP, Ports(member.port, member.last_port or member.port)) if isinstance(member.port, int) else None


def lacks_address(cloud: Cloud, one: Forwarding, member: Member) -> bool:
    """Return whether a target surely has no address of the family of its group."""
    eni = member.interface
    return eni is not None and without_address(cloud, eni, one.group.ip_version).verdict == "deny"


def _question(
    cloud: Cloud, one: Forwarding, node: NetworkInterface, member: Member, service: Service
) -> Question | None:
    """Return the question of a node's packets to a target; None for a function, and for a target whose address is not known."""
    target = member.interface
    address = network_of(member.address) if member.address is not None else None
    if target is not None:
        address = address_of(cloud, target, one.group.ip_version)
    label = f"{member.name}:{PROTOCOL_NAMES[service.protocol]}/{service.ports}"
    if address is not None and address.prefixlen == address.max_prefixlen:
        there: Reachable = AddressDestination(address, service, label)
    elif (
        target is not None
        and target.owner is not InterfaceOwner.LOAD_BALANCER
        and not lacks_address(cloud, one, member)
    ):
        there = InterfaceDestination(member.name, (target,), service, frozenset({one.group.ip_version}))
    else:
        return None
    return Question(one.balancer.id, label, (Source(one.balancer.id, node),), there)
