"""Writes of the further blocks of VPCs, and of the IPv6 blocks of subnets."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Network, IPv6Network
from itertools import count
from typing import Any

from netful.account.changes import Put, Remove, new
from netful.account.ec2.describe.vpcs import OF_SUBNET, OF_VPC, ipv6_association
from netful.account.ec2.world import Change, World, new_id
from netful.account.ec2.writes.block_restrictions import check_further_block
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError, invalid_value
from netful.model.network import addresses

_LARGEST, _SMALLEST = 16, 28
_OF_A_SUBNET_PREFIX = 64


def ipv4_block(asked: Parameters, code: str) -> IPv4Network:
    """Return the block that a request names. Raises ApiError, with this code for an impossible size."""
    text = str(asked.get("CidrBlock", ""))
    if not text:
        raise ApiError("MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided.")
    try:
        block = IPv4Network(text if "/" in text else "", strict=False)
    except ValueError:
        said = f"Value ({text}) for parameter cidrBlock is invalid. This is not a valid CIDR block."
        raise invalid_value(said) from None
    if not _LARGEST <= block.prefixlen <= _SMALLEST:
        raise ApiError(code, f"The CIDR '{text}' is invalid.")
    return block


def provided_ipv6_block(world: World, vpc: str) -> Put:
    """Return the edit that gives a VPC a block of Amazon's, the first that no VPC has."""
    taken = {block for one in world.cloud.network.vpcs.values() for block in one.ipv6_cidr_blocks}
    block = next(block for number in count() if (block := addresses.ipv6_block(number)) not in taken)
    properties = {"VpcId": vpc, "AmazonProvidedIpv6CidrBlock": True, "Ipv6CidrBlock": str(block)}
    return new(OF_VPC, new_id("vpc-cidr-assoc"), properties)


def associate_vpc_cidr_block(world: World, asked: Parameters) -> Change:
    """AssociateVpcCidrBlock: a further block of a VPC."""
    name = world.existing(asked, "VpcId")
    if asked.get("AmazonProvidedIpv6CidrBlock"):
        put, member, sets = provided_ipv6_block(world, name), "Ipv6CidrBlockAssociation", "Ipv6CidrBlockAssociationSet"
    else:
        block = ipv4_block(asked, "InvalidVpc.Range")
        check_further_block(world, world.cloud.network.vpcs[name], block)
        put = new(OF_VPC, new_id("vpc-cidr-assoc"), {"VpcId": name, "CidrBlock": str(block)})
        member, sets = "CidrBlockAssociation", "CidrBlockAssociationSet"
    id_ = put.resource.id

    def answer(after: World) -> Mapping[str, Any]:
        listed = after.record("VpcId", name)[sets]
        return {"VpcId": after.id(name), member: next(one for one in listed if one["AssociationId"] == id_)}

    return Change((put,), answer)


def disassociate_vpc_cidr_block(world: World, asked: Parameters) -> Change:
    """DisassociateVpcCidrBlock: a block that no subnet has a part of; the first block stays."""
    id_ = str(asked.get("AssociationId"))
    listed = ((vpc, member, one) for vpc in world.cloud.network.vpcs for member, one in _of_vpc(world, vpc))
    vpc, member, found = next((row for row in listed if row[2]["AssociationId"] == id_), ("", "", {}))
    if not vpc:
        text = f"The vpc CIDR block association ID '{id_}' does not exist"
        raise ApiError("InvalidVpcCidrBlockAssociationID.NotFound", text)
    _check_unused(world, vpc, id_, str(found.get("CidrBlock") or found.get("Ipv6CidrBlock")))
    state = f"{member.removesuffix('Association')}State"
    answer = {"VpcId": world.id(vpc), member: {**found, state: {"State": "disassociated"}}}
    return Change((Remove(world.name(id_)),), lambda _world: answer)


