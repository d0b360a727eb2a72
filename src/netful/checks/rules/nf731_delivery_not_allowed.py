"""NF731: a role does not allow what a service sends with it: to a destination, a dead letter queue, or the target of a schedule (lambda §4.4)."""

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.events.execution_roles import undelivered
from netful.engine.events.senders import SCHEDULE, role_refusal
from netful.model.core import mapping


@Rule.of(
    title="role does not allow the delivery",
    severity=Severity.HIGH,
    why=(
        "Lambda sends to destinations and dead letter queues with the role of the function, and EventBridge Scheduler "
        "invokes its target with the role of the schedule. If the role lacks the action, failed events and scheduled "
        "invocations are lost, or the deployment fails."
    ),
    instead="Allow the action on the target in the role.",
)
def check(facts: Facts) -> Problems:
    cloud = facts.cloud
    for lost in undelivered(cloud):
        target = cloud.named(lost.target)
        message = f"the role of `{lost.function_id}` does not allow `{lost.action}` on `{target}`"
        yield Problem.of(lost.place, message, f"allow `{lost.action}` on `{target}`", Certainty.LIKELY)
    for schedule in facts.of_type(SCHEDULE):
        why = role_refusal(cloud, mapping(schedule.properties.get("Target")))
        if why:
            hint = "let the role do it, and let `scheduler.amazonaws.com` assume it"
            yield Problem.of(schedule, f"`{schedule.id}` invokes nothing: {why}", hint, Certainty.LIKELY)
