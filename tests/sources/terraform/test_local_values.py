"""Local values, which a plan does not have, by their text in the configuration beside it."""

import pytest

from netful.model.core import Unknown
from netful.sources import load
from tests.helpers.terraform_plans import Plan, refers

LOCALS = """
locals {
  group = TEXT
  other = aws_security_group.b.id
  groups = { web = aws_security_group.b.id, "db" = aws_security_group.a.id }
}
"""
SERVER = """
resource "aws_security_group" "none" {
  count = 0
}
resource "aws_instance" "web" {
  vpc_security_group_ids = [local.group]
}
"""


def groups(folder, text, name="local.group", variables=None):
    """The groups of an instance, or that they are not known."""
    plan = Plan().add("aws_vpc.v", cidr_block="10.0.0.0/16")
    of = {"vpc_id": refers("aws_vpc.v.id")}
    for group in ("a", "b"):
        plan.add(f"aws_security_group.{group}", of, vpc_id=..., name=group)
    plan.configuration["resources"].append({"mode": "managed", "type": "aws_security_group", "name": "none"})
    plan.add("aws_instance.web", {"vpc_security_group_ids": {"references": [name]}}, vpc_security_group_ids=[None])
    plan.changes[-1]["change"]["after_unknown"]["vpc_security_group_ids"] = [True]
    plan.configuration["variables"] = {one: {"default": value} for one, value in (variables or {}).items()}
    (folder / "main.tf").write_text(LOCALS.replace("TEXT", text) + SERVER.replace("local.group", name))
    (eni,) = load([plan.write(folder)]).network.interfaces_of("aws_instance.web")
    return [None if isinstance(one, Unknown) else one.rpartition(".")[2] for one in eni.security_group_ids]


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("aws_security_group.a.id", "a"),
        ("aws_security_group.a.id # and not aws_security_group.b.id", "a"),
        ("local.other", "b"),
        ('try(aws_security_group.none[0].id, aws_security_group.a.id, "")', "a"),
        ("coalesce(aws_security_group.b.id, aws_security_group.a.id)", "b"),
        ("concat(aws_security_group.none[*].id, [aws_security_group.a.id])[0]", "a"),
        ("length(aws_security_group.none) > 0 ? aws_security_group.a.id : aws_security_group.b.id", "b"),
        ("local.missing ? aws_security_group.a.id : aws_security_group.b.id", None),
        ("[aws_security_group.b.id, aws_security_group.a.id][0]", "b"),
        ("[aws_security_group.b.id, aws_security_group.a.id][1]", "a"),
        ("sort([aws_security_group.b.id, aws_security_group.a.id])[0]", None),
        ("try([aws_security_group.b.id, aws_security_group.a.id][1], null)", "a"),
        ("{ web = aws_security_group.a.id, db = aws_security_group.b.id }.db", "b"),
        ('{ web = aws_security_group.a.id, db = aws_security_group.b.id }["db"]', "b"),
        ("local.missing", None),
    ],
)
def test_a_local_value(tmp_path, text, group):
    assert groups(tmp_path, text) == [group]


@pytest.mark.parametrize(("name", "group"), [("local.groups.web", "b"), ("local.groups.db", "a"), ("local.groups.no", None)])  # fmt: skip
def test_a_member_of_a_local_value(tmp_path, name, group):
    assert groups(tmp_path, '""', name) == [group]


@pytest.mark.parametrize(
    ("condition", "given", "group"),
    [("var.own", True, "a"), ("var.own", False, "b"), ("!var.own", False, "a"), ("var.own", "yes", None)],
)
def test_a_local_value_by_a_variable(tmp_path, condition, given, group):
    text = f"{condition} ? aws_security_group.a.id : aws_security_group.b.id"
    assert groups(tmp_path, text, variables={"own": given}) == [group]


