"""Routing rules of a custom domain: which API a request reaches, by priority, headers, path and mode (newer-aws §4.1)."""

import pytest

from netful.engine.apis.door import arrival
from netful.engine.apis.routing_rules import headers_asked
from netful.engine.apis.ways import ways
from netful.engine.names.api_names import invoke_urls

HOST = "api.example.com"
APIS = """
Parameters: {Wanted: {Type: String}}
Resources:
  Domain:
    Type: AWS::ApiGateway::DomainName
    Properties: {DomainName: api.example.com, EndpointConfiguration: {Types: [REGIONAL]}, RoutingMode: MODE}
  Mapping: {Type: AWS::ApiGateway::BasePathMapping, Properties: {DomainName: !Ref Domain, RestApiId: !Ref Mapped, Stage: live}}
  Mapped: {Type: AWS::ApiGateway::RestApi, Properties: {Name: mapped}}
  One: {Type: AWS::ApiGateway::RestApi, Properties: {Name: one}}
  Two: {Type: AWS::ApiGateway::RestApi, Properties: {Name: two}}
"""
RULE = """
  R{priority}:
    Type: AWS::ApiGatewayV2::RoutingRule
    Properties:
      DomainNameArn: !GetAtt Domain.DomainNameArn
      Priority: {priority}
      Conditions: {conditions}
      Actions: [{{InvokeApi: {{ApiId: !Ref {api}, Stage: live, StripBasePath: {strip}}}}}]
"""
THEN, ONLY, MAPPING = "ROUTING_RULE_THEN_BASE_PATH_MAPPING", "ROUTING_RULE_ONLY", "BASE_PATH_MAPPING_ONLY"


def rule(priority, conditions="[]", api="One", *, strip="false"):
    return RULE.format(priority=priority, conditions=conditions, api=api, strip=strip)


def header(name, glob):
    return f"{{MatchHeaders: {{AnyOf: [{{Header: {name}, ValueGlob: '{glob}'}}]}}}}"


def base(path):
    return f"{{MatchBasePaths: {{AnyOf: [{path}]}}}}"


@pytest.fixture
def reached(cloud_of):
    """The API and the path in it of a request to a domain with some rules; None if no API is reached."""

    def of(rules, path="/", headers=(), mode=THEN):
        came = arrival(cloud_of(APIS.replace("MODE", mode) + "".join(rules)), HOST, path, "", None, headers)
        if came.api is None:
            return came.step.ruling.verdict, came.step.ruling.code
        return came.api.id, came.path, came.stage_name, came.rule_id

    return of


FORBIDDEN = ("deny", "NETFUL_API_NO_BASE_PATH")


def test_the_lowest_priority_decides(reached):
    assert reached([rule(20, api="Two"), rule(10)]) == ("One", "/", "live", "R10")


@pytest.mark.parametrize(
    ("mode", "api"),
    [
        (THEN, "One"),
        (ONLY, "One"),
        (MAPPING, "Mapped"),
        ("ROUTING_RULE_THEN_API_MAPPING", "One"),
        ("API_MAPPING_ONLY", "Mapped"),
    ],
)
def test_the_mode_chooses_between_rules_and_mappings(reached, mode, api):
    assert reached([rule(1)], mode=mode)[0] == api


@pytest.mark.parametrize(("mode", "found"), [(THEN, ("Mapped", "/", "live", "")), (ONLY, FORBIDDEN)])
def test_without_a_match_mappings_follow_if_the_mode_has_them(reached, mode, found):
    assert reached([rule(1, f"[{base('shop')}]")], mode=mode) == found


@pytest.mark.parametrize(
    ("glob", "value", "matches"),
    [
        ("beta", "beta", True),
        ("beta", "Beta", False),
        ("beta", "beta2", False),
        ("beta*", "beta2", True),
        ("beta*", "bet2", False),
        ("*2", "beta2", True),
        ("*a2", "b2", False),
        ("*et*", "bat2", False),
        ("*et*", "be", False),
        ("*et*", "beta2", True),
        ("*et*", "alpha", False),
        ("*", "anything", True),
        ("*", None, False),
    ],
)
def test_globs_of_headers(reached, glob, value, matches):
    given = () if value is None else (("x-VERSION", value),)
    assert reached([rule(1, f"[{header('X-Version', glob)}]")], headers=given)[0] == ("One" if matches else "Mapped")


