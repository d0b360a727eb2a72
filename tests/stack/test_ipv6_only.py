"""IPv6-only hosts of a running stack: what a client there sees is what `trace` says, by DNS64 and NAT64 too."""

import pytest

pytestmark = pytest.mark.packets
TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  Blocks: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  Six: {Type: AWS::EC2::Subnet, DependsOn: Blocks, Properties: {VpcId: !Ref Vpc, Ipv6Native: true, Ipv6CidrBlock: '2001:db8:0:100::/64'}}
  Dns64:
    Type: AWS::EC2::Subnet
    DependsOn: Blocks
    Properties: {VpcId: !Ref Vpc, Ipv6Native: true, EnableDns64: true, Ipv6CidrBlock: '2001:db8:0:101::/64'}
  Four: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Out: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OutFour: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Out, SubnetId: !Ref Four}}
  ToIgw: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Out, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  Eip: {Type: AWS::EC2::EIP}
  Nat: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Four, AllocationId: !GetAtt Eip.AllocationId}}
  Through: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  ThroughSix: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Through, SubnetId: !Ref Six}}
  ThroughDns64: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Through, SubnetId: !Ref Dns64}}
  ToNat: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Through, DestinationIpv6CidrBlock: '64:ff9b::/96', NatGatewayId: !Ref Nat}}
  Open:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: open
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: -1, CidrIp: 0.0.0.0/0}, {IpProtocol: -1, CidrIpv6: '::/0'}]
  Ssm:
    Type: AWS::EC2::VPCEndpoint
    Properties:
      VpcEndpointType: Interface
      IpAddressType: ipv6
      ServiceName: com.amazonaws.us-east-1.ssm
      VpcId: !Ref Vpc
      SubnetIds: [!Ref Six]
      SecurityGroupIds: [!Ref Open]
      PrivateDnsEnabled: true
  H6: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Six, SecurityGroupIds: [!Ref Open], ImageId: ami-1}}
  H64: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Dns64, SecurityGroupIds: [!Ref Open], ImageId: ami-1}}
  H4: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref Four, SecurityGroupIds: [!Ref Open], ImageId: ami-1}}
"""


@pytest.mark.parametrize(
    ("source", "destination", "symptom"),
    [
        ("H6", "H4:tcp/80", "unreachable"),
        ("H6", "https://example.com/", "unreachable"),
        ("H6", "aws:ssm", "none"),
        ("H4", "H6:tcp/80", "unreachable"),
        ("H4", "aws:ssm", "unreachable"),
        ("H64", "H4:tcp/80", "none"),
        ("H64", "https://example.com/", "none"),
        ("H64", "internet:tcp/8443", "none"),
        ("H64", "aws:ssm", "none"),
        ("subnet:Dns64+Open", "https://example.com/", "none"),
    ],
)
def test_a_client_sees_what_is_predicted(stack, source, destination, symptom):
    probed = stack.probe(source, destination)
    assert (probed["predicted"]["symptom"], probed["agree"]) == (symptom, True)


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    from tests.helpers.stacks import written

    folder = tmp_path_factory.mktemp("ipv6-only")
    yield from written(folder, TEMPLATE).while_up()
