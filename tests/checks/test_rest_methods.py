"""Methods of REST APIs that no browser or no function can answer."""

import pytest

from netful.checks.registry import rule_named
from tests.helpers.facts import facts_of
from tests.helpers.texts import replaced

SIGNED = "AuthorizationType: COGNITO_USER_POOLS"
OF_POOL = (
    "Type: COGNITO_USER_POOLS, IdentitySource: method.request.header.Authorization, ProviderARNs: [!GetAtt Pool.Arn]"
)
OF_FUNCTION = "Type: %s, IdentitySource: method.request.header.Authorization, AuthorizerUri: 'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:a/invocations'"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({SIGNED: "AuthorizationType: AWS_IAM"}, True),
        ({SIGNED: "AuthorizationType: NONE\n      ApiKeyRequired: true"}, True),
        ({SIGNED: "AuthorizationType: CUSTOM", OF_POOL: OF_FUNCTION % "TOKEN"}, True),
        ({SIGNED: "AuthorizationType: CUSTOM", OF_POOL: OF_FUNCTION % "REQUEST"}, False),
        ({"HttpMethod: OPTIONS": "HttpMethod: GET"}, False),
        ({"header.Access-Control-Allow-Origin": "header.Allow"}, False),
    ],
)
def test_preflights_have_no_credentials(tmp_path, change, found):
    rule = rule_named("NF755")
    assert [one.resource for one in rule.findings(facts_of(tmp_path, replaced(rule.example("bad"), change)))] == [
        "Api"
    ] * found


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"IntegrationHttpMethod: GET": "IntegrationHttpMethod: ANY"}, True),
        ({"Type: AWS_PROXY": "Type: AWS", "IntegrationHttpMethod: GET": "IntegrationHttpMethod: POST"}, True),
        ({"IntegrationHttpMethod: GET": "IntegrationHttpMethod: !ImportValue method"}, False),
    ],
)
def test_integrations_that_always_fail(tmp_path, change, found):
    rule = rule_named("NF754")
    assert [one.resource for one in rule.findings(facts_of(tmp_path, replaced(rule.example("bad"), change)))] == [
        "Api"
    ] * found
