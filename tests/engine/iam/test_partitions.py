"""ARNs in the Regions of other partitions: those that a template writes with `AWS::Partition` are those of its resources."""

import pytest

from netful.checks.facts.cloud_facts import Facts
from netful.checks.registry import rule_named
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.sources import load

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: g
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 443, ToPort: 443, CidrIp: 10.0.0.0/16}]
  Endpoint:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcId: !Ref Vpc
      VpcEndpointType: Interface
      PrivateDnsEnabled: true
      ServiceName: !Sub com.amazonaws.${AWS::Region}.sqs
      SubnetIds: [!Ref Subnet]
      SecurityGroupIds: [!Ref Group]
      PolicyDocument:
        Statement:
          - {Effect: Allow, Principal: {AWS: !Sub "arn:PARTITION:iam::${AWS::AccountId}:root"}, Action: "*", Resource: !GetAtt Queue.Arn}
  Queue: {Type: AWS::SQS::Queue, Properties: {QueueName: queue}}
  Table:
    Type: AWS::DynamoDB::Table
    Properties:
      TableName: table
      KeySchema: [{AttributeName: id, KeyType: HASH}]
      AttributeDefinitions: [{AttributeName: id, AttributeType: S}]
      StreamSpecification: {StreamViewType: NEW_IMAGE}
  Role:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]}
      Policies:
        - PolicyName: p
          PolicyDocument:
            Statement:
              - {Effect: Allow, Action: "sqs:*", Resource: !Sub "arn:PARTITION:sqs:${AWS::Region}:${AWS::AccountId}:queue"}
              - {Effect: Allow, Action: "dynamodb:*", Resource: !Sub "arn:PARTITION:dynamodb:${AWS::Region}:${AWS::AccountId}:table/table/stream/*"}
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Role: !GetAtt Role.Arn
      Code: {ZipFile: ""}
      VpcConfig: {SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref Group]}
  OfQueue: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, EventSourceArn: !GetAtt Queue.Arn}}
  OfTable: {Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, EventSourceArn: !GetAtt Table.StreamArn, StartingPosition: LATEST}}
  Topic: {Type: AWS::SNS::Topic, Properties: {TopicName: topic}}
  Subscription: {Type: AWS::SNS::Subscription, Properties: {Protocol: lambda, Endpoint: !GetAtt Fn.Arn, TopicArn: !Ref Topic}}
  Permission:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunction
      FunctionName: !Ref Fn
      Principal: sns.amazonaws.com
      SourceArn: !Sub "arn:PARTITION:sns:${AWS::Region}:${AWS::AccountId}:topic"
  Url: {Type: AWS::Lambda::Url, Properties: {AuthType: AWS_IAM, TargetFunctionArn: !Ref Fn}}
  OfUrl:
    Type: AWS::Lambda::Permission
    Properties:
      Action: lambda:InvokeFunctionUrl
      FunctionName: !Ref Fn
      Principal: !Sub "arn:PARTITION:iam::${AWS::AccountId}:role/caller"
      FunctionUrlAuthType: AWS_IAM
"""
REGIONS = ["us-east-1", "us-gov-west-1", "cn-north-1"]


@pytest.fixture(params=REGIONS)
def cloud(request, write):
    def loaded(partition="${AWS::Partition}"):
        return load([write(TEMPLATE.replace("PARTITION", partition))], region=request.param)

    return loaded


@pytest.mark.parametrize("rule", ["NF726", "NF729", "NF730"])
def test_arns_of_one_partition_are_alike(cloud, rule):
    assert [one.resource for one in rule_named(rule).find(Facts(cloud()))] == []


@pytest.mark.parametrize(
    ("rule", "found"), [("NF726", ["Subscription"]), ("NF729", ["OfUrl"]), ("NF730", ["OfQueue", "OfTable"])]
)
def test_arns_of_two_partitions_differ(cloud, rule, found):
    assert [one.resource for one in rule_named(rule).find(Facts(cloud("aws-iso")))] == found


def test_the_account_is_a_principal_in_its_own_partition(cloud):
    clouds = (cloud(), cloud("aws-iso"))
    verdicts = [trace(one, parse(one, "Fn", "aws:sqs:SendMessage")).verdict for one in clouds]
    assert verdicts == ["reachable", "blocked"]
