"""Answers of describe operations: the records that a request asks for, filtered, in pages.

Filters are joined by AND, the values of each by OR, with `*` and `?` (control-plane §4.4). A filter names a member of the
record that the operation returns, in kebab case: `vpc-id` is `VpcId`, `attachment.vpc-id` is `Attachments[].VpcId`. A table
of the kind maps the names that differ.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from botocore.model import ListShape, Shape, StructureShape

from netful.account.ec2.kinds import Kind
from netful.account.ec2.view import View
from netful.account.ec2.world import Look, World
from netful.account.operations.query_api import Parameters
from netful.account.reading import Paging, Record
from netful.account.wire.errors import ApiError, invalid_value
from netful.account.wire.service_model import service_model
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
            raise invalid_value(f"The filter '{name}' is invalid")
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


page = Paging(
    "NextToken", "NextToken", "MaxResults", 1000, "InvalidParameterValue", "Invalid value '{}' for nextToken"
).page


def described(kind: Kind, view: View, asked: Parameters, records: Sequence[Record]) -> Mapping[str, Any]:
    """Return the answer with the records that a request asks for. Raises ApiError for an id that is not there."""
    wanted = asked.get(kind.ids) or []
    there = {record[kind.id] for record in records}
    missing = next((id_ for id_ in wanted if id_ not in there), None)
    if missing is not None:
        raise kind.missing(missing)
    records = [record for record in records if not wanted or record[kind.id] in wanted]
    answer = listed(kind, asked, _named(kind, asked, records))
    held = kind.held
    return {**answer, kind.member: [held[1](view, one) for one in answer[kind.member]]} if held else answer


def _named(kind: Kind, asked: Parameters, records: Sequence[Record]) -> Sequence[Record]:
    """Return the records with the values that a request asks for beside ids. Raises ApiError for one that none has."""
    for parameter, (member, code, text) in kind.named.items():
        wanted = asked.get(parameter) or ()
        missing = set(wanted) - {record.get(member) for record in records}
        if missing:
            raise ApiError(code, text.format(min(missing)))
        records = [record for record in records if not wanted or record.get(member) in wanted]
    return records


def listed(kind: Kind, asked: Parameters, records: Sequence[Record]) -> dict[str, Any]:
    """Return the answer with the records that pass the filters of a request."""
    return page(kind.member, asked, filtered(kind, asked, records))


def filtered(kind: Kind, asked: Parameters, records: Sequence[Record]) -> list[Record]:
    """Return the records that pass the filters of a request."""
    output = service_model("ec2").operation_model(kind.operation).output_shape
    shape = output.members[kind.member]
    if kind.held:
        shape = shape.member.members[kind.held[0]]
    assert isinstance(shape, ListShape)
    return selected(records, shape.member, asked.get("Filters") or asked.get("Filter") or (), kind.aliases)


Attribute = str | Callable[[World, str, Record], Any]
"""The value of an attribute: that of a member of the thing's record, or what a function of its name and its record returns."""


def attribute(kind_id: str, values: Mapping[str, Attribute], members: Mapping[str, str] | None = None) -> Look:
    """Return the look at one attribute of a thing; `members` are those of answers with another name than the attribute."""

    def look(world: World, asked: Parameters) -> Record:
        name, wanted = world.existing(asked, kind_id), str(asked.get("Attribute"))
        if wanted not in values:
            raise invalid_value(f"Value ({wanted}) for parameter attribute is invalid. Unknown attribute.")
        member = (members or {}).get(wanted, wanted[:1].upper() + wanted[1:])
        value, record = values[wanted], world.record(kind_id, name)
        shown = {"Value": record[value]} if isinstance(value, str) else value(world, name, record)
        return {kind_id: world.id(name), member: shown}

    return look
