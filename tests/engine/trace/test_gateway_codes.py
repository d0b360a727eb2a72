"""AWS's explanation codes of gateways that drop a packet (vpc-network §9.2)."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.small_clouds import cloud, endpoint, eni, group, rule

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Public: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, AvailabilityZone: us-east-1a, MapPublicIpOnLaunch: true}}
  PublicTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Of: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref PublicTable, SubnetId: !Ref Public}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref PublicTable, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  Private: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfPrivate: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref Private}}
  Eip: {Type: AWS::EC2::EIP}
  Regional: {Type: AWS::EC2::NatGateway, Properties: {VpcId: !Ref Vpc, AvailabilityMode: regional, AvailabilityZoneAddresses: [{AvailabilityZone: us-east-1b, AllocationIds: [!GetAtt Eip.AllocationId]}]}}
  ByRegional: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 8.8.4.0/24, NatGatewayId: !Ref Regional}}
  Checked: {Type: AWS::EC2::NetworkInterface, Properties: {SubnetId: !Ref Public}}
  ByChecked: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 9.9.9.0/24, NetworkInterfaceId: !Ref Checked}}
  S3: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, ServiceName: com.amazonaws.us-east-1.s3, RouteTableIds: [!Ref Table]}}
  Ssm: {Type: AWS::EC2::VPCEndpoint, Properties: {VpcId: !Ref Vpc, VpcEndpointType: Interface, ServiceName: com.amazonaws.us-east-1.ssm, SubnetIds: [!Ref Private], SecurityGroupIds: [!Ref Open]}}
  Far: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.9.0.0/16}}
  FarSubnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Far, CidrBlock: 10.9.1.0/24}}
  Peering: {Type: AWS::EC2::VPCPeeringConnection, Properties: {VpcId: !Ref Far, PeerVpcId: !Ref Vpc}}
  FarTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Far}}
  OfFar: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref FarTable, SubnetId: !Ref FarSubnet}}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Public, AllocationId: !GetAtt Eip.AllocationId}}
  ByNat: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref FarTable, DestinationCidrBlock: 0.0.0.0/0, NatGatewayId: !Ref Nat}}
  Open: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: open, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 0.0.0.0/0}]}}
  FarOpen: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: open, VpcId: !Ref Far}}
  Web: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Public, SecurityGroupIds: [!Ref Open]}}
  App: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Private, SecurityGroupIds: [!Ref Open]}}
  FarApp: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref FarSubnet, SecurityGroupIds: [!Ref FarOpen]}}
"""


@pytest.mark.parametrize(
    ("source", "destination", "code"),
    [
        ("Web", "192.168.1.1:tcp/443", "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS"),
        ("Web", "100.64.1.1:tcp/443", "IGW_DESTINATION_ADDRESS_NOT_IN_RFC6598_EGRESS"),
        ("App", "8.8.4.4:tcp/443", "REGIONAL_NGW_ROUTE_AZ_RESTRICTION"),
        ("App", "9.9.9.9:tcp/443", "ENI_SOURCE_DEST_CHECK_RESTRICTION"),
        ("App", "198.18.128.10:udp/443", "VPCE_GATEWAY_PROTOCOL_RESTRICTION"),
        ("App", "Ssm:tcp/22", "PROTOCOL_RESTRICTION"),
        ("FarApp", "8.8.8.8:tcp/443", "NGW_REQUIRES_SOURCE_IN_VPC"),
    ],
)
def test_code(cloud_of, source, destination, code):
    cloud = cloud_of(TEMPLATE)
    found = trace(cloud, parse(cloud, source, destination))
    assert (found.verdict, code in [hop.code for hop in found.hops]) == ("blocked", True)


@pytest.mark.parametrize(
    ("service", "port", "verdict"),
    [
        ("cassandra", 9142, "reachable"),
        ("cassandra", 443, "reachable"),
        ("cassandra", 9042, "blocked"),
        ("iot.data", 8883, "reachable"),
        ("iot.data", 8443, "reachable"),
        ("storagegateway", 1031, "reachable"),
        ("transcribestreaming", 8443, "reachable"),
        ("ssm", 8443, "blocked"),
    ],
)
def test_endpoints_answer_on_the_ports_of_their_service(service, port, verdict):
    made = cloud(group("Sg", ingress=(rule(-1, -1),)), endpoint("Ep", service), eni("eni-App", address="10.0.1.50"))
    assert trace(made, parse(made, "App", f"Ep:tcp/{port}")).verdict == verdict