def _of_vpc(world: World, vpc: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the associations of a VPC's blocks, each with the member of an answer that has it."""
    listed = world.record("VpcId", vpc)
    for member in ("CidrBlockAssociation", "Ipv6CidrBlockAssociation"):
        yield from ((member, one) for one in listed[f"{member}Set"])


def _check_unused(world: World, vpc: str, id_: str, block: str) -> None:
    if world.resource(world.name(id_)) is None:
        text = (
            f"The vpc CIDR block with association ID {id_} may not be disassociated. "
            "It is the primary IPv4 CIDR block of the VPC"
        )
        raise ApiError("OperationNotPermitted", text)
    inside = (b for one in world.cloud.network.subnets_of(vpc) for b in (one.cidr_block, one.ipv6_cidr_block))
    own: IPv4Network | IPv6Network = IPv6Network(block) if ":" in block else IPv4Network(block)
    if any(type(one) is type(own) and one.subnet_of(own) for one in inside):  # type: ignore[arg-type]
        raise ApiError("InvalidCidrBlock.InUse", f"The vpc currently has a subnet within CIDR block {block}")


def associate_subnet_cidr_block(world: World, asked: Parameters) -> Change:
    """AssociateSubnetCidrBlock: one IPv6 block of 64 bits, out of a block of the VPC."""
    name, text = world.existing(asked, "SubnetId"), str(asked.get("Ipv6CidrBlock", ""))
    block, subnet = ipv6_block(text), world.cloud.network.subnets[name]
    if subnet.ipv6_cidr_block is not None:
        raise ApiError("InvalidSubnet.Conflict", f"The subnet {asked['SubnetId']} has an IPv6 CIDR block already")
    check_ipv6_block(world, str(subnet.vpc_id), block)
    id_ = new_id("subnet-cidr-assoc")
    answer = {"SubnetId": world.id(name), "Ipv6CidrBlockAssociation": ipv6_association(id_, block)}
    return Change((new(OF_SUBNET, id_, {"SubnetId": name, "Ipv6CidrBlock": str(block)}),), lambda _world: answer)


def ipv6_block(text: str) -> IPv6Network:
    """Return the IPv6 block of a subnet. Raises ApiError for another text."""
    try:
        return IPv6Network(text)
    except ValueError:
        said = f"Value ({text}) for parameter ipv6CidrBlock is invalid. This is not a valid CIDR block."
        raise invalid_value(said) from None


def check_ipv6_block(world: World, vpc: str, block: IPv6Network) -> None:
    """Raise ApiError if a block does not fit into a VPC."""
    blocks = world.cloud.network.vpcs[vpc].ipv6_cidr_blocks
    outside = not any(isinstance(one, IPv6Network) and block.subnet_of(one) for one in blocks)
    if outside or block.prefixlen != _OF_A_SUBNET_PREFIX:
        raise ApiError("InvalidSubnet.Range", f"The CIDR '{block}' is invalid.")
    taken = (one.ipv6_cidr_block for one in world.cloud.network.subnets_of(vpc))
    if any(isinstance(one, IPv6Network) and one.overlaps(block) for one in taken):
        raise ApiError("InvalidSubnet.Conflict", f"The CIDR '{block}' conflicts with another subnet")


def disassociate_subnet_cidr_block(world: World, asked: Parameters) -> Change:
    """DisassociateSubnetCidrBlock: no interface may have an address of the block."""
    id_ = str(asked.get("AssociationId"))
    listed = (
        (name, one)
        for name in world.cloud.network.subnets
        for one in world.record("SubnetId", name)["Ipv6CidrBlockAssociationSet"]
    )
    name, found = next((row for row in listed if row[1]["AssociationId"] == id_), ("", {}))
    if not name:
        text = f"The subnet CIDR block association ID '{id_}' does not exist"
        raise ApiError("InvalidSubnetCidrBlockAssociationID.NotFound", text)
    if any(eni.subnet_id == name and eni.ipv6_address for eni in world.cloud.network.network_interfaces.values()):
        text = f"The subnet '{world.id(name)}' has dependencies and its block cannot be disassociated."
        raise ApiError("DependencyViolation", text)
    gone = {**found, "Ipv6CidrBlockState": {"State": "disassociated"}}
    answer = {"SubnetId": world.id(name), "Ipv6CidrBlockAssociation": gone}
    own = world.resource(world.name(id_))
    edits = (Remove(own.id),) if own is not None else world.set(name, Ipv6CidrBlock=None)
    return Change(edits, lambda _world: answer)


WRITES = {
    "AssociateVpcCidrBlock": associate_vpc_cidr_block,
    "DisassociateVpcCidrBlock": disassociate_vpc_cidr_block,
    "AssociateSubnetCidrBlock": associate_subnet_cidr_block,
    "DisassociateSubnetCidrBlock": disassociate_subnet_cidr_block,
}
