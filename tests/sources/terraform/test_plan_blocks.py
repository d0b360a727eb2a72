"""Blocks and arguments of a plan that CloudFormation has in another form: the readers find what the provider's resource says."""

import json

import pytest

from netful.model.core import Unknown
from netful.model.network.network_interface import NetworkInterface
from netful.sources import load
from netful.sources.refusals import refusals
from tests.helpers.paths import path
from tests.helpers.terraform_plans import everything_out, network, refers

SUBNET, GROUP = refers("aws_subnet.private.id"), refers("aws_security_group.web.id")


@pytest.fixture
def plan():
    return network().add("aws_security_group.web", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=..., name="web")


def interface(cloud, owner) -> NetworkInterface:
    (found,) = cloud.network.interfaces_of(owner)
    return found


@pytest.mark.parametrize("by", ["id", "name"])
@pytest.mark.parametrize("kind", ["aws_instance", "aws_autoscaling_group", "mixed"])
def test_a_launch_template_by_its_id_or_its_name(tmp_path, plan, kind, by):
    """The provider fills in the other one, which is known only after apply."""
    template = {"vpc_security_group_ids": GROUP}
    plan.add("aws_launch_template.web", template, vpc_security_group_ids=..., name_prefix="web-")
    wholly = {"launch_template_id": True, "launch_template_name": True, "id": True, "name": True}
    named = refers(f"aws_launch_template.web.{by}")
    if kind == "mixed":
        specification = {"launch_template_specification": [{f"launch_template_{by}": named}]}
        written = {"mixed_instances_policy": [{"launch_template": [specification]}]}
        values = {"mixed_instances_policy": [{"launch_template": [{"launch_template_specification": [{}]}]}]}
        later = {"mixed_instances_policy": [{"launch_template": [{"launch_template_specification": [wholly]}]}]}
    else:
        written, values, later = {"launch_template": [{by: named}]}, {"launch_template": [{}]}, {"launch_template": [wholly]}  # fmt: skip
    address = "aws_instance.web" if kind == "aws_instance" else "aws_autoscaling_group.web"
    place = "subnet_id" if kind == "aws_instance" else "vpc_zone_identifier"
    plan.add(address, {place: SUBNET, **written}, **{place: ...}, **values)
    plan.changes[-1]["change"]["after_unknown"].update(later)
    assert interface(load([plan.write(tmp_path)]), address).security_group_ids == ("aws_security_group.web",)


def test_interfaces_of_a_launch_template(tmp_path, plan):
    interfaces = {"network_interfaces": [{"subnet_id": SUBNET, "security_groups": GROUP}]}
    plan.add("aws_launch_template.web", interfaces, name="web", network_interfaces=[{"ipv6_address_count": 0}])
    plan.changes[-1]["change"]["after_unknown"]["network_interfaces"] = [{"subnet_id": True, "security_groups": True}]
    plan.add("aws_instance.web", {"launch_template": [{"name": {}}]}, launch_template=[{"name": "web"}])
    eni = interface(load([plan.write(tmp_path)]), "aws_instance.web")
    assert (eni.subnet_id, eni.security_group_ids) == ("aws_subnet.private", ("aws_security_group.web",))


def test_an_interface_with_its_attachment_and_ipv6(tmp_path, plan):
    plan.add("aws_instance.web", {"subnet_id": SUBNET}, subnet_id=...)
    written = {"subnet_id": SUBNET, "attachment": [{"instance": refers("aws_instance.web.id"), "device_index": {}}]}
    plan.add("aws_network_interface.second", written, subnet_id=..., private_ips=["10.0.9.9"],
             ipv6_addresses=["2001:db8::9"], attachment=[{"device_index": 1}])  # fmt: skip
    plan.changes[-1]["change"]["after_unknown"]["attachment"] = [{"instance": True}]
    found = load([plan.write(tmp_path)]).network
    assert {str(one.private_ip_address) for one in found.interfaces_of("aws_instance.web")} >= {"10.0.9.9"}
    assert str(found.network_interfaces["aws_network_interface.second"].ipv6_address) == "2001:db8::9"


