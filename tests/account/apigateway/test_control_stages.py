"""What API Gateway's own API changes of stages and deployments, as their callers meet it (api-gateway §3.3, §4, §5.18)."""

import json

import pytest

from tests.helpers.gateway_bench import header

API = """
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: Fn, Runtime: python3.12, Handler: index.h, Role: !GetAtt Role.Arn, Code: {ZipFile: "def h(e, c): pass"}}}
  Permission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: lambda:InvokeFunction, Principal: apigateway.amazonaws.com}}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: a
      EndpointConfiguration: {Types: [REGIONAL]}
      Body:
        swagger: "2.0"
        info: {title: a, version: "1"}
        paths:
          /fn: {get: {x-amazon-apigateway-integration: &fn {type: aws_proxy, httpMethod: POST, uri: !Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"}}}
          /other: {get: {x-amazon-apigateway-integration: *fn}}
          /mock: {get: {x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{"statusCode": 200}'}, responses: {default: {statusCode: 200, responseTemplates: {application/json: '{"colour": "$stageVariables.colour", "size": "$stageVariables.size"}'}}}}}}
          /guarded: {get: {security: [{who: []}], x-amazon-apigateway-integration: *fn}}
        securityDefinitions:
          who:
            type: apiKey
            name: Authorization
            in: header
            x-amazon-apigateway-authtype: custom
            x-amazon-apigateway-authorizer: {type: token, authorizerUri: !Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"}
  First: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Api
      DeploymentId: !Ref First
      StageName: live
      Variables: {colour: blue}
      CacheClusterEnabled: true
      CacheClusterSize: "0.5"
      MethodSettings: [{HttpMethod: "*", ResourcePath: "/*", CachingEnabled: false}]
"""


def described(bench, text):
    """UpdateRestApi, by which the resources of the API are read again."""
    patch = {"op": "replace", "path": "/description", "value": text}
    bench.rest.update_rest_api(restApiId="Api", patchOperations=[patch])


def test_a_stage_names_its_web_acl(controlled):
    bench = controlled(
        API
        + """
  Acl: {Type: AWS::WAFv2::WebACL, Properties: {Name: acl, Scope: REGIONAL, DefaultAction: {Allow: {}}, VisibilityConfig: {}}}
  Link: {Type: AWS::WAFv2::WebACLAssociation, Properties: {ResourceArn: !Sub "arn:aws:apigateway:us-east-1::/restapis/${Api}/stages/live", WebACLArn: !GetAtt Acl.Arn}}
"""
    )
    arn = bench.rest.get_stage(restApiId="Api", stageName="live")["webAclArn"]
    assert arn.startswith("arn:aws:wafv2:us-east-1:123456789012:regional/webacl/acl/")
    (stage,) = bench.rest.get_stages(restApiId="Api")["item"]
    assert stage["webAclArn"] == arn


def test_setting_has_the_key_that_its_call_named(controlled):
    """Terraform looks for the settings of a method under the path of its patches, which has no leading slash."""
    bench = controlled(API)
    bench.patch("replace /mock/GET/metrics/enabled true", "replace /~1other/GET/metrics/enabled true")
    settings = bench.rest.get_stage(restApiId="Api", stageName="live")["methodSettings"]
    assert {*settings} == {"*/*", "mock/GET", "~1other/GET"}
    described(bench, "other")
    assert bench.rest.get_stage(restApiId="Api", stageName="live")["methodSettings"] == settings
    bench.patch("remove /mock/GET")
    assert {*bench.rest.get_stage(restApiId="Api", stageName="live")["methodSettings"]} == {"*/*", "~1other/GET"}


@pytest.fixture
def bench(controlled):
    bench = controlled(API)

    def answer(event):
        if event.get("type") == "TOKEN":
            policy = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
            return {"principalId": "p", "policyDocument": policy}
        return {"statusCode": 200, "body": str(len(bench.events))}

    bench.function = answer
    return bench


# --- settings of methods ----------------------------------------------------------------------------------------------


