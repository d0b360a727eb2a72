"""IAM actions of the operations of services, and the ARNs of the resources that a request names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from netful.engine.iam import s3_action_names
from netful.model.core import Frozen
from netful.model.names.arns import aws_arn
from netful.model.names.generated.secret_names import with_suffix


class RequestedAction(Frozen):
    """An IAM action (`ssm:GetParameter`) and the resource's ARN; "" if not known.

    `alike` are further ARNs of the resource, such as those of a log group and of its streams. `keys` are condition keys that
    follow from members of the request; "" is the value of one that is missing.
    """

    action: str = ""
    resource: str = ""
    alike: tuple[str, ...] = ()
    keys: tuple[tuple[str, str], ...] = ()


class ResourceKind(Frozen):
    """A type of resource: the members of a request that name one, and the last parts of the ARNs for a name."""

    members: tuple[str, ...]
    named: Callable[[str], tuple[str, ...]]


# Services whose actions have another prefix than their endpoint code. That of a code with a dot is its first part: `ecr.api`.
_PREFIXES = {
    "kinesis-streams": "kinesis", "kinesis-firehose": "firehose", "monitoring": "cloudwatch", "email": "ses",
    "sync-states": "states", "aps-workspaces": "aps", "bedrock-agent": "bedrock", "bedrock-runtime": "bedrock",
    "bedrock-agent-runtime": "bedrock", "appconfigdata": "appconfig", "pinpoint": "mobiletargeting", "tagging": "tag",
    "cloudcontrolapi": "cloudformation", "memory-db": "memorydb", "git-codecommit": "codecommit",
    "servicecatalog-appregistry": "servicecatalog", "runtime-v2-lex": "lex", "transcribestreaming": "transcribe",
    "appmesh-envoy-management": "appmesh", "lambda-url": "lambda", "streams.dynamodb": "dynamodb",
    "bedrock-data-automation": "bedrock", "bedrock-data-automation-runtime": "bedrock",
    "forecastquery": "forecast", "personalize-runtime": "personalize", "personalize-events": "personalize",
    "rum-dataplane": "rum", "data-servicediscovery": "servicediscovery",
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
    ("bedrock", "Converse"): "InvokeModel",
    ("bedrock", "ConverseStream"): "InvokeModelWithResponseStream",
    ("bedrock", "StartAsyncInvoke"): "InvokeModel",
    **{("s3", operation): action for operation, action in s3_action_names.OPERATIONS.items()},
}
_UNSIGNED = {
    "cognito-idp": (
        "AssociateSoftwareToken ChangePassword CompleteWebAuthnRegistration ConfirmDevice ConfirmForgotPassword ConfirmSignUp "
        "DeleteUser DeleteUserAttributes DeleteWebAuthnCredential ForgetDevice ForgotPassword GetDevice GetTokensFromRefreshToken "
        "GetUser GetUserAttributeVerificationCode GetUserAuthFactors GlobalSignOut InitiateAuth ListDevices ListUserSessions "
        "ListWebAuthnCredentials ResendConfirmationCode RespondToAuthChallenge RevokeToken RevokeUserSession SetUserMFAPreference "
        "SetUserSettings SignUp StartWebAuthnRegistration UpdateAuthEventFeedback UpdateDeviceStatus UpdateUserAttributes "
        "VerifySoftwareToken VerifyUserAttribute"
    ),
    "cognito-identity": "GetCredentialsForIdentity GetId GetOpenIdToken UnlinkIdentity",
    "sts": "AssumeRoleWithSAML AssumeRoleWithWebIdentity",
}  # fmt: skip
WITHOUT_SIGNATURE = frozenset(f"{prefix}:{name}" for prefix, names in _UNSIGNED.items() for name in names.split())
"""Actions of unsigned requests: clients prove who they are by tokens and passwords, and need no role."""

_WITHOUT_ACTION = frozenset({
    ("dynamodb", "TransactWriteItems"), ("dynamodb", "TransactGetItems"),
    ("dynamodb", "ExecuteStatement"), ("dynamodb", "BatchExecuteStatement"), ("dynamodb", "ExecuteTransaction"),
    ("kms", "ReEncrypt"),
})  # fmt: skip


RESOURCES = {
    "ssm": ResourceKind(("Name",), lambda name: (f"parameter/{name.removeprefix('/')}",)),
    "dynamodb": ResourceKind(("TableName", "StreamArn", "ResourceArn"), lambda name: (f"table/{name}",)),
    "sqs": ResourceKind(("QueueUrl", "QueueName"), lambda url: (url.rpartition("/")[2],)),
    "sns": ResourceKind(("TopicArn", "TargetArn"), lambda name: (name,)),
    "secretsmanager": ResourceKind(("SecretId",), lambda name: (f"secret:{name}",)),
    "kms": ResourceKind(("KeyId",), lambda name: (name if name.startswith("alias/") else f"key/{name}",)),
    "rds-data": ResourceKind(("resourceArn",), lambda name: (f"cluster:{name}",)),
    "kinesis": ResourceKind(("StreamName", "StreamARN", "ResourceARN"), lambda name: (f"stream/{name}",)),
    "firehose": ResourceKind(("DeliveryStreamName",), lambda name: (f"deliverystream/{name}",)),
    "states": ResourceKind(("stateMachineArn", "executionArn", "activityArn"), lambda name: (f"stateMachine:{name}",)),
    "events": ResourceKind((), lambda name: (f"event-bus/{name}",)),
    "sts": ResourceKind(("RoleArn",), lambda name: (name,)),
    "ecr": ResourceKind(("repositoryName",), lambda name: (f"repository/{name}",)),
    "logs": ResourceKind(("logGroupName",), lambda name: (f"log-group:{name}:log-stream:", f"log-group:{name}")),
}
"""Types of resources by the prefix of their actions."""


def prefix_of(code: str) -> str:
    """Return the prefix of the actions of a service with this endpoint code."""
    return _PREFIXES.get(code, code.partition(".")[0])


def action_of(prefix: str, operation: str) -> str:
    """Return the IAM action of an operation (`s3:ListBucket` of `ListObjects`); "" if it has several, or none."""
    if not operation or (prefix, operation) in _WITHOUT_ACTION:
        return ""
    name = _ACTIONS.get((prefix, operation), operation)
    return f"{prefix}:{name}" if name else ""


def is_action(name: str) -> bool:
    """Return whether a name with a prefix may be an action of IAM, and not an operation that needs several or others."""
    prefix, _, operation = name.partition(":")
    return action_of(prefix, operation) == name


def on_resource(action: str, value: str, region: str, account_id: str) -> RequestedAction:
    """Return an action on the resource that a member of a request names; on an unknown one if it has no value."""
    prefix = action.partition(":")[0]
    kind = RESOURCES.get(prefix)
    if kind is None or not value:
        return RequestedAction(action)
    if prefix == "secretsmanager" and not value.startswith("arn:"):
        value = with_suffix(value, account_id, region)
    place = aws_arn(prefix, region, account_id, "")
    whole = value.startswith(("arn:", "+"))  # `+` begins a telephone number, which is a resource of its own
    arns = (value,) if whole else tuple(place + one for one in kind.named(value))
    return RequestedAction(action, arns[0] if arns else "", arns[1:])


def requested(
    prefix: str, operation: str, content: Mapping[str, Any], region: str, account_id: str
) -> tuple[RequestedAction, ...]:
    """Return the actions that the content of a request asks for, each with its resource: all of them must be allowed."""
    pairs = [*_PAIRS.get((prefix, operation), _same)(prefix, operation, content)] or [(operation, "")]
    keys = tuple((key, str(content.get(member, ""))) for member, key in _KEYS.get((prefix, operation), ()))
    found = (on_resource(action_of(prefix, one), value, region, account_id) for one, value in dict.fromkeys(pairs))
    return tuple(replace(one, keys=keys) if keys else one for one in found)


_KEYS = {("sts", "AssumeRole"): (("ExternalId", "sts:ExternalId"), ("RoleSessionName", "sts:RoleSessionName"))}
"""Members that are condition keys, by operation."""


Pairs = Iterable[tuple[str, str]]
"""Operations with one action, each with the name of its resource."""

# Members that name several resources, by operation: `[]` are the items of a list, `{}` the names in an object.
_NAMING = {
    ("ssm", "GetParameters"): "Names []",
    ("ssm", "DeleteParameters"): "Names []",
    ("ssm", "GetParametersByPath"): "Path",
    ("dynamodb", "BatchGetItem"): "RequestItems {}",
    ("dynamodb", "BatchWriteItem"): "RequestItems {}",
    ("events", "PutEvents"): "Entries [] EventBusName",
    ("events", "PutPermission"): "EventBusName",
    ("events", "RemovePermission"): "EventBusName",
    ("events", "DeleteEventBus"): "Name",
}
_USUAL = dict.fromkeys((("events", name) for name in ("PutEvents", "PutPermission", "RemovePermission")), "default")
_FURTHER = {("sns", "Publish"): ("PhoneNumber",), ("sns", "CreateTopic"): ("Name",)}


def _same(prefix: str, operation: str, content: Mapping[str, Any]) -> Pairs:
    """Return the operation for each resource that its request names."""
    path = _NAMING.get((prefix, operation))
    if path is not None:
        usual = _USUAL.get((prefix, operation), "")
        return ((operation, one if isinstance(one, str) and one else usual) for one in _at(content, path.split()))
    members = RESOURCES[prefix].members if prefix in RESOURCES else ()
    members += _FURTHER.get((prefix, operation), ())
    found = next((value for name in members if (value := content.get(name)) and isinstance(value, str)), "")
    return ((operation, found),)


def _at(value: Any, steps: list[str]) -> Iterator[Any]:
    """Yield the values at a path of members; None for a member that is missing."""
    if not steps:
        yield value
        return
    step, *more = steps
    inner: Iterable[Any] = ()
    if isinstance(value, Mapping):
        inner = value if step == "{}" else (value.get(step),)
    elif isinstance(value, list) and step == "[]":
        inner = value
    for one in inner:
        yield from _at(one, more)


def _of_table(_prefix: str, operation: str, content: Mapping[str, Any]) -> Pairs:
    """Return the operation on a table, or on its index."""
    table, index = content.get("TableName"), content.get("IndexName")
    return ((operation, f"{table}/index/{index}" if index else table),) if isinstance(table, str) else ()


_ITEMS = {
    "Get": "GetItem",
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}


def _of_transaction(_prefix: str, _operation: str, content: Mapping[str, Any]) -> Pairs:
    for part, action in _ITEMS.items():
        for name in _at(content, ["TransactItems", "[]", part, "TableName"]):
            if isinstance(name, str):
                yield action, name


_STATEMENT = re.compile(
    r"""\s*(?:EXISTS\s*\(\s*)?(?:(?P<verb>SELECT)\b.*?\bFROM|(?P<other>INSERT|UPDATE|DELETE)(?:\s+(?:INTO|FROM))?)\s+"""
    r"""(?:"(?P<quoted>[^"]+)"|(?P<table>\w+))(?:\."(?P<index>[^"]+)")?""",
    re.IGNORECASE | re.DOTALL,
)


def _of_statements(_prefix: str, _operation: str, content: Mapping[str, Any]) -> Pairs:
    """Yield the actions of statements in PartiQL."""
    places = (["Statement"], ["Statements", "[]", "Statement"], ["TransactStatements", "[]", "Statement"])
    for text in (one for place in places for one in _at(content, place)):
        found = _STATEMENT.match(text) if isinstance(text, str) else None
        if found:
            index = f"/index/{found['index']}" if found["index"] else ""
            yield f"PartiQL{(found['verb'] or found['other']).title()}", (found["quoted"] or found["table"]) + index


def _of_ciphertext(_prefix: str, _operation: str, content: Mapping[str, Any]) -> Pairs:
    """Yield the actions on the keys of a ciphertext before and after."""
    for action, member in (("ReEncryptFrom", "SourceKeyId"), ("ReEncryptTo", "DestinationKeyId")):
        yield action, str(content.get(member, ""))


_PAIRS: dict[tuple[str, str], Callable[[str, str, Mapping[str, Any]], Pairs]] = {
    ("dynamodb", "Query"): _of_table,
    ("dynamodb", "Scan"): _of_table,
    ("dynamodb", "TransactWriteItems"): _of_transaction,
    ("dynamodb", "TransactGetItems"): _of_transaction,
    ("dynamodb", "ExecuteStatement"): _of_statements,
    ("dynamodb", "BatchExecuteStatement"): _of_statements,
    ("dynamodb", "ExecuteTransaction"): _of_statements,
    ("kms", "ReEncrypt"): _of_ciphertext,
}
