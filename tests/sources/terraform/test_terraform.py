"""Terraform plans: the same cloud as the template that says the same. The plans are written here as `show -json` prints them."""

import json
from ipaddress import IPv4Network

import pytest

import netful
from netful.engine.flows.codes import Code
from netful.engine.iam.resource_policies import written as written_policies
from netful.model.balancing.load_balancers import Target
from netful.model.core import SourceError, Unknown
from netful.model.network.route_tables import TargetKind
from netful.sources import load
from netful.sources.refusals import refusals
from tests.helpers.paths import path
from tests.helpers.terraform_plans import Plan, everything_out, network, refers


def test_a_network_is_read_by_what_its_configuration_refers_to(tmp_path):
    cloud = load([everything_out(network()).write(tmp_path)])
    assert cloud.region == "eu-west-1"
    assert cloud.network.subnets["aws_subnet.public[1]"].vpc_id == "aws_vpc.main"
    assert cloud.network.nat_gateways["aws_nat_gateway.nat"].subnet_id == "aws_subnet.public[0]"
    assert cloud.network.route_table_of("aws_subnet.public[1]").id == "aws_route_table.public"
    function = cloud.compute.functions["aws_lambda_function.orders"]
    assert (function.function_name, function.subnet_ids) == ("orders", ("aws_subnet.private",))
    assert function.role == "arn:aws:iam::123456789012:role/fn"
    found = path(cloud, "aws_lambda_function.orders", "internet")
    assert found.verdict == "reachable"
    assert "aws_nat_gateway.nat" in [hop.component for hop in found.hops]
    assert {hop.origin.file for hop in found.hops if hop.origin.line} == {str(tmp_path / "plan.json")}


@pytest.mark.parametrize(("written", "reserved"), [(-1, None), (0, 0), (5, 5)])
def test_minus_one_reserves_no_concurrency(tmp_path, written, reserved):
    """The provider plans -1 where nothing is written."""
    plan = Plan().add("aws_lambda_function.f", function_name="f", reserved_concurrent_executions=written)
    function = load([plan.write(tmp_path)]).compute.functions["aws_lambda_function.f"]
    assert function.reserved_concurrent_executions == reserved


def test_a_group_has_only_the_egress_rules_that_the_plan_gives_it(tmp_path):
    cloud = load([network().write(tmp_path)])
    found = path(cloud, "aws_lambda_function.orders", "internet")
    denied = [(hop.component, hop.code) for hop in found.hops if hop.verdict == "deny"]
    assert denied == [("aws_security_group.fn", Code.SG_HAS_NO_RULES)]
    assert cloud.network.security_groups["aws_security_group.fn"].egress == ()


