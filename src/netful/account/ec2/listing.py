"""Answers of describe operations: the records that a request asks for, filtered, in pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from botocore.model import ListShape

from netful.account.ec2.filters import selected
from netful.account.ec2.kinds import Kind
from netful.account.ec2.view import View
from netful.account.operations.query_api import Parameters
from netful.account.reading import Paging, Record
from netful.account.wire.errors import ApiError
from netful.account.wire.service_model import service_model

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
