"""Rule groups of DNS Firewall, and the VPCs whose queries they judge."""

from collections.abc import Mapping
from typing import Any

from netful.account.operations.query_api import Parameters
from netful.account.records.looks import Look
from netful.account.records.nouns import Noun
from netful.account.records.view import View, plain
from netful.account.resolver.firewall_rules import rules_of
from netful.account.resolver.kinds import GROUP, GROUP_ASSOCIATION, SERVICE, head, vpc
from netful.account.wire.errors import ApiError
from netful.account.writing import Change, Write
from netful.model.core import Resource

_LOWEST, _HIGHEST = 100, 9900
_CHANGED = ("Priority", "MutationProtection", "Name")


def group(view: View, resource: Resource) -> dict[str, Any]:
    """Return the record of a group."""
    return {
        **head(view, GROUP, resource), "RuleCount": len(rules_of(resource)), "Status": "COMPLETE",
        "StatusMessage": "Created Firewall Rule Group", "OwnerId": view.cloud.account_id, "ShareStatus": "NOT_SHARED",
    }  # fmt: skip


def association(view: View, resource: Resource) -> dict[str, Any]:
    """Return the record of an association."""
    return {
        **head(view, GROUP_ASSOCIATION, resource),
        "FirewallRuleGroupId": view.cloud.aws_id(str(plain(resource, "FirewallRuleGroupId"))),
        "VpcId": view.cloud.aws_id(str(plain(resource, "VpcId"))),
        "Priority": int(plain(resource, "Priority") or 0),
        "MutationProtection": plain(resource, "MutationProtection") or "DISABLED",
        "Status": "COMPLETE",
        "StatusMessage": "Finished rule group association",
    }


_GROUPS = Noun(SERVICE, GROUP, group)
_ASSOCIATIONS = Noun(SERVICE, GROUP_ASSOCIATION, association)


def _associate(view: View, asked: Parameters) -> Change[View]:
    """AssociateFirewallRuleGroup: the group judges the VPC's queries after those with a lower priority."""
    resource = _GROUPS.found(view, asked)
    place = vpc(view, asked["VpcId"], "ResourceNotFoundException")
    others = [one for one in view.of_kind(GROUP_ASSOCIATION) if view.name(one.properties.get("VpcId")) == place]
    if any(view.name(one.properties.get("FirewallRuleGroupId")) == resource.id for one in others):
        raise ApiError("ConflictException", f"The rule group {view.id(resource)} is associated with the VPC already")
    _check_priority(asked["Priority"], others)
    own = {
        "FirewallRuleGroupId": view.id(resource), "VpcId": view.cloud.aws_id(place), "Priority": asked["Priority"],
        "MutationProtection": asked.get("MutationProtection"),
    }  # fmt: skip
    return _ASSOCIATIONS.added(view, asked, own)


def _check_priority(priority: int, others: list[Resource]) -> None:
    if not _LOWEST < priority < _HIGHEST:
        text = f"The priority must be more than {_LOWEST} and less than {_HIGHEST}"
        raise ApiError("ValidationException", text)
    if any(str(one.properties.get("Priority")) == str(priority) for one in others):
        raise ApiError("ConflictException", f"The priority {priority} is in use by another rule group of the VPC")


def _update(view: View, asked: Parameters) -> Change[View]:
    resource = _ASSOCIATIONS.found(view, asked)
    place = view.name(resource.properties.get("VpcId"))
    if "Priority" in asked:
        others = (one for one in view.of_kind(GROUP_ASSOCIATION) if one.id != resource.id)
        _check_priority(asked["Priority"], [one for one in others if view.name(one.properties.get("VpcId")) == place])
    return _ASSOCIATIONS.update(*_CHANGED)(view, asked)


def _disassociate(view: View, asked: Parameters) -> Change[View]:
    """DisassociateFirewallRuleGroup: not while the association is protected."""
    resource = _ASSOCIATIONS.found(view, asked)
    if plain(resource, "MutationProtection") == "ENABLED":
        raise ApiError("ConflictException", f"The association {view.id(resource)} is protected against changes")
    return _ASSOCIATIONS.removed(view, resource)


LOOKS: Mapping[str, Look] = {**_GROUPS.looks(), **_ASSOCIATIONS.looks()}
WRITES: Mapping[str, Write[View]] = {
    "CreateFirewallRuleGroup": lambda view, asked: _GROUPS.added(view, asked, {"FirewallRules": []}),
    "DeleteFirewallRuleGroup": _GROUPS.delete(
        "ConflictException", "The rule group {} is associated with a VPC", GROUP_ASSOCIATION
    ),
    "AssociateFirewallRuleGroup": _associate,
    "UpdateFirewallRuleGroupAssociation": _update,
    "DisassociateFirewallRuleGroup": _disassociate,
}
