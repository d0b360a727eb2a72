"""Resources that a plan or template of what is deployed and a described account both have.

A plan has them by names, the account by AWS's ids. The plan counts, as it says what will be; the account knows what no plan has.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields
from typing import Any

from netful.model.account_parts import PARTS
from netful.model.cloud import Cloud
from netful.model.core import DEFAULT, Frozen, Resource, replace
from netful.model.merging import together
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface

_BELONGING = {"network_interfaces": "owner_id", "stages": "api_id"}
"""Parts whose objects a source has with what they belong to, and the fields with that."""

_OWNERS = ("owner_id", "vpc_id", "load_balancer_id", "listener_id")
"""Fields with what an object is deleted with."""

_DEFAULTS = {
    "route_tables": ("main", "main"), "network_acls": ("default", "default-acl"), "security_groups": ("default", "default"),
}  # fmt: skip
"""Parts with what AWS makes with a VPC: the field that marks it, and the end of its name."""

_PERMISSION = "AWS::Lambda::Permission"

_BY_NAME = ("load_balancers", "target_groups", "listeners", "listener_rules", "trust_stores", "resources")
"""Parts with load balancing, whose keys in an account are plain words."""

_REFERENCES = frozenset({
    "id", "listener_id", "load_balancer_id", "load_balancer_ids", "owner_id", "resource_arn", "resource_id", "target", "target_arns",
    "target_group_ids", "touches", "trust_store_id", "uri",
})  # fmt: skip
"""Fields in which such a word is a load balancer, or a part of one."""


class _Names(Frozen):
    """New names: by AWS's ids, and by the words that load balancing has as keys in an account."""

    by_id: Mapping[str, str]
    by_word: Mapping[str, str]

    def of(self, part: str) -> Mapping[str, str]:
        """Return the names of the keys of a part."""
        return {**self.by_word, **self.by_id} if part in _BY_NAME else self.by_id

    @property
    def all(self) -> Mapping[str, str]:
        """All names."""
        return {**self.by_word, **self.by_id}


def under_names(cloud: Cloud, names: Mapping[str, str], deleted: Collection[str]) -> Cloud:
    """Return an account with a plan's names of the resources that both have, and without what the plan has of them, or deletes.

    `names` are the plan's, by AWS's ids; `deleted` are such ids. Default resources of a VPC, and interfaces of endpoints and of load
    balancers stay: only the account knows what those have, and the addresses of these.
    """
    if deleted:
        words = {key for key, id_ in cloud.aws_ids.items() if id_ in deleted}
        cloud = _without_deleted(cloud, words.union(deleted))
    return _renamed(cloud, _names(cloud, names)) if names else cloud


def of_both(cloud: Cloud, names: Mapping[str, str]) -> Cloud:
    """Return what an account has of the resources that have parts and that a plan has too, under the plan's names."""
    new = _names(cloud, names)
    parts: dict[str, Any] = {}
    for part in PARTS:
        own = new.of(part)
        parts[part] = {own[id_]: _under(one, new) for id_, one in cloud.part(part).items() if id_ in own}
    return Cloud.of(**parts)


def _names(cloud: Cloud, names: Mapping[str, str]) -> _Names:
    return _Names(names, {key: names[id_] for key, id_ in cloud.aws_ids.items() if id_ in names and id_ != key})


def beside(cloud: Cloud, accounts: Sequence[Cloud], ids: Collection[str]) -> Cloud:
    """Return the cloud of plans or templates and of accounts, whose resources have the names of those.

    `ids` are those of the resources that the plans or templates have deployed.
    """
    own, statements = _without_defaults(cloud, together(accounts)), {part for id_ in ids for part in id_.split("|")}
    both = [_functions_of(one, own) for one in accounts]
    permitted = [_without_statements(one, gone, statements) for one, gone in zip(accounts, both, strict=True)]
    others = [_as_owners_have(_without_functions(*each), own) for each in zip(permitted, both, strict=True)]
    joined = {part for id_ in ids if "|" in id_ for part in id_.split("|")}
    others = [_as_protected(one, own, joined) for one in others]
    return together([_without_nodes(own, others), *others])


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
        return {id_, *(getattr(one, name, "") for name in _OWNERS)}.isdisjoint(deleted)

    cloud = _without_functions(cloud, {*deleted} & {*cloud.compute.functions})
    parts = {
        name: {id_: one for id_, one in part.items() if is_left(id_, one)}
        for name, part in cloud.parts()
        if isinstance(part, Mapping)
    }
    return cloud.having(**parts, unread=tuple(one for one in cloud.template.unread if one.resource_id not in deleted))


def _renamed(cloud: Cloud, names: _Names) -> Cloud:
    parts: dict[str, Any] = {}
    for name, part in cloud.parts():
        own = names.of(name)
        if name == "resources":
            parts[name] = {id_: one for id_, one in part.items() if id_ not in own}
        elif name == "unread":
            parts[name] = tuple(_under(one, names) for one in part if one.resource_id not in names.all)
        elif isinstance(part, Mapping):
            parts[name] = {
                own.get(id_, id_): _under(one, names) for id_, one in part.items() if _only_here(name, id_, one, names)
            }
    return cloud.having(**parts)


