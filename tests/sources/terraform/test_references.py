"""References of a plan's configuration, and expressions that a plan does not show."""

import pytest

from netful.model.core import Unknown
from netful.sources import load
from tests.helpers.paths import path
from tests.helpers.terraform_plans import Plan, everything_out, network, refers

ZONES = ("a", "b", "c")


def fleet(subnet, groups, index=None):
    """Three private subnets by `count` in a module with an output, two groups, and an instance."""
    plan = Plan()
    plan.add("aws_vpc.main", cidr_block="10.0.0.0/16")
    plan.calls["net"] = {
        "expressions": {"vpc_id": refers("aws_vpc.main.id")},
        "module": {
            "outputs": {
                "private": {"expression": {"references": ["aws_subnet.private"]}},
                "groups": {"expression": {"references": ["aws_security_group.some"]}},
            }
        },
    }
    for number, zone in enumerate(ZONES):
        plan.add(
            f"module.net.aws_subnet.private[{number}]", {"vpc_id": {"references": ["var.vpc_id"]}}, number, module="module.net",
            vpc_id=..., cidr_block=f"10.0.{number}.0/24", availability_zone=f"eu-west-1{zone}",
        )  # fmt: skip
    for name in ("one", "two"):
        plan.add(f"aws_security_group.{name}", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=...)
    for place, module in (("", None), ("module.net.", "module.net")):
        for number in (0, 1):
            plan.add(f"{place}aws_security_group.some[{number}]", {}, number, module=module)
    plan.configuration["resources"].append({"mode": "managed", "type": "aws_security_group", "name": "none"})
    plan.configuration["variables"] = {
        "large": {"default": True},
        "more": {"default": ["sg-1"]},
        "own": {"default": None},
        "asked": {},
    }
    written = {"subnet_id": {"references": subnet}, "vpc_security_group_ids": {"references": groups}}
    address = "aws_instance.web" if index is None else f"aws_instance.web[{index}]"
    return plan.add(address, written, index, subnet_id=..., vpc_security_group_ids=...)


def placed(tmp_path, subnet, groups, index=None):
    cloud = load([fleet(subnet, groups, index).write(tmp_path)])
    return cloud.network.interfaces_of("aws_instance.web" if index is None else f"aws_instance.web[{index}]")[0]


@pytest.mark.parametrize(
    ("subnet", "index", "number"),
    [
        (["module.net.private[2]", "module.net.private", "module.net"], None, 2),
        (["module.net.private[0]", "module.net.private", "module.net"], 1, 0),
        (["module.net.private", "module.net", "count.index"], 1, 1),
        (["module.net.private", "module.net"], 1, 0),
        (["module.net.private", "module.net", "var.large"], None, None),
    ],
)
def test_one_of_several_instances(tmp_path, subnet, index, number):
    found = placed(tmp_path, subnet, ["aws_security_group.one.id"], index).subnet_id
    assert isinstance(found, Unknown) if number is None else found == f"module.net.aws_subnet.private[{number}]"


@pytest.mark.parametrize(
    ("groups", "known"),
    [
        (["aws_security_group.one.id", "aws_security_group.two.id"], ("aws_security_group.one", "aws_security_group.two")),
        (["aws_security_group.none[0].id", "aws_security_group.one.id", "var.large"], ("aws_security_group.one",)),
        (["aws_security_group.one.id", "var.more"], ("aws_security_group.one", "sg-1")),
        (["var.own", "aws_security_group.one.id"], ("aws_security_group.one",)),  # coalesce(var.own, …) without a value
        (["var.asked", "aws_security_group.one.id"], None),
        (["var.large", "aws_security_group.one.id", "aws_security_group.two.id"], None),
        (["each.value.kind", "aws_security_group.some", "module.net.groups"], None),
    ],
)  # fmt: skip
def test_a_list_of_an_expression(tmp_path, groups, known):
    found = placed(tmp_path, ["module.net.private[0]"], groups).security_group_ids
    assert any(isinstance(one, Unknown) for one in found) if known is None else found == known


def test_the_first_of_several_instances_is_an_assumption(tmp_path):
    """`element(aws_subnet.public[*].id, 0)` and `values(aws_subnet.public)[0].id` have the same reference."""
    plan = everything_out(network())
    nat = next(one for one in plan.configuration["resources"] if one["type"] == "aws_nat_gateway")
    nat["expressions"]["subnet_id"] = {"references": ["aws_subnet.public"]}
    found = path(load([plan.write(tmp_path)]), "aws_lambda_function.orders", "internet:tcp/443")
    assert found.verdict == "reachable"
    assert any("aws_nat_gateway.nat.subnet_id means aws_subnet.public[0]" in one for one in found.assumptions)