@pytest.mark.parametrize(
    ("more", "refused"),
    [({}, []), ({"description": ...}, []), ({"description": "the clients' group"}, ["GroupDescription"])],
)
def test_a_group_of_for_each_has_the_description_of_the_plan(tmp_path, more, refused):
    """Its address has characters that AWS refuses in a description."""
    plan = network()
    plan.add('aws_security_group.web["a"]', {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=..., **more)
    cloud = load([plan.write(tmp_path)])
    assert 'aws_security_group.web["a"]' in cloud.network.security_groups
    assert [one.property for one in refusals(cloud)] == refused


@pytest.mark.parametrize(
    "rule",
    [
        ("aws_vpc_security_group_ingress_rule.db", {"referenced_security_group_id": ..., "ip_protocol": "tcp"}),
        ("aws_security_group_rule.db", {"source_security_group_id": ..., "protocol": "tcp", "type": "ingress"}),
    ],
)
def test_rules_of_both_forms_refer_to_groups(tmp_path, rule):
    address, values = rule
    peer = next(name for name, value in values.items() if value is ...)
    plan = everything_out(network())
    plan.add("aws_security_group.db", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=..., name="db")
    expressions = {peer: refers("aws_security_group.fn.id"), "security_group_id": refers("aws_security_group.db.id")}
    plan.add(address, expressions, security_group_id=..., from_port=5432, to_port=5432, **values)
    plan.add("aws_db_subnet_group.db", {"subnet_ids": refers("aws_subnet.private.id")}, name="db", subnet_ids=...)
    plan.add(
        "aws_db_instance.db",
        {"db_subnet_group_name": refers("aws_db_subnet_group.db.name"), "vpc_security_group_ids": refers("aws_security_group.db.id")},
        engine="postgres", db_subnet_group_name="db", vpc_security_group_ids=...,
    )  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    assert path(cloud, "aws_lambda_function.orders", "aws_db_instance.db").verdict == "reachable"
    assert path(cloud, "aws_lambda_function.orders", "aws_db_instance.db:tcp/22").verdict == "blocked"


def test_inline_rules_with_several_peers(tmp_path):
    plan = network()
    rule = {"protocol": "tcp", "from_port": 443, "to_port": 443}
    open_to = [{**rule, "cidr_blocks": ["10.1.0.0/16", "10.2.0.0/16"], "self": True, "security_groups": []}]
    plan.add("aws_security_group.web", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=..., ingress=open_to)
    group = load([plan.write(tmp_path)]).network.security_groups["aws_security_group.web"]
    assert [str(rule.peer) for rule in group.ingress] == ["10.1.0.0/16", "10.2.0.0/16", "aws_security_group.web"]


def test_modules_are_followed_through_their_variables_and_outputs(tmp_path):
    plan = network()
    inner = {
        "variables": {"vpc_id": {}},
        "outputs": {"group_id": {"expression": refers("aws_security_group.inner.id")}},
    }
    plan.calls["fence"] = {"expressions": {"vpc_id": refers("aws_vpc.main.id")}, "module": inner}
    place = 'module.fence["a"]'
    plan.add(f"{place}.aws_security_group.inner", {"vpc_id": {"references": ["var.vpc_id"]}}, module=place, vpc_id=...)
    plan.add(
        "aws_instance.web",
        {"subnet_id": refers("aws_subnet.private.id"), "vpc_security_group_ids": {"references": ['module.fence["a"].group_id', "module.fence"]}},
        subnet_id=..., vpc_security_group_ids=...,
    )  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    assert cloud.network.security_groups[f"{place}.aws_security_group.inner"].vpc_id == "aws_vpc.main"
    assert cloud.network.interfaces_of("aws_instance.web")[0].security_group_ids == (
        f"{place}.aws_security_group.inner",
    )


def test_what_a_plan_does_not_show_is_unknown_and_named(tmp_path):
    plan = network()
    plan.add(
        "aws_instance.web",
        {"subnet_id": {"references": ["local.subnet"]}},
        subnet_id=...,
        vpc_security_group_ids=["sg-1"],
    )
    (eni,) = load([plan.write(tmp_path)]).network.interfaces_of("aws_instance.web")
    assert isinstance(eni.subnet_id, Unknown)
    assert eni.subnet_id.needs == ("local.subnet",)


def test_ids_that_are_known_already_lead_to_the_resources_that_have_them(tmp_path):
    plan = network()
    plan.resources[0]["values"]["id"] = "vpc-0123456789abcdef0"
    plan.add("aws_subnet.late", {}, vpc_id="vpc-0123456789abcdef0", cidr_block="10.0.20.0/24")
    assert load([plan.write(tmp_path)]).network.subnets["aws_subnet.late"].vpc_id == "aws_vpc.main"


def test_a_name_that_several_things_have_is_just_a_name(tmp_path):
    plan = network()
    for resource in plan.resources:
        if resource["type"] in ("aws_lambda_function", "aws_iam_role"):
            resource["values"] |= {"id": "same", "function_name": "same", "name": "same"}
    cloud = load([plan.write(tmp_path)])
    assert cloud.compute.functions["aws_lambda_function.orders"].function_name == "same"


def test_endpoints_and_load_balancers_with_what_is_attached_to_them(tmp_path):
    plan = network()
    plan.add(
        "aws_vpc_endpoint.s3",
        {"vpc_id": refers("aws_vpc.main.id")},
        vpc_id=...,
        service_name="com.amazonaws.eu-west-1.s3",
        vpc_endpoint_type="Gateway",
    )
    plan.add(
        "aws_vpc_endpoint_route_table_association.s3",
        {"vpc_endpoint_id": refers("aws_vpc_endpoint.s3.id"), "route_table_id": refers("aws_route_table.private.id")},
        vpc_endpoint_id=...,
        route_table_id=...,
    )
    plan.add(
        "aws_lb.front",
        {"subnets": refers("aws_subnet.public.id")},
        internal=False,
        load_balancer_type="network",
        subnets=...,
    )
    plan.add(
        "aws_lb_target_group.web",
        {"vpc_id": refers("aws_vpc.main.id")},
        port=80,
        protocol="TCP",
        target_type="ip",
        vpc_id=...,
    )
    plan.add(
        "aws_lb_target_group_attachment.web",
        {"target_group_arn": refers("aws_lb_target_group.web.arn")},
        target_group_arn=...,
        target_id="10.0.9.50",
        port=8080,
    )
    plan.add(
        "aws_lb_listener.web",
        {
            "load_balancer_arn": refers("aws_lb.front.arn"),
            "default_action": [{"target_group_arn": refers("aws_lb_target_group.web.arn")}],
        },
        load_balancer_arn=...,
        port=80,
        protocol="TCP",
        default_action=[{"type": "forward"}],
    )
    plan.changes[-1]["change"]["after_unknown"]["default_action"] = [{"target_group_arn": True}]
    cloud = load([plan.write(tmp_path)])
    assert cloud.network.vpc_endpoints["aws_vpc_endpoint.s3"].route_table_ids == ("aws_route_table.private",)
    assert [node.subnet_id for node in cloud.network.interfaces_of("aws_lb.front")] == [
        "aws_subnet.public[0]",
        "aws_subnet.public[1]",
    ]
    assert cloud.balancing.target_groups["aws_lb_target_group.web"].targets == (Target("10.0.9.50", 8080),)
    (action,) = cloud.balancing.listeners["aws_lb_listener.web"].default_actions
    assert action.target_group_ids == ("aws_lb_target_group.web",)


@pytest.mark.parametrize(("written", "expected"), [({"private_dns_enabled": True}, True), ({}, False)])
def test_an_endpoint_has_private_dns_if_the_plan_says_so(tmp_path, written, expected):
    plan, ours = network(), {"vpc_id": refers("aws_vpc.main.id")}
    plan.add("aws_vpc_endpoint.ssm", ours, vpc_id=..., service_name="com.amazonaws.eu-west-1.ssm", vpc_endpoint_type="Interface", **written)  # fmt: skip
    endpoint = load([plan.write(tmp_path)]).network.vpc_endpoints["aws_vpc_endpoint.ssm"]
    assert (endpoint.private_dns_enabled, endpoint.assumptions[1:]) == (expected, ())


def test_resources_that_only_say_more_of_another(tmp_path):
    plan, policy = network(), {"Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}]}
    ours, place = {"vpc_id": refers("aws_vpc.main.id")}, {"subnet_id": refers("aws_subnet.private.id")}
    plan.add("aws_vpc_endpoint.ssm", ours, vpc_id=..., service_name="com.amazonaws.eu-west-1.ssm", vpc_endpoint_type="Interface")  # fmt: skip
    said = {"vpc_endpoint_id": refers("aws_vpc_endpoint.ssm.id")}
    plan.add("aws_vpc_endpoint_policy.ssm", said, vpc_endpoint_id=..., policy=json.dumps(policy))
    plan.add("aws_vpc_endpoint_private_dns.ssm", said, vpc_endpoint_id=..., private_dns_enabled=True)
    plan.add("aws_ec2_managed_prefix_list.near", name="near", address_family="IPv4", max_entries=2)
    listed = {"prefix_list_id": refers("aws_ec2_managed_prefix_list.near.id")}
    plan.add("aws_ec2_managed_prefix_list_entry.near", listed, prefix_list_id=..., cidr="10.0.9.0/24")
    plan.add("aws_security_group.more", ours, vpc_id=..., name="more")
    plan.add("aws_instance.web", place, subnet_id=..., ami="ami-1")
    plan.add("aws_network_interface.own", place, subnet_id=...)
    for holder in ("aws_instance.web.primary_network_interface_id", "aws_network_interface.own.id"):
        written = {"network_interface_id": refers(holder), "security_group_id": refers("aws_security_group.more.id")}
        name = f"aws_network_interface_sg_attachment.{holder.split('.')[1]}"
        plan.add(name, written, network_interface_id=..., security_group_id=...)
    plan.add("aws_network_interface_sg_attachment.lost", security_group_id="sg-1", network_interface_id="eni-1")
    made = load([plan.write(tmp_path)])
    endpoint = made.network.vpc_endpoints["aws_vpc_endpoint.ssm"]
    assert (endpoint.policy_document, endpoint.private_dns_enabled) == (policy, True)
    assert made.network.prefix_lists["aws_ec2_managed_prefix_list.near"].cidr_blocks == (IPv4Network("10.0.9.0/24"),)
    for owner in ("aws_instance.web", "aws_network_interface.own"):
        (eni,) = made.network.interfaces_of(owner)
        assert "aws_security_group.more" in eni.security_group_ids
    assert "aws_network_interface_sg_attachment.lost" in made.template.resources


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("aws_iam_role_policy_attachment", {"role": ...}),
        ("aws_iam_role_policy_attachment", {"role": "fn"}),
        ("aws_iam_policy_attachment", {"roles": ...}),
        ("aws_iam_policy_attachment", {"roles": ["fn"]}),
    ],
)
def test_a_role_has_the_policies_that_are_attached_to_it(tmp_path, kind, values):
    arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
    plan = network().add(
        f"{kind}.vpc", {name: refers("aws_iam_role.fn.id") for name in values}, policy_arn=arn, **values
    )
    assert load([plan.write(tmp_path)]).access.roles["aws_iam_role.fn"].managed_policy_arns == (arn,)


