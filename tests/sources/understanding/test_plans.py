"""Types of Terraform plans that are not read: what they touch, and which of them change no path."""

from __future__ import annotations

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.sources import load
from tests.helpers.terraform_plans import Plan, refers


def network(kind, **expressions):
    plan = Plan()
    plan.add("aws_vpc.main", cidr_block="10.0.0.0/16")
    plan.add("aws_subnet.one", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=..., cidr_block="10.0.1.0/24")
    plan.add("aws_security_group.own", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=..., name="own")
    placed = {"subnet_id": refers("aws_subnet.one.id"), "vpc_security_group_ids": refers("aws_security_group.own.id")}
    plan.add("aws_instance.web", placed, subnet_id=..., vpc_security_group_ids=...)
    plan.add(f"{kind}.drawn", expressions, name="drawn")
    return plan


@pytest.mark.parametrize(
    ("kind", "weight"),
    [
        ("aws_quantum_firewall", "assumed"),
        ("aws_networkfirewall_resource_policy", "assumed"),
        ("aws_ec2_transit_gateway_connect", "assumed"),
    ],
)
def test_an_unread_type_touches_what_it_refers_to(tmp_path, kind, weight):
    cloud = load([network(kind, settings=[{"vpc_id": refers("aws_vpc.main.id")}]).write(tmp_path)])
    (one,) = cloud.template.unread
    assert (one.what, one.weight, {*one.touches}) == (f"Terraform::{kind}", weight, {f"{kind}.drawn", "aws_vpc.main"})
    path = trace(cloud, parse(cloud, "aws_instance.web", "10.9.9.9:tcp/443"))
    named = any(kind in text for text in (*path.assumptions, *path.unread))
    assert named == (weight != "blocks")  # no name is resolved


@pytest.mark.parametrize(
    "kind",
    [
        "aws_flow_log",
        "aws_cloudwatch_metric_alarm",
        "aws_db_parameter_group",
        "aws_acm_certificate",
        "random_id",
        "aws_vpc_ipam",
    ],
)
def test_types_that_change_no_path_are_silent(tmp_path, kind):
    cloud = load([network(kind, vpc_id=refers("aws_vpc.main.id")).write(tmp_path)])
    assert cloud.template.unread == ()


def test_a_value_that_does_not_exist_is_named(tmp_path):
    plan = network("random_id")
    plan.add("aws_lb.front", {"subnets": refers("aws_subnet.one.id")}, subnets=..., load_balancer_type="quantum")
    (one,) = load([plan.write(tmp_path)]).template.unread
    assert (one.resource_id, one.what, one.weight) == ("aws_lb.front", "Type: quantum", "decides")
