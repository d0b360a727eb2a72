"""Writes of the account's prefix lists."""

from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from netful.account.changes import Remove, updated
from netful.account.ec2.describe.vpc_endpoints import BY_AWS
from netful.account.ec2.world import Change, World, addition, recorded
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError, invalid_value
from netful.model.core import Resource

_KIND = "PrefixListId"


def create_managed_prefix_list(world: World, asked: Parameters) -> Change:
    """CreateManagedPrefixList."""
    del world
    _check_name(asked)
    most, entries = int(asked.get("MaxEntries") or 0), [_entry(one) for one in asked.get("Entries") or ()]
    _check_count(entries, most)
    properties = {"PrefixListName": asked.get("PrefixListName"), "AddressFamily": asked.get("AddressFamily"),
                  "MaxEntries": most, "Entries": entries}  # fmt: skip
    return addition(_KIND, "pl", "AWS::EC2::PrefixList", asked, properties)


def modify_managed_prefix_list(world: World, asked: Parameters) -> Change:
    """ModifyManagedPrefixList: a change of entries names the version that it changes, and makes the next one."""
    own = _own(world, asked)
    _check_name(asked)
    version = world.record(_KIND, own.id)["Version"]
    if asked.get("CurrentVersion", version) != version:
        text = f"The prefix list has the incorrect version number. The current version is {version}"
        raise ApiError("PrefixListVersionMismatch", text)
    entries = {str(one["Cidr"]): dict(one) for one in own.properties.get("Entries") or ()}
    for one in asked.get("RemoveEntries") or ():
        if entries.pop(_entry(one)["Cidr"], None) is None:
            raise invalid_value(f"The CIDR {one.get('Cidr')} is not in the prefix list")
    entries |= {one["Cidr"]: one for one in map(_entry, asked.get("AddEntries") or ())}
    most = asked.get("MaxEntries") or own.properties.get("MaxEntries") or len(entries)
    _check_count([*entries.values()], int(most))
    changed = bool(asked.get("AddEntries") or asked.get("RemoveEntries"))
    name = asked.get("PrefixListName") or own.properties.get("PrefixListName")
    put = updated(own, Entries=[*entries.values()], MaxEntries=most, PrefixListName=name, Version=version + changed)
    return Change((put,), recorded(_KIND, own.id))


def delete_managed_prefix_list(world: World, asked: Parameters) -> Change:
    """DeleteManagedPrefixList: no rule and no route may name it."""
    own = _own(world, asked)
    if any(one == own.id for one in _named(world)):
        raise ApiError("DependencyViolation", f"The prefix list {asked[_KIND]} is in use and cannot be deleted.")
    gone = {**world.record(_KIND, own.id), "State": "delete-complete"}
    return Change((Remove(own.id),), lambda _world: {"PrefixList": gone})


def _named(world: World) -> Iterator[object]:
    """Yield what routes and rules name as their destination or peer."""
    network = world.cloud.network
    yield from (route.destination_prefix_list_id for table in network.route_tables.values() for route in table.routes)
    yield from (rule.peer for one in network.security_groups.values() for rule in (*one.ingress, *one.egress))


def _own(world: World, asked: Parameters) -> Resource:
    """Return the resource of a list that the account made."""
    found = world.resource(world.existing(asked, _KIND))
    if found is None:
        text = f"The prefix list {asked[_KIND]} is managed by AWS"
        raise ApiError("OperationNotPermitted", text)
    return found


def _check_name(asked: Parameters) -> None:
    if str(asked.get("PrefixListName", "")).startswith(BY_AWS):
        raise invalid_value(f"The name of a prefix list cannot start with {BY_AWS}")


def _entry(one: Mapping[str, Any]) -> dict[str, Any]:
    text = str(one.get("Cidr", ""))
    try:
        block = str(ip_network(text))
    except ValueError:
        raise invalid_value(f"The CIDR {text} is not valid") from None
    return {"Cidr": block, **({"Description": one["Description"]} if one.get("Description") else {})}


def _check_count(entries: list[dict[str, Any]], most: int) -> None:
    if len(entries) > most:
        text = f"The prefix list can have {most} entries at most"
        raise ApiError("PrefixListMaxEntriesExceeded", text)


WRITES = {
    "CreateManagedPrefixList": create_managed_prefix_list,
    "ModifyManagedPrefixList": modify_managed_prefix_list,
    "DeleteManagedPrefixList": delete_managed_prefix_list,
}
