"""Actions that Lambda takes for a function, with the function's role and outside its network (lambda §1.1).

They put failed events, or the results of asynchronous invocations, into a queue, topic, bus, bucket or function.
"""

from collections.abc import Iterator
from typing import Any

from netful.model.cloud import Cloud
from netful.model.core import Unknown, mapping
from netful.model.functions.function import Function

_ACTION_OF_TYPE = {
    "AWS::SQS::Queue": "sqs:sendmessage",
    "AWS::SNS::Topic": "sns:publish",
    "AWS::Events::EventBus": "events:putevents",
    "AWS::Lambda::Function": "lambda:invokefunction",
    "AWS::S3::Bucket": "s3:putobject",
}
_ACTION_OF_SERVICE = {action.partition(":")[0]: action for action in _ACTION_OF_TYPE.values()}
_CONFIGURED = ("AWS::Lambda::EventInvokeConfig", "AWS::Lambda::EventSourceMapping")


def lambda_destinations(cloud: Cloud, function: Function) -> set[str]:
    """Return the actions, in lower case, by which Lambda reaches a function's destinations and dead-letter queue."""
    return {action for target in _targets(cloud, function) if (action := _action(cloud, target))}


def _targets(cloud: Cloud, function: Function) -> Iterator[Any]:
    resources = cloud.template.resources
    own = resources.get(function.id)
    if own is not None:
        yield mapping(own.properties.get("DeadLetterConfig")).get("TargetArn")
    for resource in resources.values():
        if resource.type in _CONFIGURED and function.id in resource.references:
            for holder in mapping(resource.properties.get("DestinationConfig")).values():
                yield mapping(holder).get("Destination")


def _action(cloud: Cloud, target: Any) -> str:
    """Return the action that sends to a destination, by its ARN or by the resource that an unknown ARN needs."""
    if isinstance(target, str):
        service = target.split(":")[2:3] if target.startswith("arn:") else []
        return _ACTION_OF_SERVICE.get("".join(service), "")
    named = (
        one.type for one in cloud.template.resources.values() if isinstance(target, Unknown) and target.is_of(one.id)
    )
    return next((_ACTION_OF_TYPE[type_] for type_ in named if type_ in _ACTION_OF_TYPE), "")
