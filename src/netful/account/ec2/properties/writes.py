"""Writes whose parameters are the properties of a resource: one mechanism for what is created, changed and deleted so."""

from collections.abc import Mapping
from typing import Any

from msgspec import field

from netful.account.changes import Remove, new, removal
from netful.account.ec2.describe import further
from netful.account.ec2.kinds import KIND, PEERING
from netful.account.ec2.world import Change, World, Write, addition, new_id, recorded
from netful.account.ec2.writes.transit_gateway_routes import TABLE
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError
from netful.model.core import Frozen

_OPTIONS = "AWS::EC2::VPCBlockPublicAccessOptions"
_NOT_PROPERTIES = frozenset({"TagSpecifications", "DryRun", "ClientToken", "Options"})
_LISTS = {"SecurityGroupIds": "GroupId"}
"""Parameters that name several things, with the kind of these."""


class _Made(Frozen):
    """A kind of things that one operation creates and another deletes.

    `id` names the kind; `type` is that of its resources, where the kind has another place for its things. `renamed` are parameters whose property has another name. `users` are the types whose resources
    keep one from being deleted, `parts` those whose resources go along. `deleted` is the state of a deleted one in an
    answer; "" for an answer without a record.
    """

    id: str
    prefix: str
    renamed: Mapping[str, str] = field(default_factory=dict)
    users: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    deleted: str = ""
    type: str = ""

    @property
    def member(self) -> str:
        """The member of answers, by which the operations are named, too."""
        return KIND[self.id].operation.removeprefix("Describe").removesuffix("s")

    def create(self, world: World, asked: Parameters) -> Change:
        """Create one. Raises ApiError where a parameter names a thing that does not exist."""
        given = {**asked, **(asked.get("Options") or {})}
        own = {
            self.renamed.get(name, name): _value(world, given, name)
            for name in given
            if name not in _NOT_PROPERTIES and given[name] is not None
        }
        return addition(self.id, self.prefix, self.type or str(KIND[self.id].things), asked, own, self.member)

    def delete(self, world: World, asked: Parameters) -> Change:
        """Delete one, with its parts. Raises ApiError for one in use."""
        name, kind = self.existing(world, asked), KIND[self.id]
        if world.referring(*self.users, **{kind.id: name}):
            noun = f"{self.member[:1].lower()}{self.member[1:]}"
            raise ApiError("IncorrectState", f"The {noun} '{world.id(name)}' is in use")
        gone = {self.member: {**world.record(self.id, name), "State": self.deleted}} if self.deleted else {}
        parts = world.referring(*self.parts, **{kind.id: name})
        return Change((*removal(parts), Remove(name)), lambda _world: {"Return": True, "ReturnCode": True, **gone})

    def existing(self, world: World, asked: Parameters) -> str:
        """Return the name of the one that a request names. Raises ApiError if it does not exist."""
        return world.existing(asked, KIND[self.id].id, self.id)


def _value(world: World, asked: Parameters, name: str) -> Any:
    """Return the property of a parameter, with names in place of ids. Raises ApiError for an id that does not exist."""
    value = asked[name]
    if name in _LISTS:
        return [world.named(_LISTS[name], one) for one in value]
    if name in _NAMED:
        return world.existing(asked, name)
    if isinstance(value, list):
        return [world.name(one) for one in value]
    return world.name(value) if isinstance(value, str) else value


_NAMED = frozenset({"VpcId", "SubnetId", "VpnGatewayId", "TransitGatewayId", "CustomerGatewayId"})
"""Parameters that name a thing of the account."""

_PEERING = _Made(PEERING, "tgw-attach", deleted="deleted")
_KINDS = (
    _Made("CustomerGatewayId", "cgw", {"PublicIp": "IpAddress"}, users=("AWS::EC2::VPNConnection",)),
    _Made("VpnConnectionId", "vpn", parts=(further.VPN_ROUTE,)),
    _Made("InstanceConnectEndpointId", "eice", deleted="delete-complete"),
    _Made("ExclusionId", "vpcbpa-exclude", deleted="delete-complete"),
    _PEERING,
)
_CREATED = (
    _Made("RouteTableId", "rtb", type="AWS::EC2::RouteTable"),
    _Made("NetworkAclId", "acl", type="AWS::EC2::NetworkAcl"),
    _Made("InternetGatewayId", "igw", type="AWS::EC2::InternetGateway"),
    _Made("EgressOnlyInternetGatewayId", "eigw", type="AWS::EC2::EgressOnlyInternetGateway"),
    _Made("TransitGatewayRouteTableId", "tgw-rtb", type=TABLE),
)
"""Kinds of things whose deletion has conditions of its own."""

_DELETED = tuple(
    _Made(id_, prefix)
    for id_, prefix in (
        ("EgressOnlyInternetGatewayId", "eigw"),
        ("SnapshotId", "snap"),
        ("VpcPeeringConnectionId", "pcx"),
    )
)
"""Kinds of things whose creation has conditions of its own."""