@pytest.mark.parametrize("argument", ["role", "roles"])
@pytest.mark.parametrize("role", [..., "other"])
def test_a_policy_of_an_unknown_role_may_be_of_any(tmp_path, argument, role):
    kind = {"role": "aws_iam_role_policy_attachment", "roles": "aws_iam_policy_attachment"}[argument]
    value = role if role is ... or argument == "role" else [role]
    arn = "arn:aws:iam::aws:policy/AmazonSSMReadOnlyAccess"
    plan = network().add(f"{kind}.a", {argument: refers("module.x.role")}, policy_arn=arn, **{argument: value})
    found = load([plan.write(tmp_path)]).access.roles["aws_iam_role.fn"]
    assert [type(one) for one in found.statements] == ([Unknown] if role is ... else [])
    assert found.managed_policy_arns == ()


def test_a_role_has_the_text_of_its_permissions_boundary(tmp_path):
    text = {"Statement": [{"Effect": "Allow", "Action": "ssm:*", "Resource": "*"}]}
    plan = network().add("aws_iam_policy.limit", name="limit", policy=json.dumps(text))
    plan.add("aws_iam_role.own", {"permissions_boundary": refers("aws_iam_policy.limit.arn")}, name="own")
    assert load([plan.write(tmp_path)]).access.roles["aws_iam_role.own"].boundary == text


def test_other_types_are_opaque(tmp_path):
    cloud = load([network().add("aws_globalaccelerator_accelerator.fence", name="fence").write(tmp_path)])
    assert (
        cloud.template.resources["aws_globalaccelerator_accelerator.fence"].type
        == "Terraform::aws_globalaccelerator_accelerator"
    )


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ('{"format_version": "1.0", "terraform_version": "1.9.0"}', "the file is not a Terraform plan"),
        ('{"format_version": "1.0", "terraform_version": "1.9.0", "values": {}}', "the plan has no resources"),
        ('{"format_version": "1.0", "terraform_version": "1.9.0", "planned_values": {}}', "the plan has no resources"),
        ('{"format_version": "1.0", "terraform_version": "1.9.0", "planned_values": {', "the file is not valid JSON"),
    ],
)
def test_what_is_no_plan_an_empty_one_and_a_broken_one_are_refused(tmp_path, content, what):
    file = tmp_path / "plan.json"
    file.write_text(content)
    with pytest.raises(SourceError) as refused:
        load([file])
    assert (refused.value.what, refused.value.origin.file) == (what, str(file))


