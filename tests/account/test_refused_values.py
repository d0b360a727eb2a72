"""Values of properties that AWS refuses, in stacks and in calls."""

import json

import pytest

from netful.account.ec2.api import Ec2Api
from netful.account.ecs.api import EcsApi
from netful.account.elbv2.api import ElbV2Api
from netful.sources.loading import load
from netful.sources.refused.values import refused_values
from tests.account.cloudformation.conftest import network
from tests.helpers.account_client import Client, Running, no_bundles
from tests.helpers.accounts import AccountClients
from tests.helpers.places import ROOT

GROUP = {"GroupDescription": "d", "VpcId": {"Ref": "Vpc"}}
RULE = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "CidrIp": "10.0.0.0/8"}
ENTRY = {"NetworkAclId": {"Ref": "Acl"}, "RuleNumber": 7, "RuleAction": "allow", "CidrBlock": "10.0.0.0/8"}
PORTS = {"PortRange": {"From": 80, "To": 80}}
DATABASE = {"Engine": "mysql", "DBInstanceClass": "db.t4g.micro", "AllocatedStorage": "20"}
CACHE = {"Engine": "redis", "CacheNodeType": "cache.t4g.micro", "NumCacheNodes": 1}
CACHES = {"ReplicationGroupDescription": "d", "AutomaticFailoverEnabled": True, "NumCacheClusters": 2}
TARGETS = {"TargetType": "lambda", "HealthCheckTimeoutSeconds": 10, "HealthCheckIntervalSeconds": 20}


def delay(seconds):
    return {"TargetGroupAttributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": seconds}]}


@pytest.fixture
def clients(tmp_path):
    made = AccountClients(tmp_path)
    yield made
    made.runner.close()


@pytest.mark.parametrize(
    ("type_", "properties", "accepted", "refused"),
    [
        ("EC2::SecurityGroup", GROUP, {}, {"GroupDescription": "the admin's"}),
        ("EC2::SecurityGroup", GROUP, {"GroupName": "web (prod)"}, {"GroupName": "本番"}),
        ("EC2::SecurityGroup", GROUP, {}, {"SecurityGroupIngress": [{**RULE, "Description": "é"}]}),
        ("EC2::NetworkAclEntry", ENTRY, {"Protocol": -1}, {"Protocol": 6}),
        ("EC2::NetworkAclEntry", ENTRY, {"Protocol": 6, **PORTS}, {"Protocol": 17}),
        ("KMS::Key", {}, {"PendingWindowInDays": 30}, {"PendingWindowInDays": 3}),
        ("RDS::DBInstance", DATABASE, {"Engine": "oracle-se2"}, {"Engine": "mongodb"}),
        ("RDS::DBInstance", DATABASE, {"Engine": "postgres"}, {"Engine": "postgresql"}),
        ("RDS::DBInstance", DATABASE, {"DBInstanceClass": "db.x9.huge"}, {"DBInstanceClass": "t3.micro"}),
        ("ElastiCache::CacheCluster", CACHE, {"Engine": "memcached", "NumCacheNodes": 2}, {"NumCacheNodes": 2}),
        ("ElastiCache::ReplicationGroup", CACHES, {}, {"NumCacheClusters": 1}),
        ("ElasticLoadBalancingV2::TargetGroup", TARGETS, {}, {"HealthCheckTimeoutSeconds": 30}),
        ("ElasticLoadBalancingV2::TargetGroup", TARGETS, delay("3600"), delay("3601")),
    ],
)
def test_a_stack_with_a_refused_value_fails(clients, type_, properties, accepted, refused):
    acl = {"Type": "AWS::EC2::NetworkAcl", "Properties": {"VpcId": {"Ref": "Vpc"}}}
    for name, own in (("good", accepted), ("bad", refused)):
        one = {"Type": f"AWS::{type_}", "Properties": {**properties, **own}}
        body = {**json.loads(network(Acl=acl, One=one)), "Outputs": {}}
        clients.cloudformation("CreateStack", StackName=name, TemplateBody=json.dumps(body))
    assert (clients.status("good"), clients.status("bad")) == ("CREATE_COMPLETE", "ROLLBACK_COMPLETE")
    assert clients.reason("bad", "One", "CREATE_FAILED")


@pytest.mark.parametrize("more", [{"CidrIp": "10.0.0.1"}, {"CidrIp": "10.0.0.1/32", "Description": "the admin's"}])
def test_a_rule_with_a_refused_value(ec2, vpc_id, more):
    group = ec2("CreateSecurityGroup", GroupName="g", Description="d", VpcId=vpc_id)["GroupId"]
    permission = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80, "IpRanges": [more]}
    assert ec2("AuthorizeSecurityGroupIngress", GroupId=group, IpPermissions=[permission]) == "InvalidParameterValue"
    assert "Description" not in more or "&;{}!$*" in ec2.error