def create_vpn_connection_route(world: World, asked: Parameters) -> Change:
    """CreateVpnConnectionRoute: tables that learn from the gateway have it."""
    vpn, block = world.existing(asked, "VpnConnectionId"), asked["DestinationCidrBlock"]
    properties = {"VpnConnectionId": vpn, "DestinationCidrBlock": block}
    there = world.referring(further.VPN_ROUTE, **properties)
    return Change(() if there else (new(further.VPN_ROUTE, f"{vpn}|{block}", properties),), lambda _world: {})


def delete_vpn_connection_route(world: World, asked: Parameters) -> Change:
    """DeleteVpnConnectionRoute."""
    vpn, block = world.existing(asked, "VpnConnectionId"), asked["DestinationCidrBlock"]
    found = world.referring(further.VPN_ROUTE, VpnConnectionId=vpn, DestinationCidrBlock=block)
    if not found:
        raise ApiError("InvalidRoute.NotFound", f"The route {block} of {asked['VpnConnectionId']} does not exist")
    return Change(removal(found), lambda _world: {})


def modify_block_public_access_options(world: World, asked: Parameters) -> Change:
    """ModifyVpcBlockPublicAccessOptions: all internet gateways of the account in the Region obey at once."""
    mode = {"InternetGatewayBlockMode": asked["InternetGatewayBlockMode"]}
    there = next(world.of_type(_OPTIONS), None)
    edits = world.set(there.id, **mode) if there else (new(_OPTIONS, "block-public-access-options", mode),)
    return Change(edits, block_public_access_options)


def block_public_access_options(world: World) -> Mapping[str, Any]:
    """Return the answer that has the options of the account."""
    found = [*world.cloud.network.block_public_access_options.values()]
    options = {
        "AwsAccountId": world.cloud.account_id, "AwsRegion": world.cloud.region, "ManagedBy": "account",
        "State": "update-complete" if found else "default-state", "ExclusionsAllowed": "allowed",
        "InternetGatewayBlockMode": str(found[0].internet_gateway_block_mode) if found else "off",
    }  # fmt: skip
    return {"VpcBlockPublicAccessOptions": options}


def modify_block_public_access_exclusion(world: World, asked: Parameters) -> Change:
    """ModifyVpcBlockPublicAccessExclusion: another mode."""
    name = world.existing(asked, "ExclusionId")
    edits = world.set(name, InternetGatewayExclusionMode=asked["InternetGatewayExclusionMode"])
    return Change(edits, recorded("ExclusionId", name, "VpcBlockPublicAccessExclusion"))


def associate_security_group_vpc(world: World, asked: Parameters) -> Change:
    """AssociateSecurityGroupVpc: interfaces of another VPC may have the group."""
    group, vpc = world.existing(asked, "GroupId"), world.existing(asked, "VpcId")
    ends = {"GroupId": group, "VpcId": vpc}
    there = world.referring(further.GROUP_ASSOCIATION, **ends)
    edits = () if there else (new(further.GROUP_ASSOCIATION, new_id("sg-vpc-assoc"), ends),)
    return Change(edits, lambda _world: {"State": "associated"})


def disassociate_security_group_vpc(world: World, asked: Parameters) -> Change:
    """DisassociateSecurityGroupVpc: no interface of the VPC may have the group."""
    group, vpc = world.existing(asked, "GroupId"), world.existing(asked, "VpcId")
    found = world.referring(further.GROUP_ASSOCIATION, GroupId=group, VpcId=vpc)
    if not found:
        text = f"The security group {asked['GroupId']} is not associated with the VPC {asked['VpcId']}"
        raise ApiError("InvalidSecurityGroupVpcAssociation.NotFound", text)
    subnets = {one.id for one in world.cloud.network.subnets_of(vpc)}
    if any(eni.subnet_id in subnets for eni in world.cloud.network.members_of(group)):
        raise ApiError("DependencyViolation", f"resource {asked['GroupId']} has a dependent object")
    return Change(removal(found), lambda _world: {"State": "disassociated"})


def accept_peering_attachment(world: World, asked: Parameters) -> Change:
    """AcceptTransitGatewayPeeringAttachment: it is available already."""
    return Change((), recorded(PEERING, _PEERING.existing(world, asked)))


WRITES: Mapping[str, Write] = {
    **{f"Create{one.member}": one.create for one in (*_KINDS, *_CREATED)},
    **{f"Delete{one.member}": one.delete for one in (*_KINDS, *_DELETED)},
    "AcceptTransitGatewayPeeringAttachment": accept_peering_attachment,
    "CreateVpnConnectionRoute": create_vpn_connection_route,
    "DeleteVpnConnectionRoute": delete_vpn_connection_route,
    "ModifyVpcBlockPublicAccessOptions": modify_block_public_access_options,
    "ModifyVpcBlockPublicAccessExclusion": modify_block_public_access_exclusion,
    "AssociateSecurityGroupVpc": associate_security_group_vpc,
    "DisassociateSecurityGroupVpc": disassociate_security_group_vpc,
}
