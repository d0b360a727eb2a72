"""Filters of EC2's describe operations: AND over names, OR over values, with `*` and `?` (control-plane §4.4).

A filter names a member of the record that the operation returns, in kebab case: `vpc-id` is `VpcId`,
`attachment.vpc-id` is `Attachments[].VpcId`. A table of the kind maps the names that differ.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from botocore.model import ListShape, Shape, StructureShape

from netful.account.reading import Record
from netful.account.wire.errors import ApiError
from netful.engine.iam.texts import like
from netful.model.core import Unknown, mapping


def selected(
    records: Sequence[Record], shape: StructureShape, filters: Sequence[Mapping[str, Any]], aliases: Mapping[str, str]
) -> list[Record]:
    """Return the records that pass every filter. Raises ApiError for a filter that the kind does not have."""
    tests = [(_path(shape, str(one.get("Name", "null")), aliases), one.get("Values", ())) for one in filters]
    return [record for record in records if all(_passes(record, path, patterns) for path, patterns in tests)]


def _passes(record: Record, path: Sequence[str], patterns: Sequence[str]) -> bool:
    return any(like(pattern, text) for text in _texts(record, path) for pattern in patterns)


def _texts(value: Any, path: Sequence[str]) -> Iterator[str]:
    """Yield the values at a path; a list on the way stands for each of its items."""
    if isinstance(value, Unknown):
        return
    if isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item, path)
    elif path and path[0].startswith("tag:"):
        tags = value.get("Tags", ())
        yield from (str(tag["Value"]) for tag in tags if tag["Key"] == path[0].removeprefix("tag:"))
    elif path:
        if (inner := mapping(value).get(path[0])) is not None:
            yield from _texts(inner, path[1:])
    elif value is not None:
        yield ("true" if value else "false") if isinstance(value, bool) else str(value)


def _path(shape: StructureShape, name: str, aliases: Mapping[str, str]) -> list[str]:
    if name.startswith("tag:"):
        return [name]
    words = aliases.get(name, _COMMON.get(name, name)).split(".")
    path: list[str] = []
    inner: Shape = shape
    for word in words:
        while isinstance(inner, ListShape):
            inner = inner.member
        key = _member(inner, word)
        if key is None:
            raise ApiError("InvalidParameterValue", f"The filter '{name}' is invalid")
        path.append(key)
        inner = inner.members[key]
    return path


_COMMON = {"tag-key": "tag.key", "tag-value": "tag.value"}


def _member(shape: Shape, word: str) -> str | None:
    """Return the member that a word of a filter's name means; a list has its name in the plural."""
    if not isinstance(shape, StructureShape):
        return None
    name, members = word.replace("-", "").lower(), {key.lower(): key for key in shape.members}
    forms = (name, f"{name}s", f"{name}es", f"{name[:-1]}ies", f"{name}set", f"is{name}")
    return next((members[one] for one in forms if one in members), None)
