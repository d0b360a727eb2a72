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
