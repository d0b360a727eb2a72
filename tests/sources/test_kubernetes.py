"""Clusters of EKS, their nodes and their pods on Fargate."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import Unknown

NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  Eks: {Type: AWS::EKS::Cluster, Properties: {Name: main, ResourcesVpcConfig: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Group], EndpointPrivateAccess: true}}}
  Nodes: {Type: AWS::EKS::Nodegroup, Properties: {ClusterName: !Ref Eks, Subnets: [!Ref A]}}
  Launched: {Type: AWS::EC2::LaunchTemplate, Properties: {LaunchTemplateData: {SecurityGroupIds: [!Ref Group]}}}
  OwnNodes: {Type: AWS::EKS::Nodegroup, Properties: {ClusterName: main, Subnets: [!Ref A], LaunchTemplate: {Id: !Ref Launched, Version: "1"}}}
  Reached: {Type: AWS::EKS::Nodegroup, Properties: {ClusterName: main, Subnets: [!Ref A], RemoteAccess: {Ec2SshKey: k}}}
  Guarded: {Type: AWS::EKS::Nodegroup, Properties: {ClusterName: main, Subnets: [!Ref A], RemoteAccess: {Ec2SshKey: k, SourceSecurityGroups: [!Ref Group]}}}
  Pods: {Type: AWS::EKS::FargateProfile, Properties: {ClusterName: !Ref Eks, Subnets: [!Ref A]}}
  DbGroup: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 5432, ToPort: 5432, SourceSecurityGroupId: !GetAtt Eks.ClusterSecurityGroupId}]}}
  Db: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref DbGroup]}}
  Bastion: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref Group]}}
"""


@pytest.mark.parametrize(
    ("start", "to", "verdict"),
    [
        ("Nodes", "Db:tcp/5432", "reachable"),
        ("Pods", "Db:tcp/5432", "reachable"),
        ("subnet:A+Eks.ClusterSecurityGroupId", "Db:tcp/5432", "reachable"),
        ("OwnNodes", "Db:tcp/5432", "blocked"),
        ("Nodes", "Eks:tcp/443", "reachable"),
        ("OwnNodes", "Eks:tcp/443", "blocked"),
        ("Bastion", "Nodes:tcp/22", "blocked"),
        ("Bastion", "Reached:tcp/22", "reachable"),
        ("Bastion", "Guarded:tcp/22", "reachable"),
        ("Db", "Guarded:tcp/22", "blocked"),
        ("Db", "Pods:tcp/8080", "blocked"),
    ],
)
def test_nodes_and_pods_have_the_group_of_their_cluster(cloud_of, start, to, verdict):
    cloud = cloud_of(NETWORK)
    assert trace(cloud, parse(cloud, start, to)).verdict == verdict


def test_nodes_of_a_cluster_that_is_not_loaded_have_an_unknown_group(cloud_of):
    cloud = cloud_of(
        f"{NETWORK}  Far: {{Type: AWS::EKS::Nodegroup, Properties: {{ClusterName: other, Subnets: [!Ref A]}}}}\n"
    )
    (group,) = cloud.network.interfaces_of("Far")[0].security_group_ids
    assert isinstance(group, Unknown)
    assert group.needs == ("the security group of cluster `other`",)


CUSTOM = """
  Made:
    Type: Custom::AWSCDK-EKS-Cluster
    Properties:
      ServiceToken: arn:aws:lambda:us-east-1:123456789012:function:provider
      Config:
        roleArn: arn:aws:iam::123456789012:role/r
        resourcesVpcConfig: {subnetIds: [!Ref A], securityGroupIds: [!GetAtt Group.GroupId], endpointPrivateAccess: true, endpointPublicAccess: false}
  MadeNodes: {Type: AWS::EKS::Nodegroup, Properties: {ClusterName: !Ref Made, Subnets: [!Ref A]}}
  MadePods: {Type: Custom::AWSCDK-EKS-FargateProfile, Properties: {ServiceToken: t, Config: {clusterName: !Ref Made, subnets: [!Ref A]}}}
  Rule: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: !Ref DbGroup, IpProtocol: tcp, FromPort: 6379, ToPort: 6379, SourceSecurityGroupId: !GetAtt Made.ClusterSecurityGroupId}}
"""


@pytest.mark.parametrize(
    ("start", "to", "verdict"),
    [
        ("MadeNodes", "Db:tcp/6379", "reachable"),
        ("MadePods", "Db:tcp/6379", "reachable"),
        ("Nodes", "Db:tcp/6379", "blocked"),
        ("MadeNodes", "Made", "reachable"),
        ("Bastion", "Made", "blocked"),
        ("internet", "Made", "blocked"),
    ],
)
def test_a_cluster_by_the_custom_resource_of_the_cdk_is_a_cluster(cloud_of, start, to, verdict):
    """`eks.Cluster` calls EKS by a function; the properties of its resource are the request of the API."""
    cloud = cloud_of(NETWORK + CUSTOM)
    assert trace(cloud, parse(cloud, start, to)).verdict == verdict
