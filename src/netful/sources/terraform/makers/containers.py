"""Containers of the task definitions of a plan, which the provider has as a JSON text."""

from collections.abc import Mapping
from typing import Any

from netful.model.core import Unknown
from netful.sources.terraform.plan.planned_resources import Planned
from netful.sources.terraform.translation import Completion, Translation

_READ = ("name", "portMappings", "containerPort", "hostPort")


def _containers(making: Translation, resource: Planned) -> dict[str, Any]:
    found = making.required(resource, "container_definitions")
    place = f"{resource.address}.container_definitions"
    is_text = isinstance(found, str)
    return {
        "ContainerDefinitions": Unknown(f"`{place}` is not JSON", (place,), of_stack=True) if is_text else _read(found)
    }


def _read(value: Any) -> Any:
    """Return the members that netful reads, in CloudFormation's spelling."""
    if isinstance(value, list):
        return [_read(one) for one in value]
    if isinstance(value, dict):
        return {name[0].upper() + name[1:]: _read(value[name]) for name in _READ if name in value}
    return value


COMPLETIONS: Mapping[str, Completion] = {"aws_ecs_task_definition": _containers}
