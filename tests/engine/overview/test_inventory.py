"""The document of `netful show`: what only a subnet names."""

import pytest

from netful.engine.overview.inventory import inventory


@pytest.mark.parametrize(("value", "name"), [("", "Id"), (", Default: vpc-1", "vpc-1")])
def test_subnets_of_a_vpc_that_is_not_loaded_are_listed_with_their_kind(cloud_of, value, name):
    cloud = cloud_of(f"""
Parameters: {{Id: {{Type: String{value}}}}}
Resources:
  Gateway: {{Type: AWS::EC2::InternetGateway}}
  Attached: {{Type: AWS::EC2::VPCGatewayAttachment, Properties: {{VpcId: !Ref Id, InternetGatewayId: !Ref Gateway}}}}
  Table: {{Type: AWS::EC2::RouteTable, Properties: {{VpcId: !Ref Id}}}}
  Route: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Id, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a}}}}
  B: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Id, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1b}}}}
  Link: {{Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {{RouteTableId: !Ref Table, SubnetId: !Ref A}}}}
""")
    (vpc,) = inventory(cloud)["vpcs"]
    assert vpc["id"] == name
    assert [(one["id"], one["kind"]) for one in vpc["subnets"]] == [("A", "public"), ("B", "unknown")]
