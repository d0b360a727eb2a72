"""Records of EC2's further things: VPN connections, endpoint services, exclusions, disks and so on."""

from collections.abc import Iterator
from typing import Any

from netful.account.ec2.describe.gateways import SOME_TIME
from netful.account.ec2.describe.properties import arn, owner, records, with_ids
from netful.account.ec2.view import View
from netful.model.core.resource import Resource
from netful.model.core.unknown import known_in

PERMISSIONS = "AWS::EC2::VPCEndpointServicePermissions"
PEERING = "AWS::EC2::TransitGatewayPeeringAttachment"
GROUP_ASSOCIATION = "AWS::EC2::SecurityGroupVpcAssociation"
VPN_ROUTE = "AWS::EC2::VPNConnectionRoute"
VOLUME, VOLUME_ATTACHMENT = "AWS::EC2::Volume", "AWS::EC2::VolumeAttachment"
SNAPSHOT, MODIFICATION = "Netful::EC2::Snapshot", "Netful::EC2::VolumeModification"
_OPTIONS_OF_VPN = ("StaticRoutesOnly", "EnableAcceleration", "LocalIpv4NetworkCidr", "RemoteIpv4NetworkCidr",
                   "OutsideIpAddressType", "TransportTransitGatewayAttachmentId")  # fmt: skip


def _of_type(view: View, type_: str) -> list[Resource]:
    return [one for one in view.cloud.template.resources.values() if one.type == type_]


def _routes_of_vpn(view: View, resource: Resource) -> list[dict[str, str]]:
    connection = view.cloud.network.vpn_connections[resource.id]
    return [{"DestinationCidrBlock": str(one), "State": "available", "Source": "Static"} for one in connection.routes]


def _options_of_vpn(view: View, resource: Resource) -> dict[str, Any]:
    usual = {
        "StaticRoutesOnly": False,
        "EnableAcceleration": False,
        "TunnelInsideIpVersion": "ipv4",
        "TunnelOptions": [],
    }
    given = ((name, resource.properties.get(name)) for name in _OPTIONS_OF_VPN)
    return {**usual, **{name: with_ids(view, name, value) for name, value in given if value is not None}}  # fmt: skip


def _vpc_of(view: View, resource: Resource) -> str | None:
    subnet = known_in(view.cloud.network.subnets, _subnet(view, resource))
    return view.id(subnet.vpc_id) if subnet else None


def _zone_of(view: View, resource: Resource) -> str | None:
    subnet = known_in(view.cloud.network.subnets, _subnet(view, resource))
    return view.id(subnet.availability_zone) if subnet else None


def _subnet(view: View, resource: Resource) -> str:
    named = str(resource.properties.get("SubnetId"))
    return view.names.get(named, named)


def _excluded(view: View, resource: Resource) -> str:
    kind = "vpc" if resource.properties.get("VpcId") is not None else "subnet"
    named = resource.properties.get("VpcId") or resource.properties.get("SubnetId")
    return f"arn:aws:ec2:{view.cloud.region}:{view.cloud.account_id}:{kind}/{view.id(named)}"


def _attachments(view: View, volume: Resource) -> list[dict[str, Any]]:
    return [
        {"VolumeId": view.id(volume.id), "InstanceId": view.id(one.properties.get("InstanceId")), "State": "attached",
         "Device": view.id(one.properties.get("Device")), "AttachTime": SOME_TIME, "DeleteOnTermination": False}
        for one in _of_type(view, VOLUME_ATTACHMENT)
        if view.id(one.properties.get("VolumeId")) == view.id(volume.id)
    ]  # fmt: skip


vpn_connections = records(
    "VPNConnection", "VpnConnectionId", "VpnConnection",
    {"State": "available", "Category": "VPN", "GatewayAssociationState": "associated", "VgwTelemetry": []},
    Routes=_routes_of_vpn, Options=_options_of_vpn,
)  # fmt: skip

customer_gateways = records(
    "CustomerGateway",
    "CustomerGatewayId",
    "CustomerGateway",
    {"State": "available", "Type": "ipsec.1", "BgpAsn": "65000"},
)

carrier_gateways = records(
    "CarrierGateway", "CarrierGatewayId", "CarrierGateway", {"State": "available"}, OwnerId=owner
)

instance_connect_endpoints = records(
    "InstanceConnectEndpoint", "InstanceConnectEndpointId", "Ec2InstanceConnectEndpoint",
    {"State": "create-complete", "PreserveClientIp": True, "IpAddressType": "ipv4", "CreatedAt": SOME_TIME},
    OwnerId=owner, InstanceConnectEndpointArn=arn("instance-connect-endpoint"),
    NetworkInterfaceIds=lambda view, one: [view.id(eni.id) for eni in view.cloud.network.interfaces_of(one.id)],
    SecurityGroupIds=lambda view, one: view.ids(dict.fromkeys(
        group for eni in view.cloud.network.interfaces_of(one.id) for group in eni.security_group_ids)),
    VpcId=_vpc_of, AvailabilityZone=_zone_of,
)  # fmt: skip


