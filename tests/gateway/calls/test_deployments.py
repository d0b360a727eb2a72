"""Deployments and canaries: what of an API is live, and for whom (api-gateway §0, §5.18)."""

import asyncio
import json
import textwrap
from pathlib import Path

import pytest

from netful.engine.apis.deployments import carried, stale
from netful.sources import load
from tests.helpers.texts import replaced

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
          PATH:
            get:
              x-amazon-apigateway-integration:
                type: mock
                requestTemplates: {application/json: '{"statusCode": 200}'}
                responses:
                  default:
                    statusCode: 200
                    responseTemplates: {application/json: '{"v": "$stageVariables.v", "w": "$stageVariables.w", "canary": "$context.isCanaryRequest"}'}
  DEPLOYMENT: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}}
  Stage:
    Type: AWS::ApiGateway::Stage
    Properties: {RestApiId: !Ref Api, DeploymentId: !Ref DEPLOYMENT, StageName: live, Variables: {v: VALUE}CANARY}
"""


def template(path="/old", deployment="First", value="1", canary=""):
    text = replaced(API, {"PATH": path, "DEPLOYMENT": deployment, "VALUE": value})
    return replaced(text, {"CANARY": f", {canary}" if canary else ""})


def change(bench, text):
    """The stack of another template in place of the one that runs."""
    Path("template.yaml").write_text(textwrap.dedent(text))
    cloud = carried(load([Path("template.yaml")]), bench.gateway.cloud)
    bench.gateway.change(cloud)
    return cloud


def ask(bench, path):
    return asyncio.run(bench.call("GET", f"/live{path}"))


def test_method_that_is_not_deployed_is_not_live(bench_of):
    bench = bench_of(template())
    cloud = change(bench, template("/new"))
    assert (ask(bench, "/old").status, ask(bench, "/new").status) == (200, 403)
    assert len(stale(cloud)) == 1
    assert "stage `live` serves it as it was deployed" in stale(cloud)[0]
    again = change(bench, template("/newer"))  # what was deployed stays so, however often the template changes
    assert (ask(bench, "/old").status, len(stale(again))) == (200, 1)


def test_new_deployment_makes_it_live(bench_of):
    bench = bench_of(template())
    change(bench, template("/new"))
    cloud = change(bench, template("/new", "Second"))
    assert (ask(bench, "/old").status, ask(bench, "/new").status, stale(cloud)) == (403, 200, ())


def test_stages_own_settings_are_live_at_once(bench_of):
    bench = bench_of(template())
    cloud = change(bench, "\n\n" + template(value="2"))  # lines that move are no change
    assert (json.loads(ask(bench, "/old").body)["v"], stale(cloud)) == ("2", ())


def test_change_that_is_taken_back_leaves_nothing(bench_of):
    bench = bench_of(template())
    change(bench, template("/new"))
    assert stale(change(bench, template())) == ()


CANARY = "CanarySetting: {PercentTraffic: 30, StageVariableOverrides: {v: other, w: only}}"


@pytest.mark.parametrize(
    ("drawn", "told"),
    [(0.29, {"v": "other", "w": "only", "canary": "true"}), (0.3, {"v": "1", "w": "", "canary": "false"})],
)
def test_canary_takes_its_share_with_variables_of_its_own(bench_of, drawn, told):
    bench = bench_of(template(canary=CANARY), draw=lambda: drawn)
    assert json.loads(ask(bench, "/old").body) == told


@pytest.mark.parametrize(("drawn", "path"), [(0.0, "/new"), (0.9, "/old")])
def test_canary_is_another_deployment(bench_of, drawn, path):
    bench = bench_of(template(), draw=lambda: drawn)
    second = "  Second: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}}\n"
    canary = "CanarySetting: {PercentTraffic: 50, DeploymentId: !Ref Second}"
    change(bench, template("/new", canary=canary) + second)
    assert {p: ask(bench, p).status for p in ("/new", "/old")} == {
        p: 200 if p == path else 403 for p in ("/new", "/old")
    }


def test_automatic_deployment_is_always_the_api_as_it_is(bench_of):
    text = """
    Resources:
      Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP, Target: "https://TARGET.example"}}
      Stage: {Type: AWS::ApiGatewayV2::Stage, Properties: {ApiId: !Ref Http, StageName: $default, AutoDeploy: true}}
    """
    bench = bench_of(replaced(text, {"TARGET": "a"}), function=lambda _request: ValueError())
    assert stale(change(bench, replaced(text, {"TARGET": "b"}))) == ()
