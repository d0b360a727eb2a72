"""Endpoint policies that name the client's own address in the VPC, or its account (newer-aws §9.1)."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace

TEMPLATE = """
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16, EnableDnsSupport: true, EnableDnsHostnames: true}}}}
  Subnet: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}}}
  Group: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: x, VpcId: !Ref Vpc, SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}}]}}}}
  Host: {{Type: AWS::EC2::Instance, Properties: {{SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Group]}}}}
  Table: {{Type: AWS::EC2::RouteTable, Properties: {{VpcId: !Ref Vpc}}}}
  Association: {{Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {{SubnetId: !Ref Subnet, RouteTableId: !Ref Table}}}}
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      ServiceName: com.amazonaws.us-east-1.s3
      {kind}
      PolicyDocument: {{Statement: [{{Effect: Allow, Principal: "*", Action: "*", Resource: "*", Condition: {{IpAddress: {{aws:VpcSourceIp: {block}}}}}}}]}}
"""
INTERFACE = (
    "VpcEndpointType: Interface, SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref Group], PrivateDnsEnabled: true, "
    "DnsOptions: {PrivateDnsOnlyForInboundResolverEndpoint: AllResolvers}"
)
KINDS = ["RouteTableIds: [!Ref Table]", "\n      ".join(INTERFACE.split(", "))]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("block", "verdict"), [("10.0.1.0/24", "reachable"), ("10.0.2.0/24", "blocked")])
def test_source_in_the_vpc(cloud_of, kind, block, verdict):
    cloud = cloud_of(TEMPLATE.format(kind=kind, block=block))
    assert trace(cloud, parse(cloud, "Host", "aws:s3:GetObject")).verdict == verdict


@pytest.mark.parametrize(
    ("resource", "is_some"),
    [("'*'", False), ("'arn:aws:s3:::*'", False), ("'arn:aws:s3:::*/*'", False), ("'arn:aws:s3:::own/*'", True)],
)
def test_a_question_without_a_resource_assumes_one_that_the_policy_names(cloud_of, resource, is_some):
    text = TEMPLATE.format(kind=KINDS[0], block="10.0.1.0/24").replace('Resource: "*"', f"Resource: {resource}")
    cloud = cloud_of(text)
    path = trace(cloud, parse(cloud, "Host", "aws:s3:GetObject"))
    assumed = "the request is for a resource on which the policy of Endpoint allows s3:GetObject"
    assert (assumed in path.assumptions) == is_some
    assert path.verdict == "reachable"


@pytest.mark.parametrize(("resource", "is_some"), [("table/*", False), ("*", False), ("table/orders", True)])
def test_a_policy_for_all_tables_needs_no_assumption_about_the_table(cloud_of, resource, is_some):
    text = TEMPLATE.format(kind=KINDS[0], block="10.0.1.0/24").replace("us-east-1.s3", "us-east-1.dynamodb")
    named = f"!Sub 'arn:aws:dynamodb:${{AWS::Region}}:${{AWS::AccountId}}:{resource}'"
    cloud = cloud_of(text.replace('Resource: "*"', f"Resource: {named}"))
    path = trace(cloud, parse(cloud, "Host", "aws:dynamodb:GetItem"))
    assert any(one.startswith("the request is for a resource") for one in path.assumptions) is is_some


@pytest.mark.parametrize(("account", "verdict"), [("!Ref AWS::AccountId", "reachable"), ("'999999999999'", "unknown")])
def test_callers_of_the_own_account_are_assumed(cloud_of, account, verdict):
    of_account = TEMPLATE.replace(
        "IpAddress: {{aws:VpcSourceIp: {block}}}", "StringEquals: {{aws:PrincipalAccount: {block}}}"
    )
    cloud = cloud_of(of_account.format(kind=KINDS[0], block=account))
    path = trace(cloud, parse(cloud, "Host", "aws:s3:GetObject"))
    assert path.verdict == verdict
    assert any("credentials" in text for text in path.assumptions) is (verdict == "reachable")


@pytest.mark.parametrize("key", ["aws:ResourceAccount", "s3:ResourceAccount"])
@pytest.mark.parametrize(
    ("effect", "operator", "account", "verdict"),
    [
        ("Allow", "StringEquals", "!Ref AWS::AccountId", "reachable"),
        ("Allow", "StringEquals", "'999999999999'", "unknown"),
        ("Deny", "StringNotEquals", "!Ref AWS::AccountId", "reachable"),
        ("Deny", "StringEquals", "!Ref AWS::AccountId", "unknown"),
    ],
)
def test_a_question_without_a_resource_assumes_one_of_the_own_account(
    cloud_of, key, effect, operator, account, verdict
):
    condition = f"{{{operator}: {{'{key}': {account}}}}}"
    statement = f'{{Effect: {effect}, Principal: "*", Action: "*", Resource: "*", Condition: {condition}}}'
    rest = ', {Effect: Allow, Principal: "*", Action: "*", Resource: "*"}' if effect == "Deny" else ""
    head = TEMPLATE.partition("      PolicyDocument:")[0].format(kind=KINDS[0])
    cloud = cloud_of(f"{head}      PolicyDocument: {{Statement: [{statement}{rest}]}}\n")
    path = trace(cloud, parse(cloud, "Host", "aws:s3:GetObject"))
    assert path.verdict == verdict
    assert any("a resource of the account" in one for one in path.assumptions) is (verdict == "reachable")


SIGNED = (
    TEMPLATE
    + """
  Role: {{Type: AWS::IAM::Role, Properties: {{RoleName: reader, Path: /team/, AssumeRolePolicyDocument: {{}}}}}}
  Fn: {{Type: AWS::Lambda::Function, Properties: {{Runtime: python3.12, Handler: i.h, Code: {{ZipFile: x}}, Role: ROLE,
    VpcConfig: {{SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref Group]}}}}}}
"""
)
STATEMENT = 'Principal: "*", Action: "*", Resource: "*", Condition: {{IpAddress: {{aws:VpcSourceIp: {block}}}}}'


@pytest.mark.parametrize(
    ("statement", "known", "other"),
    [
        ('Principal: "*", Condition: {ArnEquals: {aws:PrincipalArn: !GetAtt Role.Arn}}', "reachable", "unknown"),
        (
            'Principal: "*", Condition: {ArnEquals: {aws:PrincipalArn: "arn:aws:iam::*:role/reader"}}',
            "blocked",
            "unknown",
        ),
        ("Principal: {AWS: !GetAtt Role.Arn}", "reachable", "unknown"),
        ("Principal: {AWS: !Sub 'arn:aws:iam::${AWS::AccountId}:role/other'}", "blocked", "unknown"),
        ('Principal: "*", Condition: {Bool: {aws:SecureTransport: "false"}}', "blocked", "blocked"),
        ('Principal: "*", Condition: {StringEquals: {aws:RequestedRegion: us-east-1}}', "reachable", "reachable"),
    ],
)
def test_a_function_signs_as_its_role(cloud_of, statement, known, other):
    text = SIGNED.replace(STATEMENT, "STATEMENT").format(kind=KINDS[0])
    text = text.replace("STATEMENT", f'Action: "*", Resource: "*", {statement}')
    for role, verdict in {"!GetAtt Role.Arn": known, "arn:aws:iam::123456789012:role/elsewhere": other}.items():
        cloud = cloud_of(text.replace("ROLE", role))
        path = trace(cloud, parse(cloud, "Fn", "aws:s3:GetObject"))
        assert path.verdict == verdict
        assert ("the caller has credentials of Role" in path.assumptions) is (known != other and verdict == known)