def test_lists_of_several_resources_are_an_assumption(tmp_path):
    """`coalescelist(a[*].id, b[*].id)` has the same references as `concat`."""
    plan = network()
    lists = {"references": ["aws_route_table.private", "aws_route_table.public"]}
    of = {"vpc_id": refers("aws_vpc.main.id"), "route_table_ids": lists}
    plan.add("aws_vpc_endpoint.s3", of, vpc_id=..., route_table_ids=..., service_name="com.amazonaws.eu-west-1.s3")
    found = path(load([plan.write(tmp_path)]), "aws_lambda_function.orders", "aws:s3")
    assert any("aws_vpc_endpoint.s3.route_table_ids means" in one for one in found.assumptions)


def with_local_vpc(*vpcs):
    """A network whose parts name their VPC by a local value."""
    plan = network()
    for written in plan.configuration["resources"]:
        if "vpc_id" in written["expressions"]:
            written["expressions"] = {**written["expressions"], "vpc_id": {"references": ["local.vpc_id"]}}
    for name in vpcs:
        plan.add(f"aws_vpc.{name}", cidr_block="10.9.0.0/16")
    return everything_out(plan)


@pytest.mark.parametrize(("vpcs", "verdict"), [((), "reachable"), (("other",), "unknown")])
def test_the_only_resource_that_fits_is_assumed(tmp_path, vpcs, verdict):
    found = path(load([with_local_vpc(*vpcs).write(tmp_path)]), "aws_lambda_function.orders", "internet:tcp/443")
    assert found.verdict == verdict
    assert any("local.vpc_id means aws_vpc.main" in one for one in found.assumptions) == (not vpcs)


def test_a_plan_without_a_configuration_has_its_only_vpc(tmp_path):
    plan = Plan()
    plan.add("aws_vpc.main", cidr_block="10.0.0.0/16")
    plan.add("aws_subnet.a", vpc_id=..., cidr_block="10.0.1.0/24")
    assert load([plan.write(tmp_path, configuration={})]).network.subnets["aws_subnet.a"].vpc_id == "aws_vpc.main"


def test_blocks_that_are_dynamic(tmp_path):
    """A configuration does not have them: the function is in a VPC, in subnets that only the module's variable names."""
    plan = network()
    group = {"references": ["aws_security_group.fn.id"]}
    subnets = {"references": ["aws_subnet.private.id"]}
    plan.calls["fn"] = {"expressions": {"vpc_subnet_ids": subnets, "vpc_security_group_ids": group}, "module": {}}
    for name, module in (("inside", "module.fn"), ("unclear", None)):
        address = f"{module}.aws_lambda_function.{name}" if module else f"aws_lambda_function.{name}"
        plan.add(address, {}, module=module, function_name=name, vpc_config=[{}])
        plan.changes[-1]["change"]["after_unknown"]["vpc_config"] = [{"subnet_ids": True, "security_group_ids": True}]
    cloud = load([plan.write(tmp_path)])
    assert cloud.compute.functions["module.fn.aws_lambda_function.inside"].subnet_ids == ("aws_subnet.private",)
    assert path(cloud, "aws_lambda_function.unclear", "internet:tcp/443").verdict == "unknown"


@pytest.mark.parametrize(
    ("made_for", "verdict"), [(["aws_subnet.public"], "reachable"), (["local.subnets"], "unknown")]
)
def test_each_value(tmp_path, made_for, verdict):
    """Tables of public subnets are associated by `each.value`, which may be any subnet unless `for_each` is a resource."""
    plan = with_local_vpc()
    for written in plan.configuration["resources"]:
        if (written["type"], written["name"]) == ("aws_route_table_association", "public"):
            written["for_each_expression"] = {"references": made_for}
            written["expressions"]["subnet_id"] = {"references": ["each.value.id", "each.value"]}
    cloud = load([plan.write(tmp_path)])
    assert path(cloud, "aws_lambda_function.orders", "internet:tcp/443").verdict == verdict
    assert path(cloud, "aws_lambda_function.orders", "10.0.0.9:tcp/443").verdict != "unknown"


def nets():
    """Two networks by a module with `for_each`, with an output, and something that is made for each."""
    plan = Plan()
    outputs = {"subnet": {"expression": refers("aws_subnet.s.id")}, "vpc": {"expression": refers("aws_vpc.v.id")}}
    plan.calls["net"] = {"for_each_expression": {"references": ["local.nets"]}, "module": {"outputs": outputs}}
    for number, key in enumerate("ab"):
        place = f'module.net["{key}"]'
        plan.add(f"{place}.aws_vpc.v", {}, module=place, cidr_block=f"10.{number}.0.0/16")
        vpc = {"vpc_id": refers("aws_vpc.v.id")}
        plan.add(f"{place}.aws_subnet.s", vpc, module=place, vpc_id=..., cidr_block=f"10.{number}.0.0/24")
    return plan


def test_each_value_of_a_module(tmp_path):
    plan = nets()
    for key in "ab":
        of = {"subnet_id": {"references": ["each.value.subnet", "each.value"]}}
        plan.add(f'aws_instance.i["{key}"]', of, key, subnet_id=...)
    made = next(one for one in plan.configuration["resources"] if one["type"] == "aws_instance")
    made["for_each_expression"] = {"references": ["module.net"]}
    network = load([plan.write(tmp_path)]).network
    places = [network.interfaces_of(f'aws_instance.i["{key}"]')[0].subnet_id for key in "ab"]
    assert places == ['module.net["a"].aws_subnet.s', 'module.net["b"].aws_subnet.s']


