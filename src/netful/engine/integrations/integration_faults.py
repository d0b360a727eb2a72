"""Integrations that API Gateway rejects: their template cannot be deployed (api-gateway §5.1, PutIntegration).

| type | must have | else |
|---|---|---|
| HTTP, HTTP_PROXY, AWS | an HTTP method | `Enumeration value for HttpMethod must be non-empty` |
| HTTP, HTTP_PROXY | an http or https URL, which may contain stage variables | `Invalid HTTP endpoint specified for URI` |
| AWS, AWS_PROXY | an ARN | `Invalid ARN specified in the request` |
| | with a path or an action | `AWS ARN for integration must contain path or action` |
| not HTTP_PROXY or AWS_PROXY | no response transfer mode STREAM | netful's own message |
| AWS_PROXY | a URI `…/response-streaming-invocations` if it streams, and only then | netful's own message |
| any | a timeout of at least 50 ms; above 29 s an account may ask for more | `Timeout should be between 50 ms and 29000 ms` |
| | mappings from a text in quotes, a body, a stage variable, the context, or a parameter that its method declares in `RequestParameters` | `Invalid mapping expression specified: …` |
| | cache key parameters only from those, too | `Invalid cache key parameter specified` |
| AWS_PROXY | a function, or a stream of Firehose | `Integrations of type 'AWS_PROXY' currently only supports …` |
"""

import re

from netful.engine.http.streaming import STREAM, URI_END, takes
from netful.model.apis.api import ApiRoute
from netful.model.apis.integration import Integration
from netful.model.core import Maybe

_NO_STREAM = "only integrations of type HTTP_PROXY and AWS_PROXY can have the response transfer mode STREAM"
_WEB = ("HTTP", "HTTP_PROXY")
_ARN = re.compile(r"arn:[\w-]+:.+")
_SERVICE = re.compile(r"arn:[\w-]+:apigateway:[^:]*:(?:[^:]+\.)?(?P<service>[^:.]+):(?:path|action)/.*", re.DOTALL)
_URL = re.compile(r"https?://.+", re.IGNORECASE | re.DOTALL)

_PARAMETER = re.compile(r"method\.request\.(?:multivalue)?(?P<place>path|querystring|header)\.(?P<name>.+)")

_EXPRESSION = re.compile(
    rf"'.*'|{_PARAMETER.pattern}|method\.request\.body(?:[.\[].+)?|(?:stageVariables|context)\..+", re.DOTALL
)
_INVALID = "Invalid mapping expression specified: Validation Result: warnings : [], errors : [Invalid mapping expression {}specified: {}]"
_UNDECLARED_KEY = "Invalid cache key parameter specified"
_NO_METHOD = "Enumeration value for HttpMethod must be non-empty"
SHORTEST_MILLIS = 50
_TOO_SHORT = "Timeout should be between 50 ms and 29000 ms"
_NO_URL = "Invalid HTTP endpoint specified for URI"
_NO_ARN = "Invalid ARN specified in the request"
_NO_ACTION = "AWS ARN for integration must contain path or action"
_NO_FUNCTION = (
    "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations."
)


def fault(integration: Integration) -> str:
    """Return API Gateway's error for a REST API's integration; "" if the integration is valid, or not known."""
    kind, uri = integration.type, integration.uri
    if integration.response_transfer_mode == STREAM and isinstance(kind, str) and not takes(kind):
        return _NO_STREAM
    if kind in (*_WEB, "AWS") and integration.http_method is None:
        return _NO_METHOD
    if isinstance(integration.timeout_in_millis, int) and integration.timeout_in_millis < SHORTEST_MILLIS:
        return _TOO_SHORT
    if not isinstance(uri, str):
        return ""
    if kind in _WEB:
        return "" if _URL.fullmatch(uri) or uri.startswith("${stageVariables.") else _NO_URL
    wrong = _of_arn(kind == "AWS_PROXY", uri) if kind in ("AWS", "AWS_PROXY") else ""
    return wrong or (_of_mode(integration, uri) if kind == "AWS_PROXY" else "")


def undeclared(route: ApiRoute) -> str:
    """Return API Gateway's error for mappings and cache keys that are invalid or name an undeclared parameter; "" without one."""
    for expression in route.integration.request_parameters.values() if route.integration else ():
        if isinstance(expression, str) and not _EXPRESSION.fullmatch(expression):
            return _INVALID.format("", expression)
        if route.parameters_known and _is_undeclared(expression, route):
            return _INVALID.format("parameter ", expression)
    return _UNDECLARED_KEY if any(_is_undeclared(name, route) for name in _key(route)) else ""


def _key(route: ApiRoute) -> tuple[Maybe[str], ...]:
    return route.integration.cache_key_parameters if route.integration and route.parameters_known else ()


def _is_undeclared(expression: Maybe[str], route: ApiRoute) -> bool:
    """Return whether an expression refers to a parameter that the method does not declare."""
    found = _PARAMETER.fullmatch(expression) if isinstance(expression, str) else None
    return found is not None and f"method.request.{found['place']}.{found['name']}" not in route.request_parameters


def _of_mode(integration: Integration, uri: str) -> str:
    """Return the error if the URI and the response transfer mode do not fit together."""
    if not integration.response_transfer_mode:
        return ""
    streams = integration.response_transfer_mode == STREAM
    if streams and not uri.endswith(URI_END):
        return f"a function that streams is invoked by `…/2021-11-15/functions/…{URI_END}`"
    return "" if streams or not uri.endswith(URI_END) else f"`…{URI_END}` needs the response transfer mode STREAM"


def _of_arn(proxy: bool, uri: str) -> str:  # noqa: FBT001  # the one thing there is to know of it
    if not _ARN.fullmatch(uri):
        return _NO_ARN
    found = _SERVICE.fullmatch(uri)
    if found is None:
        return _NO_ACTION
    return _NO_FUNCTION if proxy and found["service"] not in ("lambda", "firehose") else ""
