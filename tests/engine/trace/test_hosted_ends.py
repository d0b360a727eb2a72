"""Resources that AWS serves by a host of their own, and clusters of nodes, as the ends of a path."""

import pytest

from tests.helpers.texts import replaced

TEMPLATE = """
Parameters: {Given: {Type: String}}
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: x, VpcId: !Ref Vpc}}
  Inside: {Type: AWS::Lambda::Function, Properties: {Role: r, Code: {ZipFile: x}, Handler: a.b, Runtime: python3.13, VpcConfig: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref Sg]}}}
  Outside: {Type: AWS::Lambda::Function, Properties: {Role: r, Code: {ZipFile: x}, Handler: a.b, Runtime: python3.13}}
  End: {Type: TYPE, Properties: {PROPERTIES}}
"""
SYNC, RUNNER = "AWS::AppSync::GraphQLApi", "AWS::AppRunner::Service"
PRIVATE = "NetworkConfiguration: {IngressConfiguration: {IsPubliclyAccessible: false}}"
POLICIES = "the network policies of `End` admit the client"


def asked(cloud_of, ask, source, type_, properties=""):
    return ask(cloud_of(replaced(TEMPLATE, {"TYPE": type_, "PROPERTIES": properties})), source, "End")


@pytest.mark.parametrize(
    ("type_", "host", "assumed"),
    [
        (SYNC, "any.appsync-api.us-east-1.amazonaws.com", "the port is 443, as none was given"),
        (RUNNER, "any.us-east-1.awsapprunner.com", "the port is 443, as none was given"),
        ("AWS::DSQL::Cluster", "any.dsql.us-east-1.on.aws", "the port is 5432, as none was given"),
        ("AWS::OpenSearchServerless::Collection", "any.us-east-1.aoss.amazonaws.com", POLICIES),
        ("AWS::ECS::ExpressGatewayService", "any.ecs.us-east-1.on.aws", "the subnets of `End` are public, so its load balancer is on the internet"),
    ],
)  # fmt: skip
def test_a_public_host_is_reached_over_the_internet(cloud_of, ask, type_, host, assumed):
    path = asked(cloud_of, ask, "Outside", type_)
    assert path.verdict == "reachable"
    assert path.hops[0].asks == host
    assert assumed in path.assumptions
    assert asked(cloud_of, ask, "Inside", type_).symptom.kind == "timeout"


@pytest.mark.parametrize(
    ("type_", "endpoint"),
    [
        ("AWS::DSQL::Cluster", "{Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, VpcEndpointType: Interface, SubnetIds: [!Ref A], ServiceName: com.amazonaws.us-east-1.dsql-abcd}}"),
        ("AWS::OpenSearchServerless::Collection", "{Type: AWS::OpenSearchServerless::VpcEndpoint, Properties: {VpcId: !Ref Vpc, SubnetIds: [!Ref A]}}"),
    ],
)  # fmt: skip
def test_an_endpoint_of_its_own_may_lead_to_such_a_host(cloud_of, ask, type_, endpoint):
    text = replaced(TEMPLATE, {"TYPE": type_, "PROPERTIES": ""}) + f"  Endpoint: {endpoint}\n"
    assert "the client's VPC has no endpoint with the name of `End`" in ask(cloud_of(text), "Inside", "End").assumptions


@pytest.mark.parametrize(
    ("type_", "properties"), [(SYNC, "Visibility: PRIVATE"), (SYNC, "Visibility: !Ref Given"), (RUNNER, PRIVATE)]
)
def test_a_private_host_depends_on_the_endpoint_that_leads_to_it(cloud_of, ask, type_, properties):
    path = asked(cloud_of, ask, "Inside", type_, properties)
    assert (path.verdict, "the endpoint that leads to `End`" in path.missing) == ("unknown", True)


@pytest.mark.parametrize(
    ("type_", "properties", "verdict"),
    [
        ("AWS::EKS::Nodegroup", "Subnets: [!Ref A]", "unknown"),
        ("AWS::EMR::Cluster", "Instances: {Ec2SubnetId: !Ref A, EmrManagedMasterSecurityGroup: !Ref Sg}", "unknown"),
    ],
)
def test_nodes_are_in_their_subnets_with_groups_that_aws_changes(cloud_of, ask, type_, properties, verdict):
    path = asked(cloud_of, ask, "Inside", type_, properties)
    assert path.verdict == verdict
    assert [hop.kind for hop in path.hops][-1] == "sg in"