@pytest.mark.parametrize(("index", "several"), [("", 2), ("[0]", None), ("[1]", None)])
def test_a_local_value_of_all_instances_or_one(tmp_path, index, several):
    """An item of a list of all instances is not the whole list."""
    plan = Plan().add("aws_vpc.v", cidr_block="10.0.0.0/16")
    of = {"vpc_id": refers("aws_vpc.v.id")}
    for number in range(2):
        plan.add(f"aws_security_group.a[{number}]", of, number, vpc_id=..., name=f"a{number}")
    plan.add(
        "aws_instance.web", {"vpc_security_group_ids": {"references": ["local.group"]}}, vpc_security_group_ids=...
    )
    (tmp_path / "main.tf").write_text(LOCALS.replace("TEXT", f"aws_security_group.a[*].id{index}") + SERVER)
    (eni,) = load([plan.write(tmp_path)]).network.interfaces_of("aws_instance.web")
    known = [one for one in eni.security_group_ids if not isinstance(one, Unknown)]
    assert (len(known) or None) == several


@pytest.mark.parametrize(
    ("passed", "group"), [("var.other", "a"), ("!var.other", "b"), ("!(var.other)", "b"), ("false", "b")]
)
def test_a_local_value_by_a_variable_that_a_caller_gives(tmp_path, passed, group):
    """A plan has only what the caller's text refers to."""
    plan = Plan().add("aws_vpc.v", cidr_block="10.0.0.0/16")
    plan.configuration["variables"] = {"other": {"default": True}}
    own = {"constant_value": False} if passed == "false" else {"references": ["var.other"]}
    plan.calls["m"] = {
        "source": "./m",
        "expressions": {"own": own, "vpc_id": refers("aws_vpc.v.id")},
        "module": {"variables": {"own": {}, "vpc_id": {}}},
    }
    for name in ("a", "b"):
        of = {"vpc_id": refers("var.vpc_id")}
        plan.add(f"module.m.aws_security_group.{name}", of, module="module.m", vpc_id=..., name=name)
    groups_of = {"vpc_security_group_ids": {"references": ["local.group"]}}
    plan.add("module.m.aws_instance.web", groups_of, module="module.m", vpc_security_group_ids=...)
    (tmp_path / "main.tf").write_text(f'module "m" {{\n  source = "./m"\n  own = {passed}\n}}\n')
    (tmp_path / "m").mkdir()
    text = "var.own ? aws_security_group.a.id : aws_security_group.b.id"
    (tmp_path / "m" / "main.tf").write_text(LOCALS.replace("TEXT", text) + SERVER)
    (eni,) = load([plan.write(tmp_path)]).network.interfaces_of("module.m.aws_instance.web")
    (found,) = eni.security_group_ids
    assert (None if isinstance(found, Unknown) else found.rpartition(".")[2]) == group


def test_local_values_without_the_configuration_are_not_known(tmp_path):
    plan = Plan().add("aws_vpc.v", cidr_block="10.0.0.0/16").add("aws_vpc.w", cidr_block="10.1.0.0/16")
    plan.add("aws_subnet.s", {"vpc_id": {"references": ["local.vpc_id"]}}, vpc_id=..., cidr_block="10.0.0.0/24")
    assert isinstance(load([plan.write(tmp_path)]).network.subnets["aws_subnet.s"].vpc_id, Unknown)


