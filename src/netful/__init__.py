"""netful: the network half of serverless, made real on one machine.

    import netful

    network = netful.load("template.yaml")
    assert network.can_reach("OrdersFn", "aws:ssm")

    with netful.up("template.yaml") as stack:
        print(stack.invoke("OrdersFn", {"id": 7}).json())

The names below are the public API (docs/reference/python.md); everything else in the package may change. They are imported
when they are first used, since most of the package does not need them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netful.checks.difference import Difference, Flow
    from netful.checks.findings.finding import Certainty, Finding, Severity
    from netful.checks.verify import Outcome
    from netful.engine.failures.failure import Failure
    from netful.engine.failures.mending import Mend
    from netful.engine.failures.resilience import FlowResilience, Loss, Resilience
    from netful.engine.flows.path import Hop, Path, Symptom
    from netful.engine.trace.matrix import Cell, Matrix, Row
    from netful.library.answers import Invocation, Response
    from netful.library.network import Network, load
    from netful.library.reach import Reach
    from netful.library.stack import Stack, connect
    from netful.library.text import text
    from netful.library.up import up
    from netful.model.core import (
        ConsentError,
        MissingExtraError,
        NetfulError,
        NoResponseError,
        Origin,
        QuestionError,
        RightsError,
        SourceError,
        StackError,
        UnknownAnswerError,
    )
    from netful.stack.probe_outcome import Attempt, Prediction, Probe

__all__ = (
    "Attempt",
    "Cell",
    "Certainty",
    "ConsentError",
    "Difference",
    "Failure",
    "Finding",
    "Flow",
    "FlowResilience",
    "Hop",
    "Invocation",
    "Loss",
    "Matrix",
    "Mend",
    "MissingExtraError",
    "NetfulError",
    "Network",
    "NoResponseError",
    "Origin",
    "Outcome",
    "Path",
    "Prediction",
    "Probe",
    "QuestionError",
    "Reach",
    "Resilience",
    "Response",
    "RightsError",
    "Row",
    "Severity",
    "SourceError",
    "Stack",
    "StackError",
    "Symptom",
    "UnknownAnswerError",
    "connect",
    "load",
    "text",
    "up",
)

_PLACES = {
    "netful.checks.difference": ("Difference", "Flow"),
    "netful.checks.findings.finding": ("Certainty", "Finding", "Severity"),
    "netful.checks.verify": ("Outcome",),
    "netful.engine.failures.failure": ("Failure",),
    "netful.engine.failures.mending": ("Mend",),
    "netful.engine.failures.resilience": ("FlowResilience", "Loss", "Resilience"),
    "netful.engine.flows.path": ("Hop", "Path", "Symptom"),
    "netful.engine.trace.matrix": ("Cell", "Matrix", "Row"),
    "netful.library.answers": ("Invocation", "Response"),
    "netful.library.network": ("Network", "load"),
    "netful.library.reach": ("Reach",),
    "netful.library.stack": ("Stack", "connect"),
    "netful.library.text": ("text",),
    "netful.library.up": ("up",),
    "netful.model.core.errors": (
        "ConsentError", "MissingExtraError", "NetfulError", "NoResponseError", "QuestionError", "RightsError", "SourceError", "StackError",
        "UnknownAnswerError",
    ),
    "netful.model.core.origin": ("Origin",),
    "netful.stack.probe_outcome": ("Attempt", "Prediction", "Probe"),
}  # fmt: skip


def __getattr__(name: str) -> Any:
    from importlib import import_module  # noqa: PLC0415  # most of the package never asks

    for module, names in _PLACES.items():
        if name in names:
            value = globals()[name] = getattr(import_module(module), name)
            return value
    raise AttributeError(f"module `netful` has no attribute `{name}`", name=name, obj=None)


def __dir__() -> list[str]:
    return sorted(__all__)
