"""Types of Terraform plans that are not read: what they touch, and which of them change no path."""

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
        ("aws_networkmanager_transit_gateway_route_table_attachment", "opens"),
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
    found = load([plan.write(tmp_path)]).template.unread
    assert ("aws_lb.front", "Type: quantum", "decides") in [(one.resource_id, one.what, one.weight) for one in found]


DRAWN = {"constant_value": "on"}


@pytest.mark.parametrize(
    ("address", "written", "what"),
    [
        ("aws_vpc.main", {"mesh_mode": DRAWN}, "mesh_mode"),
        ("aws_subnet.one", {"vpc_id": refers("aws_vpc.main.id"), "mesh_mode": DRAWN}, "mesh_mode"),
        ("aws_security_group.own", {"ingress": [{"mesh_peer": DRAWN}]}, "ingress.mesh_peer"),
        ("aws_lb_target_group.web", {"health_check": [{"mesh_path": DRAWN}]}, "health_check.mesh_path"),
        ("aws_vpc.main", {"tags": {"constant_value": {"a": "b"}}, "instance_tenancy": DRAWN}, None),
    ],
)
def test_an_argument_that_is_written_and_not_read_is_named(tmp_path, address, written, what):
    values = {"ingress": [{"protocol": "tcp", "from_port": 1, "to_port": 1, "cidr_blocks": ["10.0.0.0/8"]}], "port": 80}
    values["health_check"] = [{"path": "/"}]
    for name, expression in written.items():
        if isinstance(expression, list):
            values[name][0] |= dict.fromkeys(expression[0], "on")
        else:
            values[name] = expression.get("constant_value", ...)
    plan = network("random_id")
    plan.resources = [one for one in plan.resources if one["address"] != address]
    plan.configuration["resources"] = [one for one in plan.configuration["resources"] if one["address"] != address]
    plan.add(address, written, cidr_block="10.0.1.0/24", **values)
    found = load([plan.write(tmp_path)]).template.unread
    assert [(one.resource_id, one.what, one.weight) for one in found] == ([(address, what, "assumed")] if what else [])


def test_attributes_and_checks_of_load_balancers(tmp_path):
    plan = Plan()
    plan.add("aws_lb.net", load_balancer_type="network", subnets=[], enable_cross_zone_load_balancing=True)
    plan.add("aws_lb.app", load_balancer_type="application", subnets=[], enable_cross_zone_load_balancing=False,
             preserve_host_header=True)  # fmt: skip
    checks = {"path": "/health", "port": "8081", "matcher": "200-299", "healthy_threshold": 2}
    plan.add("aws_lb_target_group.web", port=80, protocol="TCP", proxy_protocol_v2=True, preserve_client_ip="false",
             health_check=[checks])  # fmt: skip
    balancing = load([plan.write(tmp_path)]).balancing
    assert balancing.load_balancers["aws_lb.net"].cross_zone
    assert balancing.load_balancers["aws_lb.app"].attributes["routing.http.preserve_host_header.enabled"] == "true"
    group = balancing.target_groups["aws_lb_target_group.web"]
    assert (group.has_proxy_protocol, group.shows_clients) == (True, False)
    assert (group.health_check_path, group.health_check_port) == ("/health", "8081")