def test_throttle_of_all_methods(bench):
    assert bench.count("/live/mock", 10) == 10
    bench.patch("replace /*/*/throttling/rateLimit 1", "replace /*/*/throttling/burstLimit 3")
    assert (bench.count("/live/mock", 10), bench.count("/live/fn", 10)) == (3, 3)
    bench.patch("remove /*/*")
    assert bench.count("/live/mock", 10) == 10


@pytest.mark.parametrize("path", ["/~1fn/GET", "/fn/GET"])
def test_throttle_of_one_method(bench, path):
    stage = bench.patch(f"replace {path}/throttling/rateLimit 1", f"replace {path}/throttling/burstLimit 2")
    assert stage["methodSettings"][path.removeprefix("/")]["throttlingBurstLimit"] == 2
    assert (bench.count("/live/fn", 5), bench.count("/live/other", 5)) == (2, 5)


def test_throttle_that_terraform_leaves_out_is_no_limit(bench):
    stage = bench.patch("replace /*/*/throttling/rateLimit -1.000000", "replace /*/*/throttling/burstLimit -1")
    found = stage["methodSettings"]["*/*"]
    assert (found["throttlingRateLimit"], found["throttlingBurstLimit"]) == (-1, -1)
    assert bench.count("/live/mock", 10) == 10


def test_setting_of_a_method_begins_as_a_copy_and_stays_one(bench):
    bench.patch("replace /*/*/caching/enabled true")
    stage = bench.patch("replace /~1fn/GET/caching/ttlInSeconds 60", "replace /*/*/caching/enabled false")
    assert stage["methodSettings"]["~1fn/GET"]["cachingEnabled"] is True
    assert stage["methodSettings"]["*/*"]["cachingEnabled"] is False
    assert [bench.get(path).body for path in ("/live/fn", "/live/fn", "/live/other", "/live/other")] == [
        b"1",
        b"1",
        b"2",
        b"3",
    ]
    bench.time.pass_(61)
    assert bench.get("/live/fn").body == b"4"


def test_setting_of_a_method_goes(bench):
    bench.patch("replace /~1fn/GET/throttling/burstLimit 0", "replace /~1fn/GET/throttling/rateLimit 0")
    assert bench.count("/live/fn", 1) == 0
    assert "~1fn/GET" not in bench.patch("remove /~1fn/GET")["methodSettings"]
    assert bench.count("/live/fn", 1) == 1
    with pytest.raises(bench.rest.exceptions.BadRequestException, match="there is no method setting for this method"):
        bench.patch("remove /~1fn/GET")


def test_flags_of_logs_and_metrics(bench):
    stage = bench.patch(
        "replace /*/*/logging/loglevel INFO", "replace /*/*/logging/dataTrace true", "replace /*/*/metrics/enabled true"
    )
    found = stage["methodSettings"]["*/*"]
    assert (found["loggingLevel"], found["dataTraceEnabled"], found["metricsEnabled"]) == ("INFO", True, True)
    written = []
    bench.gateway.logs.write = lambda *line: written.append(line[-1])
    bench.get("/live/mock")
    assert any("Method completed with status: 200" in line for line in written)


def test_access_log(bench):
    written = []
    bench.gateway.logs.write = lambda *line: written.append(line[-1])
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:l"
    bench.patch(f"replace /accessLogSettings/destinationArn {arn}", "replace /accessLogSettings/format $context.path")
    bench.get("/live/mock")
    assert written == ["/live/mock"]
    assert "accessLogSettings" not in bench.patch("remove /accessLogSettings")


# --- caches -----------------------------------------------------------------------------------------------------------


