"""Writes of VPCs and subnets."""

from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from ipaddress import IPv4Network

from netful.account.changes import Remove, removal
from netful.account.ec2.describe.vpcs import NAMES_ON_LAUNCH, OF_SUBNET
from netful.account.ec2.world import Change, World, Write, addition, created, has_dependencies, recorded
from netful.account.ec2.writes.cidr_blocks import check_ipv6_block, ipv4_block, ipv6_block, provided_ipv6_block
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError, invalid_value, missing_parameter
from netful.model.core import Unknown
from netful.model.network.availability_zones import zone_ids
from netful.sources.readers.route_tables import MAIN_ROUTE_TABLE

_ATTRIBUTES = ("EnableDnsSupport", "EnableDnsHostnames", "EnableNetworkAddressUsageMetrics")
_SUBNET_ATTRIBUTES = ("MapPublicIpOnLaunch", "AssignIpv6AddressOnCreation", "EnableDns64")
_LAUNCH_NAMES = {
    "PrivateDnsHostnameTypeOnLaunch": "HostnameType",
    "EnableResourceNameDnsARecordOnLaunch": "EnableResourceNameDnsARecord",
    "EnableResourceNameDnsAAAARecordOnLaunch": "EnableResourceNameDnsAAAARecord",
}
"""Attributes of a subnet's instances, by their members in the property."""


def create_vpc(world: World, asked: Parameters) -> Change:
    """CreateVpc."""
    block = ipv4_block(asked, "InvalidVpc.Range")
    properties = {"CidrBlock": str(block), "EnableDnsSupport": True, "EnableDnsHostnames": False,
                  "InstanceTenancy": asked.get("InstanceTenancy", "default")}  # fmt: skip
    id_, put = created("VpcId", "vpc", "AWS::EC2::VPC", asked, properties)
    edits = [put, *([provided_ipv6_block(world, id_)] if asked.get("AmazonProvidedIpv6CidrBlock") else [])]
    return Change(tuple(edits), recorded("VpcId", id_))


def delete_vpc(world: World, asked: Parameters) -> Change:
    """DeleteVpc: what a VPC comes with goes along; all else in it must be gone."""
    name = world.existing(asked, "VpcId")
    network = world.cloud.network
    tables = {f"{name}.main", *(table.id for table in network.route_tables.values() if table.main)}
    inside = [
        *network.subnets_of(name),
        *(group for group in network.security_groups.values() if group.vpc_id == name and not group.default),
        *(table for table in network.route_tables.values() if table.vpc_id == name and table.id not in tables),
        *(acl for acl in network.network_acls.values() if acl.vpc_id == name and not acl.default),
        *(gateway for gateway in network.internet_gateways.values() if gateway.vpc_id == name),
        *(gateway for gateway in network.vpn_gateways.values() if gateway.vpc_id == name),
        *network.endpoints_of(name),
    ]
    if inside:
        raise has_dependencies("vpc", asked["VpcId"])
    blocks = world.referring("AWS::EC2::VPCCidrBlock", VpcId=name)
    made_with = (one for id_, one in world.cloud.template.resources.items() if id_.startswith(f"{name}."))
    chosen = [one.properties["RouteTableId"] for one in world.referring(MAIN_ROUTE_TABLE, VpcId=name)]
    main = (one for one in map(world.resource, chosen) if one is not None)
    routes = (route for table in chosen for route in world.referring("AWS::EC2::Route", RouteTableId=table))
    return Change((*removal(blocks), *removal(routes), *removal(main), *removal(made_with), Remove(name)))


def _modify_attribute(id_: str, attributes: Sequence[str], world: World, asked: Parameters) -> Change:
    """Modify an attribute of a VPC or a subnet: one a call."""
    name = world.existing(asked, id_)
    _check_one(asked, attributes)
    given = {member: asked[member].get("Value", False) for member in attributes if member in asked}
    return Change(world.set(name, **given))


def modify_vpc_tenancy(world: World, asked: Parameters) -> Change:
    """ModifyVpcTenancy: a dedicated VPC becomes one of shared hardware, never the other way round."""
    name = world.existing(asked, "VpcId")
    if asked.get("InstanceTenancy") != "default":
        raise invalid_value("The tenancy of a VPC can only be changed to default")
    return Change(world.set(name, InstanceTenancy="default"), lambda _world: {"ReturnValue": True})


def _check_one(asked: Parameters, attributes: Iterable[str]) -> None:
    """Raise ApiError for a request with several attributes."""
    named = [member for member in attributes if member in asked]
    if len(named) > 1:
        text = f"The parameters {' and '.join(named)} cannot be used together: only one attribute can be modified at a time"
        raise ApiError("InvalidParameterCombination", text)


