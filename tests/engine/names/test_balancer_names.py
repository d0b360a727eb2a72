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
