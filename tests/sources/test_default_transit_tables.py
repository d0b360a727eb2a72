"""Route tables that a template names by the id that AWS gave them: default ones of transit gateways, and those of a described account."""

import pytest

from netful.sources import load
from tests.helpers.described_answers import save
from tests.helpers.paths import denials

TEMPLATE = """
Parameters: {Given: {Type: String}}
Resources:
  Near: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  NearSubnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Near, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  NearTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Near}}
  NearLink: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref NearSubnet, RouteTableId: !Ref NearTable}}
  Far: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  FarSubnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Far, CidrBlock: 10.1.1.0/24, AvailabilityZone: us-east-1a}}
  FarTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Far}}
  FarLink: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref FarSubnet, RouteTableId: !Ref FarTable}}
  Hub: {Type: AWS::EC2::TransitGateway, Properties: {OPTIONS}}
  Own: {Type: AWS::EC2::TransitGatewayRouteTable, Properties: {TransitGatewayId: !Ref Hub}}
  A: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {VpcId: !Ref Near, SubnetIds: [!Ref NearSubnet], TransitGatewayId: !Ref Hub}}
  B: {Type: AWS::EC2::TransitGatewayAttachment, Properties: {VpcId: !Ref Far, SubnetIds: [!Ref FarSubnet], TransitGatewayId: !Ref Hub}}
  To: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref NearTable, DestinationCidrBlock: 10.1.0.0/16, TransitGatewayId: !Ref Hub}}
  Back: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref FarTable, DestinationCidrBlock: 10.0.0.0/16, TransitGatewayId: !Ref Hub}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Near}}
  Open: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Far, SecurityGroupIngress: [{IpProtocol: '-1', CidrIp: 10.0.0.0/8}]}}
  Client: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref NearSubnet, SecurityGroupIds: [!Ref Group]}}
  Server: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref FarSubnet, SecurityGroupIds: [!Ref Open]}}
  Drop: {Type: AWS::EC2::TransitGatewayRoute, Properties: {TransitGatewayRouteTableId: TABLE, DestinationCidrBlock: 10.1.1.0/24, Blackhole: true}}
"""
STATED = "AssociationDefaultRouteTableId: tgw-rtb-1, PropagationDefaultRouteTableId: tgw-rtb-1"


@pytest.mark.parametrize(
    ("options", "table", "code"),
    [
        ("", "tgw-rtb-1", "TGW_RTB_BAD_STATE_ROUTE"),
        (STATED, "tgw-rtb-1", "TGW_RTB_BAD_STATE_ROUTE"),
        (STATED, "!Ref Own", None),
        ("", "!Ref Own", None),
    ],
)
def test_a_route_of_a_default_table_counts(cloud_of, ask, options, table, code):
    cloud = cloud_of(TEMPLATE.replace("OPTIONS", options).replace("TABLE", table))
    path = ask(cloud, "Client", "Server:tcp/22")
    assert path.verdict == ("blocked" if code else "reachable")
    assert denials(path)[:1] == ([code] if code else [])


def test_a_default_table_that_is_not_known_leaves_the_path_open(cloud_of, ask):
    options = "AssociationDefaultRouteTableId: !Ref Given"
    path = ask(cloud_of(TEMPLATE.replace("OPTIONS", options).replace("TABLE", "!Ref Own")), "Client", "Server:tcp/22")
    assert (path.verdict, path.missing) == ("unknown", ("Given",))


