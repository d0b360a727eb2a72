"""ChangeResourceRecordSets: a batch of changes of a zone's records, made entirely or not at all.

The changes are played in their order on the records as they are. What is gone or new at the end becomes edits of resources: a
record set of its own is replaced in place, and one of a group leaves the group.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from typing import Any

from netful.account.changes import Edit, Put, Remove, new, updated
from netful.account.operations.query_api import Parameters
from netful.account.route53 import names
from netful.account.route53.record_sets import RECORD_SET, RECORD_SETS, Key, Placed, key, record_sets
from netful.account.route53.view import View
from netful.account.route53.zones import Change, check_records
from netful.account.wire.errors import ApiError
from netful.account.writing import Write
from netful.model.names.hosted_zones import HostedZone

_TRIED = "Tried to {} resource record set [name='{}', type='{}'{}] but {}"
_TEXTS, _QUOTED = ("TXT", "SPF"), re.compile(r'".*"', re.DOTALL)
_ADDRESSES = {"A": (IPv4Address, "IPv4"), "AAAA": (IPv6Address, "IPv6")}
_APEX = "A HostedZone must contain at least one NS record for the zone itself, and exactly one SOA record."


def _change_record_sets(view: View, asked: Parameters) -> Change:
    zone, batch = view.zone(asked["HostedZoneId"]), asked["ChangeBatch"]
    check_records(view, zone)
    before = {one.key: one for one in record_sets(view, zone)}
    edits = tuple(_edits(view, zone, before, _played(zone, before, batch["Changes"])))
    return Change(edits, lambda _after: {"ChangeInfo": view.log.made(batch.get("Comment"))})


def _played(zone: HostedZone, before: Mapping[Key, Placed], changes: Iterable[Mapping[str, Any]]) -> dict[Key, Placed]:
    """Return the record sets after all changes. Raises ApiError with the problems of all that are refused."""
    after, problems = dict(before), list[str]()
    for change in changes:
        record, action = change["ResourceRecordSet"], str(change["Action"])
        problem = _problem(zone, after, action, record)
        if problem:
            problems.append(problem)
        elif action == "DELETE":
            del after[key(record)]
        else:
            after[key(record)] = Placed(record)
    if problems:
        raise ApiError("InvalidChangeBatch", f"[{', '.join(problems)}]")
    return after


def _problem(zone: HostedZone, there: Mapping[Key, Placed], action: str, record: Mapping[str, Any]) -> str:
    """Return why a change is refused; "" if it is not."""
    name, kind, identifier = own = key(record)
    shown, end = names.written(name), f", set identifier='{identifier}'" if identifier else ""
    if not names.is_within(name, zone.name):
        return f"RRSet with DNS name {shown} is not permitted in zone {names.written(zone.name)}"
    if action == "DELETE":
        if name == zone.name and kind in ("NS", "SOA"):
            return _APEX
        if own not in there:
            return _TRIED.format("delete", shown, kind, end, "it was not found")
        differs = _essence(there[own].record) != _essence(record)
        text = "the values provided do not match the current values"
        return _TRIED.format("delete", shown, kind, end, text) if differs else ""
    if action == "CREATE" and own in there:
        return _TRIED.format("create", shown, kind, end, "it already exists")
    return _conflict(zone, there, own) or _unfit(record)


def _conflict(zone: HostedZone, there: Mapping[Key, Placed], own: Key) -> str:
    name, kind, _ = own
    shown, where = names.written(name), names.written(zone.name)
    if kind == "CNAME" and name == zone.name:
        return f"RRSet of type CNAME with DNS name {shown} is not permitted at apex in zone {where}"
    kinds = {other_kind for other, other_kind, _ in there if other == name}
    if (kind == "CNAME" and kinds - {"CNAME"}) or (kind != "CNAME" and "CNAME" in kinds):
        return f"RRSet of type {kind} with DNS name {shown} is not permitted as it conflicts with other records with the same DNS name in zone {where}"
    return ""


def _unfit(record: Mapping[str, Any]) -> str:
    """Return why a record set itself is not valid; "" if it is."""
    values = [one["Value"] for one in record.get("ResourceRecords") or ()]
    if not record.get("AliasTarget") and (not values or record.get("TTL") is None):
        return (
            "Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]], but found none"
        )
    bare = next((one for one in values if record["Type"] in _TEXTS and not _QUOTED.fullmatch(one.strip())), None)
    if bare is not None:
        return f"Invalid Resource Record: 'FATAL problem: InvalidCharacterString (Value should be enclosed in quotation marks) encountered with '{bare}''"
    address, named = _ADDRESSES.get(record["Type"], (None, ""))
    for value in values if address else ():
        try:
            address(value)  # type: ignore[misc]
        except AddressValueError:
            return f"Invalid Resource Record: 'FATAL problem: ARRDATAIllegal{named}Address (Value is not a valid {named} address) encountered with '{value}''"
    return ""


def _essence(record: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what a deletion has to repeat of a record set."""
    alias = record.get("AliasTarget") or {}
    values = sorted(one["Value"] for one in record.get("ResourceRecords") or ())
    return record.get("TTL"), values, names.bare(alias.get("DNSName", "")), record.get("Weight")


def _edits(view: View, zone: HostedZone, before: Mapping[Key, Placed], after: Mapping[Key, Placed]) -> Iterator[Edit]:
    gone = [one for own, one in before.items() if after.get(own) is not one and one.resource_id]
    kept_ids: dict[Key, str] = {}
    left: dict[str, set[int | None]] = {}
    for one in gone:
        if view.cloud.template.resources[one.resource_id].type == RECORD_SETS:
            left.setdefault(one.resource_id, set()).add(one.place)
        elif one.key in after:
            kept_ids[one.key] = one.resource_id
        else:
            yield Remove(one.resource_id)
    for group_id, places in left.items():
        yield _without(view, group_id, places)
    for own, one in after.items():
        if before.get(own) is not one:
            yield _put(view, zone, kept_ids.get(own, "_".join((zone.id, *filter(None, own)))), one.record)


def _without(view: View, group_id: str, places: set[int | None]) -> Edit:
    """Return the edit that takes record sets from a group."""
    resource = view.cloud.template.resources[group_id]
    kept = [part for place, part in enumerate(resource.properties["RecordSets"]) if place not in places]
    return updated(resource, RecordSets=kept) if kept else Remove(group_id)


def _put(view: View, zone: HostedZone, id_: str, record: Mapping[str, Any]) -> Put:
    values = [one["Value"] for one in record.get("ResourceRecords") or ()]
    properties = {**record, "Name": f"{names.bare(record['Name'])}.", "ResourceRecords": values or None}
    there = view.cloud.template.resources.get(id_)
    if there is not None:
        cleared = dict.fromkeys(set(there.properties) - {"HostedZoneId", "HostedZoneName"})
        return updated(there, **{**cleared, **properties})
    given = {name: value for name, value in properties.items() if value is not None}
    loaded = zone.id in view.cloud.template.resources
    return new(RECORD_SET, id_, {"HostedZoneId" if loaded else "HostedZoneName": zone.id, **given})


WRITES: Mapping[str, Write[View]] = {"ChangeResourceRecordSets": _change_record_sets}
