"""Names that are unique within one region of one account only, such as those of functions and load balancers.

A name that several places have becomes `NAME@REGION` in each of them, or `NAME@ACCOUNT.REGION` if two are in the same region:
in the answers, before ids of the cloud are made of them. AWS's names have no `@`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from netful.model.core import Frozen
from netful.sources.described.files import Description
from netful.sources.described.load_balancers import name_of

_Place = tuple[str, str]


class _Naming(Frozen):
    """Names of one kind: the key of its objects, the members that have a name or an ARN, and the text before a name elsewhere."""

    key: str
    members: tuple[str, ...]
    before: str = "(?!)"
    after: str = "(?=/)"


_NAMINGS = (
    _Naming("Functions", ("FunctionName",)),
    _Naming("DBInstances", ("DBInstanceIdentifier",)),
    _Naming("LoadBalancerDescriptions", ("LoadBalancerName",), "^ELB ", "$"),
    _Naming(
        "LoadBalancers",
        ("LoadBalancerArn", "LoadBalancerName"),
        "(?::loadbalancer|:listener|:listener-rule|^ELB app|^ELB net|^ELB gwy)/(?:(?:app|net|gwy)/)?",
    ),
    _Naming("TargetGroups", ("TargetGroupArn", "TargetGroupName"), ":targetgroup/"),
    _Naming("TrustStores", ("TrustStoreArn", "Name"), ":truststore/"),
)


def bare(id_: str) -> str:
    """Return AWS's name in an id."""
    return id_.partition("@")[0]


def tell_apart(descriptions: Iterable[Description]) -> None:
    """Rename what has the same name in several places."""
    every = [*descriptions]
    for naming in _NAMINGS:
        places: dict[str, set[_Place]] = {}
        for each in every:
            for item in each.of(naming.key):
                places.setdefault(name_of(item.text(naming.members[0])), set()).add((each.account, each.region))
        for each in every:
            own = {name: _placed(name, each, where) for name, where in places.items() if _is_shared(each, where)}
            if own:
                _rename(each, naming, own)


def _is_shared(description: Description, places: set[_Place]) -> bool:
    return len(places) > 1 and (description.account, description.region) in places


def _placed(name: str, description: Description, places: set[_Place]) -> str:
    regions = {region for _, region in places}
    by_account = f"{description.account}." if len(regions) < len(places) and description.account else ""
    return f"{name}@{by_account}{description.region}"


def _rename(description: Description, naming: _Naming, own: Mapping[str, str]) -> None:
    names = "|".join(map(re.escape, own))
    within = re.compile(f"(?P<before>{naming.before})(?P<name>{names}){naming.after}")

    def renamed(value: Any, member: str = "") -> Any:
        if isinstance(value, Mapping):
            return {key: renamed(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [renamed(each) for each in value]
        if not isinstance(value, str):
            return value
        if member in naming.members and value in own:
            return own[value]
        return within.sub(lambda found: f"{found['before']}{own[found['name']]}", value)

    for key in description.keys:
        description.keep(key, [replace(item, data=renamed(item.data)) for item in description.of(key)])
