"""Resources that a plan or template of what is deployed and a described account both have.

A plan has them by names, the account by AWS's ids. The plan counts, as it says what will be; the account knows what no plan has.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import DEFAULT, Frozen
from netful.model.merging import together
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface

_BELONGING = {"network_interfaces": "owner_id", "stages": "api_id"}
"""Parts whose objects a source has with what they belong to, and the fields with that."""

_DEFAULTS = {
    "route_tables": ("main", "main"), "network_acls": ("default", "default-acl"), "security_groups": ("default", "default"),
}  # fmt: skip
"""Parts with what AWS makes with a VPC: the field that marks it, and the end of its name."""


def under_names(cloud: Cloud, names: Mapping[str, str], deleted: Collection[str]) -> Cloud:
    """Return an account with a plan's names of the resources that both have, and without what the plan has of them, or deletes.

    `names` are the plan's, by AWS's ids; `deleted` are such ids. Default resources of a VPC and interfaces of endpoints stay: only the
    account knows what those have, and the addresses of these.
    """
    cloud = _without_deleted(cloud, deleted) if deleted else cloud
    return _renamed(cloud, names) if names else cloud


def beside(cloud: Cloud, accounts: Sequence[Cloud]) -> Cloud:
    """Return the cloud of plans or templates and of accounts, whose resources have the names of those."""
    own = _without_defaults(cloud, together(accounts))
    return together(
        [own, *(_as_endpoints_have(_without_functions(one, _functions_of(one, own)), own) for one in accounts)]
    )


def with_defaults(names: Mapping[str, str], cloud: Cloud) -> dict[str, str]:
    """Return names together with those of what AWS made in an account with VPCs that have names."""
    made = {
        id_: f"{names[one.vpc_id]}.{end}"
        for part, (mark, end) in _DEFAULTS.items()
        for id_, one in cloud.part(part).items()
        if getattr(one, mark) and one.vpc_id in names
    }
    return {**made, **names}


def _without_deleted(cloud: Cloud, deleted: Collection[str]) -> Cloud:
    """Return a cloud without the resources that have certain ids of AWS, and what belongs to them."""

    def is_left(id_: str, one: Any) -> bool:
        return {id_, getattr(one, "owner_id", ""), getattr(one, "vpc_id", "")}.isdisjoint(deleted)

    cloud = _without_functions(cloud, {*deleted} & {*cloud.compute.functions})
    parts = {
        name: {id_: one for id_, one in part.items() if is_left(id_, one)}
        for name, part in cloud.parts()
        if isinstance(part, Mapping)
    }
    return cloud.having(**parts, unread=tuple(one for one in cloud.template.unread if one.resource_id not in deleted))


def _renamed(cloud: Cloud, names: Mapping[str, str]) -> Cloud:
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


def _without_defaults(cloud: Cloud, known: Cloud) -> Cloud:
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


def _as_endpoints_have(known: Cloud, cloud: Cloud) -> Cloud:
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


def _functions_of(known: Cloud, cloud: Cloud) -> set[str]:
    """Return a cloud's functions that another one has by the same names, which are unique in an account and a region."""
    names = {
        (one.function_name, cloud.region_of(one.id), cloud.account_of(one.id))
        for one in cloud.compute.functions.values()
    }
    return {
        id_
        for id_, one in known.compute.functions.items()
        if (one.function_name, known.region_of(id_), known.account_of(id_)) in names
    }


def _without_functions(known: Cloud, gone: Collection[str]) -> Cloud:
    """Return a cloud without functions, and without their interfaces."""
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
