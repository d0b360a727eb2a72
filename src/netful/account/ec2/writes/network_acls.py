"""Writes of network ACLs, their entries and associations."""

from collections.abc import Mapping
from typing import Any

from netful.account.changes import Edit, Remove, new, removal
from netful.account.ec2.describe.network_acls import described
from netful.account.ec2.kinds import KIND
from netful.account.ec2.world import Change, World, has_dependencies, missing_association, new_id
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError
from netful.model.core import Resource, Unknown, is_true, whole_number
from netful.model.network.network_acls import NetworkAcl, NetworkAclEntry
from netful.sources.readers.network_acls import RESTRICTED_DEFAULT_ACL

_ENTRY, _ASSOCIATION = "AWS::EC2::NetworkAclEntry", "AWS::EC2::SubnetNetworkAclAssociation"


def delete_network_acl(world: World, asked: Parameters) -> Change:
    """DeleteNetworkAcl: no subnet may use it."""
    name = world.existing(asked, "NetworkAclId")
    network = world.cloud.network
    acl = network.network_acls[name]
    if acl.default or any(network.network_acl_of(subnet) is acl for subnet in network.subnets):
        raise has_dependencies("networkAcl", asked["NetworkAclId"])
    return Change((*removal(world.referring(_ENTRY, NetworkAclId=name)), Remove(name)))


def create_network_acl_entry(world: World, asked: Parameters) -> Change:
    """CreateNetworkAclEntry: a number that its direction does not have yet."""
    name = world.existing(asked, "NetworkAclId")
    edits, entries = _own_entries(world, name)
    if _number(asked) in entries:
        text = f"The network acl entry identified by {asked['RuleNumber']} already exists."
        raise ApiError("NetworkAclEntryAlreadyExists", text)
    return Change((*edits, _entry(name, asked)))


def replace_network_acl_entry(world: World, asked: Parameters) -> Change:
    """ReplaceNetworkAclEntry: the entry of that number with other contents."""
    name = world.existing(asked, "NetworkAclId")
    edits, entries = _own_entries(world, name)
    return Change((*_without(edits, _known(entries, asked)), _entry(name, asked)))


def delete_network_acl_entry(world: World, asked: Parameters) -> Change:
    """DeleteNetworkAclEntry."""
    name = world.existing(asked, "NetworkAclId")
    edits, entries = _own_entries(world, name)
    return Change(_without(edits, _known(entries, asked)))


def _number(asked: Parameters) -> tuple[int, bool]:
    return int(asked.get("RuleNumber", 0)), bool(asked.get("Egress", False))


def _known(entries: Mapping[tuple[int | None, bool], str], asked: Parameters) -> str:
    id_ = entries.get(_number(asked))
    if id_ is None:
        text = f"The network acl entry identified by {_number(asked)[0]} does not exist"
        raise ApiError("InvalidNetworkAclEntry.NotFound", text)
    return id_


def _without(edits: tuple[Edit, ...], id_: str) -> tuple[Edit, ...]:
    return (*(edit for edit in edits if isinstance(edit, Remove) or edit.resource.id != id_), Remove(id_))


def _entry(acl: str, asked: Parameters) -> Edit:
    number, egress = _number(asked)
    if asked.get("CidrBlock") and asked.get("Ipv6CidrBlock"):
        raise ApiError("InvalidParameterCombination", "The request must contain one of cidrBlock and ipv6CidrBlock")
    names = {
        "CidrBlock": "CidrBlock",
        "Ipv6CidrBlock": "Ipv6CidrBlock",
        "PortRange": "PortRange",
        "IcmpTypeCode": "Icmp",
    }
    given = {target: asked[name] for name, target in names.items() if asked.get(name) is not None}
    properties = {
        "NetworkAclId": acl, "RuleNumber": number, "Egress": egress, "Protocol": str(asked.get("Protocol", "-1")),
        "RuleAction": asked.get("RuleAction", "deny"), **given,
    }  # fmt: skip
    return new(_ENTRY, f"{acl}|{'egress' if egress else 'ingress'}|{number}", properties)


def _own_entries(world: World, name: str) -> tuple[tuple[Edit, ...], dict[tuple[int | None, bool], str]]:
    """Return the edits that make the entries resources of their own (a default ACL has none), and their ids by number."""
    there = {_entry_number(one): one.id for one in world.referring(_ENTRY, NetworkAclId=name)}
    acl, marker = world.cloud.network.network_acls[name], f"{name}.own-entries"
    if not acl.default or world.resource(marker) is not None:
        return (), there
    made = [
        _entry(name, _as_asked(acl, entry, egress=egress))
        for egress, entries in ((False, acl.ingress), (True, acl.egress))
        for entry in entries
        if not isinstance(entry.rule_number, Unknown) and (entry.rule_number, egress) not in there
    ]
    known = {_entry_number(edit.resource): edit.resource.id for edit in made if not isinstance(edit, Remove)}
    return (new(RESTRICTED_DEFAULT_ACL, marker, {"DefaultNetworkAclId": name}), *made), {**there, **known}


def _entry_number(resource: Resource) -> tuple[int | None, bool]:
    return whole_number(resource.properties["RuleNumber"]), is_true(resource.properties.get("Egress", False))


def _as_asked(acl: NetworkAcl, entry: NetworkAclEntry, *, egress: bool) -> Mapping[str, Any]:
    own = described(entry, egress=egress).items()
    return {"NetworkAclId": acl.id, **{name: str(one) if "CidrBlock" in name else one for name, one in own}}


def replace_network_acl_association(world: World, asked: Parameters) -> Change:
    """ReplaceNetworkAclAssociation: another ACL for a subnet, under another id."""
    acl, aws_id = world.existing(asked, "NetworkAclId"), asked.get("AssociationId")
    every = (one for listed in KIND["NetworkAclId"].records(world) for one in listed["Associations"])
    subnet = next((one["SubnetId"] for one in every if one["NetworkAclAssociationId"] == aws_id), None)
    if subnet is None:
        raise missing_association(aws_id)
    name, id_ = world.name(subnet), new_id("aclassoc")
    before = world.referring(_ASSOCIATION, SubnetId=name)
    after = new(_ASSOCIATION, id_, {"NetworkAclId": acl, "SubnetId": name})
    return Change((*removal(before), after), lambda _world: {"NewAssociationId": id_})


WRITES = {
    "DeleteNetworkAcl": delete_network_acl,
    "CreateNetworkAclEntry": create_network_acl_entry,
    "ReplaceNetworkAclEntry": replace_network_acl_entry,
    "DeleteNetworkAclEntry": delete_network_acl_entry,
    "ReplaceNetworkAclAssociation": replace_network_acl_association,
}
