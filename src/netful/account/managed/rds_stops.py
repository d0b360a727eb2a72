"""Stops and starts of databases: a stopped one keeps its interfaces and its data, and nothing answers at them."""

from collections.abc import Callable, Mapping
from functools import partial

from netful.account import writing
from netful.account.changes import Edit, Remove, new
from netful.account.managed.databases import CLUSTERS, INSTANCES, cluster, instance, members, status
from netful.account.managed.view import Kind, View, plain
from netful.account.query_api import Parameters
from netful.account.wire.errors import ApiError
from netful.model.core.frozen import Frozen
from netful.model.core.resource import Resource
from netful.sources.readers.stopped import STOPPED

Change = writing.Change[View]


class _Stopped(Frozen):
    """A kind of things that can be stopped: the kind, the member of answers, its record, and the code and the text for a wrong state."""

    kind: Kind
    member: str
    record: Callable[[View, Resource], Mapping[str, object]]
    code: str
    text: str


_INSTANCE = _Stopped(INSTANCES, "DBInstance", instance, "InvalidDBInstanceState", "Instance {0} is not in {2} state.")
_CLUSTER = _Stopped(CLUSTERS, "DBCluster", cluster, "InvalidDBClusterStateFault",
                    "DbCluster {0} is in {1} state but expected it to be one of {2}.")  # fmt: skip


def _changed(one: _Stopped, from_: str, to: str, view: View, asked: Parameters) -> Change:
    """Stop or start one, a cluster with its instances."""
    resource = view.found(one.kind, asked[one.kind.name])
    if one is _INSTANCE and plain(resource, "DBClusterIdentifier"):
        text = "The instances of a DB cluster are stopped and started with the cluster."
        raise ApiError("InvalidParameterCombination", text)
    now = status(view, resource)
    if now != from_:
        raise ApiError(one.code, one.text.format(view.identifier(one.kind, resource), now, from_))
    every = [resource, *(members(view, resource) if one is _CLUSTER else ())]
    edits = (_mark(each) if to == "stopped" else Remove(f"{each.id}.stopped") for each in every)
    return Change(
        tuple(edits), lambda after: {one.member: one.record(after, after.cloud.template.resources[resource.id])}
    )


def _mark(resource: Resource) -> Edit:
    return new(STOPPED, f"{resource.id}.stopped", {"InstanceId": resource.id})


def removed(view: View, resource: Resource) -> tuple[Edit, ...]:
    """Return the edits that delete an instance or a cluster, whether it is stopped or not."""
    mark = (Remove(f"{resource.id}.stopped"),) if status(view, resource) == "stopped" else ()
    return (Remove(resource.id), *mark)


WRITES: Mapping[str, writing.Write[View]] = {
    f"{verb}{one.member}": partial(_changed, one, from_, to)
    for one in (_INSTANCE, _CLUSTER)
    for verb, from_, to in (("Stop", "available", "stopped"), ("Start", "stopped", "available"))
}
