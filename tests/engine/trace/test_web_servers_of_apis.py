"""Web servers that APIs call by the internet, and that the sources have: load balancers by their names."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: web, VpcId: !Ref Vpc}}
  Alb: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Scheme: SCHEME, Subnets: [!Ref A, !Ref B], SecurityGroups: [!Ref Sg]}}
  Http: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: a, ProtocolType: HTTP, Target: TARGET}}
"""
BY_NAME = '!Sub "http://${Alb.DNSName}/"'


@pytest.mark.parametrize(
    ("scheme", "target", "verdict", "assumes"),
    [
        ("internet-facing", BY_NAME, "reachable", True),
        ("internal", BY_NAME, "blocked", False),
        ("internal", "http://web.example.org/", "reachable", False),
        ("internal", "http://10.0.1.9/", "blocked", False),
        ("internal", "http://192.0.2.9/", "reachable", False),
    ],
)
def test_a_load_balancer_of_the_sources(cloud_of, scheme, target, verdict, assumes):
    cloud = cloud_of(TEMPLATE.replace("SCHEME", scheme).replace("TARGET", target))
    found = trace(cloud, parse(cloud, "internet", "Http GET /"))
    assert (found.verdict, found.symptom.status) == (verdict, 503 if verdict == "blocked" else None)
    assert any("Alb admits the requests of API Gateway" in text for text in found.assumptions) is assumes


@pytest.mark.parametrize(
    ("host", "verdict", "assumes"),
    [
        ("internal-front-123456789.us-east-1.elb.amazonaws.com", "blocked", False),
        ("front-0123456789abcdef.elb.us-east-1.amazonaws.com", "reachable", True),
        ("front-123456789.us-east-1.elb.amazonaws.com", "reachable", False),
    ],
)
def test_a_load_balancer_that_is_not_loaded(cloud_of, host, verdict, assumes):
    cloud = cloud_of(TEMPLATE.replace("SCHEME", "internal").replace("TARGET", f"http://{host}/"))
    found = trace(cloud, parse(cloud, "internet", "Http GET /"))
    assert found.verdict == verdict
    assert [hop.component for hop in found.denials] == (["dns"] if verdict == "blocked" else [])
    assert any(host in text for text in found.assumptions) is assumes
