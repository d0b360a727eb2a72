"""Pollers of event sources in a VPC: they have the subnets and the groups of the source."""

import pytest

from netful.engine.trace.ends.source_words import sources_of
from netful.engine.trace.question import QuestionError
from netful.hosts.places import hosts_of

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  Fn: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: i.h, Role: r, Code: {ZipFile: x}}}
"""
KAFKA = "{Type: AWS::MSK::Cluster, Properties: {NumberOfBrokerNodes: 4, BrokerNodeGroupInfo: {ClientSubnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Group]}}}"
BROKER = "{Type: AWS::AmazonMQ::Broker, Properties: {EngineType: RABBITMQ, PubliclyAccessible: PUBLIC, SubnetIds: [!Ref A], SecurityGroups: [!Ref Group]}}"
DOCUMENTS = "{Type: AWS::DocDB::DBCluster, Properties: {DBSubnetGroupName: !Ref Places, VpcSecurityGroupIds: [!Ref Group]}}\n  Places: {Type: AWS::DocDB::DBSubnetGroup, Properties: {DBSubnetGroupDescription: p, SubnetIds: [!Ref A, !Ref B]}}"
QUEUE = "{Type: AWS::SQS::Queue}"
MAPPED = "{Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, EventSourceArn: !Ref Source}}"
PIPED = "{Type: AWS::Pipes::Pipe, Properties: {RoleArn: r, Source: !Ref Source, Target: !GetAtt Fn.Arn}}"
OWN = '{Type: AWS::Lambda::EventSourceMapping, Properties: {FunctionName: !Ref Fn, SourceAccessConfigurations: [{Type: VPC_SUBNET, URI: !Sub "subnet:${A}"}, {Type: VPC_SUBNET, URI: !Ref B}, {Type: VPC_SECURITY_GROUP, URI: !Sub "security_group:${Group}"}, {Type: BASIC_AUTH, URI: arn:aws:s}]}}'
OWN_PIPED = '{Type: AWS::Pipes::Pipe, Properties: {RoleArn: r, Source: "smk://b:9092", SourceParameters: {SelfManagedKafkaParameters: {TopicName: t, Vpc: {Subnets: [!Ref A], SecurityGroup: [!Ref Group]}}}, Target: !GetAtt Fn.Arn}}'


@pytest.mark.parametrize(
    ("source", "poller", "places"),
    [
        (KAFKA, MAPPED, ["A", "B"]),
        (KAFKA, PIPED, ["A", "B"]),
        (KAFKA, MAPPED.replace("!Ref Source", "!GetAtt Source.Arn"), ["A", "B"]),
        (BROKER.replace("PUBLIC", "false"), MAPPED.replace("!Ref Source", "!GetAtt Source.Arn"), ["A"]),
        (BROKER.replace("PUBLIC", "true"), MAPPED.replace("!Ref Source", "!GetAtt Source.Arn"), []),
        (DOCUMENTS, MAPPED, ["A", "B"]),
        (QUEUE, MAPPED.replace("!Ref Source", "!GetAtt Source.Arn"), []),
        (QUEUE, OWN, ["A", "B"]),
        (QUEUE, OWN_PIPED, ["A"]),
    ],
)
def test_pollers_are_where_their_source_is(cloud_of, source, poller, places):
    cloud = cloud_of(f"{TEMPLATE}  Source: {source}\n  Poller: {poller}\n")
    found = cloud.network.places_of("Poller")
    assert [eni.subnet_id for eni in found] == places
    assert {(eni.security_group_ids, eni.public_ip) for eni in found} <= {(("Group",), None)}
    assert "Poller" not in hosts_of(cloud)
    if not places:
        with pytest.raises(QuestionError):
            sources_of(cloud, "Poller")
