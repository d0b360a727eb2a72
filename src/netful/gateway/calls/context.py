"""`$context` and `requestContext`: a call in the form for templates and functions (api-gateway §5.7, §5.15)."""

import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from netful.engine.authorization.permissions import execute_api_arn
from netful.engine.waf.associations import association_of
from netful.fabric.doors.door import DoorKind
from netful.gateway.calls.call import Call
from netful.gateway.calls.client_certificates import described
from netful.model.apis.api import Api, ApiRoute, Protocol
from netful.model.apis.stage import Stage
from netful.model.cloud import Cloud

# in the order that a template which iterates over them was recorded to see (§5.7), as for those of the context
_IDENTITY = (
    "cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller", "sourceIp", "principalOrgId", "accessKey",
    "cognitoAuthenticationType", "cognitoAuthenticationProvider", "userArn", "userAgent", "user",
)  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def request_time(at: float) -> str:
    """Return a time in the format of Apache's common log, in English whatever the locale."""
    return _second(int(at))


@lru_cache(1)
def _second(at: int) -> str:
    utc = time.gmtime(at)
    return f"{utc.tm_mday:02}/{_MONTHS[utc.tm_mon - 1]}/{utc.tm_year}:{time.strftime('%H:%M:%S', utc)} +0000"


def request_context(call: Call) -> dict[str, Any]:
    """Return the context of a call, whether its route is known or not."""
    if call.context is not None:
        return dict(call.context)
    api, route = call.judged.api, call.judged.route
    http = api is not None and api.protocol is Protocol.HTTP
    resource_path = route.path if route else None
    stage_name, deployment_id = _deployed(call.cloud, call.judged.stage)
    return {
        "resourceId": resource_id(call.cloud, api, route.path, route) if api and route else None,
        "resourcePath": resource_path,
        "httpMethod": call.request.method,
        "extendedRequestId": call.names.extended_id,
        "requestTime": request_time(call.at),
        "path": whole_path(call),
        "accountId": call.cloud.account_id,
        "protocol": call.request.protocol,
        "stage": stage_name,
        "domainPrefix": call.host.partition(".")[0],
        "requestTimeEpoch": int(call.at * 1000),
        "requestId": call.names.extended_id if http else call.names.request_id,
        "identity": _identity(call),
        "domainName": call.host,
        "deploymentId": deployment_id,
        "apiId": call.api_id,
        **({"authorizer": _authorizer(call.authorizer)} if call.authorizer is not None else {}),
        **(_of_stage(call, call.judged.stage) if call.judged.stage is not None else {}),
        **({"routeKey": route_key(route)} if http and route is not None else {}),
    }


def _deployed(cloud: Cloud, stage: Stage | None) -> tuple[str | None, str | None]:
    """Return the name and the id of the deployment of a stage."""
    if stage is None:
        return None, None
    return stage.stage_name if isinstance(stage.stage_name, str) else None, cloud.part_id(str(stage.deployment_id))


def _of_stage(call: Call, stage: Stage) -> dict[str, Any]:
    """Return the values of the context for a stage with a canary, with tracing, with a web ACL."""
    found: dict[str, Any] = {}
    if stage.canary:
        found["isCanaryRequest"] = str(stage.is_canary).lower()
    if stage.tracing_enabled:
        found["xrayTraceId"] = call.names.trace_root
    if call.judged.web_acl is not None:
        association = association_of(call.cloud, stage)
        found["webaclArn"] = call.cloud.aws_id(str(association.web_acl_arn)) if association else None
    return found


def resource_id(cloud: Cloud, api: Api, path: str, route: ApiRoute | None) -> str:
    """Return the id of the resource of a path, by one of its methods if it has any."""
    own = route.resource_id if route else ""
    return cloud.part_id(own or (f"{api.id}.root" if path == "/" else path))


def route_key(route: ApiRoute) -> str:
    """Return the key of a route, as an HTTP API names it."""
    return route.path if route.path == "$default" else f"{route.http_method} {route.path}"


def _authorizer(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return `$context.authorizer`. Unlike the event of an HTTP API, it does not separate the kinds of authorizers."""
    return {**said, **said.get("lambda", {}), **said.get("jwt", {})}


def method_arn(call: Call) -> str:
    """Return the ARN that a call invokes: a method with the path of the request, or a route of a WebSocket API."""
    path = f"{call.stage.stage_name}/{call.request.method}/{call.judged.path.lstrip('/')}"
    if call.context is not None:
        path = f"{call.stage.stage_name}/{call.route.path}"
    return f"{execute_api_arn(call.cloud, call.api)}/{path}"


def whole_path(call: Call) -> str:
    """Return the whole path of the request, without doubled slashes before the stage (§5.2)."""
    return "/" + call.request.path.lstrip("/")


def _identity(call: Call) -> dict[str, Any]:
    known: dict[str, Any] = {
        "sourceIp": call.source_ip,
        "userAgent": call.request.header("user-agent") or None,
        **call.identity,
    }
    door = call.request.connection.door
    if door.kind is DoorKind.ENDPOINT:
        known |= {"vpcId": call.cloud.aws_id(door.vpc_id or ""), "vpceId": call.cloud.aws_id(door.endpoint_id or "")}
    elif door.kind is DoorKind.INTERNET and call.request.connection.client_certificate is not None:
        known |= {"clientCert": described(call)}
    return dict.fromkeys(_IDENTITY) | known