def test_the_name_of_an_endpoint_service_of_the_plan(tmp_path):
    plan = network()
    plan.add(
        "aws_lb.n",
        {"subnets": refers("aws_subnet.private.id")},
        load_balancer_type="network",
        internal=True,
        subnets=...,
    )
    balancers = {"network_load_balancer_arns": refers("aws_lb.n.arn")}
    plan.add("aws_vpc_endpoint_service.s", balancers, network_load_balancer_arns=..., acceptance_required=False)
    of = {"vpc_id": refers("aws_vpc.main.id"), "service_name": refers("aws_vpc_endpoint_service.s.service_name")}
    plan.add("aws_vpc_endpoint.e", of, vpc_id=..., service_name=..., vpc_endpoint_type="Interface")
    name = load([plan.write(tmp_path)]).network.vpc_endpoints["aws_vpc_endpoint.e"].service_name
    assert str(name).startswith("com.amazonaws.vpce.eu-west-1.vpce-svc-")


def test_an_unknown_service_of_an_endpoint_does_not_decide_other_paths(tmp_path):
    plan = with_local_vpc()
    of = {"vpc_id": refers("aws_vpc.main.id"), "service_name": {"references": ["local.service"]}}
    plan.add("aws_vpc_endpoint.e", of, vpc_id=..., service_name=..., vpc_endpoint_type="Interface")
    found = path(load([plan.write(tmp_path)]), "aws_lambda_function.orders", "internet:tcp/443")
    assert found.verdict == "reachable"


@pytest.mark.parametrize(
    ("beside", "made_for", "names", "assumed"),
    [
        ("each.key", None, ("a",), False),
        ("each.value", {"constant_value": {"a": "b", "b": "a"}}, ("b",), False),
        ("each.value.groups", {"constant_value": {"a": {"groups": ["a", "b"]}, "b": {}}}, ("a", "b"), False),
        ("each.value.groups", {"references": ["local.servers"]}, ("a", "b", "c"), True),
    ],
)
def test_a_list_beside_each(tmp_path, beside, made_for, names, assumed):
    """`[aws_security_group.g[each.key].id]` names one group of several. What `each.value` selects is known if `for_each` is written down."""
    plan = network()
    for key in ZONES:
        plan.add(f'aws_security_group.g["{key}"]', {"vpc_id": refers("aws_vpc.main.id")}, key, vpc_id=...)
    groups = {
        "subnet_id": refers("aws_subnet.private.id"),
        "vpc_security_group_ids": {"references": ["aws_security_group.g", beside]},
    }
    plan.add('aws_instance.i["a"]', groups, "a", subnet_id=..., vpc_security_group_ids=...)
    plan.configuration["resources"][-1]["for_each_expression"] = made_for or {"references": ["local.zones"]}
    cloud = load([plan.write(tmp_path)])
    found = cloud.network.interfaces_of('aws_instance.i["a"]')[0].security_group_ids
    assert found == tuple(f'aws_security_group.g["{name}"]' for name in names)
    said = path(cloud, 'aws_instance.i["a"]', "internet:tcp/443").assumptions
    assert any("vpc_security_group_ids means" in one for one in said) == assumed


def test_the_only_group_of_a_module_is_assumed_in_a_list(tmp_path):
    """A module joins its own group and those of a variable in a local value, as modules of load balancers do."""
    plan = network()
    plan.calls["alb"] = {"expressions": {"vpc_id": refers("aws_vpc.main.id")}, "module": {}}
    of = {"vpc_id": {"references": ["var.vpc_id"]}}
    plan.add("module.alb.aws_security_group.own", of, module="module.alb", vpc_id=...)
    groups = {"references": ["local.security_groups"]}
    plan.add(
        "module.alb.aws_lb.this", {"security_groups": groups}, module="module.alb", security_groups=..., internal=True
    )
    balancer = load([plan.write(tmp_path)]).balancing.load_balancers["module.alb.aws_lb.this"]
    assert balancer.security_group_ids == ("module.alb.aws_security_group.own",)


@pytest.mark.parametrize("later", [{}, {"security_groups": [None]}])
def test_a_group_in_a_rule_is_the_output_of_a_module(tmp_path, later):
    """Rules in blocks have their references together. A plan omits a later list, or has null for its items."""
    plan = network()
    plan.calls["web"] = {"module": {"outputs": {"group": {"expression": refers("aws_security_group.g.id")}}}}
    plan.add("module.web.aws_security_group.g", {}, module="module.web")
    rule = {"from_port": 80, "to_port": 80, "protocol": "tcp", "cidr_blocks": [], **later}
    written = {"vpc_id": refers("aws_vpc.main.id"), "ingress": {"references": ["module.web.group", "module.web"]}}
    plan.add("aws_security_group.app", written, vpc_id=..., ingress=[rule])
    plan.changes[-1]["change"]["after_unknown"]["ingress"] = [{"security_groups": [True] if later else True}]
    group = load([plan.write(tmp_path)]).network.security_groups["aws_security_group.app"]
    assert [rule.peer for rule in group.ingress] == ["module.web.aws_security_group.g"]


