"""Changes of things that are described by records: the answer has the record of what was added, changed or removed."""

from collections.abc import Callable, Mapping
from typing import Any

from netful.account.changes import Remove, new
from netful.account.records.looks import RecordOf
from netful.account.records.view import Kind, View
from netful.account.writing import Change
from netful.model.core.resource import Resource


def added(
    view: View, kind: Kind, record: RecordOf, properties: Mapping[str, Any], direction: object = None
) -> Change[View]:
    """Return the change that adds a thing; `direction` is a resolver endpoint's."""
    given = {name: value for name, value in properties.items() if value is not None}
    put = new(kind.type, view.new_id(kind, direction), given)
    return Change((put,), answered(kind, record, put.resource.id))


def answered(kind: Kind, record: RecordOf, id_: str) -> Callable[[View], Mapping[str, Any]]:
    """Return the answer that has the record of a thing after the change."""
    return lambda after: {kind.member: record(after, after.found(kind, id_))}


def removed(kind: Kind, record: RecordOf, view: View, resource: Resource, status: str) -> Change[View]:
    """Return the change that removes a thing: the answer has its last record, with a status."""
    last = {**record(view, resource), "Status": status}
    return Change((Remove(resource.id),), lambda _after: {kind.member: last})
