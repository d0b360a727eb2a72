"""Which route takes a request: the cases that were recorded on AWS (api-gateway §5.2)."""

import pytest

from netful.engine.apis.routing import route_for
from netful.model.apis.api import ApiRoute, RestApi


@pytest.mark.parametrize(
    ("routes", "request_", "taken"),
    [
        (["POST /test", "OPTIONS /{proxy+}"], "OPTIONS /test", "OPTIONS /{proxy+}"),
        (["ANY /test/any", "OPTIONS /{proxy+}"], "OPTIONS /test/any", "ANY /test/any"),
        (["GET /part1/hardcoded-value", "GET /{param+}"], "GET /part1/random-value", "GET /{param+}"),
        (["GET /{param+}", "GET /part1/hardcoded-value"], "GET /part1/hardcoded-value", "GET /part1/hardcoded-value"),
        (["GET /{id}", "GET /me"], "GET /me", "GET /me"),
        (["GET /{id}", "GET /{proxy+}"], "GET /1", "GET /{id}"),
        (["GET /a", "ANY /a"], "GET /a", "GET /a"),
        (["GET /a", "ANY /a"], "PUT /a", "ANY /a"),
        (["GET /{proxy+}"], "GET /proxy-value/", "GET /{proxy+}"),
        (["GET /{proxy+}"], "GET /", None),
        (["GET /a"], "POST /a", None),
        (["GET /a"], "GET /a/b", None),
        (["GET /a", "ANY $default"], "GET /b", "ANY $default"),
        (["GET /a", "ANY $default"], "GET /a", "GET /a"),
    ],
)
def test_route(routes, request_, taken):
    made = [ApiRoute(text, *text.split()) for text in routes]
    found = route_for(RestApi("api", "api", routes=tuple(made)), *request_.split())
    assert (found.id if found else None) == taken
