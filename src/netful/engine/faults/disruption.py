"""Clouds with faults: a copy of a subnet's ACL that denies more, an endpoint whose groups admit nothing, a gateway or link that fails.

FIS clones the ACL of a subnet, adds denials and swaps the association: so traffic within the subnet goes on, and established
connections are cut (newer-aws §13.3). The groups of an endpoint are replaced by an empty one. Gateways and links without
interfaces fail as in `trace --without`: routes to them drop packets.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import IPv4Network, collapse_addresses, ip_network

from netful.engine.failures.failure import Failure, FailureKind, failure_of
from netful.engine.failures.without import without_failure
from netful.engine.faults.fault import Fault, FaultKind, Scope
from netful.model.apis.stage import ANY, MethodSetting, Stage
from netful.model.cloud import Cloud
from netful.model.core import Origin, QuestionError, Unknown
from netful.model.network.addresses import prefix_list_block
from netful.model.network.network_acls import NetworkAcl, NetworkAclEntry
from netful.model.network.protocols import ALL_PROTOCOLS
from netful.model.network.security_groups import SecurityGroup
from netful.model.network.vpc import IPNetwork, Subnet

_EVERYWHERE: tuple[IPNetwork, ...] = (ip_network("0.0.0.0/0"), ip_network("::/0"))
_ANY = -1
_WAYS = (FailureKind.NAT, FailureKind.GATEWAY, FailureKind.LINK, FailureKind.ENDPOINT)


def disrupted(cloud: Cloud, faults: Iterable[Fault]) -> Cloud:
    """Return the cloud with faults; those whose target is gone change nothing."""
    for fault in faults:
        if fault.kind is FaultKind.CONNECTIVITY and fault.target in cloud.network.subnets:
            cloud = _denying(cloud, fault)
        elif fault.kind is FaultKind.ENDPOINT and fault.target in cloud.network.vpc_endpoints:
            cloud = _without_groups(cloud, fault)
        elif fault.kind is FaultKind.HANG:
            ways = (one for one in _failures(cloud, fault) if one.kind in _WAYS)
            cloud = without_failure(cloud, *(one for one in ways if not cloud.network.interfaces_of(one.name)))
    return cloud


def throttled(cloud: Cloud, faults: Iterable[Fault]) -> Cloud:
    """Return the cloud in which the stages of throttled APIs admit no request."""
    targets = {fault.target for fault in faults if fault.kind is FaultKind.THROTTLE}
    stages = {id_: one for id_, one in cloud.apis.stages.items() if one.api_id in targets}
    if not stages:
        return cloud
    closed = {id_: replace(one, method_settings=tuple(_closed(one))) for id_, one in stages.items()}
    return cloud.having(stages={**cloud.apis.stages, **closed})


def _closed(stage: Stage) -> Iterator[MethodSetting]:
    whole = [] if any(one.resource_path == ANY for one in stage.method_settings) else [MethodSetting()]
    for one in (*whole, *stage.method_settings):
        yield replace(one, throttling_rate_limit=0.0, throttling_burst_limit=0)


def left_by(cloud: Cloud, faults: Iterable[Fault]) -> Cloud:
    """Return the cloud to which AWS leads clients: without what has failed."""
    failures = [one for fault in faults for one in _failures(cloud, fault)]
    return without_failure(cloud, *failures) if failures else cloud


def _failures(cloud: Cloud, fault: Fault) -> tuple[Failure, ...]:
    """Return the failure that a fault is; none for faults of another kind, and for what is gone."""
    if fault.kind is FaultKind.ZONE:
        return (Failure(FailureKind.ZONE, fault.target),)
    try:
        return (failure_of(cloud, fault.target),) if fault.kind is FaultKind.HANG else ()
    except QuestionError:
        return ()


def _denying(cloud: Cloud, fault: Fault) -> Cloud:
    subnet = cloud.network.subnets[fault.target]
    own = cloud.network.network_acl_of(subnet.id)
    if own is None:
        return cloud
    origin, blocks = Origin(f"fault {fault}"), [*_denied(cloud, subnet, fault)]
    denials = tuple(
        NetworkAclEntry(f"fault {fault}", number, False, ALL_PROTOCOLS, _ANY, _ANY, block, origin=origin)  # noqa: FBT003  # a denial
        for number, block in enumerate(blocks, -len(blocks))  # before all others
    )
    clone = NetworkAcl(
        f"fault {fault}", own.vpc_id, (*denials, *own.ingress), (*denials, *own.egress), (subnet.id,), origin=origin
    )
    others = {
        acl.id: replace(acl, subnet_ids=tuple(one for one in acl.subnet_ids if one != subnet.id))
        for acl in cloud.network.network_acls.values()
    }
    return cloud.having(network_acls={**others, clone.id: clone})


def _denied(cloud: Cloud, subnet: Subnet, fault: Fault) -> Iterator[IPNetwork]:
    """Yield the blocks that a subnet no longer exchanges packets with."""
    match fault.scope:
        case Scope.ALL:
            yield from _EVERYWHERE
        case Scope.S3 | Scope.DYNAMODB:
            yield prefix_list_block(fault.scope, cloud.region)
        case Scope.PREFIX_LIST:
            listed = cloud.network.prefix_lists.get(fault.prefix_list)
            yield from (block for block in (listed.cidr_blocks if listed else ()) if not isinstance(block, Unknown))
        case Scope.AVAILABILITY_ZONE:
            for other in cloud.network.subnets_of(str(subnet.vpc_id)):
                if other.availability_zone != subnet.availability_zone:
                    yield from _blocks((other.cidr_block, other.ipv6_cidr_block))
        case Scope.VPC:
            vpc = cloud.network.vpc_of(subnet.id)
            yield from _outside(vpc.known_blocks if vpc else ())


def _blocks(values: Iterable[object]) -> Iterator[IPNetwork]:
    yield from (value for value in values if value is not None and not isinstance(value, Unknown))  # type: ignore[misc]


def _outside(own: Iterable[IPNetwork]) -> Iterator[IPNetwork]:
    """Yield the blocks of all addresses outside of some blocks."""
    blocks = [*own]
    for everywhere in _EVERYWHERE:
        left: list[IPNetwork] = [everywhere]
        for block in blocks:
            if block.version == everywhere.version:
                left = [part for one in left for part in _without(one, block)]
        if everywhere.version == 4:
            yield from collapse_addresses(one for one in left if isinstance(one, IPv4Network))
        else:
            yield from left


def _without(one: IPNetwork, block: IPNetwork) -> Iterator[IPNetwork]:
    if block.subnet_of(one):  # type: ignore[arg-type]  # of one family
        yield from one.address_exclude(block)  # type: ignore[arg-type]
    elif not one.subnet_of(block):  # type: ignore[arg-type]
        yield one


def _without_groups(cloud: Cloud, fault: Fault) -> Cloud:
    endpoint = cloud.network.vpc_endpoints[fault.target]
    empty = SecurityGroup(f"fault {fault}", endpoint.vpc_id, origin=Origin(f"fault {fault}"))
    interfaces = {
        id_: replace(eni, security_group_ids=(empty.id,)) if eni.owner_id == fault.target else eni
        for id_, eni in cloud.network.network_interfaces.items()
    }
    return cloud.having(
        security_groups={**cloud.network.security_groups, empty.id: empty},
        network_interfaces=interfaces,
        vpc_endpoints={**cloud.network.vpc_endpoints, endpoint.id: replace(endpoint, security_group_ids=(empty.id,))},
    )
