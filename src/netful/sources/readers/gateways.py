"""Gateways of a VPC, Elastic IPs and peerings (spec: vpc-network §4, §7)."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from ipaddress import IPv4Address

from netful.model.core import Maybe, Unknown, known_in
from netful.model.network.gateways import (
    EgressOnlyInternetGateway,
    ElasticIp,
    InternetGateway,
    NatGateway,
    VpcPeeringConnection,
    VpnGateway,
)
from netful.model.network.vpc import Vpc, blocks_overlap
from netful.sources.parts import PartReader, of_each
from netful.sources.readers.vpc import zone_of
from netful.sources.template.reading import Inventory, Reader, known_or

DIRECT_CONNECT = "AWS::DirectConnect::DirectConnectGatewayAssociation"
"""Type of the association of a Direct Connect gateway with a transit gateway or a virtual private gateway."""

_ASSOCIATION = "AWS::EC2::EIPAssociation"
_PRIMARY = (".PrimaryPrivateIpAddress", ".PrivateIp")
"""Attributes with the address that an association has by default."""

REQUESTER_OPTIONS, ACCEPTER_OPTIONS = "RequesterPeeringConnectionOptions", "AccepterPeeringConnectionOptions"
"""Options of the sides of a peering, which only calls of the EC2 API set."""


def internet_gateways(inventory: Inventory) -> dict[str, InternetGateway]:
    """Return the internet gateways, attached as `VPCGatewayAttachment` resources define."""
    found = {**inventory.beside.internet_gateways}
    found |= {r.id: InternetGateway(r.id, origin=r.origin) for r in inventory.of("AWS::EC2::InternetGateway")}
    for reader in inventory.of("AWS::EC2::VPCGatewayAttachment"):
        gateway_id = reader.text("InternetGatewayId")
        if isinstance(gateway_id, str) and gateway_id in found:
            found[gateway_id] = replace(found[gateway_id], vpc_id=reader.required("VpcId"), attachment_id=reader.id)
    return found


def _egress_only_internet_gateway(reader: Reader) -> EgressOnlyInternetGateway:
    return EgressOnlyInternetGateway(reader.id, reader.required("VpcId"), origin=reader.origin)


def vpn_gateways(inventory: Inventory) -> dict[str, VpnGateway]:
    """Return the virtual private gateways, attached as `VPCGatewayAttachment` resources define."""
    found = {r.id: VpnGateway(r.id, origin=r.origin) for r in inventory.of("AWS::EC2::VPNGateway")}
    for reader in inventory.of("AWS::EC2::VPCGatewayAttachment"):
        gateway_id = reader.text("VpnGatewayId")
        if isinstance(gateway_id, str) and gateway_id in found:
            found[gateway_id] = replace(found[gateway_id], vpc_id=reader.required("VpcId"))
    for reader in inventory.of(DIRECT_CONNECT):
        gateway_id = reader.text("AssociatedGatewayId")
        for each in found if isinstance(gateway_id, Unknown) else {str(gateway_id)} & {*found}:
            found[each] = replace(found[each], direct_connect=True)
    return found


def elastic_ips(inventory: Inventory) -> dict[str, ElasticIp]:
    """Return the Elastic IPs."""
    found = {}
    for reader in inventory.of("AWS::EC2::EIP"):
        address, written = inventory.elastic_addresses[reader.id], reader.text("Address")
        if written not in (None, address):
            reader.warn("Address", f"the `Address` of `{reader.id}` is not known; netful takes {address}")
        found[reader.id] = ElasticIp(
            reader.id, IPv4Address(address), instance_id=reader.text("InstanceId"), origin=reader.origin
        )
    for reader in inventory.of(_ASSOCIATION):
        eip_id = _elastic_ip_id(reader, found)
        if eip_id is not None:
            found[eip_id] = _associated(found[eip_id], reader)
    return found


def further_elastic_ips(inventory: Inventory, loaded: Mapping[str, ElasticIp]) -> Iterator[ElasticIp]:
    """Yield the Elastic IPs that associations give to instances and interfaces, and that are in no template: of unknown or unloaded ids."""
    for reader in inventory.of(_ASSOCIATION):
        if _elastic_ip_id(reader, loaded) is None:
            there = known_in(inventory.beside.elastic_ips, reader.text("AllocationId"))
            address = there.public_ip if there else reader.ipv4_address("EIP") or inventory.public_address()
            yield _associated(ElasticIp(reader.id, address, origin=reader.origin), reader)


def _associated(eip: ElasticIp, reader: Reader) -> ElasticIp:
    written = reader.text("PrivateIpAddress")
    is_primary = isinstance(written, Unknown) and "".join(written.needs).endswith(_PRIMARY)
    return replace(
        eip,
        instance_id=reader.text("InstanceId"),
        network_interface_id=reader.text("NetworkInterfaceId"),
        private_ip_address=None if is_primary else reader.ipv4_address("PrivateIpAddress"),
    )


def _elastic_ip_id(reader: Reader, found: Mapping[str, ElasticIp]) -> str | None:
    allocation_id, address = reader.text("AllocationId"), reader.text("EIP")
    if isinstance(allocation_id, str) and allocation_id in found:
        return allocation_id
    return next((eip.id for eip in found.values() if str(eip.public_ip) == address), None)


def nat_gateways(inventory: Inventory) -> dict[str, NatGateway]:
    """Return the NAT gateways, zonal and regional."""
    return {reader.id: _nat_gateway(inventory, reader) for reader in inventory.of("AWS::EC2::NatGateway")}


def _nat_gateway(inventory: Inventory, reader: Reader) -> NatGateway:
    regional = known_or(reader.text("AvailabilityMode"), "zonal") != "zonal" or reader.has("AvailabilityZoneAddresses")
    allocations: list[Maybe[str]] = [a for a in (reader.text("AllocationId"),) if a is not None]
    allocations += reader.known_texts("SecondaryAllocationIds")
    zonal: dict[str, tuple[Maybe[str], ...]] = {}
    for place in reader.parts("AvailabilityZoneAddresses"):
        zonal[known_or(zone_of(place)[0], "")] = place.known_texts("AllocationIds")
        allocations += place.known_texts("AllocationIds")
    return NatGateway(
        id=reader.id,
        subnet_id=None if regional else reader.required("SubnetId"),
        vpc_id=reader.text("VpcId"),
        public=reader.text("ConnectivityType") != "private",
        allocation_ids=tuple(allocations),
        private_ip_address=reader.ipv4_address("PrivateIpAddress"),
        regional=regional,
        zonal_allocation_ids=zonal,
        public_ip=inventory.public_address() if regional and not allocations else None,
        origin=reader.origin,
    )


_BY_HAND = "`{id}` is accepted: nothing in the plan accepts it"


def _vpc_peering_connection(reader: Reader, vpcs: Mapping[str, Vpc]) -> VpcPeeringConnection:
    """Return a peering. One within an account becomes active by itself; another account must accept it.

    A peering of VPCs whose blocks overlap fails.
    """
    peer_owner = reader.text("PeerOwnerId")
    foreign = isinstance(peer_owner, str) and peer_owner != reader.account_id
    accepted = not foreign or reader.has("PeerRoleArn")
    vpc, peer = reader.required("VpcId"), reader.required("PeerVpcId")
    return VpcPeeringConnection(
        id=reader.id,
        vpc_id=vpc,
        peer_vpc_id=peer,
        active=accepted and not blocks_overlap(known_in(vpcs, vpc), known_in(vpcs, peer)),
        peer_region=reader.text("PeerRegion"),
        vpc_dns_resolution=_resolves(reader, REQUESTER_OPTIONS),
        peer_vpc_dns_resolution=_resolves(reader, ACCEPTER_OPTIONS),
        assumptions=(_BY_HAND.format(id=reader.id),) if reader.has("AutoAccept") else (),
        origin=reader.origin,
    )


def _resolves(reader: Reader, options: str) -> bool:
    return reader.part(options).flag("AllowDnsResolutionFromRemoteVpc", default=False)


READERS = (
    PartReader("internet_gateways", internet_gateways),
    of_each("egress_only_internet_gateways", _egress_only_internet_gateway, "AWS::EC2::EgressOnlyInternetGateway"),
    PartReader("vpn_gateways", vpn_gateways),
    PartReader("elastic_ips", elastic_ips),
    PartReader("nat_gateways", nat_gateways),
    of_each("vpc_peering_connections", _vpc_peering_connection, "AWS::EC2::VPCPeeringConnection", needs=("vpcs",)),
)
