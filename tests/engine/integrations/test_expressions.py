"""Values of mapping expressions: REST APIs' (api-gateway §5.3) and HTTP APIs' (§6.4)."""

import pytest

from netful.engine.integrations import http_parameter_mapping, parameter_mapping
from netful.engine.integrations.parameter_mapping import Message

BODY = '{"a": {"b": [1, "two"]}, "n": null}'
MESSAGE = Message(
    {"path": {"id": ["7"]}, "querystring": {"q": ["1", "2"]}, "header": {"X-Own": ["a", "b"]}, "": {"path": ["/x"]}},
    BODY,
    {"identity": {"sourceIp": "203.0.113.9"}, "authorizer": {"n": 1}},
    {"v": "blue"},
)


@pytest.mark.parametrize(
    ("expression", "body", "value"),
    [
        ("'fixed'", BODY, "fixed"),
        ("'", BODY, None),
        ("stageVariables.v", BODY, "blue"),
        ("context.identity.sourceIp", BODY, "203.0.113.9"),
        ("context.authorizer.n", BODY, "1"),
        ("method.request.path.id", BODY, "7"),
        ("method.request.querystring.q", BODY, "2"),
        ("method.request.multivaluequerystring.q", BODY, "1,2"),
        ("method.request.querystring.none", BODY, None),
        ("method.request.body", BODY, BODY),
        ("method.request.body", "", "{}"),
        ("method.request.body.a.b[1]", BODY, "two"),
        ("method.request.body.a.b[2]", BODY, None),
        ("method.request.body.a", BODY, '{"b": [1, "two"]}'),
        ("method.request.body.a", "no JSON", None),
    ],
)
def test_expressions_of_a_rest_api(expression, body, value):
    message = Message(MESSAGE.values, body, MESSAGE.context, MESSAGE.stage_variables)
    assert parameter_mapping.evaluate(expression, message) == value


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$stageVariables.v", "blue"),
        ("$context.identity.sourceIp", "203.0.113.9"),
        ("$request.path.id", "7"),
        ("$request.querystring.q", "1,2"),
        ("$request.header.x-own", "a,b"),
        ("$request.body.a.b[0]", "1"),
        ("$request.body", BODY),
        ("$request.path.none", None),
        ("at ${context.identity.sourceIp}, ${request.path.none}${$request.path.id}", "at 203.0.113.9, 7"),
        ("fixed", "fixed"),
    ],
)
def test_expressions_of_an_http_api(expression, value):
    assert http_parameter_mapping.evaluate(expression, MESSAGE) == value
