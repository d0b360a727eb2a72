"""Writes of security groups and their rules.

A group whose rules the API has touched has them as resources of their own, one a rule, beside a marker by which the readers
leave out what the template or AWS itself gave it.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from netful.account.changes import Edit, Remove, new, updated
from netful.account.ec2.describe.security_groups import PROTOCOLS
from netful.account.ec2.group_names import by_ids
from netful.account.ec2.world import Change, World, Write, created, new_id, tags_of
from netful.account.ec2.writes.group_permissions import Properties, wanted
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError, invalid_value
from netful.model.network.protocols import ALL_PROTOCOLS
from netful.model.network.security_groups import PeerKind, SecurityGroup, SecurityGroupRule
from netful.sources.readers.security_groups import OWN_RULES

INGRESS, EGRESS = "AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress"


def create_security_group(world: World, asked: Parameters) -> Change:
    """CreateSecurityGroup: it admits nothing and lets everything out."""
    vpc_id = asked.get("VpcId") or next(filter(world.is_default, world.cloud.network.vpcs), None)
    if vpc_id is None:
        raise ApiError("VPCIdNotSpecified", "No default VPC for this user")
    vpc = world.named("VpcId", vpc_id)
    group_name = asked.get("GroupName", "")
    if group_name.startswith("sg-"):
        raise invalid_value(f"Invalid value '{group_name}' for groupName. Group names may not start with 'sg-'.")
    there = (g for g in world.cloud.network.security_groups.values() if g.vpc_id == vpc)
    if any(str(one.group_name or one.id).lower() == group_name.lower() for one in there):
        text = f"The security group '{group_name}' already exists for VPC '{vpc_id}'"
        raise ApiError("InvalidGroup.Duplicate", text)
    if not (asked.get("Description") or " ").isascii():
        text = f"Value ({asked['Description']}) for parameter GroupDescription is invalid. Character sets beyond ASCII are not supported."
        raise invalid_value(text)
    properties = {"VpcId": vpc, "GroupName": group_name, "GroupDescription": asked.get("Description", "")}
    id_, put = created("GroupId", "sg", "AWS::EC2::SecurityGroup", asked, properties)
    everything = {"GroupId": id_, "IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
    edits = (put, _marker(id_), new(EGRESS, new_id("sgr"), everything))
    return Change(edits, lambda after: {"GroupId": id_, "Tags": after.tags(id_),
                                       "SecurityGroupArn": after.arn("security-group", id_)})  # fmt: skip


def _marker(name: str) -> Edit:
    return new(OWN_RULES, f"{name}.own-rules", {"DefaultSecurityGroupId": name})


def delete_security_group(world: World, asked: Parameters) -> Change:
    """DeleteSecurityGroup: no interface and no rule of another group may name it."""
    name = world.existing(asked, "GroupId")
    group = world.cloud.network.security_groups[name]
    if group.default:
        raise ApiError(
            "CannotDelete", f'the specified group: "{asked["GroupId"]}" name: "default" cannot be deleted by a user'
        )
    others = (one for one in world.cloud.network.security_groups.values() if one is not group)
    named = any(rule.peer == name for other in others for rule in (*other.ingress, *other.egress))
    if named or world.cloud.network.members_of(name):
        raise ApiError("DependencyViolation", f"resource {asked['GroupId']} has a dependent object")
    rules = world.referring(INGRESS, EGRESS, GroupId=name)
    return Change(
        (*(Remove(one.id) for one in rules), Remove(f"{name}.own-rules"), Remove(name)),
        lambda _world: {"Return": True, "GroupId": asked["GroupId"]},
    )


def _authorize(world: World, asked: Parameters, *, egress: bool) -> Change:
    """Add rules to a group. One that is there already refuses the whole request."""
    name = world.existing(asked, "GroupId")
    edits, there = _own_rules(world, name)
    _refuse_missing_groups(world, asked)
    type_ = EGRESS if egress else INGRESS
    asked_for = [*wanted(world, asked, egress=egress)]
    if len({_essence(one) for one in asked_for}) < len(asked_for):
        raise invalid_value("The same permission must not appear multiple times")
    known = [_essence(properties) for kind, _, properties in there if kind == type_]
    for properties in asked_for:
        if _essence(properties) in known:
            text = f'the specified rule "{_worded(world, properties)}" already exists'
            raise ApiError("InvalidPermission.Duplicate", text)
    tags = tags_of(asked, "security-group-rule")
    own = {"GroupId": name, **({"Tags": tags} if tags else {})}
    made = [(new_id("sgr"), {**own, **properties}) for properties in asked_for]
    puts = tuple(new(type_, id_, properties) for id_, properties in made)

    def answer(after: World) -> Mapping[str, Any]:
        return {"Return": True, "SecurityGroupRules": [after.record("SecurityGroupRuleId", id_) for id_, _ in made]}

    return Change((*edits, *puts), answer)


def _refuse_missing_groups(world: World, asked: Parameters) -> None:
    """Raise ApiError if a rule names a group of the account that does not exist."""
    own = (None, "", world.cloud.account_id)
    pairs = (pair for one in asked.get("IpPermissions") or () for pair in one.get("UserIdGroupPairs") or ())
    for pair in pairs:
        if pair.get("GroupId") and pair.get("UserId") in own and not pair.get("VpcPeeringConnectionId"):
            world.named("GroupId", pair["GroupId"])


def _revoke(world: World, asked: Parameters, *, egress: bool) -> Change:
    """Take rules from a group, by their ids or as they are written."""
    name = world.existing(asked, "GroupId")
    edits, there = _own_rules(world, name)
    own = [(id_, properties) for kind, id_, properties in there if kind == (EGRESS if egress else INGRESS)]
    gone: list[str] = []
    for rule_id in asked.get("SecurityGroupRuleIds") or ():
        if world.name(rule_id) not in {id_ for id_, _ in own}:
            raise _missing_rule(rule_id)
        gone.append(world.name(rule_id))
    for properties in wanted(world, asked, egress=egress):
        found = next((id_ for id_, one in own if _essence(one) == _essence(properties)), None)
        if found is None:
            raise ApiError("InvalidPermission.NotFound", "The specified rule does not exist in this security group.")
        gone.append(found)
    kept = tuple(edit for edit in edits if isinstance(edit, Remove) or edit.resource.id not in gone)
    shown = [_revoked(world, id_, properties, egress=egress) for id_, properties in own if id_ in gone]
    answer = {"Return": True, "RevokedSecurityGroupRules": shown}
    return Change((*kept, *(Remove(id_) for id_ in gone)), lambda _world: answer)


def _missing_rule(rule_id: object) -> ApiError:
    return ApiError("InvalidSecurityGroupRuleId.NotFound", f"The security group rule ID '{rule_id}' does not exist")


def _revoked(world: World, id_: str, properties: Properties, *, egress: bool) -> Mapping[str, Any]:
    """Return a rule that is taken from a group, as the answer has it."""
    side = "Destination" if egress else "Source"
    names = {
        "CidrIp": "CidrIpv4", "CidrIpv6": "CidrIpv6", "Description": "Description", f"{side}PrefixListId": "PrefixListId",
        f"{side}SecurityGroupId": "ReferencedGroupId",
    }  # fmt: skip
    members = {names[key]: world.id(value) for key, value in properties.items() if key in names}
    ports = {key: properties.get(key, -1) for key in ("FromPort", "ToPort")}
    about = {"SecurityGroupRuleId": world.id(id_), "GroupId": world.id(properties["GroupId"]), "IsEgress": egress}
    return {**about, "IpProtocol": properties["IpProtocol"], **ports, **members}


def _own_rules(world: World, name: str) -> tuple[tuple[Edit, ...], list[tuple[str, str, Properties]]]:
    """Return the edits that make a group's rules resources of their own, and these: type, id, properties."""
    there: list[tuple[str, str, Properties]] = [
        (one.type, one.id, world.properties(one)) for one in world.referring(INGRESS, EGRESS, GroupId=name)
    ]
    if world.resource(f"{name}.own-rules") is not None:
        return (), there
    group = world.cloud.network.security_groups[name]
    known = {id_ for _, id_, _ in there}
    made = [
        (type_, rule.id, rule_properties(group, rule, egress=type_ == EGRESS))
        for type_, rules in ((INGRESS, group.ingress), (EGRESS, group.egress))
        for rule in rules
        if rule.id not in known
    ]
    return (_marker(name), *(new(*one) for one in made)), [*there, *made]


