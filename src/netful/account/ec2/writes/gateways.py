"""Writes of gateways, Elastic IPs and peerings."""

from collections.abc import Iterable

from netful.account.changes import Remove, new, removal
from netful.account.ec2.world import (
    Change,
    World,
    addition,
    created,
    has_dependencies,
    missing_association,
    new_id,
    recorded,
)
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError, invalid_value, missing_parameter
from netful.sources.readers.gateways import ACCEPTER_OPTIONS, REQUESTER_OPTIONS

_ATTACHMENT, _EIP_ASSOCIATION = "AWS::EC2::VPCGatewayAttachment", "AWS::EC2::EIPAssociation"


def attach_internet_gateway(world: World, asked: Parameters) -> Change:
    """AttachInternetGateway: a gateway serves one VPC, and a VPC has one gateway."""
    gateway, vpc = world.existing(asked, "InternetGatewayId"), world.existing(asked, "VpcId")
    gateways = world.cloud.network.internet_gateways
    if gateways[gateway].vpc_id is not None:
        text = (
            f"resource {asked['InternetGatewayId']} is already attached to network {world.id(gateways[gateway].vpc_id)}"
        )
        raise ApiError("Resource.AlreadyAssociated", text)
    if any(one.vpc_id == vpc for one in gateways.values()):
        raise invalid_value(f"Network {asked['VpcId']} already has an internet gateway attached")
    return Change((new(_ATTACHMENT, new_id("igw-attach"), {"VpcId": vpc, "InternetGatewayId": gateway}),))


def detach_internet_gateway(world: World, asked: Parameters) -> Change:
    """DetachInternetGateway: no public address may be in use in the VPC."""
    gateway, vpc = world.existing(asked, "InternetGatewayId"), world.existing(asked, "VpcId")
    network = world.cloud.network
    if network.internet_gateways[gateway].vpc_id != vpc:
        text = f"resource {asked['InternetGatewayId']} is not attached to network {asked['VpcId']}"
        raise ApiError("Gateway.NotAttached", text)
    inside = {subnet.id for subnet in network.subnets_of(vpc)}
    if any(eni.subnet_id in inside and eni.public_addresses() for eni in network.network_interfaces.values()):
        text = f"Network {asked['VpcId']} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway."
        raise ApiError("DependencyViolation", text)
    return Change(removal(world.referring(_ATTACHMENT, InternetGatewayId=gateway, VpcId=vpc)))


def delete_internet_gateway(world: World, asked: Parameters) -> Change:
    """DeleteInternetGateway: it must be detached."""
    name = world.existing(asked, "InternetGatewayId")
    if world.cloud.network.internet_gateways[name].vpc_id is not None:
        raise has_dependencies("internetGateway", asked["InternetGatewayId"])
    return Change((Remove(name),))


def allocate_address(world: World, asked: Parameters) -> Change:
    """AllocateAddress: the next free address of the emulated internet."""
    del world
    id_, put = created("AllocationId", "eipalloc", "AWS::EC2::EIP", asked, {"Domain": "vpc"})
    members = ("AllocationId", "PublicIp", "Domain", "PublicIpv4Pool", "NetworkBorderGroup")
    return Change((put,), lambda after: {name: after.record("AllocationId", id_)[name] for name in members})


def _eip(world: World, asked: Parameters) -> str:
    """Return the name of the address that a request means, by its id or as it is. Raises ApiError if it does not exist."""
    public = asked.get("PublicIp")
    if asked.get("AllocationId") or public is None:
        return world.existing(asked, "AllocationId")
    found = next((one.id for one in world.cloud.network.elastic_ips.values() if str(one.public_ip) == public), None)
    if found is None:
        raise ApiError("InvalidAddress.NotFound", f"Address '{public}' not found.")
    return found


def release_address(world: World, asked: Parameters) -> Change:
    """ReleaseAddress: it must not be in use."""
    name = _eip(world, asked)
    if _in_use(world, name):
        text = f"You do not have permission to access the specified resource: {world.id(name)} is in use"
        raise ApiError("InvalidIPAddress.InUse", text)
    return Change((Remove(name),))


def associate_address(world: World, asked: Parameters) -> Change:
    """AssociateAddress: an interface or an instance gets a public address."""
    eip, id_ = _eip(world, asked), new_id("eipassoc")
    target = {key: world.named(key, asked[key]) for key in ("NetworkInterfaceId", "InstanceId") if asked.get(key)}
    if not target:
        raise ApiError("MissingParameter", "The request must contain the parameter InstanceId or NetworkInterfaceId")
    before = world.referring(_EIP_ASSOCIATION, AllocationId=eip)
    if before and not asked.get("AllowReassociation", True):
        raise ApiError("Resource.AlreadyAssociated", f"resource {world.id(eip)} is already associated")
    private = {key: asked[key] for key in ("PrivateIpAddress",) if asked.get(key)}
    edits = (*removal(before), new(_EIP_ASSOCIATION, id_, {"AllocationId": eip, **target, **private}))
    return Change(edits, lambda _world: {"AssociationId": id_, "Return": True})


