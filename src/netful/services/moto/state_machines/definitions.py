"""Definitions of state machines: recorded if they have a machine's structure, and reported if the interpreter cannot read them.

The interpreter knows no express executions of a distributed map, so it runs them as standard ones: their effect is the same. It
reads no whole number as a percentage of failures, and 170 characters in a millisecond, so a long definition is read on a thread of its own.
"""

from __future__ import annotations

import json
import threading
from typing import Any

from netful.services.backends.frames import NOT_RUN, MachineEvent
from netful.services.moto.state_machines import quotas
from netful.services.moto.state_machines.outlet import Outlet
from netful.services.moto.state_machines.structure import Fault, faults

_EXPECTED = " expecting {"  # the parser lists its whole grammar
_FAILING = ("batch", "glue")
"""Services that the stack does not have."""

_READ_AT_ONCE = 20_000
_CONFIGURATION, _TYPE, _PERCENTAGE = "ProcessorConfig", "ExecutionType", "ToleratedFailurePercentage"


def hook(backend: Any, invalid: type[Exception], outlet: Outlet) -> None:
    """Record a definition that the interpreter cannot read, as long as it has the structure of one."""
    from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser  # noqa: PLC0415  # loaded late

    parser: Any = AmazonStateLanguageParser
    parse = parser.parse
    read, create, update = backend._validate_definition, backend.create_state_machine, backend.update_state_machine  # noqa: SLF001  # there is no public way

    def validate(definition: str) -> None:
        quotas.check_definition(definition, invalid)
        if found := _faults(definition):
            raise invalid(f"Invalid State Machine Definition: '{', '.join(map(str, found))}'")

    def report(arn: str, definition: str) -> None:
        why = ""
        try:
            read(definition)
        except invalid as refused:
            problem: Any = refused.__context__
            found: list[object] = [*(getattr(problem, "errors", None) or problem.args)]
            text = "; ".join(str(one).partition(_EXPECTED)[0] for one in found)
            why = f"is recorded only, and its executions fail: {text}"
        else:
            failing = [one for one in _FAILING if f":states:::{one}:" in definition]
            why = f"has tasks of {' and '.join(failing)}, which fail here" if failing else ""
        outlet.send(MachineEvent(arn, "", NOT_RUN, why))

    def reported(machine: Any) -> Any:
        given = machine.arn, machine.definition
        if len(machine.definition) <= _READ_AT_ONCE:
            report(*given)
        else:
            threading.Thread(target=report, args=given, daemon=True).start()
        return machine

    parser.parse = staticmethod(lambda definition: parse(_with_plain_maps(definition)))
    backend._validate_definition = staticmethod(validate)  # noqa: SLF001  # the same
    backend.create_state_machine = lambda *own, **given: reported(create(*own, **given))
    backend.update_state_machine = lambda *own, **given: reported(update(*own, **given))


def hook_validation(responses: Any) -> None:
    """Answer ValidateStateMachineDefinition, which moto does not have."""
    result = responses.ActionResult

    def validate_state_machine_definition(answer: Any) -> Any:
        found = [
            {"severity": "ERROR", "code": one.code, "message": one.message, "location": one.place}
            for one in _faults(answer._get_param("definition"))  # noqa: SLF001  # there is no public way
        ]
        return result({"result": "FAIL" if found else "OK", "diagnostics": found, "truncated": False})

    responses.StepFunctionResponse.validate_state_machine_definition = validate_state_machine_definition


def _faults(definition: str) -> list[Fault]:
    try:
        return [*faults(json.loads(definition))]
    except (ValueError, RecursionError) as error:
        return [Fault("INVALID_JSON_DESCRIPTION", str(error), "")]


def _with_plain_maps(definition: str) -> str:
    """Return a definition whose distributed maps have standard executions, and a decimal fraction as a percentage of failures."""
    if f'"{quotas.EXPRESS}"' not in definition and _PERCENTAGE not in definition:
        return definition

    def plain(value: dict[str, Any]) -> dict[str, Any]:
        configuration, percentage = value.get(_CONFIGURATION), value.get(_PERCENTAGE)
        if isinstance(configuration, dict) and configuration.get(_TYPE) == quotas.EXPRESS:
            value = {**value, _CONFIGURATION: {**configuration, _TYPE: "STANDARD"}}
        return {**value, _PERCENTAGE: float(percentage)} if isinstance(percentage, int) else value

    return json.dumps(json.loads(definition, object_hook=plain))
