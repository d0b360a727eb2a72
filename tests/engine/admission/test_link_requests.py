"""Requests that integrations send through VPC links (api-gateway §5.1, §6.4)."""

import pytest

from netful.engine.admission.link_requests import through_link
from netful.engine.http.http_request import HttpRequest
from netful.model.apis.api import ApiRoute
from netful.model.apis.integration import Integration
from netful.model.apis.stage import Stage
from netful.model.core import Unknown

URL = "http://nlb.example/x/{id}"
BY_ID = {"integration.request.path.id": "method.request.path.id"}
LISTENER = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/a/1/2"


@pytest.mark.parametrize(
    ("kind", "uri", "settings", "method", "sent"),
    [
        ("HTTP_PROXY", URL, {"request_parameters": BY_ID}, "POST", ("nlb.example", "/x/a%2Fb?q=1&q=2&e=", "POST")),
        ("HTTP_PROXY", URL, {"request_parameters": BY_ID}, None, ("nlb.example", "/x/a%2Fb?q=1&q=2&e=", "GET")),
        (
            "HTTP", URL, {"request_parameters": BY_ID, "http_method": "put"}, "POST",
            ("nlb.example", "/x/a%2Fb", "PUT"),
        ),
        (
            "HTTP", URL, {"request_parameters": BY_ID | {"integration.request.querystring.z": "'1'"}}, "GET",
            ("nlb.example", "/x/a%2Fb?z=1", "GET"),
        ),
        ("HTTP", URL, {"request_parameters": {"integration.request.path.id": "context.x"}}, "GET", None),
        ("HTTP", URL, {"request_templates": {"a/b": "#set($context.requestOverride.path.id = 1)"}}, "GET", None),
        ("HTTP_PROXY", LISTENER, {}, "POST", ("api.example", "/live/items/a%2Fb?q=1&q=2&e=", "POST")),
        ("HTTP_PROXY", LISTENER, {"http_method": "GET"}, "POST", ("api.example", "/live/items/a%2Fb?q=1&q=2&e=", "GET")),
        (
            "HTTP_PROXY", LISTENER,
            {
                "request_parameters": {
                    "overwrite:path": "/${request.path.id}", "overwrite:header.Host": "$stageVariables.host",
                    "overwrite:querystring.q": "3", "remove:querystring.e": "", "append:header.x": "$context.y",
                }
            },
            "GET", ("web.example", "/a%2Fb?q=3", "GET"),
        ),
        ("HTTP_PROXY", LISTENER, {"request_parameters": {"overwrite:path": Unknown("?")}}, "GET", None),
        ("HTTP_PROXY", LISTENER, {"request_parameters": {"overwrite:path": "$request.header.x"}}, "GET", None),
    ],
)  # fmt: skip
def test_the_request_behind_a_link(kind, uri, settings, method, sent):
    stage = Stage("Live", "Api", "live", variables={"host": "web.example", "unknown": Unknown("?")})
    client = HttpRequest("api.example", "/live/items/a%2Fb?q=1&q=2&e=", method)
    route = ApiRoute("Route", "ANY", "/items/{id}")
    found = through_link(stage, route, Integration("I", kind, uri, **settings), client, "/items/a%2Fb")
    assert found == (HttpRequest(*sent) if sent else None)
