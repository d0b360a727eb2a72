"""Custom resources of the templates that `up` names are made and changed by their functions, and give their answers to others."""

import pytest

from tests.helpers.stacks import written

pytestmark = [pytest.mark.packets, pytest.mark.programs]

TEMPLATE = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
  Maker:
    Type: AWS::Lambda::Function
    Properties:
      Handler: index.handler
      Runtime: python3.13
      Role: !GetAtt Role.Arn
      Timeout: 10
      Code:
        ZipFile: |
          import json, urllib.request
          def handler(event, context):
              size = event["ResourceProperties"]["Size"]
              asked = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
              done = {"Status": "FAILED", "Reason": "too small"} if size == "0" else {"Status": "SUCCESS"}
              done["Data"] = {"Made": f"{event['RequestType']} {size} {event.get('PhysicalResourceId')}"}
              body = json.dumps({**asked, **done, "PhysicalResourceId": "thing"}).encode()
              urllib.request.urlopen(urllib.request.Request(event["ResponseURL"], body, {"Content-Type": ""}, method="PUT"))
  Second: {Type: Custom::Thing, Properties: {ServiceToken: !GetAtt Maker.Arn, Size: !GetAtt First.Made}}
  First: {Type: Custom::Thing, Properties: {ServiceToken: !GetAtt Maker.Arn, Size: FIRST}}
  Third: {Type: AWS::CloudFormation::CustomResource, Properties: {ServiceToken: !GetAtt Maker.Arn, Size: 0}}
  Asked:
    Type: AWS::Lambda::Function
    Properties:
      Handler: index.handler
      Runtime: python3.13
      Role: !GetAtt Role.Arn
      Environment: {Variables: {MADE: !GetAtt Second.Made, FAILED: !GetAtt Third.Made}}
      Code: {ZipFile: "import os\\ndef handler(event, context): return [os.environ['MADE'], os.environ.get('FAILED')]\\n"}
"""


@pytest.fixture
def stack(tmp_path):
    yield from written(tmp_path, TEMPLATE.replace("FIRST", "7")).while_up()


def test_functions_make_and_change_the_resources(stack, tmp_path):
    assert stack.invoke("Asked")["payload"] == ["Create Create 7 None None", None]
    warnings = stack.json("status", "--stack", "s")["warnings"]
    assert any("`Third`" in one and "too small" in one for one in warnings)
    (tmp_path / "template.yaml").write_text(TEMPLATE.replace("FIRST", "8"))
    stack.up()
    assert stack.invoke("Asked")["payload"] == ["Update Update 8 thing thing", None]
