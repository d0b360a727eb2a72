"""Things that AWS refuses since they name parts of different networks, and routes and addresses whose VPC lacks a gateway.

A rule of a security group names a group of its own VPC, or of a VPC that a peering or a transit gateway connects. A
resource may be made by a call or by a template. What is not known is never the reason.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from ipaddress import ip_network

from netful.account.refused.endpoint_services import NO_SERVICE, is_missing
from netful.account.refused.mismatch import Mismatch, attached_vpcs
from netful.model.cloud import Cloud
from netful.model.core import Resource, Unknown, known_in
from netful.model.network.network import Network
from netful.model.network.route_tables import TARGET_PROPERTIES, TargetKind, destination_refusal
from netful.model.network.security_groups import PeerKind, SecurityGroup
from netful.sources.refusals import refusals
from netful.sources.refused import networks

_ENDPOINT, _ROUTE, _TABLE = "AWS::EC2::VPCEndpoint", "AWS::EC2::Route", "RouteTableId"
_DESTINATIONS = ("DestinationCidrBlock", "DestinationIpv6CidrBlock")
_INVALID = "InvalidParameterValue"


def unrelated_groups(before: Cloud, after: Cloud) -> Iterator[Mismatch]:
    """Yield the resources with a new rule that refers to a group of a VPC without a connection to the rule's own."""
    network = after.network
    for group in network.security_groups.values():
        old = known_in(before.network.security_groups, group.id)
        known = {rule.peer for rule in (*old.ingress, *old.egress)} if old is not None else set()
        for rule in (*group.ingress, *group.egress):
            peer = network.security_groups.get(str(rule.peer)) if rule.peer_kind is PeerKind.GROUP else None
            if peer is not None and rule.peer not in known and not _are_related(network, group, peer):
                id_ = rule.id if rule.id in after.template.resources else group.id
                text = "You have specified two resources that belong to different networks."
                yield Mismatch(id_, "InvalidGroup.NotFound", text)


def _are_related(network: Network, group: SecurityGroup, peer: SecurityGroup) -> bool:
    """Return whether the VPCs of two groups are one or are connected, as far as they are known."""
    ends = {group.vpc_id, *group.associated_vpc_ids}, {peer.vpc_id, *peer.associated_vpc_ids}
    if not ends[0].isdisjoint(ends[1]) or any(one is None or isinstance(one, Unknown) for end in ends for one in end):
        return True
    connected = [{one.vpc_id, one.peer_vpc_id} for one in network.vpc_peering_connections.values()]
    connected += [set(attached_vpcs(network, id_)) for id_ in network.transit_gateways]
    return any(
        all(not end.isdisjoint(one) for end in ends) or any(isinstance(each, Unknown) for each in one)
        for one in connected
    )


def mismatches(before: Cloud, after: Cloud, ids: Iterable[str]) -> Iterator[Mismatch]:
    """Yield the resources with some ids that AWS refuses, of those that are new or changed.

    A source may have what AWS refuses, and AWS validates only what a call sets: what the cloud before has too is accepted.
    """
    resources, there = after.template.resources, before.template.resources
    changed = [id_ for id_ in ids if id_ in resources and _differs(resources[id_], there.get(id_))]
    found = Counter(_found(after, changed))
    yield from (found - Counter(_found(before, changed)) if found else found).elements()
    if any(resources[id_].type.startswith("AWS::EC2::SecurityGroup") for id_ in changed):
        yield from unrelated_groups(before, after)


def _found(cloud: Cloud, ids: Collection[str]) -> Iterator[Mismatch]:
    """Yield those of some resources that AWS refuses."""
    for resource in filter(None, map(cloud.template.resources.get, ids)):
        yield from _of(cloud, resource)
    for one in refusals(cloud) if ids else ():
        if one.resource_id in ids:
            text = one.error or f"`{one.resource_id}`: {one.reason}"
            yield Mismatch(one.resource_id, one.code, text, one.reason, one.late)


def _differs(resource: Resource, before: Resource | None) -> bool:
    return before is None or before.properties != resource.properties


def _of(cloud: Cloud, resource: Resource) -> Iterator[Mismatch]:
    if resource.type == _ROUTE:
        yield from _route(cloud, resource)
    if resource.type == _ENDPOINT:
        yield from _endpoint(cloud, resource)
    for one in networks.apart(cloud, resource):
        yield Mismatch(resource.id, one.code, "{} and {} belong to different networks".format(*one.words))


def _endpoint(cloud: Cloud, resource: Resource) -> Iterator[Mismatch]:
    """Yield an endpoint of a service that does not exist."""
    name, region = resource.properties.get("ServiceName"), resource.properties.get("ServiceRegion")
    there = cloud.region_of(resource.id) if region is None else region
    if isinstance(name, str) and isinstance(there, str) and is_missing(name, there):
        yield Mismatch(resource.id, "InvalidServiceName", NO_SERVICE.format(name))


def _route(cloud: Cloud, resource: Resource) -> Iterator[Mismatch]:
    """Yield a route that EC2 refuses for its destination, or for a transit gateway that its VPC is not attached to."""
    network = cloud.network
    table = next((network.route_tables.get(one) for one in networks.named(cloud, resource, (_TABLE,))), None)
    if table is None or isinstance(table.vpc_id, Unknown):
        return
    own = resource.properties
    for name in networks.named(cloud, resource, ("TransitGatewayId",)):
        if name in network.transit_gateways and table.vpc_id not in attached_vpcs(network, name):
            text = f"The transitGateway ID '{cloud.aws_id(name)}' does not exist."
            yield Mismatch(resource.id, "InvalidTransitGatewayID.NotFound", text)
    block = next(
        (ip_network(own[name], strict=False) for name in _DESTINATIONS if isinstance(own.get(name), str)), None
    )
    kind = next((kind for name, kind in TARGET_PROPERTIES.items() if own.get(name)), TargetKind.OTHER)
    vpc, subnets = network.vpcs.get(table.vpc_id), network.subnets_of(table.vpc_id)
    if text := destination_refusal(block, kind, vpc, subnets):
        yield Mismatch(resource.id, _INVALID, text)
