"""The example with a database, deployed by CloudFormation: its custom resource brings the schema before the first order."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.helpers.accounts_running import Account
from tests.helpers.stacks import EXAMPLES

pytestmark = [pytest.mark.packets, pytest.mark.programs]
EXAMPLE = EXAMPLES / "orders-with-postgres"


@pytest.fixture
def account(tmp_path):
    made = Account(tmp_path / "state", tmp_path / "none.yaml").start()
    yield made
    made.down()


def zipped(folder):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for file in folder.rglob("*"):
            archive.write(file, file.relative_to(folder))
    return packed.getvalue()


def test_the_schema_is_there_after_the_deployment(account, tmp_path):
    packages = tmp_path / "packages"
    uv = ("uv", "pip", "install", "--quiet", "--no-deps", "--requirement", EXAMPLE / "requirements.txt")
    subprocess.run([Path(sys.executable).with_name(uv[0]), *uv[1:], "--target", packages / "python"], check=True)
    s3, cloudformation = account.client("s3"), account.client("cloudformation")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="app.zip", Body=zipped(EXAMPLE / "app"))
    s3.put_object(Bucket="code", Key="packages.zip", Body=zipped(packages))
    text = (EXAMPLE / "template.yaml").read_text()
    text = text.replace("CodeUri: app", "CodeUri: s3://code/app.zip").replace(
        "ContentUri: packages", "ContentUri: s3://code/packages.zip"
    )
    capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]
    cloudformation.create_stack(StackName="shop", TemplateBody=text, Capabilities=capabilities)
    cloudformation.get_waiter("stack_create_complete").wait(StackName="shop")
    found = account.client("cloudformation").describe_stack_resources(StackName="shop")["StackResources"]
    ids = {one["LogicalResourceId"]: one["PhysicalResourceId"] for one in found}
    event = {"httpMethod": "POST", "body": json.dumps({"item": "a book"})}
    done = account.client("lambda").invoke(FunctionName=ids["Orders"], Payload=json.dumps(event))
    assert json.loads(done["Payload"].read())["statusCode"] == 201
    listed = account.client("lambda").invoke(FunctionName=ids["Orders"], Payload='{"httpMethod": "GET"}')
    body = json.loads(json.loads(listed["Payload"].read())["body"])
    assert body == [{"id": 1, "item": "a book", "status": "new"}]
