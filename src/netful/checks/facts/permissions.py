"""Permissions of a role: whether it grants an action, and the services of its actions."""

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from netful.checks.facts.handler import Handler
from netful.engine.iam import policies
from netful.engine.iam.role_sessions import boundary_of
from netful.engine.iam.service_actions import action_of, prefix_of
from netful.model.core import listed
from netful.model.functions.function import Role
from netful.model.names import service_names

Grant = policies.Outcome

# AWS's managed policies that allow Lambda to create a function's interfaces (lambda §1.7).
_ENI_POLICIES = (
    "AWSLambdaVPCAccessExecutionRole",
    "AWSLambdaENIManagementAccess",
    "AWSLambdaMSKExecutionRole",
    "AdministratorAccess",
    "PowerUserAccess",
    "AmazonEC2FullAccess",
    "AmazonVPCFullAccess",
)

_INTERFACES = {"Effect": "Allow", "Action": "ec2:*NetworkInterface*", "Resource": "*"}

# Calls that Lambda makes for a function, outside its VPC: logs, traces, polling, interfaces (lambda §1.1).
_BY_LAMBDA = (
    "logs:*", "xray:*", "ec2:*networkinterface*", "ec2:describe*", "ec2:*privateipaddresses", "sqs:receivemessage",
    "sqs:deletemessage*", "sqs:getqueueattributes", "sqs:getqueueurl", "sqs:changemessagevisibility*", "kinesis:get*",
    "kinesis:describe*", "kinesis:list*", "kinesis:subscribetoshard", "dynamodb:getrecords", "dynamodb:getsharditerator",
    "dynamodb:describestream", "dynamodb:liststreams", "kafka:*", "kafka-cluster:*", "mq:describebroker",
    "iam:passrole", "lambda:*layer*",
)  # fmt: skip

_OF_CODE = frozenset({"lambda:SourceFunctionArn"})
"""Keys that calls of a function's own code have, and Lambda's calls for it have not (newer-aws §9.1)."""

# Key operations that these services execute for their caller, outside of its network: the function makes no such call.
_OF_KEYS = (
    "kms:decrypt",
    "kms:encrypt",
    "kms:generatedatakey*",
    "kms:reencrypt*",
    "kms:describekey",
    "kms:creategrant",
)
_WITH_KEYS = (
    "dynamodb",
    "elasticfilesystem",
    "firehose",
    "kinesis",
    "s3",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "states",
)


def grants(role: Role, action: str, region: str = "") -> Grant:
    """Return whether a role allows Lambda an action on some resource of a Region; unknown if a policy's text is not known."""
    if _is_limited(role, action):
        return "deny"
    outcome = _decision(role, action, region).outcome
    if outcome == "deny" and (_hidden(role) or any(not isinstance(s, Mapping) for s in role.statements)):
        return "unknown"
    return outcome


def _decision(role: Role, action: str, region: str) -> policies.Decision:
    given = [_INTERFACES] if makes_interfaces(role) else []
    document = {"Statement": [*given, *(s for s in role.statements if isinstance(s, Mapping))]}
    keys = {"aws:RequestedRegion": region} if region else {}
    return policies.evaluate(document, policies.PolicyRequest(action, context=keys, absent=_OF_CODE))


def makes_interfaces(role: Role) -> bool:
    """Return whether one of AWS's managed policies of a role allows Lambda to create a function's interfaces."""
    return any(str(arn).rpartition("/")[2] in _ENI_POLICIES for arn in role.managed_policy_arns)


def interface_remedy(role: Role, action: str, region: str) -> str:
    """Return the change by which a role allows an action on a function's interfaces."""
    decision = _decision(role, action, region)
    if _is_limited(role, action):
        return f"allow the actions in the permissions boundary of `{role.id}`"
    if decision.may_deny or (decision.outcome == "deny" and decision.statement):
        return f"remove the statement of `{role.id}` that denies the actions"
    return f"attach `AWSLambdaVPCAccessExecutionRole` to `{role.id}`"


def _is_limited(role: Role, action: str) -> bool:
    """Return whether a role's permissions boundary does not allow an action; one whose text is not known may allow it."""
    limit = boundary_of(role)
    return limit is not None and policies.evaluate(limit, policies.PolicyRequest(action)).outcome == "deny"


def _hidden(role: Role) -> bool:
    """Return whether a role has a managed policy whose text is not known: one that does not belong to AWS."""
    return any(":iam::aws:" not in str(arn) for arn in role.managed_policy_arns)


# Methods of boto3 that are not an operation of the service.
_OPERATION_OF_METHOD = {
    "download_file": "GetObject",
    "download_fileobj": "GetObject",
    "upload_file": "PutObject",
    "upload_fileobj": "PutObject",
}


def called_on(handler: Handler, code: str) -> set[str]:
    """Return the actions that a handler's code calls on a service, in lower case (`s3:getobject`)."""
    methods = {call.method for call in handler.calls if service_names.service(call.service).code == code}
    operations = {_OPERATION_OF_METHOD.get(method, method.title().replace("_", "")) for method in methods}
    return {action_of(prefix_of(code), operation).lower() for operation in operations}


def called_actions(role: Role) -> Iterator[str]:
    """Return the allowed actions that a function itself would call."""
    allowed = [*_allowed_actions(role)]
    keyed = any(action.partition(":")[0].lower() in _WITH_KEYS for action in allowed)
    for action in allowed:
        if not _is_one_of(action, _BY_LAMBDA) and not (keyed and _is_one_of(action, _OF_KEYS)):
            yield action


def _allowed_actions(role: Role) -> Iterator[str]:
    for statement in role.statements:
        if isinstance(statement, Mapping) and statement.get("Effect") == "Allow":
            actions = (action for action in listed(statement.get("Action")) if isinstance(action, str))
            yield from (action for action in actions if ":" in action)


def _is_one_of(action: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(action.lower(), pattern) for pattern in patterns)
