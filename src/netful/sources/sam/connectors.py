"""Connectors: `AWS::Serverless::Connector`, and the `Connectors` of a resource → policies and permissions.

What a function may do there becomes a policy of its role; who may invoke a function becomes a permission. Connections that
neither grant a function anything nor invoke one have nothing to do with its network, and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from netful.sources.files.marked import MarkedMap
from netful.sources.sam.making import Maker, get_att, identifier, marked, members, ref, serverless_kind
from netful.sources.template.template import Template

_FUNCTION = "AWS::Lambda::Function"
_TABLE = (
    ("GetItem", "Query", "Scan", "BatchGetItem", "ConditionCheckItem", "PartiQLSelect"),
    ("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLDelete", "PartiQLInsert", "PartiQLUpdate"),
)
# What a function may do there: the service, and the actions to read and to write.
_GRANTS: dict[str, tuple[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "AWS::DynamoDB::Table": ("dynamodb", _TABLE),
    "AWS::SQS::Queue": (
        "sqs",
        (
            ("ReceiveMessage", "GetQueueAttributes"),
            ("DeleteMessage", "SendMessage", "ChangeMessageVisibility", "PurgeQueue"),
        ),
    ),
    "AWS::SNS::Topic": ("sns", ((), ("Publish",))),
    _FUNCTION: ("lambda", ((), ("InvokeAsync", "InvokeFunction"))),
    "AWS::Events::EventBus": ("events", ((), ("PutEvents",))),
    "AWS::StepFunctions::StateMachine": (
        "states",
        (("DescribeStateMachine", "DescribeExecution", "ListExecutions"), ("StartExecution", "StartSyncExecution")),
    ),
    "AWS::S3::Bucket": ("s3", (("GetObject", "ListBucket"), ("PutObject", "DeleteObject", "AbortMultipartUpload"))),
}
_INVOKERS = {
    "AWS::ApiGateway::RestApi": "apigateway.amazonaws.com",
    "AWS::ApiGatewayV2::Api": "apigateway.amazonaws.com",
    "AWS::Events::Rule": "events.amazonaws.com",
    "AWS::S3::Bucket": "s3.amazonaws.com",
    "AWS::SNS::Topic": "sns.amazonaws.com",
}
_EXECUTE = "arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${Source}/*"


def expand(template: Template) -> None:
    """Make what the connectors of a template stand for; all other resources are expanded by then."""
    for logical_id, resource in list(template.resources.items()):
        if not isinstance(resource, MarkedMap):
            continue
        if serverless_kind(resource) == "Connector":
            properties = resource.get("Properties")
            if isinstance(properties, MarkedMap):
                _connect(Maker(template, logical_id, resource), logical_id, _id(properties.get("Source")), properties)
        written = resource.get("Connectors")
        for name, connector in written.items() if isinstance(written, MarkedMap) else ():
            properties = connector.get("Properties") if isinstance(connector, MarkedMap) else None
            if isinstance(properties, MarkedMap):
                made = Maker(template, logical_id, resource)
                _connect(made, f"{logical_id}{identifier(name)}", logical_id, properties)


def _id(named: Any) -> str:
    """The logical id of an end that is of the template; "" of one that is described otherwise."""
    found = named.get("Id") if isinstance(named, MarkedMap) else None
    return found if isinstance(found, str) else ""


def _connect(maker: Maker, name: str, source: str, properties: MarkedMap) -> None:
    ends = members(properties.get("Destination"))
    modes = [mode for mode in members(properties.get("Permissions")) if mode in ("Read", "Write")]
    for number, end in enumerate(ends):
        made = name if len(ends) == 1 else f"{name}Destination{number}"
        kinds = _type(maker, source), _type(maker, _id(end))
        if kinds[0] == _FUNCTION and kinds[1] in _GRANTS:
            _grant(maker, made, source, _id(end), kinds[1], modes, properties)
        elif kinds[0] in _INVOKERS and kinds[1] == _FUNCTION:
            _permit(maker, f"{made}WriteLambdaPermission", source, _id(end), kinds[0], properties)


def _type(maker: Maker, logical_id: str) -> str:
    resource = maker.template.resources.get(logical_id)
    return str(resource.get("Type")) if isinstance(resource, MarkedMap) else ""


def _grant(maker: Maker, name: str, source: str, end: str, kind: str, modes: list[str], like: MarkedMap) -> None:
    """A policy of the function's role, where the template makes that role."""
    role = maker.template.resources[source].get("Properties", {}).get("Role")
    written = role.get("Fn::GetAtt") if isinstance(role, MarkedMap) else None
    role_id = written.split(".")[0] if isinstance(written, str) else written[0] if isinstance(written, list) else None
    if role_id not in maker.template.resources:
        return
    statements = list(_statements(end, kind, modes))
    policy = {"PolicyDocument": {"Version": "2012-10-17", "Statement": statements}, "Roles": [ref(str(role_id))]}
    maker.make(f"{name}Policy", "AWS::IAM::ManagedPolicy", policy, like)


def _statements(end: str, kind: str, modes: list[str]) -> Iterator[dict[str, Any]]:
    service, (reads, writes) = _GRANTS[kind]
    arn = ref(end) if kind in ("AWS::SNS::Topic", "AWS::StepFunctions::StateMachine") else get_att(end, "Arn")
    resources: list[Any] = [arn]
    if service in ("dynamodb", "s3"):
        tail = "/index/*" if service == "dynamodb" else "/*"
        resources.append({"Fn::Sub": ["${Arn}" + tail, {"Arn": arn}]})
    for mode, actions in (("Read", reads), ("Write", writes)):
        if mode in modes and actions:
            yield {"Effect": "Allow", "Action": [f"{service}:{action}" for action in actions], "Resource": resources}


def _permit(maker: Maker, name: str, source: str, function: str, kind: str, like: MarkedMap) -> None:
    principal = _INVOKERS[kind]
    arn: Any = ref(source) if kind == "AWS::SNS::Topic" else get_att(source, "Arn")
    if principal.startswith("apigateway."):
        arn = {"Fn::Sub": [_EXECUTE, {"Source": ref(source)}]}
    permission = {
        "Action": "lambda:InvokeFunction",
        "FunctionName": get_att(function, "Arn"),
        "Principal": principal,
        "SourceArn": arn,
    }
    maker.make(name, "AWS::Lambda::Permission", marked(permission, like), like)
