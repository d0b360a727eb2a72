"""Owners of what calls make: a route is gone with its table, a listener with its load balancer, also if a stack deletes these."""

from collections.abc import Iterable, Mapping

from netful.account.changes import Edit, Put
from netful.account.ec2.describe import further
from netful.account.ec2.view import TAGS
from netful.model.core import Resource
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
    MAIN_ROUTE_TABLE: ("VpcId",),
    OWN_RULES: ("DefaultSecurityGroupId",),
    RESTRICTED_DEFAULT_ACL: ("DefaultNetworkAclId",),
    STOPPED: ("InstanceId",),
    TAGS: ("ResourceId",),
}
"""Properties that name the owners of a resource, by its type: it is gone with any of them."""


def with_owners(
    edits: Iterable[Edit], before: Mapping[str, Resource], following: Mapping[str, Resource]
) -> tuple[Edit, ...]:
    """Return the edits but for new resources whose owner was in the account before, and is deleted or replaced after them."""
    kept = (*edits,)
    while True:
        after = {**following, **{one.resource.id: one.resource for one in kept if isinstance(one, Put)}}
        gone = {id_ for id_, one in before.items() if id_ not in after or after[id_].generation != one.generation}
        owned = tuple(one for one in kept if not (isinstance(one, Put) and _is_of(one.resource, gone)))
        if len(owned) == len(kept):
            return kept
        kept = owned


def _is_of(resource: Resource, gone: set[str]) -> bool:
    """Return whether an owner is gone, or the VPC of an owner that AWS makes with it, as its main route table."""
    owners = (str(resource.properties.get(name, "")) for name in _OWNERS.get(resource.type, ()))
    return any(owner in gone or owner.rpartition(".")[0] in gone for owner in owners)
