"""APIs, fleets and VPNs of Terraform plans: the same answers as the template that says the same gives."""

import json

import pytest
import yaml

from netful.engine.authorization.permissions import execute_api_arn, permits
from netful.engine.integrations.integration_targets import Callee
from netful.engine.overview.inventory import inventory
from netful.engine.overview.triggers import triggers
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.core import Unknown
from netful.sources import load
from tests.helpers.terraform_plans import Plan, network, refers

INVOKE = "arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/{}/invocations"
ORDERS = "arn:aws:lambda:eu-west-1:123456789012:function:orders"


def rest_api():
    """A private REST API: GET / and ANY /{id} of a function, a stage with settings, and a usage plan with its key."""
    api = {"rest_api_id": refers("aws_api_gateway_rest_api.shop.id")}
    root = {"references": ["aws_api_gateway_rest_api.shop.root_resource_id", "aws_api_gateway_rest_api.shop"]}
    plan = network()
    plan.add("aws_api_gateway_rest_api.shop", name="shop", endpoint_configuration=[{"types": ["PRIVATE"]}])
    plan.add(
        "aws_api_gateway_rest_api_policy.shop", api, rest_api_id=...,
        policy='{"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "*"}]}',
    )  # fmt: skip
    plan.add(
        "aws_api_gateway_resource.id", {**api, "parent_id": root}, rest_api_id=..., parent_id=..., path_part="{id}"
    )
    places = {"root": (root, "GET"), "id": (refers("aws_api_gateway_resource.id.id"), "ANY")}
    for name, (place, verb) in places.items():
        at = {**api, "resource_id": place}
        plan.add(
            f"aws_api_gateway_method.{name}", at, rest_api_id=..., resource_id=..., http_method=verb,
            authorization="NONE", api_key_required=True,
        )  # fmt: skip
        plan.add(
            f"aws_api_gateway_integration.{name}",
            {**at, "http_method": refers(f"aws_api_gateway_method.{name}.http_method"),
             "uri": refers("aws_lambda_function.orders.invoke_arn")},
            rest_api_id=..., resource_id=..., uri=..., http_method=verb, type="AWS_PROXY", integration_http_method="POST",
        )  # fmt: skip
    plan.add("aws_api_gateway_deployment.shop", api, rest_api_id=...)
    plan.add(
        "aws_api_gateway_stage.live", {**api, "deployment_id": refers("aws_api_gateway_deployment.shop.id")},
        rest_api_id=..., deployment_id=..., stage_name="live",
    )  # fmt: skip
    plan.add(
        "aws_api_gateway_method_settings.all",
        {**api, "stage_name": refers("aws_api_gateway_stage.live.stage_name")},
        rest_api_id=..., stage_name="live", method_path="*/*",
        settings=[{"throttling_rate_limit": 20, "throttling_burst_limit": 40, "caching_enabled": False,
                   "require_authorization_for_cache_control": False}],
    )  # fmt: skip
    plan.add(
        "aws_api_gateway_usage_plan.basic",
        {"api_stages": [{"api_id": refers("aws_api_gateway_rest_api.shop.id"), "stage": refers("aws_api_gateway_stage.live.stage_name")}]},
        name="basic", api_stages=[{"stage": "live", "throttle": [{"path": "/{id}/GET", "burst_limit": 2, "rate_limit": 1}]}], throttle_settings=[{"rate_limit": 5, "burst_limit": 10}],
    )  # fmt: skip
    plan.changes[-1]["change"]["after_unknown"]["api_stages"] = [{"api_id": True}]
    plan.add("aws_api_gateway_api_key.partner", name="partner", enabled=True)
    return plan.add(
        "aws_api_gateway_usage_plan_key.partner",
        {"key_id": refers("aws_api_gateway_api_key.partner.id"), "usage_plan_id": refers("aws_api_gateway_usage_plan.basic.id")},
        key_id=..., usage_plan_id=..., key_type="API_KEY",
    )  # fmt: skip


def test_a_rest_api_with_what_the_provider_keeps_apart_from_it(tmp_path):
    cloud = load([rest_api().write(tmp_path)])
    api = cloud.apis.rest_apis["aws_api_gateway_rest_api.shop"]
    assert api.private
    routes = {(route.http_method, route.path): route for route in api.routes}
    assert routes.keys() == {("GET", "/"), ("ANY", "/{id}")}
    assert {route.integration.uri for route in routes.values()} == {INVOKE.format(ORDERS)}
    assert all(route.api_key_required for route in routes.values())
    (stage,) = cloud.apis.stages_of(api.id)
    settings = stage.method_settings[0]
    assert (stage.stage_name, settings.throttling_rate_limit, settings.throttling_burst_limit) == ("live", 20, 40)
    assert settings.require_authorization_for_cache_control is False
    plan = cloud.apis.usage_plans["aws_api_gateway_usage_plan.basic"]
    assert (plan.throttle.rate_limit, plan.key_ids) == (5, ("aws_api_gateway_api_key.partner",))
    assert [(opened.api_id, opened.stage_name) for opened in plan.stages] == [(api.id, "live")]
    assert [limits.rate_limit for limits in plan.stages[0].methods.values()] == [1]
    path = trace(cloud, parse(cloud, "endpoint:vpce-1", f"{api.id} GET /live/"))
    assert [hop.verdict for hop in path.hops if hop.kind in ("host", "policy", "route")] == ["allow"] * 3


