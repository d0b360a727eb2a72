"""The account as a template, which makes the like of it elsewhere."""

import json
from dataclasses import replace

import pytest
import yaml

from netful import sources
from netful.account.export import template_of
from netful.account.model_json import encoded
from netful.checks.facts.cloud_facts import Facts
from netful.checks.registry import selected
from netful.checks.run import check
from netful.library.network import received
from netful.model.cloud import Cloud
from netful.model.core import BY_CALL
from netful.model.functions.function import Code, Function, Role
from tests.helpers.accounts import AccountClients

TEMPLATE = json.dumps({
    "Resources": {
        "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
        "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.1.0/24"}},
        "Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": "g", "VpcId": {"Ref": "Vpc"}}},
        "Queue": {"Type": "AWS::SQS::Queue", "Metadata": {"aws:cdk:path": "app/Orders/Resource"}},
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {}}},
        "Hello": {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Runtime": "python3.12",
                "Handler": "index.f",
                "Role": {"Fn::GetAtt": ["Role", "Arn"]},
                "Code": {"ZipFile": "def f(e, c): return '${x}'"},
                "Environment": {"Variables": {"QUEUE": {"Ref": "Queue"}, "TEXT": {"Fn::Sub": "in ${Vpc}"}}},
            },
        },
    }
})  # fmt: skip


@pytest.fixture
def clients(tmp_path):
    made = AccountClients(tmp_path)
    made.cloudformation("CreateStack", StackName="app", TemplateBody=TEMPLATE, Capabilities=["CAPABILITY_IAM"])
    made.ec2("CreateSubnet", VpcId=made.ids("app")["Vpc"], CidrBlock="10.0.2.0/24")
    yield made
    made.runner.close()


def read(folder, template):
    file = folder / "exported.yaml"
    file.write_text(yaml.safe_dump(template))
    return sources.load([file], region="us-east-1")


def test_the_account_is_sent_to_clients_as_it_is(clients):
    cloud = clients.account.cloud
    found = received(json.loads(json.dumps(encoded(cloud)))).cloud
    assert found == cloud
    assert found.named("app/Orders") == cloud.named("app/Orders") == "Queue"


def test_an_exported_template_refers_by_its_own_names(clients):
    resources = template_of(clients.account.cloud)["Resources"]
    assert "DefaultVpc" not in resources
    assert resources["Subnet"]["Properties"]["VpcId"] == {"Ref": "Vpc"}
    hello = resources["Hello"]["Properties"]
    assert "FunctionName" not in hello
    assert hello["Role"] == {"Fn::Sub": "arn:aws:iam::123456789012:role/${Role}"}
    assert hello["Environment"]["Variables"] == {"QUEUE": {"Ref": "Queue"}, "TEXT": {"Fn::Sub": "in ${Vpc}"}}
    assert hello["Code"]["ZipFile"] == "def f(e, c): return '${x}'"


def test_an_exported_template_makes_the_like_in_another_account(clients, tmp_path):
    body = json.dumps(template_of(clients.account.cloud))
    (tmp_path / "other").mkdir()
    other = AccountClients(tmp_path / "other")
    other.cloudformation("CreateStack", StackName="copy", TemplateBody=body, Capabilities=["CAPABILITY_IAM"])
    assert other.status("copy") == "CREATE_COMPLETE"
    blocks = {one["CidrBlock"] for one in other.ec2("DescribeSubnets")["Subnets"]}
    assert {"10.0.1.0/24", "10.0.2.0/24"} <= blocks
    other.runner.close()


