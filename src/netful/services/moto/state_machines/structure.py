"""Structure of a definition in the Amazon States Language: faults for which Step Functions refuses it, however its tasks are.

| fault | code |
|---|---|
| a machine without `StartAt` or `States`, a state of no type, or without `Next` and `End` | `SCHEMA_VALIDATION_FAILED` |
| a transition to a state that its machine does not have | `MISSING_TRANSITION_TARGET` |

The resource of a task is not required: where a template is run with values that are not known, it is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from netful.model.core import Frozen, mapping, mappings

_GO_ON = ("Map", "Parallel", "Pass", "Task", "Wait")
_TYPES = (*_GO_ON, "Choice", "Fail", "Succeed")


class Fault(Frozen):
    """A fault of a definition, and its place as a JSON pointer."""

    code: str
    message: str
    place: str

    def __str__(self) -> str:
        return f"{self.code}: {self.message} at {self.place or '/'}"


def faults(machine: Any, place: str = "") -> Iterator[Fault]:
    """Yield the faults of a machine, and of those in its states. Raises RecursionError for one that is too deep."""
    missing = [name for name in ("StartAt", "States") if name not in mapping(machine)]
    if missing:
        yield _required(missing, place)
        return
    states = mapping(machine["States"])
    yield from _transition(machine, "StartAt", states, place)
    for name, state in states.items():
        yield from _of_state(mapping(state), states, f"{place}/States/{name}")


def _of_state(state: Mapping[str, Any], states: Mapping[str, Any], place: str) -> Iterator[Fault]:
    kind = state.get("Type")
    if kind not in _TYPES:
        yield Fault("SCHEMA_VALIDATION_FAILED", f"The value of Type must be one of {', '.join(_TYPES)}", place)
        return
    if kind in _GO_ON and "Next" not in state and "End" not in state:
        yield _required(["End or Next"], place)
    for name in ("Next", "Default"):
        yield from _transition(state, name, states, place)
    for name in ("Catch", "Choices"):
        for number, one in enumerate(mappings(state.get(name))):
            yield from _transition(one, "Next", states, f"{place}/{name}[{number}]")
    for number, branch in enumerate(mappings(state.get("Branches"))):
        yield from faults(branch, f"{place}/Branches[{number}]")
    for name in ("ItemProcessor", "Iterator"):
        if name in state:
            yield from faults(state[name], f"{place}/{name}")


def _transition(one: Mapping[str, Any], name: str, states: Mapping[str, Any], place: str) -> Iterator[Fault]:
    target = one.get(name)
    if isinstance(target, str) and target not in states:
        yield Fault("MISSING_TRANSITION_TARGET", f"Missing '{name}' target: {target}", f"{place}/{name}")


def _required(names: list[str], place: str) -> Fault:
    return Fault("SCHEMA_VALIDATION_FAILED", f"These fields are required: [{', '.join(names)}]", place)
