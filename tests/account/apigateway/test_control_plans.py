"""Usage plans, keys and what keys have used, by API Gateway's own API (api-gateway §3.4, §3.5)."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from netful.engine.usage.quotas import Spent, daily
from netful.model.apis.usage import Quota
from netful.model.identity import short_id
from netful.services.http.message import Request
from tests.helpers.control_bench import CLIENT
from tests.helpers.ids import api_id, key_id

API = """
Resources:
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: a
      EndpointConfiguration: {Types: [REGIONAL]}
      Body:
        swagger: "2.0"
        info: {title: a, version: "1"}
        paths:
          /keyed: {get: &keyed {security: [{api_key: []}], x-amazon-apigateway-integration: {type: mock, requestTemplates: {application/json: '{"statusCode": 200}'}, responses: {default: {statusCode: 200}}}}}
          /pets/{id}: {get: *keyed}
        securityDefinitions: {api_key: {type: apiKey, name: x-api-key, in: header}}
  First: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, DeploymentId: !Ref First, StageName: live}}
  Plan:
    Type: AWS::ApiGateway::UsagePlan
    Properties: {UsagePlanName: basic, ApiStages: [{ApiId: !Ref Api, Stage: !Ref Stage}], Quota: {Limit: 5, Period: MONTH}}
  Other: {Type: AWS::ApiGateway::UsagePlan, Properties: {UsagePlanName: other, ApiStages: [{ApiId: !Ref Api, Stage: !Ref Stage}]}}
  Key: {Type: AWS::ApiGateway::ApiKey, Properties: {Name: first, Value: first-key-of-twenty-characters, Enabled: true}}
  InPlan: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan}}
"""
KEY = "first-key-of-twenty-characters"
PLAN_ID, KEY_ID = short_id("Plan"), key_id("Key")


@pytest.fixture
def bench(controlled):
    return controlled(API)


def patched(bench, *patches, plan="Plan"):
    operations = [{"op": op, "path": path, **({"value": value[0]} if value else {})} for op, path, *value in patches]
    return bench.rest.update_usage_plan(usagePlanId=plan, patchOperations=operations)


def count(bench, path="/live/keyed", tries=10, key=KEY):
    return bench.count(path, tries, **{"x-api-key": key})


# --- reads ------------------------------------------------------------------------------------------------------------


def test_plans_and_their_keys(bench):
    plans = bench.rest.get_usage_plans()["items"]
    assert [(one["id"], one["name"]) for one in plans] == [(PLAN_ID, "basic"), (short_id("Other"), "other")]
    assert plans[0]["apiStages"] == [{"apiId": api_id("Api"), "stage": "live"}]
    assert plans[0]["quota"] == {"limit": 5, "offset": 0, "period": "MONTH"}
    assert [one["id"] for one in bench.rest.get_usage_plans(keyId="Key")["items"]] == [PLAN_ID]
    [key] = bench.rest.get_usage_plan_keys(usagePlanId="Plan")["items"]
    assert key == {"id": KEY_ID, "type": "API_KEY", "name": "first", "value": KEY}
    assert bench.rest.get_usage_plan_key(usagePlanId="Plan", keyId="Key")["value"] == KEY
    assert bench.rest.get_usage_plan_keys(usagePlanId="Other")["items"] == []


def test_value_of_a_key_is_told_where_it_is_asked_for(bench):
    assert "value" not in bench.rest.get_api_key(apiKey="Key")
    assert bench.rest.get_api_key(apiKey="Key", includeValue=True)["value"] == KEY
    [key] = bench.rest.get_api_keys(includeValues=True, nameQuery="fir")["items"]
    assert (key["value"], key["stageKeys"]) == (KEY, [f"{api_id('Api')}/live"])
    assert bench.rest.get_api_keys(nameQuery="sec")["items"] == []


# --- what was used ----------------------------------------------------------------------------------------------------


def usage(bench, days=3, **more):
    """What is told of the days up to now, with the last one's date."""
    last = datetime.fromtimestamp(bench.time.now, UTC).date()
    first = last - timedelta(days=days - 1)
    told = bench.rest.get_usage(usagePlanId="Plan", startDate=str(first), endDate=str(last), **more)
    assert (told["startDate"], told["endDate"]) == (str(first), str(last))
    return told["items"]


def test_what_was_used_by_day(bench):
    assert usage(bench) == {}
    assert count(bench, tries=2) == 2
    assert usage(bench) == {KEY_ID: [[0, 5], [0, 5], [2, 3]]}
    bench.time.pass_(86_400)
    assert count(bench, tries=1) == 1
    bench.time.pass_(86_400)
    assert usage(bench, days=4, keyId="Key") == {KEY_ID: [[0, 5], [2, 3], [1, 2], [0, 2]]}
    assert count(bench, tries=9) == 2  # refused requests do not count
    assert usage(bench, days=1) == {KEY_ID: [[2, 0]]}
    assert usage(bench, days=1, keyId="none") == {}


