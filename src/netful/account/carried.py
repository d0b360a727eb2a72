"""Changes by API calls, carried over a deployment: what a template does not change keeps what calls made of it.

Theory: three clouds are compared. A thing differs between the cloud as it was written and the cloud that runs: an API call
changed it. A deployment writes the next cloud. A thing that is written as before stays as the call left it; a thing that is
written in another way is as written, as with CloudFormation, which sets only what a template changes. What a call made stays
as long as its owner.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from netful.account.changes import Edit, Put, Remove, changed
from netful.account.ec2.describe import further
from netful.account.ec2.view import TAGS
from netful.account.ec2.writes.template_rules import template_rules
from netful.account.things import is_same, parts
from netful.model.allocation import with_functions
from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.sources.account.deployed_stack import VERSION, DeployedStack
from netful.sources.readers.network_acls import RESTRICTED_DEFAULT_ACL
from netful.sources.readers.route_tables import MAIN_ROUTE_TABLE
from netful.sources.readers.security_groups import OWN_RULES
from netful.sources.readers.stopped import STOPPED

_EC2, _ELB = "AWS::EC2::", "AWS::ElasticLoadBalancingV2::"
_OWNERS: Mapping[str, tuple[str, ...]] = {
    f"{_EC2}EIPAssociation": ("AllocationId", "InstanceId", "NetworkInterfaceId"),
    f"{_EC2}NetworkAclEntry": ("NetworkAclId",),
    f"{_EC2}NetworkInterfaceAttachment": ("InstanceId", "NetworkInterfaceId"),
    f"{_EC2}Route": ("RouteTableId",),
    f"{_EC2}SecurityGroupEgress": ("GroupId",),
    f"{_EC2}SecurityGroupIngress": ("GroupId",),
    f"{_EC2}SubnetCidrBlock": ("SubnetId",),
    f"{_EC2}SubnetNetworkAclAssociation": ("SubnetId",),
    f"{_EC2}SubnetRouteTableAssociation": ("SubnetId",),
    f"{_EC2}TransitGatewayRoute": ("TransitGatewayRouteTableId",),
    f"{_EC2}VPCCidrBlock": ("VpcId",),
    f"{_EC2}VPCDHCPOptionsAssociation": ("VpcId",),
    f"{_EC2}VPNGatewayRoutePropagation": ("VpnGatewayId",),
    f"{_ELB}Listener": ("LoadBalancerArn",),
    f"{_ELB}ListenerCertificate": ("ListenerArn",),
    f"{_ELB}ListenerRule": ("ListenerArn",),
    further.GROUP_ASSOCIATION: ("GroupId", "VpcId"),
    further.PERMISSIONS: ("ServiceId",),
    further.VOLUME_ATTACHMENT: ("InstanceId", "VolumeId"),
    further.VPN_ROUTE: ("VpnConnectionId",),
    VERSION: ("FunctionName",),
    MAIN_ROUTE_TABLE: ("VpcId",),
    OWN_RULES: ("DefaultSecurityGroupId",),
    RESTRICTED_DEFAULT_ACL: ("DefaultNetworkAclId",),
    STOPPED: ("InstanceId",),
    TAGS: ("ResourceId",),
}
"""Properties that name the owners of a resource by id or `Ref`, by its type: it is gone with any of them."""


def with_owners(
    edits: Iterable[Edit], before: Mapping[str, Resource], following: Mapping[str, Resource]
) -> tuple[Edit, ...]:
    """Return the edits but for new resources whose owner was in the account before, and is deleted or replaced after them."""
    kept = (*edits,)
    while True:
        after = {**following, **{one.resource.id: one.resource for one in kept if isinstance(one, Put)}}
        gone = {id_ for id_, one in before.items() if id_ not in after or after[id_].generation != one.generation}
        gone |= {one.ref for id_ in gone if isinstance((one := before[id_]).ref, str)}
        owned = tuple(one for one in kept if not (isinstance(one, Put) and _is_of(one.resource, gone)))
        if len(owned) == len(kept):
            return kept
        kept = owned


def _is_of(resource: Resource, gone: set[str]) -> bool:
    """Return whether an owner is gone, or the VPC of an owner that AWS makes with it, as its main route table."""
    owners = (str(resource.properties.get(name, "")) for name in _OWNERS.get(resource.type, ()))
    return any(owner in gone or owner.rpartition(".")[0] in gone for owner in owners)


def carried(
    written: Cloud,
    running: Cloud,
    following: Cloud,
    kept: Iterable[Resource] = (),
    imported: Iterable[str] = (),
) -> Cloud:
    """Return the next cloud as written, with the changes that API calls made to the one that runs.

    `kept` are resources of stacks that the new one does not have, and that stay. `imported` are resources of the account that a stack
    of the new one takes as they are. Raises SourceError where a resource that a
    call changed does not fit any more.
    """
    by_calls = (one for one in edits_of(written, running) if _stays(one, written, following))
    retained = {one.id: replace(one, stack="") for one in kept}  # a stack of that name may come again
    now, will = running.template.resources, following.template.resources
    taken = (replace(will[id_], properties=now[id_].properties) for id_ in imported if id_ in now)
    stays = (*by_calls, *map(Put, retained.values()), *map(Put, taken))
    owned = with_owners(stays, running.template.resources, following.template.resources)
    edits = (*owned, *template_rules(written, running, following))
    merged = changed(following, edits, running) if edits else following
    found = {name: _merged(one, running.part(name), merged.part(name), retained) for name, one in parts(written)}
    functions = found.pop("functions")
    merged = merged.having(**{name: one for name, one in found.items() if one is not merged.part(name)})
    return merged if functions is merged.compute.functions else with_functions(merged, functions)


def known_ids(cloud: Cloud, deployed: Iterable[DeployedStack]) -> dict[str, dict[str, str]]:
    """Return the ids of the resources of deployed stacks, by stack and logical id."""
    names = [one.name for one in deployed]
    found: dict[str, dict[str, str]] = {}
    for one in cloud.template.resources.values():
        if one.stack.partition("/")[0] in names:
            found.setdefault(one.stack, {})[one.logical_id] = one.id
    return found


def edits_of(written: Cloud, running: Cloud) -> Iterator[Edit]:
    """Yield the edits of resources by which calls led from the cloud as written to the one that runs."""
    old, now = written.template.resources, running.template.resources
    for id_ in dict.fromkeys((*old, *now)):
        if not is_same(old.get(id_), now.get(id_)):
            yield Put(now[id_]) if id_ in now else Remove(id_)


def _stays(edit: Edit, written: Cloud, following: Cloud) -> bool:
    """Return whether the next cloud writes the resource of an edit as before."""
    id_ = edit.resource.id if isinstance(edit, Put) else edit.id
    return is_same(written.template.resources.get(id_), following.template.resources.get(id_))


def _merged(
    old: Mapping[str, Any], now: Mapping[str, Any], new: Mapping[str, Any], retained: Collection[str]
) -> Mapping[str, Any]:
    """Return the things of a part: as written, but for those that calls changed and those of retained resources."""
    stays = {id_: now[id_] for id_ in retained if id_ in now and id_ not in new}
    new = {**new, **stays} if stays else new
    by_calls = [
        id_
        for id_ in dict.fromkeys((*old, *now))
        if not is_same(old.get(id_), now.get(id_)) and is_same(old.get(id_), new.get(id_))
    ]
    if not by_calls:
        return new
    merged = {**new, **{id_: now[id_] for id_ in by_calls if id_ in now}}
    return {id_: one for id_, one in merged.items() if id_ in now or id_ not in by_calls}
