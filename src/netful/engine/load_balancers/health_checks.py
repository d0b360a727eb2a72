"""Health checks that groups or ACLs drop on their way from a node to a target, where they have a port of their own.

A check of the port that also gets the requests needs no look: the path of the requests finds the same.
"""

from collections.abc import Iterator

from netful.engine.filters import network_acls, security_groups
from netful.engine.filters.group_references import Direction
from netful.engine.filters.security_groups import has_groups
from netful.engine.flows.address_families import address_of
from netful.engine.flows.flow import AWS_EPHEMERAL, End, Flow, Ports
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling
from netful.engine.load_balancers.target_groups import Member
from netful.model.balancing.load_balancers import TargetGroup
from netful.model.cloud import Cloud
from netful.model.core import Frozen, whole_number
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.protocols import TCP

_OUT: tuple[HopKind, Direction] = (HopKind.NACL_OUT, "out")
_IN: tuple[HopKind, Direction] = (HopKind.NACL_IN, "in")


class Dropped(Frozen):
    """A health check that does not arrive: the kind of the place that drops it, its flow, and the ruling."""

    kind: HopKind
    flow: Flow
    ruling: Ruling


def refusal(cloud: Cloud, group: TargetGroup, node: NetworkInterface, member: Member) -> Dropped | None:
    """Return the first denial on the way of a node's checks to a member; None if they arrive, or have no port of their own."""
    port, target = whole_number(group.health_check_port), member.interface
    if port is None or port == member.port or target is None or group.health_check_enabled is False:
        return None
    source = End(address_of(cloud, node, group.ip_version), AWS_EPHEMERAL, node)
    flow = Flow(TCP, source, End(address_of(cloud, target, group.ip_version), Ports(port, port), target))
    rulings = _rulings(cloud, node, target, flow)
    return next((Dropped(kind, flow, ruling) for kind, ruling in rulings if ruling.verdict == "deny"), None)


def _rulings(
    cloud: Cloud, node: NetworkInterface, target: NetworkInterface, flow: Flow
) -> Iterator[tuple[HopKind, Ruling]]:
    if has_groups(node):
        yield HopKind.SG_OUT, security_groups.judge(cloud, node, flow, "out")
    if node.subnet_id != target.subnet_id:
        for kind, direction, subnet_id in ((*_OUT, node.subnet_id), (*_IN, target.subnet_id)):
            acl = cloud.network.network_acl_of(subnet_id) if isinstance(subnet_id, str) else None
            if acl is not None:
                yield kind, network_acls.judge(acl, flow, direction, str(subnet_id))
    if has_groups(target):
        yield HopKind.SG_IN, security_groups.judge(cloud, target, flow, "in")
