"""A listener's certificate that is only named by its ARN is for the names that lead to the load balancer."""

import pytest

from netful.balancer.haproxy.certificates import names
from tests.helpers.texts import replaced

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Front: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Type: network, Scheme: internal, Subnets: [!Ref A]}}
  Listener:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      LoadBalancerArn: !Ref Front
      Port: 443
      Protocol: TLS
      Certificates: [{CertificateArn: arn:aws:acm:us-east-1:123456789012:certificate/corp}]
      DefaultActions: []
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: corp.example, VPCs: [{VPCId: !Ref Vpc, VPCRegion: us-east-1}]}}
  Record: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, Name: orders.corp.example, RECORD}}
"""


@pytest.mark.parametrize(
    ("record", "named"),
    [
        ("Type: CNAME, TTL: 60, ResourceRecords: [!GetAtt Front.DNSName]", True),
        ("Type: A, AliasTarget: {DNSName: !GetAtt Front.DNSName, HostedZoneId: Z1}", True),
        ("Type: CNAME, TTL: 60, ResourceRecords: [elsewhere.example]", False),
        ("Type: TXT, TTL: 60, ResourceRecords: [!GetAtt Front.DNSName]", False),
    ],
)
def test_records_that_lead_to_the_load_balancer_name_its_certificate(cloud_of, record, named):
    cloud = cloud_of(replaced(TEMPLATE, {"RECORD": record}))
    (found,) = names(cloud, cloud.balancing.load_balancers["Front"], cloud.balancing.listeners["Listener"])
    assert ("orders.corp.example" in found) is named
