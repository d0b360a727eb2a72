"""NF111: a Fargate task cannot fetch its image or secrets, or send its logs, from its subnet (hosts §ECS)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from netful.checks.facts.cloud_facts import Facts
from netful.checks.facts.values import listed, mapping, mappings
from netful.checks.findings.finding import Problem, Severity
from netful.checks.rules.rule import Rule
from netful.model.core.resource import Resource

_OWN_REGISTRY = re.compile(r"\d{12}\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?/.*")
_REGISTRY = ("aws:ecr.api", "aws:ecr.dkr", "aws:s3")


def _find(facts: Facts) -> Iterator[Problem]:
    for service in facts.of_type("AWS::ECS::Service"):
        name = service.properties.get("TaskDefinition")
        task = facts.cloud.template.resources.get(facts.cloud.named(name)) if isinstance(name, str) else None
        if task is None or not _is_fargate(service, task):
            continue
        needs = {destination: what for what, destination in _needs(facts, task)}
        blocked = facts.blocked(service.id, needs)
        if blocked:
            kinds = dict.fromkeys(needs[destination] for destination in blocked)
            what = " and ".join(f"{kind} ({', '.join(d for d in blocked if needs[d] == kind)})" for kind in kinds)
            first = next(iter(blocked.values()))
            yield Problem(
                service.id,
                service.origin,
                f"a task of `{service.id}` does not start in each of its subnets: one does not lead to its {what}",
                first.hint or "add endpoints for these, or a route to a NAT gateway",
                path=first,
            )


def _is_fargate(service: Resource, task: Resource) -> bool:
    """Return whether Fargate runs the tasks: on instances, the instance fetches images and sends logs."""
    providers = [
        str(one.get("CapacityProvider")) for one in mappings(service.properties.get("CapacityProviderStrategy"))
    ]
    if "LaunchType" in service.properties or providers:
        return service.properties.get("LaunchType") == "FARGATE" or any(p.startswith("FARGATE") for p in providers)
    return listed(task.properties.get("RequiresCompatibilities")) == ["FARGATE"]


def _needs(facts: Facts, task: Resource) -> Iterator[tuple[str, str]]:
    """Return what the containers need before they start, and where it is."""
    for container in mappings(task.properties.get("ContainerDefinitions")):
        image = container.get("Image")
        if isinstance(image, str):
            own = _OWN_REGISTRY.fullmatch(image)
            places = ("internet",) if own is None else _REGISTRY if own["region"] == facts.cloud.region else ()
            yield from (("image", place) for place in places)
        for secret in mappings(container.get("Secrets")):
            value = secret.get("ValueFrom")
            if isinstance(value, str):
                yield (
                    "secrets",
                    "aws:secretsmanager" if value.startswith("arn:") and ":secretsmanager:" in value else "aws:ssm",
                )
        if mapping(container.get("LogConfiguration")).get("LogDriver") == "awslogs":
            yield "logs", "aws:logs"


RULE = Rule(
    id="NF111",
    slug="task-cannot-start",
    title="task cannot fetch its image, secrets or logs",
    severity=Severity.HIGH,
    why=(
        "Fargate fetches the image and the secrets of a task, and sends its logs, through the task's own interface. Without "
        "a path to ECR (its API, its registry, and S3 for the layers), Secrets Manager or Parameter Store, and CloudWatch "
        "Logs, the task stops with `ResourceInitializationError` or `CannotPullContainerError`."
    ),
    instead=(
        "Give the subnet a route to a NAT gateway, the task a public address in a public subnet, or the VPC interface endpoints "
        "for `ecr.api`, `ecr.dkr`, `logs` and `secretsmanager`, and a gateway endpoint for S3."
    ),
    find=_find,
)