def test_whole_cache_is_flushed(bench):
    bench.patch("replace /*/*/caching/enabled true")
    assert [bench.get("/live/fn").body for _ in range(2)] == [b"1", b"1"]
    done = bench.rest.flush_stage_cache(restApiId="Api", stageName="live")
    assert done["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert [bench.get("/live/fn").body for _ in range(2)] == [b"2", b"2"]
    with pytest.raises(bench.rest.exceptions.NotFoundException):
        bench.rest.flush_stage_cache(restApiId="Api", stageName="none")


def test_cluster_that_is_made_anew_is_empty(bench):
    bench.patch("replace /*/*/caching/enabled true")
    assert bench.get("/live/fn").body == b"1"
    off = bench.patch("replace /cacheClusterEnabled false")
    assert off["cacheClusterStatus"] == "NOT_AVAILABLE"
    assert [bench.get("/live/fn").body for _ in range(2)] == [b"2", b"3"]
    bench.patch("replace /cacheClusterEnabled true")
    assert [bench.get("/live/fn").body for _ in range(2)] == [b"4", b"4"]
    bench.patch("replace /cacheClusterSize 1.6")
    assert bench.get("/live/fn").body == b"5"


def test_what_authorizers_have_said_is_flushed(bench):
    def asked():
        assert bench.get("/live/guarded", authorization="t").status == 200
        return sum(event.get("type") == "TOKEN" for event in bench.events)

    assert (asked(), asked()) == (1, 1)
    bench.rest.flush_stage_cache(restApiId="Api", stageName="live")
    assert asked() == 1
    bench.rest.flush_stage_authorizers_cache(restApiId="Api", stageName="live")
    assert asked() == 2


# --- variables, deployments -------------------------------------------------------------------------------------------


def test_stage_variables(bench):
    bench.patch("replace /variables/colour red", "add /variables/size 7", "replace /description d")
    assert bench.json("/live/mock") == {"colour": "red", "size": "7"}
    bench.patch("remove /variables/size")
    assert bench.json("/live/mock") == {"colour": "red", "size": ""}


DENY = {
    "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}]
}


def with_policy(bench, policy):
    patch = {"op": "replace", "path": "/policy", "value": json.dumps(policy)}
    return bench.rest.update_rest_api(restApiId="Api", patchOperations=[patch])


def test_policy_is_live_with_the_next_deployment(bench):
    first = bench.rest.get_stage(restApiId="Api", stageName="live")["deploymentId"]
    with_policy(bench, DENY)
    assert bench.get("/live/mock").status == 200
    made = bench.rest.create_deployment(restApiId="Api", stageName="live", description="second")
    refused = bench.get("/live/mock")
    assert (refused.status, header(refused, "x-amzn-ErrorType")) == (403, "AccessDeniedException")
    found = bench.rest.get_deployments(restApiId="Api")["items"]
    assert [one["id"] for one in found] == [first, made["id"]]
    bench.patch(f"replace /deploymentId {first}")  # back again
    assert bench.get("/live/mock").status == 200
    bench.patch(f"replace /deploymentId {made['id']}")
    bench.rest.update_rest_api(restApiId="Api", patchOperations=[{"op": "remove", "path": "/policy"}])
    assert bench.get("/live/mock").status == 403
    bench.rest.create_deployment(restApiId="Api", stageName="live")
    assert bench.get("/live/mock").status == 200


@pytest.mark.parametrize("policy", ["{", "[]", "{}"])
def test_policy_that_is_none(bench, policy):
    patch = {"op": "replace", "path": "/policy", "value": policy}
    with pytest.raises(bench.rest.exceptions.BadRequestException, match="Invalid policy document"):
        bench.rest.update_rest_api(restApiId="Api", patchOperations=[patch])


def test_stage_that_a_deployment_makes(bench):
    bench.rest.create_deployment(restApiId="Api", stageName="new", variables={"colour": "green"})
    assert bench.json("/new/mock")["colour"] == "green"
    assert bench.json("/live/mock")["colour"] == "blue"
    assert {one["stageName"] for one in bench.rest.get_stages(restApiId="Api")["item"]} == {"live", "new"}


def test_stage_that_a_deployment_describes_is_changed_and_deleted(controlled):
    settings = "CachingEnabled: true, MethodSettings: [{ResourcePath: /mock, HttpMethod: GET, MetricsEnabled: true}]"
    old = f"StageName: old, StageDescription: {{Variables: {{colour: grey}}, {settings}}}"
    deployment = "AWS::ApiGateway::Deployment, Properties: {"
    bench = controlled(API.replace(deployment, f"{deployment}{old}, "))
    found = bench.patch("replace /variables/size 3", stage="old")["methodSettings"]
    assert (found["*/*"]["cachingEnabled"], found["~1mock/GET"]["metricsEnabled"]) == (True, True)
    assert bench.json("/old/mock") == {"colour": "grey", "size": "3"}
    bench.rest.delete_stage(restApiId="Api", stageName="old")
    described(bench, "other")
    assert [one["stageName"] for one in bench.rest.get_stages(restApiId="Api")["item"]] == ["live"]


def test_deployment_without_a_stage_changes_nobody(bench):
    with_policy(bench, DENY)
    made = bench.rest.create_deployment(restApiId="Api")
    assert bench.get("/live/mock").status == 200
    bench.patch(f"replace /deploymentId {made['id']}")
    assert bench.get("/live/mock").status == 403


# --- canaries ---------------------------------------------------------------------------------------------------------


def test_canary_is_deployed_and_promoted(bench):
    with_policy(bench, DENY)
    canary = {"percentTraffic": 0, "stageVariableOverrides": {"colour": "yellow"}}
    made = bench.rest.create_deployment(restApiId="Api", stageName="live", canarySettings=canary)
    stage = bench.rest.get_stage(restApiId="Api", stageName="live")
    assert stage["canarySettings"] == {
        "percentTraffic": 0.0,
        "deploymentId": made["id"],
        "stageVariableOverrides": {"colour": "yellow"},
        "useStageCache": False,
    }
    assert bench.get("/live/mock").status == 200
    bench.patch("replace /canarySettings/percentTraffic 100")
    assert bench.get("/live/mock").status == 403
    with pytest.raises(bench.rest.exceptions.BadRequestException, match="Canary exists"):
        bench.rest.create_deployment(restApiId="Api", stageName="live")
    stage = bench.patch(
        "copy /canarySettings/stageVariableOverrides /variables",
        "copy /canarySettings/deploymentId /deploymentId",
        "replace /canarySettings/percentTraffic 0",
    )
    assert (stage["deploymentId"], stage["variables"]) == (made["id"], {"colour": "yellow"})
    assert bench.get("/live/mock").status == 403
    assert "canarySettings" not in bench.patch("remove /canarySettings")


def test_canary_by_patches(bench):
    bench.patch(
        "replace /canarySettings/percentTraffic 100",
        "replace /canarySettings/stageVariableOverrides/size 9",
        "replace /canarySettings/useStageCache true",
    )
    assert bench.json("/live/mock") == {"colour": "blue", "size": "9"}
    bench.patch("remove /canarySettings/stageVariableOverrides/size")
    assert bench.json("/live/mock") == {"colour": "blue", "size": ""}
    bench.patch("remove /canarySettings")
    with pytest.raises(
        bench.rest.exceptions.BadRequestException, match=r"Promotion not available\. Canary does not exist\."
    ):
        bench.patch("copy /canarySettings/deploymentId /deploymentId")


@pytest.mark.parametrize(("shared", "bodies"), [("true", [b"1", b"1", b"1"]), ("false", [b"1", b"2", b"2"])])
def test_canary_and_its_stage_share_entries_where_they_are_asked_to(bench, shared, bodies):
    bench.patch("replace /*/*/caching/enabled true")
    assert bench.get("/live/fn").body == bodies[0]
    bench.patch("replace /canarySettings/percentTraffic 100", f"replace /canarySettings/useStageCache {shared}")
    assert [bench.get("/live/fn").body for _ in range(2)] == bodies[1:]
    bench.rest.flush_stage_cache(restApiId="Api", stageName="live")
    assert bench.get("/live/fn").body == str(int(bodies[-1]) + 1).encode()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"canarySettings": {"percentTraffic": 5}}, "Non null and non empty stageName must be provided"),
        (
            {"stageName": "none", "canarySettings": {"percentTraffic": 5}},
            "must already be created before making a canary release",
        ),
        ({"stageName": "live", "canarySettings": {"percentTraffic": 101}}, "percentTraffic"),
    ],
)
def test_canary_that_cannot_be_deployed(bench, given, message):
    with pytest.raises(bench.rest.exceptions.BadRequestException, match=message):
        bench.rest.create_deployment(restApiId="Api", **given)
    assert len(bench.rest.get_deployments(restApiId="Api")["items"]) == 1


