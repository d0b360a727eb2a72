"""NF111: a Fargate task cannot fetch its image or secrets, or send its logs, from its subnet (hosts §ECS)."""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.tasks.definition import is_fargate
from netful.engine.tasks.needs import needs_of


@Rule.of(
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
)
def check(facts: Facts) -> Problems:
    for service in facts.of_type("AWS::ECS::Service"):
        name = service.properties.get("TaskDefinition")
        task = facts.cloud.template.resources.get(facts.cloud.named(name)) if isinstance(name, str) else None
        if task is None or not is_fargate(service, task):
            continue
        needs = {need.destination: need.kind for need in needs_of(task.properties, facts.cloud.region_of(task.id))}
        blocked = facts.blocked(service.id, needs)
        if blocked:
            kinds = dict.fromkeys(needs[destination] for destination in blocked)
            what = ", ".join(f"{kind} ({', '.join(d for d in blocked if needs[d] == kind)})" for kind in kinds)
            first = next(iter(blocked.values()))
            yield Problem.of(
                service,
                f"a task of `{service.id}` does not start in each of its subnets: one does not lead to its {what}",
                first.hint or "add endpoints for these, or a route to a NAT gateway",
                path=first,
            )
