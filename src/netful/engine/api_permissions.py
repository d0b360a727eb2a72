"""Whether API Gateway may invoke a function: by a `AWS::Lambda::Permission` of the template (api-gateway §5.10, §5.12)."""

from __future__ import annotations

from netful.engine.integrations import function_id
from netful.engine.policies import like
from netful.model.api import Api
from netful.model.cloud import Cloud
from netful.model.resource import Resource
from netful.model.unknown import Unknown

_PRINCIPALS = ("apigateway.amazonaws.com", "*")


def permits(cloud: Cloud, api: Api, name: str) -> bool | None:
    """Whether an API may invoke a function; None where that hangs on an unknown."""
    answers = [_permits(cloud, resource, api, name) for resource in cloud.resources.values()]
    return True if True in answers else None if None in answers else False


def _permits(cloud: Cloud, resource: Resource, api: Api, name: str) -> bool | None:
    """Whether a resource lets API Gateway invoke a function; None where that hangs on an unknown."""
    if resource.type != "AWS::Lambda::Permission":
        return False
    given = resource.properties
    function, principal, source = given.get("FunctionName"), given.get("Principal"), given.get("SourceArn")
    if any(isinstance(value, Unknown) for value in (function, principal)):
        return None
    if principal not in _PRINCIPALS or function_of(cloud, str(function)) != name:
        return False
    if isinstance(source, Unknown):
        return None
    own, named = _execute_api_arn(cloud, api), str(source)
    return source is None or named.startswith(f"{own}/") or like(named.split("/", 1)[0], own)


def _execute_api_arn(cloud: Cloud, api: Api) -> str:
    return f"arn:aws:execute-api:{api.region}:{cloud.account_id}:{api.id}"


def function_of(cloud: Cloud, text: str) -> str:
    """The function that a permission names: by name, by ARN, or by an alias or version of it."""
    resource = cloud.resources.get(text)
    if resource is not None and resource.type in ("AWS::Lambda::Alias", "AWS::Lambda::Version"):
        return function_of(cloud, str(resource.properties.get("FunctionName")))
    name = text.partition(":function:")[2] or text
    return function_id(cloud, name.partition(":")[0])
