"""Expressions in the configuration beside a plan, by which a list means all instances of a resource or some of them."""

import json

import pytest

from netful.model.core import Unknown
from netful.sources import load
from tests.helpers.terraform_plans import Plan, network, refers

ALL = ("aws_subnet.public[0]", "aws_subnet.public[1]")
FUNCTION = """
# subnet_ids = slice(aws_subnet.public[*].id, 0, 1)
resource "aws_lambda_function" "f" {
  function_name = "f"
  vpc_config {
    subnet_ids = TEXT
    security_group_ids = [aws_security_group.fn.id]
  }
}
resource "aws_lambda_function" "g" {
  vpc_config { subnet_ids = slice(aws_subnet.public[*].id, 0, 0) }
}
"""
OUTPUT = """
output "ids" { value = TEXT }
output "others" { value = slice(aws_subnet.public[*].id, 0, 0) }
"""


def read(folder, plan, expression):
    """The subnets of a function whose list is an expression, and the assumptions about lists."""
    groups = {"subnet_ids": expression, "security_group_ids": refers("aws_security_group.fn.id")}
    plan.add(
        "aws_lambda_function.f",
        {"vpc_config": [groups]},
        function_name="f",
        role="arn:aws:iam::1:role/f",
        vpc_config=[{}],
    )
    plan.changes[-1]["change"]["after_unknown"]["vpc_config"] = [dict.fromkeys(groups, True)]
    cloud = load([plan.write(folder)])
    said = [one.assumption.partition(" means ")[0] for one in cloud.template.unread if " means " in one.assumption]
    return cloud.compute.functions["aws_lambda_function.f"].subnet_ids, said


@pytest.mark.parametrize(
    ("text", "subnets", "assumed"),
    [
        ("aws_subnet.public[*].id", ALL, []),
        ("aws_subnet.public.*.id", ALL, []),
        ("[for one in aws_subnet.public : one.id]", ALL, []),
        ("sort(concat(aws_subnet.public[*].id, []))", ALL, []),
        ("slice(aws_subnet.public[*].id, 1, 2)", ALL[1:], []),
        ("slice(\n      aws_subnet.public[*].id, 0, var.number\n    )", ALL, ["aws_lambda_function.f.subnet_ids"]),
        ('[\n      for one in aws_subnet.public : one.id\n      if one.tags.x == "y"\n    ]', ALL, ["aws_lambda_function.f.subnet_ids"]),
        ("[for one in var.some : aws_subnet.public[one].id]", ALL, ["aws_lambda_function.f.subnet_ids"]),
        (None, ALL, ["aws_subnet.public[*]"]),
    ],
)  # fmt: skip
def test_a_list_of_all_instances_of_a_resource(tmp_path, text, subnets, assumed):
    if text:
        (tmp_path / "main.tf").write_text(FUNCTION.replace("TEXT", text))
    assert read(tmp_path, network(), {"references": ["aws_subnet.public"]}) == (subnets, assumed)


@pytest.mark.parametrize(("indexes", "first"), [((0, 1, 2), (0, 1)), (("a", "b", "c"), ())])
def test_a_list_with_fewer_items_than_there_are_instances(tmp_path, indexes, first):
    plan = network()
    for number, index in enumerate(indexes):
        address = f"aws_subnet.more[{json.dumps(index)}]"
        plan.add(address, index=index, vpc_id="vpc-1", cidr_block=f"10.0.2{number}.0/24")
    few = {"subnet_ids": {"references": ["aws_subnet.more"]}}
    plan.add("aws_vpc_endpoint.e", few, subnet_ids=[None, None], vpc_id="vpc-1", vpc_endpoint_type="Interface",
             service_name="com.amazonaws.eu-west-1.ssm")  # fmt: skip
    plan.changes[-1]["change"]["after_unknown"]["subnet_ids"] = [True, True]
    cloud = load([plan.write(tmp_path)])
    found = cloud.network.vpc_endpoints["aws_vpc_endpoint.e"].subnet_ids
    assert [one for one in found if isinstance(one, str)] == [f"aws_subnet.more[{index}]" for index in first]
    assert any(isinstance(one, Unknown) for one in found) is not bool(first)
    assert any(" means " in one.assumption for one in cloud.template.unread) is bool(first)


