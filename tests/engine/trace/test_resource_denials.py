"""Policies of resources that deny every action of a caller, because of its way or its role."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace

TEMPLATE = """
Parameters: {{Subnets: {{Type: "List<AWS::EC2::Subnet::Id>"}}}}
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}}}
  Table: {{Type: AWS::EC2::RouteTable, Properties: {{VpcId: !Ref Vpc}}}}
  OfA: {{Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {{SubnetId: !Ref A, RouteTableId: !Ref Table}}}}
  Sg: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: all, VpcId: !Ref Vpc}}}}
  Endpoint: {{Type: AWS::EC2::VPCEndpoint, Properties: {{VpcId: !Ref Vpc, ServiceName: com.amazonaws.us-east-1.s3, RouteTableIds: [!Ref Table]}}}}
  Other: {{Type: AWS::EC2::VPCEndpoint, Properties: {{VpcId: !Ref Vpc, ServiceName: com.amazonaws.us-east-1.dynamodb, RouteTableIds: [!Ref Table]}}}}
  Role: {{Type: AWS::IAM::Role, Properties: {{AssumeRolePolicyDocument: {{Statement: []}}}}}}
  In: {{Type: AWS::Lambda::Function, Properties: {{Runtime: python3.13, Handler: a.b, Role: !GetAtt Role.Arn, Code: {{ZipFile: x}}, VpcConfig: {{SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Sg]}}}}}}
  Out: {{Type: AWS::Lambda::Function, Properties: {{Runtime: python3.13, Handler: a.b, Role: !GetAtt Role.Arn, Code: {{ZipFile: x}}}}}}
  Elsewhere: {{Type: AWS::Lambda::Function, Properties: {{Runtime: python3.13, Handler: a.b, Role: !GetAtt Role.Arn, Code: {{ZipFile: x}}, VpcConfig: {{SubnetIds: !Ref Subnets, SecurityGroupIds: [!Ref Sg]}}}}}}
  Named: {{Type: AWS::S3::Bucket}}
  Policy: {{Type: AWS::S3::BucketPolicy, Properties: {{Bucket: !Ref Named, PolicyDocument: {{Statement: [{{{statement}, Principal: "*", {resource}: !Sub "${{Named.Arn}}/{objects}"}}]}}}}}}
"""
WHOLE = "Effect: Deny, Action: 's3:*'"
ELSE = "Condition: {{StringNotEquals: {{{}}}}}".format
BY_ENDPOINT, BY_OTHER = ELSE("'aws:SourceVpce': !Ref Endpoint"), ELSE("'aws:SourceVpce': !Ref Other")
BY_VPC = ELSE("'aws:SourceVpc': !Ref Vpc")
BUT_ROLE = ELSE("'aws:SourceVpce': !Ref Endpoint, 'aws:PrincipalArn': !GetAtt Role.Arn")
BY_ADDRESS = "Condition: {NotIpAddress: {'aws:SourceIp': 3.5.140.0/22}}"
DENIED, ADMITTED = ["NETFUL_RESOURCE_POLICY_DENY"], []


@pytest.mark.parametrize(
    ("source", "statement", "codes"),
    [
        ("In", f"{WHOLE}, {BY_ENDPOINT}", ADMITTED),
        ("In", f"{WHOLE}, {BY_OTHER}", DENIED),
        ("Out", f"{WHOLE}, {BY_ENDPOINT}", DENIED),
        ("In", f"{WHOLE}, {BY_VPC}", ADMITTED),
        ("Out", f"{WHOLE}, {BY_VPC}", DENIED),
        ("Out", f"{WHOLE}, {BUT_ROLE}", ADMITTED),
        ("Out", f"Effect: Deny, Action: 's3:PutObject', {BY_ENDPOINT}", ADMITTED),
        ("Out", f"Effect: Deny, NotAction: 's3:GetObject', {BY_ENDPOINT}", ADMITTED),
        ("In", f"{WHOLE}, Condition: {{Bool: {{'aws:SecureTransport': 'false'}}}}", ADMITTED),
        ("Out", "Effect: Allow, Action: 's3:GetObject'", ADMITTED),
    ],
)  # fmt: skip
def test_a_policy_that_denies_every_action(cloud_of, source, statement, codes):
    cloud = _cloud(cloud_of, statement)
    path = trace(cloud, parse(cloud, source, "Named"))
    assert [hop.code for hop in path.denials] == codes
    assert (path.verdict, path.symptom.status) == (("blocked", 403) if codes else ("reachable", path.symptom.status))


@pytest.mark.parametrize(
    ("condition", "key"),
    [("Condition: {StringEquals: {'s3:authType': POST}}", "s3:authType"), (BY_ADDRESS, "aws:SourceIp")],
)
def test_a_denial_that_depends_on_the_request_is_an_assumption(cloud_of, condition, key):
    cloud = _cloud(cloud_of, f"{WHOLE}, {condition}")
    path = trace(cloud, parse(cloud, "Out", "Named"))
    assert (path.verdict, any(f"`{key}`" in one for one in path.assumptions)) == ("reachable", True)


def test_a_way_that_is_not_known_may_be_one_that_the_policy_admits(cloud_of):
    cloud = _cloud(cloud_of, f"{WHOLE}, {BY_ENDPOINT}")
    assert trace(cloud, parse(cloud, "Elsewhere", "Named")).verdict == "unknown"


def test_a_policy_that_excepts_objects_does_not_deny_every_action(cloud_of):
    cloud = _cloud(cloud_of, f"{WHOLE}, {BY_ENDPOINT}", "NotResource", "public/*")
    assert trace(cloud, parse(cloud, "Out", "Named")).verdict == "reachable"


def _cloud(cloud_of, statement, resource="Resource", objects="*"):
    return cloud_of(TEMPLATE.format(statement=statement, resource=resource, objects=objects))
