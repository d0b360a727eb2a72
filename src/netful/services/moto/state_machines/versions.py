"""Versions and aliases of state machines: executions by their ARNs, and the operations of versions, which moto lacks.

A template's version has the number that the request contains (`deploy.keys_and_machines`), and replaces the one that had it.
"""

from __future__ import annotations

from random import choices
from typing import Any

from netful.services.deploy.kinds.keys_and_machines import NUMBER_MEMBER


def hook() -> None:
    """Add the operations, and have executions start by the ARN of a version or an alias."""
    from moto.stepfunctions.parser import models  # noqa: PLC0415  # the service is loaded late
    from moto.stepfunctions.parser.backend.execution import Execution  # noqa: PLC0415
    from moto.stepfunctions.responses import StepFunctionResponse  # noqa: PLC0415

    _follow_aliases(models.StepFunctionsParserBackend, Execution)
    _add_operations(StepFunctionResponse)


def _follow_aliases(backend: Any, execution: Any) -> None:
    """Have an alias lead to one of its versions, by their weights; a version runs as its machine does."""
    describe, begin, made = backend.describe_state_machine, backend.start_execution, execution.__init__

    def described(own: Any, arn: str) -> Any:
        machine, _, end = arn.rpartition(":")
        aliases = (one for one in own.state_machines if one.arn == machine and end in one.aliases)
        alias = next((one.aliases[end] for one in aliases), None)
        if alias is None:
            return describe(own, arn)
        routes = alias.routing_configuration
        chosen = choices(routes, [one.get("weight", 100) for one in routes])[0]  # noqa: S311  # a share of traffic
        return describe(own, chosen["stateMachineVersionArn"])

    def begun(own: Any, arn: str, *given: Any, **more: Any) -> Any:
        found = described(own, arn)
        if not hasattr(found, "backend"):  # a version: its machine has the executions
            machine = describe(own, found.source_arn)
            found.backend, found.executions, found.type = own, machine.executions, machine.type
            found._handle_name_input_idempotency = machine._handle_name_input_idempotency  # noqa: SLF001  # there is no public way
        found.sm_type = found.type
        return begin(own, found.arn, *given, **more)

    def of_machine(own: Any, *given: Any, **more: Any) -> None:
        made(own, *given, **more)
        own.state_machine_arn = getattr(own.state_machine, "source_arn", own.state_machine_arn)

    backend.describe_state_machine, backend.start_execution = described, begun
    execution.__init__ = of_machine


def _add_operations(responses: Any) -> None:
    from moto.core.responses import ActionResult, EmptyResult  # noqa: PLC0415  # the same

    def machine_of(answer: Any, arn: str) -> Any:
        return answer.stepfunction_backend.describe_state_machine(arn)

    def publish(answer: Any) -> Any:
        machine, number = machine_of(answer, answer._get_param("stateMachineArn")), answer._get_param(NUMBER_MEMBER)  # noqa: SLF001  # the same
        latest = machine.latest_version
        if number is not None or latest is None or _revised(machine, latest):
            last = machine.latest_version_number
            machine.latest_version_number = last if number is None else number - 1
            machine.publish(answer._get_param("description") or None)  # noqa: SLF001  # the same
            latest = machine.latest_version
            machine.latest_version_number = max(last, machine.latest_version_number)
        return ActionResult({"creationDate": latest.creation_date, "stateMachineVersionArn": latest.arn})

    def list_(answer: Any) -> Any:
        versions = machine_of(answer, answer._get_param("stateMachineArn")).versions  # noqa: SLF001  # the same
        listed = [versions[number] for number in sorted(versions, reverse=True)]
        named = [{"stateMachineVersionArn": one.arn, "creationDate": one.creation_date} for one in listed]
        return ActionResult({"stateMachineVersions": named})

    def delete(answer: Any) -> Any:
        from moto.core.exceptions import AWSError  # noqa: PLC0415  # the same

        arn = answer._get_param("stateMachineVersionArn")  # noqa: SLF001  # the same
        machine_arn, _, number = arn.rpartition(":")
        machine = machine_of(answer, machine_arn)
        routes = [route for alias in machine.aliases.values() for route in alias.routing_configuration]
        if any(route["stateMachineVersionArn"] == arn for route in routes):
            raise AWSError(f"Version to be deleted must not be referenced by an alias: {arn}", "ConflictException", 400)
        machine.versions.pop(int(number), None)
        return EmptyResult()

    responses.publish_state_machine_version = publish
    responses.list_state_machine_versions = list_
    responses.delete_state_machine_version = delete


def _revised(machine: Any, version: Any) -> bool:
    """Return whether a machine has changed since a version of it was published."""
    members = ("definition", "roleArn", "loggingConfiguration", "tracingConfiguration")
    return any(getattr(machine, one) != getattr(version, one) for one in members)
