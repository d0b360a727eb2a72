"""TagResources and UntagResources: services that netful serves itself, and some of the back ends, are asked for their own operation.

The back end of Resource Groups Tagging has the others.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from botocore.awsrequest import prepare_request_dict
from botocore.model import ListShape, Shape
from botocore.serialize import create_serializer

from netful.account.wire.service_model import service_model
from netful.model.names.service_names import service as known_service
from netful.services.deploy.left_out import message
from netful.services.http.backend_requests import inside_request
from netful.services.http.message import Request, Response

Ask = Callable[[str, Request], Awaitable[Response]]
"""Asks the handler of a service, by its endpoint code."""

_USUAL = ("TagResource", "UntagResource")
_OF_MANAGED = ("AddTagsToResource", "RemoveTagsFromResource")
_SERVICES: Mapping[str, tuple[str, tuple[str, str]]] = {
    "apigateway": ("apigateway", _USUAL),
    "cognito-idp": ("cognito-idp", _USUAL),
    "ec2": ("ec2", ("CreateTags", "DeleteTags")),
    "ecr": ("ecr", _USUAL),
    "ecs": ("ecs", _USUAL),
    "elasticache": ("elasticache", _OF_MANAGED),
    "elasticfilesystem": ("efs", _USUAL),
    "elasticloadbalancing": ("elbv2", ("AddTags", "RemoveTags")),
    "kinesis": ("kinesis", ("AddTagsToStream", "RemoveTagsFromStream")),
    "lambda": ("lambda", _USUAL),
    "rds": ("rds", _OF_MANAGED),
    "route53resolver": ("route53resolver", _USUAL),
    "servicediscovery": ("servicediscovery", _USUAL),
    "sqs": ("sqs", ("TagQueue", "UntagQueue")),
    "ssm": ("ssm", _OF_MANAGED),
    "wafv2": ("wafv2", _USUAL),
}
"""By the service in an ARN, which is its endpoint code: botocore's name, and the operations that tag and untag."""
_BY_ID = frozenset({"ec2", "elasticfilesystem"})
"""Services whose operations name a resource by its id."""
_PARTS = 5


def _of_parameter(arn: str) -> dict[str, str]:
    name = arn.partition(":parameter/")[2]
    return {"ResourceType": "Parameter", "ResourceId": f"/{name}" if "/" in name else name}


def _of_queue(arn: str) -> dict[str, str]:
    region, account, name = arn.split(":")[3:6]
    return {"QueueUrl": f"https://{known_service('sqs').host(region)}/{account}/{name}"}


_NAMED: Mapping[str, Callable[[str], dict[str, str]]] = {
    "kinesis": lambda arn: {"StreamName": arn.rpartition("/")[2]},
    "sqs": _of_queue,
    "ssm": _of_parameter,
}
"""By the service: the members of its operations that name a resource, where these are not its ARN or its id."""


def is_asked(arn: str) -> bool:
    """Return whether the service of an ARN is asked."""
    return _code(arn) in _SERVICES


async def failures(
    ask: Ask, arns: Sequence[str], tags: Mapping[str, str], gone: Sequence[str] = ()
) -> dict[str, dict[str, Any]]:
    """Tag resources, or remove the tags with the keys `gone`; return AWS's failures, by the ARN."""
    found = {}
    for arn in arns:
        code = _code(arn)
        answer = await ask(code, _request(code, arn, tags, gone))
        if answer.status >= 300:
            error = {"ErrorCode": "InvalidParameterException", "ErrorMessage": message(answer)}
            found[arn] = {"StatusCode": answer.status, **error}
    return found


def _code(arn: str) -> str:
    parts = arn.split(":")
    return parts[2] if len(parts) > _PARTS else ""


def _request(code: str, arn: str, tags: Mapping[str, str], gone: Sequence[str]) -> Request:
    service, operations = _SERVICES[code]
    model = service_model(service).operation_model(operations[bool(gone)])
    resource = arn.rpartition("/")[2] if code in _BY_ID else arn
    own = tags or dict.fromkeys(gone, "")
    members = {one: shape for one, shape in model.input_shape.members.items() if not one.lower().startswith("tag")}
    named = {
        one: [resource] if isinstance(shape, ListShape) else resource
        for one, shape in members.items()
        if one in model.input_shape.required_members
    }
    asked = (_NAMED[code](arn) if code in _NAMED else named) | {
        one: _tags(shape, own, removed=bool(gone))
        for one, shape in model.input_shape.members.items()
        if one not in members
    }
    made = create_serializer(model.service_model.metadata["protocol"]).serialize_to_request(asked, model)
    host = known_service(code).host(arn.split(":")[3])
    prepare_request_dict(made, f"https://{host}")
    headers = (("Host", host), *made["headers"].items())
    body = urlencode(made["body"], quote_via=quote).encode() if isinstance(made["body"], dict) else made["body"]
    return inside_request(made["method"], made["url"].removeprefix(f"https://{host}"), headers, body)


def _tags(shape: Shape, tags: Mapping[str, str], *, removed: bool) -> Any:
    """Return tags, or the keys of those that go, in the form of an operation: a mapping, pairs, or keys."""
    if not isinstance(shape, ListShape):
        return dict(tags)
    if shape.member.type_name == "string":
        return [*tags]
    key, value = list(shape.member.members)[:2]
    return [{key: one} if removed else {key: one, value: text} for one, text in tags.items()]