def with_endpoint(*tables):
    """A network whose function is in an isolated subnet, and an S3 endpoint in tables that a plan does not show."""
    plan = network()
    plan.configuration["resources"] = [one for one in plan.configuration["resources"] if one["type"] != "aws_route"]
    plan.resources[:] = [one for one in plan.resources if one["type"] != "aws_route"]
    of = {"vpc_id": refers("aws_vpc.main.id"), "route_table_ids": {"references": [*tables]}}
    service = {"service_name": "com.amazonaws.eu-west-1.s3", "vpc_endpoint_type": "Gateway"}
    plan.add("aws_vpc_endpoint.s3", of, vpc_id=..., route_table_ids=..., **service)
    return everything_out(plan)


@pytest.mark.parametrize(
    ("tables", "verdict"),
    [
        (("each.value",), "unknown"),
        (("aws_route_table.private",), "reachable"),
        (("aws_route_table.public",), "blocked"),
    ],
)
def test_an_endpoint_may_be_in_any_table_of_the_stack(tmp_path, tables, verdict):
    cloud = load([with_endpoint(*tables).write(tmp_path)])
    assert path(cloud, "aws_lambda_function.orders", "aws:s3").verdict == verdict
    assert path(cloud, "aws_lambda_function.orders", "internet:tcp/443").verdict == "blocked"


def test_the_prefix_list_of_an_endpoint_of_the_plan(tmp_path):
    plan = with_endpoint("aws_route_table.private")
    plan.resources.pop()
    own = {
        "security_group_id": refers("aws_security_group.fn.id"),
        "prefix_list_ids": refers("aws_vpc_endpoint.s3.prefix_list_id"),
    }
    plan.add(
        "aws_security_group_rule.s3", own, security_group_id=..., prefix_list_ids=..., type="egress", protocol="-1"
    )
    cloud = load([plan.write(tmp_path)])
    assert path(cloud, "aws_lambda_function.orders", "aws:s3").verdict == "reachable"
    assert path(cloud, "aws_lambda_function.orders", "aws:dynamodb").verdict == "blocked"


def test_blocks_that_can_only_mean_one_resource(tmp_path):
    """Two routes of a table lead to one gateway: no other resource of the type is among the references."""
    plan = everything_out(network())
    table = next(one for one in plan.resources if one["address"] == "aws_route_table.public")
    table["values"]["route"] = [{"cidr_block": "0.0.0.0/0"}, {"ipv6_cidr_block": "::/0"}]
    found = path(load([plan.write(tmp_path)]), "aws_lambda_function.orders", "internet:tcp/443")
    assert (found.verdict, found.assumptions) == ("reachable", ())


def test_an_argument_of_another_resource_and_the_id_of_an_accepter(tmp_path):
    plan = Plan()
    for name, block in (("a", "10.1.0.0/16"), ("b", "10.2.0.0/16")):
        plan.add(f"aws_vpc.{name}", cidr_block=block)
        plan.add(f"aws_subnet.{name}", {"vpc_id": refers(f"aws_vpc.{name}.id")}, vpc_id=..., cidr_block=block)
    plan.add("aws_route_table.a", {"vpc_id": refers("aws_subnet.a.vpc_id")}, vpc_id=...)
    ends = {"vpc_id": refers("aws_vpc.a.id"), "peer_vpc_id": refers("aws_vpc.b.id")}
    plan.add("aws_vpc_peering_connection.p", ends, vpc_id=..., peer_vpc_id=...)
    peering = {"vpc_peering_connection_id": refers("aws_vpc_peering_connection.p.id")}
    plan.add("aws_vpc_peering_connection_accepter.p", peering, vpc_peering_connection_id=...)
    to = {
        "vpc_peering_connection_id": refers("aws_vpc_peering_connection_accepter.p.id"),
        "route_table_id": refers("aws_route_table.a.id"),
    }
    plan.add("aws_route.r", to, vpc_peering_connection_id=..., route_table_id=..., destination_cidr_block="10.2.0.0/16")
    table = load([plan.write(tmp_path)]).network.route_tables["aws_route_table.a"]
    assert (table.vpc_id, table.routes[0].target_id) == ("aws_vpc.a", "aws_vpc_peering_connection.p")


def test_each_value_in_a_route_of_a_block(tmp_path):
    plan = everything_out(network())
    of = {"vpc_id": refers("aws_vpc.main.id"), "route": {"references": ["each.value.id", "each.value"]}}
    plan.add('aws_route_table.zone["a"]', of, "a", vpc_id=..., route=[{"cidr_block": "0.0.0.0/0"}])
    plan.configuration["resources"][-1]["for_each_expression"] = {"references": ["aws_nat_gateway.of"]}
    nat = {"subnet_id": {"references": ["aws_subnet.public[0].id"]}, "allocation_id": refers("aws_eip.nat.id")}
    plan.add('aws_nat_gateway.of["a"]', nat, "a", subnet_id=..., allocation_id=...)
    table = load([plan.write(tmp_path)]).network.route_tables['aws_route_table.zone["a"]']
    assert [route.target_id for route in table.routes] == ['aws_nat_gateway.of["a"]']


