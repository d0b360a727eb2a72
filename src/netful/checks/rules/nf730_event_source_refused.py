"""NF730: Lambda refuses an event source mapping: its settings, its queue, or a role that may not read the source (lambda §4.5).

Lambda reads a queue or a stream with the role of the function, and checks the role, the settings and the visibility
timeout of the queue when the mapping is made. If they do not fit, the deployment fails.

Instead: Allow the function's role to read the source, for a queue by `sqs:ReceiveMessage`, `sqs:DeleteMessage` and
`sqs:GetQueueAttributes`. Give the queue a visibility timeout of at least the function's timeout.
"""

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.events.event_source_mappings import MAPPING
from netful.engine.events.execution_roles import READS
from netful.engine.events.mapping_refusals import mapping_refusal

_HINTS = {
    "on SQS": f"the role needs {', '.join(READS['sqs'])}",
    ":kinesis:": f"the role needs {', '.join(READS['kinesis'])}",
    ":dynamodb:": f"the role needs {', '.join(READS['dynamodb'])}",
    "visibility timeout": "set the queue's `VisibilityTimeout` to the function's `Timeout` or more",
    "Maximum batch window": "set `MaximumBatchingWindowInSeconds: 1`, or `BatchSize: 10`",
    "startingPosition": "set `StartingPosition: LATEST`, or `TRIM_HORIZON`",
}
"""Changes by a phrase in Lambda's refusal."""


@Rule.of("Lambda refuses the event source mapping", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for resource in facts.cloud.template.of_type(MAPPING):
        why = mapping_refusal(facts.cloud, resource)
        if why:
            hint = next((hint for phrase, hint in _HINTS.items() if phrase in why), "change the mapping or its source")
            yield Problem.of(resource, f"`{resource.id}`: {why.rstrip('.')}", hint, Certainty.LIKELY)
