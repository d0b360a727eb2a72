"""Policies of functions, as `lambda get-policy` prints them: who may invoke."""

import json

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.described_answers import OWNER, account

ARN = f"arn:aws:lambda:eu-west-1:{OWNER}:function:fn"
API = f"arn:aws:execute-api:eu-west-1:{OWNER}:http123456/*/*/x"
ALLOW = {
    "Effect": "Allow",
    "Principal": {"Service": "apigateway.amazonaws.com"},
    "Action": "lambda:InvokeFunction",
    "Resource": ARN,
}
DENY = {"Effect": "Deny", "Principal": "*", "Action": "lambda:InvokeFunction", "Resource": ARN}


def integrated(uri):
    return {
        "Items": [
            {
                "IntegrationId": "i1",
                "IntegrationType": "AWS_PROXY",
                "IntegrationUri": uri,
                "PayloadFormatVersion": "2.0",
            }
        ]
    }


def when(operator, key, value):
    return ALLOW | {"Condition": {operator: {key: value}}}


@pytest.mark.parametrize(
    ("statements", "called", "verdict"),
    [
        ([ALLOW], ARN, "reachable"),
        ([], ARN, "blocked"),
        ([ALLOW | {"Resource": f"{ARN}:live"}], ARN, "unknown"),
        ([ALLOW | {"Resource": f"{ARN}:live"}], f"{ARN}:live", "reachable"),
        ([ALLOW], f"{ARN}:live", "unknown"),
        ([ALLOW, DENY], ARN, "unknown"),
        ([DENY], ARN, "blocked"),
        ([ALLOW | {"Principal": {"Service": ["events.amazonaws.com", "apigateway.amazonaws.com"]}}], ARN, "reachable"),
        ([ALLOW | {"Principal": {"AWS": "1", "Service": "apigateway.amazonaws.com"}}], ARN, "reachable"),
        ([{k: v for k, v in ALLOW.items() if k != "Principal"} | {"NotPrincipal": "*"}], ARN, "unknown"),
        ([when("ArnLike", "AWS:SourceArn", API)], ARN, "reachable"),
        ([when("ArnLike", "AWS:SourceArn", [API.replace("http", "zzzz"), API])], ARN, "reachable"),
        ([when("ArnLike", "AWS:SourceArn", API.replace("http", "zzzz"))], ARN, "blocked"),
        ([when("ArnNotLike", "AWS:SourceArn", API)], ARN, "unknown"),
        ([when("StringEquals", "aws:SourceAccount", "999999999999")], ARN, "blocked"),
        ([when("StringEquals", "aws:PrincipalOrgID", "o-a1b2c3d4e5")], ARN, "blocked"),
        ([when("StringEquals", "aws:SourceVpc", "vpc-1")], ARN, "unknown"),
    ],
)  # fmt: skip
def test_an_api_may_invoke_a_function(tmp_path, statements, called, verdict):
    cloud = account(
        tmp_path,
        functions={"Functions": [{"FunctionName": "fn", "FunctionArn": ARN}]},
        integrations=integrated(called),
        **{"policy-fn": {"Policy": json.dumps({"Statement": statements}), "RevisionId": "1"}},
    )
    assert trace(cloud, parse(cloud, "internet", "http123456 GET /x")).verdict == verdict


def test_a_function_and_its_alias_have_policies_of_their_own(tmp_path):
    answers = {
        f"policy-fn{name}": {"Policy": json.dumps({"Statement": statements}), "RevisionId": "1"}
        for name, statements in (("", []), ("-live", [ALLOW | {"Resource": f"{ARN}:live"}]))
    }
    functions = {"Functions": [{"FunctionName": "fn", "FunctionArn": ARN}]}
    for called, verdict in ((ARN, "blocked"), (f"{ARN}:live", "reachable")):
        cloud = account(tmp_path, functions=functions, integrations=integrated(called), **answers)
        assert trace(cloud, parse(cloud, "internet", "http123456 GET /x")).verdict == verdict
