"""Names that are unique within one kind, one region and one account only, such as those of functions and load balancers.

A name that several places have becomes `NAME@REGION` in each of them, or `NAME@ACCOUNT.REGION` if two are in the same region. A
name that several kinds have stays with the first of them, and becomes `NAME@KIND` for the others (`NAME@KIND.REGION`). All this
happens in the answers, before ids of the cloud are made of them. AWS's names have no `@`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from netful.model.core import Frozen, with_leaves
from netful.sources.described.files import Description
from netful.sources.described.item import Item
from netful.sources.described.load_balancers import name_of

_Place = tuple[str, str]


class _Naming(Frozen):
    """Names of one kind: the answers that have them, its own first; the members with a name, or with its ARN; the text before it elsewhere."""

    kind: str
    keys: tuple[str, ...]
    members: tuple[str, ...]
    before: str = "(?!)"
    after: str = "(?=/)"


_NAMINGS = (
    _Naming("function", ("Functions", "lambda.Policies"), ("FunctionName",)),
    _Naming("database", ("DBInstances",), ("DBInstanceIdentifier",)),
    _Naming("classic", ("LoadBalancerDescriptions",), ("LoadBalancerName",), "^ELB ", "$"),
    _Naming(
        "loadbalancer",
        ("LoadBalancers",),
        ("LoadBalancerArn", "LoadBalancerName"),
        "(?::loadbalancer|:listener|:listener-rule|^ELB app|^ELB net|^ELB gwy)/(?:(?:app|net|gwy)/)?",
    ),
    _Naming("targetgroup", ("TargetGroups",), ("TargetGroupArn", "TargetGroupName"), ":targetgroup/"),
    _Naming("truststore", ("TrustStores",), ("TrustStoreArn", "Name"), ":truststore/"),
)
"""The kinds whose names are ids of the cloud. Of those with one name the first keeps it."""

_PLACED_ARN = re.compile(r"(:elasticloadbalancing:[^@]+)@[^/]+")


def bare(id_: str) -> str:
    """Return AWS's name in an id."""
    return id_.partition("@")[0]


def of_aws(value: Any) -> Any:
    """Return a value with the ARNs of load balancing as AWS has them."""
    return _with_texts(value, lambda text: _PLACED_ARN.sub(r"\1", text))


def _with_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Return a value with every text in it changed."""
    return with_leaves(value, lambda one: change(one) if isinstance(one, str) else one)


def tell_apart(descriptions: Iterable[Description]) -> None:
    """Rename what has the same name in several places, or as another kind."""
    every = [*descriptions]
    taken: set[tuple[_Place, str]] = set()
    for naming in _NAMINGS:
        places: dict[str, set[_Place]] = {}
        for each in every:
            for item in each.of(naming.keys[0]):
                places.setdefault(name_of(item.text(naming.members[0])), set()).add(_place(each))
        for each in every:
            here = [name for name, where in places.items() if _place(each) in where]
            kinds = {name: naming.kind for name in here if (_place(each), name) in taken}
            own = {name: end for name in here if (end := _end(kinds.get(name, ""), each, places[name]))}
            if own:
                _rename(each, naming, {name: f"{name}@{end}" for name, end in own.items()})
        taken |= {(place, name) for name, where in places.items() for place in where}


def _place(description: Description) -> _Place:
    return description.account, description.region


def _end(kind: str, description: Description, places: set[_Place]) -> str:
    """Return the end of a name: its kind, if another kind has the name, and its place, if several have it; "" for none."""
    regions = {region for _, region in places}
    account = description.account if len(regions) < len(places) else ""
    parts = (kind, account, description.region) if len(places) > 1 else (kind,)
    return ".".join(filter(None, parts))


def _rename(description: Description, naming: _Naming, own: Mapping[str, str]) -> None:
    names = "|".join(map(re.escape, own))
    within = re.compile(f"(?P<before>{naming.before})(?P<name>{names}){naming.after}")

    def renamed(text: str) -> str:
        return within.sub(lambda found: f"{found['before']}{own[found['name']]}", text)

    for key in description.keys:
        items = [replace(item, data=_with_texts(item.data, renamed)) for item in description.of(key)]
        members = naming.members if key in naming.keys else ()
        description.keep(key, [_with_names(item, members, own) for item in items])


def _with_names(item: Item, members: Iterable[str], own: Mapping[str, str]) -> Item:
    """Return an object with other names in these members."""
    new = {member: own[item.text(member)] for member in members if item.text(member) in own}
    return replace(item, data={**item.data, **new})
