"""The back ends in the Regions of three partitions: clients find what the template makes, by the names that botocore calls."""

import pytest
from botocore.session import get_session

from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.model.names.partitions import partition, url_suffix
from netful.services.http.backend_requests import json_request, query_request, rest_request
from tests.helpers.backends import run_in

pytestmark = pytest.mark.packets

TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
RESOURCES = {
    "Role": Resource("Role", "AWS::IAM::Role", {"RoleName": "runner", "AssumeRolePolicyDocument": TRUST}),
    "Bucket": Resource("Bucket", "AWS::S3::Bucket", {"BucketName": "pictures"}),
    "Queue": Resource("Queue", "AWS::SQS::Queue", {"QueueName": "orders"}),
}


@pytest.mark.parametrize("region", ["us-east-1", "us-gov-west-1", "cn-north-1"])
def test_clients_find_what_the_template_makes(tmp_path, region):
    client = get_session().create_client("iam", region, aws_access_key_id="x", aws_secret_access_key="y")

    async def body(backends):
        role = query_request("GetRole", "2010-05-08", {"RoleName": "runner"})
        found = await backends.call_host(client.meta.endpoint_url.removeprefix("https://"), role)
        assert f"<Arn>arn:{partition(region)}:iam::123456789012:role/runner</Arn>" in found.body.decode()
        put = rest_request("PUT", "/cat", b"miaow")
        assert (await backends.call_host(f"pictures.s3.{region}.{url_suffix(region)}", put)).status == 200
        queue = json_request("AmazonSQS.GetQueueUrl", {"QueueName": "orders"}, "1.0")
        found = await backends.call_host(f"sqs.{region}.{url_suffix(region)}", queue)
        assert f"https://sqs.{region}.{url_suffix(region)}/123456789012/orders" in found.body.decode()

    run_in(Cloud.of(region=region, account_id="123456789012", resources=RESOURCES), tmp_path, body)