def _modify_subnet(world: World, asked: Parameters) -> Change:
    """ModifySubnetAttribute; names on launch are members of one property."""
    _check_one(asked, (*_SUBNET_ATTRIBUTES, *_LAUNCH_NAMES))
    member = next((one for one in _LAUNCH_NAMES if one in asked), None)
    if member is None:
        return _modify_attribute("SubnetId", _SUBNET_ATTRIBUTES, world, asked)
    name, value = world.existing(asked, "SubnetId"), asked[member]
    before = world.said(name).get(NAMES_ON_LAUNCH)
    own = {_LAUNCH_NAMES[member]: value.get("Value", False) if isinstance(value, Mapping) else value}
    names = {**(before if isinstance(before, Mapping) else {}), **own}
    return Change(world.set(name, **{NAMES_ON_LAUNCH: names}))


def create_subnet(world: World, asked: Parameters) -> Change:
    """CreateSubnet: inside its VPC's blocks, beside the other subnets."""
    vpc_name = world.existing(asked, "VpcId")
    native = bool(asked.get("Ipv6Native"))
    if native and asked.get("CidrBlock"):
        raise ApiError("InvalidParameterCombination", "An IPv6-only subnet cannot have an IPv4 CIDR block")
    if native and not asked.get("Ipv6CidrBlock"):
        raise missing_parameter("Ipv6CidrBlock")
    block = None if native else _subnet_block(world, vpc_name, asked)
    if asked.get("Ipv6CidrBlock"):
        check_ipv6_block(world, vpc_name, ipv6_block(asked["Ipv6CidrBlock"]))
    zone = _zone(world.cloud.region, asked)
    properties = {"VpcId": vpc_name, "CidrBlock": block, "AvailabilityZone": zone,
                  "Ipv6CidrBlock": asked.get("Ipv6CidrBlock"), "Ipv6Native": native or None}  # fmt: skip
    return addition("SubnetId", "subnet", "AWS::EC2::Subnet", asked, properties)


def _zone(region: str, asked: Parameters) -> str:
    """Return the availability zone that a request names, by its name or its id; the first one by default."""
    ids = zone_ids(region)
    by_id = {id_: name for name, id_ in ids.items()}
    for parameter, known in (("AvailabilityZone", {name: name for name in ids}), ("AvailabilityZoneId", by_id)):
        value = asked.get(parameter)
        if value and value not in known:
            text = (
                f"Value ({value}) for parameter {parameter[0].lower()}{parameter[1:]} is invalid. Subnets can currently only be "
                f"created in the following availability zones: {', '.join(known)}."
            )
            raise invalid_value(text)
        if value:
            return known[value]
    return next(iter(ids))


def _subnet_block(world: World, vpc: str, asked: Parameters) -> str:
    """Return the IPv4 block of a new subnet. Raises ApiError for one outside of its VPC, or in use."""
    block = ipv4_block(asked, "InvalidSubnet.Range")
    blocks = [one for one in world.cloud.network.vpcs[vpc].cidr_blocks if not isinstance(one, Unknown)]
    if not any(block.subnet_of(one) for one in blocks):
        raise ApiError("InvalidSubnet.Range", f"The CIDR '{asked['CidrBlock']}' is invalid.")
    taken = [one.cidr_block for one in world.cloud.network.subnets_of(vpc)]
    if any(isinstance(one, IPv4Network) and block.overlaps(one) for one in taken):
        raise ApiError("InvalidSubnet.Conflict", f"The CIDR '{asked['CidrBlock']}' conflicts with another subnet")
    return str(block)


def delete_subnet(world: World, asked: Parameters) -> Change:
    """DeleteSubnet: no interface may be in it."""
    name = world.existing(asked, "SubnetId")
    if any(eni.subnet_id == name for eni in world.cloud.network.network_interfaces.values()):
        raise has_dependencies("subnet", asked["SubnetId"])
    associated = world.referring(
        "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::SubnetNetworkAclAssociation", OF_SUBNET, SubnetId=name
    )
    return Change((*removal(associated), Remove(name)))


WRITES: Mapping[str, Write] = {
    "CreateVpc": create_vpc,
    "DeleteVpc": delete_vpc,
    "ModifyVpcAttribute": partial(_modify_attribute, "VpcId", _ATTRIBUTES),
    "ModifyVpcTenancy": modify_vpc_tenancy,
    "CreateSubnet": create_subnet,
    "DeleteSubnet": delete_subnet,
    "ModifySubnetAttribute": _modify_subnet,
}
