"""Merge of several clouds into one."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import DEFAULT, Frozen, Resource
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface


def together(clouds: Sequence[Cloud], **changes: Any) -> Cloud:
    """Return one cloud with everything: of two objects with one id the first stays.

    Region and account are the first cloud's; resources of the others keep theirs.

    `changes` are parts that replace the merged ones.
    """
    if not clouds:
        return Cloud.of(**changes)
    merged: dict[str, Any] = {}
    for name, first in clouds[0].parts():
        values = [first, *(_placed(cloud) if name == "resources" else cloud.part(name) for cloud in clouds[1:])]
        if isinstance(first, Mapping):
            merged[name] = {key: value for each in reversed(values) for key, value in each.items()}
        else:
            merged[name] = tuple(item for value in values for item in value)
    return clouds[0].having(**{**merged, **changes})


def _placed(cloud: Cloud) -> dict[str, Resource]:
    """Return the resources of a cloud, each with its region and account."""
    return {
        id_: replace(one, region=one.region or cloud.region, account_id=one.account_id or cloud.account_id)
        for id_, one in cloud.template.resources.items()
    }


_BELONGING = {"network_interfaces": "owner_id", "stages": "api_id"}
"""Parts whose objects a source has with what they belong to, and the fields with that."""

_DEFAULTS = ("route_tables", "network_acls", "security_groups")
"""Parts with what AWS makes with a VPC."""


def under_names(cloud: Cloud, names: Mapping[str, str]) -> Cloud:
    """Return a cloud with another source's names of the things that both have, and without what that source has of them.

    `names` are the other source's, by AWS's ids. Default resources of a VPC and interfaces of endpoints stay: only this cloud knows
    what those have, and the addresses of these.
    """
    parts: dict[str, Any] = {}
    for name, part in cloud.parts():
        if name == "resources":
            parts[name] = {id_: one for id_, one in part.items() if id_ not in names}
        elif name == "unread":
            parts[name] = tuple(_under(one, names) for one in part if one.resource_id not in names)
        elif isinstance(part, Mapping):
            parts[name] = {
                names.get(id_, id_): _under(one, names)
                for id_, one in part.items()
                if _only_here(name, id_, one, names)
            }
    return cloud.having(**parts)


def _only_here(part: str, id_: str, one: Any, names: Mapping[str, str]) -> bool:
    if id_ in names:
        return part in _DEFAULTS and names[id_].endswith((".main", ".default-acl", ".default"))
    of_endpoint = isinstance(one, NetworkInterface) and one.owner is InterfaceOwner.ENDPOINT
    return of_endpoint or getattr(one, _BELONGING.get(part, "id"), "") not in names


def _under(value: Any, names: Mapping[str, str]) -> Any:
    """Return a value with other names in the place of ids."""
    if isinstance(value, str):
        return names.get(value, value)
    if isinstance(value, tuple):
        return tuple(_under(one, names) for one in value)
    if isinstance(value, Frozen):
        return replace(value, **{one.name: _under(getattr(value, one.name), names) for one in fields(value)})
    return (
        {_under(key, names): _under(one, names) for key, one in value.items()} if isinstance(value, Mapping) else value
    )


def without_defaults(cloud: Cloud, known: Cloud) -> Cloud:
    """Return a cloud without the default resources of VPCs that it knows nothing of and another one knows."""
    parts = {}
    for name in _DEFAULTS:
        own, others = cloud.part(name), known.part(name)
        parts[name] = {
            id_: one
            for id_, one in own.items()
            if id_ not in others or one.origin != DEFAULT or getattr(one, "routes", ())
        }
    return cloud.having(**parts)


def as_endpoints_have(known: Cloud, cloud: Cloud) -> Cloud:
    """Return a cloud whose interfaces of another one's endpoints have these endpoints' groups. In other subnets they are left out."""
    enis = known.network.network_interfaces
    places: dict[str, set[Any]] = {}
    for eni in enis.values():
        places.setdefault(eni.owner_id, set()).add(eni.subnet_id)
    kept = {}
    for id_, eni in enis.items():
        endpoint = cloud.network.vpc_endpoints.get(eni.owner_id)
        if endpoint is None:
            kept[id_] = eni
        elif places[endpoint.id] == {*endpoint.subnet_ids}:
            kept[id_] = replace(eni, security_group_ids=endpoint.security_group_ids, origin=endpoint.origin)
    return known.having(network_interfaces=kept)


def without_functions(known: Cloud, cloud: Cloud) -> Cloud:
    """Return a cloud without the functions that another one has by the same names, and without their interfaces.

    The name of a function is unique in an account and a region.
    """
    names = {
        (one.function_name, cloud.region_of(one.id), cloud.account_of(one.id))
        for one in cloud.compute.functions.values()
    }
    gone = {
        id_
        for id_, one in known.compute.functions.items()
        if (one.function_name, known.region_of(id_), known.account_of(id_)) in names
    }
    if not gone:
        return known
    enis = known.network.network_interfaces.items()
    left = {
        id_: replace(eni, function_ids=tuple(one for one in eni.function_ids if one not in gone)) for id_, eni in enis
    }
    return known.having(
        functions={id_: one for id_, one in known.compute.functions.items() if id_ not in gone},
        network_interfaces={id_: left[id_] for id_, eni in enis if left[id_].function_ids or not eni.function_ids},
        resources={id_: one for id_, one in known.template.resources.items() if id_ not in gone},
    )
