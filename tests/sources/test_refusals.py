import pytest

from netful.sources.refusals import refusals

VPC = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, InstanceTenancy: TENANCY}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  A2: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.3.0/24, AvailabilityZone: us-east-1b}}
  Lax: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.4.0/24, AvailabilityZone: us-west-2-lax-1a}}
  Any: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.5.0/24}}
  Any2: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.6.0/24}}
  ById: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.7.0/24, AvailabilityZoneId: use1-az1}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Tgw: {Type: AWS::EC2::TransitGateway}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: corp.internal, VPCs: [{VPCId: !Ref Vpc, VPCRegion: us-east-1}]}}
  Gateway: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.us-east-1.dynamodb, RouteTableIds: [!Ref Table]}}
"""
FURTHER = "Further: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, CidrBlock: %s}}"
INTERFACE = "E: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.%s}}"
ATTACHMENT = "T: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {TransitGatewayId: !Ref Tgw, VpcId: !Ref Vpc, SubnetIds: %s}}"
BALANCER = (
    "Lb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: %s, Scheme: internal, Subnets: %s}}"
)
ZONE = "Z: {Type: AWS::Route53::HostedZone, Properties: {Name: %s, VPCs: [{VPCId: !Ref Vpc, VPCRegion: us-east-1}]}}"
TO_SERVICE = "G: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.us-east-1.%s, RouteTableIds: [!Ref Table]}}"
S3 = "s3, SubnetIds: [!Ref A], PrivateDnsEnabled: true"
GATEWAY = """Igw2: {Type: AWS::EC2::InternetGateway}
  Attached2: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: %s, InternetGatewayId: !Ref Igw2}}"""
FUNCTION = """Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {Statement: []}}}
  Fn:
    Type: AWS::Lambda::Function
    Properties: {Handler: index.handler, Runtime: python3.12, Role: !GetAtt Role.Arn, Code: {ZipFile: "x = 1"}, VpcConfig: {SubnetIds: [!Ref A]}}"""
ACL = "Acl: {Type: AWS::WAFv2::WebACL, Properties: {Scope: %s, DefaultAction: {Allow: {}}}}"
APIS = """Rest: {Type: AWS::ApiGateway::RestApi, Properties: {Name: r}}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: h, ProtocolType: HTTP}}"""
PROTECTED = f"""{ACL}
  {APIS}
  As: {{Type: AWS::WAFv2::WebACLAssociation, Properties: {{WebACLArn: !GetAtt Acl.Arn, ResourceArn: !Sub "arn:aws:apigateway:us-east-1::/%s/stages/s"}}}}"""
DISTRIBUTION = f"""{ACL}
  Cdn: {{Type: AWS::CloudFront::Distribution, Properties: {{DistributionConfig: {{Enabled: true, WebACLId: !GetAtt Acl.Arn,
    Origins: [{{Id: o, DomainName: example.com, CustomOriginConfig: {{OriginProtocolPolicy: https-only}}}}],
    DefaultCacheBehavior: {{TargetOriginId: o, ViewerProtocolPolicy: allow-all}}}}}}}}"""
REFUSED = {
    "a web ACL of CloudFront at a stage": (PROTECTED % ("CLOUDFRONT", "restapis/${Rest}"), "As"),
    "a web ACL of an HTTP API": (PROTECTED % ("REGIONAL", "apis/${Http}"), "As"),
    "a regional web ACL of a distribution": (DISTRIBUTION % "REGIONAL", "Cdn"),
    "a restricted block": (FURTHER % "192.168.0.0/16", "Further"),
    "an overlapping block": (FURTHER % "10.0.128.0/17", "Further"),
    "a second internet gateway": (GATEWAY % "!Ref Vpc", "Igw2"),
    "an endpoint twice in a zone": (INTERFACE % "sqs, SubnetIds: [!Ref A, !Ref A2]", "E"),
    "an attachment twice in a zone": (ATTACHMENT % "[!Ref A, !Ref A2]", "T"),
    "a load balancer twice in a zone": (BALANCER % ("network", "[!Ref A, !Ref A2]"), "Lb"),
    "an application load balancer in one zone": (BALANCER % ("application", "[!Ref A]"), "Lb"),
    "a second zone of a name": (ZONE % "corp.internal", "Z"),
    "a second gateway endpoint": (TO_SERVICE % "dynamodb", "G"),
    "private DNS without a gateway endpoint": (INTERFACE % S3, "E"),
}
ACCEPTED = {
    "a web ACL of a REST API": PROTECTED % ("REGIONAL", "restapis/${Rest}"),
    "a web ACL of a scope that is not known": PROTECTED % ("!ImportValue scope", "restapis/${Rest}"),
    "a web ACL of a distribution": DISTRIBUTION % "CLOUDFRONT",
    "a further block": FURTHER % "10.2.0.0/16",
    "a public block": FURTHER % "100.64.0.0/16",
    "a gateway of another VPC": GATEWAY % "vpc-0123",
    "an endpoint in two zones": INTERFACE % "sqs, SubnetIds: [!Ref A, !Ref B]",
    "zones that are not written": INTERFACE % "sqs, SubnetIds: [!Ref A, !Ref Any, !Ref Any2]",
    "zones that are written differently": INTERFACE % "sqs, SubnetIds: [!Ref A, !Ref ById]",
    "an attachment in two zones": ATTACHMENT % "[!Ref A, !Ref B]",
    "a network load balancer in one zone": BALANCER % ("network", "[!Ref A]"),
    "an application load balancer in a Local Zone": BALANCER % ("application", "[!Ref Lax]"),
    "another zone": ZONE % "other.internal",
    "a gateway endpoint of another service": TO_SERVICE % "s3",
    "private DNS with a gateway endpoint": f"{INTERFACE % S3}\n  {TO_SERVICE % 's3'}",
    "a function": FUNCTION,
}


@pytest.mark.parametrize(("more", "refused"), REFUSED.values(), ids=REFUSED)
def test_what_aws_refuses(cloud_of, more, refused):
    cloud = cloud_of(f"{VPC}  {more}\n".replace("TENANCY", "default"))
    assert [one.resource_id for one in refusals(cloud)] == [refused]
    assert [one.touches for one in cloud.template.unread if one.assumption] == [(refused,)]
    assert len(cloud.template.warnings) == 1


@pytest.mark.parametrize("more", ACCEPTED.values(), ids=ACCEPTED)
def test_what_aws_accepts(cloud_of, more):
    cloud = cloud_of(f"{VPC}  {more}\n".replace("TENANCY", "default"))
    assert [*refusals(cloud)] == []


def test_a_function_in_a_vpc_of_dedicated_tenancy(cloud_of):
    cloud = cloud_of(f"{VPC}  {FUNCTION}\n".replace("TENANCY", "dedicated"))
    assert [one.resource_id for one in refusals(cloud)] == ["Fn"]


@pytest.mark.parametrize(("value", "refused"), [({}, False), ({"Env": "prod"}, False), ({"Env": "both"}, True)])
def test_resources_that_exclude_each_other_are_no_reason(cloud_of, value, refused):
    """Which of the two is there depends on a parameter without a value."""
    cloud = cloud_of(
        """
Parameters: {Env: {Type: String}}
Conditions:
  Prod: !Or [!Equals [!Ref Env, prod], !Equals [!Ref Env, both]]
  Test: !Or [!Not [!Equals [!Ref Env, prod]], !Equals [!Ref Env, both]]
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  First: {Type: AWS::EC2::InternetGateway, Condition: Prod}
  Second: {Type: AWS::EC2::InternetGateway, Condition: Test}
  ToFirst: {Type: AWS::EC2::VPCGatewayAttachment, Condition: Prod, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref First}}
  ToSecond: {Type: AWS::EC2::VPCGatewayAttachment, Condition: Test, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Second}}
""",
        **value,
    )
    assert bool([*refusals(cloud)]) is refused
