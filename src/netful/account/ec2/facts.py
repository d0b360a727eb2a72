"""Look-ups in facts: settings that no call changes, and attributes that other records have."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from netful.account import reading
from netful.account.ec2 import catalogue, security_group_reads
from netful.account.ec2.describe.further import PERMISSIONS
from netful.account.ec2.kinds import Kind
from netful.account.ec2.listing import listed, page
from netful.account.ec2.properties import absent, instance_options
from netful.account.ec2.properties.writes import block_public_access_options
from netful.account.ec2.world import Look, World
from netful.account.operations.query_api import Operation, Parameters
from netful.account.reading import Record
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
_OFFERINGS = Kind("DescribeInstanceTypeOfferings")
_PRINCIPALS = Kind("DescribeVpcEndpointServicePermissions")
_PROFILES = Kind("DescribeIamInstanceProfileAssociations")
_INTERFACE_ATTRIBUTES: Mapping[str, tuple[str, Callable[[Mapping[str, Any]], Any]]] = {
    "description": ("Description", lambda eni: {"Value": eni["Description"]}),
    "groupSet": ("Groups", lambda eni: eni["Groups"]),
    "sourceDestCheck": ("SourceDestCheck", lambda eni: {"Value": eni["SourceDestCheck"]}),
    "attachment": ("Attachment", lambda eni: eni["Attachment"]),
}


def operations(world: Callable[[], World]) -> dict[str, Operation]:
    """Return all of them, by name."""
    looks: dict[str, Look] = {
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
    return {**reading.operations(looks, world), **absent.operations(world)}


def _setting(name: str, _world: World, _asked: Parameters) -> Record:
    return _SETTINGS[name]


def _offerings(world: World, asked: Parameters) -> Record:
    """Return the places of all instance types: the Region, or each zone."""
    kind, zones = asked.get("LocationType") or "region", zone_ids(world.cloud.region)
    places = {
        "region": (world.cloud.region,),
        "availability-zone": (*zones,),
        "availability-zone-id": (*zones.values(),),
    }
    rows = [
        {"InstanceType": one["InstanceType"], "LocationType": kind, "Location": place}
        for place in places.get(kind, ())
        for one in catalogue.instance_types(asked)
    ]
    return listed(_OFFERINGS, asked, rows)


def _principals(world: World, asked: Parameters) -> Record:
    name = world.existing(asked, "ServiceId")
    rows = [
        {"Principal": principal, "PrincipalType": "All" if principal == "*" else "Account", "ServiceId": world.id(name)}
        for one in world.referring(PERMISSIONS, ServiceId=name)
        for principal in one.properties.get("AllowedPrincipals") or ()
    ]
    return listed(_PRINCIPALS, asked, rows)


def _profiles(world: World, asked: Parameters) -> Record:
    wanted = asked.get("AssociationIds")
    every = instance_options.profile_associations(world)
    rows = [one for one in every if not wanted or one["AssociationId"] in wanted]
    return listed(_PROFILES, asked, rows)


def _interface_attribute(world: World, asked: Parameters) -> Record:
    aws_id = str(world.id(world.existing(asked, "NetworkInterfaceId")))
    if asked.get("Attribute") not in _INTERFACE_ATTRIBUTES:
        text = f"Value ({asked.get('Attribute')}) for parameter attribute is invalid. Unknown attribute."
        raise ApiError("InvalidParameterValue", text)
    member, value = _INTERFACE_ATTRIBUTES[asked["Attribute"]]
    return {"NetworkInterfaceId": aws_id, member: value(world.record("NetworkInterfaceId", aws_id))}


def _prefix_list_users(world: World, asked: Parameters) -> Record:
    """Return the route tables and groups that name a prefix list."""
    name, network = world.existing(asked, "PrefixListId"), world.cloud.network
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
        {"ResourceId": world.id(one), "ResourceOwner": world.cloud.account_id} for one in (*tables, *groups)
    ])  # fmt: skip


def _propagations(world: World, asked: Parameters) -> Record:
    name = world.existing(asked, "TransitGatewayAttachmentId")
    tables = world.cloud.network.transit_gateway_route_tables.values()
    rows = [
        {"TransitGatewayRouteTableId": world.id(one.id), "State": "enabled"}
        for one in tables
        if name in one.propagations
    ]
    return page("TransitGatewayAttachmentPropagations", asked, rows)