def test_who_may_call_and_which_share_a_canary_has(tmp_path):
    plan = rest_api()
    api = {"rest_api_id": refers("aws_api_gateway_rest_api.shop.id")}
    plan.add("aws_api_gateway_authorizer.token", api, rest_api_id=..., name="token", type="TOKEN",
             authorizer_uri=INVOKE.format(ORDERS), identity_validation_expression="[a-z]+")  # fmt: skip
    plan.add("aws_api_gateway_stage.next", api, rest_api_id=..., stage_name="next",
             canary_settings=[{"percent_traffic": 10, "stage_variable_overrides": {"alias": "new"}}])  # fmt: skip
    plan.add("aws_api_gateway_domain_name.shop", domain_name="shop.example.com",
             endpoint_configuration=[{"types": ["REGIONAL"]}], mutual_tls_authentication=[{"truststore_uri": "s3://stores/ca.pem"}])  # fmt: skip
    found = load([plan.write(tmp_path)]).apis
    authorizers = found.rest_apis["aws_api_gateway_rest_api.shop"].authorizers
    assert authorizers["aws_api_gateway_authorizer.token"].identity_validation_expression == "[a-z]+"
    canary = found.stages["aws_api_gateway_stage.next"].canary
    assert (canary.percent_traffic, dict(canary.stage_variable_overrides)) == (10, {"alias": "new"})
    assert found.domain_names["aws_api_gateway_domain_name.shop"].mutual_tls