def rule_properties(group: SecurityGroup, rule: SecurityGroupRule, *, egress: bool) -> Properties:
    """Return the properties of a rule as a resource of its own."""
    ports = {} if rule.ip_protocol == ALL_PROTOCOLS else {"FromPort": rule.from_port, "ToPort": rule.to_port}
    if rule.peer_kind is PeerKind.CIDR:
        peer = {"CidrIpv6" if ":" in str(rule.peer) else "CidrIp": str(rule.peer)}
    else:
        kind = "SecurityGroupId" if rule.peer_kind is PeerKind.GROUP else "PrefixListId"
        peer = {f"{'Destination' if egress else 'Source'}{kind}": str(rule.peer)}
    text = {"Description": rule.description} if rule.description else {}
    protocol = PROTOCOLS.get(rule.ip_protocol, str(rule.ip_protocol))
    return {"GroupId": group.id, "IpProtocol": protocol, **ports, **peer, **text}


def _essence(properties: Properties) -> tuple[tuple[str, str], ...]:
    """Return what makes two rules the same rule."""
    left_out = ("GroupId", "Description", "Tags")
    return tuple(sorted((key, str(value).lower()) for key, value in properties.items() if key not in left_out))


def _worded(world: World, properties: Properties) -> str:
    peer = next(str(value) for key, value in properties.items() if key.startswith(("Cidr", "Source", "Destination")))
    protocol = "ALL" if properties["IpProtocol"] == "-1" else str(properties["IpProtocol"]).upper()
    ports = (
        f", from port: {properties['FromPort']}, to port: {properties['ToPort']}" if "FromPort" in properties else ""
    )
    return f"peer: {world.id(peer)}, {protocol}{ports}, ALLOW"