@pytest.mark.parametrize(
    ("outer", "inner", "subnets", "assumed"),
    [
        ("module.net.ids", "aws_subnet.public[*].id", ALL, []),
        ("module.net.ids", "slice(aws_subnet.public[*].id, 0, 1)", ALL[:1], []),
        ("slice(module.net.ids, 0, 1)", "aws_subnet.public[*].id", ALL[:1], []),
        ("slice(module.net.ids, 0, 1)", "reverse(aws_subnet.public[*].id)", ALL[1:], []),
        ("module.net.ids", None, ALL, ["module.net.aws_subnet.public[*]"]),
    ],
)
def test_an_output_on_the_way(tmp_path, outer, inner, subnets, assumed):
    plan = network()
    said = {"ids": {"expression": {"references": ["aws_subnet.public"]}}}
    plan.calls["net"] = {"source": "./net", "module": {"outputs": said}}
    for number in (0, 1):
        name, block = f"module.net.aws_subnet.public[{number}]", f"10.0.{number}.0/24"
        plan.add(name, index=number, module="module.net", vpc_id="vpc-1", cidr_block=block)
    (tmp_path / "main.tf").write_text(FUNCTION.replace("TEXT", outer))
    (tmp_path / "net").mkdir()
    if inner:
        (tmp_path / "net" / "outputs.tf").write_text(OUTPUT.replace("TEXT", inner))
    found = read(tmp_path, plan, {"references": ["module.net.ids", "module.net"]})
    assert found == (tuple(f"module.net.{name}" for name in subnets), assumed)


@pytest.mark.parametrize(
    ("given", "assumed"),
    [
        ("aws_subnet.public[*].id", []),
        ("try(aws_subnet.public[*].id, [])", []),
        ("var.more ? aws_subnet.public[*].id : []", ["x"]),
    ],
)
def test_a_variable_on_the_way(tmp_path, given, assumed):
    plan = network()
    passed = {"ids": {"references": ["aws_subnet.public"]}}
    plan.calls["app"] = {"source": "./app", "expressions": passed, "module": {"variables": {"ids": {}}}}
    block = {"subnet_ids": {"references": ["var.ids"]}}
    plan.add("module.app.aws_db_subnet_group.f", block, module="module.app", name="g", subnet_ids=...)
    (tmp_path / "main.tf").write_text(f'module "app" {{\n  source = "./app"\n  ids = {given}\n}}\n')
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "main.tf").write_text('resource "aws_db_subnet_group" "f" {\n  subnet_ids = var.ids\n}\n')
    unread = load([plan.write(tmp_path)]).template.unread
    assert len([one for one in unread if " means " in one.assumption]) == len(assumed)


@pytest.mark.parametrize(
    ("text", "uri"),
    [
        ('"http://${aws_lb.n.dns_name}:8080/{proxy}"', "http://{}:8080/{{proxy}}"),
        ('"http://${aws_lb.n.dns_name}/${var.path}"', None),
        ('join("", ["http://", aws_lb.n.dns_name])', "http://{}"),
        ("", None),
    ],
)
def test_a_url_around_a_name(tmp_path, text, uri):
    plan = Plan().add("aws_api_gateway_rest_api.r", name="r").add("aws_lb.n", name="n", load_balancer_type="network")
    of = {"rest_api_id": refers("aws_api_gateway_rest_api.r.id")}
    root = {**of, "resource_id": refers("aws_api_gateway_rest_api.r.root_resource_id")}
    plan.add(
        "aws_api_gateway_method.m", root, rest_api_id=..., resource_id=..., http_method="GET", authorization="NONE"
    )
    call = {**root, "uri": refers("aws_lb.n.dns_name")}
    given = {"http_method": "GET", "type": "HTTP_PROXY", "integration_http_method": "GET"}
    plan.add("aws_api_gateway_integration.i", call, rest_api_id=..., resource_id=..., uri=..., **given)
    if text:
        (tmp_path / "main.tf").write_text(f'resource "aws_api_gateway_integration" "i" {{\n  uri = {text}\n}}\n')
    cloud = load([plan.write(tmp_path)])
    found = cloud.apis.by_id["aws_api_gateway_rest_api.r"].routes[0].integration.uri
    name = cloud.balancing.load_balancers["aws_lb.n"].dns_name
    assert (found == uri.format(name)) if uri else isinstance(found, Unknown)


def test_a_policy_with_one_reference_is_not_that_reference(tmp_path):
    policy = {"policy": refers("aws_iam_role.fn.arn")}
    plan = network().add(
        "aws_vpc_endpoint.s3", policy, policy=..., vpc_id="vpc-1", service_name="com.amazonaws.eu-west-1.s3"
    )
    endpoint = load([plan.write(tmp_path)]).network.vpc_endpoints["aws_vpc_endpoint.s3"]
    assert isinstance(endpoint.policy_document, Unknown)
