"""CDK bootstraps, deploys with its own custom resources, swaps code and destroys."""

import pytest

from tests.clients.conftest import NODE_MODULES
from tests.helpers.processes import wait_until

pytestmark = pytest.mark.packets


PLACE = "123456789012-us-east-1"


def _assert_bootstrapped(account):
    """Assert that each service has what CDK's bootstrap template makes, by the names that CDK looks for."""
    iam, ecr, s3 = account.client("iam"), account.client("ecr"), account.client("s3")
    for purpose in ("deploy", "file-publishing", "image-publishing", "lookup", "cfn-exec"):
        name = f"cdk-hnb659fds-{purpose}-role-{PLACE}"
        assert iam.get_role(RoleName=name)["Role"]["Arn"] == f"arn:aws:iam::123456789012:role/{name}"
    attached = iam.list_attached_role_policies(RoleName=f"cdk-hnb659fds-cfn-exec-role-{PLACE}")["AttachedPolicies"]
    assert [one["PolicyName"] for one in attached] == ["AdministratorAccess"]
    (images,) = ecr.describe_repositories(repositoryNames=[f"cdk-hnb659fds-container-assets-{PLACE}"])["repositories"]
    assert images["imageTagMutability"] == "IMMUTABLE"
    bucket = f"cdk-hnb659fds-assets-{PLACE}"
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert "aws:SecureTransport" in s3.get_bucket_policy(Bucket=bucket)["Policy"]
    version = account.client("ssm").get_parameter(Name="/cdk-bootstrap/hnb659fds/version")["Parameter"]["Value"]
    assert int(version) >= 21


def test_an_application_is_deployed_swapped_and_destroyed(account, application):
    folder = application("cdk")
    (folder / "node_modules").symlink_to(NODE_MODULES)

    def cdk(*args):
        return account.run("node/cdk", *args, cwd=folder)

    cdk("bootstrap", "aws://123456789012/us-east-1")
    _assert_bootstrapped(account)
    before = account.seen()
    cdk("deploy", "--require-approval", "never")
    outputs = account.outputs("cdk")
    account.assert_real(outputs["Function"], outputs["Url"], outputs["Group"])
    handler = folder / "function" / "app.py"
    handler.write_text(handler.read_text().replace('"version": 1', '"version": 2'))
    cdk("deploy", "--hotswap", "--require-approval", "never")
    assert account.answer(outputs["Function"], outputs["Url"])["version"] == 2
    members = account.client("cloudformation").describe_stack_resources(StackName="cdk")["StackResources"]
    (bucket,) = [one["PhysicalResourceId"] for one in members if one["ResourceType"] == "AWS::S3::Bucket"]
    account.client("s3").put_object(Bucket=bucket, Key="key", Body=b"1")
    cdk("destroy", "--force")
    assert account.seen() == before
    assert bucket not in {one["Name"] for one in account.client("s3").list_buckets()["Buckets"]}


def test_a_change_is_deployed_while_cdk_watches(account, application):
    folder = application("cdk")
    (folder / "node_modules").symlink_to(NODE_MODULES)
    (folder / "cdk.json").write_text('{"app": "node app.js", "watch": {"include": "function/**"}}')
    account.run("node/cdk", "bootstrap", "aws://123456789012/us-east-1", cwd=folder)
    account.run("node/cdk", "deploy", "--require-approval", "never", cwd=folder)
    outputs = account.outputs("cdk")
    watching = account.start_tool("node/cdk", "watch", "--hotswap", cwd=folder)
    try:
        handler = folder / "function" / "app.py"
        handler.write_text(handler.read_text().replace('"version": 1', '"version": 2'))
        wait_until(lambda: account.answer(outputs["Function"], outputs["Url"])["version"] == 2)
    finally:
        watching.terminate()
        watching.wait()
