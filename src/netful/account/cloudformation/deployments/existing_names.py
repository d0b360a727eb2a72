"""Names that resources of the services' back ends have already: a stack does not take over what a call or another stack made."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from netful.account.cloudformation.account import Account, DeploymentError
from netful.account.cloudformation.deployments.stack_view import inside
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Resource
from netful.model.names import service_names
from netful.model.names.generated.generated_names import NAMINGS
from netful.services.http.backend_requests import json_request, query_request, rest_request
from netful.services.http.message import Request, Response


class _Look(Frozen):
    """A request that finds a resource by its name: the service, the request, and whether its answer has the resource."""

    service: str
    request: Callable[[str], Request]
    has: Callable[[Response, str], bool] = lambda answer, _name: answer.status == 200


def _json(service: str, target: str, member: str, version: str = "1.1", **more: Any) -> _Look:
    return _Look(service, lambda name: json_request(target, {member: name, **more}, version))


def _names_log_group(answer: Response, name: str) -> bool:
    return answer.status == 200 and f'"logGroupName":"{name}"' in answer.body.decode().replace(": ", ":")


_TABLE = _json("dynamodb", "DynamoDB_20120810.DescribeTable", "TableName", "1.0")
_LOOKS: Mapping[str, _Look] = {
    "AWS::DynamoDB::GlobalTable": _TABLE,
    "AWS::DynamoDB::Table": _TABLE,
    "AWS::Events::EventBus": _json("events", "AWSEvents.DescribeEventBus", "Name"),
    "AWS::IAM::User": _Look("iam", lambda name: query_request("GetUser", "2010-05-08", {"UserName": name})),
    "AWS::Kinesis::Stream": _json("kinesis", "Kinesis_20131202.DescribeStreamSummary", "StreamName"),
    "AWS::Logs::LogGroup": _Look(
        "logs",
        lambda name: json_request("Logs_20140328.DescribeLogGroups", {"logGroupNamePrefix": name}),
        _names_log_group,
    ),
    "AWS::S3::Bucket": _Look("s3", lambda name: rest_request("HEAD", f"/{quote(name)}")),
    "AWS::SSM::Parameter": _json("ssm", "AmazonSSM.GetParameter", "Name"),
    "AWS::SecretsManager::Secret": _json("secretsmanager", "secretsmanager.DescribeSecret", "SecretId"),
}
"""The types whose service refuses a second resource of a name."""


async def refuse_existing_names(
    account: Account, cloud: Cloud, stack: str, *, is_new: bool, imported: Collection[str] = ()
) -> None:
    """Raise DeploymentError if a resource that a stack adds has a name that the service has already.

    `is_new`: the account does not have the stack, but may have resources that an earlier stack of its name has left.
    `imported` are the ids of resources that are to have the names of others.
    """
    there = set() if is_new else {(one.type, _name(one)) for one in inside(account.cloud, stack)}
    for resource in _with_names(cloud, stack, there):
        name = str(_name(resource))
        if resource.id not in imported and await exists(account, cloud.region_of(resource.id), resource.type, name):
            raise DeploymentError(already_exists(resource.type, name), resource.id)


def is_named(type_: str) -> bool:
    """Return whether the service of a type is asked for its resources by their names."""
    return type_ in _LOOKS


async def exists(account: Account, region: str, type_: str, name: str) -> bool:
    """Return whether a service has a resource of a name."""
    look = _LOOKS[type_]
    return look.has(await account.call_host(service_names.service(look.service).host(region), look.request(name)), name)


def already_exists(type_: str, name: str) -> str:
    """Return the reason of a failure for a name that is taken."""
    text = f"Resource of type '{type_}' with identifier '{name}' already exists."
    return (
        f'Resource handler returned message: "{text}" (RequestToken: 00000000-0000-0000-0000-000000000000, '
        "HandlerErrorCode: AlreadyExists)"
    )


def _with_names(cloud: Cloud, stack: str, there: Collection[tuple[str, str | None]]) -> Iterator[Resource]:
    """Yield the resources of a stack that have a name of the template's own, and are not there yet."""
    for resource in inside(cloud, stack):
        if resource.type in _LOOKS and _name(resource) is not None and (resource.type, _name(resource)) not in there:
            yield resource


def _name(resource: Resource) -> str | None:
    """Return the name of a resource, if its template has it: those that CloudFormation chooses are free."""
    naming = NAMINGS.get(resource.type)
    own = naming.property if naming else "Name"
    name = resource.properties.get(own)
    return name if isinstance(name, str) and own in resource.property_origins else None