@pytest.mark.parametrize(
    ("start", "end"), [("2023-11-02", "2023-11-01"), ("2023-01-01", "2023-11-01"), ("yesterday", "2023-11-01")]
)
def test_range_of_days_that_is_none(bench, start, end):
    with pytest.raises(bench.rest.exceptions.BadRequestException, match="Invalid"):
        bench.rest.get_usage(usagePlanId="Plan", startDate=start, endDate=end)


def grant(bench, remaining):
    patch = {"op": "replace", "path": "/remaining", "value": str(remaining)}
    return bench.rest.update_usage(usagePlanId="Plan", keyId="Key", patchOperations=[patch])["items"]


@pytest.mark.parametrize("remaining", [1, 8])
def test_key_is_granted_so_many_more_in_this_period(bench, remaining):
    assert count(bench, tries=2) == 2
    assert grant(bench, remaining) == {KEY_ID: [[2, remaining]]}
    assert count(bench) == remaining
    assert usage(bench, days=1) == {KEY_ID: [[2 + remaining, 0]]}
    bench.time.pass_(31 * 86_400)
    assert count(bench) == 5


def test_grant_before_the_first_request(bench):
    assert grant(bench, 1) == {KEY_ID: [[0, 1]]}
    assert count(bench) == 1


def test_grant_that_is_none(bench):
    with pytest.raises(bench.rest.exceptions.BadRequestException, match="not a number"):
        grant(bench, "many")
    with pytest.raises(bench.rest.exceptions.NotFoundException):
        bench.rest.update_usage(usagePlanId="Other", keyId="Key", patchOperations=[])


def test_offset_is_taken_from_the_first_period_of_a_key():
    quota = Quota(10, "DAY", 4)
    assert [*daily(quota, Spent({20: (1, 1), 21: (2, 2)}, "1970-01-21"), range(19, 23))] == [
        (0, 10),
        (1, 5),
        (2, 8),
        (0, 10),
    ]
    assert [*daily(quota, Spent(), range(5, 6))] == [(0, 6)]


# --- changes of plans -------------------------------------------------------------------------------------------------


def test_quota_is_changed_and_what_was_counted_stays(bench):
    assert count(bench, tries=3) == 3
    assert patched(bench, ("replace", "/quota/limit", "7"))["quota"]["limit"] == 7
    assert count(bench) == 4
    assert "quota" not in patched(bench, ("remove", "/quota"))
    assert count(bench) == 10
    plan = patched(bench, ("add", "/quota/limit", "9"), ("add", "/quota/period", "WEEK"))
    assert plan["quota"] == {"limit": 9, "offset": 0, "period": "WEEK"}


def test_quota_needs_a_limit(bench):
    with pytest.raises(bench.rest.exceptions.BadRequestException, match="limit"):
        patched(bench, ("remove", "/quota"), ("replace", "/quota/period", "DAY"))


def test_throttle_of_a_plan(bench):
    patched(bench, ("remove", "/quota"))
    plan = patched(bench, ("replace", "/throttle/rateLimit", "1"), ("replace", "/throttle/burstLimit", "2"))
    assert plan["throttle"] == {"rateLimit": 1.0, "burstLimit": 2}
    assert count(bench) == 2
    assert "throttle" not in patched(bench, ("remove", "/throttle"))
    assert count(bench) == 10


LIMITS = '{"/pets/{id}/GET": {"rateLimit": 1, "burstLimit": 3}}'


@pytest.mark.parametrize(
    "patches",
    [
        [("replace", "/apiStages/Api:live/throttle", LIMITS)],
        [
            ("add", "/apiStages/Api:live/throttle/~1pets~1{id}/GET/rateLimit", "1"),
            ("add", "/apiStages/Api:live/throttle/~1pets~1{id}/GET/burstLimit", "3"),
        ],
        [
            ("replace", "/apiStages/Api:live/throttle//pets/{id}/GET/rateLimit", "1"),
            ("replace", "/apiStages/Api:live/throttle//pets/{id}/GET/burstLimit", "3"),
        ],
    ],
)
def test_throttle_of_a_method_in_a_plan(bench, patches):
    plan = patched(bench, ("remove", "/quota"), *patches)
    assert plan["apiStages"][0]["throttle"] == {"/pets/{id}/GET": {"rateLimit": 1.0, "burstLimit": 3}}
    assert (count(bench, "/live/pets/1"), count(bench)) == (3, 10)
    plan = patched(bench, ("remove", "/apiStages/Api:live/throttle/~1pets~1{id}/GET"))
    assert "throttle" not in plan["apiStages"][0]
    assert count(bench, "/live/pets/1") == 10


def test_plan_opens_a_stage_and_shuts_it(bench):
    bench.rest.create_deployment(restApiId="Api", stageName="new")
    assert count(bench, "/new/keyed", 1) == 0
    patched(bench, ("add", "/apiStages", "Api:new"))
    assert count(bench, "/new/keyed", 1) == 1
    patched(bench, ("remove", "/apiStages", "Api:new"))
    assert count(bench, "/new/keyed", 1) == 0


