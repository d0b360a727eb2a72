"""VPC Block Public Access: who gets through an internet gateway, by mode and exclusion (newer-aws §1.2)."""

from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from netful.engine.flows.kinds import HopKind
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import Unknown
from netful.model.network.block_public_access import (
    BlockMode,
    ExclusionMode,
    VpcBlockPublicAccessExclusion,
    VpcBlockPublicAccessOptions,
)
from netful.model.network.gateways import EgressOnlyInternetGateway, ElasticIp, InternetGateway, NatGateway
from netful.model.network.protocols import ALL_PROTOCOLS
from netful.model.network.route_tables import RouteTable, TargetKind
from netful.model.network.vpc import Subnet, Vpc
from tests.helpers.small_clouds import REGION, acl, cloud, eni, entry, group, net, route, rule

BLOCK6 = "2001:db8:1::/56"
OFF, INGRESS, BOTH = BlockMode
ALL, OUT = ExclusionMode
SIX = (net("2001:db8:1::/64"), net("2001:db8:1:1::/64"))


def network(*more, mode=None):
    """`web` has a public address in B, where a NAT gateway is too; `app` is behind the NAT gateway, in A."""
    options = () if mode is None else (VpcBlockPublicAccessOptions("Bpa", mode, REGION),)
    everything = (rule(ALL_PROTOCOLS, -1), rule(ALL_PROTOCOLS, -1, peer="::/0"))
    open_acl = (entry(100, True), entry(101, True, block="::/0"))
    return cloud(
        Vpc("Vpc", (net("10.0.0.0/16"),), (net(BLOCK6),), region=REGION),
        *(
            Subnet(name, "Vpc", net(f"10.0.{n}.0/24"), SIX[n - 1], f"{REGION}a", assign_ipv6_address_on_creation=True)
            for n, name in enumerate("AB", 1)
        ),
        group("Sg", ingress=everything, egress=everything),
        acl("Default", open_acl, open_acl, default=True),
        InternetGateway("Igw", "Vpc"),
        EgressOnlyInternetGateway("Eigw", "Vpc"),
        NatGateway("Nat", "B", "Vpc", allocation_ids=("Eip",)),
        ElasticIp("Eip", IPv4Address("203.0.113.9")),
        RouteTable("Main", "Vpc", (
            route("0.0.0.0/0", TargetKind.NAT_GATEWAY, "Nat"),
            route("::/0", TargetKind.EGRESS_ONLY_INTERNET_GATEWAY, "Eigw"),
        ), main=True),
        RouteTable("Public", "Vpc", (
            route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "Igw"), route("::/0", TargetKind.INTERNET_GATEWAY, "Igw"),
        ), subnet_ids=("B",)),
        eni("eni-app", "A", address="10.0.1.50"),
        eni("eni-web", "B", address="10.0.2.50", public_ip=IPv4Address("203.0.113.5")),
        *options,
        *more,
    )  # fmt: skip


def excluded(mode, **place):
    return VpcBlockPublicAccessExclusion("X", mode, **place)


def verdict(made, source, destination):
    return trace(made, parse(made, source, destination)).verdict == "reachable"


PUBLIC_WAYS = (("internet", "web:tcp/443"), ("web", "internet:tcp/443"), ("internet6", "web:tcp/443"), ("web", "internet6:tcp/443"))  # fmt: skip
OUTWARD_WAYS = (("app", "internet:tcp/443"), ("app", "internet6:tcp/443"))


@pytest.mark.parametrize("place", [{"vpc_id": "Vpc"}, {"subnet_id": "B"}])
@pytest.mark.parametrize(
    ("mode", "exclusion", "public", "outward"),
    [
        (None, None, True, True),
        (OFF, None, True, True),
        (INGRESS, None, False, True),
        (INGRESS, OUT, False, True),
        (INGRESS, ALL, True, True),
        (BOTH, None, False, False),
        (BOTH, OUT, False, True),
        (BOTH, ALL, True, True),
    ],
)
def test_the_modes_and_exclusions(mode, exclusion, public, outward, place):
    more = () if exclusion is None else (excluded(exclusion, **place),)
    made = network(*more, mode=mode)
    assert [verdict(made, *way) for way in PUBLIC_WAYS] == [public] * len(PUBLIC_WAYS)
    for_app = place if "vpc_id" in place else {"subnet_id": "A"}  # an egress-only gateway counts the sender's subnet
    made_for_app = network(*(() if exclusion is None else (excluded(exclusion, **for_app),)), mode=mode)
    assert [verdict(made, *OUTWARD_WAYS[0]), verdict(made_for_app, *OUTWARD_WAYS[1])] == [outward] * 2


@pytest.mark.parametrize(("mode", "reached"), [(None, True), (INGRESS, True), (BOTH, False)])
def test_a_regional_nat_gateway_goes_outward(mode, reached):
    regional = NatGateway("Nat", None, "Vpc", regional=True, public_ip=IPv4Address("203.0.113.9"))
    own = RouteTable("Own", "Vpc", (route("0.0.0.0/0", TargetKind.INTERNET_GATEWAY, "Igw"),), gateway_ids=("Nat",))
    made = network(regional, own, mode=mode)
    assert verdict(made, "app", "internet:tcp/443") is reached
    private = trace(made, parse(made, "app", "192.168.7.7:tcp/443"))
    assert "IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS" in [hop.code for hop in private.hops]
    nowhere = network(regional, replace(own, routes=()), mode=mode)
    lost = trace(nowhere, parse(nowhere, "app", "internet:tcp/443"))
    assert "NO_ROUTE_TO_DESTINATION" in [hop.code for hop in lost.hops]


def test_what_blocks_is_named_with_what_excludes_from_it():
    made = network(mode=BOTH)
    path = trace(made, parse(made, "app", "internet:tcp/443"))
    blocker = next(hop for hop in path.hops if hop.n in path.blockers)
    assert (blocker.kind, blocker.component, blocker.code) == (HopKind.BPA, "Bpa", "VPC_BLOCK_PUBLIC_ACCESS_ENABLED")
    assert path.symptom.kind == "timeout"
    assert path.hint == "exclude `B` or its VPC from `Bpa` by `allow-egress`"


@pytest.mark.parametrize(("region", "owner"), [("eu-west-1", ""), (REGION, "210987654321")])
def test_the_options_of_another_region_or_account_do_not_count(region, owner):
    options = VpcBlockPublicAccessOptions("Other", BOTH, region, owner)
    made = network(options)
    own = made.having(vpcs={"Vpc": replace(made.network.vpcs["Vpc"], owner_id="123456789012")})
    assert verdict(own, "internet", "web:tcp/443")


@pytest.mark.parametrize(
    "more",
    [
        (VpcBlockPublicAccessOptions("Bpa", Unknown("a parameter", ("Mode",)), REGION),),
        (VpcBlockPublicAccessOptions("Bpa", BOTH, REGION), excluded(ALL, subnet_id=Unknown("a parameter", ("Mode",)))),
        (VpcBlockPublicAccessOptions("Bpa", BOTH, REGION), excluded(Unknown("a parameter", ("Mode",)), vpc_id="Vpc")),
    ],
)
def test_what_is_not_known_leaves_the_path_unknown(more):
    made = network(*more)
    path = trace(made, parse(made, "internet", "web:tcp/443"))
    assert (path.verdict, path.missing) == ("unknown", ("Mode",))


def test_peers_private_addresses_and_answers_are_not_concerned():
    made = network(mode=BOTH)
    assert verdict(made, "app", "web:tcp/443")
    assert verdict(made, "web", "app:tcp/443")
