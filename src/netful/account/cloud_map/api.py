"""The API of Cloud Map: namespaces, services and instances, by whose names clients in the running network find addresses."""

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from netful.account.cloud_map import kinds
from netful.account.cloud_map.writes import WRITES, Operations, registered
from netful.account.creation_times import CreationTimes
from netful.account.operations.json_api import JsonApi
from netful.account.operations.query_api import Parameters
from netful.account.records import tags
from netful.account.records.looks import Look, page
from netful.account.records.view import View, plain
from netful.account.wire.errors import ApiError
from netful.account.writing import Running, operations

Record = Mapping[str, Any]
_FILTERS = {"NAMESPACE_ID": "NamespaceId", "TYPE": "Type", "NAME": "Name", "RESOURCE_OWNER": "ResourceOwner"}
_NOT_LISTED = ("NamespaceId", "CreatorRequestId")


def _filtered(asked: Parameters, records: Iterable[Record]) -> list[Record]:
    found = [*records]
    for one in asked.get("Filters") or ():
        if one["Name"] not in _FILTERS:
            raise ApiError("InvalidInput", f"The filter {one['Name']} is not served")
        begins, member = one.get("Condition") == "BEGINS_WITH", _FILTERS[one["Name"]]
        found = [
            each for each in found
            if any(str(each.get(member)).startswith(value) if begins else each.get(member) == value for value in one["Values"])
        ]  # fmt: skip
    return found


def _listed(member: str, asked: Parameters, records: Iterable[Record]) -> Record:
    rows = [{key: value for key, value in one.items() if key not in _NOT_LISTED} for one in _filtered(asked, records)]
    return page(member, asked, rows)


def _instances(view: View, asked: Parameters) -> Record:
    found = kinds.instances_of(view, kinds.service_of(view, asked["ServiceId"]))
    return page(
        "Instances", asked, [{"Id": kinds.instance_id(view, one), "Attributes": kinds.attributes(one)} for one in found]
    )


def _instance(view: View, asked: Parameters) -> Record:
    one = registered(view, kinds.service_of(view, asked["ServiceId"]), asked["InstanceId"])
    return {"Instance": {"Id": asked["InstanceId"], "Attributes": kinds.attributes(one)}}


def _health(view: View, asked: Parameters) -> Record:
    found = (
        kinds.instance_id(view, one) for one in kinds.instances_of(view, kinds.service_of(view, asked["ServiceId"]))
    )
    wanted = asked.get("Instances")
    return {"Status": {one: "HEALTHY" for one in found if not wanted or one in wanted}}


def _discovered(view: View, asked: Parameters) -> Record:
    """DiscoverInstances: by the names of a namespace and a service, and by attributes."""
    space = next((one for _, one in kinds.namespaces(view) if plain(one, "Name") == asked["NamespaceName"]), None)
    if space is None:
        raise ApiError("NamespaceNotFound", f"The namespace {asked['NamespaceName']} does not exist")
    wanted = asked.get("QueryParameters") or {}
    for one in kinds.services_in(view, space):
        if plain(one, "Name") == asked["ServiceName"]:
            found = [(each, kinds.attributes(each)) for each in kinds.instances_of(view, one)]
            rows = [
                {"InstanceId": kinds.instance_id(view, each), "NamespaceName": asked["NamespaceName"], "HealthStatus": "HEALTHY",
                 "ServiceName": asked["ServiceName"], "Attributes": own}
                for each, own in found if wanted.items() <= own.items()
            ]  # fmt: skip
            return {"Instances": rows[: asked.get("MaxResults") or 100]}
    raise ApiError("ServiceNotFound", f"The service {asked['ServiceName']} does not exist")


LOOKS: Mapping[str, Look] = {
    "GetNamespace": lambda view, asked: {"Namespace": kinds.namespace(view, *kinds.namespace_of(view, asked["Id"]))},
    "ListNamespaces": lambda view, asked: _listed(
        "Namespaces", asked, (kinds.namespace(view, *one) for one in kinds.namespaces(view))
    ),
    "GetService": lambda view, asked: {"Service": kinds.service(view, kinds.service_of(view, asked["Id"]))},
    "ListServices": lambda view, asked: _listed(
        "Services", asked, (kinds.service(view, one) for one in view.of_kind(kinds.SERVICES))
    ),
    "ListInstances": _instances,
    "GetInstance": _instance,
    "GetInstancesHealthStatus": _health,
    "DiscoverInstances": _discovered,
    **tags.looks(kinds.TAGGED, "ResourceARN"),
}


class CloudMapApi:
    """The operations."""

    def __init__(self, running: Running) -> None:
        done, view = Operations(), partial(View, created=CreationTimes())
        looks = {**LOOKS, "GetOperation": done.get, "ListOperations": done.listed}
        writes = {**WRITES, **done.writes()}
        self.operations = operations(running, view, looks, writes, "InvalidInput", "DuplicateRequest")
        self.handle = JsonApi(kinds.SERVICE, self.operations, "InvalidInput").handle