def test_a_plan_without_its_changes(tmp_path):
    """Items that are known only after apply are null in a plan's values."""
    plan = network()
    group = {"vpc_security_group_ids": refers("aws_security_group.fn.id"), "subnet_id": refers("aws_subnet.private.id")}
    plan.add("aws_instance.i", group, vpc_security_group_ids=[None], subnet_id=...)
    plan.changes.clear()
    interface = load([plan.write(tmp_path)]).network.interfaces_of("aws_instance.i")[0]
    assert (interface.subnet_id, interface.security_group_ids) == ("aws_subnet.private", ("aws_security_group.fn",))


def test_ids_of_a_vpcs_defaults_and_of_an_endpoints_list_that_exist(tmp_path):
    """A plan for what exists has ids in place of references: those of a VPC's default resources are the VPC's attributes."""
    plan = Plan()
    ids = {"id": "vpc-00000001", "default_route_table_id": "rtb-00000001", "default_security_group_id": "sg-00000001"}
    plan.add("aws_vpc.v", cidr_block="10.0.0.0/16", enable_dns_support=True, **ids)
    plan.add("aws_subnet.s", vpc_id="vpc-00000001", id="subnet-00000001", cidr_block="10.0.0.0/24")
    list_id = {"prefix_list_id": "pl-6da54004", "route_table_ids": ["rtb-00000001"]}
    service = {"service_name": "com.amazonaws.eu-west-1.s3", "vpc_endpoint_type": "Gateway"}
    plan.add("aws_vpc_endpoint.s3", vpc_id="vpc-00000001", id="vpce-00000001", **service, **list_id)
    plan.add("aws_default_route_table.d", default_route_table_id="rtb-00000001", id="rtb-00000001", route=[])
    plan.add("aws_default_security_group.d", vpc_id="vpc-00000001", id="sg-00000001", ingress=[], egress=[
        {"protocol": "tcp", "from_port": 443, "to_port": 443, "prefix_list_ids": ["pl-6da54004"]},
    ])  # fmt: skip
    plan.add(
        "aws_lambda_function.f", function_name="f", role="arn:aws:iam::123456789012:role/r",
        vpc_config=[{"subnet_ids": ["subnet-00000001"], "security_group_ids": ["sg-00000001"]}],
    )  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    assert path(cloud, "aws_lambda_function.f", "aws:s3").verdict == "reachable"
    assert path(cloud, "aws_lambda_function.f", "aws:dynamodb").verdict == "blocked"


OWN, SAID = "aws_security_group.own[0].id", "each.value.referenced_security_group_id"


@pytest.mark.parametrize(
    ("written", "given", "group"),
    [
        ([SAID, "each.value"], ["module.front.group"], "module.front.aws_security_group.sg"),
        ([SAID, "each.value"], ["module.front.group", "aws_security_group.other.id"], None),
        ([SAID, "each.value", OWN], ["module.front.group"], None),  # each.value.x == "self" ? own : each.value.x
        ([SAID, "each.value", OWN], ["aws_vpc.main.id"], "module.service.aws_security_group.own[0]"),
    ],
)
def test_a_value_within_the_map_of_for_each(tmp_path, written, given, group):
    plan = with_local_vpc()
    plan.calls["front"] = {"module": {"outputs": {"group": {"expression": refers("aws_security_group.sg.id")}}}}
    plan.add("module.front.aws_security_group.sg", {}, module="module.front", name="front", vpc_id=...)
    plan.add("aws_security_group.other", {"vpc_id": refers("aws_vpc.main.id")}, name="other", vpc_id=...)
    plan.calls["service"] = {"expressions": {"rules": refers(*given)}, "module": {"variables": {"rules": {}}}}
    service = "module.service"
    plan.add(f"{service}.aws_security_group.own[0]", {}, 0, module=service, name="own", vpc_id=...)
    rule = {"security_group_id": refers(OWN), "referenced_security_group_id": {"references": written}}
    plan.add(
        f'{service}.aws_vpc_security_group_ingress_rule.this["a"]', rule, "a", module=service, security_group_id=...,
        referenced_security_group_id=..., ip_protocol="tcp", from_port=80, to_port=80,
    )  # fmt: skip
    made = plan.calls["service"]["module"]["resources"][-1]
    made["for_each_expression"] = {"references": ["var.rules", "local.create"]}
    network = load([plan.write(tmp_path)]).network
    (found,) = network.security_groups[f"{service}.aws_security_group.own[0]"].ingress
    assert (None if isinstance(found.peer, Unknown) else found.peer) == group


