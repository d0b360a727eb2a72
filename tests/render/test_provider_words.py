"""Hints about a Terraform plan have the names of Terraform's AWS provider; formats for programs keep CloudFormation's."""

import pytest

import netful
from tests.helpers.terraform_plans import everything_out, network, refers


@pytest.fixture
def planned(tmp_path):
    plan, vpc = everything_out(network()), {"vpc_id": refers("aws_vpc.main.id")}
    inside = {"subnet_ids": refers("aws_subnet.private.id"), "security_group_ids": refers("aws_security_group.fn.id")}
    plan.add(
        "aws_vpc_endpoint.api", {**vpc, **inside}, vpc_id=..., subnet_ids=..., security_group_ids=..., private_dns_enabled=False,
        service_name="com.amazonaws.eu-west-1.execute-api", vpc_endpoint_type="Interface",
    )  # fmt: skip
    plan.add("aws_api_gateway_rest_api.api", name="api", endpoint_configuration=[{"types": ["PRIVATE"]}])
    api = {"rest_api_id": refers("aws_api_gateway_rest_api.api.id")}
    plan.add("aws_api_gateway_deployment.api", api, rest_api_id=...)
    plan.add("aws_api_gateway_stage.api", {**api, "deployment_id": refers("aws_api_gateway_deployment.api.id")},
        rest_api_id=..., deployment_id=..., stage_name="prod")  # fmt: skip
    return netful.load(plan.write(tmp_path))


def test_a_trace_names_the_argument(planned):
    path = planned.trace("aws_lambda_function.orders", "aws_api_gateway_rest_api.api GET /prod/orders")
    set_it = "on `aws_vpc_endpoint.api`, so that the name leads to the endpoint"
    assert planned.readable(path).advice == (f"set `private_dns_enabled = true` {set_it}",)
    assert path.to_json()["advice"] == [f"set `PrivateDnsEnabled: true` {set_it}"]


def test_a_hint_in_japanese_names_the_argument(planned, monkeypatch):
    monkeypatch.setenv("NETFUL_LANG", "ja")
    path = planned.trace("aws_lambda_function.orders", "aws_api_gateway_rest_api.api GET /prod/orders")
    (hint,) = planned.readable(path).advice
    assert "`private_dns_enabled = true`" in hint
    assert "設定" in hint


def test_a_finding_names_the_argument(planned):
    found = {one.id: one.hint for one in planned.readable(planned.check())}
    assert found["NF301"].startswith("give it a `policy` that allows `execute-api:Invoke`")


def test_a_template_keeps_its_properties(cloud_of):
    text = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsSupport: false}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: all, VpcId: !Ref Vpc}}
  Host: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Sg]}}
"""
    network = netful.Network(cloud_of(text))
    path = network.readable(network.trace("Host", "https://example.com"))
    assert "`EnableDnsSupport: true`" in path.hint
