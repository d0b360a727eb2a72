"""Integrations that API Gateway does not take: a template with one cannot be deployed (api-gateway §5.1, PutIntegration).

| type | must have | else |
|---|---|---|
| HTTP, HTTP_PROXY, AWS | a method of its own | `Enumeration value for HttpMethod must be non-empty` |
| HTTP, HTTP_PROXY | a URL of http or https, of which stage variables may be a part | `Invalid HTTP endpoint specified for URI` |
| AWS, AWS_PROXY | an ARN | `Invalid ARN specified in the request` |
| | with a path or an action | `AWS ARN for integration must contain path or action` |
| AWS_PROXY | a function, or a stream of Firehose | `Integrations of type 'AWS_PROXY' currently only supports …` |
"""

from __future__ import annotations

import re

from netful.model.integration import Integration

_WEB = ("HTTP", "HTTP_PROXY")
_ARN = re.compile(r"arn:[\w-]+:.+")
_SERVICE = re.compile(r"arn:[\w-]+:apigateway:[^:]*:(?:[^:]+\.)?(?P<service>[^:.]+):(?:path|action)/.*", re.DOTALL)
_URL = re.compile(r"https?://.+", re.IGNORECASE | re.DOTALL)

_NO_METHOD = "Enumeration value for HttpMethod must be non-empty"
_NO_URL = "Invalid HTTP endpoint specified for URI"
_NO_ARN = "Invalid ARN specified in the request"
_NO_ACTION = "AWS ARN for integration must contain path or action"
_NO_FUNCTION = (
    "Integrations of type 'AWS_PROXY' currently only supports Lambda function and Firehose stream invocations."
)


def fault(integration: Integration) -> str:
    """What API Gateway says of a REST API's integration that it does not take; "" of any other, and where it is not known."""
    kind, uri = integration.type, integration.uri
    if kind in (*_WEB, "AWS") and integration.http_method is None:
        return _NO_METHOD
    if not isinstance(uri, str):
        return ""
    if kind in _WEB:
        return "" if _URL.fullmatch(uri) or uri.startswith("${stageVariables.") else _NO_URL
    return _of_arn(kind == "AWS_PROXY", uri) if kind in ("AWS", "AWS_PROXY") else ""


def _of_arn(proxy: bool, uri: str) -> str:  # noqa: FBT001  # the one thing there is to know of it
    if not _ARN.fullmatch(uri):
        return _NO_ARN
    found = _SERVICE.fullmatch(uri)
    if found is None:
        return _NO_ACTION
    return _NO_FUNCTION if proxy and found["service"] not in ("lambda", "firehose") else ""
