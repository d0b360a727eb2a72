"""References of rules to groups of other VPCs: by peering, by transit gateway, in one direction (newer-aws §3)."""

from dataclasses import replace

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.protocols import ALL_PROTOCOLS
from netful.model.network.route_tables import RouteTable, TargetKind
from netful.model.network.transit_gateways import (
    AttachmentKind,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayRouteTable,
)
from netful.model.network.vpc import Subnet, Vpc
from tests.helpers.small_clouds import REGION, acl, cloud, eni, group, net, route, rule

EVERYTHING = rule(ALL_PROTOCOLS, -1)
FROM_APP, TO_DB = rule(ALL_PROTOCOLS, -1, peer="App"), rule(ALL_PROTOCOLS, -1, peer="Db")


def network(*, closed=(), egress=(EVERYTHING,), ingress=(FROM_APP,), owner=InterfaceOwner.INSTANCE):
    """`app` in Vpc and `db` in W, joined by a transit gateway; `closed` do not support references."""
    to_gateway = (TargetKind.TRANSIT_GATEWAY, "Tgw")
    both = {"A": ("Vpc", ("A",)), "B": ("W", ("W1",))}
    return cloud(
        Vpc("W", (net("10.1.0.0/16"),), region=REGION),
        Subnet("W1", "W", net("10.1.1.0/24"), availability_zone=f"{REGION}a"),
        RouteTable("Main", "Vpc", (route("10.1.0.0/16", *to_gateway),), main=True),
        RouteTable("W.Main", "W", (route("10.0.0.0/16", *to_gateway),), main=True),
        replace(acl("W.Default", default=True), vpc_id="W"),
        TransitGateway("Tgw", region=REGION, security_group_referencing="Tgw" not in closed),
        *(
            TransitGatewayAttachment(
                id_, "Tgw", AttachmentKind.VPC, vpc, subnets, security_group_referencing=id_ not in closed
            )
            for id_, (vpc, subnets) in both.items()
        ),
        TransitGatewayRouteTable("Rtb", "Tgw", (), ("A", "B"), ("A", "B")),
        group("App", egress=egress),
        group("Db", ingress=ingress, vpc_id="W"),
        eni("eni-app", "A", ("App",), "10.0.1.50"),
        eni("eni-db", "W1", ("Db",), "10.1.1.50", owner=owner),
    )


def walked(made):
    path = trace(made, parse(made, "app", "10.1.1.50:tcp/443"))
    return path.verdict, [hop.code for hop in path.hops if hop.verdict == "deny"], path.hint


def test_inbound_rules_refer_to_groups_where_all_three_support_it():
    assert walked(network())[:2] == ("reachable", [])


@pytest.mark.parametrize("closed", ["Tgw", "A", "B"])
def test_one_that_does_not_support_it_is_named(closed):
    verdict, codes, hint = walked(network(closed=(closed,)))
    assert (verdict, codes) == ("blocked", ["SG_REFERENCING_SUPPORT"])
    assert f"`{closed}`" in hint


def test_an_attachment_to_another_transit_gateway_is_not_named():
    made = network(closed=("A",))
    other = TransitGatewayAttachment("C", "Other", AttachmentKind.VPC, "W", ("W1",), security_group_referencing=False)
    attachments = {other.id: other, **made.network.transit_gateway_attachments}
    assert "`A`" in walked(made.having(transit_gateway_attachments=attachments))[2]


def test_outbound_rules_never_refer_across():
    assert walked(network(egress=(TO_DB,), ingress=(EVERYTHING,)))[:2] == ("blocked", ["ENI_SG_RULES_MISMATCH"])


@pytest.mark.parametrize(("associated", "assumed"), [(("W",), 0), ((), 1)])
def test_a_group_of_another_vpc_counts_where_its_members_are(associated, assumed):
    made = network(ingress=())
    shared = replace(group("Shared", ingress=(FROM_APP,)), associated_vpc_ids=associated)
    db = replace(made.network.network_interfaces["eni-db"], security_group_ids=("Shared",))
    made = made.having(
        security_groups={**made.network.security_groups, "Shared": shared},
        network_interfaces={**made.network.network_interfaces, "eni-db": db},
    )
    path = trace(made, parse(made, "app", "10.1.1.50:tcp/443"))
    assert (path.verdict, len(path.assumptions)) == ("reachable", assumed)


def test_a_rule_for_a_group_that_the_source_lacks_is_not_a_matter_of_support():
    verdict, codes, hint = walked(network(closed=("Tgw",), ingress=(TO_DB,)))
    assert (verdict, codes) == ("blocked", ["ENI_SG_RULES_MISMATCH"])
    assert hint == "let `Db` admit tcp/443 from 10.0.1.0/24"