# --- what is no patch -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("patch", "message"),
    [
        ("replace /none x", "Invalid method setting path: /none"),
        ("replace /*/*/caching/none true", "Invalid method setting path"),
        ("replace /*/*/caching/enabled perhaps", "perhaps"),
        ("replace /*/*/caching/ttlInSeconds 3601", "between 0 and 3600"),
        ("replace /*/*/throttling/rateLimit many", "not a number"),
        ("replace /*/*/logging/loglevel LOUD", r"\[OFF, ERROR, INFO\]"),
        ("replace /cacheClusterSize 3", r"\[0\.5, 1\.6"),
        ("replace /deploymentId none", "Deployment id does not exist"),
        ("replace /canarySettings/percentTraffic 101", "between 0 and 100"),
        ("replace /canarySettings/deploymentId none", "Deployment id does not exist"),
        ("replace /canarySettings x", "Invalid method setting path"),
        ("copy /variables /canarySettings/stageVariableOverrides", "Invalid copy operation"),
        ("replace /variables/a-b x", "Invalid stage variable name"),
        ("replace /variables/a <x>", "must match"),
        ("move /description x", "Invalid patch operation"),
    ],
)
def test_patch_that_is_none_changes_nothing(bench, patch, message):
    before = bench.cloud
    with pytest.raises(bench.rest.exceptions.BadRequestException, match=message):
        bench.patch("replace /variables/colour red", patch)
    assert bench.cloud is before
    assert bench.json("/live/mock")["colour"] == "blue"