def test_all_conditions_have_to_hold(reached):
    both = [rule(1, f"[{header('x-a', '1')}, {header('x-b', '2')}, {base('shop')}]")]
    a, b = ("x-a", "1"), ("x-b", "2")
    assert reached(both, "/shop/x", (a, b))[0] == "One"
    assert [reached(both, *way)[0] for way in (("/shop/x", (a,)), ("/x", (a, b)))] == ["Mapped", "Mapped"]


@pytest.mark.parametrize(
    ("path", "strip", "inner"),
    [
        ("/shop/dogs", "true", "/dogs"),
        ("/shop", "true", "/"),
        ("/shop/dogs", "false", "/shop/dogs"),
        ("/shops", "true", None),
        ("/Shop/dogs", "true", None),
    ],
)
def test_base_paths_and_what_the_api_receives(reached, path, strip, inner):
    found = reached([rule(1, f"[{base('shop')}]", strip=strip)], path)
    assert found[:2] == (("One", inner) if inner else ("Mapped", path))


def test_the_host_is_a_header_too(reached):
    assert reached([rule(1, f"[{header('Host', 'api.*')}]")])[0] == "One"


@pytest.mark.parametrize(
    ("rules", "found"),
    [
        ([rule(1, f"[{header('x-a', '!Ref Wanted')}]".replace("'", ""))], "unknown"),
        ([rule(1, f"[{header('x-a', '!Ref Wanted')}]".replace("'", "")), rule(2)], "One"),
        ([rule(1, f"[{header('x-a', '!Ref Wanted')}]".replace("'", ""), "Two"), rule(2)], "unknown"),
    ],
)
def test_an_unknown_condition_counts_where_it_could_lead_elsewhere(reached, rules, found):
    assert reached(rules, headers=(("x-a", "1"),))[0] == found


def test_an_unknown_mode_leaves_it_unknown(reached):
    assert reached([rule(1)], mode="!Ref Wanted")[0] == "unknown"
    assert reached([], mode="!Ref Wanted")[0] == "Mapped"


ROUTE = """
  Shop: {Type: AWS::ApiGateway::Resource, Properties: {RestApiId: !Ref One, ParentId: !GetAtt One.RootResourceId, PathPart: shop}}
  Get: {Type: AWS::ApiGateway::Method, Properties: {RestApiId: !Ref One, ResourceId: !Ref Shop, HttpMethod: GET, Integration: {Type: MOCK, IntegrationResponses: [{StatusCode: 200}]}}}
  Live: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref One, StageName: live}}
"""


@pytest.mark.parametrize(
    ("conditions", "strip", "url", "invoked"),
    [
        ("[]", "false", "https://api.example.com/shop", "https://api.example.com"),
        (f"[{base('v1')}]", "true", "https://api.example.com/v1/shop", "https://api.example.com/v1"),
        (f"[{base('shop')}]", "false", "https://api.example.com/shop", "https://api.example.com/shop"),
        (f"[{base('v1')}]", "false", None, "https://api.example.com/v1"),
        (f"[{base('!Ref Wanted')}]", "false", None, None),
        (f"[{header('x-a', '1')}]", "false", None, None),
    ],
)
def test_urls_by_which_a_rule_leads_to_an_api(cloud_of, conditions, strip, url, invoked):
    cloud = cloud_of(APIS.replace("MODE", ONLY) + ROUTE + rule(1, conditions, strip=strip))
    assert [way.url for way in ways(cloud) if way.by.startswith("routing rule")] == [url] * bool(url)
    assert invoke_urls(cloud, cloud.apis.by_id["One"])[1:] == (invoked,) * bool(invoked)


def test_rules_as_shown(cloud_of, shown):
    cloud = cloud_of(APIS.replace("MODE", ONLY) + rule(1, f"[{header('x-a', 'b*')}, {base('v1')}]"))
    assert shown(cloud)["One"]["routing_rules"] == [
        {
            "id": "R1", "name": "api.example.com", "priority": 1, "base_path": "v1",
            "headers": [{"header": "x-a", "value_glob": "b*"}], "stage": "live",
        }
    ]  # fmt: skip


def test_headers_that_rules_look_at(cloud_of):
    text = (
        APIS.replace("MODE", THEN) + rule(1, f"[{header('X-Version', '1')}]") + rule(2, f"[{header('x-version', '2')}]")
    )
    assert headers_asked(cloud_of(text)) == ("x-version",)
