"""Records of EC2's further things: VPN connections, endpoint services, exclusions, disks and so on."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from netful.account.ec2.describe.gateways import SOME_TIME
from netful.account.ec2.view import View
from netful.account.reading import Record
from netful.model.balancing.load_balancers import LoadBalancerType
from netful.model.core import Resource, known_in
from netful.model.names.partitions import url_suffix
from netful.model.network.vpc import Subnet
from netful.model.network.vpc_endpoints import VpcEndpoint, VpcEndpointService

Value = Callable[[View, Resource], Any]
"""Returns a member that is not a property."""

_NAMES = ("Id", "Ids", "Arn", "Arns")
"""The ends of the names of properties that name other things."""

PERMISSIONS = "AWS::EC2::VPCEndpointServicePermissions"
PEERING = "AWS::EC2::TransitGatewayPeeringAttachment"
GROUP_ASSOCIATION = "AWS::EC2::SecurityGroupVpcAssociation"
VPN_ROUTE = "AWS::EC2::VPNConnectionRoute"
VOLUME, VOLUME_ATTACHMENT = "AWS::EC2::Volume", "AWS::EC2::VolumeAttachment"
VOLUMES = (VOLUME, "Netful::EC2::LaunchedVolume")
VOLUME_ATTACHMENTS = (VOLUME_ATTACHMENT, "Netful::EC2::LaunchedVolumeAttachment")
"""Types of disks and their attachments: those that calls and templates make, and those that instances are launched with."""

SNAPSHOT, MODIFICATION = "Netful::EC2::Snapshot", "Netful::EC2::VolumeModification"
_OPTIONS_OF_VPN = ("StaticRoutesOnly", "EnableAcceleration", "LocalIpv4NetworkCidr", "RemoteIpv4NetworkCidr",
                   "OutsideIpAddressType", "TransportTransitGatewayAttachmentId")  # fmt: skip


def record_of(usual: Mapping[str, Any], **more: Value) -> Callable[[View, Resource], Record]:
    """Return the function that returns the record of a resource.

    `usual` are members that all have unless a property says otherwise, `more` are those that are computed.
    """

    def record(view: View, one: Resource) -> Record:
        own = {name: with_ids(view, name, value) for name, value in one.properties.items()}
        computed = {name: value(view, one) for name, value in more.items()}
        return {**usual, **own, "Tags": view.tags(one.id), **computed}

    return record


def with_ids(view: View, name: str, value: Any) -> Any:
    """Return the value of a property, with AWS's ids in place of names."""
    if not name.endswith(_NAMES):
        return value
    return view.ids(value) if isinstance(value, list | tuple) else view.id(value)


def owner(view: View, _resource: Resource) -> str:
    """Return the account."""
    return view.cloud.account_id


def _routes_of_vpn(view: View, resource: Resource) -> list[dict[str, str]]:
    connection = view.cloud.network.vpn_connections[resource.id]
    return [{"DestinationCidrBlock": str(one), "State": "available", "Source": "Static"} for one in connection.routes]


def _options_of_vpn(view: View, resource: Resource) -> Record:
    usual = {
        "StaticRoutesOnly": False,
        "EnableAcceleration": False,
        "TunnelInsideIpVersion": "ipv4",
        "TunnelOptions": [],
    }
    given = ((name, resource.properties.get(name)) for name in _OPTIONS_OF_VPN)
    return {**usual, **{name: with_ids(view, name, value) for name, value in given if value is not None}}  # fmt: skip


def _subnet(view: View, resource: Resource) -> Subnet | None:
    return view.cloud.network.subnets.get(view.name(resource.properties.get("SubnetId")))


def _vpc_of(view: View, resource: Resource) -> str | None:
    subnet = _subnet(view, resource)
    return view.id(subnet.vpc_id) if subnet else None


def _zone_of(view: View, resource: Resource) -> str | None:
    subnet = _subnet(view, resource)
    return view.id(subnet.availability_zone) if subnet else None


