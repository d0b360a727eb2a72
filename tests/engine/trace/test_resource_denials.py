"""Policies of resources that deny every action of a caller, because of its way or its role."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace

TEMPLATE = """
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
  Named: {{Type: AWS::S3::Bucket}}
  Policy: {{Type: AWS::S3::BucketPolicy, Properties: {{Bucket: !Ref Named, PolicyDocument: {{Statement: [{{{statement}, Principal: "*", Resource: !Sub "${{Named.Arn}}/*"}}]}}}}}}
"""
WHOLE = "Effect: Deny, Action: 's3:*'"
ELSE = "Condition: {{StringNotEquals: {{{}}}}}".format
BY_ENDPOINT, BY_OTHER = ELSE("'aws:SourceVpce': !Ref Endpoint"), ELSE("'aws:SourceVpce': !Ref Other")
BY_VPC = ELSE("'aws:SourceVpc': !Ref Vpc")
BUT_ROLE = ELSE("'aws:SourceVpce': !Ref Endpoint, 'aws:PrincipalArn': !GetAtt Role.Arn")
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
    cloud = cloud_of(TEMPLATE.format(statement=statement))
    path = trace(cloud, parse(cloud, source, "Named"))
    assert [hop.code for hop in path.denials] == codes
    assert (path.verdict, path.symptom.status) == (("blocked", 403) if codes else ("reachable", path.symptom.status))


def test_a_denial_that_depends_on_the_request_is_an_assumption(cloud_of):
    cloud = cloud_of(TEMPLATE.format(statement=f"{WHOLE}, Condition: {{StringEquals: {{'s3:authType': POST}}}}"))
    path = trace(cloud, parse(cloud, "In", "Named"))
    assert (path.verdict, any("`s3:authType`" in one for one in path.assumptions)) == ("reachable", True)
