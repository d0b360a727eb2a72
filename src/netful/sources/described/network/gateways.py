"""Described gateways, Elastic IPs and peerings. Deleted and failed ones are left out."""

from collections.abc import Iterator

from netful.model.network.gateways import (
    ElasticIp,
    InternetGateway,
    NatGateway,
    VpcPeeringConnection,
)
from netful.sources.described.files import Description
from netful.sources.described.item import Declaration, Item
from netful.sources.files.complaint import fail
from netful.sources.parts import PartReader

GONE = ("deleted", "deleting", "failed", "rejected", "expired")


def attached_vpc(item: Item, name: str) -> str | None:
    """Return the VPC that a gateway is attached to."""
    states = ("available", "attached", "")
    return next((a.text("VpcId") for a in item.parts(name) if a.text("State") in states), None)


def internet_gateways(description: Description) -> dict[str, InternetGateway]:
    """Return the internet gateways, and those that are described only as the target of an active route: they are attached."""
    found = {
        (id_ := item.text("InternetGatewayId")): InternetGateway(
            id_, attached_vpc(item, "Attachments"), origin=item.origin
        )
        for item in description.of("InternetGateways")
    }
    for table in description.of("RouteTables"):
        for route in table.parts("Routes"):
            id_ = route.text("GatewayId")
            if id_.startswith("igw-") and route.text("State") == "active" and id_ not in found:
                found[id_] = InternetGateway(id_, table.text("VpcId"), origin=table.origin)
    return found


def resources(description: Description) -> Iterator[Declaration]:
    """Yield the egress-only gateways, and the virtual private gateways with the VPCs that they are attached to."""
    for item in description.of("EgressOnlyInternetGateways"):
        vpc = {"VpcId": attached_vpc(item, "Attachments") or ""}
        yield item.text("EgressOnlyInternetGatewayId"), "AWS::EC2::EgressOnlyInternetGateway", item, vpc
    for item in (one for one in description.of("VpnGateways") if one.text("State") not in GONE):
        id_, vpc_id = item.text("VpnGatewayId"), attached_vpc(item, "VpcAttachments")
        yield id_, "AWS::EC2::VPNGateway", item, {}
        if vpc_id is not None:
            yield f"{id_}/vpc", "AWS::EC2::VPCGatewayAttachment", item, {"VpcId": vpc_id, "VpnGatewayId": id_}


def elastic_ips(description: Description) -> dict[str, ElasticIp]:
    """Return the Elastic IPs, including those of NAT gateways, also of deleted ones."""
    found = {
        address.text("AllocationId"): ElasticIp(address.text("AllocationId"), public, origin=item.origin)
        for item in description.of("NatGateways")
        for address in item.parts("NatGatewayAddresses")
        if (public := address.address("PublicIp")) is not None
    }
    for item in description.of("Addresses"):
        id_ = item.text("AllocationId") or item.text("PublicIp")
        public = item.address("PublicIp")
        if public is None:
            fail(f"`{id_}` has no `PublicIp`", item.origin)
        interface = item.text("NetworkInterfaceId") or None
        found[id_] = ElasticIp(id_, public, item.text("InstanceId") or None, interface, origin=item.origin)
    return found


def nat_gateways(description: Description) -> dict[str, NatGateway]:
    """Return the NAT gateways."""
    found = {}
    for item in description.of("NatGateways"):
        if item.text("State") in GONE:
            continue
        addresses = list(item.parts("NatGatewayAddresses"))
        regional = item.text("AvailabilityMode") == "regional"
        zonal: dict[str, tuple[str, ...]] = {}
        for one in addresses if regional and item.text("AutoProvisionZones") != "enabled" else ():
            zone = one.text("AvailabilityZone")
            zonal[zone] = (*zonal.get(zone, ()), one.text("AllocationId"))
        allocated = tuple(a.text("AllocationId") for a in addresses if a.text("AllocationId"))
        found[item.text("NatGatewayId")] = NatGateway(
            id=item.text("NatGatewayId"),
            subnet_id=item.text("SubnetId") or None,
            vpc_id=item.text("VpcId"),
            public=item.text("ConnectivityType") != "private",
            allocation_ids=allocated,
            private_ip_address=addresses[0].address("PrivateIp") if addresses else None,
            regional=regional,
            zonal_allocation_ids={zone: ids for zone, ids in zonal.items() if zone},
            public_ip=addresses[0].address("PublicIp") if regional and addresses and not allocated else None,
            origin=item.origin,
        )
    return found


def vpc_peering_connections(description: Description) -> dict[str, VpcPeeringConnection]:
    """Return the peerings, including those that are not active yet."""
    found = {}
    for item in description.of("VpcPeeringConnections"):
        if item.text("Status", "Code") in GONE:
            continue
        id_ = item.text("VpcPeeringConnectionId")
        found[id_] = VpcPeeringConnection(
            id=id_,
            vpc_id=item.text("RequesterVpcInfo", "VpcId"),
            peer_vpc_id=item.text("AccepterVpcInfo", "VpcId"),
            active=item.text("Status", "Code") == "active",
            peer_region=item.text("AccepterVpcInfo", "Region") or None,
            vpc_dns_resolution=_resolves(item, "RequesterVpcInfo"),
            peer_vpc_dns_resolution=_resolves(item, "AccepterVpcInfo"),
            origin=item.origin,
        )
    return found


def _resolves(item: Item, side: str) -> bool:
    return item.part(side).part("PeeringOptions").flag("AllowDnsResolutionFromRemoteVpc")


READERS = (
    PartReader("internet_gateways", internet_gateways),
    PartReader("elastic_ips", elastic_ips),
    PartReader("nat_gateways", nat_gateways),
    PartReader("vpc_peering_connections", vpc_peering_connections),
)