def modify_security_group_rules(world: World, asked: Parameters) -> Change:
    """ModifySecurityGroupRules: rules by their ids get other contents."""
    name = world.existing(asked, "GroupId")
    edits, there = _own_rules(world, name)
    by_id = {id_: (type_, properties) for type_, id_, properties in there}
    puts: list[Edit] = []
    for update in asked.get("SecurityGroupRules") or ():
        rule_id, rule = world.name(update["SecurityGroupRuleId"]), update.get("SecurityGroupRule") or {}
        if rule_id not in by_id:
            raise _missing_rule(rule_id)
        type_, before = by_id[rule_id]
        side = "Destination" if type_ == EGRESS else "Source"
        names = {"CidrIpv4": "CidrIp", "CidrIpv6": "CidrIpv6", "PrefixListId": f"{side}PrefixListId",
                 "ReferencedGroupId": f"{side}SecurityGroupId"}  # fmt: skip
        ports = {key: rule[key] for key in ("FromPort", "ToPort", "Description") if rule.get(key) is not None}
        peer = {
            names[key]: value if "Cidr" in key else world.name(value) for key, value in rule.items() if key in names
        }
        own = {key: before[key] for key in ("GroupId", "Tags") if key in before}
        puts.append(new(type_, rule_id, {**own, "IpProtocol": str(rule.get("IpProtocol", "-1")), **ports, **peer}))
    return Change((*edits, *puts))


def update_descriptions(world: World, asked: Parameters) -> Change:
    """UpdateSecurityGroupRuleDescriptionsIngress and …Egress."""
    name = world.existing(asked, "GroupId")
    edits, there = _own_rules(world, name)
    texts = {
        _essence(one): one.get("Description", "")
        for egress in (False, True)
        for one in wanted(world, asked, egress=egress)
    }
    by_id = {
        world.name(one.get("SecurityGroupRuleId")): one.get("Description", "")
        for one in asked.get("SecurityGroupRuleDescriptions") or ()
    }
    for id_ in by_id.keys() - {id_ for _, id_, _ in there}:
        raise _missing_rule(id_)
    resources = {edit.resource.id: edit.resource for edit in edits if not isinstance(edit, Remove)}
    changed = [
        updated(resource, Description=text or None)
        for _, id_, properties in there
        if (text := by_id.get(id_, texts.get(_essence(properties)))) is not None
        and (resource := resources.get(id_) or world.resource(id_)) is not None
    ]
    return Change((*edits, *changed))


def _by_ids(write: Write) -> Write:
    return lambda world, asked: write(world, by_ids(world, asked))


_OF_A_GROUP: Mapping[str, Write] = {
    "DeleteSecurityGroup": delete_security_group,
    "AuthorizeSecurityGroupIngress": partial(_authorize, egress=False),
    "AuthorizeSecurityGroupEgress": partial(_authorize, egress=True),
    "RevokeSecurityGroupIngress": partial(_revoke, egress=False),
    "RevokeSecurityGroupEgress": partial(_revoke, egress=True),
    "ModifySecurityGroupRules": modify_security_group_rules,
    "UpdateSecurityGroupRuleDescriptionsIngress": update_descriptions,
    "UpdateSecurityGroupRuleDescriptionsEgress": update_descriptions,
}
WRITES: Mapping[str, Write] = {
    "CreateSecurityGroup": create_security_group,
    **{name: _by_ids(write) for name, write in _OF_A_GROUP.items()},
}
