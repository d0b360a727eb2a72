"""Callee of an integration: a function, an action of a service, a web server (api-gateway §5.1, §5.8).

| URI or subtype | service, action |
|---|---|
| `arn:P:apigateway:R:lambda:path/…/functions/ARN/invocations` | lambda, Invoke |
| `arn:P:apigateway:R:SERVICE:action/ACTION` | the service and the action |
| `arn:P:apigateway:R:SERVICE:path/…` | the service; the action from the query (`Action=…`), the target header, or S3's method |
| `arn:P:apigateway:R:BUCKET.s3:path/KEY` | the same as `s3:path/BUCKET/KEY` |
| subtype `SQS-SendMessage` | SQS, SendMessage |
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from netful.model.apis.api import Authorizer
from netful.model.apis.integration import Integration
from netful.model.apis.stage import Stage
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, Unknown

_SERVICE_URI = re.compile(
    r"arn:[\w-]+:apigateway:[\w-]*:(?:[\w.-]+\.)?(?P<service>[\w-]+):(?P<style>path|action)/(?P<rest>.*)", re.DOTALL
)
_BUCKET_URI = re.compile(r"(arn:[\w-]+:apigateway:[\w-]*:)([\w.-]+)\.s3:path/")
# In several stacks loaded together, names may be `stack/Id`.
_FUNCTION = re.compile(
    r"(?:lambda:(?P<region>[^:]*):(?P<account>[^:]*):)?"
    r"function:(?P<name>[^:/]+(?:/(?!(?:response-streaming-)?invocations)[^:/]+)?)(?::(?P<qualifier>[^/]+))?"
)
_VARIABLE = re.compile(r"\$\{stageVariables\.(\w+)\}")
_QUERY_ACTION = re.compile(r"\bAction=(\w+)")
_TARGET_HEADER = "integration.request.header.x-amz-target"
_OBJECT_ACTIONS = {"GET": "GetObject", "PUT": "PutObject", "DELETE": "DeleteObject", "HEAD": "HeadObject"}
_ACCOUNT_ACTIONS = {"GET": "ListBuckets"}
_BUCKET_ACTIONS = {"GET": "ListObjects", "PUT": "CreateBucket", "DELETE": "DeleteBucket", "HEAD": "HeadBucket"}
_S3_ACTIONS = (_ACCOUNT_ACTIONS, _BUCKET_ACTIONS, _OBJECT_ACTIONS)
"""Actions of S3 by the number of parts of the path: none, a bucket, a bucket and a key."""


class Callee(Frozen):
    """The callee; `function` is a function's id in the cloud, else the name in the URI. The path of S3's `uri` has the bucket."""

    uri: Maybe[str] | None
    service: str | None = None
    action: str | None = None
    function: str | None = None
    qualifier: str | None = None


def callee(cloud: Cloud, integration: Integration, stage: Stage | None) -> Callee:
    """Return the callee of an integration in a stage, whose variables may be part of the URI."""
    uri = in_stage(cloud, integration, stage).uri
    if isinstance(integration.subtype, str):
        service, _, action = integration.subtype.partition("-")
        return Callee(uri, service, action or None)
    if not isinstance(uri, str):
        return Callee(uri)
    uri = _BUCKET_URI.sub(r"\1s3:path/\2/", uri)
    found = _SERVICE_URI.fullmatch(uri)
    if found is None:
        return _function(cloud, uri, uri) if ":lambda:" in uri and ":function:" in uri else Callee(uri)
    if found["service"] == "lambda":
        return _function(cloud, uri, found["rest"])
    named = found["style"] == "action"
    return Callee(
        uri, found["service"], found["rest"] if named else _action(integration, found["service"], found["rest"])
    )


def asked(cloud: Cloud, authorizer: Authorizer, stage: Stage | None) -> Callee:
    """Return the function that an authorizer asks."""
    return callee(cloud, Integration(authorizer.id, "AWS_PROXY", authorizer.authorizer_uri), stage)


def in_stage(cloud: Cloud, integration: Integration, stage: Stage | None) -> Integration:
    """Return the integration with the stage's variables replaced in its URI and in the name of its VPC link."""
    variables = stage.variables if stage else {}
    uri, link = (
        cloud.names_by_id.get(one, one) if isinstance(one, str) else one
        for one in (_filled(integration.uri, variables), _filled(integration.connection_id, variables))
    )
    return (
        integration
        if (uri, link) == (integration.uri, integration.connection_id)
        else replace(integration, uri=uri, connection_id=link)
    )


def _filled(uri: Maybe[str] | None, variables: Mapping[str, Maybe[str]]) -> Maybe[str] | None:
    """Return a text with the stage's variables replaced; unset ones stay unchanged."""
    if not isinstance(uri, str):
        return uri
    used = [variables.get(name) for name in _VARIABLE.findall(uri)]
    unknown = next((value for value in used if isinstance(value, Unknown)), None)
    return unknown or _VARIABLE.sub(lambda match: str(variables.get(match[1], match[0])), uri)


def _function(cloud: Cloud, uri: str, text: str) -> Callee:
    found = _FUNCTION.search(text)
    if found is None:
        return Callee(uri, "lambda", "Invoke")
    id_ = cloud.function_at(found["name"], found["region"] or cloud.region, found["account"] or cloud.account_id)
    return Callee(uri, "lambda", "Invoke", id_, found["qualifier"])


def _action(integration: Integration, service: str, path: str) -> str | None:
    if service == "s3":
        parts = [part for part in path.split("/") if part]
        return _S3_ACTIONS[min(len(parts), 2)].get(str(integration.http_method or "").upper())
    headers = {name.lower(): value for name, value in integration.request_parameters.items()}
    target = headers.get(_TARGET_HEADER)
    if isinstance(target, str):
        return target.strip("'").rpartition(".")[2]
    queries = (*integration.request_templates.values(), *_query(integration), path)
    return next((m[1] for text in queries if isinstance(text, str) and (m := _QUERY_ACTION.search(text))), None)


def _query(integration: Integration) -> list[str]:
    """Return the constant part of the query that the mappings produce."""
    return [
        f"Action={str(value).strip(chr(39))}"
        for name, value in integration.request_parameters.items()
        if name.lower() == "integration.request.querystring.action"
    ]
