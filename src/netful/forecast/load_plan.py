"""Plan of a load: steps of steady loads, one after the other, as a file of TOML describes them.

[[steps]]
seconds = 10
loads = ["OrdersApi GET /prod/orders=20/80", "Worker=5/200"]

`netful load` sends them; `netful forecast` predicts the highest rate of each.
"""

import tomllib
from collections.abc import Iterable
from pathlib import Path

import msgspec

from netful.forecast.load import words
from netful.model.core import Origin, QuestionError, SourceError
from netful.sources.files.unreadable import text_of

_HINT = '`[[steps]]` with `seconds = 10` and `loads = ["OrdersFn=120/80"]`'


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Loads at the same time, in the form of `--load`, for some seconds."""

    seconds: float
    loads: tuple[str, ...]


class _Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    steps: tuple[Step, ...]


def read(file: Path) -> tuple[Step, ...]:
    """Return the steps of a plan; raise SourceError if it has none, or is not understood."""
    try:
        steps = msgspec.convert(tomllib.loads(text_of(file)), _Plan).steps
    except ValueError as fault:  # of TOML, and of its members
        raise SourceError("the plan is not understood", origin=Origin(str(file)), why=str(fault), hint=_HINT) from None
    if not steps:
        raise SourceError("the plan has no steps", origin=Origin(str(file)), hint=_HINT)
    check(steps)
    return steps


def check(steps: Iterable[Step]) -> None:
    """Raise QuestionError for a step that sends nothing."""
    for step in steps:
        if not step.loads or any(words(load).rate * step.seconds < 1 for load in step.loads):
            loads = ", ".join(f"`{load}`" for load in step.loads) or "no load"
            raise QuestionError(f"a step of {step.seconds:g} s with {loads} sends less than one request", hint=_HINT)


def peaks(steps: Iterable[Step]) -> tuple[str, ...]:
    """Return each load of a plan at its highest rate."""
    found: dict[str, str] = {}
    for load in (load for step in steps for load in step.loads):
        name, rate, _ = words(load)
        if name not in found or rate > words(found[name]).rate:
            found[name] = load
    return tuple(found.values())
