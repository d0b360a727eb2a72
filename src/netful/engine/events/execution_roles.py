"""Actions that Lambda takes with the role of a function: it reads its sources, and sends to destinations and dead letter queues."""

from collections.abc import Iterable, Iterator
from typing import Any

from netful.engine.events.event_source_mappings import MAPPING, event_source_mapping
from netful.engine.iam.encryption import needed
from netful.engine.iam.resource_policies import id_at
from netful.engine.iam.role_sessions import caller_of, refusal
from netful.engine.iam.service_actions import RequestedAction
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource, mapping
from netful.model.functions.function import Function

CONFIG = "AWS::Lambda::EventInvokeConfig"
READS = {
    "sqs": ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
    "dynamodb": ("dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:DescribeStream"),
    "kinesis": ("kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:DescribeStream"),
}
"""Actions on a source, by its service."""

_SENDS = {
    "sqs": "sqs:SendMessage",
    "sns": "sns:Publish",
    "lambda": "lambda:InvokeFunction",
    "events": "events:PutEvents",
    "s3": "s3:PutObject",
}
"""Action on a destination, by its service."""

RECORDS = "/aws/lambda/"
"""Beginning of the keys of records in a bucket, after the bucket's ARN."""


class Undelivered(Frozen):
    """A resource whose destination or dead letter queue its function may not send to: the action that the role lacks on a target."""

    place: Resource
    function_id: str
    action: str
    target: str


def lacking(cloud: Cloud, function: Function, actions: Iterable[str], arn: str) -> str:
    """Return the first action that a function's role does not allow; "" if it allows all, or is not known."""
    caller = caller_of(cloud, function)
    asked = (RequestedAction(action, arn) for action in actions)
    return next((one.action for one in asked if refusal(cloud, caller, one, cloud.region)), "")


def lacking_for(cloud: Cloud, function: Function, target: str) -> str:
    """Return the action that a function's role lacks to send to a target."""
    service = (*target.split(":"), "", "", "")[2]
    arn = f"{target}{RECORDS}" if service == "s3" else target
    return lacking(cloud, function, (_SENDS[service],), arn) if service in _SENDS else ""


def undelivered(cloud: Cloud) -> Iterator[Undelivered]:
    """Yield the destinations and dead letter queues that no role lets Lambda send to."""
    for resource in cloud.template.resources.values():
        function = cloud.compute.functions.get(_function_of(cloud, resource))
        for target in _targets(resource) if function else ():
            if isinstance(target, str) and target.startswith("arn:") and function:
                action = lacking_for(cloud, function, target)
                if action:
                    yield Undelivered(resource, function.id, action, target)


def undecrypted(cloud: Cloud) -> Iterator[Undelivered]:
    """Yield the mappings of encrypted queues whose function may not use the key: Lambda reads the messages with its role."""
    for resource in cloud.template.of_type(MAPPING):
        found = event_source_mapping(cloud, resource)
        function = cloud.compute.functions.get(found.function_id) if found else None
        if found is None or function is None:
            continue
        asked = RequestedAction("sqs:ReceiveMessage", found.source_arn)
        for _, more in needed(cloud, asked) if found.service == "sqs" else ():
            if refusal(cloud, caller_of(cloud, function), more, cloud.region):
                yield Undelivered(resource, function.id, more.action, id_at(cloud, more.resource))


def _function_of(cloud: Cloud, resource: Resource) -> str:
    if resource.type == MAPPING:
        found = event_source_mapping(cloud, resource)
        return found.function_id if found else ""
    if resource.type == CONFIG:
        return cloud.function_of(str(resource.properties.get("FunctionName")), resource.id)
    return resource.id


def _targets(resource: Resource) -> Iterator[Any]:
    yield mapping(resource.properties.get("DeadLetterConfig")).get("TargetArn")
    if resource.type in (CONFIG, MAPPING):
        for holder in mapping(resource.properties.get("DestinationConfig")).values():
            yield mapping(holder).get("Destination")
