"""Targets that a service of AWS calls with a role: of schedules, rules, pipes, state machines and data sources of AppSync."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from netful.engine.events.senders import EVENTS, RULE, SCHEDULE, SCHEDULER
from netful.model.core import Frozen, Resource, at, every_part, mapping, mappings

_INVOKE = ":states:::lambda:invoke"


class RoleTarget(Frozen):
    """A target with the role for it, as written; `service` assumes the role."""

    service: str
    role: Any
    arn: Any


def role_targets(resource: Resource) -> Iterator[RoleTarget]:
    """Yield the targets that a resource calls with a role."""
    service, targets = _FOUND.get(resource.type, ("", lambda _: ()))
    yield from (RoleTarget(service, role, arn) for role, arn in targets(resource.properties))


def _of_rule(own: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    return ((one.get("RoleArn"), one.get("Arn")) for one in mappings(own.get("Targets")))


def _of_machine(own: Mapping[str, Any]) -> Iterator[tuple[Any, Any]]:
    """Yield the functions of tasks by their ARNs; those of a definition that is not known are left out."""
    for state in every_part(_definition(own)):
        task = mapping(state)
        named = task.get("Resource")
        if isinstance(named, str) and _INVOKE in named:
            named = at(task, "Parameters.FunctionName") or at(task, "Arguments.FunctionName")
        if task.get("Type") == "Task" and isinstance(named, str) and ":function:" in named:
            yield own.get("RoleArn"), named


def _definition(own: Mapping[str, Any]) -> Any:
    text = own.get("DefinitionString")
    try:
        text = text if isinstance(text, str) else json.dumps(own.get("Definition"))
        for name, value in mapping(own.get("DefinitionSubstitutions")).items():
            text = text.replace(f"${{{name}}}", value) if isinstance(value, str) else text
        return json.loads(text)
    except (TypeError, ValueError):  # not known, or not JSON
        return None


_Targets = Callable[[Mapping[str, Any]], Iterator[tuple[Any, Any]]]
_FOUND: Mapping[str, tuple[str, _Targets]] = {
    SCHEDULE: (SCHEDULER, lambda own: iter([(at(own, "Target.RoleArn"), at(own, "Target.Arn"))])),
    RULE: (EVENTS, _of_rule),
    "AWS::AppSync::DataSource": (
        "appsync.amazonaws.com",
        lambda own: iter([(own.get("ServiceRoleArn"), at(own, "LambdaConfig.LambdaFunctionArn"))]),
    ),
    "AWS::Pipes::Pipe": ("pipes.amazonaws.com", lambda own: iter([(own.get("RoleArn"), own.get("Target"))])),
    "AWS::StepFunctions::StateMachine": ("states.amazonaws.com", _of_machine),
}
"""The service that assumes the role, and the roles with their targets, by the type of the resource."""
