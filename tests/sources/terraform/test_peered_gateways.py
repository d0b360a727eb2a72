"""Transit gateways that a plan peers: both sides of a peering have one id in AWS."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.sources import load
from tests.helpers.terraform_plans import Plan, refers

PEERING = "aws_ec2_transit_gateway_peering_attachment.p"
ACCEPTER = "aws_ec2_transit_gateway_peering_attachment_accepter.p"
ENDS = {"here": "10.0.0.0/16", "there": "10.1.0.0/16"}


def plan_of(named, *, accepted, tables):
    """Two VPCs behind gateways that are peered. Routes to the other side name one of the peering's resources."""
    plan = Plan()
    for end, block in ENDS.items():
        of, behind = (
            {"vpc_id": refers(f"aws_vpc.{end}.id")},
            {"transit_gateway_id": refers(f"aws_ec2_transit_gateway.{end}.id")},
        )
        subnets = {"subnet_ids": refers(f"aws_subnet.{end}.id")}
        plan.add(f"aws_vpc.{end}", cidr_block=block).add(f"aws_subnet.{end}", of, vpc_id=..., cidr_block=block)
        plan.add(f"aws_ec2_transit_gateway.{end}")
        attached = {"transit_gateway_id": ..., "vpc_id": ..., "subnet_ids": ...}
        plan.add(f"aws_ec2_transit_gateway_vpc_attachment.{end}", {**of, **behind, **subnets}, **attached)
        everything = {"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}
        plan.add(f"aws_security_group.{end}", of, name=end, vpc_id=..., ingress=[everything], egress=[everything])
        inside = {
            "subnet_id": refers(f"aws_subnet.{end}.id"),
            "vpc_security_group_ids": refers(f"aws_security_group.{end}.id"),
        }
        plan.add(f"aws_instance.{end}", inside, subnet_id=..., vpc_security_group_ids=...)
    sides = {
        "transit_gateway_id": refers("aws_ec2_transit_gateway.here.id"),
        "peer_transit_gateway_id": refers("aws_ec2_transit_gateway.there.id"),
    }
    plan.add(
        PEERING,
        sides,
        transit_gateway_id=...,
        peer_transit_gateway_id=...,
        peer_region="eu-west-1",
        peer_account_id="1",
    )
    if accepted:
        plan.add(
            ACCEPTER, {"transit_gateway_attachment_id": refers(f"{PEERING}.id")}, transit_gateway_attachment_id=...
        )
    for end, far in (("here", "there"), ("there", "here")):
        table, attribute = f"aws_ec2_transit_gateway.{end}", "association_default_route_table_id"
        at = {
            "transit_gateway_route_table_id": refers(f"{table}.{attribute}"),
            "transit_gateway_attachment_id": refers(f"{named}.id"),
        }
        if tables:
            table, attribute = f"aws_ec2_transit_gateway_route_table.{end}", "id"
            plan.add(table, {"transit_gateway_id": refers(f"aws_ec2_transit_gateway.{end}.id")}, transit_gateway_id=...)
            at["transit_gateway_route_table_id"] = refers(f"{table}.id")
            for what, of in (("peering", f"{named}.id"), ("vpc", f"aws_ec2_transit_gateway_vpc_attachment.{end}.id")):
                tie = {**at, "transit_gateway_attachment_id": refers(of)}
                unknown = {"transit_gateway_route_table_id": ..., "transit_gateway_attachment_id": ...}
                plan.add(f"aws_ec2_transit_gateway_route_table_association.{end}_{what}", tie, **unknown)
            plan.add(f"aws_ec2_transit_gateway_route_table_propagation.{end}", tie, **unknown)
        plan.add(
            f"aws_ec2_transit_gateway_route.{end}",
            at,
            destination_cidr_block=ENDS[far],
            transit_gateway_attachment_id=...,
            transit_gateway_route_table_id=...,
        )
        route = {
            "route_table_id": refers(f"aws_vpc.{end}.main_route_table_id"),
            "transit_gateway_id": refers(f"aws_ec2_transit_gateway.{end}.id"),
        }
        plan.add(
            f"aws_route.{end}", route, route_table_id=..., transit_gateway_id=..., destination_cidr_block=ENDS[far]
        )
    return plan


@pytest.mark.parametrize("tables", [False, True])
@pytest.mark.parametrize(
    ("named", "accepted", "verdict"),
    [(PEERING, True, "reachable"), (ACCEPTER, True, "reachable"), (PEERING, False, "unknown")],
)
def test_a_peering_leads_to_the_gateway_that_accepts_it(tmp_path, named, accepted, verdict, tables):
    cloud = load([plan_of(named, accepted=accepted, tables=tables).write(tmp_path)])
    for from_, to in (("here", "there"), ("there", "here")):
        path = trace(cloud, parse(cloud, f"aws_instance.{from_}", f"aws_instance.{to}:tcp/443"))
        assert path.verdict == verdict
