"""What an update of a running stack lists as changed."""

import pytest

from netful.account.resource_differences import with_resources

ALONE = """
Resources:
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: vpc-1}}
  Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: a.b, Role: r, Code: {ZipFile: x}}}
"""
QUEUE = "  Jobs: {Type: AWS::SQS::Queue, Properties: {VisibilityTimeout: 30}}\n"
MAPPING = "  Polled: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, BatchSize: 10, EventSourceArn: 'arn:aws:sqs:us-east-1:123456789012:q'}}\n"
PERMISSION = "  May: {Type: AWS::Lambda::Permission, Properties: {FunctionName: !Ref Fn, Action: 'lambda:InvokeFunction', Principal: s3.amazonaws.com}}\n"
RULE = "  Rule: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: !Ref Sg, IpProtocol: '-1', CidrIp: 0.0.0.0/0}}\n"
DATABASE = (
    "  Db: {Type: AWS::RDS::DBInstance, Properties: {Engine: postgres, Port: 5432, VPCSecurityGroups: [!Ref Sg]}}\n"
)
METADATA = "  Meta: {Type: AWS::CDK::Metadata, Properties: {Analytics: a}}\n"


@pytest.mark.parametrize(
    ("before", "after", "listed"),
    [
        ("", QUEUE, ["+ Queue Jobs"]),
        (QUEUE, QUEUE.replace("30", "31"), ["~ Queue Jobs VisibilityTimeout"]),
        (MAPPING, MAPPING.replace("10", "1"), ["~ EventSourceMapping Polled BatchSize"]),
        (PERMISSION, "", ["- Permission May"]),
        ("", RULE, ["~ SecurityGroup Sg ingress"]),
        (DATABASE, DATABASE.replace("5432", "6000") + RULE, ["~ DBInstance Db Port", "~ SecurityGroup Sg ingress"]),
        ("", METADATA, []),
    ],
)
def test_resources_that_no_object_has(cloud_of, before, after, listed):
    """A rule is in the object of its group."""
    found = with_resources(cloud_of(ALONE + before), cloud_of(ALONE + after))
    assert sorted(" ".join(str(one).split()) for one in found) == listed
