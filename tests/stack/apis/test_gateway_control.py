"""API Gateway's own API on a running stack of several gateway workers: a change reaches all of them before it is answered."""

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta

import boto3
import pytest

from tests.helpers.ids import api_id
from tests.helpers.places import TEMPLATES
from tests.helpers.processes import ENOUGH_SECONDS
from tests.helpers.stacks import Stack
from tests.helpers.valkey_server import ValkeyServer

pytestmark = pytest.mark.packets
MANY = 12  # connections: with two workers, each most likely takes some


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    server = ValkeyServer(tmp_path_factory.mktemp("valkey"))
    yield from Stack(tmp_path_factory.mktemp("state"), TEMPLATES / "gateway-control.yaml").while_up(
        "--workers", "2", "--state", server.url
    )
    server.kill()


@pytest.fixture(scope="module")
def control(status):
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}
    return boto3.client("apigateway", region_name="us-east-1", endpoint_url=status["endpoint_url"], **keys)


@pytest.fixture
def get(status):
    urls = {api["resource"]: api["url"] for api in reversed(status["apis"])}  # of the first stage

    def ask(api, path, **headers):
        request = urllib.request.Request(urls[api] + path, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=ENOUGH_SECONDS) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode()

    return ask


@pytest.fixture(scope="module")
def counted(status, control):
    """How often a metric of an API was counted in the last hour, as CloudWatch tells."""
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}
    cloudwatch = boto3.client("cloudwatch", region_name="us-east-1", endpoint_url=status["endpoint_url"], **keys)

    def counted_(name, api):
        dimensions = {"ApiName": control.get_rest_api(restApiId=api)["name"], "Stage": "live"}
        points = cloudwatch.get_metric_statistics(
            Namespace="AWS/ApiGateway",
            MetricName=name,
            Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
            StartTime=datetime.now(UTC) - timedelta(hours=1),
            EndTime=datetime.now(UTC) + timedelta(minutes=1),
            Period=60,
            Statistics=["Sum"],
        )["Datapoints"]
        return sum(point["Sum"] for point in points)

    return counted_


def patch(control, api, *patches):
    operations = [{"op": op, "path": path, "value": value} for op, path, value in patches]
    return control.update_stage(restApiId=api, stageName="live", patchOperations=operations)


def test_throttle_holds_in_every_worker(control, get):
    assert {get("Throttled", "/throttled")[0] for _ in range(MANY)} == {200}
    patch(control, "Throttled", ("replace", "/*/*/throttling/rateLimit", "0"))
    assert {get("Throttled", "/throttled")[0] for _ in range(MANY)} == {429}
    patch(control, "Throttled", ("replace", "/*/*/throttling/rateLimit", "1000"))
    assert {get("Throttled", "/throttled")[0] for _ in range(MANY)} == {200}


def test_cache_is_flushed_for_every_worker(control, get):
    def bodies():
        return {get("Cached", "/cached") for _ in range(MANY)}

    before = bodies()
    control.flush_stage_cache(restApiId="Cached", stageName="live")
    after = bodies()
    assert (len(before), len(after)) == (1, 1)
    assert before != after


def test_what_every_worker_has_counted(control, get):
    [plan] = control.get_usage_plans()["items"]
    [key] = control.get_api_keys(includeValues=True)["items"]
    began = datetime.now(UTC).date()
    assert [get("Tried", "/tried/1", **{"x-api-key": key["value"]})[0] for _ in range(7)] == [200] * 5 + [429] * 2
    ended = datetime.now(UTC).date()
    used = control.get_usage(usagePlanId=plan["id"], startDate=str(began), endDate=str(ended))["items"]
    assert sum(of_day for of_day, _ in used[key["id"]]) == 5
    assert used[key["id"]][-1][1] == 0


def test_cloudwatch_is_told_by_every_worker(get, counted):
    before = counted("Count", "Cached"), counted("4XXError", "Cached"), counted("CacheHitCount", "Cached")
    assert {get("Cached", "/cached")[0] for _ in range(MANY)} == {200}
    assert get("Cached", "/nothing")[0] == 403
    after = counted("Count", "Cached"), counted("4XXError", "Cached"), counted("CacheHitCount", "Cached")
    assert (after[0] - before[0], after[1] - before[1]) == (MANY + 1, 1)
    assert MANY - 2 <= after[2] - before[2] <= MANY


def test_method_is_tried(control):
    [resource] = [one for one in control.get_resources(restApiId="Tried")["items"] if one["path"] == "/tried/{id}"]
    place = {"restApiId": "Tried", "resourceId": resource["id"], "httpMethod": "GET"}
    done = control.test_invoke_method(**place, pathWithQueryString="/tried/7")
    assert done["status"] == 200
    assert "Method request path: {id=7}" in done["log"]
    assert "Method completed with status: 200" in done["log"]


def test_change_is_live_until_the_next_up(stack, control, get):
    deny = {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}
    replace = {"op": "replace", "path": "/policy", "value": json.dumps(deny)}
    control.update_rest_api(restApiId="Deployed", patchOperations=[replace])
    assert {get("Deployed", "/deployed")[0] for _ in range(MANY)} == {200}
    control.create_deployment(restApiId="Deployed", stageName="live")
    assert {get("Deployed", "/deployed")[0] for _ in range(MANY)} == {403}
    warnings = stack.json("status", "--stack", "s")["warnings"]
    undone = "changed by AWS's API (deployment_id): the next `netful up` undoes it"
    assert f"Stage `DeployedliveStage` was {undone}" in warnings
    assert "~ Stage" in stack.up().stdout
    assert {get("Deployed", "/deployed")[0] for _ in range(MANY)} == {200}
    assert not any("API Gateway's API" in one for one in stack.json("status", "--stack", "s")["warnings"])


def test_function_in_a_vpc_asks_through_its_endpoint_what_its_role_may_ask(stack):
    apis, refused = stack.invoke("Inside")["payload"]
    assert (apis, refused) == (
        sorted(map(api_id, ("Cached", "Deployed", "Throttled", "Tried"))),
        "AccessDeniedException",
    )
