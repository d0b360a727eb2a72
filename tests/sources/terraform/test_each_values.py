"""Values within the map of a `for_each` that the configuration beside a plan writes down: of a module's caller, or a local value."""

import pytest

from netful.model.core import Unknown
from netful.sources import load
from tests.helpers.terraform_plans import Plan, refers

MODULE = """
variable "create" {}
locals {
  # { a comment with a bracket
  things = { for k, v in var.endpoints : k => v if var.create && try(v.create, true) }
  more = [var.third]
  nested = { for k, v in var.endpoints : k => try(v.within, null) }
}
resource "aws_vpc_endpoint" "this" {
  for_each = MAP
  vpc_id = var.vpc_id
  security_group_ids = TEXT
}
"""
CALLER = """
module "m" {
  source = "./m"
  endpoints = GIVEN
  third = aws_security_group.c.id
}
"""
ENTRIES = """{
    a = { text = "one, {two", groups = [aws_security_group.a.id] } # no comma
    "b" = {
      groups = [
        aws_security_group.b.id, # the second one
        aws_security_group.c.id,
      ]
      within = { groups : [aws_security_group.c.id] }
    }
  }"""
NAMES = ("a", "b", "c")


def groups(folder, key, text, made_for="var.endpoints", given=ENTRIES, beside=()):
    """The groups of an endpoint of a module: their names, or that they are not known."""
    plan = Plan().add("aws_vpc.v", cidr_block="10.0.0.0/16")
    of = {"vpc_id": refers("aws_vpc.v.id")}
    for name in NAMES:
        plan.add(f"aws_security_group.{name}", of, vpc_id=..., name=name)
    every = refers(*(f"aws_security_group.{name}.id" for name in NAMES))
    plan.calls["m"] = {
        "source": "./m",
        "expressions": {
            "endpoints": every,
            "third": refers("aws_security_group.c.id"),
            "vpc_id": refers("aws_vpc.v.id"),
        },
        "module": {"variables": {"endpoints": {}, "third": {}, "vpc_id": {}, "create": {"default": True}}},
    }
    written = {
        "vpc_id": refers("var.vpc_id"),
        "security_group_ids": {"references": ["each.value.groups", "each.value", *beside]},
    }
    place = f'module.m.aws_vpc_endpoint.this["{key}"]'
    plan.add(place, written, key, "module.m", vpc_id=..., security_group_ids=..., vpc_endpoint_type="Interface",
             service_name="com.amazonaws.eu-west-1.ssm")  # fmt: skip
    plan.calls["m"]["module"]["resources"][-1]["for_each_expression"] = {"references": [made_for]}
    (folder / "main.tf").write_text(CALLER.replace("GIVEN", given))
    (folder / "m").mkdir()
    (folder / "m" / "main.tf").write_text(MODULE.replace("MAP", made_for).replace("TEXT", text))
    found = load([plan.write(folder)]).network.vpc_endpoints[place].security_group_ids
    return [None if isinstance(one, Unknown) else one.rpartition(".")[2] for one in found]


@pytest.mark.parametrize(
    ("key", "text", "made_for", "expected"),
    [
        ("a", "each.value.groups", "var.endpoints", ["a"]),
        ("b", "each.value.groups", "var.endpoints", ["b", "c"]),
        ("b", 'distinct(concat([], lookup(each.value, "groups", [])))', "local.things", ["b", "c"]),
        ("b", 'try(each.value["groups"], [])', "local.things", ["b", "c"]),
        ("b", "each.value.groups", "local.nested", ["c"]),
        ("b", "each.value.within.groups", "var.endpoints", ["c"]),
    ],
)
def test_a_value_is_that_of_its_own_entry(tmp_path, key, text, made_for, expected):
    assert groups(tmp_path, key, text, made_for) == expected


def test_a_list_has_what_a_local_value_names_beside_the_entry(tmp_path):
    text = "var.create ? concat(local.more, each.value.groups) : each.value.groups"
    assert groups(tmp_path, "a", text, beside=["local.more", "var.create"]) == ["c", "a"]


def test_an_entry_without_the_value_has_the_default_group(tmp_path):
    assert groups(tmp_path, "a", "try(each.value.within.groups, null)") == ["default"]


@pytest.mark.parametrize(
    "given", ["merge(local.usual, var.more)", "{ (var.key) = { groups = [aws_security_group.a.id] } }", "{}"]
)  # fmt: skip
def test_a_map_that_is_not_written_down_may_have_any_value(tmp_path, given):
    assert groups(tmp_path, "a", "each.value.groups", given=given) == [None]
