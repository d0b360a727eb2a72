"""Counts of a plan, beside a simulation of every request of it."""

import heapq

import pytest

from netful.forecast.counts import Start, counts
from netful.forecast.load_plan import Step
from netful.sources import load
from tests.helpers.texts import replaced

TEMPLATE = """
Resources:
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Role: arn:aws:iam::123456789012:role/r
      ReservedConcurrentExecutions: 5
      Code: {ZipFile: "def handler(event, context): pass"}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: a
      Body:
        swagger: "2.0"
        info: {title: t, version: "1"}
        paths:
          /orders: {get: {x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, uri: !Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Fn.Arn}/invocations"}}}
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties:
      RestApiId: !Ref Api
      DeploymentId: !Ref Deployment
      StageName: prod
      MethodSettings: [{HttpMethod: "*", ResourcePath: "/*", ThrottlingRateLimit: 20, ThrottlingBurstLimit: 10}]
"""
ROUTE = "Api GET /prod/orders"


@pytest.fixture
def cloud(tmp_path):
    def of(reserved=5):
        (tmp_path / "template.yaml").write_text(
            replaced(TEMPLATE, {"ReservedConcurrentExecutions: 5": f"ReservedConcurrentExecutions: {reserved}"})
        )
        return load([tmp_path / "template.yaml"])

    return of


def served(rate, seconds, duration_ms, limit):
    """Requests that come evenly, each served by a free environment if there is one."""
    busy, done = [], 0
    for number in range(round(rate * seconds)):
        now = number / rate
        while busy and busy[0] <= now + 1e-9:
            heapq.heappop(busy)
        if len(busy) < limit:
            heapq.heappush(busy, now + duration_ms / 1000)
            done += 1
    return done


@pytest.mark.parametrize(
    ("rate", "duration_ms", "limit"), [(20, 375, 5), (20, 180, 5), (50, 230, 8), (7, 950, 3), (40, 110, 1)]
)
def test_what_lambda_throttles_is_what_a_simulation_throttles(cloud, rate, duration_ms, limit):
    found = counts(cloud(limit), [Step(60, (f"Fn={rate}/{duration_ms}",))], {})
    expected = rate * 60 - served(rate, 60, duration_ms, limit)
    assert found.throttles["Fn"] == pytest.approx(expected, abs=max(2, 0.02 * expected))
    assert found.environments["Fn"] == min(limit, -(-rate * duration_ms // 1000))


def test_loads_of_a_step_share_the_concurrency_of_their_function(cloud):
    (one, other), (alone,) = counts(cloud(), [Step(60, ("Fn=4/1000", "Fn=4/1000")), Step(60, ("Fn=8/1000",))], {}).steps
    assert one.refused == other.refused
    assert one.refused + other.refused == pytest.approx(alone.refused, abs=1)
    assert alone.refused


def test_the_bucket_of_a_route_is_full_at_first_and_empties_over_the_steps(cloud):
    steps = [Step(5, (f"{ROUTE}=30/1",)), Step(5, (f"{ROUTE}=30/1",)), Step(10, (f"{ROUTE}=10/1",))]
    found = counts(cloud(), steps, {})
    assert [one.throttled for (one,) in found.steps] == [150 - 110, 150 - 100, 0]


def test_lambda_throttles_only_what_api_gateway_admits(cloud):
    ((one,),) = counts(cloud(1), [Step(10, (f"{ROUTE}=100/200",))], {}).steps
    assert (one.requests, one.throttled) == (1000, 1000 - 210)
    assert one.refused == pytest.approx(210 - served(21, 10, 200, 1), abs=2)


def test_environments_that_start_while_others_start(cloud):
    plan = [Step(3, ("Fn=40/5",))]
    assert counts(cloud(100), plan, {"Fn": Start(0, 0)}).environments == {"Fn": 1}
    assert counts(cloud(100), plan, {"Fn": Start(0, 120)}).environments == {"Fn": 5}
    assert counts(cloud(3), plan, {"Fn": Start(0, 120)}).environments == {"Fn": 3}


def test_environments_that_exist_serve_first(cloud):
    plan = [Step(3, ("Fn=20/210",))]
    assert counts(cloud(100), plan, {"Fn": Start(9, 500)}).environments == {"Fn": 9}
    assert counts(cloud(100), plan, {"Fn": Start(4, 0)}).environments == {"Fn": 5}


def test_a_burst_that_is_not_known_admits_all(cloud, tmp_path):
    cloud()
    template = tmp_path / "template.yaml"
    template.write_text(
        replaced(template.read_text(), {"ThrottlingBurstLimit: 10": "ThrottlingBurstLimit: !Ref Burst"})
        + "Parameters: {Burst: {Type: Number}}\n"
    )
    ((one,),) = counts(load([template]), [Step(5, (f"{ROUTE}=30/1",))], {}).steps
    assert one.throttled == 0
