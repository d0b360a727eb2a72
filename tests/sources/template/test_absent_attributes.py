"""Attributes that no resource of a type has: a warning says that CloudFormation refuses the template."""

from pathlib import Path

import pytest

import netful.account
from netful.sources import load

TEMPLATE = """
Transform: AWS::Serverless-2016-10-31
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  Fn: {{Type: AWS::Serverless::Function, Properties: {{Runtime: python3.13, Handler: a.b, InlineCode: pass, AutoPublishAlias: live}}}}
  Nested: {{Type: AWS::CloudFormation::Stack, Properties: {{TemplateURL: https://example.com/nested.yaml}}}}
  Made: {{Type: Custom::Thing, Properties: {{ServiceToken: !GetAtt Fn.Arn}}}}
  Called: {{Type: AWS::CloudFormation::CustomResource, Properties: {{ServiceToken: !GetAtt Fn.Arn}}}}
  Module: {{Type: My::Own::Thing::MODULE}}
  Registered: {{Type: My::Own::Thing}}
  Db: {{Type: AWS::RDS::DBCluster, Properties: {{Engine: aurora-postgresql}}}}
Outputs:
  Out: {{Value: {}}}
"""


@pytest.mark.parametrize(
    ("value", "named"),
    [
        ("!GetAtt Vpc.MainRouteTable", "MainRouteTable"),
        ('!Sub "${Vpc.Name}"', "Name"),
        ("{Fn::GetAtt: [Fn, FunctionArn]}", "FunctionArn"),
        ("!GetAtt Db.Address", "Address"),
        ("!GetAtt Vpc.DefaultSecurityGroup", ""),
        ("!GetAtt Vpc.CidrBlock", ""),
        ("!GetAtt Fn.Arn", ""),
        ("!GetAtt Db.Endpoint.Address", ""),
        ("!GetAtt Nested.Outputs.Anything", ""),
        ("!GetAtt Made.Anything", ""),
        ("!GetAtt Called.Anything", ""),
        ("!GetAtt Module.Anything", ""),
        ("!GetAtt Registered.Anything", ""),
        ("{Fn::GetAtt: [Vpc, !Ref AWS::Region]}", ""),
    ],
)
def test_an_attribute_that_the_type_does_not_have(cloud_of, value, named):
    found = [one for one in cloud_of(TEMPLATE.format(value)).template.warnings if "has no attribute" in one]
    assert [f"`{named}`" in one for one in found] == ([True] if named else [])


def test_the_template_of_the_default_vpc_has_no_warning():
    cloud = load([Path(netful.account.__file__).parent / "aws.default-vpc.yaml"], stack_name="aws.default-vpc")
    assert cloud.template.warnings == ()
    assert [route.target_id for route in cloud.network.route_tables["DefaultVpc.main"].routes] == [
        "DefaultInternetGateway"
    ]