@pytest.mark.parametrize("kind", ["aws_route_table.private", "aws_default_route_table.main"])
def test_a_gateway_that_propagates_to_a_table(tmp_path, plan, kind):
    plan.add("aws_vpn_gateway.office", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=...)
    plan.add("aws_vpn_connection.office", {"vpn_gateway_id": refers("aws_vpn_gateway.office.id")}, vpn_gateway_id=...,
             static_routes_only=True)  # fmt: skip
    of = {"vpn_connection_id": refers("aws_vpn_connection.office.id")}
    plan.add("aws_vpn_connection_route.office", of, vpn_connection_id=..., destination_cidr_block="192.168.0.0/16")
    gateways = {"propagating_vgws": refers("aws_vpn_gateway.office.id")}
    if kind.startswith("aws_default"):
        named = {"default_route_table_id": refers("aws_vpc.main.default_route_table_id")}
        plan.add(kind, {**named, **gateways}, default_route_table_id=..., propagating_vgws=...)
    else:
        written = next(one for one in plan.configuration["resources"] if one["address"] == kind)
        written["expressions"].update(gateways)
        next(one for one in plan.changes if one["address"] == kind)["change"]["after_unknown"]["propagating_vgws"] = (
            True
        )
    tables = load([plan.write(tmp_path)]).network.route_tables.values()
    learned = [route.destination_cidr_block for table in tables for route in table.routes if route.propagated]
    assert [str(one) for one in learned] == ["192.168.0.0/16"]


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({"weighted_routing_policy": [{"weight": 7}]}, (7, "", "")),
        ({"failover_routing_policy": [{"type": "PRIMARY"}]}, (None, "PRIMARY", "")),
        ({"latency_routing_policy": [{"region": "eu-west-1"}]}, (None, "", "eu-west-1")),
    ],
)
def test_routing_policies_of_records(tmp_path, plan, policy, expected):
    plan.add("aws_route53_zone.corp", name="corp.example")
    zone = {"zone_id": refers("aws_route53_zone.corp.zone_id"), **{name: [{}] for name in policy}}
    plan.add("aws_route53_record.www", zone, zone_id=..., name="www", type="A", ttl=60, records=["10.0.0.9"],
             set_identifier="a", **policy)  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    (record,) = cloud.names.hosted_zones["aws_route53_zone.corp"].records
    assert (record.weight, record.failover, record.region) == expected
    assert cloud.template.unread == ()


@pytest.mark.parametrize("overwrites", [True, False])
def test_a_record_that_another_overwrites(tmp_path, plan, overwrites):
    plan.add("aws_route53_zone.corp", name="corp.example")
    zone = {"zone_id": refers("aws_route53_zone.corp.zone_id")}
    for name in ("first", "second"):
        plan.add(f"aws_route53_record.{name}", zone, zone_id=..., name="www", type="A", ttl=60, records=["10.0.0.9"],
                 allow_overwrite=overwrites)  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    refused = [] if overwrites else ["aws_route53_record.second"]
    assert [one.resource_id for one in refusals(cloud)] == [one.resource_id for one in cloud.template.unread] == refused


def test_a_record_by_place_is_not_understood(tmp_path, plan):
    plan.add("aws_route53_zone.corp", name="corp.example")
    written = {"zone_id": refers("aws_route53_zone.corp.zone_id"), "geolocation_routing_policy": [{"country": {}}]}
    plan.add("aws_route53_record.www", written, zone_id=..., name="www", type="A", ttl=60, records=["10.0.0.9"],
             set_identifier="a", geolocation_routing_policy=[{"country": "JP"}])  # fmt: skip
    (unread,) = load([plan.write(tmp_path)]).template.unread
    assert (unread.what, unread.weight) == ("GeoLocation", "decides")