# --- HTTP APIs --------------------------------------------------------------------------------------------------------

HTTP = """
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.12, Handler: index.h, Role: !GetAtt Role.Arn, Code: {ZipFile: "def h(e, c): pass"}}}
  Permission: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: lambda:InvokeFunction, Principal: apigateway.amazonaws.com}}
  Web: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: web, ProtocolType: HTTP}}
  There: {Type: AWS::ApiGatewayV2::Integration, Properties: {ApiId: !Ref Web, IntegrationType: AWS_PROXY, IntegrationUri: !GetAtt Fn.Arn, PayloadFormatVersion: "2.0"}}
  One: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Web, RouteKey: GET /one, Target: !Sub "integrations/${There}"}}
  Two: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Web, RouteKey: GET /two, Target: !Sub "integrations/${There}"}}
  Live: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Web, StageName: live, AutoDeploy: true, StageVariables: {a: b, c: d}}}
"""


def test_throttle_of_a_route_of_an_http_api(controlled):
    bench = controlled(HTTP)
    limits = {"ThrottlingRateLimit": 1, "ThrottlingBurstLimit": 2}
    stage = bench.http.update_stage(ApiId="Web", StageName="live", RouteSettings={"GET /one": limits})
    assert stage["RouteSettings"]["GET /one"]["ThrottlingBurstLimit"] == 2
    statuses = [[bench.get(path, api="web").status for _ in range(4)] for path in ("/live/one", "/live/two")]
    assert statuses == [[200, 200, 429, 429], [200] * 4]
    bench.http.update_stage(ApiId="Web", StageName="live", DefaultRouteSettings={**limits, "ThrottlingBurstLimit": 1})
    assert [bench.get("/live/two", api="web").status for _ in range(2)] == [200, 429]


def test_variables_of_an_http_stage(controlled):
    bench = controlled(HTTP)
    bench.http.update_stage(ApiId="Web", StageName="live", StageVariables={"a": "x", "c": ""}, Description="d")
    bench.get("/live/one", api="web")
    assert bench.events[-1]["stageVariables"] == {"a": "x"}
    assert bench.http.get_stage(ApiId="Web", StageName="live")["Description"] == "d"


def test_route_that_an_http_api_has_not(controlled):
    bench = controlled(HTTP)
    with pytest.raises(bench.http.exceptions.NotFoundException, match="GET /none"):
        bench.http.update_stage(ApiId="Web", StageName="live", RouteSettings={"GET /none": {"ThrottlingRateLimit": 1}})
