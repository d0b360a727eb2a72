"""Resources that start tasks on Fargate: services, rules, schedules, pipes and state machines."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from netful.engine.tasks.definition import SERVICE, is_fargate
from netful.model.cloud import Cloud
from netful.model.core import Resource, listed, mapping, mappings
from netful.sources.readers.state_machine_tasks import MACHINE, started

_TARGETS = {
    "AWS::Events::Rule": ("Targets", "EcsParameters"),
    "AWS::Scheduler::Schedule": ("Target", "EcsParameters"),
    "AWS::Pipes::Pipe": ("TargetParameters", "EcsTaskParameters"),
}
"""Types that start tasks: the property with their targets, and the one with the parameters of a task."""


def fargate_tasks(cloud: Cloud) -> Iterator[tuple[Resource, Resource]]:
    """Yield the resources that start tasks on Fargate, each with a task definition."""
    for owner in cloud.template.resources.values():
        for starting in _starting(owner):
            name = starting.get("TaskDefinitionArn", starting.get("TaskDefinition"))
            task = cloud.template.resources.get(cloud.named(name)) if isinstance(name, str) else None
            if task is not None and is_fargate(cloud, replace(owner, properties=dict(starting)), task):
                yield owner, task


def _starting(owner: Resource) -> Iterator[Mapping[str, Any]]:
    """Yield the properties by which a resource starts tasks."""
    if owner.type == SERVICE:
        yield owner.properties
    if owner.type == MACHINE:
        yield from started(owner.properties)
    targets, parameters = _TARGETS.get(owner.type, ("", ""))
    for target in mappings(listed(owner.properties.get(targets))):
        yield mapping(target.get(parameters))
