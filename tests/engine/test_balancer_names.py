"""Which nodes the name of a load balancer gives."""

from dataclasses import replace
from pathlib import Path

import pytest

from netful.engine.names import resolve
from netful.sources import load

TEMPLATE = Path(__file__).parents[1] / "live" / "templates" / "load-balancers.yaml"


@pytest.mark.parametrize(("cross_zone", "subnets"), [(True, {"10.0.1", "10.0.2"}), (False, {"10.0.1"})])
def test_a_zone_without_a_target_is_left_out(cross_zone, subnets):
    cloud = load([TEMPLATE])
    balancer = replace(cloud.load_balancers["Network"], cross_zone=cross_zone)
    cloud = replace(cloud, load_balancers={**cloud.load_balancers, "Network": balancer})
    found = resolve(cloud, "Vpc", balancer.dns_name).addresses
    assert {str(address).rpartition(".")[0] for address in found} == subnets


def test_an_alias_may_begin_with_dualstack():
    cloud = load([TEMPLATE])
    balancer = cloud.load_balancers["Network"]
    given = resolve(cloud, "Vpc", balancer.dns_name)
    asked = resolve(cloud, None, f"dualstack.{balancer.dns_name.upper()}.")
    assert (asked.addresses, asked.load_balancer_id) == (given.addresses, "Network")
