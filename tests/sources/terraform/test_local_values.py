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
        ("length(aws_security_group.none) > 0 ? aws_security_group.a.id : aws_security_group.b.id", None),
        ('"${aws_security_group.a.id}-more"', None),
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


def test_local_values_without_the_configuration_are_not_known(tmp_path):
    plan = Plan().add("aws_vpc.v", cidr_block="10.0.0.0/16").add("aws_vpc.w", cidr_block="10.1.0.0/16")
    plan.add("aws_subnet.s", {"vpc_id": {"references": ["local.vpc_id"]}}, vpc_id=..., cidr_block="10.0.0.0/24")
    assert isinstance(load([plan.write(tmp_path)]).network.subnets["aws_subnet.s"].vpc_id, Unknown)


def test_a_group_in_a_rule_within_a_group(tmp_path):
    """A plan lists the references of all rules of a group together."""
    plan = Plan().add("aws_vpc.v", cidr_block="10.0.0.0/16")
    of = {"vpc_id": refers("aws_vpc.v.id")}
    plan.add("aws_security_group.a", of, vpc_id=..., name="a").add("aws_security_group.b", of, vpc_id=..., name="b")
    rule = {"protocol": "tcp", "from_port": 80, "to_port": 80, "security_groups": [None]}
    written = {**of, "ingress": {"references": ["local.other"]}}
    plan.add("aws_security_group.db", written, vpc_id=..., name="db", ingress=[rule])
    plan.changes[-1]["change"]["after_unknown"]["ingress"] = [{"security_groups": [True]}]
    (tmp_path / "main.tf").write_text(LOCALS)
    (found,) = load([plan.write(tmp_path)]).network.security_groups["aws_security_group.db"].ingress
    assert found.peer == "aws_security_group.b"
