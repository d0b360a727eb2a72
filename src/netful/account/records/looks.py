"""Operations that only look: one thing by its id, and lists of things, filtered and in pages."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from netful.account import reading
from netful.account.operations.query_api import Parameters
from netful.account.reading import Paging, Record
from netful.account.records.view import Kind, View
from netful.account.wire.errors import ApiError
from netful.account.wire.service_model import operation_model
from netful.model.core import Resource

RecordOf = Callable[[View, Resource], Record]
"""Returns a thing as its operations return it."""

Look = reading.Look[View]
_PAGING = Paging(
    "NextToken", "NextToken", "MaxResults", 100,
    "InvalidNextTokenException", "Invalid value passed for the NextToken parameter",
)  # fmt: skip
page = _PAGING.page


def get(kind: Kind, record: RecordOf) -> Look:
    """Return the look at one thing (`GetResolverRule`)."""
    return lambda view, asked: {kind.member: record(view, view.found(kind, asked[kind.id_member]))}


def listing(service: str, operation: str, records: Callable[[View], Iterable[Record]]) -> Look:
    """Return the look at a list (`ListResolverRules`): its records have the members that the service's model has for it."""
    return partial(_list, service, operation, records)


def _list(
    service: str, operation: str, records: Callable[[View], Iterable[Record]], view: View, asked: Parameters
) -> Record:
    model = operation_model(service, operation)
    assert model is not None
    output = model.output_shape.members
    member = next(name for name, shape in output.items() if shape.type_name == "list")
    shown = output[member].member.members
    chosen = _filtered(_matching(records(view), asked), asked.get("Filters") or ())
    listed = [{name: value for name, value in one.items() if name in shown} for one in chosen]
    total = {name: len(listed) for name in ("TotalCount", "TotalFilteredCount") if name in output}
    size = {"MaxResults": int(asked.get("MaxResults") or _PAGING.usual)} if "MaxResults" in output else {}
    return {**page(member, asked, listed), **total, **size}


def _matching(records: Iterable[Record], asked: Parameters) -> Iterable[Record]:
    """Yield the records whose members are those that the request has."""
    return (one for one in records if all(one[name] == asked[name] for name in asked.keys() & one.keys()))


def _filtered(records: Iterable[Record], filters: Sequence[Record]) -> list[Record]:
    """Return the records that pass all filters; `Type` is the type of rules."""
    found = [*records]
    for one in filters:
        wanted, values = _folded(str(one.get("Name", ""))), {str(value) for value in one.get("Values") or ()}
        found = [record for record in found if values & _values(record, wanted)]
    return found


def _values(record: Record, wanted: str) -> set[str]:
    names = {_folded(name): name for name in record}
    name = names.get(_ALSO.get(wanted, wanted))
    if name is None:
        raise ApiError("InvalidParameterException", f"The filter '{wanted}' is invalid")
    value = record[name]
    return {*map(str, value)} if isinstance(value, list) else {str(value)}


_ALSO = {"type": "ruletype", "destination": "destinationarn"}
"""Names of filters that differ from those of members."""


def _folded(name: str) -> str:
    """Return the name of a filter without underscores, in lower case: `HOST_VPC_ID` is `HostVPCId`."""
    return name.replace("_", "").lower()
