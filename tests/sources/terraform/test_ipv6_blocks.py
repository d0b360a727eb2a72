"""IPv6 blocks of a plan: AWS gives one to a VPC after apply, and subnets have parts of it."""

from ipaddress import IPv6Network

import pytest

from netful.model.core import Unknown
from netful.sources import load
from tests.helpers.terraform_plans import Plan, refers

MAIN = """
resource "aws_subnet" "s" {
  ipv6_cidr_block = TEXT
}
"""


def plan_of(*named, **source):
    source = source or {"assign_generated_ipv6_cidr_block": True}
    plan = Plan().add("aws_vpc.v", cidr_block="10.0.0.0/16", ipv6_cidr_block=..., **source)
    of = {"vpc_id": refers("aws_vpc.v.id"), "ipv6_cidr_block": refers(*named)}
    plan.add("aws_subnet.s", of, vpc_id=..., cidr_block="10.0.0.0/24", ipv6_cidr_block=...)
    of = {
        "security_group_id": refers("aws_security_group.g.id"),
        "ipv6_cidr_blocks": refers("aws_vpc.v.ipv6_cidr_block"),
    }
    plan.add("aws_security_group.g", {"vpc_id": refers("aws_vpc.v.id")}, name="g", vpc_id=...)
    ports = {"protocol": "tcp", "from_port": 1, "to_port": 1}
    return plan.add(
        "aws_security_group_rule.r", of, type="ingress", security_group_id=..., ipv6_cidr_blocks=..., **ports
    )


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("cidrsubnet(aws_vpc.v.ipv6_cidr_block, 8, 3)", 3),
        ("[for n in range(2) : cidrsubnet(aws_vpc.v.ipv6_cidr_block, 8, n)][1]", 1),
        ("cidrsubnet(aws_vpc.v.id, 8, 3)", None),
        ("nothing(aws_vpc.v.ipv6_cidr_block)", None),
        ('cidrsubnet(aws_vpc.v.ipv6_cidr_block, 8, "3")', None),
        ("cidrsubnet(aws_vpc.v.ipv6_cidr_block, 8, aws_vpc.v.id)", None),
        ("cidrsubnet(aws_vpc.v.ipv6_cidr_block, 8, -1)", None),
        ("cidrsubnet(aws_vpc.v.ipv6_cidr_block, 8, 256)", None),
        ("cidrsubnet(aws_vpc.v.ipv6_cidr_block, 12, 256)", None),
        ("", None),
    ],
)
def test_a_subnet_has_a_part_of_the_block_of_its_vpc(tmp_path, text, number):
    if text:
        (tmp_path / "main.tf").write_text(MAIN.replace("TEXT", text))
    network = load([plan_of("aws_vpc.v.id" if "v.id" in text else "aws_vpc.v.ipv6_cidr_block").write(tmp_path)]).network
    (whole,) = network.vpcs["aws_vpc.v"].ipv6_cidr_blocks
    (rule,) = network.security_groups["aws_security_group.g"].ingress
    assert (whole.prefixlen, rule.peer) == (56, whole)
    found = network.subnets["aws_subnet.s"].ipv6_cidr_block
    expected = None if number is None else IPv6Network((int(whole.network_address) + (number << 64), 64))
    assert (None if isinstance(found, Unknown) else found) == expected


def test_a_block_of_a_pool_is_not_known_nor_are_its_parts(tmp_path):
    (tmp_path / "main.tf").write_text(MAIN.replace("TEXT", "cidrsubnet(aws_vpc.v.ipv6_cidr_block, 8, 3)"))
    pool = {"ipv6_ipam_pool_id": "ipam-pool-0123456789abcdef0", "ipv6_netmask_length": 52}
    network = load([plan_of("aws_vpc.v.ipv6_cidr_block", **pool).write(tmp_path)]).network
    (rule,) = network.security_groups["aws_security_group.g"].ingress
    blocks = *network.vpcs["aws_vpc.v"].ipv6_cidr_blocks, rule.peer, network.subnets["aws_subnet.s"].ipv6_cidr_block
    assert [type(one) for one in blocks] == [Unknown] * 3
