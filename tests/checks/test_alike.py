"""Sources that start from the same place and sign alike share their answers; others do not."""

import json
import sys

import pytest

from netful.checks.facts.destinations import destinations_in_use, sources
from netful.checks.registry import all_rules
from netful.engine.failures.resilience import resilience
from netful.engine.trace.matrix import matrix
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.facts import facts_of
from tests.helpers.forty_functions import template

ROLES = ("arn:aws:iam::123456789012:role/a", "arn:aws:iam::123456789012:role/b")
SESSION = "arn:aws:sts::123456789012:assumed-role/a/one"


def private_api(principal, roles):
    """Two functions in one group, and a private API that admits one of them by its policy."""
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {
        "CidrBlock": "10.0.0.0/16", "EnableDnsHostnames": True, "EnableDnsSupport": True}}  # fmt: skip
    subnet = {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"}}
    group = {"Type": "AWS::EC2::SecurityGroup", "Properties": {
        "GroupDescription": "all", "VpcId": {"Ref": "Vpc"},
        "SecurityGroupIngress": [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "CidrIp": "10.0.0.0/16"}]}}  # fmt: skip
    endpoint = {"Type": "AWS::EC2::VPCEndpoint", "Properties": {
        "VpcId": {"Ref": "Vpc"}, "VpcEndpointType": "Interface", "ServiceName": "com.amazonaws.us-east-1.execute-api",
        "SubnetIds": [{"Ref": "Subnet"}], "SecurityGroupIds": [{"Ref": "Group"}], "PrivateDnsEnabled": True}}  # fmt: skip
    policy = {
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "execute-api:Invoke", "Resource": "*"}
        ]
    }
    api = {"Type": "AWS::ApiGateway::RestApi", "Properties": {
        "Name": "api", "EndpointConfiguration": {"Types": ["PRIVATE"]}, "Policy": policy}}  # fmt: skip
    integration = {"Type": "MOCK", "RequestTemplates": {"application/json": '{"statusCode": 200}'},
                   "IntegrationResponses": [{"StatusCode": "200"}]}  # fmt: skip
    method = {"Type": "AWS::ApiGateway::Method", "Properties": {
        "RestApiId": {"Ref": "Api"}, "ResourceId": {"Fn::GetAtt": ["Api", "RootResourceId"]}, "HttpMethod": "GET",
        "AuthorizationType": "AWS_IAM", "MethodResponses": [{"StatusCode": "200"}], "Integration": integration}}  # fmt: skip
    deployment = {"Type": "AWS::ApiGateway::Deployment", "DependsOn": "Method", "Properties": {
        "RestApiId": {"Ref": "Api"}, "StageName": "prod"}}  # fmt: skip
    trust = {
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    }
    resources = {
        "Vpc": vpc,
        "Subnet": subnet,
        "Group": group,
        "Endpoint": endpoint,
        "Api": api,
        "Method": method,
        "Deployment": deployment,
    }
    for name in ("a", "b"):
        resources[f"Role{name}"] = {
            "Type": "AWS::IAM::Role",
            "Properties": {"RoleName": name, "AssumeRolePolicyDocument": trust},
        }
    for name, role in zip(("one", "two"), roles, strict=True):
        resources[name] = {"Type": "AWS::Lambda::Function", "Properties": {
            "FunctionName": name, "Runtime": "python3.13", "Handler": "a.b", "Code": {"ZipFile": ""}, "Role": role,
            "VpcConfig": {"SubnetIds": [{"Ref": "Subnet"}], "SecurityGroupIds": [{"Ref": "Group"}]},
            "Environment": {"Variables": {"URL": {
                "Fn::Sub": "https://${Api}.execute-api.us-east-1.amazonaws.com/prod/"}}}}}  # fmt: skip
    return json.dumps({"Resources": resources})


@pytest.mark.parametrize(("principal", "roles"), [(ROLES[0], ROLES), (SESSION, ROLES[:1] * 2)], ids=["role", "session"])
def test_policy_that_admits_one_of_two_functions_in_a_group(principal, roles, tmp_path):
    facts = facts_of(tmp_path, private_api(principal, roles))
    url = next(name for name in destinations_in_use(facts) if "execute-api" in name)
    found = {source: cell for source, _, cell in matrix(facts.cloud, sources(facts), [url]).cells()}
    alone = {source: trace(facts.cloud, parse(facts.cloud, source, url)) for source in found}
    assert [alone["one"].symptom.status, alone["two"].symptom.status] == [None, 403]
    assert {source: (cell.verdict, cell.symptom) for source, cell in found.items()} == {
        source: (path.verdict, str(path.symptom)) for source, path in alone.items()
    }
    assert {name: facts.path(name, url) for name in ("one", "two")} == alone
    assert [flow.sources for flow in resilience(facts.cloud, (sources(facts), [url])).flows] == [("one",)]


@pytest.mark.parametrize(
    "text", [*(rule.example("bad") for rule in all_rules().values() if rule.compare is None), template()]
)
def test_path_of_a_function_is_that_of_its_own_trace(text, tmp_path):
    facts = facts_of(tmp_path, text)
    for function in list(facts.cloud.compute.functions)[:8]:
        for destination in destinations_in_use(facts):
            alone = trace(facts.cloud, parse(facts.cloud, function, destination))
            assert facts.path(function, destination) == alone, (function, destination)


def test_path_names_the_session_of_its_own_function(tmp_path):
    made = json.loads(private_api(ROLES[0], ROLES))["Resources"]
    allowed = {"Statement": [{"Effect": "Allow", "Action": "sqs:*", "Resource": "*"}]}
    made["Rolea"]["Properties"]["Policies"] = [{"PolicyName": "queues", "PolicyDocument": allowed}]
    for name, called in (("First", "orders"), ("Second", "bills"), ("Called", "shop")):
        made[name] = {**made["one"], "Properties": made["one"]["Properties"] | {"FunctionName": called}}
    url = {"Type": "AWS::Lambda::Url", "Properties": {"TargetFunctionArn": {"Ref": "Called"}, "AuthType": "AWS_IAM"}}
    facts = facts_of(tmp_path, json.dumps({"Resources": {**made, "Url": url}}))
    for name in ("First", "Second"):
        assert facts.path(name, "Url") == trace(facts.cloud, parse(facts.cloud, name, "Url"))


def servers(functions):
    """Functions in one group, and a server for them."""
    made = json.loads(private_api(ROLES[0], ROLES))["Resources"]
    own = made["one"]["Properties"] | {
        "Role": ROLES[0],
        "Environment": {"Variables": {"AT": {"Fn::GetAtt": ["Server", "PrivateIp"]}}},
    }
    server = {"Type": "AWS::EC2::Instance", "Properties": {
        "ImageId": "ami-1", "SubnetId": {"Ref": "Subnet"}, "SecurityGroupIds": [{"Ref": "Group"}]}}  # fmt: skip
    each = {
        f"F{n}x": {"Type": "AWS::Lambda::Function", "Properties": own | {"FunctionName": f"f-{n}"}}
        for n in range(functions)
    }
    return json.dumps({"Resources": {**made, "Server": server, **each}})


def test_functions_that_are_alike_share_walks(tmp_path):
    walked = []
    for number in (5, 20):
        facts, walks = facts_of(tmp_path, servers(number)), []
        sys.setprofile(lambda frame, event, _, to=walks: event == "call" and to.append(frame.f_code is trace.__code__))
        try:
            assert len({each.function.id for each in facts.walked}) == number + 2
        finally:
            sys.setprofile(None)
        walked.append(sum(walks))
    assert walked[0] == walked[1]
