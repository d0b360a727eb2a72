"""Web ACLs before the stages of REST APIs: what a client gets, and before what else (api-gateway §0, step 4)."""

import asyncio
import json
import logging
from pathlib import Path

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.cloud import DEFAULT_ACCOUNT, DEFAULT_REGION
from netful.model.resource_arns import arn_of
from netful.sources import load
from tests.helpers.api_templates import of_method
from tests.helpers.gateway_bench import header
from tests.helpers.texts import replaced

METHOD = 'HttpMethod: ANY, AuthorizationType: {kind}, Integration: {{Type: HTTP_PROXY, IntegrationHttpMethod: ANY, Uri: "https://example.com/"}}'
LOGGED = (
    'AccessLogSetting: {DestinationArn: "arn:aws:logs:us-east-1:123456789012:log-group:access", '
    'Format: "$context.status $context.wafResponseCode $context.webaclArn"}'
)
ACL = """
  Free: {{Type: AWS::ApiGateway::Stage, Properties: {{RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: free}}}}
  Attached:
    Type: AWS::WAFv2::WebACLAssociation
    Properties:
      ResourceArn: !Sub "arn:aws:apigateway:${{AWS::Region}}::/restapis/${{Api}}/stages/${{Stage}}"
      WebACLArn: !GetAtt Acl.Arn
  Acl: {{Type: AWS::WAFv2::WebACL, Properties: {{Scope: REGIONAL, DefaultAction: {{{default}: {{}}}}, Rules: {rules}}}}}
"""
NONE = [{"Priority": 0, "Type": "NONE"}]
BLOCK = {"Block": {}}
NO_PATH = {"ByteMatchStatement": {
    "FieldToMatch": {"UriPath": {}}, "SearchString": "/live/none", "PositionalConstraint": "EXACTLY", "TextTransformations": NONE
}}  # fmt: skip
AGENT = {"ByteMatchStatement": {
    "FieldToMatch": {"SingleHeader": {"Name": "user-agent"}}, "SearchString": "bot", "PositionalConstraint": "CONTAINS",
    "TextTransformations": NONE,
}}  # fmt: skip
RATE = {"RateBasedStatement": {"Limit": 10, "AggregateKeyType": "IP", "EvaluationWindowSec": 60}}
COUNTRY = {"GeoMatchStatement": {"CountryCodes": ["US"]}}
CUSTOM = {
    "Block": {"CustomResponse": {"ResponseCode": 429, "ResponseHeaders": [{"Name": "Retry-After", "Value": "9"}]}}
}
OPEN = 'Policy: {Statement: [{Effect: Allow, Principal: "*", Action: execute-api:Invoke, Resource: "execute-api:/*"}]}'
SHUT = replaced(OPEN, {"Allow": "Deny"})
PASSED = [("x-amzn-waf-seen", "yes")]


@pytest.fixture
def bench_with(bench_of):
    """The bench of an API behind a web ACL of one rule."""

    def bench_with_(statement, action=BLOCK, policy="", kind="NONE", default="Allow", more=""):
        from netful.services.http.message import Response

        rules = json.dumps([{"Name": "r", "Priority": 0, "Statement": statement, "Action": action}])
        text = of_method(METHOD.format(kind=kind), policy, LOGGED) + ACL.format(rules=rules, default=default)
        return bench_of(text + more, function=lambda _asked: Response(200, (), b"through"))

    return bench_with_


def ask(bench, path="/live", method="GET", **headers):
    return asyncio.run(bench.call(method, path, **headers))


def test_what_is_stopped_and_what_is_not(bench_with):
    bench = bench_with(AGENT)
    response = ask(bench, User_Agent="a bot")
    assert (response.status, response.body) == (403, b'{"message":"Forbidden"}')
    assert header(response, "x-amzn-errortype") == "ForbiddenException"
    assert [ask(bench).body, ask(bench, "/free", User_Agent="a bot").body] == [b"through"] * 2


def test_default_action_stops_what_no_rule_lets_through(bench_with):
    bench = bench_with(AGENT, {"Allow": {}}, default="Block")
    assert [ask(bench).status, ask(bench, User_Agent="a bot").status] == [403, 200]


