"""CloudWatch's alarms of a template. One request makes and changes an alarm, so it is one part."""

from collections.abc import Iterator

from netful.model.core import known_parts
from netful.services.deploy.kinds.part import Part
from netful.services.deploy.kinds.resource_kind import Kind, Wanted
from netful.services.http.backend_requests import query_request

_VERSION = "2010-08-01"


def _parts(one: Wanted) -> Iterator[Part]:
    members = {"ActionsEnabled": "true"} | known_parts(one.properties) | {"AlarmName": one.name}
    remove = query_request("DeleteAlarms", _VERSION, {"AlarmNames": [one.name]})
    yield Part(("alarm",), query_request("PutMetricAlarm", _VERSION, members), remove)


KINDS: dict[str, Kind] = {"AWS::CloudWatch::Alarm": Kind("monitoring", "AlarmName", parts=_parts)}