@pytest.mark.parametrize(
    ("given", "target"),
    [
        (["aws_instance.a.id"], "aws_instance.a"),
        (["aws_lambda_function.f.arn"], "arn:aws:lambda:eu-west-1:123456789012:function:f"),
        (["aws_instance.a.id", "aws_instance.b.id"], None),
    ],
)
def test_a_target_within_the_groups_of_a_module(tmp_path, given, target):
    plan = Plan().add("aws_lambda_function.f", function_name="f").add("aws_instance.a").add("aws_instance.b")
    plan.calls["alb"] = {
        "expressions": {"target_groups": refers(*given)},
        "module": {"variables": {"target_groups": {}}},
    }
    group = 'module.alb.aws_lb_target_group.this["web"]'
    plan.add(group, {}, "web", "module.alb", port=80, protocol="HTTP")
    attached = {"target_group_arn": {"references": ["aws_lb_target_group.this", "each.key"]},
                "target_id": {"references": ["each.value.target_id", "each.value"]}}  # fmt: skip
    place = 'module.alb.aws_lb_target_group_attachment.this["web"]'
    plan.add(place, attached, "web", "module.alb", target_group_arn=..., target_id=..., port=80)
    plan.calls["alb"]["module"]["resources"][-1]["for_each_expression"] = {"references": ["var.target_groups"]}
    (found,) = load([plan.write(tmp_path)]).balancing.target_groups[group].targets
    assert found.id == target if target else isinstance(found.id, Unknown)


PRIVATE = tuple(f"module.net.aws_subnet.private[{number}]" for number in range(len(ZONES)))


def made_for_each(plan, module, kind, expressions, **values):
    """Add a resource with the key "a", whose `for_each` is the variable `things` of its module `api`."""
    plan.add(f'{module}.{kind}.this["a"]', expressions, "a", module=module, **values)
    plan.calls["api"]["module"]["resources"][-1]["for_each_expression"] = {"references": ["var.things", "local.create"]}


@pytest.mark.parametrize(
    ("given", "subnets", "groups"),
    [
        (["module.net.private", "module.net", "aws_security_group.one.id"], PRIVATE, ("aws_security_group.one",)),
        (["module.net.private[0]", "module.net.private", "aws_security_group.one.id"], PRIVATE[:1], ("aws_security_group.one",)),
        (["module.net.private[0]", "module.net.private[1]", "aws_security_group.one.id"], None, ("aws_security_group.one",)),
        (["module.net.private", "aws_security_group.one.id", "aws_security_group.two.id"], PRIVATE, None),
    ],
)  # fmt: skip
@pytest.mark.parametrize("passed_on", [False, True])
def test_a_list_within_the_map_of_for_each(tmp_path, given, subnets, groups, passed_on):
    """As terraform-aws-modules/apigateway-v2 has its VPC links; a module that is made for each thing passes a map of its own on."""
    plan = fleet(["module.net.private[0]"], ["aws_security_group.one.id"])
    things = {"references": ["each.value.things", "each.value"]} if passed_on else {"references": given}
    plan.calls["api"] = {"expressions": {"things": things}, "module": {"variables": {"things": {}}}}
    if passed_on:
        plan.calls["api"]["for_each_expression"] = {"references": given}
    module = 'module.api["x"]' if passed_on else "module.api"
    values = {"subnet_ids": {"references": ["each.value.subnet_ids", "each.value"]},
              "security_group_ids": {"references": ["each.value.groups", "each.value"]}}  # fmt: skip
    made_for_each(plan, module, "aws_apigatewayv2_vpc_link", values, name="l", subnet_ids=..., security_group_ids=...)
    (link,) = load([plan.write(tmp_path)]).apis.vpc_links.values()
    assert [*map(str, link.subnet_ids)] == [*subnets] if subnets else isinstance(link.subnet_ids[0], Unknown)
    assert link.security_group_ids == groups if groups else isinstance(link.security_group_ids[0], Unknown)


@pytest.mark.parametrize(
    ("kind", "leads_to"),
    [("AWS_PROXY", "aws_lambda_function.f"), ("HTTP_PROXY", 'module.alb.aws_lb_listener.this["http"]')],
)
def test_an_integration_within_the_map_leads_to_what_its_type_means(tmp_path, kind, leads_to):
    plan = Plan().add("aws_lambda_function.f", function_name="f").add("aws_lb.this", name="l")
    listeners = {"listeners": {"expression": {"references": ["aws_lb_listener.this"]}}}
    plan.calls["alb"] = {"expressions": {"lb": refers("aws_lb.this.arn")}, "module": {"outputs": listeners}}
    for key, port in (("http", 80), ("other", 81)):
        place = f'module.alb.aws_lb_listener.this["{key}"]'
        of = {"load_balancer_arn": {"references": ["var.lb"]}}
        plan.add(place, of, key, "module.alb", load_balancer_arn=..., port=port, protocol="HTTP")
    given = ["aws_lambda_function.f.arn", 'module.alb.listeners["http"].arn', 'module.alb.listeners["http"]']
    plan.calls["api"] = {"expressions": {"things": {"references": given}}, "module": {"variables": {"things": {}}}}
    of = {
        "integration_uri": {"references": ["each.value.uri", "each.value"]},
        "api_id": refers("aws_apigatewayv2_api.this.id"),
    }
    plan.add("module.api.aws_apigatewayv2_api.this", {}, module="module.api", name="a", protocol_type="HTTP")
    kinds = {"integration_type": kind, "connection_type": "INTERNET"}
    made_for_each(plan, "module.api", "aws_apigatewayv2_integration", of, api_id=..., integration_uri=..., **kinds)
    cloud = load([plan.write(tmp_path)])
    (made,) = (one for one in cloud.template.resources.values() if one.type.endswith("::Integration"))
    assert cloud.named(made.properties["IntegrationUri"]) == leads_to