def _excluded(view: View, resource: Resource) -> str:
    vpc = resource.properties.get("VpcId")
    return view.arn("subnet", resource.properties.get("SubnetId")) if vpc is None else view.arn("vpc", vpc)


def _attachments(view: View, volume: Resource) -> list[dict[str, Any]]:
    return [
        {"VolumeId": view.id(volume.id), "InstanceId": view.id(one.properties.get("InstanceId")), "State": "attached",
         "Device": view.id(one.properties.get("Device")), "AttachTime": SOME_TIME,
         "DeleteOnTermination": view.flag(one.id, "DeleteOnTermination")}
        for one in view.referring(*VOLUME_ATTACHMENTS, VolumeId=volume.id)
    ]  # fmt: skip


def disks(view: View, instance: str) -> list[dict[str, Any]]:
    """Return the disks of an instance as its record has them."""
    return [
        {"DeviceName": view.id(one.properties.get("Device")), "Ebs": {
            "VolumeId": view.id(one.properties.get("VolumeId")), "Status": "attached", "AttachTime": SOME_TIME,
            "DeleteOnTermination": view.flag(one.id, "DeleteOnTermination")}}
        for one in view.referring(*VOLUME_ATTACHMENTS, InstanceId=instance)
    ]  # fmt: skip


def _zone_of_volume(view: View, volume: Resource) -> str | None:
    """Return the zone of a volume: as written, else that of the instance that was launched with it."""
    holders = (one.properties.get("InstanceId") for one in view.referring(*VOLUME_ATTACHMENTS, VolumeId=volume.id))
    zones = (
        view.cloud.network.zone_of_interface(eni)
        for one in holders
        for eni in view.cloud.network.interfaces_of(str(one))
    )
    return view.id(volume.properties.get("AvailabilityZone")) or next(filter(None, zones), None)


vpn_connection = record_of({"State": "available", "Category": "VPN", "GatewayAssociationState": "associated", "VgwTelemetry": []},
    Routes=_routes_of_vpn, Options=_options_of_vpn,
)  # fmt: skip

customer_gateway = record_of({"State": "available", "Type": "ipsec.1", "BgpAsn": "65000"})

carrier_gateway = record_of({"State": "available"}, OwnerId=owner)

instance_connect_endpoint = record_of({"State": "create-complete", "PreserveClientIp": True, "IpAddressType": "ipv4", "CreatedAt": SOME_TIME},
    OwnerId=owner, InstanceConnectEndpointArn=lambda view, one: view.arn("instance-connect-endpoint", one.id),
    NetworkInterfaceIds=lambda view, one: [view.id(eni.id) for eni in view.cloud.network.interfaces_of(one.id)],
    SecurityGroupIds=lambda view, one: view.ids(dict.fromkeys(
        group for eni in view.cloud.network.interfaces_of(one.id) for group in eni.security_group_ids)),
    VpcId=_vpc_of, AvailabilityZone=_zone_of,
)  # fmt: skip

block_public_access_exclusion = record_of(
    {"State": "create-complete", "CreationTimestamp": SOME_TIME, "LastUpdateTimestamp": SOME_TIME},
    ResourceArn=_excluded,
)

volume = record_of({"Size": 8, "VolumeType": "gp2", "Encrypted": False, "MultiAttachEnabled": False, "SnapshotId": "", "CreateTime": SOME_TIME},
    Attachments=_attachments, AvailabilityZone=_zone_of_volume,
    State=lambda view, one: "in-use" if _attachments(view, one) else "available",
)  # fmt: skip


def snapshot(view: View, one: Resource) -> Record:
    """Return the record of a snapshot, which a call made."""
    return {
        **{name: one.properties[name] for name in ("VolumeId", "VolumeSize", "Encrypted", "Description")},
        "OwnerId": view.cloud.account_id, "State": "completed", "Progress": "100%", "StartTime": SOME_TIME,
        "StorageTier": "standard",
    }  # fmt: skip


