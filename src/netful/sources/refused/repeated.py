"""Things that AWS refuses as the second of their kind, such as an attachment, a name, a port or a priority."""

from collections.abc import Iterable, Iterator

from netful.model.balancing.load_balancers import Action, Listener
from netful.model.cloud import Cloud
from netful.model.core import Maybe, Unknown, known_in, whole_number
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


def listener_ports(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield further listeners of a load balancer at one port; those of a network load balancer may differ by their protocol."""
    for id_, other, (balancer_id, port, _) in _again(
        (one.id, (one.load_balancer_id, _text(one.port), "" if one.protocol in ("HTTP", "HTTPS") else one.protocol))
        for one in cloud.balancing.listeners.values()
    ):
        yield id_, f"`{balancer_id}` has the listener `{other}` at port {port} already"


def priorities(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield further rules of a listener with one priority."""
    written = cloud.template.resources
    rows = (
        (one.id, (one.listener_id, _text(whole_number(written[one.id].properties.get("Priority")))))
        for one in cloud.balancing.listener_rules.values()
        if one.id in written
    )
    for id_, other, (listener_id, priority) in _again(rows):
        yield id_, f"`{listener_id}` has the rule `{other}` of priority {priority} already"


def addresses(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield further NAT gateways with one Elastic IP."""
    gateways = cloud.network.nat_gateways.values()
    rows = ((one.id, (address,)) for one in gateways for address in one.allocation_ids)
    for id_, other, (address,) in _again(rows):
        yield id_, f"`{other}` has the address `{address}` already"


def group_names(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield further security groups of a VPC with one name."""
    rows = []
    for group in cloud.template.of_type("AWS::EC2::SecurityGroup"):
        name, own = group.properties.get("GroupName"), cloud.network.security_groups.get(group.id)
        if isinstance(name, str) and own is not None:
            rows.append((group.id, (own.vpc_id, name)))
    for id_, other, (vpc_id, name) in _again(rows):
        yield id_, f"`{vpc_id}` has the group `{other}` of the name {name} already"


def rules_of_groups(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield further rules of a security group with the same peer and ports; those that a group itself lists do not count."""
    certain = {id_ for id_, one in cloud.template.resources.items() if not one.is_uncertain}
    for group in cloud.network.security_groups.values():
        for rules in (group.ingress, group.egress):
            own = (one for one in rules if one.id in certain and not isinstance(one.peer, Unknown))
            rows = ((one.id, (*map(str, (one.ip_protocol, one.from_port, one.to_port, one.peer)),)) for one in own)
            for id_, other, _ in _again(rows):
                yield id_, f"`{group.id}` has the same rule by `{other}` already"


def resolver_rules(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield further rules for a domain that are associated with one VPC."""
    rules = (one for one in cloud.names.resolver_rules.values() if one.rule_type in ("FORWARD", "SYSTEM"))
    rows = ((one.id, (one.domain_name, vpc_id)) for one in rules for vpc_id in one.vpc_ids if one.domain_name)
    for id_, other, (domain, vpc_id) in _again(rows):
        yield id_, f"`{vpc_id}` has the rule `{other}` for {domain} already"


def _text(value: object) -> str | None:
    return str(value) if isinstance(value, int) else None


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
