"""Resilience: for flows that work, the single failures that end them.

A failure ends a flow if no sender is left that reaches the destination. It ends a part of it if the senders of some subnets
still do: the environments of a function in another zone.

Work is shared. Sources with the same interfaces have one answer, and so have destinations of one equivalence class. A failure
of what no walk of a flow met cannot end the flow, so only the others are walked again.
"""

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Any

from netful.engine.failures.failure import Failure, single_failures
from netful.engine.failures.mending import Mend, mend_of, mend_of_owner
from netful.engine.failures.outage import Outage, outage_of
from netful.engine.failures.without import without
from netful.engine.flows.finding import Finding
from netful.engine.flows.flow import Flow
from netful.engine.flows.path import Path
from netful.engine.routing.route_tables import Entry
from netful.engine.routing.transit_gateway_route_tables import TransitEntry
from netful.engine.trace.alike import sharing
from netful.engine.trace.ends.destinations import HostDestination
from netful.engine.trace.equivalence_classes import Classes
from netful.engine.trace.question import Question, parse
from netful.engine.trace.trace import trace
from netful.model.cloud import Cloud
from netful.model.core import Frozen, QuestionError
from netful.model.network.network_interface import NetworkInterface


class Extent(StrEnum):
    """Extent to which a failure ends a flow."""

    ENDS = "ends"
    PARTLY = "partly"
    UNKNOWN = "unknown"


class Loss(Frozen):
    """A failure that ends a flow, or a part of it, and what would mend that; `why` is the deciding rule."""

    failure: Failure
    extent: Extent
    why: str = ""
    mend: Mend | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the loss in the format of the CLI."""
        return {
            "failure": str(self.failure),
            "kind": self.failure.kind,
            "extent": self.extent,
            "why": self.why,
            "mend": {"what": self.mend.what, "adds": self.mend.adds} if self.mend else None,
        }


class FlowResilience(Frozen):
    """Sources that share their answers, a destination, and the failures that end the flow."""

    sources: tuple[str, ...]
    destination: str
    losses: tuple[Loss, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the flow in the format of the CLI."""
        losses = [loss.to_json() for loss in self.losses]
        return {"from": list(self.sources), "to": self.destination, "ended_by": losses}