@pytest.mark.parametrize(
    ("own", "given", "expected"),
    [
        (1, {}, ("{}[0]",)),
        (1, {"security_group_ids": refers("aws_security_group.one.id")}, ("{}[0]", "aws_security_group.one")),
        (0, {"security_group_ids": refers("aws_security_group.one.id")}, ("aws_security_group.one",)),
        (2, {}, None),
    ],
)
def test_a_dynamic_block_has_the_only_group_of_its_module(tmp_path, own, given, expected):
    """As terraform-aws-modules/ecs has its services, whose `subnets` are `var.subnet_ids`."""
    plan = fleet(["module.net.private[0]"], ["aws_security_group.one.id"])
    subnets = {"subnet_ids": {"references": ["module.net.private", "module.net"]}}
    plan.calls["ecs"] = {"expressions": {**subnets, **given}, "module": {}}
    for number in range(own):
        plan.add(f"module.ecs.aws_security_group.this[{number}]", {}, number, "module.ecs", vpc_id=...)
    service = "module.ecs.aws_ecs_service.this"
    plan.add(
        service, {}, module="module.ecs", name="web", launch_type="FARGATE", desired_count=3, network_configuration=[{}]
    )
    plan.changes[-1]["change"]["after_unknown"]["network_configuration"] = [{"subnets": True, "security_groups": True}]
    network = load([plan.write(tmp_path)]).network
    places = network.interfaces_of(service)
    assert {eni.subnet_id for eni in places} == {*PRIVATE}
    groups = places[0].security_group_ids
    own_group = "module.ecs.aws_security_group.this"
    assert groups == tuple(name.format(own_group) for name in expected) if expected else isinstance(groups[0], Unknown)


def test_a_database_s_subnet_group_is_the_only_one_of_the_plan(tmp_path):
    """terraform-aws-modules/rds chooses it by a local value."""
    plan = fleet(["module.net.private[0]"], ["aws_security_group.one.id"])
    plan.add(
        "aws_db_subnet_group.main",
        {"subnet_ids": {"references": ["module.net.private", "module.net"]}},
        subnet_ids=...,
        name=...,
    )
    of = {"db_subnet_group_name": {"references": ["local.db_subnet_group_name"]}}
    plan.add("aws_db_instance.db", of, engine="postgres", db_subnet_group_name=...)
    places = load([plan.write(tmp_path)]).network.interfaces_of("aws_db_instance.db")
    assert {eni.subnet_id for eni in places} == {*PRIVATE}


def beside_each(plan, kind, argument, default, written, **known):
    """Add a resource with `try(each.value.x, var.usual)`. The map of its `for_each` is a local value."""
    plan.calls["m"] = {"module": {"variables": {"usual": {"default": default}}}}
    chosen = {argument: {"references": ["each.value.x", "each.value", "var.usual"]}}
    plan.add(f'module.m.{kind}.this["a"]', {**written, **chosen}, "a", "module.m", **known)
    plan.calls["m"]["module"]["resources"][-1]["for_each_expression"] = {"references": ["local.things"]}


def test_a_default_beside_each_value_is_not_the_value(tmp_path):
    """The value is known only after apply, so it is not the known default."""
    plan = Plan().add("aws_lb_target_group.g", name="g", port=80, protocol="HTTP")
    group = {"target_group_arn": refers("aws_lb_target_group.g.arn")}
    beside_each(plan, "aws_lb_target_group_attachment", "target_id", "i-0123456789abcdef0", group,
                target_group_arn=..., target_id=..., port=80)  # fmt: skip
    (found,) = load([plan.write(tmp_path)]).balancing.target_groups["aws_lb_target_group.g"].targets
    assert isinstance(found.id, Unknown)


@pytest.mark.parametrize("default", [[], ["subnet-1"]])
def test_a_list_beside_each_value_is_not_the_default(tmp_path, default):
    plan = Plan().add("aws_vpc.v", cidr_block="10.0.0.0/16")
    vpc = {"vpc_id": refers("aws_vpc.v.id")}
    beside_each(plan, "aws_vpc_endpoint", "subnet_ids", default, vpc, vpc_id=..., subnet_ids=[None, None],
                vpc_endpoint_type="Interface", service_name="com.amazonaws.eu-west-1.ssm")  # fmt: skip
    plan.changes[-1]["change"]["after_unknown"]["subnet_ids"] = [True, True]
    (endpoint,) = load([plan.write(tmp_path)]).network.vpc_endpoints.values()
    assert [isinstance(one, Unknown) for one in endpoint.subnet_ids] == [True]


