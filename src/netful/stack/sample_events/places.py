"""Where an event comes from: the queue, rule or route of the cloud that invokes a function, else any of its kind, else an example."""

import re
from dataclasses import dataclass
from typing import Any

from netful.checks.facts.apis import function_behind, routes
from netful.engine.names.api_names import host_of
from netful.gateway.calls.context import route_key
from netful.model.apis.api import Api, ApiRoute, Protocol
from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.model.names.arns import aws_arn
from netful.model.names.generated.generated_names import physical_name
from netful.model.names.generated.stream_arn import stream_arn
from netful.model.names.service_names import service


@dataclass(frozen=True, slots=True)
class _Source:
    """Type of the resources that send an event, the service and the end of their ARN, and the property that sets them apart from others of the type."""

    type: str
    arn: str
    property: str = ""

    def fits(self, resource: Resource) -> bool:
        """Return whether a resource of the type sends events of this kind: a rule has a pattern or a schedule."""
        return resource.type == self.type and (not self.property or self.property in resource.properties)


_SOURCES = {
    "alb": _Source("AWS::ElasticLoadBalancingV2::TargetGroup", "elasticloadbalancing:targetgroup/{}/0123456789abcdef"),
    "dynamodb": _Source("AWS::DynamoDB::Table", stream_arn("dynamodb:table/{}")),
    "eventbridge": _Source("AWS::Events::Rule", "events:rule/{}", "EventPattern"),
    "kinesis": _Source("AWS::Kinesis::Stream", "kinesis:stream/{}"),
    "s3": _Source("AWS::S3::Bucket", "s3:{}"),
    "schedule": _Source("AWS::Events::Rule", "events:rule/{}", "ScheduleExpression"),
    "sns": _Source("AWS::SNS::Topic", "sns:{}"),
    "sqs": _Source("AWS::SQS::Queue", "sqs:{}"),
}
_JOINS = {one.type for one in _SOURCES.values()} | {"AWS::Lambda::EventSourceMapping", "AWS::SNS::Subscription"}
_PROTOCOLS = {"apigateway": Protocol.REST, "apigatewayv2": Protocol.HTTP}
_PARAMETER = re.compile(r"\{(\w[\w.-]*)\+?\}")


def invokes(cloud: Cloud, function_id: str, kind: str) -> bool:
    """Return whether something in the cloud sends events of a kind to a function."""
    return _route(cloud, function_id, kind) is not None or _sender(cloud, function_id, kind) is not None


def source(cloud: Cloud, function_id: str, kind: str) -> tuple[Resource | None, str]:
    """Return the resource that sends events of a kind to a function, and its ARN."""
    sends = _SOURCES.get(kind)
    if sends is None:
        return None, ""
    every = cloud.template.resources.values()
    found = _sender(cloud, function_id, kind) or next((one for one in every if sends.fits(one)), None)
    name = (physical_name(found) or found.id) if found else "example"
    service, _, end = sends.arn.partition(":")
    written = found.ref if found else ""
    if isinstance(written, str) and written.startswith("arn:"):
        return found, written
    return found, aws_arn(service, cloud.region_of(function_id), cloud.account_id, end.format(name))


def _sender(cloud: Cloud, function_id: str, kind: str) -> Resource | None:
    """Return a resource that names the function, or that something names beside the function, as a subscription does."""
    sends, resources = _SOURCES.get(kind), cloud.template.resources.values()
    users = [{one.id, *one.references} for one in resources if function_id in one.references and one.type in _JOINS]
    fitting = (one for one in resources if sends and sends.fits(one))
    return next((one for one in fitting if any(one.id in user for user in users)), None)


def _route(cloud: Cloud, function_id: str, kind: str) -> tuple[Api, ApiRoute] | None:
    """Return the first route of a kind of API that invokes a function."""
    wanted = _PROTOCOLS.get(kind)
    for api, route in routes(cloud):
        function = function_behind(cloud, route) if api.protocol is wanted else None
        if function is not None and function.id == function_id:
            return api, route
    return None


def api_values(cloud: Cloud, function_id: str, kind: str) -> dict[str, Any]:
    """Return the values of a request to the first route that invokes a function."""
    api, route = _route(cloud, function_id, kind) or (None, None)
    resource, method = (route.path, route.http_method) if route else ("/{proxy+}", "GET")
    stage = next((str(one.stage_name) for one in cloud.apis.stages_of(api.id)), "prod") if api else "prod"
    api_id = cloud.aws_id(api.id) if api else "abcdef1234"
    path = _PARAMETER.sub("1", "/" if resource == "$default" else resource)
    return {
        "api": api_id,
        "host": host_of(cloud, api) if api else f"{api_id}.{service('execute-api').host(cloud.region)}",
        "method": "GET" if method in {"ANY", ""} else method,
        "parameters": dict.fromkeys(_PARAMETER.findall(resource), "1") or None,
        "path": path,
        "raw_path": path if stage == "$default" else f"/{stage}{path}",
        "resource": resource,
        "route_key": route_key(route) if route else "$default",
        "stage": stage,
    }
