"""Versions of functions and layers that deployments publish: each has the next number and stays as it was published."""

import io
import json
import zipfile

import pytest

from tests.helpers.accounts_running import Account

pytestmark = pytest.mark.packets

SAM = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      {{FunctionName: hello, Runtime: python3.12, Handler: index.handler, AutoPublishAlias: live, InlineCode: "{code}"}}
Outputs:
  Version: {{Value: !Ref Hello.Version}}
"""
PLAIN = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: "sts:AssumeRole"}}]
  Hello:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: hello
      Runtime: python3.12
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Code: {{ZipFile: "{code}"}}
  {version}: {{Type: AWS::Lambda::Version, Properties: {{FunctionName: !Ref Hello}}}}
  Live: {{Type: AWS::Lambda::Alias, Properties: {{FunctionName: !Ref Hello, Name: live, FunctionVersion: !GetAtt {version}.Version}}}}
Outputs:
  Version: {{Value: !Ref {version}}}
"""


@pytest.fixture
def account(tmp_path):
    made = Account(tmp_path / "state", tmp_path / "template.yaml")
    yield made.start("--state", str(tmp_path / "kept"))
    made.down()


def deployed(account, template, **values):
    """Deploy a template by a change set; return the number of the version that it has."""
    cloudformation = account.client("cloudformation")
    there = cloudformation.describe_stacks()["Stacks"]
    values["code"] = f"def handler(event, context): return [{values['code']}, context.function_version]"
    cloudformation.create_change_set(
        StackName="app", ChangeSetName="c", ChangeSetType="UPDATE" if there else "CREATE",
        TemplateBody=template.format(**values), Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )  # fmt: skip
    cloudformation.get_waiter("change_set_create_complete").wait(StackName="app", ChangeSetName="c")
    cloudformation.execute_change_set(StackName="app", ChangeSetName="c")
    done = "stack_update_complete" if there else "stack_create_complete"
    cloudformation.get_waiter(done).wait(StackName="app")
    (stack,) = cloudformation.describe_stacks(StackName="app")["Stacks"]
    return stack["Outputs"][0]["OutputValue"].rpartition(":")[2]


def answers(account, *qualifiers):
    """What versions and aliases answer: the value in their code, and the version that ran."""
    call = account.client("lambda").invoke
    return [json.load(call(FunctionName="hello", Qualifier=one)["Payload"]) for one in qualifiers]


def numbers(account):
    found = account.client("lambda").list_versions_by_function(FunctionName="hello")["Versions"]
    return [one["Version"] for one in found]


def test_versions_of_sam_stay_for_a_way_back(account, tmp_path):
    assert [deployed(account, SAM, code=code) for code in (1, 2)] == ["1", "2"]
    assert answers(account, "live", "1", "2") == [[2, "2"], [1, "1"], [2, "2"]]
    account.client("lambda").update_alias(FunctionName="hello", Name="live", FunctionVersion="1")
    assert answers(account, "live") == [[1, "1"]]
    account.kill()
    account.start("--state", str(tmp_path / "kept"))
    assert answers(account, "live", "2") == [[1, "1"], [2, "2"]]
    assert deployed(account, SAM, code=1) == "3"
    assert answers(account, "live", "1", "2") == [[1, "3"], [1, "1"], [2, "2"]]
    cloudformation = account.client("cloudformation")
    cloudformation.delete_stack(StackName="app")
    cloudformation.get_waiter("stack_delete_complete").wait(StackName="app")
    assert "AWS::Lambda::Version" not in account.netful("export", "--stack", "s", check=0).stdout


def test_a_deployment_moves_an_alias_that_a_call_moved_before(account):
    assert deployed(account, PLAIN, code=1, version="First") == "1"
    client = account.client("lambda")
    client.publish_version(FunctionName="hello", Description="the same code, so the same version")
    assert numbers(account) == ["$LATEST", "1"]
    assert deployed(account, PLAIN, code=2, version="First") == "1"
    assert answers(account, "live", "$LATEST") == [[1, "1"], [2, "$LATEST"]]
    assert client.publish_version(FunctionName="hello")["Version"] == "2"
    client.update_alias(FunctionName="hello", Name="live", FunctionVersion="2")
    assert deployed(account, PLAIN, code=3, version="Second") == "3"
    assert (answers(account, "live"), numbers(account)) == ([[3, "3"]], ["$LATEST", "2", "3"])


LAYER = """
Resources:
  Shared: {{Type: AWS::Lambda::LayerVersion, {policy} Properties: {{{name} Content: {{S3Bucket: layers, S3Key: "{key}"}}}}}}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{{Effect: Allow, Principal: {{Service: lambda.amazonaws.com}}, Action: "sts:AssumeRole"}}]
  Hello:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: hello
      Runtime: python3.12
      Handler: index.handler
      Role: !GetAtt Role.Arn
      Layers: [!Ref Shared]
      Code: {{ZipFile: "import shared\\ndef handler(event, context): return shared.VALUE"}}
Outputs:
  Version: {{Value: !Ref Shared}}
"""


@pytest.mark.parametrize(
    ("name", "policy", "there"),
    [("", "", [2]), ("LayerName: shared,", "UpdateReplacePolicy: Retain,", [2, 1])],
    ids=["replaced", "retained"],
)
def test_a_layer_that_changes_is_the_next_version(account, name, policy, there):
    s3, client = account.client("s3"), account.client("lambda")
    s3.create_bucket(Bucket="layers")
    for value in (1, 2):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("python/shared.py", f"VALUE = {value}")
        s3.put_object(Bucket="layers", Key=str(value), Body=packed.getvalue())
    found = [deployed(account, LAYER, code="", key=key, name=name, policy=policy) for key in (1, 2)]
    assert found == ["1", "2"]
    (layer,) = client.list_layers()["Layers"]
    versions = client.list_layer_versions(LayerName=layer["LayerName"])["LayerVersions"]
    assert [one["Version"] for one in versions] == there
    (used,) = client.get_function(FunctionName="hello")["Configuration"]["Layers"]
    assert used["Arn"] == f"{layer['LayerArn']}:2"
    assert json.load(client.invoke(FunctionName="hello")["Payload"]) == 2
