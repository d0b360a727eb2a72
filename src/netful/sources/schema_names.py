"""Names that AWS's resource schemas have: all types, properties of the types that netful reads or makes, and name properties.

`scripts/resource-types` writes the table.
"""

import json
from functools import cache
from pathlib import Path

_TABLE = Path(__file__).with_name("schema_names.json")


@cache
def _table() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = json.loads(_TABLE.read_text("utf-8"))
    return table


@cache
def types() -> frozenset[str]:
    """Return the names of all types."""
    return frozenset(f"{service}::{name}" for service, names in _table()["types"].items() for name in names.split())


def types_like(type_: str) -> list[str]:
    """Return the types of a type's service; all types if AWS has no such service."""
    service = type_.rpartition("::")[0]
    names = _table()["types"].get(service, "").split()
    return [f"{service}::{name}" for name in names] or sorted(types())


def properties(type_: str) -> list[str]:
    """Return the properties of a type that AWS runs in subnets, with those beside each property that is read."""
    return _table()["properties"].get(type_, "").split()


def attributes(type_: str) -> list[str]:
    """Return the beginnings of the attributes of a type that netful reads or makes, with its other properties; none of other types."""
    return _table()["attributes"].get(type_, "").split() or [one for one in properties(type_) if "." not in one]


def required(type_: str) -> list[str]:
    """Return the properties that a type needs, of those that netful reads or makes."""
    return _table()["required"].get(type_, "").split()


def name_properties() -> dict[str, str]:
    """Return the properties that are the identifiers of their types, by type."""
    return _table()["names"]
