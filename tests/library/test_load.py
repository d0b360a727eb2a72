"""Loads on a running stack, beside their forecast. Only counts that no delay of the machine changes are compared."""

import json

import pytest

import netful
from netful.cli.app import run
from tests.helpers.json_schemas import check
from tests.helpers.places import EXAMPLES
from tests.helpers.texts import replaced

pytestmark = [pytest.mark.packets, pytest.mark.programs]
THROTTLING = EXAMPLES / "throttling"
ON = ("--stack", "functions")
KEY = "an-example-key-of-the-basic-plan"
FUNCTIONS = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, GroupDescription: g}}
  Held:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Timeout: 60
      ReservedConcurrentExecutions: 3
      Role: ROLE
      Code: {ZipFile: "import time\\ndef handler(event, context): time.sleep(event['seconds'])"}
      VpcConfig: {SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref Group]}
  Failing:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Role: ROLE
      Code: {ZipFile: "def handler(event, context): raise ValueError"}
  Api:
    Type: AWS::ApiGateway::RestApi
    Properties:
      Name: a
      Body:
        swagger: "2.0"
        info: {title: t, version: "1"}
        paths:
          /failing: {get: {x-amazon-apigateway-integration: {type: aws_proxy, httpMethod: POST, uri: !Sub "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/${Failing.Arn}/invocations"}}}
  Deployment: {Type: AWS::ApiGateway::Deployment, Properties: {RestApiId: !Ref Api}}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, DeploymentId: !Ref Deployment, StageName: prod}}
"""


@pytest.fixture(scope="module", autouse=True)
def state(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NETFUL_STATE", str(tmp_path_factory.mktemp("state")))
        yield


@pytest.fixture
def loaded(capsys):
    def of(*words):
        code = run(["load", *words, "--format", "json"])
        found = json.loads(capsys.readouterr().out)
        check("load", found)
        return code, found

    return of


@pytest.fixture(scope="module")
def functions(tmp_path_factory):
    template = tmp_path_factory.mktemp("functions") / "template.yaml"
    template.write_text(replaced(FUNCTIONS, {"ROLE": "arn:aws:iam::123456789012:role/r"}))
    with netful.up(template, name="functions"):
        yield


def test_throttles_of_a_plan_are_those_of_its_forecast(loaded):
    there = ("--stack", "throttling")
    with netful.up(THROTTLING, name="throttling"):
        code, found = loaded(str(THROTTLING / "load.toml"), *there)
        keyed = ("--load", "Api GET /prod/keyed=20", "--seconds", "1", *there)
        _, with_key = loaded(*keyed, "--header", f"x-api-key: {KEY}")
        without_key, forbidden = loaded(*keyed)
    assert code == 0
    for step in found["steps"]:
        for load in step:
            for count in ("requests", "throttled", "failed"):
                assert load["measured"][count] == load["forecast"][count]
    assert [load["measured"]["throttled"] for step in found["steps"] for load in step] == [32, 80, 18]
    assert with_key["steps"][0][0]["measured"]["throttled"] == with_key["steps"][0][0]["forecast"]["throttled"] == 16
    assert (without_key, forbidden["steps"][0][0]["measured"]["failed"]) == (1, 20)


@pytest.mark.usefixtures("functions")
def test_a_function_has_the_environments_and_interfaces_of_the_forecast(loaded):
    _, found = loaded("--load", "Held=10/8000", "--seconds", "1", "--payload", '{"seconds": 8}', *ON)
    (held,) = found["functions"]
    for count in ("environments", "cold_starts", "interfaces"):
        assert held["measured"][count] == held["forecast"][count]
    assert (held["measured"]["environments"], held["measured"]["interfaces"]) == (3, 1)
    assert held["measured"]["throttles"] == found["steps"][0][0]["measured"]["throttled"] == 7


@pytest.mark.usefixtures("functions")
def test_a_function_that_fails_differs_from_the_forecast(loaded):
    code, found = loaded("--load", "Api GET /failing=5/10", "--seconds", "1", *ON)
    assert code == 1
    assert found["steps"][0][0]["measured"]["failed"] == 5


@pytest.mark.usefixtures("functions")
def test_errors_of_a_function_that_is_invoked_directly_differ_too(loaded):
    code, found = loaded("--load", "Failing=5/10", "--seconds", "1", *ON)
    assert code == 1
    assert (found["steps"][0][0]["measured"]["failed"], found["functions"][0]["measured"]["errors"]) == (0, 5)


def test_a_load_of_nothing_is_wrong_usage():
    assert run(["load"]) == 2
    assert run(["load", "--load", "Fn=1", "--header", "no colon"]) == 2


@pytest.mark.usefixtures("functions")
def test_without_the_program_the_error_names_its_package(monkeypatch, capsys):
    monkeypatch.setenv("PATH", "/nonexistent")
    assert run(["load", "--load", "Failing=5", *ON]) == 2
    assert "nghttp2-client" in capsys.readouterr().err
