"""AWS managed policies that functions often have: the action patterns that they allow, on any resource (lambda §1.7).

A policy that is not in the table may allow anything.
"""

from collections.abc import Mapping
from typing import Any

_AWS = ":iam::aws:policy/"
_LOGS = ("logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents")
_INTERFACES = (
    "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets", "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses",
)  # fmt: skip
_TRACES = (
    "xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets",
    "xray:GetSamplingStatisticSummaries",
)  # fmt: skip
_ACTIONS: dict[str, tuple[str, ...]] = {
    "AWSLambdaBasicExecutionRole": _LOGS,
    "AWSLambdaVPCAccessExecutionRole": (*_LOGS, *_INTERFACES),
    "AWSLambdaENIManagementAccess": _INTERFACES,
    "AWSLambdaSQSQueueExecutionRole": (
        *_LOGS, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
    ),
    "AWSLambdaDynamoDBExecutionRole": (
        *_LOGS, "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams",
    ),
    "AWSLambdaKinesisExecutionRole": (*_LOGS, "kinesis:Describe*", "kinesis:Get*", "kinesis:List*", "kinesis:SubscribeToShard"),
    "AWSXRayDaemonWriteAccess": _TRACES,
    "AWSXrayWriteOnlyAccess": _TRACES,
    "AdministratorAccess": ("*",),
    "AmazonAPIGatewayInvokeFullAccess": ("execute-api:Invoke", "execute-api:ManageConnections"),
    "AmazonAPIGatewayAdministrator": ("apigateway:*",),
    "AmazonS3FullAccess": ("s3:*", "s3-object-lambda:*"),
    "AmazonS3ReadOnlyAccess": ("s3:Get*", "s3:List*", "s3:Describe*", "s3-object-lambda:Get*", "s3-object-lambda:List*"),
    "AmazonSQSReadOnlyAccess": ("sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:List*"),
    "AmazonSSMReadOnlyAccess": ("ssm:Describe*", "ssm:Get*", "ssm:List*"),
    "AmazonSSMFullAccess": ("ssm:*", "cloudwatch:PutMetricData", "ds:*", "ec2:DescribeInstanceStatus", "ec2messages:*",
                            "iam:CreateServiceLinkedRole", "iam:DeleteServiceLinkedRole",
                            "iam:GetServiceLinkedRoleDeletionStatus", "logs:*", "ssmmessages:*"),
}  # fmt: skip


def statement(arn: str) -> Mapping[str, Any] | None:
    """Return a statement equivalent to a managed policy; None if its text is not known."""
    actions = _ACTIONS.get(arn.rpartition("/")[2]) if _AWS in arn else None
    return None if actions is None else {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