@pytest.mark.parametrize(
    ("effect", "associated", "codes"),
    [
        ("Allow", True, []),
        ("Deny", True, ["NETFUL_API_DOMAIN_POLICY_DENY"]),
        ("Allow", False, ["NETFUL_API_NOT_ASSOCIATED"]),
    ],
)
def test_a_private_domain_name_with_its_policy_and_association(tmp_path, effect, associated, codes):
    plan, domain = rest_api(), "aws_api_gateway_domain_name.shop"
    policy = {"Statement": [{"Effect": effect, "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}]}  # fmt: skip
    plan.add(
        domain, domain_name="shop.corp", endpoint_configuration=[{"types": ["PRIVATE"]}], policy=json.dumps(policy)
    )
    plan.add(
        "aws_api_gateway_base_path_mapping.shop",
        {"api_id": refers("aws_api_gateway_rest_api.shop.id"), "domain_name": refers(f"{domain}.domain_name"),
         "domain_name_id": refers(f"{domain}.domain_name_id")},
        api_id=..., domain_name="shop.corp", domain_name_id=..., stage_name="live",
    )  # fmt: skip
    door = {"subnet_ids": refers("aws_subnet.private.id"), "vpc_id": refers("aws_vpc.main.id"), "security_group_ids": refers("aws_security_group.fn.id")}  # fmt: skip
    plan.add("aws_vpc_endpoint.door", door, subnet_ids=..., vpc_id=..., security_group_ids=..., vpc_endpoint_type="Interface",
             service_name="com.amazonaws.eu-west-1.execute-api", private_dns_enabled=True)  # fmt: skip
    if associated:
        plan.add(
            "aws_api_gateway_domain_name_access_association.shop",
            {"access_association_source": refers("aws_vpc_endpoint.door.id"), "domain_name_arn": refers(f"{domain}.arn")},
            access_association_source=..., domain_name_arn=..., access_association_source_type="VPCE",
        )  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    path = trace(cloud, parse(cloud, "endpoint:aws_vpc_endpoint.door", "https://shop.corp/"))
    assert [hop.code for hop in path.hops if hop.verdict == "deny" and hop.kind in ("host", "policy")] == codes


@pytest.mark.parametrize(
    "entry", ["dns_entry[0].dns_name", 'dns_entry[0]["dns_name"]', "dns_entry[0]", ""]
)  # as an attribute, an index, an argument of `lookup`, and after `[each.key]`
@pytest.mark.parametrize("alias", [True, False])
def test_a_record_of_an_endpoint_s_name(tmp_path, entry, alias):
    plan, endpoint = network(), "aws_vpc_endpoint.door"
    of_vpc = {"vpc_id": refers("aws_vpc.main.id")}
    door = {**of_vpc, "subnet_ids": refers("aws_subnet.private.id"), "security_group_ids": refers("aws_security_group.fn.id")}  # fmt: skip
    plan.add(endpoint, door, subnet_ids=..., vpc_id=..., security_group_ids=..., vpc_endpoint_type="Interface",
             service_name="com.amazonaws.eu-west-1.execute-api", private_dns_enabled=False)  # fmt: skip
    plan.add("aws_route53_zone.corp", {"vpc": [of_vpc]}, name="corp", vpc=[{}])
    named = {"references": [f"{endpoint}.{entry}", endpoint] if entry else [endpoint]}
    written = {"alias": [{"name": named}]} if alias else {"records": named}
    known = {"alias": [{"evaluate_target_health": False}]} if alias else {"records": ..., "ttl": 60}
    plan.add("aws_route53_record.door", {"zone_id": refers("aws_route53_zone.corp.zone_id"), **written},
             zone_id=..., name="door.corp", type="A" if alias else "CNAME", **known)  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    path = trace(cloud, parse(cloud, "aws_lambda_function.orders", "https://door.corp/"))
    assert (path.hops[0].kind, path.hops[0].component, path.hops[0].verdict) == ("name", endpoint, "allow")


@pytest.mark.parametrize(("groups", "verdict"), [(["aws_security_group.link.id"], "reachable"), ([], "blocked")])
def test_an_http_api_through_a_vpc_link(tmp_path, groups, verdict):
    api = {"api_id": refers("aws_apigatewayv2_api.shop.id")}
    vpc = {"vpc_id": refers("aws_vpc.main.id")}
    plan = network()
    for name in ("link", "front"):
        plan.add(f"aws_security_group.{name}", vpc, vpc_id=..., name=name)
    plan.add(
        "aws_vpc_security_group_egress_rule.link", {"security_group_id": refers("aws_security_group.link.id")},
        security_group_id=..., ip_protocol="-1", cidr_ipv4="0.0.0.0/0",
    )  # fmt: skip
    plan.add(
        "aws_vpc_security_group_ingress_rule.front",
        {"security_group_id": refers("aws_security_group.front.id"), "referenced_security_group_id": refers("aws_security_group.link.id")},
        security_group_id=..., referenced_security_group_id=..., ip_protocol="tcp", from_port=80, to_port=80,
    )  # fmt: skip
    plan.add(
        "aws_lb.front", {"subnets": refers("aws_subnet.private.id"), "security_groups": refers("aws_security_group.front.id")},
        subnets=..., security_groups=..., internal=True, load_balancer_type="application",
    )  # fmt: skip
    plan.add(
        "aws_lb_listener.http", {"load_balancer_arn": refers("aws_lb.front.arn")}, load_balancer_arn=..., port=80,
        protocol="HTTP", default_action=[{"type": "fixed-response"}],
    )  # fmt: skip
    plan.add("aws_apigatewayv2_api.shop", name="shop", protocol_type="HTTP")
    plan.add("aws_apigatewayv2_stage.default", api, api_id=..., name="$default", auto_deploy=True)
    plan.add(
        "aws_apigatewayv2_vpc_link.link",
        {"subnet_ids": refers("aws_subnet.private.id"), "security_group_ids": {"references": groups} if groups else {}},
        subnet_ids=..., security_group_ids=... if groups else [],
    )  # fmt: skip
    plan.add(
        "aws_apigatewayv2_integration.front",
        {**api, "connection_id": refers("aws_apigatewayv2_vpc_link.link.id"), "integration_uri": refers("aws_lb_listener.http.arn")},
        api_id=..., connection_id=..., integration_uri=..., connection_type="VPC_LINK", integration_type="HTTP_PROXY",
        integration_method="ANY", payload_format_version="1.0",
    )  # fmt: skip
    plan.add(
        "aws_apigatewayv2_route.all", {**api, "target": refers("aws_apigatewayv2_integration.front.id")},
        api_id=..., target=..., route_key="ANY /{proxy+}", authorization_type="NONE",
    )  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    path = trace(cloud, parse(cloud, "internet", "aws_apigatewayv2_api.shop GET /orders"))
    assert path.verdict == verdict
    kinds = [hop.kind for hop in path.hops]
    assert kinds.index("vpc link") < kinds.index("listener")
    (refused,) = [hop for hop in path.hops if hop.verdict == "deny"] or [None]
    # Without groups the link has its VPC's default group, which the load balancer's group does not know.
    assert (refused and (refused.kind, refused.component)) == (
        None if groups else ("sg in", "aws_security_group.front")
    )


def test_a_fleet_behind_a_classic_load_balancer(tmp_path):
    vpc = {"vpc_id": refers("aws_vpc.main.id")}
    plan = network()
    plan.add(
        "aws_security_group.web",
        vpc,
        vpc_id=...,
        name="web",
        ingress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["10.0.0.0/16"]}],
    )
    plan.add(
        "aws_launch_template.web",
        {"vpc_security_group_ids": refers("aws_security_group.web.id")},
        vpc_security_group_ids=...,
    )
    plan.add(
        "aws_autoscaling_group.web",
        {"vpc_zone_identifier": refers("aws_subnet.private.id"), "load_balancers": refers("aws_elb.front.name"),
         "launch_template": [{"id": refers("aws_launch_template.web.id")}]},
        vpc_zone_identifier=..., load_balancers=..., min_size=1, max_size=2, launch_template=[{}],
    )  # fmt: skip
    plan.changes[-1]["change"]["after_unknown"]["launch_template"] = [{"id": True}]
    plan.add(
        "aws_elb.front", {"subnets": refers("aws_subnet.private.id"), "security_groups": refers("aws_security_group.fn.id")},
        subnets=..., security_groups=..., internal=True, cross_zone_load_balancing=True,
        listener=[{"lb_port": 80, "lb_protocol": "http", "instance_port": 8080, "instance_protocol": "http"}],
    )  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    (eni,) = cloud.network.interfaces_of("aws_autoscaling_group.web")
    assert (eni.subnet_id, eni.security_group_ids) == ("aws_subnet.private", ("aws_security_group.web",))
    balancer = cloud.balancing.load_balancers["aws_elb.front"]
    assert (balancer.internal, balancer.cross_zone) == (True, True)
    (listener,) = cloud.balancing.listeners.values()
    (group,) = cloud.balancing.target_groups.values()
    assert (listener.port, listener.protocol, group.port) == (80, "HTTP", 8080)
    assert [registration.id for registration in group.registered_by] == ["aws_autoscaling_group.web"]


def test_a_vpn_of_a_virtual_private_gateway(tmp_path):
    plan = network()
    plan.add("aws_vpn_gateway.office", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=...)
    plan.add("aws_customer_gateway.office", ip_address="198.51.100.7", bgp_asn="65000", type="ipsec.1")
    plan.add(
        "aws_vpn_connection.office",
        {"vpn_gateway_id": refers("aws_vpn_gateway.office.id"), "customer_gateway_id": refers("aws_customer_gateway.office.id")},
        vpn_gateway_id=..., customer_gateway_id=..., type="ipsec.1", static_routes_only=True,
    )  # fmt: skip
    plan.add(
        "aws_vpn_connection_route.office", {"vpn_connection_id": refers("aws_vpn_connection.office.id")},
        vpn_connection_id=..., destination_cidr_block="192.168.0.0/16",
    )  # fmt: skip
    plan.add(
        "aws_vpn_gateway_route_propagation.private",
        {"vpn_gateway_id": refers("aws_vpn_gateway.office.id"), "route_table_id": refers("aws_route_table.private.id")},
        vpn_gateway_id=..., route_table_id=...,
    )  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    table = cloud.network.route_tables["aws_route_table.private"]
    assert "192.168.0.0/16" in {str(route.destination_cidr_block) for route in table.routes}
    path = trace(cloud, parse(cloud, "subnet:aws_subnet.private+default", "on-premises:tcp/443"))
    assert path.verdict == "reachable"


def test_a_body_that_is_known_only_after_apply_leaves_the_routes_unknown(tmp_path):
    plan = Plan()
    written = {"body": {"references": ["aws_lambda_function.a.arn", "aws_lambda_function.b.arn"]}}
    plan.add("aws_lambda_function.a", function_name="a").add("aws_lambda_function.b", function_name="b")
    cloud = load([plan.add("aws_api_gateway_rest_api.shop", written, name="shop", body=...).write(tmp_path)])
    api = cloud.apis.rest_apis["aws_api_gateway_rest_api.shop"]
    assert api.routes == ()
    assert api.definition is not None


@pytest.mark.parametrize(
    ("written", "permitted"),
    [
        (["aws_apigatewayv2_api.shop.execution_arn"], True),
        (["aws_apigatewayv2_stage.shop.execution_arn"], True),
        (["aws_apigatewayv2_api.shop.id", "data.aws_caller_identity.own.account_id"], True),
        (["aws_apigatewayv2_api.other.execution_arn"], False),
        (["aws_apigatewayv2_api.shop.execution_arn", "aws_apigatewayv2_api.other.execution_arn"], None),
        (["var.source"], None),
    ],
)
@pytest.mark.parametrize("qualifier", [None, "live"])
def test_a_permission_for_a_part_of_an_api_is_assumed_to_cover_the_call(tmp_path, written, permitted, qualifier):
    plan = Plan()
    plan.add(
        "aws_lambda_function.fn",
        function_name="fn",
        runtime="python3.12",
        handler="index.handler",
        role="arn:aws:iam::123456789012:role/fn",
    )
    for name in ("shop", "other"):
        plan.add(f"aws_apigatewayv2_api.{name}", name=name, protocol_type="HTTP")
    stage = {"api_id": refers("aws_apigatewayv2_api.shop.id")}
    plan.add("aws_apigatewayv2_stage.shop", stage, api_id=..., name="$default")
    source = {"source_arn": refers(*written), "function_name": refers("aws_lambda_function.fn.function_name")}
    plan.add(
        "aws_lambda_permission.api",
        source,
        source_arn=...,
        function_name="fn",
        action="lambda:InvokeFunction",
        principal="apigateway.amazonaws.com",
        qualifier=qualifier,
    )
    cloud = load([plan.write(tmp_path)])
    api = cloud.apis.by_id["aws_apigatewayv2_api.shop"]
    called = Callee(None, function="aws_lambda_function.fn", qualifier=qualifier)
    assert permits(cloud, [f"{execute_api_arn(cloud, api)}/$default/GET/orders"], called) is permitted
    touched = {name for one in cloud.template.unread for name in one.touches if "permission" in one.resource_id}
    assert (api.id in touched) is bool(permitted)


BUCKET = "arn:aws:s3:::b"


@pytest.mark.parametrize(
    ("given", "of_api", "of_bucket"),
    [
        (["aws_apigatewayv2_api.shop.execution_arn"], True, False),
        (["aws_apigatewayv2_api.shop.execution_arn", "aws_apigatewayv2_api.other.execution_arn"], None, False),
        (["aws_apigatewayv2_api.shop.execution_arn", "aws_s3_bucket.b.arn"], True, False),
        (["aws_s3_bucket.b.arn"], False, True),
    ],
)
def test_a_source_within_the_triggers_of_a_module(tmp_path, given, of_api, of_bucket):
    plan = Plan().add("aws_s3_bucket.b", bucket="b")
    for name in ("shop", "other"):
        plan.add(f"aws_apigatewayv2_api.{name}", name=name, protocol_type="HTTP")
    variables = {"allowed_triggers": {}}
    plan.calls["fn"] = {"expressions": {"allowed_triggers": refers(*given)}, "module": {"variables": variables}}
    function = "module.fn.aws_lambda_function.this"
    plan.add(function, module="module.fn", function_name="fn", runtime="python3.12", handler="i.h")
    written = {"source_arn": {"references": ["each.value.source_arn", "each.value"]}}
    for service in ("apigateway", "s3"):
        plan.add(
            f'module.fn.aws_lambda_permission.this["{service}"]', written, service, "module.fn", source_arn=...,
            function_name="fn", action="lambda:InvokeFunction", principal=f"{service}.amazonaws.com",
        )  # fmt: skip
    made = plan.calls["fn"]["module"]["resources"][-1]
    made["for_each_expression"] = {"references": ["var.allowed_triggers", "local.create"]}
    cloud = load([plan.write(tmp_path)])
    call = f"{execute_api_arn(cloud, cloud.apis.by_id['aws_apigatewayv2_api.shop'])}/$default/GET/orders"
    assert permits(cloud, [call], Callee(None, function=function)) is of_api
    source = cloud.template.resources['module.fn.aws_lambda_permission.this["s3"]'].properties["SourceArn"]
    assert source == BUCKET if of_bucket else isinstance(source, Unknown)


UNSET = {"throttling_burst_limit": None, "throttling_rate_limit": None}
READ = {"throttling_burst_limit": 0, "throttling_rate_limit": 0}


@pytest.mark.parametrize(
    ("written", "settings", "verdict"),
    [
        ({}, {}, "allow"),
        ({"default_route_settings": [{}]}, {"default_route_settings": [UNSET]}, "deny"),
        ({"route_settings": [{}]}, {"route_settings": [{"route_key": "GET /a", **UNSET}]}, "deny"),
        ({"route_settings": [{}]}, {"route_settings": [{"route_key": "GET /b", **UNSET}]}, "allow"),
        ({}, {"default_route_settings": [UNSET]}, "deny"),
        ({"default_route_settings": [{}]}, {"default_route_settings": [READ], "id": "$default"}, "deny"),
        ({}, {"default_route_settings": [READ], "id": "$default"}, "allow, assumed"),
        ({}, {"default_route_settings": [{**READ, "throttling_rate_limit": 5}], "id": "$default"}, "deny"),
    ],
)  # fmt: skip
def test_the_provider_sends_limits_of_zero_for_those_that_settings_lack(tmp_path, written, settings, verdict):
    api = {"api_id": refers("aws_apigatewayv2_api.shop.id")}
    plan = Plan().add("aws_apigatewayv2_api.shop", name="shop", protocol_type="HTTP")
    called = {"integration_uri": "https://shop.example/", "integration_method": "GET"}
    plan.add("aws_apigatewayv2_integration.i", api, api_id=..., integration_type="HTTP_PROXY", **called)
    route = {**api, "target": refers("aws_apigatewayv2_integration.i.id")}
    plan.add("aws_apigatewayv2_route.a", route, api_id=..., target=..., route_key="GET /a", authorization_type="NONE")
    plan.add("aws_apigatewayv2_stage.s", {**api, **written}, api_id=..., name="$default", auto_deploy=True, **settings)
    cloud = load([plan.write(tmp_path)])
    path = trace(cloud, parse(cloud, "internet", "aws_apigatewayv2_api.shop GET /a"))
    (throttled,) = (hop for hop in path.hops if hop.kind == "throttle")
    assumed = {one.resource_id for one in cloud.template.unread} == {"aws_apigatewayv2_stage.s"}
    assert (throttled.verdict, assumed) == (verdict.removesuffix(", assumed"), verdict.endswith("assumed"))


def test_settings_of_a_route_and_the_cache_of_an_authorizer(tmp_path):
    api = {"api_id": refers("aws_apigatewayv2_api.shop.id")}
    plan = Plan().add("aws_apigatewayv2_api.shop", name="shop", protocol_type="HTTP")
    for key in ("GET /a", "GET /b"):
        place = f'aws_apigatewayv2_route.r["{key}"]'
        plan.add(place, api, key, api_id=..., route_key=key, authorization_type="NONE")
    limits = {"throttling_burst_limit": 100, "throttling_rate_limit": 50}
    own = {"route_key": "GET /a", "throttling_burst_limit": 7, "throttling_rate_limit": 5}
    plan.add(
        "aws_apigatewayv2_stage.s", api, api_id=..., name="$default", auto_deploy=True,
        default_route_settings=[limits], route_settings=[own],
    )  # fmt: skip
    plan.add(
        "aws_apigatewayv2_authorizer.a", api, api_id=..., authorizer_type="REQUEST", authorizer_result_ttl_in_seconds=60
    )
    cloud = load([plan.write(tmp_path)])
    shown = {route["path"]: route["throttle"] for route in inventory(cloud)["apis"][0]["routes"]}
    assert [(one["rate"], one["burst"]) for one in (shown["/a"], shown["/b"])] == [(5, 7), (50, 100)]
    assert (
        cloud.apis.by_id["aws_apigatewayv2_api.shop"]
        .authorizers["aws_apigatewayv2_authorizer.a"]
        .authorizer_result_ttl_in_seconds
        == 60
    )


def test_functions_of_each_key_and_their_invokers(tmp_path):
    """A plan does not show the attribute after an index: `uri = aws_lambda_function.f[each.key].invoke_arn`."""
    plan = Plan().add("aws_api_gateway_rest_api.shop", name="shop")
    root = refers("aws_api_gateway_rest_api.shop.root_resource_id")
    at = {"rest_api_id": refers("aws_api_gateway_rest_api.shop.id"), "resource_id": root}
    for key in ("GET", "POST"):
        plan.add(
            f'aws_lambda_function.f["{key}"]',
            {},
            key,
            function_name=f"f-{key}",
            role="arn:aws:iam::123456789012:role/r",
        )
        plan.add(
            f'aws_api_gateway_method.m["{key}"]',
            at,
            key,
            rest_api_id=...,
            resource_id=...,
            http_method=key,
            authorization="NONE",
        )
        plan.add(
            f'aws_api_gateway_integration.i["{key}"]', {**at, "uri": {"references": ["aws_lambda_function.f", "each.key"]}}, key,
            rest_api_id=..., resource_id=..., http_method=key, type="AWS_PROXY", integration_http_method="POST", uri=...,
        )  # fmt: skip
    called = refers('aws_lambda_function.f["GET"].arn')
    plan.add("aws_dynamodb_table.t", name="t").add("aws_sns_topic.t", name="news").add("aws_s3_bucket.b", bucket="b")
    plan.add("aws_cloudwatch_event_rule.r", name="r", schedule_expression="rate(1 hour)")
    plan.add(
        "aws_cloudwatch_event_target.r",
        {"rule": refers("aws_cloudwatch_event_rule.r.name"), "arn": called},
        rule="r",
        arn=...,
    )
    topic = {"topic_arn": refers("aws_sns_topic.t.arn"), "endpoint": called}
    plan.add("aws_sns_topic_subscription.s", topic, topic_arn=..., endpoint=..., protocol="lambda")
    stream = {"event_source_arn": refers("aws_dynamodb_table.t.stream_arn"), "function_name": called}
    plan.add(
        "aws_lambda_event_source_mapping.e", stream, event_source_arn=..., function_name=..., starting_position="LATEST"
    )
    block = {"lambda_function_arn": called}
    plan.add(
        "aws_s3_bucket_notification.n", {"bucket": refers("aws_s3_bucket.b.id"), "lambda_function": [block]}, bucket=...,
        lambda_function=[{"events": ["s3:ObjectCreated:*"]}],
    )  # fmt: skip
    plan.changes[-1]["change"]["after_unknown"]["lambda_function"] = [{"lambda_function_arn": True}]
    cloud = load([plan.write(tmp_path)])
    invokers = {
        "aws_api_gateway_rest_api.shop",
        "aws_cloudwatch_event_rule.r",
        "aws_dynamodb_table.t",
        "aws_s3_bucket.b",
        "aws_sns_topic.t",
    }
    assert set(triggers(cloud)['aws_lambda_function.f["GET"]']) == invokers
    assert triggers(cloud)['aws_lambda_function.f["POST"]'] == ("aws_api_gateway_rest_api.shop",)


def test_a_policy_document_that_is_known_only_after_apply(tmp_path):
    """The statements are in the plan, the endpoint's id and the API's ARN in them are references. Two conditions are in another order."""
    plan = rest_api()
    plan.add(
        "aws_vpc_endpoint.api", {"vpc_id": refers("aws_vpc.main.id"), "subnet_ids": refers("aws_subnet.private.id")},
        vpc_id=..., subnet_ids=..., vpc_endpoint_type="Interface", service_name="com.amazonaws.eu-west-1.execute-api",
    )  # fmt: skip
    tests = {
        "StringEquals": ("aws:SourceVpce", refers("aws_vpc_endpoint.api.id")),
        "IpAddress": ("aws:VpcSourceIp", {"constant_value": ["10.0.9.0/24"]}),
    }
    conditions = [
        {"test": {"constant_value": test}, "variable": {"constant_value": key}, "values": values}
        for test, (key, values) in tests.items()
    ]
    planned = [
        {"test": "IpAddress", "variable": "aws:VpcSourceIp", "values": ["10.0.9.0/24"]},
        {"test": "StringEquals", "variable": "aws:SourceVpce", "values": [None]},
    ]
    arn = {"references": ["aws_api_gateway_rest_api.shop.execution_arn", "aws_api_gateway_rest_api.shop"]}
    principals = [{"type": "*", "identifiers": ["*"]}]
    plan.add(
        "aws_iam_policy_document.p", {"statement": [{"resources": arn, "condition": conditions}]}, json=...,
        statement=[{"actions": ["execute-api:Invoke"], "resources": [None], "principals": principals, "condition": planned}],
    )  # fmt: skip
    later = {"resources": [True], "condition": [{"values": [False]}, {"values": [True]}]}
    plan.changes[-1] |= {
        "address": "data.aws_iam_policy_document.p",
        "change": {"after_unknown": {"statement": [later]}},
    }
    plan.resources[-1] |= {"address": "data.aws_iam_policy_document.p", "mode": "data"}
    plan.configuration["resources"][-1]["mode"] = "data"
    policy = next(one for one in plan.configuration["resources"] if one["type"] == "aws_api_gateway_rest_api_policy")
    policy["expressions"]["policy"] = refers("data.aws_iam_policy_document.p.json")
    made = next(one for one in plan.resources if one["type"] == "aws_api_gateway_rest_api_policy")
    del made["values"]["policy"]
    cloud = load([plan.write(tmp_path)])
    statement = cloud.apis.rest_apis["aws_api_gateway_rest_api.shop"].policy["Statement"][0]
    own = cloud.aws_id("aws_vpc_endpoint.api")
    assert statement["Condition"] == {
        "IpAddress": {"aws:VpcSourceIp": ["10.0.9.0/24"]},
        "StringEquals": {"aws:SourceVpce": [own]},
    }
    api = f"arn:aws:execute-api:eu-west-1:123456789012:{cloud.aws_id('aws_api_gateway_rest_api.shop')}"
    assert (statement["Principal"], statement["Resource"]) == ("*", [api, f"{api}/*"])


def test_a_statement_with_a_condition_beside_one_without(tmp_path):
    """The second statement has the constants of the first one, too."""
    call = {"actions": {"constant_value": ["execute-api:Invoke"]}, "resources": refers("aws_vpc.v.arn")}
    condition = {"test": {"constant_value": "StringNotEquals"}, "variable": {"constant_value": "aws:SourceVpc"}}
    condition["values"] = refers("aws_vpc.v.id")
    planned = {"actions": ["execute-api:Invoke"], "resources": [None]}
    tested = {"test": "StringNotEquals", "variable": "aws:SourceVpc", "values": [None]}
    plan = Plan().add("aws_vpc.v", cidr_block="10.0.0.0/16").add("aws_iam_role.r", name="r")
    plan.add("aws_iam_policy_document.p", {"statement": [call, {**call, "condition": [condition]}]}, json=...,
             statement=[planned, {**planned, "condition": [tested]}])  # fmt: skip
    document, later = "data.aws_iam_policy_document.p", {"resources": [True]}
    unknown = {"statement": [later, {**later, "condition": [{"values": [True]}]}]}
    plan.changes[-1] |= {"address": document, "change": {"after_unknown": unknown}}
    plan.resources[-1] |= {"address": document, "mode": "data"}
    plan.configuration["resources"][-1]["mode"] = "data"
    of = {"role": refers("aws_iam_role.r.id"), "policy": refers(f"{document}.json")}
    plan.add("aws_iam_role_policy.p", of, role=..., policy=...)
    cloud = load([plan.write(tmp_path)])
    policy = next(one for one in cloud.template.resources.values() if one.type == "AWS::IAM::Policy")
    statement = policy.properties["PolicyDocument"]["Statement"][1]
    assert statement["Condition"] == {"StringNotEquals": {"aws:SourceVpc": [cloud.aws_id("aws_vpc.v")]}}


def test_a_policy_document_by_dynamic_statements_has_unknown_resources(tmp_path):
    """As terraform-aws-modules/lambda has `policy_statements`: a plan shows no expression of them."""
    plan = Plan().add("aws_iam_role.r", name="r").add("aws_iam_policy_document.p", {}, json=..., statement=[
        {"actions": ["dynamodb:GetItem"], "resources": [None], "effect": "Allow"},
        {"actions": ["sqs:SendMessage"], "resources": ["*"], "effect": "Allow"},
    ])  # fmt: skip
    document = "data.aws_iam_policy_document.p"
    plan.changes[-1] |= {"address": document, "change": {"after_unknown": {"statement": [{"resources": [True]}, {}]}}}
    plan.resources[-1] |= {"address": document, "mode": "data"}
    plan.configuration["resources"][-1]["mode"] = "data"
    of = {"role": refers("aws_iam_role.r.id"), "policy": refers(f"{document}.json")}
    plan.add("aws_iam_role_policy.p", of, role=..., policy=...)
    (policy,) = (
        one for one in load([plan.write(tmp_path)]).template.resources.values() if one.type == "AWS::IAM::Policy"
    )
    first, second = policy.properties["PolicyDocument"]["Statement"]
    assert isinstance(first["Resource"], Unknown)
    assert second["Resource"] == ["*"]


def test_responses_belong_to_the_integration_and_the_method(tmp_path):
    of = {"rest_api_id": refers("aws_api_gateway_rest_api.api.id")}
    at = {**of, "resource_id": refers("aws_api_gateway_rest_api.api.root_resource_id")}
    place = {"rest_api_id": ..., "resource_id": ..., "http_method": "GET"}
    plan = Plan().add("aws_api_gateway_rest_api.api", name="api", endpoint_configuration=[{"types": ["REGIONAL"]}])
    plan.add("aws_api_gateway_method.get", at, **place, authorization="NONE")
    plan.add(
        "aws_api_gateway_integration_response.error", at, **place, status_code="502", selection_pattern="5.*",
        response_templates={"application/json": "{}"},
    )  # fmt: skip
    plan.add("aws_api_gateway_integration.get", at, **place, type="MOCK")
    plan.add("aws_api_gateway_integration_response.ok", at, **place, status_code="200")
    plan.add("aws_api_gateway_method_response.ok", at, **place, status_code="200")
    plan.add("aws_api_gateway_method_response.error", at, **place, status_code="502")
    (route,) = load([plan.write(tmp_path)]).apis.by_id["aws_api_gateway_rest_api.api"].routes
    found = [
        (one.status_code, one.selection_pattern, dict(one.response_templates)) for one in route.integration.responses
    ]
    assert found == [("502", "5.*", {"application/json": "{}"}), ("200", None, {})]
    assert [one.status_code for one in route.method_responses] == ["200", "502"]


@pytest.mark.parametrize(("verbs", "known"), [(("GET",), True), (("GET", "POST"), False)])
def test_an_integration_whose_method_is_not_known_belongs_to_the_only_one(tmp_path, verbs, known):
    of = {"rest_api_id": refers("aws_api_gateway_rest_api.api.id")}
    at = {**of, "resource_id": refers("aws_api_gateway_rest_api.api.root_resource_id")}
    plan = Plan().add("aws_api_gateway_rest_api.api", name="api", endpoint_configuration=[{"types": ["REGIONAL"]}])
    for verb in verbs:
        plan.add(
            f"aws_api_gateway_method.{verb}",
            at,
            rest_api_id=...,
            resource_id=...,
            http_method=verb,
            authorization="NONE",
        )
    method = {"http_method": {"references": ["local.verb"]}}
    plan.add(
        "aws_api_gateway_integration.any",
        {**at, **method},
        rest_api_id=...,
        resource_id=...,
        http_method=...,
        type="MOCK",
    )
    routes = load([plan.write(tmp_path)]).apis.by_id["aws_api_gateway_rest_api.api"].routes
    assert [route.integration.type == "MOCK" for route in routes] == [known] * len(verbs)
    assert all(known or isinstance(route.integration.uri, Unknown) for route in routes)


@pytest.mark.parametrize(("deployed", "permits"), [(True, "live"), (True, ""), (False, "live")])
def test_an_alias_behind_a_stage_with_a_deployment(tmp_path, deployed, permits):
    plan, api = Plan(), {"api_id": refers("aws_apigatewayv2_api.shop.id")}
    role = "arn:aws:iam::123456789012:role/fn"
    plan.add("aws_lambda_function.fn", function_name="fn", runtime="python3.12", handler="i.h", role=role)
    plan.add("aws_lambda_alias.live", name="live", function_name="fn", function_version="1")
    given = {"function_name": "fn", "action": "lambda:InvokeFunction", "principal": "apigateway.amazonaws.com"}
    plan.add("aws_lambda_permission.api", qualifier=permits, **given)
    plan.add("aws_apigatewayv2_api.shop", name="shop", protocol_type="HTTP")
    called = {**api, "integration_uri": refers("aws_lambda_alias.live.invoke_arn")}
    plan.add("aws_apigatewayv2_integration.fn", called, api_id=..., integration_uri=..., integration_type="AWS_PROXY")
    route = {**api, "target": refers("aws_apigatewayv2_integration.fn.id")}
    plan.add("aws_apigatewayv2_route.all", route, api_id=..., target=..., route_key="GET /orders")
    plan.add("aws_apigatewayv2_deployment.first", api, api_id=...)
    stage = {**api, "deployment_id": refers("aws_apigatewayv2_deployment.first.id")} if deployed else api
    plan.add("aws_apigatewayv2_stage.live", stage, api_id=..., deployment_id=..., name="$default")
    cloud = load([plan.write(tmp_path)])
    path = trace(cloud, parse(cloud, "internet", "aws_apigatewayv2_api.shop GET /orders"))
    expected = {"NETFUL_API_NOT_DEPLOYED": not deployed, "NETFUL_API_NO_INVOKE_PERMISSION": not permits}
    assert [hop.code for hop in path.denials] == [code for code, denies in expected.items() if denies]
    assert not path.missing


@pytest.mark.parametrize("kind", ["ipv4", "dualstack"])
def test_address_types_of_apis_and_their_domains(tmp_path, kind):
    regional = [{"types": ["REGIONAL"], "ip_address_type": kind}]
    configuration = [
        {"certificate_arn": "c", "endpoint_type": "REGIONAL", "security_policy": "TLS_1_2", "ip_address_type": kind}
    ]
    plan = Plan().add(
        "aws_api_gateway_rest_api.a", {"endpoint_configuration": [{}]}, name="a", endpoint_configuration=regional
    )
    plan.add("aws_apigatewayv2_api.b", {"ip_address_type": {}}, name="b", protocol_type="HTTP", ip_address_type=kind)
    plan.add(
        "aws_api_gateway_domain_name.a",
        {"endpoint_configuration": [{}]},
        domain_name="a.example.com",
        endpoint_configuration=regional,
    )
    written = {"domain_name_configuration": [{key: {} for key in configuration[0]}]}
    plan.add(
        "aws_apigatewayv2_domain_name.b", written, domain_name="b.example.com", domain_name_configuration=configuration
    )
    cloud = load([plan.write(tmp_path)])
    every = (*cloud.apis.by_id.values(), *cloud.apis.domain_names.values())
    assert [one.ip_address_type for one in every] == [kind] * 4
    assert cloud.template.unread == ()


BODY = """
openapi: 3.0.1
paths:
  /orders:
    get:
      x-amazon-apigateway-integration: {type: HTTP_PROXY, uri: "https://shop.example/", httpMethod: GET}
"""


@pytest.mark.parametrize("kind", ["aws_api_gateway_rest_api", "aws_apigatewayv2_api"])
@pytest.mark.parametrize("body", [BODY, json.dumps(yaml.safe_load(BODY))])
def test_a_body_is_json_or_yaml(tmp_path, kind, body):
    plan = Plan().add(f"{kind}.shop", name="shop", protocol_type="HTTP", body=body)
    (route,) = load([plan.write(tmp_path)]).apis.by_id[f"{kind}.shop"].routes
    assert (route.http_method, route.path, route.origin.line) == ("GET", "/orders", 0)


@pytest.mark.parametrize(("link", "kind"), [(None, "INTERNET"), ("aws_apigatewayv2_vpc_link.l.id", "VPC_LINK")])
def test_a_connection_of_a_type_that_is_not_known_is_private_if_it_has_a_link(tmp_path, link, kind):
    plan = Plan().add("aws_apigatewayv2_api.shop", name="shop", protocol_type="HTTP").add("aws_apigatewayv2_vpc_link.l")
    of = {"api_id": refers("aws_apigatewayv2_api.shop.id"), "connection_type": {"references": ["each.value.link"]}}
    named, later = ({"connection_id": refers(link)}, {"connection_id": ...}) if link else ({}, {})
    uri = {"integration_uri": "https://example.com", "integration_type": "HTTP_PROXY", "integration_method": "GET"}
    plan.add("aws_apigatewayv2_integration.i", {**of, **named}, api_id=..., connection_type=..., **later, **uri)
    route = {"api_id": of["api_id"], "target": refers("aws_apigatewayv2_integration.i.id")}
    plan.add("aws_apigatewayv2_route.all", route, api_id=..., target=..., route_key="GET /")
    (found,) = load([plan.write(tmp_path)]).apis.by_id["aws_apigatewayv2_api.shop"].routes
    assert found.integration.connection_type == kind
