"""Resources outside every VPC: public endpoints as destinations, and AWS's own network as a source."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import QuestionError

NETWORK = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
"""
EKS = "AWS::EKS::Cluster, Properties: {ResourcesVpcConfig: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Group]"


@pytest.mark.parametrize(
    ("resource", "start", "verdict"),
    [
        ("AWS::OpenSearchService::Domain", "internet", "reachable"),
        ("AWS::OpenSearchService::Domain", "subnet:A+Group", "blocked"),
        ("AWS::OpenSearchService::Domain, Properties: {VPCOptions: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Group]}}", "internet", "blocked"),
        ("AWS::AppRunner::Service", "internet", "reachable"),
        ("AWS::Transfer::Server", "internet", "reachable"),
        (f"{EKS}}}}}", "internet", "reachable"),
        (f"{EKS}, PublicAccessCidrs: [198.51.100.0/24]}}}}", "internet", "reachable"),
        (f"{EKS}}}}}", "subnet:A+Group", "blocked"),
        (f"{EKS}, EndpointPublicAccess: false, EndpointPrivateAccess: true}}}}", "internet", "blocked"),
    ],
)  # fmt: skip
def test_public_endpoints_of_services(cloud_of, resource, start, verdict):
    cloud = cloud_of(f"{NETWORK}\n  Thing: {{Type: {resource}}}\n")
    path = trace(cloud, parse(cloud, start, "Thing"))
    assert path.verdict == verdict
    assert any("198.51.100.0/24" in one for one in path.assumptions) == ("PublicAccessCidrs" in resource)


@pytest.mark.parametrize(
    ("resource", "to", "verdict"),
    [
        ("AWS::CodeBuild::Project", "internet:tcp/443", "reachable"),
        ("AWS::SageMaker::NotebookInstance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref Group]}", "aws:s3", "reachable"),
        ("AWS::SageMaker::NotebookInstance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref Group], DirectInternetAccess: Disabled}", "aws:s3", "blocked"),
    ],
)  # fmt: skip
def test_what_runs_in_the_network_of_aws_reaches_what_is_public(cloud_of, resource, to, verdict):
    cloud = cloud_of(f"{NETWORK}\n  Thing: {{Type: {resource}}}\n")
    assert trace(cloud, parse(cloud, "Thing", to)).verdict == verdict


@pytest.mark.parametrize(
    "resource",
    [
        "AWS::AppSync::GraphQLApi, Properties: {Visibility: PRIVATE}",
        "AWS::AppRunner::Service, Properties: {NetworkConfiguration: {IngressConfiguration: {IsPubliclyAccessible: false}}}",
    ],
)
def test_a_private_service_has_no_public_endpoint(cloud_of, resource):
    cloud = cloud_of(f"{NETWORK}\n  Thing: {{Type: {resource}}}\n")
    with pytest.raises(QuestionError):
        parse(cloud, "internet", "Thing")
