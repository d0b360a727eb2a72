"""Look-ups in facts: settings that no call changes, and attributes that other records have."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from netful.account.ec2 import catalogue, security_group_reads
from netful.account.ec2.describe.further import PERMISSIONS
from netful.account.ec2.kinds import Kind
from netful.account.ec2.listing import Attribute, attribute, listed, page
from netful.account.ec2.properties import instance_options
from netful.account.ec2.properties.writes import block_public_access_options
from netful.account.ec2.world import Look, World
from netful.account.operations.query_api import Parameters
from netful.account.reading import Record
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
_INTERFACE_ATTRIBUTES: Mapping[str, Attribute] = {
    "description": "Description",
    "groupSet": lambda _world, _name, eni: eni["Groups"],
    "sourceDestCheck": "SourceDestCheck",
    "attachment": lambda _world, _name, eni: eni["Attachment"],
}


def _setting(own: Record, _world: World, _asked: Parameters) -> Record:
    return own


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


LOOKS: Mapping[str, Look] = {
    **{name: partial(_setting, own) for name, own in _SETTINGS.items()},
    **security_group_reads.LOOKS,
    **instance_options.LOOKS,
    "DescribeVpcBlockPublicAccessOptions": lambda world, _asked: block_public_access_options(world),
    "DescribeInstanceTypeOfferings": _offerings,
    "DescribeVpcEndpointServicePermissions": _principals,
    "DescribeIamInstanceProfileAssociations": _profiles,
    "DescribeNetworkInterfaceAttribute": attribute("NetworkInterfaceId", _INTERFACE_ATTRIBUTES, {"groupSet": "Groups"}),
    "GetManagedPrefixListAssociations": _prefix_list_users,
    "GetTransitGatewayAttachmentPropagations": _propagations,
}
