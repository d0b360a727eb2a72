"""Services that send messages to functions and queues, and what lets them: a policy of the target, or a role.

| sender | a function lets it by | a queue lets it by |
|---|---|---|
| topic, subscription | an `AWS::Lambda::Permission` for `sns.amazonaws.com` | its policy |
| rule of EventBridge | the same for `events.amazonaws.com`, or the target's role | its policy, or the target's role |
| bucket | the same for `s3.amazonaws.com` | its policy |
| rule of EventBridge, bucket, to a topic | | its policy |
| schedule of EventBridge Scheduler | the schedule's role | the same |
"""

from collections.abc import Iterator, Mapping
from typing import Any

from netful.engine.authorization.permissions import function_of
from netful.engine.authorization.service_permissions import permits
from netful.engine.iam import resource_policies, role_sessions
from netful.engine.iam.service_actions import RequestedAction
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource, mapping, mappings
from netful.model.resource_arns import rule_path

SNS, EVENTS, S3, SCHEDULER = (f"{name}.amazonaws.com" for name in ("sns", "events", "s3", "scheduler"))
RULE, SCHEDULE = "AWS::Events::Rule", "AWS::Scheduler::Schedule"
_SESSION = "EventBridgeScheduler"
_ACTIONS = {
    "lambda": "lambda:InvokeFunction",
    "sqs": "sqs:SendMessage",
    "sns": "sns:Publish",
    "states": "states:StartExecution",
}
"""Actions of the targets of schedules, by the target's service."""


class Sending(Frozen):
    """A service that sends to a target for a resource, the `source`: both are ARNs."""

    service: str
    source: str
    target: str


def sendings(cloud: Cloud, resource: Resource) -> Iterator[Sending]:
    """Yield the targets of a resource that need a policy which lets its service send."""
    for service, source, target in _SENT.get(resource.type, _nothing)(cloud, resource):
        if isinstance(source, str) and isinstance(target, str):
            yield Sending(service, source, target)


def admits(cloud: Cloud, sending: Sending) -> bool | None:
    """Return whether a queue or topic lets a service send; None if that is not known, or the target is of another kind or not of the cloud."""
    of_messages = sending.target.split(":")[2:3] in (["sqs"], ["sns"])
    if not of_messages or cloud.named(sending.target) not in cloud.template.resources:
        return None
    return resource_policies.admits(cloud, sending.target, sending.service, sending.source)


def may_invoke(cloud: Cloud, sending: Sending) -> bool:
    """Return whether a service may invoke a function; one that the cloud does not have is taken to let it, as a permission that is not known."""
    there = function_of(cloud, sending.target) in cloud.compute.functions
    return not there or permits(cloud, sending.service, sending.source, sending.target) is not False


def role_refusal(cloud: Cloud, target: Mapping[str, Any], service: str = SCHEDULER) -> str:
    """Return why the role of a target does not let a service send to it; "" if it does, or is not known."""
    role, arn = target.get("RoleArn"), target.get("Arn")
    if not isinstance(role, str) or not isinstance(arn, str):
        return ""
    regional = service.replace(".", f".{cloud.region}.", 1)
    if not role_sessions.may_assume(cloud.access.role_named(role), service, regional):
        return f"`{service}` may not assume its role"
    action = _ACTIONS.get((*arn.split(":"), "", "", "")[2], "")
    caller = role_sessions.task_caller(cloud, role, _SESSION)
    refused = action and role_sessions.refusal(cloud, caller, RequestedAction(action, arn), cloud.region)
    return f"its role does not allow `{action}`" if refused else ""


def rule_arn(cloud: Cloud, rule: Resource) -> str:
    """Return the ARN of a rule of EventBridge."""
    named = rule.properties.get("Name")
    path = rule_path(rule.properties.get("EventBusName"), named if isinstance(named, str) else rule.id)
    return cloud.arn("events", f"rule/{path}", rule.id)


_Sent = Iterator[tuple[str, Any, Any]]


def _nothing(_cloud: Cloud, _resource: Resource) -> _Sent:
    yield from ()


def _of_subscription(_cloud: Cloud, one: Resource) -> _Sent:
    if one.properties.get("Protocol") in ("sqs", "lambda"):
        yield SNS, one.properties.get("TopicArn"), one.properties.get("Endpoint")


def _of_topic(_cloud: Cloud, topic: Resource) -> _Sent:
    for own in mappings(topic.properties.get("Subscription")):
        if own.get("Protocol") in ("sqs", "lambda"):
            yield SNS, topic.ref, own.get("Endpoint")


def _of_rule(cloud: Cloud, rule: Resource) -> _Sent:
    for target in mappings(rule.properties.get("Targets")):
        if not target.get("RoleArn"):
            yield EVENTS, rule_arn(cloud, rule), target.get("Arn")


def _of_bucket(cloud: Cloud, bucket: Resource) -> _Sent:
    configured = mapping(bucket.properties.get("NotificationConfiguration"))
    arn = cloud.arn("s3", str(bucket.properties.get("BucketName") or bucket.id), bucket.id)
    for kind, name in _NOTIFIED.items():
        yield from ((S3, arn, one.get(name)) for one in mappings(configured.get(kind)))


_NOTIFIED = {"QueueConfigurations": "Queue", "TopicConfigurations": "Topic", "LambdaConfigurations": "Function"}
_SENT = {
    "AWS::SNS::Subscription": _of_subscription,
    "AWS::SNS::Topic": _of_topic,
    RULE: _of_rule,
    "AWS::S3::Bucket": _of_bucket,
}
