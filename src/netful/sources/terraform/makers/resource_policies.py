"""Policies of queues, topics and secrets of a plan: those of an argument of their resource, and those that are resources."""

from collections.abc import Mapping

from netful.sources.terraform.plan.planned_resources import Planned
from netful.sources.terraform.translation import Maker, Translation

_POLICY = ".policy"
_OWN = {
    "aws_secretsmanager_secret": "aws_secretsmanager_secret_policy",
    "aws_sns_topic": "aws_sns_topic_policy",
    "aws_sqs_queue": "aws_sqs_queue_policy",
}
"""Types with an argument `policy`, each with the type of the resource that says the same."""

_KINDS = {
    "aws_secretsmanager_secret_policy": (
        "AWS::SecretsManager::ResourcePolicy",
        "secret_arn",
        "SecretId",
        "ResourcePolicy",
    ),
    "aws_sns_topic_policy": ("AWS::SNS::TopicPolicy", "arn", "Topics", "PolicyDocument"),
    "aws_sqs_queue_policy": ("AWS::SQS::QueuePolicy", "queue_url", "Queues", "PolicyDocument"),
}
"""CloudFormation's types, by the provider's; the argument and the property that name the resource; the property with the text."""
_SEVERAL = ("Topics", "Queues")


def _policy(making: Translation, resource: Planned) -> None:
    _, named, _, _ = _KINDS[resource.type]
    _put(making, resource, resource.type, making.value(resource, named))


def _own_policy(making: Translation, resource: Planned) -> None:
    """Make the policy that a resource has as an argument; the provider computes one that is not written."""
    if "policy" in resource.expressions or isinstance(resource.values.get("policy"), str):
        _put(making, resource, _OWN[resource.type], {"Ref": resource.address}, _POLICY)


def _put(making: Translation, resource: Planned, kind: str, target: object, part: str = "") -> None:
    type_, _, holder, text = _KINDS[kind]
    properties = {holder: [target] if holder in _SEVERAL else target, text: making.value(resource, "policy")}
    making.put(resource, type_, properties, part)


MAKERS: Mapping[str, Maker] = {**dict.fromkeys(_KINDS, _policy), **dict.fromkeys(_OWN, _own_policy)}