def test_a_route_that_a_call_made_waits_for_its_gateway_s_attachment(clients, tmp_path):
    vpc = clients.ids("app")["Vpc"]
    gateway = clients.ec2("CreateInternetGateway")["InternetGateway"]["InternetGatewayId"]
    clients.ec2("AttachInternetGateway", VpcId=vpc, InternetGatewayId=gateway)
    table = clients.ec2("CreateRouteTable", VpcId=vpc)["RouteTable"]["RouteTableId"]
    clients.ec2("CreateRoute", RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    cloud = read(tmp_path, template_of(clients.account.cloud))
    assert check(Facts(cloud), selected(("NF702",), ())) == ()


def test_a_role_and_a_function_that_calls_made_are_exported(tmp_path):
    admits = {
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
    }
    allows = {"Effect": "Allow", "Action": "ssm:GetParameter", "Resource": "*"}
    statements, arn = (allows, {**allows, "Version": "2012-10-17"}), "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"
    limit = {"Statement": [{"Effect": "Allow", "Action": "ssm:*", "Resource": "*"}]}
    role = Role("reader", "reader", statements, (arn,), "/team/", admits, True, limit, {"team": "blue"}, origin=BY_CALL)
    function = Function("reader", "reader", Code(), role="arn:aws:iam::123456789012:role/team/reader")
    cloud = read(tmp_path, template_of(Cloud.of(roles={"reader": role}, functions={"reader": function})))
    (again,) = cloud.access.roles.values()
    assert replace(again, id=role.id, whole=True, origin=BY_CALL, statements=()) == replace(role, statements=())
    assert [one["Version"] for one in again.statements] == ["2008-10-17", "2012-10-17"]
    assert cloud.access.role_of(cloud.compute.functions["reader"]) == again


def test_a_main_table_of_a_call_is_associated_with_each_subnet(clients):
    vpc = clients.ids("app")["Vpc"]
    (main,) = clients.ec2("DescribeRouteTables", Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    table = clients.ec2("CreateRouteTable", VpcId=vpc)["RouteTable"]["RouteTableId"]
    association = main["Associations"][0]["RouteTableAssociationId"]
    clients.ec2("ReplaceRouteTableAssociation", AssociationId=association, RouteTableId=table)
    resources = template_of(clients.account.running.cloud)["Resources"].values()
    types = [one["Type"] for one in resources]
    assert types.count("AWS::EC2::SubnetRouteTableAssociation") == types.count("AWS::EC2::Subnet") == 2
    assert "Terraform::MainRouteTable" not in types


OF_STACK = """
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: a, Policy: {Statement: [{Effect: Allow, Principal: "*", Action: "execute-api:Invoke",
    Resource: "execute-api:/*", Condition: {StringEquals: {aws:SourceArn: "arn:aws:states:us-east-1:123456789012:stateMachine:m"}}}]}}}
  Machine: {Type: AWS::StepFunctions::StateMachine, Properties: {StateMachineName: m, RoleArn: "arn:aws:iam::123456789012:role/r", DefinitionString: !Sub "{\\"Comment\\": \\"${Api}\\"}"}}
  Stage: {Type: AWS::ApiGateway::Stage, Properties: {RestApiId: !Ref Api, StageName: prod, DeploymentId: d}}
  Acl: {Type: AWS::WAFv2::WebACL, Properties: {Name: acl, Scope: REGIONAL, DefaultAction: {Block: {}}, VisibilityConfig: {}}}
  Link: {Type: AWS::WAFv2::WebACLAssociation, Properties: {ResourceArn: !Sub "arn:aws:apigateway:us-east-1::/restapis/${Api}/stages/prod", WebACLArn: !GetAtt Acl.Arn}}
"""  # fmt: skip


def test_references_are_those_that_the_template_wrote(cloud_of):
    """An ARN in a policy stays a text: a reference in its place may close a circle. `Ref` of a web ACL is not its ARN."""
    written = template_of(cloud_of(OF_STACK))["Resources"]
    [statement] = written["Api"]["Properties"]["Policy"]["Statement"]
    arn = "arn:aws:states:us-east-1:123456789012:stateMachine:m"
    assert statement["Condition"] == {"StringEquals": {"aws:SourceArn": arn}}
    assert written["Link"]["Properties"]["WebACLArn"] == {"Fn::GetAtt": ["Acl", "Arn"]}
    again = cloud_of(json.dumps({"Resources": written}))
    assert [one.web_acl_arn for one in again.access.web_acl_associations.values()] == ["Acl"]
