"""Writes whose parameters are the properties of a resource: one mechanism for what is created, changed and deleted so."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import field

from netful.account.changes import Remove, new
from netful.account.ec2.describe import further
from netful.account.ec2.view import View
from netful.account.ec2.world import Change, World, created, new_id, record, removal
from netful.account.wire.errors import ApiError
from netful.model.core.frozen import Frozen

_OPTIONS, _EXCLUSION = "AWS::EC2::VPCBlockPublicAccessOptions", "VPCBlockPublicAccessExclusion"
_NOT_PROPERTIES = frozenset({"TagSpecifications", "DryRun", "ClientToken", "Options"})
_LISTS = {"SecurityGroupIds": "GroupId"}
"""Parameters that name several things, with the kind of these."""

Properties = Mapping[str, Any]


class _Made(Frozen):
    """A kind of things that one operation creates and another deletes.

    `id` is the member of its id, `type` that of its resources, `member` that of answers. `renamed` are parameters whose
    property has another name. `users` are the types whose resources keep one from being deleted, `parts` those whose
    resources go along. `deleted` is the state of a deleted one in an answer; "" for an answer without a record.
    """

    id: str
    prefix: str
    type: str
    member: str
    records: Callable[[View], Any] | None = None
    renamed: Mapping[str, str] = field(default_factory=dict)
    users: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    deleted: str = ""

    def create(self, world: World, asked: Properties) -> Change:
        """Create one. Raises ApiError where a parameter names a thing that does not exist."""
        given = {**asked, **(asked.get("Options") or {})}
        own = {
            self.renamed.get(name, name): _value(world, given, name)
            for name in given
            if name not in _NOT_PROPERTIES and given[name] is not None
        }
        id_, put = created(self.id, self.prefix, f"AWS::EC2::{self.type}", asked, own)
        return Change((put,), lambda view: {self.member: self.record(view, id_)})

    def delete(self, world: World, asked: Properties) -> Change:
        """Delete one, with its parts. Raises ApiError for one in use."""
        name = self.existing(world, asked)
        aws_id = str(world.view.id(name))
        if world.referring(self.id, name, *(f"AWS::EC2::{one}" for one in self.users)):
            raise ApiError("IncorrectState", f"The {self.member[:1].lower()}{self.member[1:]} '{aws_id}' is in use")
        gone = {self.member: {**self.record(world.view, aws_id), "State": self.deleted}} if self.deleted else {}
        parts = world.referring(self.id, name, *(f"AWS::EC2::{one}" for one in self.parts))
        return Change((*removal(parts), Remove(name)), lambda _view: gone)

    def existing(self, world: World, asked: Properties) -> str:
        """Return the name of the one that a request names. Raises ApiError if it does not exist."""
        name = world.name(asked.get(self.id))
        found = world.resource(name)
        return name if found and found.type == f"AWS::EC2::{self.type}" else world.existing(asked, self.id)

    def record(self, view: View, aws_id: str) -> Mapping[str, Any]:
        """Return the record of one."""
        if self.records is None:
            return record(view, self.id, aws_id)
        return next(one for one in self.records(view) if one[self.id] == aws_id)


def _value(world: World, asked: Properties, name: str) -> Any:
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

_PEERING = _Made("TransitGatewayAttachmentId", "tgw-attach", "TransitGatewayPeeringAttachment",
                 "TransitGatewayPeeringAttachment", further.peering_attachments, deleted="deleted")  # fmt: skip
_KINDS = (
    _Made("CustomerGatewayId", "cgw", "CustomerGateway", "CustomerGateway", renamed={"PublicIp": "IpAddress"},
          users=("VPNConnection",)),
    _Made("VpnConnectionId", "vpn", "VPNConnection", "VpnConnection", parts=("VPNConnectionRoute",)),
    _Made("InstanceConnectEndpointId", "eice", "InstanceConnectEndpoint", "InstanceConnectEndpoint",
          deleted="delete-complete"),
    _Made("ExclusionId", "vpcbpa-exclude", _EXCLUSION, "VpcBlockPublicAccessExclusion", deleted="delete-complete"),
    _PEERING,
)  # fmt: skip


def create_vpn_connection_route(world: World, asked: Properties) -> Change:
    """CreateVpnConnectionRoute: tables that learn from the gateway have it."""
    vpn = world.existing(asked, "VpnConnectionId")
    block = asked["DestinationCidrBlock"]
    properties = {"VpnConnectionId": vpn, "DestinationCidrBlock": block}
    there = any(one.properties.get("DestinationCidrBlock") == block for one in _routes(world, vpn))
    return Change(() if there else (new(further.VPN_ROUTE, f"{vpn}|{block}", properties),), lambda _view: {})


def delete_vpn_connection_route(world: World, asked: Properties) -> Change:
    """DeleteVpnConnectionRoute."""
    vpn, block = world.existing(asked, "VpnConnectionId"), asked["DestinationCidrBlock"]
    found = [one for one in _routes(world, vpn) if one.properties.get("DestinationCidrBlock") == block]
    if not found:
        raise ApiError("InvalidRoute.NotFound", f"The route {block} of {asked['VpnConnectionId']} does not exist")
    return Change(removal(found), lambda _view: {})


def _routes(world: World, vpn: str) -> list[Any]:
    return world.referring("VpnConnectionId", vpn, further.VPN_ROUTE)


def modify_block_public_access_options(world: World, asked: Properties) -> Change:
    """ModifyVpcBlockPublicAccessOptions: all internet gateways of the account in the Region obey at once."""
    mode = {"InternetGatewayBlockMode": asked["InternetGatewayBlockMode"]}
    there = next(world.of_type(_OPTIONS), None)
    edits = world.set(there.id, **mode) if there else (new(_OPTIONS, "block-public-access-options", mode),)
    return Change(edits, block_public_access_options)


def block_public_access_options(view: View) -> Mapping[str, Any]:
    """Return the answer that has the options of the account."""
    found = [*view.cloud.network.block_public_access_options.values()]
    options = {
        "AwsAccountId": view.cloud.account_id, "AwsRegion": view.cloud.region, "ManagedBy": "account",
        "State": "update-complete" if found else "default-state", "ExclusionsAllowed": "allowed",
        "InternetGatewayBlockMode": str(found[0].internet_gateway_block_mode) if found else "off",
    }  # fmt: skip
    return {"VpcBlockPublicAccessOptions": options}


def modify_block_public_access_exclusion(world: World, asked: Properties) -> Change:
    """ModifyVpcBlockPublicAccessExclusion: another mode."""
    name = world.existing(asked, "ExclusionId")
    aws_id = str(world.view.id(name))
    edits = world.set(name, InternetGatewayExclusionMode=asked["InternetGatewayExclusionMode"])
    return Change(edits, lambda view: {"VpcBlockPublicAccessExclusion": record(view, "ExclusionId", aws_id)})


def associate_security_group_vpc(world: World, asked: Properties) -> Change:
    """AssociateSecurityGroupVpc: interfaces of another VPC may have the group."""
    group, vpc = world.existing(asked, "GroupId"), world.existing(asked, "VpcId")
    properties = {"GroupId": group, "VpcId": vpc}
    edits = (
        () if _associated(world, group, vpc) else (new(further.GROUP_ASSOCIATION, new_id("sg-vpc-assoc"), properties),)
    )
    return Change(edits, lambda _view: {"State": "associated"})  # fmt: skip


def disassociate_security_group_vpc(world: World, asked: Properties) -> Change:
    """DisassociateSecurityGroupVpc: no interface of the VPC may have the group."""
    group, vpc = world.existing(asked, "GroupId"), world.existing(asked, "VpcId")
    found = _associated(world, group, vpc)
    if not found:
        text = f"The security group {asked['GroupId']} is not associated with the VPC {asked['VpcId']}"
        raise ApiError("InvalidSecurityGroupVpcAssociation.NotFound", text)
    subnets = {one.id for one in world.cloud.network.subnets_of(vpc)}
    if any(eni.subnet_id in subnets for eni in world.cloud.network.members_of(group)):
        raise ApiError("DependencyViolation", f"resource {asked['GroupId']} has a dependent object")
    return Change(removal(found), lambda _view: {"State": "disassociated"})


def _associated(world: World, group: str, vpc: str) -> list[Any]:
    found = world.referring("GroupId", group, further.GROUP_ASSOCIATION)
    return [one for one in found if world.name(one.properties.get("VpcId")) == vpc]


def accept_peering_attachment(world: World, asked: Properties) -> Change:
    """AcceptTransitGatewayPeeringAttachment: it is available already."""
    aws_id = str(world.view.id(_PEERING.existing(world, asked)))
    return Change((), lambda view: {_PEERING.member: _PEERING.record(view, aws_id)})


WRITES: Mapping[str, Callable[[World, Properties], Change]] = {
    **{f"Create{one.member}": one.create for one in _KINDS},
    **{f"Delete{one.member}": one.delete for one in _KINDS},
    "AcceptTransitGatewayPeeringAttachment": accept_peering_attachment,
    "CreateVpnConnectionRoute": create_vpn_connection_route,
    "DeleteVpnConnectionRoute": delete_vpn_connection_route,
    "ModifyVpcBlockPublicAccessOptions": modify_block_public_access_options,
    "ModifyVpcBlockPublicAccessExclusion": modify_block_public_access_exclusion,
    "AssociateSecurityGroupVpc": associate_security_group_vpc,
    "DisassociateSecurityGroupVpc": disassociate_security_group_vpc,
}
