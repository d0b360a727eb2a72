"""Routes that the user data of an instance makes, and addresses that it takes, when the instance starts."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Gateway: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Gateway}}
  Public: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Inner: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfInner: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Inner, RouteTableId: !Ref Table}}
  Other: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc}}
  App: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref Inner, SecurityGroupIds: [!Ref Group]}}
  Launch:
    Type: AWS::AutoScaling::LaunchConfiguration
    Properties:
      ImageId: ami-1
      InstanceType: t3.nano
      AssociatePublicIpAddress: true
      SecurityGroups: [!Ref Group]
      UserData:
        Fn::Base64: !Sub |
          #!/bin/bash
          SCRIPT
  Nats: {Type: AWS::AutoScaling::AutoScalingGroup, Properties: {MinSize: "1", MaxSize: "1", LaunchConfigurationName: !Ref Launch, VPCZoneIdentifier: [!Ref Public]}}
"""
OUT, BESIDE = ("App", "internet:tcp/443"), ("App", "Nats:tcp/443")


@pytest.mark.parametrize(
    ("script", "question", "verdict"),
    [
        ("aws ec2 create-route --route-table-id ${Table} --destination-cidr-block 0.0.0.0/0 --instance-id $ID", OUT, "unknown"),
        ("aws ec2 replace-route --destination-cidr-block 0.0.0.0/0 \\\n            --route-table-id=${Table} --instance-id $ID", OUT, "unknown"),
        ("aws ec2 create-route --route-table-id $TABLE --destination-cidr-block 0.0.0.0/0 --instance-id $ID", OUT, "unknown"),
        ("python3 -c 'import boto3; boto3.client(\"ec2\").create_route(RouteTableId=\"${Table}\")'", OUT, "unknown"),
        ("aws ec2 create-route --route-table-id ${Other} --destination-cidr-block 0.0.0.0/0 --instance-id $ID", OUT, "blocked"),
        ("aws ec2 create-route --route-table-id rtb-0a1b2c3d --destination-cidr-block 0.0.0.0/0 --instance-id $ID", OUT, "blocked"),
        ("aws ec2 create-route-table --vpc-id ${Vpc}", OUT, "blocked"),
        ("aws ec2 create-route --route-table-id ${Table} --destination-cidr-block 0.0.0.0/0 --instance-id $ID", BESIDE, "blocked"),
    ],
)  # fmt: skip
def test_a_way_out_by_a_route_that_a_script_makes_is_unknown(cloud_of, script, question, verdict):
    cloud = cloud_of(TEMPLATE.replace("SCRIPT", script))
    path = trace(cloud, parse(cloud, *question))
    assert path.verdict == verdict
    assert any("Launch" in one for one in path.unread) is (verdict == "unknown")


PARAMETERS = "Parameters: {Key: {Type: String}, Made: {Type: String}}"
MAKES = "aws ec2 create-route --route-table-id TABLE --instance-id $ID"


@pytest.mark.parametrize(
    ("table", "verdict"), [("${Table}", "unknown"), ("${Other}", "blocked"), ("${Made}", "unknown")]
)
@pytest.mark.parametrize("before", ["echo ${Key}; ", ""])
def test_a_script_of_which_parts_are_not_known_makes_the_routes_that_it_has(cloud_of, before, table, verdict):
    text = TEMPLATE.replace("SCRIPT", before + MAKES.replace("TABLE", table))
    cloud = cloud_of(f"{PARAMETERS}{text}")
    assert trace(cloud, parse(cloud, *OUT)).verdict == verdict


@pytest.mark.parametrize("profile", ["", ", IamInstanceProfile: nat"])
@pytest.mark.parametrize("data", ["!Ref Key", '{"Fn::Base64": !Sub "#!/bin/sh\\n${Key}"}'])
def test_what_is_not_known_of_a_script_is_assumed_to_make_no_routes(cloud_of, data, profile):
    box = f"{{Type: AWS::EC2::Instance, Properties: {{ImageId: ami-1, SubnetId: !Ref Public, UserData: {data}{profile}}}}}"
    cloud = cloud_of(f"{PARAMETERS}{TEMPLATE.replace('SCRIPT', 'true')}  Box: {box}\n")
    path = trace(cloud, parse(cloud, *OUT))
    assert path.verdict == "blocked"
    assert any("user data of Box" in one for one in path.assumptions) is bool(profile)
    inside = trace(cloud, parse(cloud, "App", "Box:tcp/443"))
    assert not any("user data of Box" in one for one in inside.assumptions)


@pytest.mark.parametrize("data", ["123", "[text]", "{text: more}"])
def test_user_data_that_is_no_text_makes_no_routes(cloud_of, data):
    box = f"{{Type: AWS::EC2::Instance, Properties: {{ImageId: ami-1, UserData: {data}}}}}"
    assert not cloud_of(f"Resources: {{Box: {box}}}").template.unread


@pytest.mark.parametrize(
    ("script", "start", "verdict"),
    [
        ("export EIP_LIST=${Mine}", "internet", "unknown"),
        ("aws ec2 associate-address --allocation-id ${Mine.AllocationId} --instance-id $ID", "internet", "unknown"),
        ("aws ec2 associate-address --allocation-id $FREE --instance-id $ID", "internet", "unknown"),
        ("aws ec2 associate-address --allocation-id ${Other2.AllocationId} --instance-id $ID", "internet", "blocked"),
        ("yum update", "internet", "blocked"),
        ("export EIP_LIST=${Mine}", "App", "blocked"),
    ],
)
def test_an_elastic_ip_that_a_script_takes_is_at_no_known_interface(cloud_of, script, start, verdict):
    addresses = "".join(
        f"  {name}: {{Type: AWS::EC2::EIP, Properties: {{Domain: vpc}}}}\n" for name in ("Mine", "Other2")
    )
    cloud = cloud_of(TEMPLATE.replace("SCRIPT", script) + addresses)
    mine = cloud.network.elastic_ips["Mine"].public_ip
    assert trace(cloud, parse(cloud, start, f"{mine}:tcp/22")).verdict == verdict


@pytest.mark.parametrize(
    ("script", "uses", "verdict"),
    [
        ("export EIP_LIST=${Mine}", "", "unknown"),
        ("aws ec2 associate-address --allocation-id $FREE --instance-id $ID", "", "unknown"),
        ("aws ec2 associate-address --allocation-id ${Mine.AllocationId}", "  At: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Public, AllocationId: !GetAtt Mine.AllocationId}}\n", "unknown"),
        ("echo ${Mine}", "  At: {Type: AWS::EC2::NatGateway, Properties: {SubnetId: !Ref Public, AllocationId: !GetAtt Mine.AllocationId}}\n", "blocked"),
        ("yum update", "", "blocked"),
    ],
)  # fmt: skip
def test_an_instance_whose_script_takes_an_elastic_ip_has_a_public_address(cloud_of, script, uses, verdict):
    template = TEMPLATE.replace("SCRIPT", script).replace("PublicIpAddress: true", "PublicIpAddress: false")
    way = """\
  Ways: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfPublic: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Public, RouteTableId: !Ref Ways}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Ways, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Gateway}}
  Mine: {Type: AWS::EC2::EIP, Properties: {Domain: vpc}}
"""
    cloud = cloud_of(template + way + uses)
    assert trace(cloud, parse(cloud, "Nats", "internet:tcp/443")).verdict == verdict
