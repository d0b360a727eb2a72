"""Verification of expectations: each one passed, failed, or unknown because a value is missing."""

from collections.abc import Callable, Iterable
from typing import Any, Literal

from netful.checks.expectations import Expectation
from netful.checks.facts.apis import throttle_of
from netful.checks.facts.cloud_facts import Facts
from netful.checks.findings.finding import Severity
from netful.checks.registry import rule_named
from netful.checks.run import check
from netful.engine.flows.path import Path
from netful.engine.routing.subnet_kinds import subnet_kind
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.apis.stage import Stage
from netful.model.core import Frozen, NetfulError, QuestionError, Unknown

Result = Literal["passed", "failed", "unknown"]
_STACK = ("stack", "the stack")


class Outcome(Frozen):
    """The result of an expectation. `reason` is empty if it passed; `path` is the traced path."""

    expectation: Expectation
    result: Result
    reason: str = ""
    path: Path | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as plain data."""
        document: dict[str, Any] = {
            "expectation": self.expectation.text,
            "origin": str(self.expectation.origin),
            "result": self.result,
            "reason": self.reason or None,
        }
        return {**document, "path": self.path.to_json()} if self.path and self.result != "passed" else document


def verify(facts: Facts, expectations: Iterable[Expectation]) -> tuple[Outcome, ...]:
    """Return the outcome of each expectation. Raise QuestionError with its line if it names a thing that does not exist."""
    return tuple(_verified(facts, expectation) for expectation in expectations)


def _verified(facts: Facts, expectation: Expectation) -> Outcome:
    try:
        return _VERIFIERS[expectation.kind](facts, expectation)
    except NetfulError as error:
        raise QuestionError(error.what, origin=expectation.origin, why=error.why, hint=error.hint) from None


def _reach(facts: Facts, expectation: Expectation) -> Outcome:
    parts = expectation.parts
    path = trace(facts.cloud, parse(facts.cloud, parts["source"], parts["destination"]))
    wanted = "reachable" if parts["verb"].lower() == "can" else "blocked"
    if path.verdict == "unknown":
        return Outcome(expectation, "unknown", f"missing: {', '.join(path.unsettled)}", path)
    if path.verdict != wanted:
        return Outcome(expectation, "failed", _blocked(path) if wanted == "reachable" else "it is reachable", path)
    avoided = _not_passed(path, [name.strip() for name in parts.get("via", "").split(",") if name.strip()])
    if avoided:
        passed = ", ".join(hop.component for hop in path.hops)
        return Outcome(expectation, "failed", f"it does not pass `{avoided}` in this order; it passes {passed}", path)
    return Outcome(expectation, "passed", path=path)


def _blocked(path: Path) -> str:
    first = path.denials[0]
    return f"{path.symptom} at hop {first.n}: {first.kind} {first.component}: {first.rule} ({first.origin})"


def _not_passed(path: Path, names: list[str]) -> str:
    """Return the first of some components that the path does not pass in their order."""
    hops = iter(path.hops)
    return next(
        (name for name in names if not any(name == hop.component or name in hop.rule.split() for hop in hops)), ""
    )


def _enis(facts: Facts, expectation: Expectation) -> Outcome:
    cloud, written = facts.cloud, expectation.parts["count"].lower()
    id_ = cloud.named(expectation.parts["id"])
    wanted = 0 if written == "no" else int(written)
    function = cloud.compute.functions.get(id_)
    if function and (isinstance(function.subnet_ids, Unknown) or isinstance(function.security_group_ids, Unknown)):
        return Outcome(expectation, "unknown", f"the subnets or groups of `{id_}` are not known")
    if id_.lower() in _STACK:
        enis = tuple(cloud.network.network_interfaces.values())
    elif id_ in cloud.network.vpcs:
        enis = tuple(
            e
            for e in cloud.network.network_interfaces.values()
            if (v := cloud.network.vpc_of_interface(e)) and v.id == id_
        )
    elif id_ in cloud.network.subnets:
        enis = tuple(e for e in cloud.network.network_interfaces.values() if e.subnet_id == id_)
    elif id_ in cloud.compute.functions or id_ in cloud.template.resources:
        enis = cloud.network.interfaces_of(id_)
    else:
        raise QuestionError(f"there is no `{id_}`", hint="`netful show` lists everything")
    return _compared(expectation, wanted, len(enis))


def _throttle(facts: Facts, expectation: Expectation) -> Outcome:
    parts = expectation.parts
    api = facts.cloud.apis.by_id.get(facts.cloud.named(parts["id"]))
    if api is None:
        raise QuestionError(f"there is no API `{parts['id']}`", hint="`netful show` lists everything")
    method = parts["method"].upper()
    fitting = [route for route in api.routes if route.path == parts["path"] and route.http_method in (method, "ANY")]
    if not fitting:
        raise QuestionError(
            f"`{api.id}` has no route `{method} {parts['path']}`", hint="`netful show` lists its routes"
        )
    stages = facts.cloud.apis.stages_of(api.id) or (Stage("", api.id, ""),)
    given = [throttle_of(api, stage, fitting[0]) for stage in stages]
    if any(isinstance(value, Unknown) for throttle in given for value in throttle):
        return Outcome(expectation, "unknown", "its throttle is not known")
    wanted = (float(parts["rate"]), int(parts["burst"]))
    wrong = next((throttle for throttle in given if throttle != wanted), None)
    if wrong:
        return Outcome(expectation, "failed", f"it is throttled at {wrong[0]:g}/{wrong[1]}")
    return Outcome(expectation, "passed")


def _kind(facts: Facts, expectation: Expectation) -> Outcome:
    id_, wanted = facts.cloud.named(expectation.parts["id"]), expectation.parts["kind"].lower()
    api = facts.cloud.apis.by_id.get(id_)
    if api is not None:
        return _compared(expectation, wanted, "private" if api.private else "public")
    if id_ not in facts.cloud.network.subnets:
        raise QuestionError(f"there is no subnet or API `{id_}`", hint="`netful show` lists everything")
    kind = subnet_kind(facts.cloud, id_)
    return (
        Outcome(expectation, "unknown", "its routes are not known")
        if kind == "unknown"
        else _compared(expectation, wanted, kind)
    )


def _findings(facts: Facts, expectation: Expectation) -> Outcome:
    rule, severity = expectation.parts.get("rule"), expectation.parts.get("severity", "info").lower()
    if severity not in [*Severity]:
        raise QuestionError(f"there is no severity `{severity}`", hint=", ".join(Severity))
    found = [
        f for f in check(facts, [rule_named(rule)] if rule else None) if f.severity.rank >= Severity(severity).rank
    ]
    if found:
        first = found[0]
        more = f", and {len(found) - 1} more" if len(found) > 1 else ""
        return Outcome(expectation, "failed", f"{first.id} {first.severity} at {first.origin}: {first.message}{more}")
    return Outcome(expectation, "passed")


def _compared(expectation: Expectation, wanted: object, given: object) -> Outcome:
    return Outcome(expectation, "passed") if wanted == given else Outcome(expectation, "failed", f"it is {given}")


_VERIFIERS: dict[str, Callable[[Facts, Expectation], Outcome]] = {
    "reach": _reach,
    "enis": _enis,
    "throttle": _throttle,
    "kind": _kind,
    "findings": _findings,
}
