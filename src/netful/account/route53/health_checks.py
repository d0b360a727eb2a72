"""Health checks of Route 53: settings. Nothing of the internet asks a place that runs here."""

import uuid
from collections.abc import Mapping
from typing import Any

from netful.account import writing
from netful.account.changes import Remove, new, updated
from netful.account.operations.query_api import Parameters
from netful.account.route53.view import View
from netful.account.wire.errors import ApiError
from netful.model.core import Resource, mapping

Change = writing.Change[View]
HEALTH_CHECK = "AWS::Route53::HealthCheck"
_CONFIG, TAGS = "HealthCheckConfig", "HealthCheckTags"
_RECORD_SETS = ("AWS::Route53::RecordSet", "AWS::Route53::RecordSetGroup")
_LOCATION = "https://route53.amazonaws.com/2013-04-01/healthcheck/{}"
_USUAL = {"RequestInterval": 30, "FailureThreshold": 3, "MeasureLatency": False, "Inverted": False, "Disabled": False}
_NOT_CHANGED = ("HealthCheckId", "HealthCheckVersion", "ResetElements")


def every(view: View) -> list[Resource]:
    """Return the health checks."""
    return [*view.cloud.template.of_type(HEALTH_CHECK)]


def found(view: View, asked: object) -> Resource:
    """Return the health check with an id. Raises ApiError for an unknown one."""
    for one in every(view):
        if asked in (one.id, view.cloud.aws_id(one.id)):
            return one
    raise missing(asked)


def missing(asked: object) -> ApiError:
    """Return the error for a health check that does not exist."""
    return ApiError("NoSuchHealthCheck", f"No health check exists with the specified ID {asked}", 404)


def record(view: View, one: Resource) -> dict[str, Any]:
    """Return a health check as the operations return it."""
    return {
        "Id": view.cloud.aws_id(one.id),
        "CallerReference": str(one.properties.get("CallerReference") or view.cloud.aws_id(one.id)),
        _CONFIG: {**_USUAL, **mapping(one.properties.get(_CONFIG))},
        "HealthCheckVersion": int(one.properties.get("HealthCheckVersion") or 1),
    }  # fmt: skip


def _create(view: View, asked: Parameters) -> Change:
    """CreateHealthCheck: the same reference with the same settings is the one that is there."""
    reference, config = asked["CallerReference"], asked[_CONFIG]
    there = next((one for one in every(view) if one.properties.get("CallerReference") == reference), None)
    if there is not None and there.properties.get(_CONFIG) != config:
        text = f"A health check with the reference {reference} exists, but with other settings"
        raise ApiError("HealthCheckAlreadyExists", text, 409)
    id_ = there.id if there else str(uuid.uuid4())
    edits = () if there else (new(HEALTH_CHECK, id_, {"CallerReference": reference, _CONFIG: config}),)
    return Change(edits, lambda after: {**_answer(after, id_), "Location": _LOCATION.format(id_)})


def _update(view: View, asked: Parameters) -> Change:
    one = found(view, asked["HealthCheckId"])
    version = int(one.properties.get("HealthCheckVersion") or 1)
    if asked.get("HealthCheckVersion") not in (None, version):
        raise ApiError(
            "HealthCheckVersionMismatch", "The value of HealthCheckVersion in the request does not match", 409
        )
    given = {name: value for name, value in asked.items() if name not in _NOT_CHANGED}
    config = {**(one.properties.get(_CONFIG) or {}), **given}
    return Change(
        (updated(one, **{_CONFIG: config, "HealthCheckVersion": version + 1}),), lambda after: _answer(after, one.id)
    )


def _delete(view: View, asked: Parameters) -> Change:
    """DeleteHealthCheck: no record may name it."""
    one = found(view, asked["HealthCheckId"])
    names, resources = {one.id, view.cloud.aws_id(one.id)}, view.cloud.template.resources.values()
    sets = (part for each in resources if each.type in _RECORD_SETS
            for part in (each.properties, *(each.properties.get("RecordSets") or ())))  # fmt: skip
    if any(part.get("HealthCheckId") in names for part in sets):
        raise ApiError("HealthCheckInUse", f"The health check {asked['HealthCheckId']} is in use by a record")
    return Change((Remove(one.id),), lambda _after: {})


def _answer(view: View, id_: str) -> dict[str, Any]:
    return {"HealthCheck": record(view, view.cloud.template.resources[id_])}


WRITES: Mapping[str, writing.Write[View]] = {
    "CreateHealthCheck": _create,
    "UpdateHealthCheck": _update,
    "DeleteHealthCheck": _delete,
}
