"""A function as a target: the event that it is given, and what its result may be (api-gateway §7.6). Pure."""

import base64
from typing import Any

from netful.balancer.error_pages import SERVER
from netful.engine.http.function_payloads import decoded, text
from netful.engine.http.headers import by_name
from netful.engine.load_balancers.error_pages import page
from netful.services.http.message import Headers, Request, Response

LONGEST = 1024 * 1024
"""The limit of the bodies of requests and responses."""

CHECKER = "ELB-HealthChecker/2.0"
"""The agent that checks health."""

_TRACE, _AGENT = "x-amzn-trace-id", "user-agent"
_TEXT = ("text/", "application/json", "application/javascript", "application/xml")

Multi = dict[str, list[str]]


def event(request: Request, group_arn: str, *, multi: bool) -> dict[str, Any]:
    """Return the event for a request; with `multi`, each header and parameter has all of its values."""
    headers, query = by_name((name.lower(), value) for name, value in request.headers), _query(request)
    if is_check(request):
        headers = {_AGENT: headers[_AGENT]}
    body, encoded = _body(request)
    many: dict[str, Any] = {"multiValueQueryStringParameters": query, "multiValueHeaders": headers}
    one: dict[str, Any] = {"queryStringParameters": _last(query), "headers": _last(headers)}
    return {
        "requestContext": {"elb": {"targetGroupArn": group_arn}},
        "httpMethod": request.method,
        "path": request.path,
        **(many if multi else one),
        "body": body,
        "isBase64Encoded": encoded,
    }


def is_check(request: Request) -> bool:
    """Return whether a request is a health check: requests of clients have a trace id."""
    return request.header(_AGENT) == CHECKER and not request.header(_TRACE)


def own_answer(status: int) -> Response:
    """Return the load balancer's own page."""
    return Response(status, (("Server", SERVER), ("Content-Type", "text/html")), page(status).encode())


def answer(payload: bytes, *, multi: bool) -> Response:
    """Return the response that a function's result makes: 502 where it is malformed."""
    if len(payload) > LONGEST:
        return own_answer(502)
    try:
        result = decoded(payload)
        status = int(result["statusCode"])
        given = result.get("body") or ""
        body = base64.b64decode(given, validate=True) if result.get("isBase64Encoded") is True else given.encode()
        headers = _returned(result, multi=multi)
    except (KeyError, TypeError, ValueError, AttributeError):
        return own_answer(502)
    return Response(status, headers, body) if 200 <= status <= 599 else own_answer(502)


def _query(request: Request) -> Multi:
    """Return the parameters as they were sent: AWS does not decode them for a function behind a load balancer."""
    pairs = (pair.partition("=") for pair in request.query.split("&")) if request.query else ()
    return by_name((name, value) for name, _, value in pairs)


def _last(values: Multi) -> dict[str, str]:
    return {name: all_of_them[-1] for name, all_of_them in values.items()}


def _body(request: Request) -> tuple[str, bool]:
    kind = request.header("content-type")
    is_text = not request.header("content-encoding") and (not kind or kind.lower().startswith(_TEXT))
    if not is_text and request.body:
        return base64.b64encode(request.body).decode(), True
    return request.body.decode(errors="replace"), False


def _returned(result: dict[str, Any], *, multi: bool) -> Headers:
    if multi:
        many = result.get("multiValueHeaders") or {}
        if not all(isinstance(values, list) for values in many.values()):
            raise TypeError("the values of a header are not a list")
        return tuple((name, text(value)) for name, values in many.items() for value in values)
    return tuple((name, text(value)) for name, value in (result.get("headers") or {}).items())
