"""Parameter groups of RDS: records that its API describes. Databases that netful runs read the template itself."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from netful.services.deploy.kinds.part import Part
from netful.services.deploy.kinds.resource_kind import Kind, Wanted
from netful.services.http.backend_requests import query_request
from netful.services.http.message import Request

_ARNS = {"DBParameterGroup": "pg", "DBClusterParameterGroup": "cluster-pg"}


def _rds(action: str, **members: Any) -> Request:
    return query_request(action, "2014-10-31", members)


def _make(noun: str, one: Wanted) -> list[Request]:
    about = {"DBParameterGroupFamily": one.text("Family"), "Description": one.text("Description")}
    return [_rds(f"Create{noun}", **{f"{noun}Name": one.name}, **about)]


def _delete(noun: str, one: Wanted) -> list[Request]:
    return [_rds(f"Delete{noun}", **{f"{noun}Name": one.name})]


def _parts(noun: str, one: Wanted) -> Iterator[Part]:
    """Yield the parameters and the tags of a group."""
    named = {"ResourceName": one.arn("rds", f"{_ARNS[noun]}:{one.name}")}
    for name, value in one.set("Parameters").get("Parameters", {}).items():
        given = {"ParameterName": name, "ParameterValue": value, "ApplyMethod": "pending-reboot"}
        put = _rds(f"Modify{noun}", **{f"{noun}Name": one.name}, Parameters={"Parameter": {"1": given}})
        yield Part(("parameter", str(name)), put)
    yield from one.tags(
        _rds, named, lambda key, value: {"Tag": {"1": {"Key": key, "Value": value}}},
        ("AddTagsToResource", "RemoveTagsFromResource"),
    )  # fmt: skip


KINDS: dict[str, Kind] = {
    f"AWS::RDS::{noun}": Kind("rds", f"{noun}Name", partial(_make, noun), partial(_delete, noun), partial(_parts, noun))
    for noun in _ARNS
}
