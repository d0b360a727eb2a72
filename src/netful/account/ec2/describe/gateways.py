"""Gateways, Elastic IPs and peerings as EC2's describe operations return them."""

from collections.abc import Iterator
from datetime import UTC, datetime

from netful.account.ec2.view import View
from netful.account.reading import Record
from netful.model.core import known_in
from netful.model.network.gateways import (
    EgressOnlyInternetGateway,
    ElasticIp,
    InternetGateway,
    NatGateway,
    VpcPeeringConnection,
    VpnGateway,
)
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import blocks_overlap

SOME_TIME = datetime.now(UTC)
"""The creation time of what a template made: the model keeps none."""
_FAILED = "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range"


def internet_gateway(view: View, gateway: InternetGateway) -> Record:
    """Return the record of an internet gateway."""
    attached = view.id(gateway.vpc_id)
    return {
        "OwnerId": view.cloud.account_id,
        "Attachments": [{"State": "available", "VpcId": attached}] if attached else [],
    }


def egress_only_internet_gateway(view: View, gateway: EgressOnlyInternetGateway) -> Record:
    """Return the record of an egress-only internet gateway."""
    return {
        "Attachments": [{"State": "attached", "VpcId": view.id(gateway.vpc_id)}],
    }


def vpn_gateway(view: View, gateway: VpnGateway) -> Record:
    """Return the record of a virtual private gateway."""
    attached = view.id(gateway.vpc_id)
    return {
        "State": "available",
        "Type": "ipsec.1",
        "VpcAttachments": [{"State": "attached", "VpcId": attached}] if attached else [],
    }


def nat_gateway(view: View, gateway: NatGateway) -> Record:
    """Return the record of a NAT gateway."""
    return {
        "VpcId": view.id(gateway.vpc_id) or _vpc_of(view, gateway),
        "SubnetId": view.id(gateway.subnet_id),
        "ConnectivityType": "public" if gateway.public else "private",
        "NatGatewayAddresses": [*_nat_addresses(view, gateway)],
        **_availability(view, gateway),
        "CreateTime": SOME_TIME,
        "State": "available",
    }


def _availability(view: View, gateway: NatGateway) -> Record:
    """Return the members that tell zonal NAT gateways from regional ones."""
    if not gateway.regional:
        return {"AvailabilityMode": "zonal"}
    automatic = "disabled" if gateway.zonal_allocation_ids else "enabled"
    table = view.cloud.network.edge_table_of(gateway.id)
    return {
        "AvailabilityMode": "regional",
        "AutoProvisionZones": automatic,
        "AutoScalingIps": automatic,
        **({"RouteTableId": view.id(table.id)} if table is not None else {}),
    }


def _regional_addresses(view: View, gateway: NatGateway) -> Iterator[Record]:
    eips = view.cloud.network.elastic_ips
    for zone, ids in gateway.zonal_allocation_ids.items():
        for eip in (one for id_ in ids if (one := known_in(eips, id_))):
            address = {"AllocationId": view.id(eip.id), "PublicIp": str(eip.public_ip)}
            yield {**address, "AvailabilityZone": zone, "Status": "succeeded"}
    if gateway.public_ip is not None:
        yield {"PublicIp": str(gateway.public_ip), "Status": "succeeded"}


def _vpc_of(view: View, gateway: NatGateway) -> str | None:
    subnet = known_in(view.cloud.network.subnets, gateway.subnet_id)
    return view.id(subnet.vpc_id) if subnet else None


def _nat_addresses(view: View, gateway: NatGateway) -> Iterator[Record]:
    if gateway.regional:
        yield from _regional_addresses(view, gateway)
    for eni in view.cloud.network.interfaces_of(gateway.id):
        allocated = [known_in(view.cloud.network.elastic_ips, id_) for id_ in gateway.allocation_ids]
        for number, eip in enumerate([one for one in allocated if one] or [None]):
            public = (
                {
                    "AllocationId": view.id(eip.id),
                    "PublicIp": str(eip.public_ip),
                    "AssociationId": association_id(view, eip),
                }
                if eip
                else {}
            )
            private = _private(eni, number)
            yield {
                "NetworkInterfaceId": view.id(eni.id), "PrivateIp": private, "IsPrimary": number == 0,
                "Status": "succeeded", **public,
            }  # fmt: skip


def _private(eni: NetworkInterface, number: int) -> str | None:
    addresses = (eni.private_ip_address, *eni.secondary_private_ip_addresses)
    found = addresses[number] if number < len(addresses) else None
    return str(found) if found else None


def address(view: View, eip: ElasticIp) -> Record:
    """Return the record of an Elastic IP, with the interface that it is associated with."""
    return {
        "PublicIp": str(eip.public_ip),
        "Domain": "vpc",
        "PublicIpv4Pool": "amazon",
        "NetworkBorderGroup": view.cloud.region,
        **_association(view, eip),
    }


def _association(view: View, eip: ElasticIp) -> Record:
    eni = view.cloud.network.public_interface(eip.public_ip)
    if eni is None:
        return {}
    private = eni.public_addresses()[eip.public_ip]
    return {
        "AssociationId": association_id(view, eip),
        "NetworkInterfaceId": view.id(eni.id),
        "NetworkInterfaceOwnerId": view.cloud.account_id,
        "PrivateIpAddress": str(private) if private else None,
        "InstanceId": view.id(eni.owner_id)
        if eni.owner is InterfaceOwner.INSTANCE and eni.owner_id != eni.id
        else None,
    }


def association_id(view: View, eip: ElasticIp) -> str:
    """Return the id of the association of an Elastic IP."""
    own = view.association("AWS::EC2::EIPAssociation", AllocationId=eip.id)
    return own or f"eipassoc-{str(view.id(eip.id)).removeprefix('eipalloc-')}"


def vpc_peering_connection(view: View, peering: VpcPeeringConnection) -> Record:
    """Return the record of a peering."""
    owner = str(view.said(peering.id).get("PeerOwnerId") or "")
    return {
        "RequesterVpcInfo": _side(view, peering.vpc_id, dns=peering.vpc_dns_resolution),
        "AccepterVpcInfo": _side(view, peering.peer_vpc_id, owner, dns=peering.peer_vpc_dns_resolution),
        "Status": _status(view, peering),
    }


def _status(view: View, peering: VpcPeeringConnection) -> dict[str, str]:
    vpcs = view.cloud.network.vpcs
    if peering.active:
        return {"Code": "active", "Message": "Active"}
    if blocks_overlap(known_in(vpcs, peering.vpc_id), known_in(vpcs, peering.peer_vpc_id)):
        return {"Code": "failed", "Message": _FAILED}
    return {"Code": "pending-acceptance"}


def _side(view: View, vpc_id: object, owner: str = "", *, dns: bool) -> Record:
    vpc = view.cloud.network.vpcs.get(str(vpc_id))
    return {
        "VpcId": view.id(vpc_id),
        "OwnerId": (vpc.owner_id if vpc else owner) or view.cloud.account_id,
        "Region": vpc.region if vpc else view.cloud.region,
        "CidrBlock": str(vpc.cidr_blocks[0]) if vpc and vpc.cidr_blocks else None,
        "CidrBlockSet": [{"CidrBlock": str(block)} for block in vpc.cidr_blocks] if vpc else [],
        "PeeringOptions": {"AllowDnsResolutionFromRemoteVpc": dns},
    }