@pytest.mark.parametrize("resource", ["aws_eip", "aws_eip_association", "by its address"])
def test_the_address_that_an_elastic_ip_belongs_to(tmp_path, plan, resource):
    plan.add("aws_network_interface.e", {"subnet_id": SUBNET}, subnet_id=..., private_ips=["10.0.9.50", "10.0.9.51"],
             private_ip_list_enabled=False)  # fmt: skip
    interface = refers("aws_network_interface.e.id")
    if resource == "aws_eip":
        plan.add(
            "aws_eip.one",
            {"network_interface": interface},
            network_interface=...,
            associate_with_private_ip="10.0.9.51",
        )
    else:
        named = {"allocation_id": refers("aws_eip.one.id")} if resource != "by its address" else {}
        plan.add("aws_eip.one", domain="vpc", public_ip=...)
        plan.add("aws_eip_association.of", {"network_interface_id": interface, "public_ip": refers("aws_eip.one.public_ip"), **named},
                 network_interface_id=..., allocation_id=..., public_ip=..., private_ip_address="10.0.9.51")  # fmt: skip
    network = load([plan.write(tmp_path)]).network
    pairs = network.network_interfaces["aws_network_interface.e"].secondary_public_ips
    assert [(str(private), public) for private, public in pairs] == [
        ("10.0.9.51", network.elastic_ips["aws_eip.one"].public_ip)
    ]


@pytest.mark.parametrize(
    ("options", "only"), [({}, True), ({"dns_options": [{"dns_record_ip_type": "ipv4"}]}, False),
                          ({"dns_options": [{"private_dns_only_for_inbound_resolver_endpoint": True}]}, True)],
)  # fmt: skip
def test_private_dns_of_an_endpoint_of_s3(tmp_path, plan, options, only):
    written = {"vpc_id": refers("aws_vpc.main.id")} | {name: [{}] for name in options}
    plan.add("aws_vpc_endpoint.s3", written, vpc_id=..., vpc_endpoint_type="Interface", private_dns_enabled=True,
             service_name="com.amazonaws.eu-west-1.s3", **options)  # fmt: skip
    endpoint = load([plan.write(tmp_path)]).network.vpc_endpoints["aws_vpc_endpoint.s3"]
    assert endpoint.private_dns_only_for_inbound_resolver is only


def test_the_zone_of_a_subnet_by_its_id(tmp_path, plan):
    plan.add("aws_subnet.b", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=..., cidr_block="10.0.7.0/24",
             availability_zone_id="euw1-az2")  # fmt: skip
    plan.changes[-1]["change"]["after_unknown"]["availability_zone"] = True
    assert load([plan.write(tmp_path)]).network.subnets["aws_subnet.b"].zone == "eu-west-1b"


def test_addresses_of_a_regional_nat_gateway(tmp_path, plan):
    zones = [{"availability_zone": "eu-west-1a"}]
    written = {"vpc_id": refers("aws_vpc.main.id"), "availability_mode": {}, "connectivity_type": {},
               "availability_zone_address": [{"availability_zone": {}, "allocation_ids": refers("aws_eip.nat.id")}]}  # fmt: skip
    plan.add("aws_nat_gateway.all", written, vpc_id=..., availability_mode="regional", connectivity_type="public",
             availability_zone_address=zones)  # fmt: skip
    plan.changes[-1]["change"]["after_unknown"]["availability_zone_address"] = [{"allocation_ids": True}]
    gateway = load([plan.write(tmp_path)]).network.nat_gateways["aws_nat_gateway.all"]
    assert [*gateway.zonal_allocation_ids] == ["eu-west-1a"]