@pytest.mark.parametrize(
    "text", ["local.rules", "[for one in local.rules : merge(one, { self = false })]", "concat(local.rules, [])"]
)
def test_rules_in_a_local_value(tmp_path, text):
    """A rule has the group of the item with its ports; a plan lists the references of all rules together."""
    plan = Plan().add("aws_vpc.v", cidr_block="10.0.0.0/16")
    of = {"vpc_id": refers("aws_vpc.v.id")}
    plan.add("aws_security_group.a", of, vpc_id=..., name="a").add("aws_security_group.b", of, vpc_id=..., name="b")
    rules = [{"protocol": "tcp", "from_port": port, "to_port": port, "security_groups": [None]} for port in (80, 443)]
    written = {**of, "ingress": {"references": ["local.rules"]}}
    plan.add("aws_security_group.db", written, vpc_id=..., name="db", ingress=rules)
    plan.changes[-1]["change"]["after_unknown"]["ingress"] = [{"security_groups": [True]}] * 2
    items = [
        f"{{ from_port = {port}, security_groups = [aws_security_group.{name}.id] }}"
        for port, name in ((443, "b"), (80, "a"))
    ]
    locals_ = f"locals {{\n  rules = [{', '.join(items)}]\n}}\n"
    (tmp_path / "main.tf").write_text(f'{locals_}resource "aws_security_group" "db" {{\n  ingress = {text}\n}}\n')
    found = [one.peer for one in load([plan.write(tmp_path)]).network.security_groups["aws_security_group.db"].ingress]
    assert [None if isinstance(one, Unknown) else one.rpartition(".")[2] for one in found] == ["a", "b"]


LISTED = "ingress = [for one in ITEMS : { from_port = 80, security_groups = [one] }]"
DYNAMIC = """dynamic "ingress" {
    for_each = ITEMS
    content {
      from_port       = 80
      security_groups = [ingress.value]
    }
  }"""


@pytest.mark.parametrize("text", [LISTED, DYNAMIC])
@pytest.mark.parametrize(
    ("items", "groups"), [("ab", ["a", "b"]), ("ba", ["b", "a"]), ("abc", [None, None]), ("", [None, None])]
)
def test_rules_that_a_plan_shows_alike_have_one_item_each(tmp_path, text, items, groups):
    plan = Plan().add("aws_vpc.v", cidr_block="10.0.0.0/16")
    of = {"vpc_id": refers("aws_vpc.v.id")}
    for name in "abc":
        plan.add(f"aws_security_group.{name}", of, vpc_id=..., name=name)
    rule = {"protocol": "tcp", "from_port": 80, "to_port": 80, "security_groups": [None]}
    ids = [f"aws_security_group.{name}.id" for name in items]
    named = {"ingress": refers(*ids)} if text == LISTED else {}
    plan.add("aws_security_group.db", {**of, **named}, vpc_id=..., name="db", ingress=[rule, {**rule}])
    plan.changes[-1]["change"]["after_unknown"]["ingress"] = [{"security_groups": [True]}] * 2
    written = text.replace("ITEMS", f"[{', '.join(ids)}]" if ids else "nothing(1)")
    (tmp_path / "main.tf").write_text(f'resource "aws_security_group" "db" {{\n  {written}\n}}\n')
    found = [one.peer for one in load([plan.write(tmp_path)]).network.security_groups["aws_security_group.db"].ingress]
    assert [None if isinstance(one, Unknown) else one.rpartition(".")[2] for one in found] == groups


def test_a_group_in_a_rule_within_a_group(tmp_path):
    """A plan lists the references of all rules of a group together."""
    plan = Plan().add("aws_vpc.v", cidr_block="10.0.0.0/16")
    of = {"vpc_id": refers("aws_vpc.v.id")}
    plan.add("aws_security_group.a", of, vpc_id=..., name="a").add("aws_security_group.b", of, vpc_id=..., name="b")
    rule = {"protocol": "tcp", "from_port": 80, "to_port": 80, "security_groups": [None]}
    written = {**of, "ingress": {"references": ["local.other"]}}
    plan.add("aws_security_group.db", written, vpc_id=..., name="db", ingress=[rule])
    plan.changes[-1]["change"]["after_unknown"]["ingress"] = [{"security_groups": [True]}]
    rule = "[{ from_port = 80, security_groups = [local.other] }]"
    (tmp_path / "main.tf").write_text(f'{LOCALS}resource "aws_security_group" "db" {{\n  ingress = {rule}\n}}\n')
    (found,) = load([plan.write(tmp_path)]).network.security_groups["aws_security_group.db"].ingress
    assert found.peer == "aws_security_group.b"
