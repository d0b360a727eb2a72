"""Answers about a CDK application name its constructs."""

import json

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
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


@pytest.fixture
def cloud(write):
    resources = {
        id_: {"Type": type_, "Properties": properties, "Metadata": {"aws:cdk:path": f"App/{path}"}}
        for id_, (type_, path, properties) in RESOURCES.items()
    }
    return load([write(json.dumps({"Resources": resources}), "App.template.json")])


def test_a_trace_names_constructs(cloud):
    path = trace(cloud, parse(cloud, "Host", "internet"))
    text = path_text(renamed(path, cloud.construct_paths), width=200)
    assert "Sg " in text
    assert not [id_ for id_ in RESOURCES if id_ in text]


def test_an_interface_keeps_its_name(cloud):
    paths = cloud.construct_paths
    assert renamed(["Host11:tcp/22", "`Vpc8378EB38`", "eni-VpcASubnet4F2A-Sg6B2A"], paths) == [
        "Host:tcp/22", "`Vpc`", "eni-VpcASubnet4F2A-Sg6B2A",
    ]  # fmt: skip


def test_a_hint_keeps_the_id_that_an_option_needs(cloud):
    hint = "to settle it: --param Vpc8378EB38.CidrBlock=… --param Host11.PrivateIp=…, and load `Host11`"
    assert renamed(hint, cloud.construct_paths) == hint.replace("`Host11`", "`Host`")


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
