"""Paths to and from the tasks of a service: with fewer tasks than subnets, AWS chooses the subnets."""

import sys

import pytest

from netful.engine.tasks.places import as_placed
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import QuestionError

TEMPLATE = """
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}}}
  B: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}}}
  C: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.3.0/24, AvailabilityZone: us-east-1a}}}}
  Acl: {{Type: AWS::EC2::NetworkAcl, Properties: {{VpcId: !Ref Vpc}}}}
  Out: {{Type: AWS::EC2::NetworkAclEntry, Properties: {{NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: -1, RuleAction: allow, Egress: true, CidrBlock: 0.0.0.0/0}}}}
  OfB: {{Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {{SubnetId: !Ref {closed}, NetworkAclId: !Ref Acl}}}}
  Group: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: 80, ToPort: 80, CidrIp: 10.0.0.0/16}}]}}}}
  Service:
    Type: AWS::ECS::Service
    Properties:
      LaunchType: FARGATE
      {count}
      LoadBalancers: [{{TargetGroupArn: !Ref Targets, ContainerName: web, ContainerPort: 80}}]
      NetworkConfiguration: {{AwsvpcConfiguration: {{Subnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Group]}}}}
  Lb: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Scheme: internal, Subnets: [!Ref C, !Ref B], SecurityGroups: [!Ref Group]}}}}
  Listener: {{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {{LoadBalancerArn: !Ref Lb, Port: 80, Protocol: HTTP, DefaultActions: [{{Type: forward, TargetGroupArn: !Ref Targets}}]}}}}
  Targets: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{TargetType: ip, Port: 80, Protocol: HTTP, VpcId: !Ref Vpc}}}}
  Host: {{Type: AWS::EC2::Instance, Properties: {{SubnetId: !Ref C, SecurityGroupIds: [!Ref Group]}}}}
"""


@pytest.mark.parametrize(
    ("count", "closed", "source", "destination", "verdict", "assumes"),
    [
        ("", "B", "Host", "Service:tcp/80", "blocked", True),
        ("DesiredCount: 1", "A", "Host", "Service:tcp/80", "blocked", True),
        ("DesiredCount: 2", "B", "Host", "Service:tcp/80", "blocked", False),
        ("DesiredCount: 1", "B", "Service", "Host:tcp/80", "blocked", True),
        ("", "C", "Service", "Host:tcp/80", "blocked", False),
    ],
)
def test_a_path_of_one_task_is_that_of_the_worst_subnet(cloud_of, count, closed, source, destination, verdict, assumes):
    cloud = cloud_of(TEMPLATE.format(count=count, closed=closed))
    path = trace(cloud, parse(cloud, source, destination))
    assert (path.verdict, bool(path.assumptions)) == (verdict, assumes)


@pytest.mark.parametrize(
    ("count", "verdict", "assumes"),
    [("", "blocked", True), ("DesiredCount: 1", "blocked", True), ("DesiredCount: 2", "reachable", False)],
)
def test_a_load_balancer_has_a_target_in_each_subnet_only_with_as_many_tasks(cloud_of, count, verdict, assumes):
    cloud = cloud_of(TEMPLATE.format(count=count, closed="A"))
    path = trace(cloud, parse(cloud, "Host", "Lb:tcp/80"))
    assert (path.verdict, bool(path.assumptions)) == (verdict, assumes)


@pytest.mark.parametrize(
    ("count", "destination", "assumed"),
    [
        ("DesiredCount: !Ref Count", "Service:tcp/80", "Service has one task: its `DesiredCount` is not known"),
        ("DesiredCount: !Ref Count", "Lb:tcp/80", "Service has one task: its `DesiredCount` is not known"),
        ("DesiredCount: 1", "Service:tcp/80", ""),
    ],
)
def test_a_count_that_is_not_known(cloud_of, count, destination, assumed):
    template = "Parameters: {{Count: {{Type: Number}}}}" + TEMPLATE.replace("!Ref {closed}", "!Ref C")
    cloud = cloud_of(template.format(count=count))
    found = trace(cloud, parse(cloud, "Service", destination)).assumptions
    assert [one for one in found if "has one" in one] == ([assumed] if assumed else [])


