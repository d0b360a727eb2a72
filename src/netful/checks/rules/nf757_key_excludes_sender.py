"""NF757: the key of a queue or a topic excludes the service that sends to it.

SNS, EventBridge, S3 and the alarms of CloudWatch ask KMS themselves when they send to an encrypted queue or topic. The
policy of a key of AWS (`alias/aws/sqs`, `alias/aws/sns`) does not admit them and cannot be changed, and that of your
own key must name the service. Otherwise the messages are lost without an error; S3 refuses the bucket.

Instead: Use a key of your own whose policy allows `kms:GenerateDataKey*` and `kms:Decrypt` to the service, or for a
queue `SqsManagedSseEnabled: true` without a key.
"""

from netful.checks.rules.rule import Certainty, Facts, Problem, Problems, Rule, Severity
from netful.engine.events.encrypted_targets import closed_key, messages


@Rule.of("key of a queue or topic excludes its sender", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for resource in facts.cloud.template.resources.values():
        for sending in messages(facts.cloud, resource):
            why = closed_key(facts.cloud, sending)
            if why:
                target = facts.cloud.named(sending.target)
                message = f"`{resource.id}` cannot send to `{target}`, which {why}"
                hint = f"use a key whose policy lets `{sending.service}` use `kms:GenerateDataKey*` and `kms:Decrypt`"
                yield Problem.of(resource, message, hint, Certainty.LIKELY)