@pytest.mark.parametrize(
    ("patch", "error", "message"),
    [
        (("add", "/apiStages", "Api:none"), "NotFoundException", "Invalid API Stage {api: Api, stage: none}"),
        (("remove", "/apiStages", "Api:none"), "NotFoundException", f"specified for usageplan {PLAN_ID}"),
        (("add", "/apiStages", "Api:live"), "ConflictException", "already"),
        (("add", "/apiStages", "nothing"), "BadRequestException", "Invalid API Stage specified"),
        (("replace", "/none", "x"), "BadRequestException", "Invalid patch path"),
        (("replace", "/quota/period", "YEAR"), "BadRequestException", "DAY, WEEK, MONTH"),
        (("replace", "/throttle/burstLimit", "1.5"), "BadRequestException", "not a number"),
        (("replace", "/throttle/rateLimit", "9" * 400), "BadRequestException", "not a number"),
        (("replace", "/apiStages/Api:live/throttle", "{"), "BadRequestException", "Invalid patch path"),
    ],
)
def test_patch_of_a_plan_that_is_none(bench, patch, error, message):
    with pytest.raises(getattr(bench.rest.exceptions, error)) as caught:
        patched(bench, ("replace", "/name", "changed"), patch)
    assert message in str(caught.value)
    assert bench.rest.get_usage_plan(usagePlanId="Plan")["name"] == "basic"


# --- keys -------------------------------------------------------------------------------------------------------------


def test_key_is_made_put_into_a_plan_and_taken_away(bench):
    made = bench.rest.create_api_key(name="second", enabled=True, description="d")
    assert count(bench, tries=1, key=made["value"]) == 0
    bench.rest.create_usage_plan_key(usagePlanId="Plan", keyId=made["id"], keyType="API_KEY")
    assert count(bench, tries=9, key=made["value"]) == 5
    assert count(bench, tries=9) == 5  # each key has a quota of its own
    bench.rest.delete_usage_plan_key(usagePlanId="Plan", keyId=made["id"])
    assert bench.get("/live/keyed", **{"x-api-key": made["value"]}).status == 403
    bench.rest.delete_api_key(apiKey=made["id"])
    assert [one["id"] for one in bench.rest.get_api_keys()["items"]] == [KEY_ID]


def test_key_that_is_deleted_leaves_its_plans(bench):
    bench.rest.delete_api_key(apiKey="Key")
    assert bench.rest.get_usage_plan_keys(usagePlanId="Plan")["items"] == []
    assert bench.get("/live/keyed", **{"x-api-key": KEY}).status == 403


def test_key_is_disabled(bench):
    def enabled(value):
        patch = {"op": "replace", "path": "/enabled", "value": value}
        return bench.rest.update_api_key(apiKey="Key", patchOperations=[patch])["enabled"]

    assert enabled("false") is False
    assert count(bench, tries=1) == 0
    assert enabled("true") is True
    assert count(bench, tries=1) == 1


def test_key_is_enabled_only_where_that_is_asked_for(bench):
    assert bench.rest.create_api_key(name="k")["enabled"] is False


def test_keys_of_a_customer(bench):
    made = bench.rest.create_api_key(name="theirs", customerId="c1")
    assert made["customerId"] == "c1"
    assert [one["id"] for one in bench.rest.get_api_keys(customerId="c1")["items"]] == [made["id"]]
    patch = {"op": "replace", "path": "/customerId", "value": "c2"}
    bench.rest.update_api_key(apiKey=made["id"], patchOperations=[patch])
    assert bench.rest.get_api_keys(customerId="c1")["items"] == []
    assert bench.rest.get_api_key(apiKey=made["id"])["customerId"] == "c2"


@pytest.mark.parametrize(("value", "error"), [("short", "BadRequestException"), (KEY, "ConflictException")])
def test_value_that_a_key_may_not_have(bench, value, error):
    with pytest.raises(getattr(bench.rest.exceptions, error)):
        bench.rest.create_api_key(name="k", value=value)


def test_key_is_in_one_plan_of_a_stage(bench):
    for plan in ("Plan", "Other"):
        with pytest.raises(bench.rest.exceptions.ConflictException):
            bench.rest.create_usage_plan_key(usagePlanId=plan, keyId="Key", keyType="API_KEY")
    with pytest.raises(bench.rest.exceptions.NotFoundException):
        bench.rest.create_usage_plan_key(usagePlanId="Plan", keyId="none", keyType="API_KEY")


def test_changes_at_the_same_time_are_all_made(bench):
    turn = asyncio.Lock()

    async def slowly(step):
        async with turn:
            cloud = step(bench.cloud)
            await asyncio.sleep(0)
            bench.cloud = cloud

    async def create(number):
        body = json.dumps({"name": f"k{number}"}).encode()
        return (await bench.control.handle(Request("POST", "/apikeys", (), body, CLIENT))).status

    async def all_of_them():
        return await asyncio.gather(*map(create, range(5)))

    bench.become = slowly
    assert asyncio.run(all_of_them()) == [201] * 5
    assert len(bench.cloud.apis.api_keys) == 6