def modification(view: View, one: Resource) -> Record:
    """Return the record of the last modification of a volume."""
    done = {"ModificationState": "completed", "Progress": 100, "StartTime": SOME_TIME, "EndTime": SOME_TIME}
    return {**one.properties, **done, "VolumeId": view.id(one.properties["VolumeId"])}


def peering_attachment(view: View, one: Resource) -> Record:
    """Return the record of an attachment of a transit gateway to another."""
    place = {"OwnerId": view.cloud.account_id, "Region": view.cloud.region}
    said = one.properties
    peer = {"OwnerId": view.id(said.get("PeerAccountId")), "Region": view.id(said.get("PeerRegion"))}
    return {
        "RequesterTgwInfo": {"TransitGatewayId": view.id(said.get("TransitGatewayId")), **place},
        "AccepterTgwInfo": {"TransitGatewayId": view.id(said.get("PeerTransitGatewayId")), **peer},
        "State": "available",
        "CreationTime": SOME_TIME,
    }


def endpoint_service_configuration(view: View, one: VpcEndpointService) -> Record:
    """Return the record of an endpoint service of the account."""
    balancers = _balancers(view, one)
    zones = (
        view.cloud.network.zone_of_interface(eni)
        for id_ in one.load_balancer_ids
        for eni in view.cloud.network.interfaces_of(str(id_))
    )
    private = view.id(one.private_dns_name)
    return {
        "ServiceName": one.service_name,
        "ServiceState": "Available",
        "ServiceType": [
            {"ServiceType": "GatewayLoadBalancer" if balancers["GatewayLoadBalancerArns"] else "Interface"}
        ],
        "AvailabilityZones": sorted({zone for zone in zones if zone}),
        "AcceptanceRequired": one.acceptance_required,
        "ManagesVpcEndpoints": False,
        **balancers,
        "SupportedIpAddressTypes": ["ipv4"],
        "BaseEndpointDnsNames": [f"{view.id(one.id)}.{view.cloud.region}.vpce.{url_suffix(view.cloud.region)}"],
        "PrivateDnsName": private,
        "PrivateDnsNameConfiguration": {"State": "verified"} if private else None,
        "PayerResponsibility": None,
    }


def of_own_services(view: View) -> Iterator[VpcEndpoint]:
    """Yield the endpoints of the account's own services."""
    names = {one.service_name for one in view.cloud.network.vpc_endpoint_services.values()}
    return (one for one in view.cloud.network.vpc_endpoints.values() if str(one.service_name) in names)


def endpoint_connection(view: View, one: VpcEndpoint) -> Record:
    """Return the record of an endpoint of an own service."""
    services = view.cloud.network.vpc_endpoint_services.values()
    service = next(each for each in services if each.service_name == str(one.service_name))
    return {
        "ServiceId": view.id(service.id), "VpcEndpointState": "available", "VpcEndpointOwner": view.cloud.account_id,
        "CreationTimestamp": SOME_TIME, "IpAddressType": "ipv4", "DnsEntries": [], "Tags": [],
        **_balancers(view, service),
    }  # fmt: skip


def _balancers(view: View, one: VpcEndpointService) -> Record:
    """Return the load balancers of a service by their kind."""
    every = view.cloud.balancing.load_balancers
    gateways = [
        id_ for id_ in one.load_balancer_ids if (own := known_in(every, id_)) and own.type is LoadBalancerType.GATEWAY
    ]
    others = [id_ for id_ in one.load_balancer_ids if id_ not in gateways]
    return {"NetworkLoadBalancerArns": view.ids(others), "GatewayLoadBalancerArns": view.ids(gateways)}


def group_association(view: View, one: Resource) -> Record:
    """Return the record of a further VPC of a security group."""
    return {
        "GroupId": view.id(one.properties.get("GroupId")), "VpcId": view.id(one.properties.get("VpcId")),
        "VpcOwnerId": view.cloud.account_id, "GroupOwnerId": view.cloud.account_id, "State": "associated",
    }  # fmt: skip
