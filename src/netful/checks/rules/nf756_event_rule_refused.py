"""NF756: EventBridge refuses a rule or a schedule: its expression, its event bus, or a target without a role.

EventBridge checks the expression of a schedule when the rule is made. Its cron has six fields with the year, and a `?`
for one of the two days. Schedules of rules are on the default event bus alone, and rules reach state machines, streams
and tasks by a role. If one of these does not fit, the deployment fails.

Instead: Write `rate(5 minutes)` or `cron(0 9 * * ? *)`, use the default event bus, and give such targets a `RoleArn`.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.events.rule_refusals import rule_refusal


@Rule.of("EventBridge refuses the rule", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for resource in facts.cloud.template.resources.values():
        found = rule_refusal(resource)
        if found:
            message = f"{found.reason}: EventBridge refuses `{resource.id}`"
            yield Problem(resource.id, resource.origin_of(found.property), message, found.hint, cause=found.reason)
