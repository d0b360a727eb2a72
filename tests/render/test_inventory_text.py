"""`netful show` on interfaces, as a person reads it."""

import pytest

from netful.cli.app import run

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Six: {Type: AWS::EC2::VPCCidrBlock, Properties: {VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}}
  Only: {Type: AWS::EC2::Subnet, DependsOn: Six, Properties: {VpcId: !Ref Vpc, Ipv6Native: true, Ipv6CidrBlock: !Select [0, !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 1, 64]]}}
  Both: {Type: AWS::EC2::Subnet, DependsOn: Six, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24}}
  Host: {Type: AWS::EC2::Instance, Properties: {ImageId: ami-1, SubnetId: !Ref PLACE}}
"""


@pytest.mark.parametrize(("place", "address"), [("Only", "2001:db8:"), ("Both", "10.0.1.4")])
def test_an_interface_is_listed_with_an_address_that_it_has(tmp_path, monkeypatch, capsys, place, address):
    (tmp_path / "template.yaml").write_text(TEMPLATE.replace("PLACE", place))
    monkeypatch.chdir(tmp_path)
    run(["show"])
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.strip().startswith("instance"))
    assert line.split()[1].startswith(address)


def test_what_has_both_families_is_listed_with_both(tmp_path, monkeypatch, capsys):
    block = "CidrBlock: 10.0.1.0/24, AssignIpv6AddressOnCreation: true, Ipv6CidrBlock: !Select [1, !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 2, 64]]"
    text = TEMPLATE.replace("PLACE", "Both").replace("CidrBlock: 10.0.1.0/24", block)
    (tmp_path / "template.yaml").write_text(text)
    monkeypatch.chdir(tmp_path)
    run(["show"])
    shown = capsys.readouterr().out
    assert "Vpc  10.0.0.0/16, 2001:db8:0:100::/56" in shown
    assert "10.0.1.0/24, 2001:db8:0:101::/64" in shown
    assert "10.0.1.4, 2001:db8:0:101::4" in shown


WAY = """
  Gateway: {Type: AWS::EC2::EgressOnlyInternetGateway, Properties: {VpcId: !Ref Vpc}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationIpv6CidrBlock: "::/0", EgressOnlyInternetGatewayId: !Ref Gateway}}
  OfOnly: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {RouteTableId: !Ref Table, SubnetId: !Ref Only}}
"""


def test_a_subnet_with_ipv6_only_is_listed_with_its_block_and_its_kind(tmp_path, monkeypatch, capsys):
    (tmp_path / "template.yaml").write_text(TEMPLATE.replace("PLACE", "Only") + WAY)
    monkeypatch.chdir(tmp_path)
    run(["show"])
    listed = [line.split()[:3] for line in capsys.readouterr().out.splitlines()]
    assert ["Only", "private-nat", "2001:db8:0:100::/64"] in listed
    assert ["Both", "isolated", "10.0.1.0/24"] in listed