def _only_here(part: str, id_: str, one: Any, names: _Names) -> bool:
    own = names.of(part)
    if id_ in own:
        return part in _DEFAULTS and own[id_].endswith((".main", ".default-acl", ".default"))
    if isinstance(one, NetworkInterface) and one.owner in (InterfaceOwner.ENDPOINT, InterfaceOwner.LOAD_BALANCER):
        return True
    return getattr(one, _BELONGING.get(part, "id"), "") not in own


def _under(value: Any, names: _Names, *, refers: bool = False) -> Any:
    """Return a value with other names in the place of ids; `refers` if it is that of a field that a load balancer may be in."""
    if isinstance(value, str):
        return names.by_id.get(value) or (names.by_word.get(value, value) if refers else value)
    if isinstance(value, tuple):
        return tuple(_under(one, names, refers=refers) for one in value)
    if isinstance(value, Frozen):
        own = ((one.name, getattr(value, one.name)) for one in fields(value))
        return replace(value, **{name: _under(each, names, refers=name in _REFERENCES) for name, each in own})
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


def _as_owners_have(known: Cloud, cloud: Cloud) -> Cloud:
    """Return a cloud whose interfaces of another one's endpoints and load balancers have the groups of these; in other subnets none."""
    enis = known.network.network_interfaces
    places: dict[str, set[Any]] = {}
    for eni in enis.values():
        places.setdefault(eni.owner_id, set()).add(eni.subnet_id)
    nodes, kept = _nodes(cloud), {}
    for id_, eni in enis.items():
        endpoint = cloud.network.vpc_endpoints.get(eni.owner_id)
        node = nodes.get((eni.owner_id, eni.subnet_id))
        if eni.owner is InterfaceOwner.LOAD_BALANCER and eni.owner_id in cloud.balancing.load_balancers:
            if node and _stays(node, eni, cloud):
                kept[id_] = replace(eni, security_group_ids=node.security_group_ids, origin=node.origin)
        elif endpoint is None:
            kept[id_] = eni
        elif places[endpoint.id] == {*endpoint.subnet_ids}:
            kept[id_] = replace(eni, security_group_ids=endpoint.security_group_ids, origin=endpoint.origin)
    return known.having(network_interfaces=kept)


def _as_protected(known: Cloud, cloud: Cloud, ids: Collection[str]) -> Cloud:
    """Return a cloud whose web ACLs protect another one's resources, unless that protects them itself; `ids` are of what it deployed."""
    own = {_protected(cloud, str(one.resource_arn)) for one in cloud.access.web_acl_associations.values()}
    kept = {}
    for id_, one in known.access.web_acl_associations.items():
        resource = _protected(cloud, str(one.resource_arn))
        if resource not in own and cloud.aws_id(resource) not in ids:
            kept[id_] = replace(one, resource_arn=resource)
    return known.having(web_acl_associations=kept)


def _protected(cloud: Cloud, text: str) -> str:
    """Return the id of the stage that an ARN, or `API/STAGE` of an account, means; else the text."""
    within = text.rpartition("/restapis/")[2].replace("/stages/", "/")
    api, _, name = within.partition("/")
    stages = cloud.apis.stages.values()
    named = cloud.names_by_id.get(api, api)
    return next((one.id for one in stages if (one.api_id, one.stage_name) == (named, name)), text)


def _nodes(cloud: Cloud) -> dict[tuple[str, Any], NetworkInterface]:
    """Return the interfaces of load balancers, by load balancer and subnet."""
    enis = cloud.network.network_interfaces.values()
    return {(one.owner_id, one.subnet_id): one for one in enis if one.owner is InterfaceOwner.LOAD_BALANCER}


def _stays(node: NetworkInterface, there: NetworkInterface, cloud: Cloud) -> bool:
    """Return whether a load balancer's interface may be the one that is there: it faces the same side, and no other address is written."""
    fixed = {one.public_ip for one in cloud.network.elastic_ips.values()}
    same_side = (node.public_ip is None) == (there.public_ip is None)
    own_public = node.public_ip in fixed and node.public_ip != there.public_ip
    return same_side and not own_public and node.private_ip_address in (None, there.private_ip_address)


def _without_nodes(cloud: Cloud, others: Sequence[Cloud]) -> Cloud:
    """Return a cloud without the interfaces of load balancers that other ones have."""
    there = {place for one in others for place in _nodes(one)}
    enis = cloud.network.network_interfaces
    gone = {one.id for place, one in _nodes(cloud).items() if place in there}
    return cloud.having(network_interfaces={id_: one for id_, one in enis.items() if id_ not in gone})


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


def _without_statements(known: Cloud, functions: Collection[str], statements: Collection[str]) -> Cloud:
    """Return a cloud without certain statements of the policies of functions; those of calls stay."""

    def is_gone(one: Resource) -> bool:
        of_function = one.type == _PERMISSION and one.properties.get("FunctionName") in functions
        return of_function and one.properties.get("StatementId") in statements

    resources = known.template.resources
    return known.having(resources={id_: one for id_, one in resources.items() if not is_gone(one)})


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