block_public_access_exclusions = records(
    "VPCBlockPublicAccessExclusion", "ExclusionId", "VpcBlockPublicAccessExclusion",
    {"State": "create-complete", "CreationTimestamp": SOME_TIME, "LastUpdateTimestamp": SOME_TIME},
    ResourceArn=_excluded,
)  # fmt: skip


volumes = records(
    "Volume", "VolumeId", "Volume",
    {"Size": 8, "VolumeType": "gp2", "Encrypted": False, "MultiAttachEnabled": False, "SnapshotId": "", "CreateTime": SOME_TIME},
    Attachments=_attachments,
    State=lambda view, one: "in-use" if _attachments(view, one) else "available",
)  # fmt: skip


def snapshots(view: View) -> Iterator[dict[str, Any]]:
    """Yield the snapshots of volumes, which calls make."""
    for one in _of_type(view, SNAPSHOT):
        yield {
            **{name: one.properties[name] for name in ("VolumeId", "VolumeSize", "Encrypted", "Description")},
            "SnapshotId": view.id(one.id), "OwnerId": view.cloud.account_id, "State": "completed", "Progress": "100%",
            "StartTime": SOME_TIME, "StorageTier": "standard", "Tags": view.tags(one.id),
        }  # fmt: skip


def modifications(view: View) -> Iterator[dict[str, Any]]:
    """Yield the last modification of each volume that has one."""
    for one in _of_type(view, MODIFICATION):
        done = {"ModificationState": "completed", "Progress": 100, "StartTime": SOME_TIME, "EndTime": SOME_TIME}
        yield {**one.properties, **done, "VolumeId": view.id(one.properties["VolumeId"])}


def peering_attachments(view: View) -> Iterator[dict[str, Any]]:
    """Yield the attachments of transit gateways to others."""
    place = {"OwnerId": view.cloud.account_id, "Region": view.cloud.region}
    for one in _of_type(view, PEERING):
        said = one.properties
        peer = {"OwnerId": view.id(said.get("PeerAccountId")), "Region": view.id(said.get("PeerRegion"))}
        yield {
            "TransitGatewayAttachmentId": view.id(one.id),
            "RequesterTgwInfo": {"TransitGatewayId": view.id(said.get("TransitGatewayId")), **place},
            "AccepterTgwInfo": {"TransitGatewayId": view.id(said.get("PeerTransitGatewayId")), **peer},
            "State": "available",
            "CreationTime": SOME_TIME,
            "Tags": view.tags(one.id),
        }


def endpoint_service_configurations(view: View) -> Iterator[dict[str, Any]]:
    """Yield the account's own endpoint services."""
    for one in view.cloud.network.vpc_endpoint_services.values():
        balancers = view.ids(one.load_balancer_ids)
        zones = (
            view.cloud.network.zone_of_interface(eni)
            for id_ in one.load_balancer_ids
            for eni in view.cloud.network.interfaces_of(str(id_))
        )
        private = view.id(one.private_dns_name)
        yield {
            "ServiceId": view.id(one.id),
            "ServiceName": one.service_name,
            "ServiceState": "Available",
            "ServiceType": [{"ServiceType": "Interface"}],
            "AvailabilityZones": sorted({zone for zone in zones if zone}),
            "AcceptanceRequired": one.acceptance_required,
            "ManagesVpcEndpoints": False,
            "NetworkLoadBalancerArns": balancers,
            "SupportedIpAddressTypes": ["ipv4"],
            "BaseEndpointDnsNames": [f"{view.id(one.id)}.{view.cloud.region}.vpce.amazonaws.com"],
            "PrivateDnsName": private,
            "PrivateDnsNameConfiguration": {"State": "verified"} if private else None,
            "PayerResponsibility": None,
            "Tags": view.tags(one.id),
        }


def endpoint_connections(view: View) -> Iterator[dict[str, Any]]:
    """Yield the endpoints of the account's own services."""
    services = {one.service_name: one for one in view.cloud.network.vpc_endpoint_services.values()}
    for one in view.cloud.network.vpc_endpoints.values():
        service = services.get(str(one.service_name))
        if service is not None:
            yield {
                "ServiceId": view.id(service.id), "VpcEndpointId": view.id(one.id), "VpcEndpointState": "available",
                "VpcEndpointOwner": view.cloud.account_id, "CreationTimestamp": SOME_TIME, "IpAddressType": "ipv4",
                "NetworkLoadBalancerArns": view.ids(service.load_balancer_ids), "DnsEntries": [], "Tags": [],
            }  # fmt: skip


def group_associations(view: View) -> Iterator[dict[str, Any]]:
    """Yield the further VPCs of security groups."""
    for one in _of_type(view, GROUP_ASSOCIATION):
        yield {
            "GroupId": view.id(one.properties.get("GroupId")), "VpcId": view.id(one.properties.get("VpcId")),
            "VpcOwnerId": view.cloud.account_id, "GroupOwnerId": view.cloud.account_id, "State": "associated",
        }  # fmt: skip
