"""Stops and starts of databases: a stopped one keeps its interfaces and its data, and nothing answers at them."""

from collections.abc import Iterator, Mapping
from functools import partial

from netful.account.changes import Edit, Remove, new
from netful.account.managed.databases import CLUSTER, INSTANCE, members, status
from netful.account.managed.things import Change, Thing
from netful.account.managed.view import View, plain
from netful.account.operations.query_api import Parameters
from netful.account.wire.errors import ApiError
from netful.account.writing import Write
from netful.model.core import Resource
from netful.sources.readers.stopped import STOPPED


def _changed(thing: Thing, code: str, text: str, from_: str, view: View, asked: Parameters) -> Change:
    """Stop or start one that is in the state `from_`, a cluster with its instances; the code and the text are for another state."""
    resource = view.found(thing.kind, asked[thing.asked])
    if thing is INSTANCE and plain(resource, "DBClusterIdentifier"):
        refused = "The instances of a DB cluster are stopped and started with the cluster."
        raise ApiError("InvalidParameterCombination", refused)
    now = status(view, resource)
    if now != from_:
        raise ApiError(code, text.format(view.identifier(thing.kind, resource), now, from_))
    every = [resource, *(members(view, resource) if thing is CLUSTER else ())]
    edits: Iterator[Edit] = (
        new(STOPPED, f"{each.id}.stopped", {"InstanceId": each.id}) if from_ == "available" else Remove(f"{each.id}.stopped")
        for each in every
    )  # fmt: skip
    return Change(tuple(edits), thing.answer(resource.id))


def removed(view: View, resource: Resource) -> tuple[Edit, ...]:
    """Return the edits that delete an instance or a cluster, whether it is stopped or not."""
    mark = (Remove(f"{resource.id}.stopped"),) if status(view, resource) == "stopped" else ()
    return (Remove(resource.id), *mark)


_STATES = ((INSTANCE, "InvalidDBInstanceState", "Instance {0} is not in {2} state."),
           (CLUSTER, "InvalidDBClusterStateFault", "DbCluster {0} is in {1} state but expected it to be one of {2}."))  # fmt: skip
WRITES: Mapping[str, Write[View]] = {
    f"{verb}{thing.noun}": partial(_changed, thing, code, text, from_)
    for thing, code, text in _STATES
    for verb, from_ in (("Stop", "available"), ("Start", "stopped"))
}
