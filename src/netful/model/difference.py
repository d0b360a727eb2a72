"""What differs between two clouds, thing by thing: a plan of what a deployment over a running stack would do.

Where things were written (`Origin`) is no difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any, Literal

from netful.model.cloud import Cloud
from netful.model.core.origin import Origin

_PARTS = (
    "vpcs", "subnets", "route_tables", "internet_gateways", "egress_only_internet_gateways", "vpn_gateways", "nat_gateways",
    "vpc_peering_connections", "transit_gateways", "transit_gateway_attachments", "transit_gateway_route_tables",
    "vpn_connections", "security_groups", "network_acls", "vpc_endpoints", "network_interfaces", "functions",
    "ssm_parameters", "programs", "load_balancers", "listeners", "listener_rules", "target_groups", "hosted_zones",
    "rest_apis", "http_apis", "stages", "usage_plans", "api_keys", "domain_names", "base_path_mappings",
    "domain_name_access_associations", "vpc_links", "resolver_endpoints", "resolver_rules", "web_acls", "rule_groups",
    "ip_sets", "regex_pattern_sets", "web_acl_associations",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that came (`+`), went (`-`) or changed (`~`), and for a changed one, which of its fields."""

    sign: Literal["+", "-", "~"]
    kind: str
    id: str
    fields: tuple[str, ...] = ()

    def __str__(self) -> str:
        changed = f"  {', '.join(self.fields)}" if self.fields else ""
        return f"{self.sign} {self.kind:<24} {self.id}{changed}"


def differences(before: Cloud, after: Cloud) -> tuple[Difference, ...]:
    """All differences, by kind in the order in which things are built."""
    return tuple(one for part in _PARTS for one in _among(getattr(before, part), getattr(after, part)))


def same(one: Any, other: Any) -> bool:
    """Whether two things differ in nothing but where they were written."""
    return bool(_bare(one) == _bare(other))


def _among(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Difference]:
    for id_ in before.keys() - after.keys():
        yield Difference("-", type(before[id_]).__name__, id_)
    for id_, thing in after.items():
        if id_ not in before:
            yield Difference("+", type(thing).__name__, id_)
        elif thing is not before[id_] and (changed := _changed(before[id_], thing)):
            yield Difference("~", type(thing).__name__, id_, changed)


def _changed(before: Any, after: Any) -> tuple[str, ...]:
    """The fields that differ."""
    known = dict(_essence(before))
    return tuple(name for name, value in _essence(after) if known[name] != value)


def _essence(thing: Any) -> list[tuple[str, Any]]:
    """A thing's fields without where it was written."""
    names = [field.name for field in fields(thing) if not field.name.endswith(("origin", "origins"))]
    return [(name, _bare(getattr(thing, name))) for name in names]


def _bare(value: Any) -> Any:
    if isinstance(value, Origin):
        return None
    if is_dataclass(value):
        return (type(value).__name__, *_essence(value))
    if isinstance(value, tuple | list):
        return [_bare(item) for item in value]
    if isinstance(value, Mapping):
        return {name: _bare(item) for name, item in value.items()}
    return value
