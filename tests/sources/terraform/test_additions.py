"""Resources of a plan that add to others, and arguments that netful does not read."""

import json

import pytest

from netful.sources import load
from tests.helpers.paths import path
from tests.helpers.terraform_plans import everything_out, network, refers

API = {"rest_api_id": refers("aws_api_gateway_rest_api.shop.id")}
ORDERS = {"openapi": "3.0.1", "paths": {"/orders": {"get": {"x-amazon-apigateway-integration": {"type": "MOCK"}}}}}


@pytest.fixture
def shop():
    """A REST API that the plan gives a method of its root and an integration with a link of the second version."""
    plan = everything_out(network()).add("aws_api_gateway_rest_api.shop", name="shop")
    root = {"resource_id": refers("aws_api_gateway_rest_api.shop.root_resource_id")}
    plan.add("aws_api_gateway_method.root", {**API, **root}, rest_api_id=..., resource_id=..., http_method="GET",
             authorization="NONE")  # fmt: skip
    place = {"subnets": refers("aws_subnet.private.id"), "security_groups": refers("aws_security_group.fn.id")}
    plan.add("aws_lb.front", place, subnets=..., security_groups=..., internal=True, load_balancer_type="application")
    plan.add("aws_apigatewayv2_vpc_link.inside", {"subnet_ids": place["subnets"], "security_group_ids": place["security_groups"]},
             name="inside", subnet_ids=..., security_group_ids=...)  # fmt: skip
    written = {"connection_id": refers("aws_apigatewayv2_vpc_link.inside.id"), "integration_target": refers("aws_lb.front.arn"),
               "connection_type": {}, "uri": {}, "response_transfer_mode": {}}  # fmt: skip
    return plan.add(
        "aws_api_gateway_integration.root", {**API, **root, **written}, rest_api_id=..., resource_id=..., http_method="GET",
        type="HTTP_PROXY", integration_http_method="GET", uri="http://shop.example.com/", connection_type="VPC_LINK",
        connection_id=..., integration_target=..., response_transfer_mode="STREAM",
    )  # fmt: skip


def test_an_integration_with_a_load_balancer(tmp_path, shop):
    (route,) = load([shop.write(tmp_path)]).apis.rest_apis["aws_api_gateway_rest_api.shop"].routes
    assert (route.integration.target, route.integration.response_transfer_mode) == ("aws_lb.front", "STREAM")


@pytest.mark.parametrize("value", ["on", ...])
def test_an_argument_of_an_addition_is_noted(tmp_path, shop, value):
    """Also one whose value is known only after apply."""
    address = "aws_api_gateway_integration.root"
    resource = next(one for one in shop.resources if one["address"] == address)
    change = next(one["change"] for one in shop.changes if one["address"] == address)
    if value is ...:
        change["after_unknown"]["retries"] = True
    else:
        resource["values"]["retries"] = value
    written = next(one for one in shop.configuration["resources"] if one["address"] == address)
    written["expressions"]["retries"] = {"references": ["local.retries"]}
    cloud = load([shop.write(tmp_path)])
    (noted,) = [one for one in cloud.template.unread if "retries" in one.what]
    assert (noted.what, noted.resource_id) == (f"{address}.retries", "aws_api_gateway_method.root")


def test_the_body_of_an_api_in_a_resource_of_its_own(tmp_path):
    plan = network().add("aws_api_gateway_rest_api.shop", name="shop")
    plan.add("aws_api_gateway_rest_api_put.shop", API, rest_api_id=..., body=json.dumps(ORDERS))
    (route,) = load([plan.write(tmp_path)]).apis.rest_apis["aws_api_gateway_rest_api.shop"].routes
    assert (route.http_method, route.path) == ("GET", "/orders")


def test_parameters_of_an_api_s_body(tmp_path):
    body = {"swagger": "2.0", "basePath": "/v1", "paths": ORDERS["paths"]}
    customizations = {"basepath": "prepend", "endpointConfigurationTypes": "PRIVATE"}
    plan = network().add("aws_api_gateway_rest_api.shop", name="shop", body=json.dumps(body), parameters=customizations)
    api = load([plan.write(tmp_path)]).apis.rest_apis["aws_api_gateway_rest_api.shop"]
    assert ([route.path for route in api.routes], api.private) == (["/v1/orders"], True)


@pytest.mark.parametrize("kind", ["aws_api_gateway_rest_api_put", "aws_api_gateway_rest_api_policy"])
def test_what_is_added_to_an_api_that_is_not_in_the_plan_is_kept(tmp_path, kind):
    plan = network().add(f"{kind}.far", rest_api_id="abc123", body="{}", policy="{}")
    assert load([plan.write(tmp_path)]).template.resources[f"{kind}.far"].type == f"Terraform::{kind}"