HUB, TABLE, VPC, SUBNET = (
    "tgw-0aaaaaaaaaaaaaaa1",
    "tgw-rtb-0aaaaaaaaaaaaaaa1",
    "vpc-0aaaaaaaaaaaaaaa1",
    "subnet-0aaaaaaaaaaaaaa1",
)
ACL, GROUP, NEAR = "acl-0aaaaaaaaaaaaaaa1", "sg-0aaaaaaaaaaaaaaa1", "tgw-attach-0aaaaaaaaaaaaaaa1"
ENTRY = {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
ANYTHING = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
ROUTES = [
    {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
    {"DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": HUB, "State": "active"},
]
ANSWERS = {
    "Vpcs": [{"VpcId": VPC, "CidrBlock": "10.0.0.0/16", "State": "available"}],
    "Subnets": [{"SubnetId": SUBNET, "VpcId": VPC, "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "us-east-1a"}],
    "RouteTables": [{"RouteTableId": "rtb-0aaaaaaaaaaaaaaa1", "VpcId": VPC, "Associations": [{"Main": True}], "Routes": ROUTES}],
    "NetworkAcls": [{"NetworkAclId": ACL, "VpcId": VPC, "IsDefault": True, "Associations": [], "Entries": [ENTRY | {"Egress": True}, ENTRY | {"Egress": False}]}],
    "SecurityGroups": [{"GroupId": GROUP, "GroupName": "g", "VpcId": VPC, "IpPermissions": [ANYTHING], "IpPermissionsEgress": [ANYTHING]}],
    "VpcEndpoints": [],
    "TransitGateways": [{"TransitGatewayId": HUB, "State": "available", "Options": {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}}],
    "TransitGatewayVpcAttachments": [{"TransitGatewayAttachmentId": NEAR, "TransitGatewayId": HUB, "VpcId": VPC, "State": "available", "SubnetIds": [SUBNET], "Options": {}}],
    "TransitGatewayRouteTables": [{"TransitGatewayRouteTableId": TABLE, "TransitGatewayId": HUB, "State": "available"}],
}  # fmt: skip
SPOKE = f"""
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.1.0.0/16}}}}
  Subnet: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.1.1.0/24, AvailabilityZone: us-east-1a}}}}
  Table: {{Type: AWS::EC2::RouteTable, Properties: {{VpcId: !Ref Vpc}}}}
  Link: {{Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {{SubnetId: !Ref Subnet, RouteTableId: !Ref Table}}}}
  Way: {{Type: AWS::EC2::Route, Properties: {{RouteTableId: !Ref Table, DestinationCidrBlock: 10.0.0.0/8, TransitGatewayId: {HUB}}}}}
  Attached: {{Type: AWS::EC2::TransitGatewayAttachment, Properties: {{VpcId: !Ref Vpc, SubnetIds: [!Ref Subnet], TransitGatewayId: {HUB}}}}}
  Here: {{Type: AWS::EC2::TransitGatewayRouteTableAssociation, Properties: {{TransitGatewayRouteTableId: {TABLE}, TransitGatewayAttachmentId: !Ref Attached}}}}
  There: {{Type: AWS::EC2::TransitGatewayRouteTableAssociation, Properties: {{TransitGatewayRouteTableId: {TABLE}, TransitGatewayAttachmentId: {NEAR}}}}}
  Learned: {{Type: AWS::EC2::TransitGatewayRouteTablePropagation, Properties: {{TransitGatewayRouteTableId: {TABLE}, TransitGatewayAttachmentId: !Ref Attached}}}}
  Back: {{Type: AWS::EC2::TransitGatewayRoute, Properties: {{TransitGatewayRouteTableId: {TABLE}, TransitGatewayAttachmentId: {NEAR}, DestinationCidrBlock: 10.0.0.0/16}}}}
  Group: {{Type: AWS::EC2::SecurityGroup, Properties: {{GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupIngress: [{{IpProtocol: tcp, FromPort: 22, ToPort: 22, CidrIp: 10.0.0.0/16}}]}}}}
  Host: {{Type: AWS::EC2::Instance, Properties: {{SubnetId: !Ref Subnet, SecurityGroupIds: [!Ref Group]}}}}
"""


@pytest.mark.parametrize("lacking", ["", "Back", "Learned"])
def test_a_template_adds_to_a_table_of_a_described_account(tmp_path, ask, lacking):
    folder, spoke = tmp_path / "account", tmp_path / "spoke.yaml"
    save(folder, {name: {name: answer} for name, answer in ANSWERS.items()})
    spoke.write_text(
        "".join(
            line for line in SPOKE.splitlines(keepends=True) if line.split(":")[0].strip() != lacking or not lacking
        )
    )
    path = ask(load([folder, spoke], region="us-east-1"), f"subnet:{SUBNET}+{GROUP}", "Host:tcp/22")
    assert path.verdict == ("unknown" if lacking else "reachable")
