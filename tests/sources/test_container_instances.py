"""Services of ECS whose tasks are at the interfaces of their container instances."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}
  Front: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: f, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]}}
  Hosts:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: h
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: FIRST, ToPort: LAST, SourceSecurityGroupId: !Ref Front}]
  Cluster: {Type: AWS::ECS::Cluster, Properties: {ClusterName: ours}}
  Launched:
    Type: AWS::AutoScaling::LaunchConfiguration
    METADATA
    Properties: {ImageId: ami-1, InstanceType: t3.small, SecurityGroups: [!Ref Hosts] USER_DATA}
  Fleet:
    Type: AWS::AutoScaling::AutoScalingGroup
    Properties: {MinSize: "1", MaxSize: "2" FLEET, LaunchConfigurationName: !Ref Launched, VPCZoneIdentifier: [!Ref A, !Ref B]}
  Provider: {Type: AWS::ECS::CapacityProvider, Properties: {Name: fleet, AutoScalingGroupProvider: {AutoScalingGroupArn: !Ref Fleet}}}
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      NetworkMode: MODE
      ContainerDefinitions: [{Name: side, PortMappings: [{ContainerPort: 80, HostPort: 1}]}, {Name: web, PortMappings: [{ContainerPort: 80 HOST_PORT}]}]
  Balancer:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Scheme: internal, Subnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Front]}
  Group: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {VpcId: !Ref Vpc, Port: 80, Protocol: HTTP}}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Balancer, Port: 80, Protocol: HTTP, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Group}]}
  Service:
    Type: AWS::ECS::Service
    Properties: {Cluster: !Ref Cluster, TaskDefinition: !Ref Task, LoadBalancers: [{ContainerName: web, ContainerPort: 80, TargetGroupArn: !Ref Group}] MORE}
"""
BY_USER_DATA = ", UserData: {Fn::Base64: !Sub 'echo ECS_CLUSTER=${Cluster} >> /etc/ecs/ecs.config'}"


def verdict_of(cloud, source, destination):
    return str(trace(cloud, parse(cloud, source, destination)).verdict)


def cluster(
    cloud_of,
    ports=(8080, 8080),
    mode="bridge",
    host_port=", HostPort: 8080",
    user_data=BY_USER_DATA,
    metadata="",
    more="",
    fleet="",
):
    given = {"FIRST": ports[0], "LAST": ports[1], "MODE": mode, " HOST_PORT": host_port, " USER_DATA": user_data,
             "METADATA": metadata, " MORE": more, " FLEET": fleet}  # fmt: skip
    text = TEMPLATE
    for name, value in given.items():
        text = text.replace(name, str(value))
    return cloud_of(text)


@pytest.mark.parametrize(
    "named",
    [
        {"user_data": BY_USER_DATA},
        {"user_data": ", UserData: {Fn::Base64: 'echo ECS_CLUSTER=\"ours\" >> /etc/ecs/ecs.config'}"},
        {"metadata": "Metadata: {AWS::CloudFormation::Init: {config: {commands: {join: {command: !Sub 'ECS_CLUSTER=${Cluster}'}}}}}"},
        {"more": ", CapacityProviderStrategy: [{CapacityProvider: !Ref Provider, Weight: 1}]"},
        {"more": ", CapacityProviderStrategy: [{CapacityProvider: fleet, Weight: 1}]", "fleet": ", AutoScalingGroupName: own"},
    ],
    ids=["reference", "name", "cfn-init", "capacity provider", "named fleet"],
)  # fmt: skip
def test_a_service_is_at_the_interfaces_of_its_clusters_fleet(cloud_of, named):
    cloud = cluster(cloud_of, **{"user_data": "", **named})
    assert verdict_of(cloud, "10.0.1.0/24", "Balancer:tcp/80") == "reachable"
    assert verdict_of(cloud, "Balancer", "Service:tcp/8080") == "reachable"
    assert verdict_of(cloud, "Service", "Balancer:tcp/80") == "reachable"


@pytest.mark.parametrize(
    ("mode", "host_port", "admitted", "verdict"),
    [
        ("bridge", ", HostPort: 8080", (8080, 8080), "reachable"),
        ("bridge", ", HostPort: 8080", (80, 80), "blocked"),
        ("bridge", ", HostPort: 0", (32768, 65535), "reachable"),
        ("bridge", "", (31000, 61000), "reachable"),
        ("bridge", "", (80, 80), "blocked"),
        ("host", "", (80, 80), "reachable"),
        ("host", "", (32768, 65535), "blocked"),
    ],
)
def test_the_port_is_that_of_the_container_instance(cloud_of, mode, host_port, admitted, verdict):
    cloud = cluster(cloud_of, admitted, mode, host_port)
    assert verdict_of(cloud, "Balancer", "Service") == verdict
    assert verdict_of(cloud, "subnet:A+Front", "Balancer:tcp/80") == verdict


def test_a_service_of_fargate_is_not_at_the_fleet(cloud_of):
    cloud = cluster(cloud_of, more=", LaunchType: FARGATE")
    assert verdict_of(cloud, "subnet:A+Front", "Balancer:tcp/80") == "unknown"


def test_a_service_of_a_cluster_that_is_not_loaded_is_at_an_unknown_place(cloud_of):
    cloud = cluster(cloud_of, user_data="")
    for source, destination in (
        ("Service", "internet:tcp/443"),
        ("Balancer", "Service"),
        ("subnet:A+Front", "Balancer:tcp/80"),
    ):
        found = trace(cloud, parse(cloud, source, destination))
        assert (found.verdict, found.missing) == ("unknown", ("the container instances of Service",))
