"""The throttle ladder, quotas and caches, as `show` tells them."""

import pytest

from netful.engine.integrations.parameter_mapping import Message
from netful.engine.usage.caches import Cache, cache_key
from netful.engine.usage.quotas import Spent, daily
from netful.engine.usage.throttles import account_limit, account_rate
from netful.model.apis.stage import Canary, Stage
from netful.model.apis.usage import Quota
from netful.model.core import QuestionError, Unknown
from tests.helpers.texts import replaced

LADDER = """
    Resources:
      Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: ladder}}
      A:
        Type: AWS::ApiGateway::Resource
        Properties: {RestApiId: !Ref Api, ParentId: !GetAtt Api.RootResourceId, PathPart: a}
      Root:
        Type: AWS::ApiGateway::Method
        Properties:
          RestApiId: !Ref Api
          ResourceId: !GetAtt Api.RootResourceId
          HttpMethod: GET
          ApiKeyRequired: true
          Integration: {Type: MOCK, IntegrationResponses: [{StatusCode: 200}]}
      Get:
        Type: AWS::ApiGateway::Method
        Properties:
          RestApiId: !Ref Api
          ResourceId: !Ref A
          HttpMethod: GET
          ApiKeyRequired: true
          Integration: {Type: MOCK, CacheKeyParameters: [method.request.querystring.q]}
      Post:
        Type: AWS::ApiGateway::Method
        Properties: {RestApiId: !Ref Api, ResourceId: !Ref A, HttpMethod: POST, Integration: {Type: MOCK, IntegrationResponses: [{StatusCode: 200}]}}
      Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}}
      Stage:
        Type: AWS::ApiGateway::Stage
        Properties:
          RestApiId: !Ref Api
          DeploymentId: !Ref Deployment
          StageName: live
          CacheClusterEnabled: true
          CacheClusterSize: "0.5"
          MethodSettings:
            - {ResourcePath: "/*", HttpMethod: "*", ThrottlingRateLimit: 100, CachingEnabled: true, CacheTtlInSeconds: 60}
            - {ResourcePath: /~1a, HttpMethod: GET, ThrottlingRateLimit: 7.5, ThrottlingBurstLimit: 9, CacheDataEncrypted: true}
      Plan:
        Type: AWS::ApiGateway::UsagePlan
        Properties:
          ApiStages:
            - {ApiId: !Ref Api, Stage: !Ref Stage, Throttle: {/a/GET: {RateLimit: 2, BurstLimit: 3}}}
          Throttle: {RateLimit: 20, BurstLimit: 30}
          Quota: {Limit: 500, Period: WEEK}
      Key: {Type: AWS::ApiGateway::ApiKey, Properties: {Enabled: true}}
      Off: {Type: AWS::ApiGateway::ApiKey, Properties: {Enabled: false}}
      Binding: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan}}
      OffBinding: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref Off, KeyType: API_KEY, UsagePlanId: !Ref Plan}}
"""


def route(shown, cloud, place, key=None):
    method, path = place.split()
    return next(r for r in shown(cloud, key)["Api"]["routes"] if (r["method"], r["path"]) == (method, path))


@pytest.mark.parametrize(
    ("key", "place", "first", "sources"),
    [
        (None, "GET /a", (7.5, 9), ["stage method", "account default"]),
        (None, "POST /a", (100, 5000), ["stage default", "account default"]),
        ("Key", "GET /a", (2, 3), ["usage plan method", "stage method", "account default"]),
        ("Key", "GET /", (20, 30), ["usage plan", "stage default", "account default"]),
        ("Key", "POST /a", (100, 5000), ["stage default", "account default"]),
        ("Off", "GET /", (100, 5000), ["stage default", "account default"]),
    ],
)
def test_ladder(cloud_of, shown, key, place, first, sources):
    found = route(shown, cloud_of(LADDER), place, key)
    assert [limit["source"] for limit in found["limits"]] == sources
    assert found["throttle"] == {"rate": first[0], "burst": first[1], "source": sources[0]}
    assert found["quota"] == ({"limit": 500, "period": "WEEK"} if "usage plan" in sources[0] else None)


def test_a_stage_and_an_integration_as_shown(cloud_of, shown):
    cloud = cloud_of(
        LADDER.replace(
            "Integration: {Type: MOCK, IntegrationResponses: [{StatusCode: 200}]}}",
            "Integration: {Type: HTTP, Uri: !ImportValue uri, TimeoutInMillis: 500}}",
        )
    )
    assert shown(cloud)["Api"]["stages"] == [
        {
            "id": "Stage", "name": "live", "deployment": "Deployment", "variables": {}, "cache_cluster_enabled": True,
            "cache_cluster_size": "0.5",
        }
    ]  # fmt: skip
    assert route(shown, cloud, "POST /a")["integration"] == {
        "type": "HTTP", "uri": {"unknown": "import `uri` has no value", "needs": ["import uri"]}, "service": None, "action": None,
        "function": None, "vpc_link": None, "target": None, "timeout_ms": 500,
    }  # fmt: skip


def test_plan_as_shown(cloud_of, shown):
    (plan,) = shown(cloud_of(LADDER))["Api"]["usage_plans"]
    assert plan == {
        "id": "Plan",
        "throttle": {"rate": 20, "burst": 30},
        "quota": {"limit": 500, "period": "WEEK"},
        "keys": ["Key", "Off"],
        "stages": ["live"],
        "methods": {"/a/GET": {"rate": 2, "burst": 3}},
    }


