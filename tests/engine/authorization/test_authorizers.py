"""Answers of authorizers: which are valid, and what a caller gets whom their policies do not admit (api-gateway §2.6, §5.12)."""

import pytest

from netful.engine.authorization.authorizers import denial, identity, identity_headers, is_usable
from netful.engine.effort.allowance import of_turn
from netful.engine.http.gateway_errors import not_authorized
from netful.engine.iam.policies import PolicyRequest
from netful.engine.integrations.parameter_mapping import Message
from netful.model.apis.api import Authorizer

ARN = "arn:aws:execute-api:us-east-1:123456789012:api/live/GET/one"
POLICY = {"policyDocument": {"Statement": []}}


@pytest.mark.parametrize(
    ("result", "rest", "usable"),
    [
        ({"isAuthorized": True}, True, False),
        (POLICY, True, True),
        ({"policyDocument": "{}"}, True, False),
        ({"isAuthorized": False}, False, False),
        ({}, True, False),
        (None, True, False),
        ("x", False, False),
        (POLICY | {"context": {"tier": 3}}, True, True),
        (POLICY | {"context": {"tier": {}}}, True, False),
        (POLICY | {"context": {"tier": []}}, True, False),
        (POLICY | {"context": {"tier": {}}}, False, True),
        (POLICY | {"context": "x"}, False, False),
        (POLICY | {"context": None}, True, True),
    ],
)
def test_which_outputs_of_an_authorizers_function_are_valid(result, rest, usable):
    assert is_usable(result, Authorizer("Who", "who", "REQUEST"), rest=rest) is usable


@pytest.mark.parametrize(
    ("kind", "sources", "who"),
    [
        ("TOKEN", (), ("t-1",)),
        ("TOKEN", ("method.request.header.Other",), None),
        ("TOKEN", ("method.request.header.Missing",), None),
        ("REQUEST", ("method.request.header.Other", "stageVariables.v"), ("x", "1")),
        ("REQUEST", ("method.request.header.Other", "method.request.header.Missing"), None),
        ("REQUEST", ("$request.header.Other", "$stageVariables.v"), ("x", "1")),
        ("REQUEST", ("route.request.header.Other",), ("x",)),
        ("REQUEST", (), ()),
    ],
)
def test_what_identifies_a_caller(kind, sources, who):
    authorizer = Authorizer("Who", "who", kind, identity_source=sources, identity_validation_expression=r"t-\d")
    message = Message({"header": {"authorization": ["t-1"], "other": ["x"]}}, stage_variables={"v": "1"})
    assert identity(authorizer, message, of_turn()) == who


def test_simple_responses_have_to_be_enabled():
    simple = Authorizer("Who", "who", "REQUEST", enable_simple_responses=True)
    assert is_usable({"isAuthorized": False}, simple, rest=False)
    assert is_usable(POLICY, simple, rest=False)


@pytest.mark.parametrize(
    ("effect", "resource", "allowed", "answer"),
    [
        ("Allow", ARN, False, None),
        ("Allow", "arn:aws:execute-api:*:*:other/*", False, not_authorized(explicit=False)),
        ("Allow", "arn:aws:execute-api:*:*:other/*", True, None),
        ("Deny", ARN, False, not_authorized(explicit=True)),
        ("Deny", ARN, True, not_authorized(explicit=True)),
    ],
)
def test_what_a_caller_gets_by_the_policy_of_an_authorizer(effect, resource, allowed, answer):
    statement = {"Effect": effect, "Action": "execute-api:Invoke", "Resource": resource}
    assert (
        denial(
            {"Version": "2012-10-17", "Statement": [statement]},
            PolicyRequest("execute-api:Invoke", ARN),
            allowed=allowed,
        )
        == answer
    )


@pytest.mark.parametrize(
    ("kind", "sources", "headers"),
    [
        ("TOKEN", (), {"authorization"}),
        ("REQUEST", (), set()),
        ("REQUEST", ("method.request.header.X-Key,method.request.querystring.q",), {"x-key"}),
        ("REQUEST", ("$request.header.A", "$context.stage"), {"a"}),
    ],
)
def test_headers_that_an_authorizer_needs(kind, sources, headers):
    assert identity_headers(Authorizer("A", "A", kind, identity_source=sources)) == headers