@pytest.mark.parametrize("attached", [True, False], ids=["attachment", "block"])
@pytest.mark.parametrize("kind", ["aws_lb_target_group.web", "aws_elb.front"])
def test_traffic_sources_of_a_fleet(tmp_path, kind, attached):
    plan = network().add("aws_launch_template.web", name="web")
    plan.add("aws_lb_target_group.web", name="web", port=80, protocol="HTTP", vpc_id=...)
    plan.add("aws_elb.front", name="front", listener=[{"lb_port": 80, "lb_protocol": "http", "instance_port": 80}])
    source = {"traffic_source": [{"identifier": refers(f"{kind}.{'arn' if kind.startswith('aws_lb') else 'id'}")}]}
    fleet = {"vpc_zone_identifier": refers("aws_subnet.private.id")}
    later = {"traffic_source": [{"identifier": True}]}
    values = {"vpc_zone_identifier": ..., "min_size": 1, "max_size": 1}
    if attached:
        plan.add("aws_autoscaling_group.web", fleet, **values)
        plan.add("aws_autoscaling_traffic_source_attachment.web",
                 {"autoscaling_group_name": refers("aws_autoscaling_group.web.name"), **source},
                 autoscaling_group_name=..., traffic_source=[{"type": "elbv2"}])  # fmt: skip
    else:
        plan.add("aws_autoscaling_group.web", {**fleet, **source}, traffic_source=[{"type": "elbv2"}], **values)
    plan.changes[-1]["change"]["after_unknown"].update(later)
    groups = load([plan.write(tmp_path)]).balancing.target_groups
    registered = {id_: [one.id for one in group.registered_by] for id_, group in groups.items() if group.registered_by}
    assert [*registered.values()] == [["aws_autoscaling_group.web"]]
    assert next(iter(registered)).startswith(kind)


def test_a_spot_request_is_an_instance(tmp_path):
    place = {"subnet_id": refers("aws_subnet.private.id"), "vpc_security_group_ids": refers("aws_security_group.fn.id")}
    plan = everything_out(network()).add(
        "aws_spot_instance_request.web", place, subnet_id=..., vpc_security_group_ids=..., ami="ami-1"
    )
    assert (
        path(load([plan.write(tmp_path)]), "aws_spot_instance_request.web", "internet:tcp/443").verdict == "reachable"
    )


@pytest.mark.parametrize(
    ("kind", "argument", "holder"),
    [
        ("aws_vpc_route_server_propagation", "route_table_id", "aws_route_table.private"),
        ("aws_ec2_local_gateway_route", "route_table_id", "aws_route_table.private"),
    ],
)
def test_a_type_that_decides_makes_a_path_unknown(tmp_path, kind, argument, holder):
    plan = everything_out(network()).add(f"{kind}.far", {argument: refers(f"{holder}.id")}, **{argument: ...})
    assert path(load([plan.write(tmp_path)]), "aws_lambda_function.orders", "internet:tcp/443").verdict == "unknown"


@pytest.mark.parametrize(
    ("own", "replaces", "groups"),
    [
        ({}, [], ("aws_vpc.main.default",)),
        ({}, [None], ("aws_vpc.main.default", "aws_security_group.g0")),
        ({}, [True], ("aws_security_group.g0",)),
        ({}, [False, True], ("aws_security_group.g0", "aws_security_group.g1")),
        ({"security_group_ids": ["sg-1"]}, [False], ("sg-1", "aws_security_group.g0")),
    ],
)
def test_groups_associated_with_an_endpoint_are_beside_the_default_one(tmp_path, own, replaces, groups):
    vpc, plan = {"vpc_id": refers("aws_vpc.main.id")}, network()
    plan.add("aws_vpc_endpoint.e", {**vpc, **{name: {} for name in own}}, vpc_id=..., vpc_endpoint_type="Interface",
             service_name="com.amazonaws.eu-west-1.ssm", **{"security_group_ids": ..., **own})  # fmt: skip
    for number, replacing in enumerate(replaces):
        ends = {"vpc_endpoint_id": refers("aws_vpc_endpoint.e.id"), "security_group_id": refers(f"aws_security_group.g{number}.id")}  # fmt: skip
        plan.add(f"aws_security_group.g{number}", vpc, vpc_id=..., name=f"g{number}")
        plan.add(f"aws_vpc_endpoint_security_group_association.a{number}", ends, vpc_endpoint_id=...,
                 security_group_id=..., replace_default_association=replacing)  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    assert cloud.network.vpc_endpoints["aws_vpc_endpoint.e"].security_group_ids == groups
    assert not cloud.template.unread


def test_the_zone_of_an_attached_target(tmp_path):
    plan = network().add("aws_lb_target_group.t", port=80, protocol="HTTP", target_type="ip")
    to = {"target_group_arn": refers("aws_lb_target_group.t.arn"), "availability_zone": {}}
    plan.add(
        "aws_lb_target_group_attachment.a", to, target_group_arn=..., target_id="10.9.0.1", availability_zone="all"
    )
    (target,) = load([plan.write(tmp_path)]).balancing.target_groups["aws_lb_target_group.t"].targets
    assert (target.id, target.availability_zone) == ("10.9.0.1", "all")
