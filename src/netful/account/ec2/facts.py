"""Look-ups in facts: settings that no call changes, and attributes that other records have."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from netful.account import reading
from netful.account.ec2 import catalogue, security_group_reads
from netful.account.ec2.describe.further import PERMISSIONS
from netful.account.ec2.kinds import Kind
from netful.account.ec2.listing import filtered, page
from netful.account.ec2.properties import absent, instance_options
from netful.account.ec2.properties.writes import block_public_access_options
from netful.account.ec2.view import View
from netful.account.ec2.world import World, record
from netful.account.query_api import Operation, Parameters
from netful.account.wire.errors import ApiError
from netful.model.network.availability_zones import zone_ids

_SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "GetEbsEncryptionByDefault": {"EbsEncryptionByDefault": False},
    "GetEbsDefaultKmsKeyId": {"KmsKeyId": "alias/aws/ebs"},
    "GetSerialConsoleAccessStatus": {"SerialConsoleAccessEnabled": False},
    "GetInstanceMetadataDefaults": {"AccountLevel": {}},
    "GetAllowedImagesSettings": {"State": "disabled", "ImageCriteria": []},
    "GetSnapshotBlockPublicAccessState": {"State": "unblocked"},
    "GetImageBlockPublicAccessState": {"ImageBlockPublicAccessState": "unblocked"},
}
_OFFERINGS = Kind(
    "DescribeInstanceTypeOfferings", "InstanceTypeOfferings", "InstanceType", "", ("", ""), lambda _v: iter(())
)
_PRINCIPALS = Kind("DescribeVpcEndpointServicePermissions", "AllowedPrincipals", "", "", ("", ""), lambda _v: iter(()))
_PROFILES = Kind("DescribeIamInstanceProfileAssociations", "IamInstanceProfileAssociations", "AssociationId",
                 "AssociationIds", ("", ""), instance_options.profile_associations)  # fmt: skip
_INTERFACE_ATTRIBUTES: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], Any]]] = {
    "description": ("Description", lambda eni: {"Value": eni["Description"]}),
    "groupSet": ("Groups", lambda eni: eni["Groups"]),
    "sourceDestCheck": ("SourceDestCheck", lambda eni: {"Value": eni["SourceDestCheck"]}),
    "attachment": ("Attachment", lambda eni: eni["Attachment"]),
}


def operations(view: Callable[[], View]) -> dict[str, Operation]:
    """Return all of them, by name."""
    looks: dict[str, Callable[[View, Parameters], Mapping[str, Any]]] = {
        **{name: partial(_setting, name) for name in _SETTINGS},
        **security_group_reads.LOOKS,
        **instance_options.LOOKS,
        "DescribeVpcBlockPublicAccessOptions": lambda now, _asked: block_public_access_options(now),
        "DescribeInstanceTypeOfferings": _offerings,
        "DescribeVpcEndpointServicePermissions": _principals,
        "DescribeIamInstanceProfileAssociations": _profiles,
        "DescribeNetworkInterfaceAttribute": _interface_attribute,
        "GetManagedPrefixListAssociations": _prefix_list_users,
        "GetTransitGatewayAttachmentPropagations": _propagations,
    }
    return {**reading.operations(looks, view), **absent.operations(view)}


def _setting(name: str, _view: View, _asked: Parameters) -> Mapping[str, Any]:
    return _SETTINGS[name]


def _offerings(view: View, asked: Parameters) -> Mapping[str, Any]:
    """Return the places of all instance types: the Region, or each zone."""
    kind, zones = asked.get("LocationType") or "region", zone_ids(view.cloud.region)
    places = {
        "region": (view.cloud.region,),
        "availability-zone": (*zones,),
        "availability-zone-id": (*zones.values(),),
    }
    rows = [
        {"InstanceType": one["InstanceType"], "LocationType": kind, "Location": place}
        for place in places.get(kind, ())
        for one in catalogue.instance_types(asked)
    ]
    return page(_OFFERINGS.member, asked, filtered(_OFFERINGS, asked, rows))


def _principals(view: View, asked: Parameters) -> Mapping[str, Any]:
    world = World(view.cloud, view)
    name = world.existing(asked, "ServiceId")
    rows = [
        {"Principal": principal, "PrincipalType": "All" if principal == "*" else "Account", "ServiceId": view.id(name)}
        for one in world.referring("ServiceId", name, PERMISSIONS)
        for principal in one.properties.get("AllowedPrincipals") or ()
    ]
    return page(_PRINCIPALS.member, asked, filtered(_PRINCIPALS, asked, rows))


def _profiles(view: View, asked: Parameters) -> Mapping[str, Any]:
    wanted = asked.get("AssociationIds")
    rows = [one for one in _PROFILES.records(view) if not wanted or one["AssociationId"] in wanted]
    return page(_PROFILES.member, asked, filtered(_PROFILES, asked, rows))


def _interface_attribute(view: View, asked: Parameters) -> Mapping[str, Any]:
    aws_id = str(view.id(World(view.cloud, view).existing(asked, "NetworkInterfaceId")))
    if asked.get("Attribute") not in _INTERFACE_ATTRIBUTES:
        text = f"Value ({asked.get('Attribute')}) for parameter attribute is invalid. Unknown attribute."
        raise ApiError("InvalidParameterValue", text)
    member, value = _INTERFACE_ATTRIBUTES[asked["Attribute"]]
    return {"NetworkInterfaceId": aws_id, member: value(record(view, "NetworkInterfaceId", aws_id))}


def _prefix_list_users(view: View, asked: Parameters) -> Mapping[str, Any]:
    """Return the route tables and groups that name a prefix list."""
    name, network = World(view.cloud, view).existing(asked, "PrefixListId"), view.cloud.network
    tables = (
        one.id
        for one in network.route_tables.values()
        if any(route.destination_prefix_list_id == name for route in one.routes)
    )
    groups = (
        one.id
        for one in network.security_groups.values()
        if any(rule.peer == name for rule in (*one.ingress, *one.egress))
    )
    return page("PrefixListAssociations", asked, [
        {"ResourceId": view.id(one), "ResourceOwner": view.cloud.account_id} for one in (*tables, *groups)
    ])  # fmt: skip


def _propagations(view: View, asked: Parameters) -> Mapping[str, Any]:
    name = World(view.cloud, view).existing(asked, "TransitGatewayAttachmentId")
    tables = view.cloud.network.transit_gateway_route_tables.values()
    rows = [
        {"TransitGatewayRouteTableId": view.id(one.id), "State": "enabled"}
        for one in tables
        if name in one.propagations
    ]
    return page("TransitGatewayAttachmentPropagations", asked, rows)
