"""Refusals of the second of a kind: attachments, load balancers of a target group, mount targets, peered blocks."""

from collections.abc import Iterable, Iterator

from netful.model.balancing.load_balancers import Action, Listener
from netful.model.cloud import Cloud
from netful.model.core import Maybe, known_in
from netful.model.network.transit_gateways import AttachmentKind
from netful.model.network.vpc import ZoneSource


def transit_attachments(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield further attachments of a VPC to a transit gateway."""
    vpcs = (one for one in cloud.network.transit_gateway_attachments.values() if one.kind is AttachmentKind.VPC)
    rows = ((one.id, (one.transit_gateway_id, one.resource_id)) for one in vpcs)
    for id_, other, (gateway_id, vpc_id) in _again(rows):
        yield id_, f"`{other}` attaches `{vpc_id}` to `{gateway_id}` already"


def vpn_gateways(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield further virtual private gateways of a VPC."""
    for id_, other, (vpc_id,) in _again((one.id, (one.vpc_id,)) for one in cloud.network.vpn_gateways.values()):
        yield id_, f"`{vpc_id}` has the virtual private gateway `{other}` already"


def mount_targets(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield further mount targets of a file system in one zone."""
    rows = []
    for target in cloud.template.of_type("AWS::EFS::MountTarget"):
        subnet = known_in(cloud.network.subnets, cloud.named(str(target.properties.get("SubnetId"))))
        system = target.properties.get("FileSystemId")
        if subnet is not None and subnet.zone and subnet.zone_source is not ZoneSource.NONE and isinstance(system, str):
            rows.append((target.id, (cloud.named(system), subnet.zone_source, subnet.zone)))
    for id_, other, (system, _, zone) in _again(rows):
        yield id_, f"`{system}` has the mount target `{other}` in {zone} already"


def peered_blocks(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield peerings of VPCs whose blocks overlap."""
    for peering in cloud.network.vpc_peering_connections.values():
        ends = [known_in(cloud.network.vpcs, id_) for id_ in (peering.vpc_id, peering.peer_vpc_id)]
        here, there = (end.known_blocks if end else () for end in ends)
        both = next(((a, b) for a in here for b in there if a.version == b.version and a.overlaps(b)), None)
        if both:
            yield peering.id, f"{both[0]} of `{peering.vpc_id}` overlaps {both[1]} of `{peering.peer_vpc_id}`"


def balancers(cloud: Cloud, listener: Listener, actions: Iterable[Action]) -> Iterator[str]:
    """Yield the groups to which another load balancer forwards already."""
    users = cloud.derived(__name__, lambda: _first_users(cloud))
    for group in cloud.balancing.groups_of(*actions):
        first = users.get(group.id, listener.load_balancer_id)
        if first != listener.load_balancer_id and isinstance(listener.load_balancer_id, str):
            yield f"`{first}` forwards to `{group.id}` already"


def _first_users(cloud: Cloud) -> dict[str, str]:
    """Return the first load balancer that forwards to each target group, by the group's id."""
    listeners, found = cloud.balancing.listeners, dict[str, str]()
    rules = ((known_in(listeners, one.listener_id), one.actions) for one in cloud.balancing.listener_rules.values())
    for listener, actions in (*((one, one.default_actions) for one in listeners.values()), *rules):
        balancer_id = listener.load_balancer_id if listener else None
        for group in cloud.balancing.groups_of(*actions) if isinstance(balancer_id, str) else ():
            found.setdefault(group.id, str(balancer_id))
    return found


def _again(rows: Iterable[tuple[str, tuple[Maybe[str] | None, ...]]]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield what has the same known values as something before it, with that and the values."""
    first: dict[tuple[str, ...], str] = {}
    for id_, values in rows:
        known = tuple(value for value in values if isinstance(value, str))
        if len(known) == len(values) and (other := first.setdefault(known, id_)) != id_:
            yield id_, other, known