def test_account_limits_are_lower_in_young_regions():
    assert (account_limit("eu-west-1").rate, account_limit("eu-west-1").burst) == (10_000, 5_000)
    assert (account_limit("il-central-1").rate, account_limit("il-central-1").burst) == (2_500, 1_250)
    assert [account_rate(region) for region in ("eu-west-1", "il-central-1")] == [10_000, 2_500]


def test_usage_day_by_day():
    spent = Spent({3: (2, 2), 4: (3, 5), 11: (1, 1)}, first="1970-W01")  # 1970-01-04 is a Sunday
    quota = Quota(10, "WEEK", offset=4)
    assert [*daily(quota, spent, range(2, 6))] == [(0, 6), (2, 4), (3, 5), (0, 5)]
    assert [*daily(Quota(Unknown("?"), "WEEK"), spent, range(2))] == []


@pytest.mark.parametrize(
    ("is_canary", "shares", "deployment", "partition"),
    [
        (False, False, "One", "S"),
        (True, False, "One", "S/Canary"),
        (True, True, "One", "S"),
        (True, True, "Two", "S/Canary"),
    ],
)
def test_the_part_of_a_cache_that_a_canary_uses(is_canary, shares, deployment, partition):
    canary = Canary(deployment_id=deployment, use_stage_cache=shares)
    stage = Stage("S", "Api", "live", deployment_id="One", canary=canary, is_canary=is_canary)
    cache = Cache(key=("method.request.querystring.q", Unknown("?")), namespace="n")
    message = Message({"querystring": {"q": ["1"]}})
    assert cache_key(cache, stage, "GET", message) == (partition, "n", "GET", ("1",))


def test_unknown_key_is_refused(cloud_of, shown):
    with pytest.raises(QuestionError) as refused:
        shown(cloud_of(LADDER), "Keys")
    assert refused.value.what == "there is no API key `Keys`"
    assert "`Key`" in refused.value.hint


def test_cache_of_a_method_begins_with_the_stage_s(cloud_of, shown):
    cache = route(shown, cloud_of(LADDER), "GET /a")["cache"]
    assert cache == {
        "enabled": True,
        "ttl": 60,
        "key": ["method.request.querystring.q"],
        "encrypted": True,
        "require_authorization": True,
    }


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("CacheClusterEnabled: true", "CacheClusterEnabled: false"),
        ("CachingEnabled: true", "CachingEnabled: false"),
        ("CacheTtlInSeconds: 60", "CacheTtlInSeconds: 0"),
    ],
)
def test_not_cached(cloud_of, shown, old, new):
    assert not route(shown, cloud_of(replaced(LADDER, {old: new})), "GET /a")["cache"]["enabled"]


def test_only_get_is_cached_without_a_setting_of_its_own(cloud_of, shown):
    assert not route(shown, cloud_of(LADDER), "POST /a")["cache"]["enabled"]
    own = replaced(LADDER, {"HttpMethod: GET, ThrottlingRateLimit": "HttpMethod: POST, ThrottlingRateLimit"})
    assert not route(shown, cloud_of(own), "POST /a")["cache"]["enabled"]
    own = replaced(own, {"CacheDataEncrypted: true": "CachingEnabled: true"})
    assert route(shown, cloud_of(own), "POST /a")["cache"]["enabled"]


def test_sam_shared_plan_covers_both_apis(cloud_of, shown):
    api = """
          {name}:
            Type: AWS::Serverless::Api
            Properties:
              StageName: prod
              DefinitionBody: {{swagger: "2.0", paths: {{/: {{get: {{x-amazon-apigateway-integration: {{type: mock}}}}}}}}}}
              Auth: {{ApiKeyRequired: true, UsagePlan: {{CreateUsagePlan: SHARED, Throttle: {{RateLimit: 4, BurstLimit: 8}}}}}}
    """
    text = "Transform: AWS::Serverless-2016-10-31\nResources:\n" + api.format(name="One") + api.format(name="Two")
    cloud = cloud_of(replaced(text, {"\n          ": "\n  "}))
    for name in ("One", "Two"):
        (found,) = [route for route in shown(cloud, "ServerlessApiKey")[name]["routes"] if route["stage"] == "prod"]
        assert found["throttle"] == {"rate": 4, "burst": 8, "source": "usage plan"}


def test_http_api_settings(cloud_of, shown):
    cloud = cloud_of("""
        Resources:
          Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP}}
          Get: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: GET /a}}
          Post: {Type: AWS::ApiGatewayV2::Route, Properties: {ApiId: !Ref Api, RouteKey: POST /a}}
          Stage:
            Type: AWS::ApiGatewayV2::Stage
            Properties:
              ApiId: !Ref Api
              StageName: $default
              AutoDeploy: true
              DefaultRouteSettings: {ThrottlingRateLimit: 50, ThrottlingBurstLimit: 60}
              RouteSettings: {POST /a: {ThrottlingRateLimit: 5, ThrottlingBurstLimit: 6}}
    """)
    assert route(shown, cloud, "GET /a")["throttle"] == {"rate": 50, "burst": 60, "source": "stage default"}
    assert route(shown, cloud, "POST /a")["throttle"] == {"rate": 5, "burst": 6, "source": "stage method"}
