"""NF111: a Fargate task cannot fetch its image or secrets, or send its logs, from its subnet (hosts §ECS).

Fargate fetches the image and the secrets of a task, and sends its logs, through the task's own interface. Without a
path to ECR (its API, its registry, and S3 for the layers), Secrets Manager or Parameter Store, and CloudWatch Logs, the
task stops with `ResourceInitializationError` or `CannotPullContainerError`.

Instead: Give the subnet a route to a NAT gateway, the task a public address in a public subnet, or the VPC interface
endpoints for `ecr.api`, `ecr.dkr`, `logs` and `secretsmanager`, and a gateway endpoint for S3.
"""

from netful.checks.facts.fargate_tasks import fargate_tasks
from netful.checks.facts.proof import way_out
from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.files.mounts import PORT, targets_of, zones_without
from netful.engine.tasks.definition import file_system_of, volumes_of
from netful.engine.tasks.needs import needs_of
from netful.model.core import Resource


@Rule.of("task cannot fetch its image, secrets or logs", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for owner, task in fargate_tasks(facts.cloud):
        needs = {need.destination: need.kind for need in needs_of(task.properties, facts.cloud.region_of(task.id))}
        systems = {file_system_of(facts.cloud, volume) for volume in volumes_of(task).values()} - {""}
        needs |= {f"{system}:tcp/{PORT}": "file system" for system in sorted(systems)}
        blocked = facts.blocked(owner.id, needs)
        if blocked:
            kinds = dict.fromkeys(needs[destination] for destination in blocked)
            what = ", ".join(f"{kind} ({', '.join(d for d in blocked if needs[d] == kind)})" for kind in kinds)
            first = next(iter(blocked.values()))
            yield Problem.of(
                owner,
                f"a task of `{owner.id}` cannot start in all of its subnets: one does not lead to its {what}",
                way_out(blocked),
                path=first,
            )
        yield from (problem for system in sorted(systems) for problem in _without_mount_target(facts, owner, system))


def _without_mount_target(facts: Facts, owner: Resource, system: str) -> Problems:
    """Find the zones of tasks in which a file system has no mount target."""
    if targets_of(facts.cloud, system):  # else they are elsewhere
        for zone in zones_without(facts.cloud, system, facts.cloud.network.interfaces_of(owner.id)):
            message = f"a task of `{owner.id}` does not start in {zone}: `{system}`, which it mounts, has no mount target there"
            yield Problem.of(owner, message, f"add a mount target in a subnet of {zone}", Certainty.LIKELY)