SCALED = """
  Scaled:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties: {{MinCapacity: {least}, MaxCapacity: {most}, ResourceId: !Sub "service/default/${{Service.Name}}", ScalableDimension: ecs:service:DesiredCount, ServiceNamespace: ecs}}
"""


@pytest.mark.parametrize(
    ("count", "least", "most", "verdict", "assumed"),
    [
        (0, 1, 4, "unknown", []),
        (0, 0, 4, "unknown", []),
        (0, 0, 0, "blocked", []),
        (2, 1, 4, "reachable", []),
        (2, 0, 4, "reachable", ["Service has one task: `MinCapacity` of Scaled is 0"]),
    ],
)
def test_a_count_that_a_scalable_target_changes(cloud_of, count, least, most, verdict, assumed):
    template = TEMPLATE.format(count=f"DesiredCount: {count}", closed="A")
    cloud = cloud_of(template + SCALED.format(least=least, most=most))
    path = trace(cloud, parse(cloud, "Host", "Lb:tcp/80"))
    assert (path.verdict, [one for one in path.assumptions if "has one" in one]) == (verdict, assumed)


@pytest.mark.parametrize("question", [("Host", "Service:tcp/80"), ("Service", "Host:tcp/80")])
def test_a_service_without_tasks_is_no_end_of_a_path(cloud_of, question):
    cloud = cloud_of(TEMPLATE.format(count="DesiredCount: 0", closed="C"))
    with pytest.raises(QuestionError, match="has no tasks"):
        parse(cloud, *question)


def test_scaling_may_give_tasks_to_a_service_that_has_none(cloud_of):
    cloud = cloud_of(TEMPLATE.format(count="DesiredCount: 0", closed="C") + SCALED.format(least=1, most=2))
    with pytest.raises(QuestionError, match="until `Scaled` raises it"):
        parse(cloud, "Service", "Host:tcp/80")


@pytest.mark.parametrize(
    ("count", "assumed"),
    [
        ("MinSize: '0'", "Fleet has one instance: its `MinSize` is 0"),
        ("MinSize: '0', DesiredCapacity: '0'", "Fleet has one instance: its `DesiredCapacity` is 0"),
        ("MinSize: !Ref Count", "Fleet has one instance: its `MinSize` is not known"),
        ("MinSize: '0', DesiredCapacity: '1'", ""),
        ("MinSize: '2'", ""),
    ],
)
def test_a_fleet_without_an_instance(cloud_of, count, assumed):
    fleet = f"""
Parameters: {{Count: {{Type: Number}}}}
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}}}
  Group: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: g, VpcId: !Ref Vpc}}}}
  Host: {{Type: AWS::EC2::Instance, Properties: {{SubnetId: !Ref A, SecurityGroupIds: [!Ref Group]}}}}
  Launch: {{Type: AWS::EC2::LaunchTemplate, Properties: {{LaunchTemplateData: {{ImageId: ami-1, SecurityGroupIds: [!Ref Group]}}}}}}
  Fleet: {{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {{MaxSize: '3', {count}, VPCZoneIdentifier: [!Ref A], LaunchTemplate: {{LaunchTemplateId: !Ref Launch, Version: '1'}}}}}}
"""
    cloud = cloud_of(fleet)
    assert trace(cloud, parse(cloud, "Fleet", "Host:tcp/80")).assumptions == ((assumed,) if assumed else ())


