"""APIs that boto3 makes in an empty account: they answer right after the call, and are gone after it."""

import io
import json
import time
import urllib.error
import urllib.request
import zipfile

import pytest

from tests.helpers.accounts_running import Account
from tests.helpers.processes import ENOUGH_SECONDS
from tests.helpers.valkey_server import ValkeyServer

pytestmark = pytest.mark.packets
REGION, ACCOUNT = "us-east-1", "123456789012"
CODE = """
def handler(event, context):
    return {"statusCode": 200, "body": "from the function"}
"""
TRUST = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}
VPC_ACCESS = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}]}  # fmt: skip


@pytest.fixture(scope="module")
def account(tmp_path_factory):
    folder = tmp_path_factory.mktemp("account")
    server = ValkeyServer(tmp_path_factory.mktemp("valkey"))
    made = Account(folder / "state", folder / "template.yaml")
    yield made.start("--workers", "2", "--state", server.url)
    made.down()
    server.kill()


@pytest.fixture(scope="module")
def rest(account):
    return account.client("apigateway")


def function(account, name, **more):
    """The ARN of a function that runs with a role of IAM's API."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", CODE)
    iam = account.client("iam")
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=VPC_ACCESS)
    client = account.client("lambda")
    made = client.create_function(
        FunctionName=name, Role=role, Runtime="python3.12", Handler="index.handler", Code={"ZipFile": packed.getvalue()}, **more
    )  # fmt: skip
    client.get_waiter("function_active_v2").wait(FunctionName=name)
    return made["FunctionArn"]


@pytest.fixture(scope="module")
def hello(account):
    return function(account, "hello")


def uri(arn):
    return f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{arn}/invocations"


def of_parts(rest, arn, **more):
    """An API whose root calls a function."""
    api = rest.create_rest_api(name="parts", **more)
    place = {"restApiId": api["id"], "resourceId": api["rootResourceId"], "httpMethod": "GET"}
    rest.put_method(**place, authorizationType="NONE")
    rest.put_integration(**place, type="AWS_PROXY", integrationHttpMethod="POST", uri=uri(arn))
    rest.create_deployment(restApiId=api["id"], stageName="live")
    return api["id"]


def permit(account, name, api_id):
    account.client("lambda").add_permission(
        FunctionName=name, StatementId=f"s{time.time_ns()}", Action="lambda:InvokeFunction",
        Principal="apigateway.amazonaws.com", SourceArn=f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api_id}/*",
    )  # fmt: skip


def get(account, api_id, path="/live"):
    """The status and the body of the answer to a request from this machine."""
    url = f"{account.exports['AWS_ENDPOINT_URL']}/_execute-api/{api_id}{path}"
    try:
        with urllib.request.urlopen(url, timeout=ENOUGH_SECONDS) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def traced(account, api_id):
    url = f"https://{api_id}.execute-api.{REGION}.amazonaws.com/live"
    return account.json("trace", "internet", url, "--live", "--stack", "s")["verdict"]


def test_permission_that_a_call_adds_opens_the_function(account, rest, hello):
    api = of_parts(rest, hello)
    assert get(account, api)[0] == 500
    permit(account, "hello", api)
    assert get(account, api) == (200, "from the function")
    assert traced(account, api) == "reachable"


def test_policy_and_throttle_of_a_call_are_judged(account, rest, hello):
    api = of_parts(rest, hello, endpointConfiguration={"types": ["REGIONAL"]})
    permit(account, "hello", api)
    patches = [
        {"op": "replace", "path": "/*/*/throttling/rateLimit", "value": "0"},
        {"op": "replace", "path": "/*/*/throttling/burstLimit", "value": "0"},
    ]
    rest.update_stage(restApiId=api, stageName="live", patchOperations=patches)
    assert get(account, api)[0] == 429
    for patch in patches:
        patch["value"] = "100"
    rest.update_stage(restApiId=api, stageName="live", patchOperations=patches)
    deny = json.dumps(ALLOW).replace("Allow", "Deny")
    rest.update_rest_api(restApiId=api, patchOperations=[{"op": "replace", "path": "/policy", "value": deny}])
    assert get(account, api)[0] == 200  # live with the next deployment
    rest.create_deployment(restApiId=api, stageName="live")
    assert get(account, api)[0] == 403
    assert traced(account, api) == "blocked"


def test_mock_of_an_imported_api_answers_in_every_worker(account, rest):
    integration = {
        "type": "mock",
        "requestTemplates": {"application/json": '{"statusCode": 200}'},
        "responses": {"default": {"statusCode": "200", "responseTemplates": {"application/json": "mocked"}}},
    }
    paths = {"/m": {"get": {"x-amazon-apigateway-integration": integration}}}
    document = {"swagger": "2.0", "info": {"title": "mock", "version": "1"}, "paths": paths}
    api = rest.import_rest_api(body=json.dumps(document))["id"]
    rest.create_deployment(restApiId=api, stageName="live")
    assert {get(account, api, "/live/m") for _ in range(12)} == {(200, "mocked")}
    rest.delete_rest_api(restApiId=api)
    assert {get(account, api, "/live/m")[0] for _ in range(12)} == {403}


def test_http_api(account, hello):
    http = account.client("apigatewayv2")
    api = http.create_api(Name="quick", ProtocolType="HTTP", Target=hello)["ApiId"]
    permit(account, "hello", api)
    assert get(account, api, "/any") == (200, "from the function")
    http.delete_api(ApiId=api)
    assert get(account, api, "/any")[0] == 403


def test_private_api_for_a_function_in_its_vpc(account, rest, hello):
    ec2 = account.client("ec2")
    (vpc,) = ec2.describe_vpcs()["Vpcs"]
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    group = ec2.create_security_group(GroupName="g", Description="g", VpcId=vpc["VpcId"])["GroupId"]
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": "172.31.0.0/16"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[https])
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc["VpcId"], VpcEndpointType="Interface", ServiceName=f"com.amazonaws.{REGION}.execute-api",
        SubnetIds=[subnet], SecurityGroupIds=[group], PrivateDnsEnabled=True,
    )["VpcEndpoint"]["VpcEndpointId"]  # fmt: skip
    function(account, "inside", VpcConfig={"SubnetIds": [subnet], "SecurityGroupIds": [group]})
    api = of_parts(rest, hello, policy=json.dumps(ALLOW), endpointConfiguration={"types": ["PRIVATE"], "vpcEndpointIds": [endpoint]})  # fmt: skip
    permit(account, "hello", api)
    url = f"https://{api}.execute-api.{REGION}.amazonaws.com/live"
    done = account.netful("exec", "inside", "--stack", "s", "--", "curl", "-sS", "--max-time", "30", url)
    assert done.stdout == "from the function"
    assert get(account, api)[0] == 403
    assert account.probe("inside", url)["agree"]


def test_deletion_leaves_the_account_as_it_was(account, rest):
    for api in rest.get_rest_apis()["items"]:
        rest.delete_rest_api(restApiId=api["id"])
    exported = account.netful("export", "--stack", "s", check=0).stdout
    assert "ApiGateway" not in exported
    assert account.json("status", "--stack", "s")["apis"] == []