class Resilience(Frozen):
    """The flows that work, and the failures that were tried."""

    flows: tuple[FlowResilience, ...]
    failures: tuple[Failure, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the report in the format of the CLI."""
        failures = [{"name": str(one), "kind": one.kind} for one in self.failures]
        return {"failures": failures, "flows": [flow.to_json() for flow in self.flows]}


class Study:
    """A cloud with its single failures. The cloud without each of them is made once, when a flow needs it."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.failures = single_failures(cloud)
        self._outages = {one: outage_of(cloud, (one,)) for one in self.failures}
        self._names = {one: _names(cloud, outage) for one, outage in self._outages.items()}
        self._clouds: dict[Failure, Cloud] = {}

    def losses(self, question: Question, path: Path) -> tuple[Loss, ...]:
        """Return the failures that end a flow with a reachable path, or a part of it."""
        met = frozenset(_met(question, path))
        every = (self.loss(one, question) for one in self.failures if not met.isdisjoint(self._names[one]))
        return tuple(loss for loss in every if loss is not None)

    def loss(self, failure: Failure, question: Question) -> Loss | None:
        """Return what a failure ends of a flow; None if the flow goes on."""
        left = self.without(failure)
        try:
            asked = parse(left, question.source, question.destination)
        except QuestionError as error:
            return Loss(failure, Extent.ENDS, str(error))
        paths = [trace(left, replace(asked, sources=(source,))) for source in asked.sources]
        blocked = [path for path in paths if path.verdict == "blocked"]
        if not blocked:
            return self._unsure(failure, question, paths)
        first = blocked[0]
        extent = Extent.PARTLY if len(blocked) < len(paths) else Extent.ENDS
        hop = first.denials[0]
        return Loss(failure, extent, f"{hop.component}: {hop.rule}", mend_of(self.cloud, failure, hop))

    def without(self, failure: Failure) -> Cloud:
        """Return the cloud without what a failure takes."""
        if failure not in self._clouds:
            self._clouds[failure] = without(self.cloud, self._outages[failure])
        return self._clouds[failure]

    def _unsure(self, failure: Failure, question: Question, paths: list[Path]) -> Loss | None:
        """Return the loss of a flow that may go on: its paths are not known, or an end of it may have failed too."""
        ends = (question.source, question.destination.partition(":")[0])
        doubted = next((doubt for doubt in self._outages[failure].doubts if doubt[0] in ends), None)
        if doubted is not None:
            return Loss(failure, Extent.UNKNOWN, doubted[1], mend_of_owner(self.cloud, doubted[0]))
        unknown = next((path for path in paths if path.verdict == "unknown"), None)
        return Loss(failure, Extent.UNKNOWN, f"it depends on {', '.join(unknown.unsettled)}") if unknown else None


def resilience(cloud: Cloud, *asked: tuple[Iterable[str], Iterable[str]]) -> Resilience:
    """Return the single failures that end the flows which work, each of some sources to each of some destinations."""
    study, classes, flows = Study(cloud), Classes(cloud), list[FlowResilience]()
    for sources, destinations in asked:
        targets = tuple(dict.fromkeys(destinations))
        flows += (one for group in sharing(cloud, sources) for one in _flows(study, classes, group, targets))
    return Resilience(tuple(flows), study.failures)


def _flows(
    study: Study, classes: Classes, group: Mapping[str, Hashable], targets: tuple[str, ...]
) -> Iterator[FlowResilience]:
    known: dict[Hashable, tuple[Loss, ...] | None] = {}
    for target in targets:
        if target in group:  # packets of a host to itself pass nothing that can fail alone
            continue
        joined: dict[tuple[Loss, ...], list[str]] = {}
        by_signer: dict[Hashable, list[str]] = {}
        for source, signer in group.items():
            if signer not in by_signer:
                losses = _losses(study, classes, source, target, known)
                by_signer[signer] = joined.setdefault(losses, []) if losses is not None else []
            by_signer[signer].append(source)
        yield from (FlowResilience(tuple(names), target, losses) for losses, names in joined.items())


def _losses(
    study: Study, classes: Classes, source: str, target: str, known: dict[Hashable, tuple[Loss, ...] | None]
) -> tuple[Loss, ...] | None:
    """Return the losses of a flow, None if it does not work; `known` are those from the same place."""
    try:
        question = parse(study.cloud, source, target)
    except QuestionError:
        return None
    key = _class_of(study.cloud, classes, question)
    if isinstance(question.target, HostDestination):
        key = (source, key)
    if key not in known:
        path = trace(study.cloud, question)
        known[key] = study.losses(question, path) if path.verdict == "reachable" else None
    return known[key]


def _class_of(cloud: Cloud, classes: Classes, question: Question) -> Hashable:
    vpcs = {
        vpc.id for one in question.sources if one.interface and (vpc := cloud.network.vpc_of_interface(one.interface))
    }
    if len(vpcs) != 1 or not all(one.interface for one in question.sources):
        return question.destination
    return classes.of(vpcs.pop(), question.target)


def _names(cloud: Cloud, outage: Outage) -> frozenset[str]:
    """Return the names by which a walk meets what an outage takes, or may take."""
    owners = {name for id_ in outage.interfaces for name in _of_interface(cloud.network.network_interfaces[id_])}
    attached = cloud.network.transit_gateway_attachments.values()
    passed = {str(one.transit_gateway_id) for one in attached if outage.subnets.intersection(map(str, one.subnet_ids))}
    return outage.targets.union(outage.attachments, owners, passed, (name for name, _ in outage.doubts))


def _of_interface(eni: NetworkInterface) -> tuple[str, ...]:
    return (eni.id, eni.owner_id, *eni.function_ids)


def _met(question: Question, path: Path) -> Iterator[str]:
    """Yield the names of everything that the walks for a path met."""
    for source in question.sources:
        yield from _of_interface(source.interface) if source.interface is not None else ()
    yield question.destination.partition(":")[0]
    for found in path.tried:
        if isinstance(found, Finding):
            yield from found.ruling.component.split("+")
            yield from _decided(found.ruling.decided_by)
            if isinstance(found.asks, Flow):
                ends = (found.asks.source.interface, found.asks.destination.interface)
                yield from (name for eni in ends if eni is not None for name in _of_interface(eni))


def _decided(rule: object) -> Iterator[str]:
    if isinstance(rule, Entry) and rule.route is not None:
        yield str(rule.route.target_id)
    if isinstance(rule, TransitEntry):
        yield str(rule.attachment_id)
