"""Rules of DNS Firewall: they are a property of their group, and each has a priority of its own."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from netful.account.changes import updated
from netful.account.operations.query_api import Parameters
from netful.account.reading import Record
from netful.account.records.looks import Look, page
from netful.account.records.view import View, plain
from netful.account.resolver.domain_lists import found as found_list
from netful.account.resolver.kinds import GROUP
from netful.account.wire.errors import ApiError
from netful.account.writing import Change, Write
from netful.model.core import Resource

_OVERRIDE = ("BlockOverrideDomain", "BlockOverrideDnsType", "BlockOverrideTtl")
_SUBJECTS = ("FirewallDomainListId", "DnsThreatProtection", "FirewallRuleType")
_SET = ("Action", "BlockResponse", *_OVERRIDE, "Priority", "Name", "FirewallDomainRedirectionAction",
        "ConfidenceThreshold", "Qtype", *_SUBJECTS)  # fmt: skip
_ALL_TYPES = ""
_DIGITS = 17


def rules_of(group: Resource) -> list[Mapping[str, Any]]:
    """Return the rules of a group that are known."""
    return [one for one in plain(group, "FirewallRules") or () if isinstance(one, Mapping)]


def _record(view: View, group: Resource, one: Mapping[str, Any]) -> dict[str, Any]:
    time, listed = view.time(group), one.get("FirewallDomainListId")
    return {
        "FirewallRuleGroupId": view.id(group),
        **{name: one[name] for name in _SET if one.get(name) is not None},
        **({"FirewallDomainListId": view.cloud.aws_id(str(listed))} if listed else {}),
        **({"FirewallThreatProtectionId": _threat_id(view, group, one)} if not listed else {}),
        "Name": one.get("Name") or f"rule-{one.get('Priority')}",
        "FirewallDomainRedirectionAction": one.get("FirewallDomainRedirectionAction") or "INSPECT_REDIRECTION_DOMAIN",
        "CreationTime": time,
        "ModificationTime": time,
    }


def _threat_id(view: View, group: Resource, one: Mapping[str, Any]) -> str:
    """Return the id of a rule that has no list: it follows from the group, and from what the rule detects."""
    what = "/".join(str(one.get(name)) for name in _SUBJECTS[1:])
    return f"rslvr-ftp-{sha256(f'{view.id(group)}/{what}'.encode()).hexdigest()[:_DIGITS]}"


def _list(view: View, asked: Parameters) -> Record:
    group = view.found(GROUP, asked["FirewallRuleGroupId"])
    wanted = {name: asked[name] for name in ("Priority", "Action") if name in asked}
    records = (_record(view, group, one) for one in rules_of(group))
    found = [one for one in records if wanted.items() <= one.items()]
    return page("FirewallRules", asked, sorted(found, key=lambda one: int(one["Priority"])))


def _key(view: View, group: Resource, one: Mapping[str, Any]) -> tuple[str, str]:
    """Return the subject of a rule and its type of queries: a group has one rule for both."""
    record = _record(view, group, one)
    subject = record.get("FirewallDomainListId") or record["FirewallThreatProtectionId"]
    return str(subject), str(one.get("Qtype") or _ALL_TYPES)


def _place(view: View, group: Resource, asked: Parameters) -> int:
    """Return the number of the rule that a request names. Raises ApiError if the group does not have it."""
    subject = asked.get("FirewallThreatProtectionId") or view.cloud.aws_id(str(asked.get("FirewallDomainListId")))
    wanted = (subject, str(asked.get("Qtype") or _ALL_TYPES))
    for number, one in enumerate(rules_of(group)):
        if _key(view, group, one) == wanted:
            return number
    text = f"The rule group '{asked['FirewallRuleGroupId']}' does not have a rule for '{subject}'"
    raise ApiError("ResourceNotFoundException", text)


def _create(view: View, asked: Parameters) -> Change[View]:
    """CreateFirewallRule: it judges the queries of all VPCs of its group."""
    group = view.found(GROUP, asked["FirewallRuleGroupId"])
    given = {name: asked[name] for name in _SET if asked.get(name) is not None}
    subjects = [name for name in _SUBJECTS if name in given]
    if len(subjects) != 1:
        raise ApiError("ValidationException", f"A rule has exactly one of {', '.join(_SUBJECTS)}")
    edits = found_list(view, given["FirewallDomainListId"])[1] if "FirewallDomainListId" in given else ()
    _check(given)
    others = rules_of(group)
    if _key(view, group, given) in [_key(view, group, one) for one in others]:
        raise ApiError("ValidationException", "The rule group has a rule for this domain list and type of queries")
    _check_priority(given, others)
    return _with(group, [*others, given], given, edits)


def _update(view: View, asked: Parameters) -> Change[View]:
    group = view.found(GROUP, asked["FirewallRuleGroupId"])
    place, rules = _place(view, group, asked), rules_of(group)
    fixed = (*_SUBJECTS, "Qtype")
    given = {name: asked[name] for name in _SET if asked.get(name) is not None and name not in fixed}
    after = {**rules[place], **given}
    if after["Action"] != "BLOCK":
        after = {name: value for name, value in after.items() if not name.startswith("Block")}
    elif after.get("BlockResponse") != "OVERRIDE":
        after = {name: value for name, value in after.items() if name not in _OVERRIDE}
    _check(after)
    others = [*rules[:place], *rules[place + 1 :]]
    _check_priority(after, others)
    return _with(group, [*rules[:place], after, *rules[place + 1 :]], after)


def _delete(view: View, asked: Parameters) -> Change[View]:
    group = view.found(GROUP, asked["FirewallRuleGroupId"])
    place, rules = _place(view, group, asked), rules_of(group)
    return _with(group, [*rules[:place], *rules[place + 1 :]], rules[place])


def _with(
    group: Resource, rules: list[Mapping[str, Any]], answered: Mapping[str, Any], edits: tuple[Any, ...] = ()
) -> Change[View]:
    edit = updated(group, FirewallRules=rules)
    return Change(
        (*edits, edit), lambda after: {"FirewallRule": _record(after, after.found(GROUP, group.id), answered)}
    )


def _check(one: Mapping[str, Any]) -> None:
    """Raise ApiError for a rule whose members do not fit together."""
    response = one.get("BlockResponse")
    if (one["Action"] == "BLOCK") != bool(response):
        text = "BlockResponse is required for rules with the action BLOCK, and for no other"
        raise ApiError("ValidationException", text)
    missing = [name for name in _OVERRIDE if (response == "OVERRIDE") != (one.get(name) is not None)]
    if missing:
        text = f"{', '.join(missing)}: required with the response OVERRIDE, and with no other"
        raise ApiError("ValidationException", text)


def _check_priority(one: Mapping[str, Any], others: list[Mapping[str, Any]]) -> None:
    if one["Priority"] in [int(other["Priority"]) for other in others]:
        text = f"The priority {one['Priority']} is in use by another rule of the group"
        raise ApiError("ValidationException", text)


LOOKS: Mapping[str, Look] = {"ListFirewallRules": _list}
WRITES: Mapping[str, Write[View]] = {
    "CreateFirewallRule": _create,
    "UpdateFirewallRule": _update,
    "DeleteFirewallRule": _delete,
}