def test_what_a_vpc_comes_with_is_as_the_plan_adopts_it(tmp_path):
    rule = {"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["10.0.0.0/8"], "self": False}
    entry = {
        "rule_no": 100,
        "action": "allow",
        "protocol": "-1",
        "from_port": 0,
        "to_port": 0,
        "cidr_block": "10.0.0.0/8",
    }
    plan = network()
    plan.add(
        "aws_default_security_group.own", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=..., ingress=[rule], egress=[]
    )
    plan.add(
        "aws_default_network_acl.own", {"default_network_acl_id": refers("aws_vpc.main.default_network_acl_id")},
        default_network_acl_id=..., ingress=[entry], egress=[],
    )  # fmt: skip
    plan.add(
        "aws_default_route_table.own", {"default_route_table_id": refers("aws_vpc.main.default_route_table_id")},
        default_route_table_id=..., route=[{"cidr_block": "10.9.0.0/16", "gateway_id": "igw-0123456789abcdef0"}],
    )  # fmt: skip
    plan.add(
        "aws_lambda_function.fn2",
        {"vpc_config": [{"security_group_ids": refers("aws_default_security_group.own.id"), "subnet_ids": refers("aws_subnet.private.id")}]},
        vpc_config=[{}],
    )  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    group = cloud.network.security_groups["aws_vpc.main.default"]
    assert ([str(one.peer) for one in group.ingress], group.egress) == (["10.0.0.0/8"], ())
    types = {one.type for one in cloud.template.resources.values()}
    assert not any(one.startswith("Custom::") for one in types)  # which `netful up` would run
    acl = cloud.network.network_acls["aws_vpc.main.default-acl"]
    assert ([str(one.cidr_block) for one in acl.ingress], acl.egress) == (["10.0.0.0/8"], ())
    main = cloud.network.route_tables["aws_vpc.main.main"]
    assert (main.main, [str(one.destination_cidr_block) for one in main.routes]) == (True, ["10.9.0.0/16"])
    assert cloud.compute.functions["aws_lambda_function.fn2"].security_group_ids == ("aws_vpc.main.default",)


def test_another_table_may_be_the_main_one(tmp_path):
    plan = network()
    plan.add("aws_route_table.other", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=...)
    plan.add("aws_main_route_table_association.a", {"vpc_id": refers("aws_vpc.main.id"), "route_table_id": refers("aws_route_table.other.id")}, vpc_id=..., route_table_id=...)  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    assert [table.id for table in cloud.network.route_tables.values() if table.main] == ["aws_route_table.other"]


def test_code_is_the_file_that_a_plan_names_beside_it(tmp_path):
    (tmp_path / "fn.zip").write_bytes(b"")
    plan = (
        network().add("aws_lambda_function.here", filename="fn.zip").add("aws_lambda_function.gone", filename="no.zip")
    )
    functions = load([plan.write(tmp_path)]).compute.functions
    assert functions["aws_lambda_function.here"].code.local_path == str(tmp_path / "fn.zip")
    assert functions["aws_lambda_function.gone"].code.local_path is None


def test_port_of_a_rule_may_be_a_databases(tmp_path):
    port = refers("aws_db_instance.db.port")
    plan = network().add("aws_db_instance.db", engine="postgres", port=...)
    plan.add(
        "aws_security_group_rule.in", {"security_group_id": refers("aws_security_group.fn.id"), "from_port": port, "to_port": port},
        type="ingress", protocol="tcp", security_group_id=..., from_port=..., to_port=..., cidr_blocks=["10.0.0.0/8"],
    )  # fmt: skip
    (rule,) = load([plan.write(tmp_path)]).network.security_groups["aws_security_group.fn"].ingress
    assert (rule.from_port, rule.to_port) == (5432, 5432)


def test_an_interface_has_its_addresses(tmp_path):
    plan = Plan()
    plan.add("aws_vpc.main", cidr_block="10.0.0.0/16")
    plan.add("aws_subnet.a", {"vpc_id": refers("aws_vpc.main.id")}, vpc_id=..., cidr_block="10.0.1.0/24")
    plan.add(
        "aws_network_interface.eni",
        {"subnet_id": refers("aws_subnet.a.id")},
        subnet_id=...,
        private_ips=["10.0.1.50", "10.0.1.51"],
    )
    eni = load([plan.write(tmp_path)]).network.network_interfaces["aws_network_interface.eni"]
    assert str(eni.private_ip_address) == "10.0.1.50"
    assert [*map(str, eni.secondary_private_ip_addresses)] == ["10.0.1.51"]


def test_a_plan_without_a_configuration_leaves_unknown_what_it_does_not_say(tmp_path):
    plan = Plan()
    for name in ("main", "other"):
        plan.add(f"aws_vpc.{name}", cidr_block="10.0.0.0/16")
    plan.add("aws_subnet.a", vpc_id=..., cidr_block="10.0.1.0/24")
    file = plan.write(tmp_path, configuration={})
    assert isinstance(load([file]).network.subnets["aws_subnet.a"].vpc_id, Unknown)


def test_the_default_vpc_has_its_way_to_the_internet(tmp_path):
    plan = Plan()
    plan.add("aws_default_vpc.main")
    plan.add("aws_default_subnet.a", availability_zone="eu-west-1a")
    network = load([plan.write(tmp_path)]).network
    assert [*map(str, network.vpcs["aws_default_vpc.main"].cidr_blocks)] == ["172.31.0.0/16"]
    subnet = network.subnets["aws_default_subnet.a"]
    assert (subnet.vpc_id, subnet.map_public_ip_on_launch) == ("aws_default_vpc.main", True)
    table = network.route_table_of("aws_default_subnet.a")
    assert [route.target_kind for route in table.routes] == [TargetKind.INTERNET_GATEWAY]


def test_a_record_whose_name_is_not_known_leaves_its_zone_unknown(tmp_path):
    plan = Plan()
    plan.add("aws_vpc.main", cidr_block="10.0.0.0/16", enable_dns_hostnames=True)
    plan.add("aws_route53_zone.own", name="corp.example", vpc=[{"vpc_id": "aws_vpc.main"}])
    zone_id = refers("aws_route53_zone.own.zone_id")
    plan.add("aws_route53_record.db", {"zone_id": zone_id}, zone_id=..., name=..., type="CNAME")
    (zone,) = load([plan.write(tmp_path)]).names.hosted_zones.values()
    assert (zone.records, zone.unnamed) == ((), ("aws_route53_record.db.name",))


@pytest.mark.parametrize(
    ("type_", "values"),
    [
        ("aws_eks_cluster", {"vpc_config": [{"subnet_ids": ["subnet-1"]}]}),
        ("aws_elasticsearch_domain", {"vpc_options": [{"subnet_ids": ["subnet-1"]}]}),
        ("aws_codebuild_project", {"vpc_config": [{"subnets": ["subnet-1"]}]}),
        ("aws_msk_cluster", {"broker_node_group_info": [{"client_subnets": ["subnet-1"]}]}),
        ("aws_db_proxy", {"vpc_subnet_ids": ["subnet-1"]}),
    ],
)
def test_services_have_interfaces_in_their_subnets(tmp_path, type_, values):
    cloud = load([Plan().add(f"{type_}.x", **values).write(tmp_path)])
    assert [eni.subnet_id for eni in cloud.network.interfaces_of(f"{type_}.x")] == ["subnet-1"]


@pytest.mark.parametrize(
    ("type_", "values", "refused"),
    [
        ("aws_opensearch_domain", {"cluster_config": [{"zone_awareness_enabled": False}]}, True),
        ("aws_opensearch_domain", {"cluster_config": [{"zone_awareness_enabled": True}]}, False),
        ("aws_opensearch_domain", {}, False),
        ("aws_elasticsearch_domain", {"cluster_config": [{"zone_awareness_enabled": False}]}, False),
    ],
)
def test_a_domain_has_a_subnet_for_each_zone(tmp_path, type_, values, refused):
    plan = Plan().add(f"{type_}.x", vpc_options=[{"subnet_ids": ["subnet-1", "subnet-2"]}], **values)
    assert [one.resource_id for one in refusals(load([plan.write(tmp_path)]))] == [f"{type_}.x"] * refused


@pytest.mark.parametrize("private", [True, False])
def test_nodes_of_a_plan_have_the_group_of_their_cluster(tmp_path, private):
    within = {"subnet_ids": ["subnet-1"], "endpoint_private_access": private, "endpoint_public_access": True}
    plan = Plan().add("aws_eks_cluster.main", name="main", vpc_config=[within])
    of = {"cluster_name": refers("aws_eks_cluster.main.name")}
    plan.add("aws_eks_node_group.n", of, cluster_name="main", subnet_ids=["subnet-1"])
    plan.add("aws_eks_fargate_profile.p", of, cluster_name="main", subnet_ids=["subnet-2"])
    plan.add("aws_security_group.db", vpc_id="vpc-1")
    of_cluster = refers("aws_eks_cluster.main.vpc_config[0].cluster_security_group_id")
    between = {"security_group_id": refers("aws_security_group.db.id"), "source_security_group_id": of_cluster}
    plan.add("aws_security_group_rule.db", between, type="ingress", protocol="tcp", **dict.fromkeys(between, ...))
    cloud = load([plan.write(tmp_path)])
    (rule,) = cloud.network.security_groups["aws_security_group.db"].ingress
    assert rule.peer == "aws_eks_cluster.main.ClusterSecurityGroupId"
    (nodes,), (pods,) = (
        cloud.network.interfaces_of(f"aws_eks_{name}") for name in ("node_group.n", "fargate_profile.p")
    )
    assert (nodes.subnet_id, pods.subnet_id) == ("subnet-1", "subnet-2")
    assert nodes.security_group_ids == pods.security_group_ids == ("aws_eks_cluster.main.ClusterSecurityGroupId",)
    assert path(cloud, "aws_eks_node_group.n", "aws_eks_cluster.main:tcp/443").verdict == (
        "reachable" if private else "unknown"
    )


def test_a_neptune_cluster_is_in_its_subnet_group(tmp_path):
    plan = Plan()
    plan.add("aws_neptune_subnet_group.g", name="g", subnet_ids=["subnet-1", "subnet-2"])
    plan.add("aws_neptune_cluster.c", neptune_subnet_group_name="g")
    cloud = load([plan.write(tmp_path)])
    assert [eni.subnet_id for eni in cloud.network.interfaces_of("aws_neptune_cluster.c")] == ["subnet-1", "subnet-2"]


DENY = {
    "address": "aws_network_acl_rule.deny[*]", "mode": "managed", "type": "aws_network_acl_rule", "name": "deny",
    "change": {"actions": ["create"], "after": {"rule_number": 1}, "after_unknown": {"network_acl_id": True}},
}  # fmt: skip


@pytest.mark.parametrize(
    ("more", "warnings", "assumed"),
    [
        ({"errored": False, "complete": True}, 0, []),
        ({"errored": True, "complete": False}, 1, []),
        ({"complete": False}, 1, []),
        ({"complete": False, "deferred_changes": [{"resource_change": DENY}]}, 1, [DENY["address"]]),
    ],
)
def test_a_plan_that_may_lack_resources_warns(tmp_path, more, warnings, assumed):
    plan = everything_out(network())
    rule = {"network_acl_id": refers("aws_vpc.main.default_network_acl_id")}
    plan.configuration["resources"].append(
        {name: DENY[name] for name in ("type", "name", "mode")} | {"expressions": rule}
    )
    cloud = load([plan.write(tmp_path, **more)])
    assert (len(cloud.template.warnings), [one.resource_id for one in cloud.template.unread]) == (warnings, assumed)
    assert bool(path(cloud, "aws_lambda_function.orders", "1.1.1.1:tcp/443").assumptions) is bool(assumed)


AUTO, BY_HAND, ACTIVE = {"auto_accept": True}, {"auto_accept": None}, {"auto_accept": False, "accept_status": "active"}


@pytest.mark.parametrize(
    ("requester", "accepter", "accepts", "assumed"),
    [
        (AUTO, None, {}, False),
        (ACTIVE, None, {}, False),
        (BY_HAND, "far", AUTO, False),
        (BY_HAND, "far", ACTIVE, False),
        (BY_HAND, "far", BY_HAND, True),
        (BY_HAND, "far", {}, True),
        (BY_HAND, None, {}, True),
        (BY_HAND, "other", AUTO, True),
    ],
)
def test_a_peering_that_nothing_in_the_plan_accepts(tmp_path, requester, accepter, accepts, assumed):
    plan = network().add("aws_vpc.far", cidr_block="10.9.0.0/16")
    ends = {"vpc_id": refers("aws_vpc.main.id"), "peer_vpc_id": refers("aws_vpc.far.id")}
    for name in ("far", "other"):
        plan.add(f"aws_vpc_peering_connection.{name}", ends, vpc_id=..., peer_vpc_id=..., **requester)
    if accepter:
        of = {"vpc_peering_connection_id": refers(f"aws_vpc_peering_connection.{accepter}.id")}
        plan.add("aws_vpc_peering_connection_accepter.far", of, vpc_peering_connection_id=..., **accepts)
    cloud = load([plan.write(tmp_path)])
    assert bool(cloud.network.vpc_peering_connections["aws_vpc_peering_connection.far"].assumptions) == assumed


EC2 = "arn:aws:ec2:eu-west-1"
ATTACHMENT = "aws_ec2_transit_gateway_vpc_attachment.a"


@pytest.mark.parametrize(
    ("account", "accepts", "accepter", "assumed"),
    [
        ("1", "disable", False, False),
        ("2", "disable", False, True),
        ("2", None, False, True),
        ("2", "enable", False, False),
        ("2", "disable", True, False),
    ],
)
def test_an_attachment_of_another_account_that_nothing_in_the_plan_accepts(
    tmp_path, account, accepts, accepter, assumed
):
    gateway, attachment = (
        "aws_ec2_transit_gateway.hub",
        {"transit_gateway_id": refers("aws_ec2_transit_gateway.hub.id")},
    )
    plan = Plan().add(gateway, auto_accept_shared_attachments=accepts, arn=f"{EC2}:{'1' * 12}:transit-gateway/tgw-1")
    plan.add("aws_vpc.main", cidr_block="10.0.0.0/16").add("aws_subnet.s", vpc_id="vpc-1", cidr_block="10.0.0.0/24")
    plan.add(ATTACHMENT, attachment, transit_gateway_id=..., vpc_id="vpc-1", subnet_ids=["subnet-1"],
             arn=f"{EC2}:{account * 12}:transit-gateway-attachment/tgw-attach-1")  # fmt: skip
    if accepter:
        accepted = {"transit_gateway_attachment_id": refers(f"{ATTACHMENT}.id")}
        plan.add(f"{ATTACHMENT.partition('.')[0]}_accepter.a", accepted, transit_gateway_attachment_id=...)
    cloud = load([plan.write(tmp_path)])
    assert (ATTACHMENT in {one.resource_id for one in cloud.template.unread}) is assumed


@pytest.mark.parametrize("target", ["core_network_arn", "local_gateway_id", "carrier_gateway_id"])
def test_a_route_to_a_target_that_is_not_read_is_unknown(tmp_path, target):
    plan = everything_out(network())
    table = {"route_table_id": refers("aws_route_table.private.id")}
    plan.add("aws_route.far", table, route_table_id=..., destination_cidr_block="10.9.0.0/16", **{target: "some-1"})
    assert path(load([plan.write(tmp_path)]), "aws_lambda_function.orders", "10.9.0.1:tcp/443").verdict == "unknown"


@pytest.fixture
def hub():
    """A transit gateway with two VPCs, an instance in each, and a resolver endpoint in the first."""
    plan = Plan().add("aws_ec2_transit_gateway.hub", amazon_side_asn=64512)
    for number, name in enumerate(("one", "two"), 1):
        vpc = {"vpc_id": refers(f"aws_vpc.{name}.id")}
        plan.add(f"aws_vpc.{name}", cidr_block=f"10.{number}.0.0/16", enable_dns_support=True)
        plan.add(
            f"aws_subnet.{name}", vpc, vpc_id=..., cidr_block=f"10.{number}.0.0/24", availability_zone="eu-west-1a"
        )
        subnet, gateway = refers(f"aws_subnet.{name}.id"), refers("aws_ec2_transit_gateway.hub.id")
        route = {"route_table_id": refers(f"aws_vpc.{name}.main_route_table_id"), "transit_gateway_id": gateway}
        plan.add(
            f"aws_route.{name}", route, route_table_id=..., transit_gateway_id=..., destination_cidr_block="10.0.0.0/8"
        )
        group = {"security_group_id": refers(f"aws_security_group.{name}.id")}
        plan.add(f"aws_security_group.{name}", vpc, vpc_id=...)
        for way in ("ingress", "egress"):
            anything = {"ip_protocol": "-1", "cidr_ipv4": "0.0.0.0/0"}
            plan.add(f"aws_vpc_security_group_{way}_rule.{name}", group, security_group_id=..., **anything)
        place = {"subnet_id": subnet, "vpc_security_group_ids": refers(f"aws_security_group.{name}.id")}
        plan.add(f"aws_instance.{name}", place, subnet_id=..., vpc_security_group_ids=...)
        plan.add(
            f"aws_ec2_transit_gateway_vpc_attachment.{name}", {**vpc, "transit_gateway_id": gateway, "subnet_ids": subnet},
            vpc_id=..., transit_gateway_id=..., subnet_ids=...,
        )  # fmt: skip
    return plan


def attachment(plan, name):
    return next(
        one["values"] for one in plan.resources if one["address"] == f"aws_ec2_transit_gateway_vpc_attachment.{name}"
    )


@pytest.mark.parametrize(
    ("option", "verdict"), [({}, "reachable"), ({"association": False}, "blocked"), ({"propagation": False}, "blocked")]
)
def test_an_attachment_may_leave_the_default_table(tmp_path, hub, option, verdict):
    attachment(hub, "two").update({f"transit_gateway_default_route_table_{name}": on for name, on in option.items()})
    found = path(load([hub.write(tmp_path)]), "aws_instance.one", "aws_instance.two:tcp/22")
    assert (found.verdict, found.assumptions) == (verdict, ())


def test_a_prefix_list_of_a_transit_gateways_table(tmp_path, hub):
    """It routes each of its blocks; here to nowhere."""
    hub.add("aws_ec2_managed_prefix_list.far", entry=[{"cidr": "10.2.0.0/24"}])
    table = refers("aws_ec2_transit_gateway.hub.association_default_route_table_id")
    of = {"prefix_list_id": refers("aws_ec2_managed_prefix_list.far.id"), "transit_gateway_route_table_id": table}
    unknown = {"prefix_list_id": ..., "transit_gateway_route_table_id": ...}
    hub.add("aws_ec2_transit_gateway_prefix_list_reference.far", of, blackhole=True, **unknown)
    assert path(load([hub.write(tmp_path)]), "aws_instance.one", "aws_instance.two:tcp/22").verdict == "blocked"


def test_names_that_a_resolver_endpoint_forwards(tmp_path, hub):
    group, subnet = refers("aws_security_group.one.id"), refers("aws_subnet.one.id")
    endpoint = {"security_group_ids": group, "ip_address": [{"subnet_id": subnet}, {"subnet_id": subnet}]}
    hub.add(
        "aws_route53_resolver_endpoint.out", endpoint, direction="OUTBOUND", security_group_ids=..., ip_address=[{}, {}]
    )
    hub.changes[-1]["change"]["after_unknown"]["ip_address"] = [{"subnet_id": True}] * 2
    rule = {"resolver_endpoint_id": refers("aws_route53_resolver_endpoint.out.id"), "target_ip": [{}]}
    targets = [{"ip": "10.9.0.53", "port": 53}]
    hub.add(
        "aws_route53_resolver_rule.corp", rule, domain_name="corp.example.com", rule_type="FORWARD",
        resolver_endpoint_id=..., target_ip=targets,
    )  # fmt: skip
    of = {"resolver_rule_id": refers("aws_route53_resolver_rule.corp.id"), "vpc_id": refers("aws_vpc.one.id")}
    hub.add("aws_route53_resolver_rule_association.corp", of, resolver_rule_id=..., vpc_id=...)
    names = load([hub.write(tmp_path)]).names
    assert names.resolver_endpoints["aws_route53_resolver_endpoint.out"].subnet_ids == ("aws_subnet.one",) * 2
    rule = names.resolver_rules["aws_route53_resolver_rule.corp"]
    assert (rule.vpc_ids, str(rule.targets[0].ip)) == (("aws_vpc.one",), "10.9.0.53")


def test_a_table_of_an_internet_gateway(tmp_path):
    plan = network()
    ends = {"gateway_id": refers("aws_internet_gateway.igw.id"), "route_table_id": refers("aws_route_table.private.id")}
    plan.add("aws_route_table_association.edge", ends, gateway_id=..., route_table_id=...)
    tables = load([plan.write(tmp_path)]).network.route_tables
    assert tables["aws_route_table.private"].gateway_ids == ("aws_internet_gateway.igw",)


@pytest.mark.parametrize("block", ["network_interface", "primary_network_interface"])
def test_an_instance_has_the_interface_that_it_names(tmp_path, block):
    plan = network()
    plan.add(
        "aws_network_interface.n",
        {"subnet_id": refers("aws_subnet.private.id")},
        subnet_id=...,
        private_ips=["10.0.9.50"],
    )
    named = {block: [{"network_interface_id": refers("aws_network_interface.n.id")}]}
    plan.add("aws_instance.i", named, **{block: [{"device_index": 0} if block == "network_interface" else {}]})
    plan.changes[-1]["change"]["after_unknown"][block] = [{"network_interface_id": True}]
    found = load([plan.write(tmp_path)]).network.interfaces_of("aws_instance.i")
    assert [str(one.private_ip_address) for one in found] == ["10.0.9.50"]


def test_an_address_that_aws_chooses_leads_to_its_instance(tmp_path):
    plan = everything_out(network())
    inside = {
        "subnet_id": refers("aws_subnet.private.id"),
        "vpc_security_group_ids": refers("aws_security_group.fn.id"),
    }
    plan.add("aws_instance.web", inside, subnet_id=..., vpc_security_group_ids=...)
    zone = {"vpc": [{"vpc_id": refers("aws_vpc.main.id")}]}
    plan.add("aws_route53_zone.own", zone, name="corp.example", vpc=[{}])
    plan.changes[-1]["change"]["after_unknown"]["vpc"] = [{"vpc_id": True}]
    record = {"zone_id": refers("aws_route53_zone.own.id"), "records": refers("aws_instance.web.private_ip")}
    plan.add("aws_route53_record.web", record, zone_id=..., records=..., name="web.corp.example", type="A", ttl=60)
    groups = {"subnet_ids": refers("aws_subnet.private.id"), "security_group_ids": refers("aws_security_group.fn.id")}
    named = {"vpc_config": [groups], "environment": [{"variables": refers("aws_instance.web.private_ip")}]}
    plan.add(
        "aws_lambda_function.f",
        named,
        function_name="f",
        runtime="python3.12",
        handler="i.h",
        role="arn:aws:iam::1:role/f",
    )
    later = {"vpc_config": [dict.fromkeys(groups, True)], "environment": [{"variables": {"HOST": True}}]}
    plan.changes[-1]["change"]["after_unknown"].update(later)
    plan.resources[-1]["values"].update(vpc_config=[{}], environment=[{}])
    cloud = load([plan.write(tmp_path)])
    assert path(cloud, "f", "web.corp.example:tcp/80").verdict == "blocked"
    findings = netful.load(tmp_path / "plan.json").check(select=["NF716"])
    assert [finding.resource for finding in findings] == ["aws_security_group.fn"]


def test_a_block_of_an_ipam_pool_is_unknown(tmp_path):
    plan = Plan().add("aws_vpc_ipam_pool.p")
    pool = {"ipv4_ipam_pool_id": refers("aws_vpc_ipam_pool.p.id")}
    plan.add("aws_vpc.v", pool, ipv4_ipam_pool_id=..., ipv4_netmask_length=24, cidr_block=...)
    of = {"vpc_id": refers("aws_vpc.v.id"), "cidr_block": refers("aws_vpc.v.cidr_block")}
    plan.add("aws_subnet.s", of, vpc_id=..., cidr_block=...)
    cloud = load([plan.write(tmp_path)])
    blocks = (cloud.network.vpcs["aws_vpc.v"].cidr_blocks[0], cloud.network.subnets["aws_subnet.s"].cidr_block)
    assert all(isinstance(block, Unknown) for block in blocks)


def test_aws_prefix_lists_of_data(tmp_path):
    """A plan has the id of AWS's list in a rule, and its name in what it has read."""
    plan = network()
    group = {"security_group_id": refers("aws_security_group.fn.id")}
    plan.add(
        "aws_vpc_security_group_egress_rule.s3",
        group,
        security_group_id=...,
        ip_protocol="-1",
        prefix_list_id="pl-6da54004",
    )
    read = {
        "mode": "data",
        "type": "aws_prefix_list",
        "values": {"id": "pl-6da54004", "name": "com.amazonaws.eu-west-1.s3"},
    }
    prior = {"prior_state": {"values": {"root_module": {"child_modules": [{"resources": [read]}]}}}}
    cloud = load([plan.write(tmp_path, **prior)])
    assert path(cloud, "aws_lambda_function.orders", "aws:s3").verdict == "reachable"
    assert path(cloud, "aws_lambda_function.orders", "aws:dynamodb").verdict == "blocked"


@pytest.mark.parametrize("name", ["db", "db.corp.internal", "db.corp.internal."])
def test_the_name_of_a_record_without_its_zone(tmp_path, name):
    plan = network()
    plan.add("aws_route53_zone.z", {"vpc": [{"vpc_id": refers("aws_vpc.main.id")}]}, name="corp.internal", vpc=[{}])
    plan.changes[-1]["change"]["after_unknown"]["vpc"] = [{"vpc_id": True}]
    zone = {"zone_id": refers("aws_route53_zone.z.zone_id")}
    plan.add("aws_route53_record.r", zone, zone_id=..., name=name, type="A", ttl=60, records=["10.0.9.50"])
    found = path(load([plan.write(tmp_path)]), "aws_lambda_function.orders", "https://db.corp.internal/")
    assert "10.0.9.50" in found.hops[0].rule


def test_a_listener_without_a_protocol_is_of_http(tmp_path):
    plan = Plan().add("aws_lb.l", load_balancer_type="application")
    plan.add(
        "aws_lb_listener.l", {"load_balancer_arn": refers("aws_lb.l.arn")}, load_balancer_arn=..., port=80, protocol=...
    )
    listener = load([plan.write(tmp_path)]).balancing.listeners["aws_lb_listener.l"]
    assert (listener.protocol, listener.port) == ("HTTP", 80)


@pytest.mark.parametrize("by", ["argument", "provider"])
def test_a_resource_is_in_the_region_of_its_argument_or_of_its_provider(tmp_path, by):
    plan = network()
    vpc = {"vpc_id": refers("aws_vpc.west.id")}
    plan.add("aws_vpc.west", cidr_block="10.9.0.0/16", enable_dns_hostnames=True, enable_dns_support=True)
    plan.add("aws_subnet.west", vpc, vpc_id=..., cidr_block="10.9.0.0/24", availability_zone="us-west-2a")
    plan.add("aws_route_table.west", vpc, vpc_id=...)
    ends = {"subnet_id": refers("aws_subnet.west.id"), "route_table_id": refers("aws_route_table.west.id")}
    plan.add("aws_route_table_association.west", ends, subnet_id=..., route_table_id=...)
    plan.add("aws_security_group.west", vpc, vpc_id=..., name="west")
    gate = {**vpc, "route_table_ids": refers("aws_route_table.west.id")}
    name = "com.amazonaws.us-west-2.s3"
    plan.add(
        "aws_vpc_endpoint.west", gate, vpc_id=..., route_table_ids=..., service_name=name, vpc_endpoint_type="Gateway"
    )
    lists = {
        "security_group_id": refers("aws_security_group.west.id"),
        "prefix_list_id": refers("aws_vpc_endpoint.west.prefix_list_id"),
    }
    plan.add(
        "aws_vpc_security_group_egress_rule.west", lists, security_group_id=..., prefix_list_id=..., ip_protocol="-1"
    )
    written = plan.write(tmp_path)
    root = json.loads(written.read_text())
    root["configuration"]["provider_config"]["aws.west"] = {"expressions": {"region": {"constant_value": "us-west-2"}}}
    planned = root["planned_values"]["root_module"]["resources"]
    for one in [*planned, *root["configuration"]["root_module"]["resources"]]:
        if one["name"] == "west" and by == "provider":
            one["provider_config_key"] = "aws.west"
        if one["name"] == "west" and by == "argument" and "values" in one:
            one["values"]["region"] = "us-west-2"
    written.write_bytes(json.dumps(root).encode("utf-16"))  # as `>` writes in Windows PowerShell
    cloud = load([written])
    assert (cloud.region, cloud.network.vpcs["aws_vpc.main"].region) == ("eu-west-1", "eu-west-1")
    assert cloud.network.vpcs["aws_vpc.west"].region == "us-west-2"
    found = path(cloud, "subnet:aws_subnet.west+aws_security_group.west", "aws:s3")
    assert found.hops[0].asks == "s3.us-west-2.amazonaws.com"
    assert (found.verdict, found.hops[-1].component) == ("reachable", "aws_vpc_endpoint.west")


@pytest.mark.parametrize("value", [{"constant_value": "us-west-2"}, {"references": ["var.places.west", "var.places"]}])
def test_the_region_of_a_provider_in_a_module_is_what_its_caller_gives(tmp_path, value):
    """As plans have a provider block in a module: its key and its variables are the module's."""
    plan = Plan().add("aws_vpc.a", cidr_block="10.1.0.0/16")
    plan.calls["net"] = {"source": "./net", "expressions": {"place": value}, "module": {}}
    plan.add("module.net[0].aws_vpc.b", module="module.net[0]", cidr_block="10.2.0.0/16")
    written = plan.write(tmp_path)
    root = json.loads(written.read_text())
    root["variables"] = {"places": {"value": {"west": "us-west-2"}}}
    call = root["configuration"]["root_module"]["module_calls"]["net"]
    call["module"]["resources"][0]["provider_config_key"] = "module.net:aws"
    own = {"module_address": "module.net", "expressions": {"region": {"references": ["var.place"]}}}
    root["configuration"]["provider_config"]["module.net:aws"] = own
    written.write_text(json.dumps(root))
    vpcs = load([written]).network.vpcs
    assert [vpcs[name].region for name in ("aws_vpc.a", "module.net[0].aws_vpc.b")] == ["eu-west-1", "us-west-2"]


_ROLE = "arn:aws:iam::222222222222:role/deployer"


@pytest.mark.parametrize(
    "roles",
    [
        [{"role_arn": {"constant_value": _ROLE}}],
        [{"role_arn": {"references": ["var.role"]}}],
        [{"role_arn": {"references": ["var.name", "var.accounts.far", "var.accounts"]}}],
        [
            {"role_arn": {"constant_value": "arn:aws:iam::333333333333:role/hop"}},
            {"role_arn": {"constant_value": _ROLE}},
        ],
    ],
)
def test_a_resource_is_in_the_account_of_the_role_that_its_provider_assumes(tmp_path, roles):
    plan = Plan()
    for name in ("near", "far"):
        plan.add(f"aws_vpc.{name}", cidr_block="10.1.0.0/16")
        plan.add(f"aws_sqs_queue.{name}", name=name)
        plan.add(
            f"aws_lambda_function.{name}",
            {"environment": [{"variables": refers(f"aws_sqs_queue.{name}.arn")}]},
            function_name=name, runtime="python3.12", handler="index.handler", environment=[{"variables": {}}],
        )  # fmt: skip
    plan.changes[-1]["change"]["after_unknown"]["environment"] = [{"variables": {"QUEUE": True}}]
    for one in plan.configuration["resources"]:
        if one["name"] == "far":
            one["provider_config_key"] = "aws.far"
    assumed = {"assume_role": [{"role_arn": {"constant_value": "arn:aws:iam::111111111111:role/deployer"}}]}
    providers = {
        "aws": {"expressions": {"region": {"constant_value": "eu-west-1"}, **assumed}},
        "aws.far": {"expressions": {"region": {"constant_value": "eu-west-1"}, "assume_role": roles}},
    }
    values = {"role": {"value": _ROLE}, "name": {"value": "deployer"}, "accounts": {"value": {"far": "222222222222"}}}
    configuration = {"provider_config": providers, "root_module": plan.configuration}
    cloud = load([plan.write(tmp_path, configuration=configuration, variables=values)])
    assert cloud.account_id == "111111111111"
    assert [vpc.owner_id for vpc in cloud.network.vpcs.values()] == ["111111111111", "222222222222"]
    queue = cloud.compute.functions["aws_lambda_function.far"].environment["QUEUE"]
    assert queue == "arn:aws:sqs:eu-west-1:222222222222:far"


def test_types_of_the_awscc_provider_are_cloudformation_s(tmp_path):
    vpc = {"vpc_id": refers("awscc_ec2_vpc.main.vpc_id")}
    plan = Plan().add("awscc_ec2_vpc.main", {"cidr_block": {"constant_value": "10.0.0.0/16"}}, cidr_block="10.0.0.0/16")
    for number in (0, 1):
        block = {"cidr_block": {"references": ["count.index"]}}
        plan.add(f"awscc_ec2_subnet.a[{number}]", vpc | block, number, vpc_id=..., cidr_block=f"10.0.{number}.0/24")
    egress = {"ip_protocol": "-1", "cidr_ip": "0.0.0.0/0"}
    rule = {"ip_protocol": "tcp", "from_port": 443, "to_port": 443}
    own = {**vpc, "security_group_egress": {"constant_value": [egress]}, "group_description": {"constant_value": "g"}}
    plan.add("awscc_ec2_security_group.fn", own, vpc_id=..., security_group_egress=[egress], group_description="g")
    peers = {"security_group_ingress": refers("awscc_ec2_security_group.fn.group_id")}
    plan.add("awscc_ec2_security_group.ep", vpc | peers, vpc_id=..., security_group_ingress=[rule])
    plan.changes[-1]["change"]["after_unknown"]["security_group_ingress"] = [{"source_security_group_id": True}]
    places = {"subnet_ids": {"references": ["awscc_ec2_subnet.a"]}, **vpc}
    named = {name: {"constant_value": ""} for name in ("service_name", "vpc_endpoint_type", "private_dns_enabled")}
    groups = {"security_group_ids": refers("awscc_ec2_security_group.ep.id")}
    plan.add(
        "awscc_ec2_vpc_endpoint.ssm", named | places | groups, vpc_id=..., subnet_ids=..., security_group_ids=...,
        service_name="com.amazonaws.eu-west-1.ssm", vpc_endpoint_type="Interface", private_dns_enabled=True,
    )  # fmt: skip
    cloud = load([plan.write(tmp_path)])
    assert len(cloud.network.interfaces_of("awscc_ec2_vpc_endpoint.ssm")) == 2
    found = path(
        cloud, "subnet:awscc_ec2_subnet.a[0]+awscc_ec2_security_group.fn", "awscc_ec2_vpc_endpoint.ssm:tcp/443"
    )
    assert (found.verdict, found.missing) == ("reachable", ())
    found = path(
        cloud, "subnet:awscc_ec2_subnet.a[0]+awscc_ec2_security_group.ep", "awscc_ec2_vpc_endpoint.ssm:tcp/443"
    )
    assert found.verdict == "blocked"


@pytest.mark.parametrize(
    ("holder", "argument", "kind", "named"),
    [
        ("aws_sqs_queue.a", "queue_url", "AWS::SQS::QueuePolicy", "Queues"),
        ("aws_sns_topic.a", "arn", "AWS::SNS::TopicPolicy", "Topics"),
        ("aws_secretsmanager_secret.a", "secret_arn", "AWS::SecretsManager::ResourcePolicy", "SecretId"),
    ],
)
@pytest.mark.parametrize("is_own", [True, False])
def test_policies_of_queues_topics_and_secrets(tmp_path, holder, argument, kind, named, is_own):
    text = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}
    given = {"policy": json.dumps(text)}
    plan = Plan().add(holder, name="a", **(given if is_own else {"policy": ...}))
    if not is_own:
        attribute = "url" if argument == "queue_url" else "arn"
        written = {argument: refers(f"{holder}.{attribute}")}
        plan.add(f"{holder.partition('.')[0]}_policy.p", written, **given, **{argument: ...})
    cloud = load([plan.write(tmp_path)])
    (policy,) = cloud.template.of_type(kind)
    (document,) = written_policies(cloud).values()
    assert document == text
    assert ":a" in str(policy.properties[named]) or "/a" in str(policy.properties[named])