@pytest.mark.parametrize("peer", [{"cidr_blocks": ["10.9.0.0/16"]}, {"ipv6_cidr_blocks": ["::/0"]}])
def test_a_rule_with_another_peer_has_no_group_of_the_map(tmp_path, peer):
    """The provider has `source_security_group_id` as known only after apply in every rule, and refuses it beside these arguments."""
    plan = with_local_vpc()
    plan.calls["service"] = {
        "expressions": {"rules": refers("aws_security_group.sg.id")},
        "module": {"variables": {"rules": {}}},
    }
    place = "module.service.aws_security_group.own[0]"
    plan.add(place, {}, 0, module="module.service", name="own", vpc_id=...)
    rule = {"security_group_id": refers("aws_security_group.own[0].id")}
    rule["source_security_group_id"] = {"references": ["each.value"]}
    plan.add(
        'module.service.aws_security_group_rule.this["a"]', rule, "a", "module.service", security_group_id=...,
        source_security_group_id=..., type="ingress", protocol="tcp", from_port=80, to_port=80, **peer,
    )  # fmt: skip
    made = plan.calls["service"]["module"]["resources"][-1]
    made["for_each_expression"] = {"references": ["var.rules"]}
    (found,) = load([plan.write(tmp_path)]).network.security_groups[place].ingress
    assert str(found.peer) == next(iter(peer.values()))[0]


@pytest.mark.parametrize(("block", "further", "vpc"), [
    ("10.1.7.0/24", False, 'aws_vpc.v["b"]'),
    ("10.1.7.0/24", True, None),
    ("10.9.0.0/24", False, None),
    (..., False, None),
])  # fmt: skip
def test_a_subnet_is_in_the_vpc_whose_block_contains_its_own(tmp_path, block, further, vpc):
    """`aws_vpc.v[each.value.vpc].id`, made for a local value, names both VPCs."""
    plan = Plan()
    for number, key in enumerate("ab"):
        plan.add(f'aws_vpc.v["{key}"]', {}, key, cidr_block=f"10.{number}.0.0/16")
    if further:
        of = {"vpc_id": {"references": ['aws_vpc.v["a"].id', 'aws_vpc.v["a"]', "aws_vpc.v"]}}
        plan.add("aws_vpc_ipv4_cidr_block_association.m", of, vpc_id=..., cidr_block="10.8.0.0/16")
    of = {"vpc_id": {"references": ["aws_vpc.v", "each.value.vpc", "each.value"]}, "cidr_block": {"references": ["each.value"]}}  # fmt: skip
    plan.add('aws_subnet.s["x"]', of, "x", vpc_id=..., cidr_block=block)
    plan.configuration["resources"][-1]["for_each_expression"] = {"references": ["local.subnets"]}
    found = load([plan.write(tmp_path)]).network.subnets['aws_subnet.s["x"]'].vpc_id
    assert (None if isinstance(found, Unknown) else found) == vpc


@pytest.mark.parametrize(
    ("text", "subnet", "assumed"),
    [
        ("aws_subnet.s[count.index].id", 1, False),
        ("aws_subnet.s[count.index - 1].id", 0, False),
        ("aws_subnet.s[(count.index + 1) % 2].id", 0, False),
        ("element(aws_subnet.s[*].id, count.index + 2)", 1, False),
        ("element(reverse(aws_subnet.s[*].id), count.index)", 0, False),
        ("aws_subnet.s[count.index == 1 ? 0 : 1].id", 0, False),
        ("[aws_subnet.s[1].id, aws_subnet.s[0].id][count.index]", 0, False),
        ("sort(aws_subnet.s[*].id)[count.index]", 0, True),
        ("aws_subnet.s[tonumber(local.some[count.index])].id", 0, True),
    ],
)
def test_an_index_that_is_computed_may_be_another_one(tmp_path, text, subnet, assumed):
    """What is not settled is taken to be the first, as an assumption."""
    plan = Plan().add("aws_vpc.v", cidr_block="10.0.0.0/16")
    for number in (0, 1):
        of = {"vpc_id": refers("aws_vpc.v.id")}
        plan.add(f"aws_subnet.s[{number}]", of, number, vpc_id=..., cidr_block=f"10.0.{number}.0/24")
    at = {"subnet_id": {"references": ["aws_subnet.s", "count.index"]}}
    plan.add("aws_instance.i[1]", at, 1, subnet_id=...)
    (tmp_path / "main.tf").write_text(f'resource "aws_instance" "i" {{\n  count = 2\n  subnet_id = {text}\n}}\n')
    cloud = load([plan.write(tmp_path)])
    (eni,) = cloud.network.interfaces_of("aws_instance.i[1]")
    assert eni.subnet_id == f"aws_subnet.s[{subnet}]"
    assert any(" means " in one.assumption for one in cloud.template.unread) is assumed