@pytest.mark.parametrize(
    ("size", "assumed"), [("DesiredCapacity: 0", True), ("MaxSize: 0", True), ("MinSize: 1", False)]
)
def test_a_fleet_that_an_action_empties(cloud_of, size, assumed):
    cloud = cloud_of(f"""
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}}}
  Launch: {{Type: AWS::EC2::LaunchTemplate, Properties: {{LaunchTemplateData: {{ImageId: ami-1}}}}}}
  Fleet: {{Type: AWS::AutoScaling::AutoScalingGroup, Properties: {{MinSize: 1, MaxSize: 3, VPCZoneIdentifier: [!Ref A], LaunchTemplate: {{LaunchTemplateId: !Ref Launch, Version: '1'}}}}}}
  Night: {{Type: AWS::AutoScaling::ScheduledAction, Properties: {{AutoScalingGroupName: !Ref Fleet, Recurrence: 0 20 * * *, {size}}}}}
""")
    found = trace(cloud, parse(cloud, "Fleet", "10.0.1.4:tcp/80")).assumptions
    assert any("of Night is 0" in one for one in found) is assumed


SHARED = """
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}}}
  B: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}}}
  Open: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: o, VpcId: !Ref Vpc, SecurityGroupIngress: [{{IpProtocol: "-1", CidrIp: 10.0.0.0/16}}]}}}}
  Closed: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: c, VpcId: !Ref Vpc}}}}
  Client: {{Type: AWS::EC2::Instance, Properties: {{SubnetId: !Ref A, SecurityGroupIds: [!Ref Open]}}}}
  Cluster: {{Type: AWS::ECS::Cluster}}
  First: {{Type: AWS::EC2::Instance, Properties: {{SubnetId: !Ref A, SecurityGroupIds: [!Ref Open], UserData: &joins {{Fn::Base64: !Sub "echo ECS_CLUSTER=${{Cluster}} >> /etc/ecs/ecs.config"}}}}}}
  Second: {{Type: AWS::EC2::Instance, Properties: {{SubnetId: !Ref B, SecurityGroupIds: [!Ref Closed], UserData: *joins}}}}
  Task: {{Type: AWS::ECS::TaskDefinition, Properties: {{NetworkMode: host, ContainerDefinitions: [{{Name: web, Image: w, PortMappings: [{{ContainerPort: 80}}]}}]}}}}
  Service:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      LaunchType: EC2
      {count}
      TaskDefinition: !Ref Task
      LoadBalancers: [{{TargetGroupArn: !Ref Targets, ContainerName: web, ContainerPort: 80}}]
  Lb: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Scheme: internal, Subnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Open]}}}}
  Listener: {{Type: AWS::ElasticLoadBalancingV2::Listener, Properties: {{LoadBalancerArn: !Ref Lb, Port: 80, Protocol: HTTP, DefaultActions: [{{Type: forward, TargetGroupArn: !Ref Targets}}]}}}}
  Targets: {{Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {{TargetType: instance, Port: 80, Protocol: HTTP, VpcId: !Ref Vpc}}}}
"""


@pytest.mark.parametrize(
    ("count", "source", "destination", "verdict", "assumes"),
    [
        ("DesiredCount: 1", "Client", "Service:tcp/80", "blocked", True),
        ("DesiredCount: 2", "Client", "Service:tcp/80", "blocked", False),
        ("SchedulingStrategy: DAEMON", "Client", "Service:tcp/80", "blocked", False),
        ("DesiredCount: 1", "Client", "Lb:tcp/80", "blocked", True),
        ("DesiredCount: 2", "Client", "Lb:tcp/80", "reachable", False),
    ],
)
def test_tasks_at_some_of_the_container_instances(cloud_of, count, source, destination, verdict, assumes):
    cloud = cloud_of(SHARED.format(count=count))
    path = trace(cloud, parse(cloud, source, destination))
    assert (path.verdict, any("container instances" in one for one in path.assumptions)) == (verdict, assumes)


def test_twice_as_many_tasks_are_placed_by_about_twice_as_many_calls(cloud_of):
    numbers = {}
    for count in (50, 100):
        cloud, numbers[count] = cloud_of(TEMPLATE.format(count=f"DesiredCount: {count}", closed="B")), 0

        def note(_frame, event, _argument, count=count):
            numbers[count] += event in {"call", "c_call"}

        sys.setprofile(note)
        try:
            as_placed(cloud)
        finally:
            sys.setprofile(None)
    assert numbers[100] < 3 * numbers[50]
