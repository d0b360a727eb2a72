"""Parts of a cloud, and the readers that fill them from a source.

A module that reads a source registers its readers as `READERS`, one row for each part. A reader gets the source, and the parts
that it needs by their names. Parts are filled in the order of the rows, and a part that is needed comes first. Readers of the
same part add up: of two things with one id the later row's stays.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from netful.model.core import Frozen

COMPUTED: Mapping[str, str] = {
    "allowed_hosts": "sources/project/project_file.py",
    "attachments": "sources/project/project_file.py",
    "clients": "sources/project/project_file.py",
    "deleted_roles": "account/iam/roles.py",
    "deployed_apis": "engine/apis/deployments.py",
    "engine_settings": "sources/project/project_file.py",
    "images": "sources/loading.py",
    "identities": "sources/project/project_file.py",
    "issuers": "sources/project/project_file.py",
    "programs": "sources/project/project_file.py",
    "rollouts": "account/rollouts.py",
    "set_policies": "engine/iam/resource_policies.py",
    "truststores": "sources/project/project_file.py",
}
"""Parts that no reader fills, with the module that does: the project file declares them, or they follow from other parts."""


class PartReader(Frozen):
    """Reader of one part of a cloud: `read(source, *needed)`, where `needs` are the names of the needed parts."""

    part: str
    read: Callable[..., Mapping[str, Any]]
    needs: tuple[str, ...] = ()


def of_each(part: str, make: Callable[..., Any], *types: str, needs: tuple[str, ...] = ()) -> PartReader:
    """Return the reader of a part with one thing for each resource of some types: `make(resource, *needed)`."""

    def read(inventory: Any, *parts: Mapping[str, Any]) -> dict[str, Any]:
        return {one.id: make(one, *parts) for one in inventory.of(*types)}

    return PartReader(part, read, needs)


def needed(rows: Iterable[PartReader], parts: Iterable[str]) -> list[PartReader]:
    """Return the readers of some parts, and those of the parts that they need."""
    listed, wanted, found = [*rows], {*parts}, set[str]()
    while wanted - found:
        found |= wanted
        wanted = {need for row in listed if row.part in found for need in row.needs}
    return [row for row in listed if row.part in found]


def filled(*sources: tuple[Any, Iterable[PartReader]]) -> dict[str, Mapping[str, Any]]:
    """Return the parts that the readers fill, each from its source."""
    readers: dict[str, list[tuple[Any, PartReader]]] = {}
    for source, rows in sources:
        for row in rows:
            readers.setdefault(row.part, []).append((source, row))
    found: dict[str, Mapping[str, Any]] = {}

    def part(name: str) -> Mapping[str, Any]:
        if name not in found:
            read = [row.read(source, *map(part, row.needs)) for source, row in readers[name]]
            found[name] = read[0] if len(read) == 1 else {key: value for each in read for key, value in each.items()}
        return found[name]

    return {name: part(name) for name in readers}
