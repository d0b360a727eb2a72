"""IAM actions of the operations of services, and the ARNs of the resources that a request names."""

from __future__ import annotations

from collections.abc import Callable

from netful.model.core import Frozen
from netful.model.names.generated.secret_names import with_suffix


class RequestedAction(Frozen):
    """An IAM action (`ssm:GetParameter`) and the resource's ARN; "" if not known.

    `alike` are further ARNs of the resource, such as those of a log group and of its streams.
    """

    action: str = ""
    resource: str = ""
    alike: tuple[str, ...] = ()


class ResourceKind(Frozen):
    """A type of resource: the members of a request that name one, and the last parts of the ARNs for a name."""

    members: tuple[str, ...]
    named: Callable[[str], tuple[str, ...]]


# Services whose actions have another prefix than their endpoint code.
_PREFIXES = {
    "kinesis-streams": "kinesis", "kinesis-firehose": "firehose", "monitoring": "cloudwatch", "email": "ses",
    "sync-states": "states", "ecr.api": "ecr", "sagemaker.api": "sagemaker", "sagemaker.runtime": "sagemaker",
}  # fmt: skip

# Operations for which IAM has another action, or several.
_ACTIONS = {
    ("sqs", "SendMessageBatch"): "SendMessage",
    ("sqs", "DeleteMessageBatch"): "DeleteMessage",
    ("sqs", "ChangeMessageVisibilityBatch"): "ChangeMessageVisibility",
    ("sns", "PublishBatch"): "Publish",
    ("lambda", "Invoke"): "InvokeFunction",
    ("lambda", "InvokeWithResponseStream"): "InvokeFunction",
    ("lambda", "GetLayerVersionByArn"): "GetLayerVersion",
    ("s3", "ListBuckets"): "ListAllMyBuckets",
    ("s3", "ListObjects"): "ListBucket",
    ("s3", "HeadBucket"): "ListBucket",
    ("s3", "HeadObject"): "GetObject",
}
_WITHOUT_ACTION = frozenset({
    ("dynamodb", "TransactWriteItems"), ("dynamodb", "TransactGetItems"),
    ("dynamodb", "ExecuteStatement"), ("dynamodb", "BatchExecuteStatement"), ("dynamodb", "ExecuteTransaction"),
    ("kms", "ReEncrypt"),
})  # fmt: skip


def _key(key_id: str) -> tuple[str, ...]:
    return () if key_id.startswith("alias/") else (f"key/{key_id}",)


RESOURCES = {
    "ssm": ResourceKind(("Name",), lambda name: (f"parameter/{name.removeprefix('/')}",)),
    "dynamodb": ResourceKind(("TableName",), lambda name: (f"table/{name}",)),
    "sqs": ResourceKind(("QueueUrl", "QueueName"), lambda url: (url.rpartition("/")[2],)),
    "sns": ResourceKind(("TopicArn", "TargetArn"), lambda name: (name,)),
    "secretsmanager": ResourceKind(("SecretId",), lambda name: (f"secret:{name}",)),
    "kms": ResourceKind(("KeyId",), _key),
    "rds-data": ResourceKind(("resourceArn",), lambda name: (f"cluster:{name}",)),
    "kinesis": ResourceKind(("StreamName", "StreamARN"), lambda name: (f"stream/{name}",)),
    "states": ResourceKind(("stateMachineArn",), lambda name: (f"stateMachine:{name}",)),
    "logs": ResourceKind(("logGroupName",), lambda name: (f"log-group:{name}:log-stream:", f"log-group:{name}")),
}
"""Types of resources by the prefix of their actions."""


def prefix_of(code: str) -> str:
    """Return the prefix of the actions of a service with this endpoint code."""
    return _PREFIXES.get(code, code)


def action_of(prefix: str, operation: str) -> str:
    """Return the IAM action of an operation (`s3:ListBucket` of `ListObjects`); "" if it has several, or none."""
    if not operation or (prefix, operation) in _WITHOUT_ACTION:
        return ""
    return f"{prefix}:{_ACTIONS.get((prefix, operation), operation)}"


def on_resource(action: str, value: str, region: str, account_id: str) -> RequestedAction:
    """Return an action on the resource that a member of a request names; on an unknown one if it has no value."""
    prefix = action.partition(":")[0]
    kind = RESOURCES.get(prefix)
    if kind is None or not value:
        return RequestedAction(action)
    if prefix == "secretsmanager" and not value.startswith("arn:"):
        value = with_suffix(value, account_id, region)
    place = f"arn:aws:{prefix}:{region}:{account_id}:"
    arns = (value,) if value.startswith("arn:") else tuple(place + one for one in kind.named(value))
    return RequestedAction(action, arns[0] if arns else "", arns[1:])
