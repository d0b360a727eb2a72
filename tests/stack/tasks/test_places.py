"""A service with fewer tasks than subnets, run by a command: one place of it is in the network, and load balancers use that one."""

import pytest

from tests.helpers.stacks import written

pytestmark = [pytest.mark.packets, pytest.mark.programs]

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  Closed: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
  OfB: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: !Ref B, NetworkAclId: !Ref Closed}}
  Group:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 10.0.0.0/16}]}
  Cluster: {Type: AWS::ECS::Cluster, Properties: {ClusterName: shop}}
  Web:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      LaunchType: FARGATE
      DesiredCount: 1
      LoadBalancers: [{TargetGroupArn: !Ref Targets, ContainerName: web, ContainerPort: 80}]
      NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Group]}}
  Lb:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Type: network, Scheme: internal, Subnets: [!Ref A]}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties: {LoadBalancerArn: !Ref Lb, Port: 80, Protocol: TCP, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Targets}]}
  Targets: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {TargetType: ip, Port: 80, Protocol: TCP, VpcId: !Ref Vpc}}
"""
PROJECT = """
[hosts.Web]
command = "exec python3 -m http.server 80"
"""


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    yield from written(tmp_path_factory.mktemp("places"), TEMPLATE, PROJECT).while_up("--yes")


def test_packets_go_to_the_place_of_the_task(stack):
    for destination in ("Web:tcp/80", "Lb:tcp/80", "Lb:tcp/80", "Lb:tcp/80", "Lb:tcp/80"):
        found = stack.probe("subnet:A+Group", destination)
        assert (found["agree"], found["predicted"]["verdict"]) == (True, "reachable"), destination
    assert stack.trace("subnet:A+Group", "Web:tcp/80")["verdict"] == "blocked"


def test_a_second_task_has_a_place_of_its_own(stack):
    ecs = stack.client("ecs")
    assert len(ecs.list_tasks(cluster="shop")["taskArns"]) == 1
    ecs.update_service(cluster="shop", service="Web", desiredCount=2)
    assert len(ecs.list_tasks(cluster="shop")["taskArns"]) == 2
    assert [one["state"] for one in stack.json("status", "--stack", "s")["hosts"] if one["resource"] == "Web"] == [
        "running"
    ] * 2
