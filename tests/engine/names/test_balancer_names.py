"""Which nodes the name of a load balancer gives."""

from dataclasses import replace

import pytest

from netful.engine.names.resolution import resolve
from netful.sources import load
from tests.helpers.places import TEMPLATES

TEMPLATE = TEMPLATES / "load-balancers.yaml"


@pytest.mark.parametrize(("cross_zone", "subnets"), [(True, {"10.0.1", "10.0.2"}), (False, {"10.0.1"})])
def test_a_zone_without_a_target_is_left_out(cross_zone, subnets):
    cloud = load([TEMPLATE])
    balancer = replace(cloud.balancing.load_balancers["Network"], cross_zone=cross_zone)
    cloud = cloud.having(load_balancers={**cloud.balancing.load_balancers, "Network": balancer})
    found = resolve(cloud, "Vpc", balancer.dns_name).addresses
    assert {str(address).rpartition(".")[0] for address in found} == subnets


@pytest.mark.parametrize(
    ("before", "subnets"),
    [
        ("dualstack.", {"10.0.1", "10.0.2"}),  # as aliases of the console and of the CDK have it
        ("DualStack.", {"10.0.1", "10.0.2"}),
        ("us-east-1a.", {"10.0.1"}),
        ("us-east-1b.", {"10.0.2"}),
        ("us-east-1c.", set()),
    ],
)
def test_further_names(before, subnets):
    cloud = load([TEMPLATE])
    found = resolve(cloud, "Vpc", f"{before}{cloud.balancing.load_balancers['Network'].dns_name}")
    assert {str(address).rpartition(".")[0] for address in found.addresses} == subnets
    assert (found.status == "NXDOMAIN") is not bool(subnets)


@pytest.mark.parametrize(("resource", "zones"), [("Network", True), ("Balancer", False)])
def test_only_a_network_load_balancer_has_names_of_zones(resource, zones):
    cloud = load([TEMPLATE])
    found = resolve(cloud, "Vpc", f"us-east-1a.{cloud.balancing.load_balancers[resource].dns_name}")
    assert (found.load_balancer_id == resource) is zones


def test_a_group_that_crosses_zones_is_in_all_of_them():
    cloud = load([TEMPLATE])
    balancer = replace(cloud.balancing.load_balancers["Network"], cross_zone=False)
    crossing = {"load_balancing.cross_zone.enabled": "true"}
    groups = {
        id_: replace(g, attributes={**g.attributes, **crossing}) for id_, g in cloud.balancing.target_groups.items()
    }
    cloud = cloud.having(load_balancers={**cloud.balancing.load_balancers, "Network": balancer}, target_groups=groups)
    assert len(resolve(cloud, "Vpc", balancer.dns_name).addresses) == 2


@pytest.mark.parametrize(("kind", "has_four"), [("dualstack", True), ("dualstack-without-public-ipv4", False)])
def test_a_name_without_public_ipv4_addresses(cloud_of, kind, has_four):
    made = cloud_of(f"""
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  Six: {{Type: AWS::EC2::VPCCidrBlock, Properties: {{VpcId: !Ref Vpc, AmazonProvidedIpv6CidrBlock: true}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24, Ipv6CidrBlock: !Select [0, !Cidr [!Select [0, !GetAtt Vpc.Ipv6CidrBlocks], 16, 64]]}}}}
  Alb: {{Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {{Scheme: internet-facing, IpAddressType: {kind}, Subnets: [!Ref A]}}}}
""")
    found = resolve(made, None, made.balancing.load_balancers["Alb"].dns_name)
    assert (bool(found.addresses), bool(found.ipv6_addresses)) == (has_four, True)
