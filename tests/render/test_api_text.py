"""`netful show` on APIs, as a person reads it."""

import json

import pytest

from netful.cli.app import run
from tests.helpers.ids import api_id

TEMPLATE = """
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      ApiKeyRequired: true
      Integration: {Type: AWS, Uri: arn:aws:apigateway:us-east-1:sns:action/Publish}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: live}}
  Key: {Type: AWS::ApiGateway::ApiKey, Properties: {Enabled: true}}
  Plan:
    Type: AWS::ApiGateway::UsagePlan
    Properties:
      ApiStages: [{ApiId: !Ref Api, Stage: live, Throttle: {/GET: {RateLimit: 0.5, BurstLimit: 1}}}]
      Throttle: {RateLimit: 5, BurstLimit: 10}
      Quota: {Limit: 50, Period: DAY}
  Binding: {Type: AWS::ApiGateway::UsagePlanKey, Properties: {KeyId: !Ref Key, KeyType: API_KEY, UsagePlanId: !Ref Plan}}
"""


@pytest.fixture
def show(tmp_path, monkeypatch, capsys):
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    monkeypatch.chdir(tmp_path)

    def show_(*arguments):
        code = run(["show", *arguments])
        return code, capsys.readouterr()

    return show_


def test_text(show):
    code, captured = show()
    assert code == 0
    assert captured.out == (
        "Api  REST EDGE API, public\n"
        f"  https://{api_id('Api')}.execute-api.us-east-1.amazonaws.com/live\n"
        "    live  GET  /  NONE + API key  AWS → sns:Publish  10000/s burst 5000 (account default)\n"
        "  usage plan Plan: 5/s burst 10, 50 a day, /GET 0.5/s burst 1; Key\n"
    )


def test_a_lower_limit_of_the_stage_stands_beside_the_keys(show, tmp_path):
    lower = "StageName: live, MethodSettings: [{HttpMethod: '*', ResourcePath: /*, ThrottlingRateLimit: 0.1}]"
    (tmp_path / "template.yaml").write_text(TEMPLATE.replace("StageName: live", lower, 1))
    _, captured = show("Api", "--api-key", "Key")
    assert "0.5/s burst 1 (usage plan method), then 0.1/s burst 5000 (stage default), 50 a day" in captured.out


def test_text_for_a_key(show):
    _, captured = show("Api", "--api-key", "Key")
    assert "0.5/s burst 1 (usage plan method), 50 a day" in captured.out


def test_json_for_a_key(show):
    _, captured = show("--api-key", "Key", "--format", "json")
    (route,) = json.loads(captured.out)["apis"][0]["routes"]
    assert route["throttle"] == {"rate": 0.5, "burst": 1, "source": "usage plan method"}


def test_unknown_key(show):
    code, captured = show("--api-key", "Nobody")
    assert code == 2
    assert "there is no API key `Nobody`" in captured.err
