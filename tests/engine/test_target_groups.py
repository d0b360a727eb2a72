"""Who is in a target group."""

from netful.engine.target_groups import members
from netful.sources import load

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Web: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref A}}
  Group:
    Type: AWS::ElasticLoadBalancingV2::TargetGroup
    Properties: {VpcId: !Ref Vpc, TargetType: ip, Protocol: HTTP, Port: 8080, Targets: [{Id: !GetAtt Web.PrivateIp}]}
"""


def test_an_address_that_aws_gives_is_that_of_the_instance(tmp_path):
    file = tmp_path / "template.yaml"
    file.write_text(TEMPLATE)
    cloud = load([file])
    (web,) = cloud.interfaces_of("Web")
    (found,) = members(cloud, cloud.target_groups["Group"])
    assert (found.name, found.interface, found.port, found.missing) == ("Web", web, 8080, ())
