"""NF731: a role does not allow what a service sends with it: to a destination, a dead letter queue, or the target of a schedule, a rule, a pipe, a state machine or a data source (lambda §4.4).

Lambda sends to destinations and dead letter queues, and reads encrypted queues, with the role of the function.
EventBridge, its Scheduler and its pipes, Step Functions and AppSync call with the role that is written beside the
target. If the service may not assume the role, or the role lacks the action, events and invocations are lost,
executions fail, or the deployment fails.

Instead: Allow the action on the target in the role.
"""

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.events.execution_roles import undecrypted, undelivered
from netful.engine.events.role_targets import role_targets
from netful.engine.events.senders import role_refusal


@Rule.of("role does not allow the delivery", Severity.HIGH)
def check(facts: Facts) -> Problems:
    cloud = facts.cloud
    for lost in (*undelivered(cloud), *undecrypted(cloud)):
        target = cloud.named(lost.target)
        message = f"the role of `{lost.function_id}` does not allow `{lost.action}` on `{target}`"
        yield Problem.of(lost.place, message, f"allow `{lost.action}` on `{target}`", Certainty.LIKELY)
    for resource in cloud.template.resources.values():
        for one in role_targets(resource):
            why = role_refusal(cloud, {"RoleArn": one.role, "Arn": one.arn}, one.service)
            if why:
                message = (
                    f"`{resource.id}` does not invoke `{cloud.function_of(one.arn) or cloud.named(one.arn)}`: {why}"
                )
                hint = f"let the role do it, and let `{one.service}` assume it"
                yield Problem.of(resource, message, hint, Certainty.LIKELY)
