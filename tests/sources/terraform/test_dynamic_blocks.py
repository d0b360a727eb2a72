"""Arguments in `dynamic` blocks, which a plan does not have, by their text in the configuration beside it."""

import pytest

from netful.model.core import Unknown
from netful.sources import load
from tests.helpers.terraform_plans import Plan, refers

LISTENER = """
variable "listeners" {}
resource "aws_lb_listener" "this" {
  for_each = local.listeners
  dynamic "default_action" {
    for_each = ITEMS
    content {
      type = "forward" # and not target_group_arn = aws_lb_target_group.this["b"].arn
      target_group_arn = TEXT
    }
  }
}
locals {
  listeners = { web = { forward = { key = "b" } }, other = { key = "a" } }
  action = { group = aws_lb_target_group.this["a"].arn }
}
"""


def target_group(folder, items, text):
    """The target group of the default action of a listener, or that it is not known."""
    plan = Plan().add("aws_vpc.v", cidr_block="10.0.0.0/16")
    for key in ("a", "b"):
        of = {"vpc_id": refers("aws_vpc.v.id")}
        plan.add(f'aws_lb_target_group.this["{key}"]', of, key, vpc_id=..., name=key, port=80, protocol="HTTP")
    of = {"load_balancer_arn": refers("aws_lb.l.arn")}
    plan.add("aws_lb.l", name="l").add('aws_lb_listener.this["web"]', of, "web", load_balancer_arn=..., port=80,
             protocol="HTTP", default_action=[{"type": "forward"}])  # fmt: skip
    plan.changes[-1]["change"]["after_unknown"]["default_action"] = [{"target_group_arn": True}]
    plan.configuration["resources"][-1]["for_each_expression"] = {"references": ["local.listeners"]}
    (folder / "main.tf").write_text(LISTENER.replace("ITEMS", items).replace("TEXT", text))
    cloud = load([plan.write(folder)])
    (action,) = cloud.template.resources['aws_lb_listener.this["web"]'].properties["DefaultActions"]
    found = action["TargetGroupArn"]
    return None if isinstance(found, Unknown) else cloud.named(found)


@pytest.mark.parametrize(
    ("items", "text", "key"),
    [
        ("try([each.value.forward], [])", "aws_lb_target_group.this[default_action.value.key].arn", "b"),
        ("[each.value.forward]", "try(default_action.value.arn, aws_lb_target_group.this[default_action.value.key].arn)", "b"),
        ("[local.action]", "default_action.value.group", "a"),
        ("var.some ? [true] : []", 'aws_lb_target_group.this["a"].arn', "a"),
        ("var.listeners", "aws_lb_target_group.this[default_action.value.key].arn", None),
        ("[for one in each.value.actions : one]", "aws_lb_target_group.this[default_action.value.key].arn", None),
    ],
)  # fmt: skip
def test_an_argument_in_a_dynamic_block(tmp_path, items, text, key):
    assert target_group(tmp_path, items, text) == (f'aws_lb_target_group.this["{key}"]' if key else None)


@pytest.mark.parametrize(("items", "key"), [("[local.action]", "a"), ("var.listeners", None)])
def test_an_argument_in_a_dynamic_block_with_an_iterator_of_its_own(tmp_path, items, key):
    text = 'try(one.value.group, aws_lb_target_group.this["a"].arn)'
    expected = f'aws_lb_target_group.this["{key}"]' if key else None
    assert target_group(tmp_path, f"{items}\n    iterator = one", text) == expected