def test_policies_in_blocks_of_a_role(tmp_path, plan):
    text = {"Statement": [{"Effect": "Allow", "Action": "ssm:*", "Resource": "*"}]}
    written = {"inline_policy": [{"name": {}, "policy": {}}]}
    plan.add("aws_iam_role.own", written, name="own", inline_policy=[{"name": "p", "policy": json.dumps(text)}])
    role = load([plan.write(tmp_path)]).access.roles["aws_iam_role.own"]
    assert role.statements == tuple(text["Statement"])


def tasks(**more):
    network = {"network_configuration": [{"subnets": SUBNET, "security_groups": GROUP, **more}]}
    return network, {"network_configuration": [{"subnets": True, "security_groups": True}]}


@pytest.mark.parametrize(
    "kind", ["aws_cloudwatch_event_rule.daily", "aws_scheduler_schedule.daily", "aws_ecs_task_set.blue"]
)
def test_tasks_that_something_else_than_a_service_starts(tmp_path, plan, kind):
    written, later = tasks()
    values = {"network_configuration": [{"assign_public_ip": False}]}
    if kind.startswith("aws_cloudwatch"):
        plan.add(kind, name="daily", schedule_expression="rate(1 day)")
        of = {"rule": refers(f"{kind}.name"), "ecs_target": [written]}
        plan.add("aws_cloudwatch_event_target.daily", of, rule="daily", arn="arn:aws:ecs:eu-west-1:123456789012:cluster/c",
                 ecs_target=[{"launch_type": "FARGATE", **values}])  # fmt: skip
        plan.changes[-1]["change"]["after_unknown"]["ecs_target"] = [later]
    elif kind.startswith("aws_scheduler"):
        target = {"target": [{"ecs_parameters": [written]}]}
        plan.add(kind, target, name="daily", schedule_expression="rate(1 day)", flexible_time_window=[{"mode": "OFF"}],
                 target=[{"arn": "arn:aws:ecs:eu-west-1:123456789012:cluster/c", "role_arn": "arn:aws:iam::123456789012:role/r",
                          "ecs_parameters": [values]}])  # fmt: skip
        plan.changes[-1]["change"]["after_unknown"]["target"] = [{"ecs_parameters": [later]}]
    else:
        plan.add(kind, written, cluster="c", service="s", task_definition="t:1", launch_type="FARGATE", **values)
        plan.changes[-1]["change"]["after_unknown"].update(later)
    eni = interface(load([plan.write(tmp_path)]), kind)
    assert (eni.subnet_id, eni.security_group_ids) == ("aws_subnet.private", ("aws_security_group.web",))


@pytest.mark.parametrize("on", [True, False])
def test_dns_settings_of_the_default_vpc(tmp_path, plan, on):
    plan.add("aws_default_vpc.default", {"enable_dns_hostnames": {}, "enable_dns_support": {}},
             enable_dns_hostnames=on, enable_dns_support=on)  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    vpc = cloud.network.vpcs["aws_default_vpc.default"]
    assert (vpc.enable_dns_hostnames, vpc.enable_dns_support, cloud.template.unread) == (on, on, ())


def test_responses_and_scopes_of_an_http_api(tmp_path, plan):
    plan.add("aws_apigatewayv2_api.shop", name="shop", protocol_type="HTTP")
    api = {"api_id": refers("aws_apigatewayv2_api.shop.id")}
    plan.add("aws_apigatewayv2_integration.shop", {**api, "response_parameters": [{}]}, api_id=..., integration_type="HTTP_PROXY",
             integration_uri="https://example.com", integration_method="GET",
             response_parameters=[{"status_code": "200", "mappings": {"overwrite:statuscode": "201"}}])  # fmt: skip
    target = {**api, "target": refers("aws_apigatewayv2_integration.shop.id"), "authorization_scopes": {}}
    plan.add("aws_apigatewayv2_route.shop", target, api_id=..., target=..., route_key="GET /", authorization_type="JWT",
             authorization_scopes=["orders.read"])  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    (route,) = cloud.apis.http_apis["aws_apigatewayv2_api.shop"].routes
    assert route.authorization_scopes == ("orders.read",)
    assert [dict(one) for one in route.integration.response_parameters.values()] == [{"overwrite:statuscode": "201"}]
    assert cloud.template.unread == ()


