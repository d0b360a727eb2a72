"""Answers about a CDK application name its constructs."""

import json

import pytest

import netful
from netful.cli.matrix import print_ways
from netful.cli.options.options import ReportOptions
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import QuestionError
from netful.render.construct_paths import renamed
from netful.render.text import path_text
from netful.sources import load

RESOURCES = {
    "Vpc8378EB38": ("AWS::EC2::VPC", "Vpc/Resource", {"CidrBlock": "10.0.0.0/16"}),
    "VpcASubnet4F2A": (
        "AWS::EC2::Subnet", "Vpc/A/Subnet", {"VpcId": {"Ref": "Vpc8378EB38"}, "CidrBlock": "10.0.0.0/24"},
    ),
    "Sg6B2A": ("AWS::EC2::SecurityGroup", "Sg/Resource", {"VpcId": {"Ref": "Vpc8378EB38"}, "GroupDescription": "g"}),
    "Host11": (
        "AWS::EC2::Instance", "Host/Resource",
        {"ImageId": "ami-1", "SubnetId": {"Ref": "VpcASubnet4F2A"}, "SecurityGroupIds": [{"Ref": "Sg6B2A"}]},
    ),
}  # fmt: skip


def application(resources):
    written = {
        id_: {"Type": type_, "Properties": properties, "Metadata": {"aws:cdk:path": f"App/{path}"}}
        for id_, (type_, path, properties) in resources.items()
    }
    return json.dumps({"Resources": written})


@pytest.fixture
def cloud(write):
    return load([write(application(RESOURCES), "App.template.json")])


def test_a_trace_names_constructs(cloud):
    path = trace(cloud, parse(cloud, "Host", "internet"))
    text = path_text(renamed(path, cloud.construct_paths), width=200)
    assert "Sg " in text
    assert not [id_ for id_ in RESOURCES if id_ in text]


API = {
    "EndpointF7D8C9E2A1": (
        "AWS::EC2::VPCEndpoint", "Ep/Resource",
        {"VpcId": {"Ref": "Vpc8378EB38"}, "VpcEndpointType": "Interface", "ServiceName": "com.amazonaws.us-east-1.execute-api"},
    ),
    "ApiC8550315": (
        "AWS::ApiGateway::RestApi", "Api/Resource",
        {"EndpointConfiguration": {"Types": ["PRIVATE"], "VpcEndpointIds": [{"Ref": "EndpointF7D8C9E2A1"}]}},
    ),
    "ApiGET9257B917": (
        "AWS::ApiGateway::Method", "Api/GET/Resource",
        {"RestApiId": {"Ref": "ApiC8550315"}, "ResourceId": {"Fn::GetAtt": ["ApiC8550315", "RootResourceId"]},
         "HttpMethod": "GET", "AuthorizationType": "NONE", "Integration": {"Type": "MOCK"}},
    ),
    "ApiDeployment1A2B": (
        "AWS::ApiGateway::Deployment", "Api/Deployment/Resource", {"RestApiId": {"Ref": "ApiC8550315"}, "StageName": "v1"},
    ),
}  # fmt: skip


def test_the_columns_of_a_table_are_those_of_the_names_that_it_shows(write, capsys):
    file = write(application(RESOURCES | API), "App.template.json")
    print_ways(netful.load(file), ReportOptions())
    header, _, *rows = capsys.readouterr().out.partition("\n\n")[0].splitlines()
    start = header.index("internet")
    assert [(row[start - 1], row[start:].split()[0]) for row in rows] == [(" ", "403"), *[(" ", "timeout")] * 2]


def test_an_interface_keeps_its_name(cloud):
    paths = cloud.construct_paths
    assert renamed(["Host11:tcp/22", "`Vpc8378EB38`", "eni-VpcASubnet4F2A-Sg6B2A"], paths) == [
        "Host:tcp/22", "`Vpc`", "eni-VpcASubnet4F2A-Sg6B2A",
    ]  # fmt: skip


def test_a_hint_keeps_the_id_that_an_option_needs(cloud):
    hint = "to settle it: --param Vpc8378EB38.CidrBlock=… --param Host11.PrivateIp=…, and load `Host11`"
    assert renamed(hint, cloud.construct_paths) == hint.replace("`Host11`", "`Host`")


def test_a_port_without_a_protocol_is_that_of_a_construct(cloud):
    with pytest.raises(QuestionError, match="Host:3389") as refused:
        parse(cloud, "internet", "Host:3389")
    assert refused.value.hint == "write `Host:tcp/3389`"


def test_the_path_of_a_construct_is_that_of_its_own_resource(cloud):
    assert cloud.named("Vpc/A") == cloud.named("App/Vpc/A/Subnet") == "VpcASubnet4F2A"


def test_an_id_with_its_stack_is_named(write):
    """Two stages of an application have the same ids, so the second's have their stack, whose name may have a hyphen."""
    files = [
        write(json.dumps({"Resources": {"Vpc8378EB38": {
            "Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}, "Metadata": {"aws:cdk:path": f"{stage}/Net/Vpc/Resource"},
        }}}), f"{stage}-Net.template.json")
        for stage in ("Dev", "Prod")
    ]  # fmt: skip
    cloud = load(files)
    ids = [f"{id_}.default-acl" for id_ in cloud.network.vpcs]
    assert any("Prod-Net" in id_ for id_ in ids)
    assert renamed(ids, cloud.construct_paths) == ["Dev/Net/Vpc.default-acl", "Prod/Net/Vpc.default-acl"]