@pytest.mark.parametrize(
    ("path", "more"),
    [("/live", {"policy": SHUT}), ("/live", {"kind": "AWS_IAM"}), ("/live/none", {}), ("/live", {"policy": OPEN})],
)
def test_it_comes_before_policies_routes_and_authorization(bench_with, path, more):
    bench = bench_with(AGENT, CUSTOM, **more)
    response = ask(bench, path, User_Agent="a bot")
    assert (response.status, header(response, "retry-after")) == (429, "9")
    assert header(response, "x-amzn-errortype") is None
    assert ask(bench, path).status == (200 if more == {"policy": OPEN} else 403)


RESPONSE = """
  Filtered:
    Type: AWS::ApiGateway::GatewayResponse
    Properties: {RestApiId: !Ref Api, ResponseType: WAF_FILTERED, StatusCode: "418", ResponseTemplates: {application/json: '{"own": $context.error.messageString}'}}
"""


def test_api_may_change_the_answer_but_not_a_rules_own(bench_with):
    response = ask(bench_with(AGENT, more=RESPONSE), User_Agent="a bot")
    assert (response.status, response.body) == (418, b'{"own": "Forbidden"}')
    assert ask(bench_with(AGENT, CUSTOM, more=RESPONSE), User_Agent="a bot").status == 429


def test_each_address_has_so_many_requests_in_a_window(bench_with):
    bench = bench_with(RATE)
    assert [ask(bench).status for _ in range(11)] == [200] * 10 + [403]
    assert ask(bench, "/free").status == 200
    bench.time.pass_(59)
    assert ask(bench).status == 403
    bench.time.pass_(2)
    assert [ask(bench).status for _ in range(10)] == [200] * 9 + [403]  # one of the last minute counts yet


def test_headers_that_a_rule_inserts_reach_the_integration(bench_with):
    inserts = {"Count": {"CustomRequestHandling": {"InsertHeaders": [{"Name": "seen", "Value": "yes"}]}}}
    bench = bench_with(AGENT, inserts)
    assert ask(bench, User_Agent="a bot", X_Amzn_Waf_Seen="forged").status == 200
    (sent,) = [one for one in bench.events if not isinstance(one, tuple)]
    assert [(name, value) for name, value in sent.headers if name.lower() == "x-amzn-waf-seen"] == PASSED


def test_access_log_tells_of_it(bench_with):
    bench, lines = bench_with(AGENT), []
    bench.gateway.logs.write = lambda _api, _stage, _destination, line: lines.append(line)
    ask(bench)
    ask(bench, User_Agent="a bot")
    acl = arn_of("AWS::WAFv2::WebACL", DEFAULT_ACCOUNT, DEFAULT_REGION, "Acl", {}.get)
    assert lines == [f"200 WAF_ALLOW {acl}", f"403 WAF_BLOCK {acl}"]


def test_what_cannot_be_told_is_let_through_and_said_once(bench_with, caplog):
    bench = bench_with(COUNTRY)
    with caplog.at_level(logging.WARNING):
        assert [ask(bench).status for _ in range(2)] == [200, 200]
    told = [record.getMessage() for record in caplog.records]
    assert told == ["template.yaml:15: rule r of Acl does not match: it looks at the client's country"]


def test_trace_names_the_web_acl_and_the_rule(bench_with):
    bench_with(NO_PATH)
    cloud = load([Path("template.yaml")])
    path = trace(cloud, parse(cloud, "internet", "Api GET /live/none"))
    hop = next(hop for hop in path.hops if hop.kind == "waf")
    assert (hop.component, hop.code) == ("Acl", "NETFUL_FILTERED")
    assert (path.symptom.status, path.symptom.body) == (403, '{"message":"Forbidden"}')
    assert [hop.kind for hop in path.hops][2:5] == ["host", "waf", "route"]
    passed = trace(cloud, parse(cloud, "internet", "Api GET /live/"))
    assert (passed.verdict, passed.hops[3].verdict) == ("reachable", "allow")


def test_trace_takes_for_granted_what_a_question_does_not_tell(bench_with):
    bench_with(AGENT)
    cloud = load([Path("template.yaml")])
    path = trace(cloud, parse(cloud, "internet", "Api GET /live/"))
    assert path.verdict == "reachable"
    assert "rule r of Acl does not match: it looks at a header" in path.assumptions