def test_a_subnet_s_zone_of_an_unknown_pool_is_unknown(tmp_path, plan):
    pool = {"vpc_id": refers("aws_vpc.main.id"), "ipv6_ipam_pool_id": {}}
    plan.add("aws_subnet.six", pool, vpc_id=..., cidr_block="10.0.8.0/24", ipv6_ipam_pool_id="ipam-pool-1")
    assert isinstance(load([plan.write(tmp_path)]).network.subnets["aws_subnet.six"].ipv6_cidr_block, Unknown)


def test_ports_of_an_entry_for_all_protocols_say_nothing(tmp_path):
    """A plan writes them as 0."""
    everything = {
        "rule_no": 100,
        "protocol": "-1",
        "action": "allow",
        "cidr_block": "0.0.0.0/0",
        "from_port": 0,
        "to_port": 0,
    }
    written = {way: [{name: {} for name in everything}] for way in ("ingress", "egress")}
    plan = everything_out(network()).add(
        "aws_network_acl.own", {"vpc_id": refers("aws_vpc.main.id"), "subnet_ids": SUBNET, **written},
        vpc_id=..., subnet_ids=..., ingress=[everything], egress=[everything],
    )  # fmt: skip
    found = path(load([plan.write(tmp_path)]), "aws_lambda_function.orders", "internet:tcp/443")
    assert (found.verdict, found.assumptions) == ("reachable", ())


def test_an_endpoint_with_addresses_of_its_own(tmp_path, plan):
    written = {"subnet_ids": SUBNET, "security_group_ids": GROUP, "vpc_id": refers("aws_vpc.main.id")}
    addresses = {
        "subnet_id": SUBNET,
        "ipv4": {"constant_value": "10.0.9.50"},
        "ipv6": {"constant_value": "2001:db8::50"},
    }
    plan.add(
        "aws_vpc_endpoint.ssm", {**written, "subnet_configuration": [addresses]}, subnet_ids=..., security_group_ids=..., vpc_id=...,
        service_name="com.amazonaws.eu-west-1.ssm", vpc_endpoint_type="Interface", private_dns_enabled=True,
        subnet_configuration=[{"ipv4": "10.0.9.50", "ipv6": "2001:db8::50"}],
    )  # fmt: skip
    plan.changes[-1]["change"]["after_unknown"]["subnet_configuration"] = [{"subnet_id": True}]
    cloud = load([plan.write(tmp_path)])
    eni = interface(cloud, "aws_vpc_endpoint.ssm")
    assert (str(eni.private_ip_address), str(eni.ipv6_address)) == ("10.0.9.50", "2001:db8::50")
    assert cloud.template.unread == ()


def test_blocks_with_the_same_constants_have_their_own_references(tmp_path, plan):
    """Two target groups of one port of a container."""
    constants = {"container_name": "web", "container_port": 8080}
    written = {name: {"constant_value": value} for name, value in constants.items()}
    names = ["aws_lb_target_group.one", "aws_lb_target_group.other"]
    for name in names:
        plan.add(name, {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=..., port=80, protocol="HTTP", target_type="ip")
    blocks = [{**written, "target_group_arn": refers(f"{name}.arn")} for name in names]
    plan.add("aws_ecs_service.s", {"load_balancer": blocks}, name="s", load_balancer=[constants, constants])
    plan.changes[-1]["change"]["after_unknown"]["load_balancer"] = [{"target_group_arn": True}] * 2
    cloud = load([plan.write(tmp_path)])
    found = cloud.template.resources["aws_ecs_service.s"].properties["LoadBalancers"]
    assert [cloud.named(one["TargetGroupArn"]) for one in found] == names