def disassociate_address(world: World, asked: Parameters) -> Change:
    """DisassociateAddress."""
    found = world.resource(world.name(asked.get("AssociationId")))
    if found is None or found.type != _EIP_ASSOCIATION:
        raise missing_association(asked.get("AssociationId"))
    return Change((Remove(found.id),))


def create_nat_gateway(world: World, asked: Parameters) -> Change:
    """CreateNatGateway: available before the call is answered."""
    if asked.get("AvailabilityMode") == "regional":
        return _regional_nat_gateway(world, asked)
    if secondary := [
        one for one in ("SecondaryPrivateIpAddresses", "SecondaryPrivateIpAddressCount") if asked.get(one)
    ]:
        raise ApiError("UnsupportedOperation", f"netful does not give {secondary[0]} to NAT gateways")
    subnet = world.existing(asked, "SubnetId")
    public = asked.get("ConnectivityType", "public") == "public"
    if public and not asked.get("AllocationId"):
        raise missing_parameter("AllocationId")
    vpc = world.cloud.network.subnets[subnet].vpc_id
    if public:
        _check_attached(world, vpc)
    allocation = world.existing(asked, "AllocationId") if asked.get("AllocationId") else None
    more = [world.named("AllocationId", one) for one in asked.get("SecondaryAllocationIds") or ()]
    _check_free(world, (*((allocation,) if allocation else ()), *more))
    properties = {"SubnetId": subnet, "AllocationId": allocation, "PrivateIpAddress": asked.get("PrivateIpAddress"),
                  "SecondaryAllocationIds": more or None, "ConnectivityType": None if public else "private"}  # fmt: skip
    return addition("NatGatewayId", "nat", "AWS::EC2::NatGateway", asked, properties)


def _regional_nat_gateway(world: World, asked: Parameters) -> Change:
    """Create a gateway for all zones of a VPC: it is in no subnet, and AWS gives it addresses where the request has none."""
    if asked.get("SubnetId") or asked.get("AllocationId") or asked.get("ConnectivityType") == "private":
        text = "A regional NAT gateway is public, has a VPC in place of a subnet, and addresses by Availability Zone"
        raise ApiError("InvalidParameterCombination", text)
    vpc = world.existing(asked, "VpcId")
    _check_attached(world, vpc)
    zones = [
        {**one, "AllocationIds": [world.named("AllocationId", each) for each in one.get("AllocationIds") or ()]}
        for one in asked.get("AvailabilityZoneAddresses") or ()
    ]
    _check_free(world, [each for one in zones for each in one["AllocationIds"]])
    properties = {"VpcId": vpc, "AvailabilityMode": "regional", "AvailabilityZoneAddresses": zones or None}
    return addition("NatGatewayId", "nat", "AWS::EC2::NatGateway", asked, properties)


def _check_attached(world: World, vpc: object) -> None:
    """Raise ApiError for a VPC without an internet gateway."""
    if not any(one.vpc_id == vpc for one in world.cloud.network.internet_gateways.values()):
        raise ApiError("Gateway.NotAttached", f"Network {world.id(vpc)} has no internet gateway attached")


def delete_nat_gateway(world: World, asked: Parameters) -> Change:
    """DeleteNatGateway: routes to it become black holes."""
    name = world.existing(asked, "NatGatewayId")
    return Change((Remove(name),), lambda _world: {"NatGatewayId": asked["NatGatewayId"]})


def associate_nat_gateway_address(world: World, asked: Parameters) -> Change:
    """AssociateNatGatewayAddress: further addresses of a public gateway of one zone."""
    name = _zonal(world, asked)
    more = [world.named("AllocationId", one) for one in asked.get("AllocationIds") or ()]
    _check_free(world, more)
    return _with_secondary(world, name, [*_secondary(world, name), *more])


def disassociate_nat_gateway_address(world: World, asked: Parameters) -> Change:
    """DisassociateNatGatewayAddress: all but the first."""
    name = _zonal(world, asked)
    secondary = {str(world.id(one)): one for one in _secondary(world, name)}
    found = {
        one.get("AssociationId"): secondary[one["AllocationId"]]
        for one in world.record("NatGatewayId", name)["NatGatewayAddresses"]
        if one.get("AllocationId") in secondary
    }
    gone = asked.get("AssociationIds") or ()
    missing = next((one for one in gone if one not in found), None)
    if missing is not None:
        raise missing_association(missing)
    leaving = {found[one] for one in gone}
    return _with_secondary(world, name, [one for one in secondary.values() if one not in leaving])


