"""`$context` and `requestContext`: what an integration is told about a call of a REST API (api-gateway §5.7, §5.15)."""

from __future__ import annotations

import time
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from netful.engine.waf.associations import association_of
from netful.fabric.doors.door import DoorKind
from netful.gateway.calls.call import Call
from netful.gateway.calls.client_certificates import described
from netful.model.apis.api import Protocol, Route

# In the order in which a template that iterates over them was recorded to see them (§5.7), as are those of the context.
_IDENTITY = (
    "cognitoIdentityPoolId", "accountId", "cognitoIdentityId", "caller", "sourceIp", "principalOrgId", "accessKey",
    "cognitoAuthenticationType", "cognitoAuthenticationProvider", "userArn", "userAgent", "user",
)  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def request_time(at: float) -> str:
    """A time as Apache's common log writes it, in English whatever the locale."""
    return _second(int(at))


@lru_cache(1)
def _second(at: int) -> str:
    utc = time.gmtime(at)
    return f"{utc.tm_mday:02}/{_MONTHS[utc.tm_mon - 1]}/{utc.tm_year}:{time.strftime('%H:%M:%S', utc)} +0000"


@lru_cache(1024)
def short_id(text: str) -> str:
    """Six characters that stand for what a template has no id of AWS's for: always the same for the same text."""
    return f"{zlib.crc32(text.encode()):08x}"[:6]


def request_context(call: Call) -> dict[str, Any]:
    """The context of a call whose route is known or not."""
    if call.context is not None:
        return dict(call.context)
    route, stage, api = call.judged.route, call.judged.stage, call.judged.api
    http = api is not None and api.protocol is Protocol.HTTP
    known = {
        "resourceId": short_id(route.resource_id or route.path) if route else None,
        "resourcePath": route.path if route else None,
        "httpMethod": call.request.method,
        "extendedRequestId": call.names.extended_id,
        "requestTime": request_time(call.at),
        "path": whole_path(call),
        "accountId": call.cloud.account_id,
        "protocol": f"HTTP/{call.request.version}",
        "stage": stage.stage_name if stage and isinstance(stage.stage_name, str) else None,
        "domainPrefix": call.host.partition(".")[0],
        "requestTimeEpoch": int(call.at * 1000),
        "requestId": call.names.extended_id if http else call.names.request_id,
        "identity": _identity(call),
        "domainName": call.host,
        "deploymentId": short_id(str(stage.deployment_id)) if stage else None,
        "apiId": api.id if api else "",
    }
    if call.authorizer is not None:
        known["authorizer"] = _authorizer(call.authorizer)
    if stage and stage.canary:
        known["isCanaryRequest"] = str(stage.is_canary).lower()
    if stage and stage.tracing_enabled:
        known["xrayTraceId"] = call.names.trace_id.removeprefix("Root=")
    if call.judged.web_acl is not None and stage is not None:
        association = association_of(call.cloud, stage)
        known["webaclArn"] = str(association.web_acl_arn) if association else None
    if http and route is not None:
        known["routeKey"] = route_key(route)
    return known


def route_key(route: Route) -> str:
    """The key of a route, as an HTTP API names it."""
    return route.path if route.path == "$default" else f"{route.http_method} {route.path}"


def _authorizer(told: Mapping[str, Any]) -> dict[str, Any]:
    """What `$context.authorizer` has: an HTTP API's event keeps its kinds of authorizers apart, its context does not."""
    return {**told, **told.get("lambda", {}), **told.get("jwt", {})}


def method_arn(call: Call) -> str:
    """What a call invokes: a method with the path that was asked for, or a route of a WebSocket API."""
    path = f"{call.stage.stage_name}/{call.request.method}/{call.judged.path.lstrip('/')}"
    if call.context is not None:
        path = f"{call.stage.stage_name}/{call.route.path}"
    return f"arn:aws:execute-api:{call.api.region}:{call.cloud.account_id}:{call.api.id}/{path}"


def whole_path(call: Call) -> str:
    """The whole path as it was asked for, but for slashes doubled before the stage (§5.2)."""
    return "/" + call.request.path.lstrip("/")


def _identity(call: Call) -> dict[str, Any]:
    known: dict[str, Any] = {
        "sourceIp": call.source_ip,
        "userAgent": call.request.header("user-agent") or None,
        **call.identity,
    }
    door = call.request.connection.door
    if door.kind is DoorKind.ENDPOINT:
        known |= {"vpcId": door.vpc_id, "vpceId": door.endpoint_id}
    elif door.kind is DoorKind.INTERNET and call.request.connection.client_certificate is not None:
        known |= {"clientCert": described(call)}
    return dict.fromkeys(_IDENTITY) | known
