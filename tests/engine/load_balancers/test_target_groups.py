"""Who is in a target group."""

import pytest

from netful.checks.facts.cloud_facts import Facts
from netful.checks.run import check
from netful.engine.load_balancers.target_groups import members
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.places import EXAMPLES
from tests.helpers.texts import replaced

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Web: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref A}}
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {VpcId: !Ref Vpc, TargetType: ip, Protocol: HTTP, Port: 8080, Targets: [{Id: !GetAtt Web.PrivateIp}]}
"""


def test_an_address_that_aws_gives_is_that_of_the_instance(cloud_of):
    cloud = cloud_of(TEMPLATE)
    (web,) = cloud.network.interfaces_of("Web")
    (found,) = members(cloud, cloud.balancing.target_groups["Group"])
    assert (found.name, found.interface, found.port, found.missing) == ("Web", web, 8080, ())


def test_an_address_that_two_vpcs_have_is_that_of_the_groups_vpc(cloud_of):
    other = """
  Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  AOfOther: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Other, CidrBlock: 10.0.1.0/24}}
  WebOfOther: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref AOfOther}}
"""
    for vpc, name in (("Vpc", "Web"), ("Other", "WebOfOther")):
        cloud = cloud_of(TEMPLATE.replace("{VpcId: !Ref Vpc, TargetType", f"{{VpcId: !Ref {vpc}, TargetType") + other)
        (found,) = members(cloud, cloud.balancing.target_groups["Group"])
        assert found.name == name


@pytest.mark.parametrize(("written", "port"), [("ContainerPort: 9000", 9000), ("", 8080)])
def test_tasks_receive_at_the_port_of_their_container_else_at_that_of_the_group(cloud_of, written, port):
    service = f"""
  Tasks:
    Type: AWS::ECS::Service
    Properties:
      LaunchType: FARGATE
      NetworkConfiguration: {{AwsvpcConfiguration: {{Subnets: [!Ref A]}}}}
      LoadBalancers: [{{TargetGroupArn: !Ref Group, ContainerName: web, {written}}}]
"""
    cloud = cloud_of(TEMPLATE.replace(", Targets: [{Id: !GetAtt Web.PrivateIp}]", "") + service)
    (found,) = members(cloud, cloud.balancing.target_groups["Group"])
    assert (found.name, found.port) == ("Tasks", port)


EVERYWHERE = EXAMPLES / "private-api-everywhere" / "template.yaml"


@pytest.mark.parametrize(
    ("matcher", "healthy"),
    [("403", True), ("200,403", True), ("200-499", True), ("200", False), ("200-399,404", False)],
)
def test_an_endpoint_whose_answer_the_check_does_not_expect_is_not_healthy(cloud_of, matcher, healthy):
    text = replaced(EVERYWHERE.read_text(), {'Matcher: {HttpCode: "403"}': f'Matcher: {{HttpCode: "{matcher}"}}'})
    cloud = cloud_of(text)
    found = members(cloud, cloud.balancing.target_groups["EndpointTargets"])
    assert {bool(member.unhealthy) for member in found} == {not healthy}
    walked = trace(cloud, parse(cloud, "VpcApp", "https://direct.corp.example/prod/orders/17"))
    told = [hop.rule for hop in walked.hops if hop.component == "EndpointTargets"]
    assert walked.verdict == "reachable"  # a load balancer without a healthy target uses every one
    assert ("no target is healthy: health checks get 403" in told[0]) is not healthy
    assert (("NF304", "EndpointTargets") in {(one.id, one.resource) for one in check(Facts(cloud))}) is not healthy
