"""Route 53 Profiles: zones, rules, rule groups and endpoints that answer in further VPCs (newer-aws §5)."""

import pytest

from netful.engine.names.resolution import resolve
from netful.model.core import Unknown
from netful.model.names.dns_firewall import (
    BlockResponse,
    FirewallAction,
    FirewallDomainList,
    FirewallRule,
    FirewallRuleGroup,
    FirewallRuleGroupAssociation,
)
from netful.model.names.hosted_zones import HostedZone, RecordSet
from netful.model.names.profiles import Profile, ProfileResource
from netful.model.names.resolver import ResolverRule, ResolverTarget
from netful.model.network.vpc import Vpc
from tests.helpers.small_clouds import REGION, cloud, endpoint, net

NAME, SSM = "www.example.com", "ssm.us-east-1.amazonaws.com"
W = Vpc("W", (net("10.1.0.0/16"),), enable_dns_hostnames=True, region=REGION)


def zone(name, address, *vpcs, id_=None):
    records = (RecordSet(f"r-{name}", f"www.{name}", "A", (address,)),)
    return HostedZone(id_ or f"z-{name}", name, vpcs, records)


def profile(*resources, vpcs=("W",), priority=102, **more):
    shared = tuple(ProfileResource(f"of-{one}", one, priority) for one in resources)
    return Profile("P", vpcs, shared, **more)


def given(made, name=NAME, vpc="W"):
    answer = resolve(made, vpc, name)
    return str(answer.addresses[0]) if answer.addresses else answer.status


def test_a_zone_answers_in_every_vpc_of_the_profile():
    made = cloud(W, zone("example.com", "10.0.1.9", "Vpc"), profile("z-example.com"))
    assert given(made) == given(made, vpc="Vpc") == "10.0.1.9"
    without = cloud(W, zone("example.com", "10.0.1.9", "Vpc"), profile("z-example.com", vpcs=("Other",)))
    assert given(without) != "10.0.1.9"


def test_the_more_specific_name_wins_wherever_it_is():
    own, wide = zone("example.com", "10.1.1.9", "W"), zone("www.example.com", "10.0.1.9", "Vpc")
    made = cloud(W, own, wide, profile("z-www.example.com"))
    assert resolve(made, "W", NAME).status == "NXDOMAIN"  # the zone of the Profile, which has no such record
    assert given(cloud(W, zone("www.example.com", "10.1.1.9", "W"), zone("example.com", "10.0.1.9", "Vpc"), profile("z-example.com"))) == "NXDOMAIN"  # fmt: skip


def test_of_equal_names_the_vpcs_own_wins():
    own, shared = zone("example.com", "10.1.1.9", "W"), zone("example.com", "10.0.1.9", "Vpc", id_="Shared")
    assert given(cloud(W, own, shared, profile("Shared"))) == "10.1.1.9"
    rule = ResolverRule("Rule", "example.com", "FORWARD", (ResolverTarget(net("192.168.1.53").network_address),), "Out")
    assert given(cloud(W, own, rule, profile("Rule"))) == "10.1.1.9"
    assert given(cloud(W, rule, profile("Rule"))) == "UNKNOWN"


def test_private_dns_of_an_endpoint_answers_with_its_addresses():
    made = cloud(W, endpoint(), profile("Ssm"))
    assert resolve(made, "W", SSM).endpoint_id == "Ssm"
    assert resolve(cloud(W, endpoint()), "W", SSM).endpoint_id is None
    hidden = zone(SSM, "10.1.1.9", "W")
    assert resolve(cloud(W, endpoint(), hidden, profile("Ssm")), "W", SSM).status == "NXDOMAIN"  # the VPC's own zone


@pytest.mark.parametrize(
    ("priority", "status"), [(102, "NXDOMAIN"), (104, "NOERROR"), (Unknown("a text", ("X",)), "UNKNOWN")]
)
def test_rule_groups_stand_in_the_same_walk(priority, status):
    everything = FirewallDomainList("All", ("*",))
    blocking = FirewallRule(1, FirewallAction.BLOCK, "All", block_response=BlockResponse.NXDOMAIN)
    made = cloud(
        W,
        everything,
        FirewallRuleGroup("Blocks", (blocking,)),
        FirewallRuleGroup("Allows", (FirewallRule(1, FirewallAction.ALLOW, "All"),)),
        FirewallRuleGroupAssociation("Own", "Allows", "W", 103),
        profile("Blocks", priority=priority),
    )
    assert resolve(made, "W", NAME).status == status


@pytest.mark.parametrize(
    ("one", "what"),
    [
        (Profile("rp-1", ("W",), loaded=False), "rp-1"),
        (profile("rslvr-rr-9"), "of-rslvr-rr-9"),
        (Profile("P", ("W",), (ProfileResource("X", Unknown("a parameter", ("Arn",)), 1),)), "X of P"),
        (Profile("P", (Unknown("a parameter", ("Vpc",)),)), "P"),
    ],
)
def test_what_is_not_known_is_an_assumption(one, what):
    assert any(what in text for text in resolve(cloud(W, one), "W", NAME).assumptions)