def _zonal(world: World, asked: Parameters) -> str:
    name = world.existing(asked, "NatGatewayId")
    gateway = world.cloud.network.nat_gateways[name]
    if gateway.regional or not gateway.public:
        raise invalid_value(f"NatGateway {asked['NatGatewayId']} is not a public one of one Availability Zone")
    return name


def _secondary(world: World, name: str) -> list[str]:
    return [world.name(one) for one in world.said(name).get("SecondaryAllocationIds") or ()]


def _in_use(world: World, allocation: str) -> bool:
    network = world.cloud.network
    of_gateways = (one for gateway in network.nat_gateways.values() for one in gateway.allocation_ids)
    return network.public_interface(network.elastic_ips[allocation].public_ip) is not None or allocation in of_gateways


def _check_free(world: World, allocations: Iterable[str]) -> None:
    """Raise ApiError for an address that is in use."""
    used = next((one for one in allocations if _in_use(world, one)), None)
    if used is not None:
        raise ApiError("Resource.AlreadyAssociated", f"resource {world.id(used)} is already associated")


def _with_secondary(world: World, name: str, allocations: list[str]) -> Change:
    members = ("NatGatewayId", "NatGatewayAddresses")
    edits = world.set(name, SecondaryAllocationIds=allocations or None)
    return Change(edits, lambda after: {member: after.record("NatGatewayId", name)[member] for member in members})


def create_vpc_peering_connection(world: World, asked: Parameters) -> Change:
    """CreateVpcPeeringConnection: within the account it is active at once; a VPC of another one may be any."""
    vpc, is_foreign = world.existing(asked, "VpcId"), asked.get("PeerOwnerId") not in (None, world.cloud.account_id)
    peer = world.name(asked["PeerVpcId"]) if is_foreign else world.existing(asked, "PeerVpcId", "VpcId")
    if vpc == peer:
        raise invalid_value(f"The VPC {asked['VpcId']} cannot be peered with itself")
    there = world.cloud.network.vpc_peering_connections.values()
    if any(one.active and {one.vpc_id, one.peer_vpc_id} == {vpc, peer} for one in there):
        raise ApiError("VpcPeeringConnectionAlreadyExists", "A peering of these VPCs exists already")
    ends = {"VpcId": vpc, "PeerVpcId": peer, **({"PeerOwnerId": asked["PeerOwnerId"]} if is_foreign else {})}
    return addition("VpcPeeringConnectionId", "pcx", "AWS::EC2::VPCPeeringConnection", asked, ends)


def accept_vpc_peering_connection(world: World, asked: Parameters) -> Change:
    """AcceptVpcPeeringConnection: nothing is left to do within the account."""
    kind = "VpcPeeringConnectionId"
    return Change((), recorded(kind, world.existing(asked, kind)))


def reject_vpc_peering_connection(world: World, asked: Parameters) -> Change:
    """RejectVpcPeeringConnection: only one that waits for its acceptance."""
    name = world.existing(asked, "VpcPeeringConnectionId")
    if world.cloud.network.vpc_peering_connections[name].active:
        text = f"The peering {asked['VpcPeeringConnectionId']} is active and cannot be rejected"
        raise ApiError("InvalidStateTransition", text)
    return Change((Remove(name),))


def modify_vpc_peering_connection_options(world: World, asked: Parameters) -> Change:
    """ModifyVpcPeeringConnectionOptions: public names of a side resolve to private addresses on the other one."""
    name = world.existing(asked, "VpcPeeringConnectionId")
    if not world.cloud.network.vpc_peering_connections[name].active:
        text = f"Peering {asked['VpcPeeringConnectionId']} is not active. Peering options can be added only to active peerings."
        raise ApiError("OperationNotPermitted", text)
    member = "AllowDnsResolutionFromRemoteVpc"
    given = {
        side: {member: asked[side].get(member, False)}
        for side in (REQUESTER_OPTIONS, ACCEPTER_OPTIONS)
        if side in asked
    }
    return Change(world.set(name, **given), lambda _world: given)


WRITES = {
    "AttachInternetGateway": attach_internet_gateway,
    "DetachInternetGateway": detach_internet_gateway,
    "DeleteInternetGateway": delete_internet_gateway,
    "AllocateAddress": allocate_address,
    "ReleaseAddress": release_address,
    "AssociateAddress": associate_address,
    "DisassociateAddress": disassociate_address,
    "CreateNatGateway": create_nat_gateway,
    "DeleteNatGateway": delete_nat_gateway,
    "AssociateNatGatewayAddress": associate_nat_gateway_address,
    "DisassociateNatGatewayAddress": disassociate_nat_gateway_address,
    "CreateVpcPeeringConnection": create_vpc_peering_connection,
    "RejectVpcPeeringConnection": reject_vpc_peering_connection,
    "AcceptVpcPeeringConnection": accept_vpc_peering_connection,
    "ModifyVpcPeeringConnectionOptions": modify_vpc_peering_connection_options,
}
