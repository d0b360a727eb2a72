"""Things that AWS refuses as the second of their kind, such as an attachment, a name, a port or a priority."""

from collections.abc import Callable, Iterable, Iterator

from netful.model.balancing.load_balancers import Action, Listener
from netful.model.cloud import Cloud
from netful.model.core import Maybe, Unknown, known_in, whole_number
from netful.model.network.transit_gateways import AttachmentKind
from netful.model.network.vpc import ZoneSource
from netful.model.network.vpc_endpoints import EndpointType

_Rows = Iterable[tuple[str, tuple[Maybe[str] | None, ...]]]
"""Ids, each with the values that only the first thing of its kind may have."""


def _reported(reason: str) -> Callable[[Callable[[Cloud], _Rows]], Callable[[Cloud], Iterator[tuple[str, str]]]]:
    """Return the decorator of a function that yields rows: it then yields the second and further ids with the same known values.

    Each has its reason, which may name the values by number and the first id (`other`).
    """

    def of_rows(rows: Callable[[Cloud], _Rows]) -> Callable[[Cloud], Iterator[tuple[str, str]]]:
        def found(cloud: Cloud) -> Iterator[tuple[str, str]]:
            first: dict[tuple[str, ...], str] = {}
            for id_, values in rows(cloud):
                known = tuple(value for value in values if isinstance(value, str))
                if len(known) == len(values) and (other := first.setdefault(known, id_)) != id_:
                    yield id_, reason.format(*known, other=other)

        return found

    return of_rows


@_reported("`{other}` attaches `{1}` to `{0}` already")
def transit_attachments(cloud: Cloud) -> _Rows:
    """Yield further attachments of a VPC to a transit gateway."""
    vpcs = (one for one in cloud.network.transit_gateway_attachments.values() if one.kind is AttachmentKind.VPC)
    return ((one.id, (one.transit_gateway_id, one.resource_id)) for one in vpcs)


@_reported("`{0}` has the internet gateway `{other}` already")
def internet_gateways(cloud: Cloud) -> _Rows:
    """Yield further internet gateways of a VPC."""
    return ((one.id, (one.vpc_id,)) for one in cloud.network.internet_gateways.values())


@_reported("`{0}` has the virtual private gateway `{other}` already")
def vpn_gateways(cloud: Cloud) -> _Rows:
    """Yield further virtual private gateways of a VPC."""
    return ((one.id, (one.vpc_id,)) for one in cloud.network.vpn_gateways.values())


@_reported("`{1}` has the private zone `{other}` of {0} already")
def zone_names(cloud: Cloud) -> _Rows:
    """Yield further private zones of one name that a VPC sees."""
    zones = (one for one in cloud.names.hosted_zones.values() if one.loaded)
    return ((one.id, (one.name, vpc_id)) for one in zones for vpc_id in one.vpc_ids)


@_reported("`{1}` has a route to {0} by `{other}` already")
def gateway_endpoints(cloud: Cloud) -> _Rows:
    """Yield further gateway endpoints of a service with one route table."""
    every = (one for one in cloud.network.vpc_endpoints.values() if one.type is EndpointType.GATEWAY)
    return ((one.id, (one.service, table_id)) for one in every for table_id in one.route_table_ids)


@_reported("`{0}` has the mount target `{other}` in {2} already")
def mount_targets(cloud: Cloud) -> _Rows:
    """Yield further mount targets of a file system in one zone."""
    for target in cloud.template.of_type("AWS::EFS::MountTarget"):
        subnet = known_in(cloud.network.subnets, cloud.named(str(target.properties.get("SubnetId"))))
        system = target.properties.get("FileSystemId")
        if subnet is not None and subnet.zone and subnet.zone_source is not ZoneSource.NONE and isinstance(system, str):
            yield target.id, (cloud.named(system), subnet.zone_source, subnet.zone)


def peered_blocks(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Yield peerings of VPCs whose blocks overlap."""
    for peering in cloud.network.vpc_peering_connections.values():
        ends = [known_in(cloud.network.vpcs, id_) for id_ in (peering.vpc_id, peering.peer_vpc_id)]
        here, there = (end.known_blocks if end else () for end in ends)
        both = next(((a, b) for a in here for b in there if a.version == b.version and a.overlaps(b)), None)
        if both:
            yield peering.id, f"{both[0]} of `{peering.vpc_id}` overlaps {both[1]} of `{peering.peer_vpc_id}`"


@_reported("`{0}` has the listener `{other}` at port {1} already")
def listener_ports(cloud: Cloud) -> _Rows:
    """Yield further listeners of a load balancer at one port; those of a network load balancer may differ by their protocol."""
    return (
        (one.id, (one.load_balancer_id, _text(one.port), "" if one.protocol in ("HTTP", "HTTPS") else one.protocol))
        for one in cloud.balancing.listeners.values()
    )


@_reported("`{0}` has the rule `{other}` of priority {1} already")
def priorities(cloud: Cloud) -> _Rows:
    """Yield further rules of a listener with one priority."""
    written = cloud.template.resources
    return (
        (one.id, (one.listener_id, _text(whole_number(written[one.id].properties.get("Priority")))))
        for one in cloud.balancing.listener_rules.values()
        if one.id in written
    )


@_reported("`{other}` has the address `{0}` already")
def addresses(cloud: Cloud) -> _Rows:
    """Yield further NAT gateways with one Elastic IP."""
    gateways = cloud.network.nat_gateways.values()
    return ((one.id, (address,)) for one in gateways for address in one.allocation_ids)


@_reported("`{0}` has the group `{other}` of the name {1} already")
def group_names(cloud: Cloud) -> _Rows:
    """Yield further security groups of a VPC with one name."""
    for group in cloud.template.of_type("AWS::EC2::SecurityGroup"):
        name, own = group.properties.get("GroupName"), cloud.network.security_groups.get(group.id)
        if isinstance(name, str) and own is not None:
            yield group.id, (own.vpc_id, name)


@_reported("`{0}` has the same rule by `{other}` already")
def rules_of_groups(cloud: Cloud) -> _Rows:
    """Yield further rules of a security group with the same peer and ports; those that a group itself lists do not count."""
    certain = {id_ for id_, one in cloud.template.resources.items() if not one.is_uncertain}
    for group in cloud.network.security_groups.values():
        for way, rules in (("in", group.ingress), ("out", group.egress)):
            for one in rules:
                if one.id in certain and not isinstance(one.peer, Unknown):
                    content = map(str, (one.ip_protocol, one.from_port, one.to_port, one.peer))
                    yield one.id, (group.id, way, *content)


@_reported("`{1}` has the rule `{other}` for {0} already")
def resolver_rules(cloud: Cloud) -> _Rows:
    """Yield further rules for a domain that are associated with one VPC."""
    rules = (one for one in cloud.names.resolver_rules.values() if one.rule_type in ("FORWARD", "SYSTEM"))
    return ((one.id, (one.domain_name, vpc_id)) for one in rules for vpc_id in one.vpc_ids if one.domain_name)


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
