"""A running stack of two Regions: each function is in its own, and finds there what its template has."""

import json
from urllib.request import urlopen

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.helpers.stacks import Stack

pytestmark = [pytest.mark.packets, pytest.mark.long]

READER = (
    "import os, boto3\n"
    "def handler(event, context):\n"
    "    value = boto3.client('ssm').get_parameter(Name='/place')['Parameter']['Value']\n"
    "    return [value, os.environ['AWS_REGION'], context.invoked_function_arn.split(':')[3]]\n"
)
PLACE = "import os\ndef handler(event, context): return os.environ['AWS_REGION']\n"


def template(region, block, *, table=True):
    """A function in a VPC that has only Systems Manager, one outside with an API, which has the same name everywhere, and a table."""

    def function(code, **more):
        there = {"Runtime": "python3.13", "Handler": "index.handler", "Timeout": 60, "Code": {"ZipFile": code}}
        role = "arn:aws:iam::123456789012:role/any"
        return {"Type": "AWS::Lambda::Function", "Properties": {**there, "Role": role, **more}}

    def of_vpc(kind, **more):
        return {"Type": f"AWS::EC2::{kind}", "Properties": {"VpcId": {"Ref": "Vpc"}, **more}}

    groups, subnets = [{"Ref": "Group"}], [{"Ref": "Subnet"}]
    made = {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": block, "EnableDnsHostnames": True}},
        "Subnet": of_vpc("Subnet", CidrBlock=block),
        "Group": of_vpc(
            "SecurityGroup", GroupDescription="g", SecurityGroupIngress=[{"IpProtocol": "-1", "CidrIp": block}]
        ),
        "Endpoint": of_vpc(
            "VPCEndpoint", VpcEndpointType="Interface", ServiceName=f"com.amazonaws.{region}.ssm",
            PrivateDnsEnabled=True, SubnetIds=subnets, SecurityGroupIds=groups,
        ),
        "Reader": function(READER, VpcConfig={"SubnetIds": subnets, "SecurityGroupIds": groups}),
        "Parameter": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/place", "Type": "String", "Value": region}},
        "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "place", "SecretString": region}},
        "Same": function(PLACE, FunctionName="same"),
        "Api": {
            "Type": "AWS::ApiGatewayV2::Api",
            "Properties": {"Name": "api", "ProtocolType": "HTTP", "Target": {"Fn::GetAtt": ["Same", "Arn"]}},
        },
        "MayInvoke": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "FunctionName": {"Ref": "Same"}, "Action": "lambda:InvokeFunction",
                "Principal": "apigateway.amazonaws.com",
            },
        },
    }  # fmt: skip
    key = {"AttributeName": "id", "KeyType": "HASH"}
    of_table = {"TableName": "orders", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [key]}
    attributes = [{"AttributeName": "id", "AttributeType": "S"}]
    if table:
        made["Table"] = {"Type": "AWS::DynamoDB::Table", "Properties": {**of_table, "AttributeDefinitions": attributes}}
    return json.dumps({"Resources": made})


@pytest.fixture
def stack(write, tmp_path):
    """The running stack of two stacks of the CDK."""
    artifacts = {
        name: {
            "type": "aws:cloudformation:stack",
            "environment": f"aws://123456789012/{region}",
            "properties": {"templateFile": f"{name}.template.json"},
        }
        for name, region in (("East", "us-east-1"), ("West", "eu-west-1"))
    }
    write(json.dumps({"version": "36.0.0", "artifacts": artifacts}), "cdk.out/manifest.json")
    write(template("us-east-1", "10.1.0.0/24"), "cdk.out/East.template.json")
    west = write(template("eu-west-1", "10.2.0.0/24"), "cdk.out/West.template.json")
    yield from Stack(tmp_path / "state", west.parent).while_up()


def client(stack, service, region):
    url = stack.json("status", "--stack", "s")["endpoint_url"]
    keys = {"aws_access_key_id": "AKIAIOSFODNN7EXAMPLE", "aws_secret_access_key": "secret"}
    return boto3.client(service, region_name=region, endpoint_url=url, **keys)


def tables(stack, region):
    return client(stack, "dynamodb", region)


def test_each_region_has_its_own(stack, write):
    assert stack.invoke("Reader")["payload"] == ["us-east-1"] * 3
    assert stack.invoke("West/Reader")["payload"] == ["eu-west-1"] * 3
    url = stack.json("status", "--stack", "s")["endpoint_url"]
    for api, region in (("Api", "us-east-1"), ("West-Api", "eu-west-1")):
        with urlopen(f"{url}/_execute-api/{api}/") as response:
            assert response.read().decode() == region
    for region in ("us-east-1", "eu-west-1"):
        invoked = client(stack, "lambda", region).invoke(FunctionName="same")
        assert json.loads(invoked["Payload"].read()) == region
        logs = client(stack, "logs", region)
        (group,) = logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/same")["logGroups"]
        assert group["arn"].split(":")[3] == region
        assert logs.filter_log_events(logGroupName=group["logGroupName"])["events"]
        secret = client(stack, "secretsmanager", region).get_secret_value(SecretId="place")
        assert (secret["SecretString"], secret["ARN"].split(":")[3]) == (region, region)
    tables(stack, "eu-west-1").put_item(TableName="orders", Item={"id": {"S": "1"}})
    assert tables(stack, "us-east-1").scan(TableName="orders")["Count"] == 0
    assert tables(stack, "eu-west-1").scan(TableName="orders")["Count"] == 1
    write(template("eu-west-1", "10.2.0.0/24", table=False), "cdk.out/West.template.json")
    stack.up()
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        tables(stack, "eu-west-1").scan(TableName="orders")
    assert tables(stack, "us-east-1").scan(TableName="orders")["Count"] == 0
