"""Published versions of a function that is an image: each keeps its image, also beyond the stack with `--state`."""

import json

import pytest

from tests.helpers.accounts_running import Account
from tests.helpers.images import PYTHON, TestImage, python_layer, tar
from tests.helpers.stacks import written

pytestmark = pytest.mark.packets

TEMPLATE = """
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}
  Fn:
    Type: AWS::Lambda::Function
    Properties: {FunctionName: fn, PackageType: Image, Code: {ImageUri: "app:1"}, Role: !GetAtt Role.Arn, Timeout: 30}
"""
URI = "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1"
PROGRAM = """
import os, urllib.request
api = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime/invocation"
while True:
    with urllib.request.urlopen(f"{api}/next") as event:
        id_ = event.headers["Lambda-Runtime-Aws-Request-Id"]
    urllib.request.urlopen(f"{api}/{id_}/response", b'"NUMBER"').close()
"""


@pytest.fixture
def project(tmp_path):
    """A folder whose project file has the image, and a cache of its own."""
    (tmp_path / "netful.toml").write_text('[images."app:1"]\narchive = "app.tar"\n')
    return tmp_path


def build(folder, number):
    layers = [python_layer(), tar({"main.py": PROGRAM.replace("NUMBER", number)})]
    TestImage(layers, {"Entrypoint": [PYTHON, "/main.py"]}).docker_archive(folder / "app.tar")


def answers(stack, *qualifiers):
    client = stack.client("lambda")
    return [json.load(client.invoke(FunctionName="fn", Qualifier=one)["Payload"]) for one in qualifiers]


def test_a_new_image_is_followed_and_versions_keep_theirs(who, project):
    stack = written(project, TEMPLATE, prefix=who)
    stack.env["XDG_CACHE_HOME"] = str(project / "cache")
    build(project, "first")
    stack.up()
    try:
        client = stack.client("lambda")
        assert [client.publish_version(FunctionName="fn")["Version"] for _ in range(2)] == ["1", "1"]
        build(project, "second")
        assert answers(stack, "1", "$LATEST") == ["first", "second"]
        assert client.publish_version(FunctionName="fn")["Version"] == "2"
        build(project, "third")
        assert client.publish_version(FunctionName="fn")["Version"] == "3"
        assert answers(stack, "1", "2", "3", "$LATEST") == ["first", "second", "third", "third"]
    finally:
        stack.down()


def test_a_kept_account_runs_the_images_of_its_versions(project):
    kept = ("--state", str(project / "kept"))
    account = Account(project / "state", project / "template.yaml")
    account.env["XDG_CACHE_HOME"] = str(project / "cache")
    build(project, "first")
    account.start(*kept)
    try:
        client = account.client("lambda")
        role = "arn:aws:iam::123456789012:role/any"
        client.create_function(FunctionName="fn", PackageType="Image", Code={"ImageUri": URI}, Role=role, Timeout=30)
        client.get_waiter("function_active_v2").wait(FunctionName="fn")
        client.publish_version(FunctionName="fn")
        client.create_alias(FunctionName="fn", Name="live", FunctionVersion="1")
        build(project, "second")
        client.update_function_code(FunctionName="fn", ImageUri=URI)
        client.get_waiter("function_updated_v2").wait(FunctionName="fn")
        assert client.publish_version(FunctionName="fn")["Version"] == "2"
        account.down()
        build(project, "third")
        account.start(*kept)
        assert answers(account, "1", "2", "live") == ["first", "second", "first"]
    finally:
        account.down()