def test_an_acl_entry_of_tcp_has_ports(ec2, vpc_id):
    acl = ec2("CreateNetworkAcl", VpcId=vpc_id)["NetworkAcl"]["NetworkAclId"]
    entry = {"NetworkAclId": acl, "RuleNumber": 7, "Egress": False, "RuleAction": "allow", "CidrBlock": "10.0.0.0/8"}
    assert ec2("CreateNetworkAclEntry", **entry, Protocol="6") == "InvalidParameterValue"
    assert not isinstance(ec2("CreateNetworkAclEntry", **entry, Protocol="6", **PORTS), str)


@pytest.mark.parametrize("folder", ["examples", "src/netful/checks/rules/examples", "tests/templates"])
def test_our_own_templates_have_no_refused_values(folder):
    written = [path for path in (ROOT / folder).rglob("*.yaml") if "GroupDescription" in path.read_text()]
    assert written
    resources = [one for path in written for one in load([path]).template.resources.values()]
    assert not [one for resource in resources for one in refused_values(resource)]


REFUSED = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: the app's, VpcId: !Ref Vpc}}
  Host: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, ImageId: ami-1}}
  Address: {Type: AWS::EC2::EIP, Properties: {InstanceId: !Ref Host}}
  Web:
    Type: AWS::ElasticLoadBalancingV2::LoadBalancer
    Properties: {Scheme: internal, Subnets: [!Ref A, !Ref B]}
  Targets:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {Port: 80, Protocol: HTTP, TargetType: ip, VpcId: !Ref Vpc}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Web
      Port: 443
      Protocol: HTTPS
      DefaultActions: [{Type: forward, TargetGroupArn: !Ref Targets}]
  Task:
    Type: AWS::ECS::TaskDefinition
    Properties:
      Family: web
      NetworkMode: awsvpc
      ContainerDefinitions: [{Name: web, Image: nginx, PortMappings: [{ContainerPort: 80}]}]
  Cluster: {Type: AWS::ECS::Cluster, Properties: {ClusterName: shop}}
  Service:
    Type: AWS::ECS::Service
    Properties:
      Cluster: !Ref Cluster
      TaskDefinition: !Ref Task
      DesiredCount: 2
      LaunchType: FARGATE
      LoadBalancers: [{TargetGroupArn: !Ref Targets, ContainerName: web, ContainerPort: 81}]
      NetworkConfiguration: {AwsvpcConfiguration: {Subnets: [!Ref A]}}
"""


def test_a_call_validates_what_it_sets(cloud_of):
    running = Running(cloud_of(REFUSED))
    ec2, ids = Client("ec2", Ec2Api(running, ()).handle), running.cloud.aws_ids
    tags = [{"Key": "a", "Value": "b"}]
    assert not isinstance(ec2("CreateTags", Resources=[ids["Group"], ids["Address"]], Tags=tags), str)
    elb = Client("elbv2", ElbV2Api(running, dict, no_bundles).handle)
    (balancer,) = elb("DescribeLoadBalancers")["LoadBalancers"]
    (listener,) = elb("DescribeListeners", LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    assert not isinstance(elb("AddTags", ResourceArns=[listener["ListenerArn"]], Tags=tags), str)
    ecs = Client("ecs", EcsApi(running).handle)
    assert ecs("UpdateService", cluster="shop", service="Service", desiredCount=1)["service"]["desiredCount"] == 1
    described = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
    for text, code in (("é", "InvalidParameterValue"), ("e", None)):
        ranges = [{"CidrIp": "10.0.0.0/8", "Description": text}]
        answer = ec2(
            "AuthorizeSecurityGroupIngress", GroupId=ids["Group"], IpPermissions=[{**described, "IpRanges": ranges}]
        )
        assert (answer if isinstance(answer, str) else None) == code


def test_the_error_of_a_call_names_what_is_refused(cloud_of):
    running = Running(cloud_of(REFUSED))
    ecs = Client("ecs", EcsApi(running).handle)
    balancer = {"targetGroupArn": running.cloud.aws_ids["Targets"], "containerName": "web", "containerPort": 82}
    refused = ecs("UpdateService", cluster="shop", service="Service", loadBalancers=[balancer])
    assert refused == "InvalidParameterException"
    assert running.cloud.aws_ids["Service"] in ecs.error


def test_an_update_of_a_stack_validates_what_it_sets(tmp_path):
    file = tmp_path / "template.yaml"
    file.write_text(REFUSED)
    clients = AccountClients(tmp_path / "account", (file,), "site")
    tagged = REFUSED.replace("the app's,", "the app's, Tags: [{Key: a, Value: b}],")
    for further, status in (
        ("", "UPDATE_COMPLETE"),
        ("SecurityGroupEgress: [{IpProtocol: -1, CidrIp: 10.0.0.0/8, Description: é}],", "UPDATE_ROLLBACK_COMPLETE"),
    ):
        body = tagged.replace("the app's,", f"the app's, {further}")
        clients.cloudformation("UpdateStack", StackName="site", TemplateBody=body)
        assert clients.status("site") == status
    clients.runner.close()
