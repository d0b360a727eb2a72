"""Values of arguments by their text in the configuration beside a plan."""

import json

import pytest

from netful.model.core import Unknown
from netful.sources import load
from netful.sources.terraform.plan.syntax import tree
from netful.sources.terraform.reading import read
from tests.helpers.terraform_plans import Plan, refers

MAIN = """
variable "on" { default = true }
variable "set" {
  type    = set(string)
  default = ["y", "x"]
}
variable "typed" {
  type = map(object({
    id    = string
    name  = optional(string)
    size  = optional(number, 3)
    other = optional(object({ name = string }), {})
  }))
}
locals {
  keys   = ["b", "a"]
  groups = { a = aws_vpc.a.id, b = aws_vpc.b.id }
  cycle  = local.other
  other  = local.cycle
  typed  = { one = { id = aws_vpc.a.id }, two = { id = aws_vpc.b.id, size = null, extra = 1 } }
}
resource "aws_vpc" "none" {
  count = 0
}
module "one" {
  source = "./m"
  count  = var.on ? 1 : 0
  of     = aws_vpc.a.id
}
module "each" {
  source   = "./m"
  for_each = toset(["x", "y"])
  of       = local.groups[each.key == "x" ? "a" : "b"]
}
module "typed" {
  source = "./t"
  typed  = local.typed
  port   = 80
}
resource "aws_ssm_parameter" "p" {
  for_each = { k = { vpc = "b", nested = { id = aws_vpc.b.id } } }
  value    = TEXT
}
"""
CHILD = """
variable "of" {}
output "id" { value = var.of }
output "ids" { value = [var.of, aws_vpc.inner.id] }
"""
TYPED = """
variable "typed" {
  type = map(object({
    id   = string
    name = optional(string)
    size = optional(string, "large")
    more = optional(object({ name = optional(string, "small"), none = optional(number) }), {})
  }))
}
variable "port" { type = string }
output "name" { value = var.typed["one"].name == null ? var.typed["one"].id : "" }
output "size" { value = "${var.typed["one"].size}-${var.typed["one"].id}" }
output "more" { value = "${var.typed["one"].more.name}-${length(var.typed["one"].more)}-${var.typed["one"].id}" }
output "null" { value = "${var.typed["two"].size}-${var.typed["one"].id}" }
output "extra" { value = try(var.typed["two"].extra, var.typed["one"].id) }
output "port" { value = var.port == "80" ? var.typed["one"].id : "" }
output "lost" { value = try(var.typed["one"].gone, var.typed["one"].id) }
"""
DATA = {
    "address": "data.aws_vpc.d",
    "mode": "data",
    "type": "aws_vpc",
    "name": "d",
    "values": {"id": "vpc-1", "tags": {"n": "a"}},
}
A, B, NUMBERS, KEYS = (
    "aws_vpc.a",
    "aws_vpc.b",
    [f"aws_vpc.n[{number}]" for number in range(3)],
    ['aws_vpc.k["x"]', 'aws_vpc.k["y"]'],
)
UNKNOWN = None


def plan_of(folder, text, type_="aws_ssm_parameter", argument="value", place='["k"]', **values):
    """Write a plan with VPCs, modules and a resource of which an argument has a text."""
    plan = Plan()
    for address in (A, B, *NUMBERS, *KEYS):
        index = address.partition("[")[2].rstrip("]")
        plan.add(address, index=json.loads(index) if index else None, cidr_block="10.0.0.0/16")
    plan.configuration["resources"].append({"mode": "managed", "type": "aws_vpc", "name": "none"})
    plan.configuration["variables"] = {"on": {"default": True}, "set": {"default": ["y", "x"]}}
    outputs = {"id": {"expression": {"references": ["var.of"]}}, "ids": {}}
    for name, index in (("one", "[0]"), ("each", '["x"]'), ("each", '["y"]')):
        passed = {"of": {"references": ["local.groups"]}}
        plan.calls.setdefault(
            name, {"source": "./m", "expressions": passed, "module": {"outputs": outputs, "variables": {"of": {}}}}
        )
        plan.add(f"module.{name}{index}.aws_vpc.inner", module=f"module.{name}{index}", cidr_block="10.0.0.0/16")
    given = {"typed": {"references": ["local.typed"]}, "port": {"constant_value": 80}}
    plan.calls["typed"] = {"source": "./t", "expressions": given, "module": {"variables": {"typed": {}, "port": {}}}}
    index = json.loads(place[1:-1]) if place else None
    plan.add(f"{type_}.p{place}", {argument: {"references": []}}, index, **{argument: ...}, **values)
    (folder / "main.tf").write_text(MAIN.replace("TEXT", text))
    for name, module in (("m", CHILD), ("t", TYPED)):
        (folder / name).mkdir()
        (folder / name / "main.tf").write_text(module)
    written = json.loads(plan.write(folder).read_text())
    written["prior_state"] = {"values": {"root_module": {"resources": [DATA]}}}
    (folder / "plan.json").write_text(json.dumps(written))
    return read(folder / "plan.json").resources


def value(folder, text, **more):
    """The value of an argument in the template, with references by their name alone."""
    resources = plan_of(folder, text, **more)
    (name,) = (one for one in resources if one.startswith("aws_ssm_parameter.p"))
    found = resources[name]["Properties"].get("Value", "")
    return (
        UNKNOWN if isinstance(found, Unknown) else found["Ref"] if isinstance(found, dict) and "Ref" in found else found
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("element(aws_vpc.n[*].id, 4)", NUMBERS[1]),
        ("aws_vpc.n[length(aws_vpc.n) - 1].id", NUMBERS[2]),
        ("aws_vpc.n.*.id[1]", NUMBERS[1]),
        ("slice(aws_vpc.n[*].id, 1, 3)[0]", NUMBERS[1]),
        ("reverse(aws_vpc.n)[0].id", NUMBERS[2]),
        ("values(aws_vpc.k)[1].id", KEYS[1]),
        ('[for k, v in aws_vpc.k : v.id if k != "x"][0]', KEYS[1]),
        ('{ for v in values(aws_vpc.k) : "z-${v.cidr_block}" => v.id... }', UNKNOWN),
        ("one(aws_vpc.none[*].id)", ""),
        ("try(aws_vpc.none[0].id, aws_vpc.a.id)", A),
        ("coalesce(one(aws_vpc.none[*].id), aws_vpc.a.id)", A),
        ("concat(aws_vpc.none[*].id, [aws_vpc.b.id])[0]", B),
        ("var.on ? aws_vpc.a.id : aws_vpc.b.id", A),
        ("!var.on || length(local.keys) > 2 ? aws_vpc.a.id : aws_vpc.b.id", B),
        ("local.groups[each.value.vpc]", B),
        ("each.value.nested.id", B),
        ("lookup(local.groups, each.key, aws_vpc.a.id)", A),
        ("merge(local.groups, { a = aws_vpc.n[0].id }).a", NUMBERS[0]),
        ('zipmap(local.keys, [aws_vpc.a.id, aws_vpc.b.id])["b"]', A),
        ("flatten([[aws_vpc.a.id], aws_vpc.n[*].id])[2]", NUMBERS[1]),
        ('(join("", compact(["", aws_vpc.a.id])))', A),
        ('join("", aws_vpc.k[*].id)', UNKNOWN),
        ('aws_vpc.k[split("-", "y-x")[0]].id', KEYS[1]),
        ('aws_vpc.k[lower(format("%s", "X"))].id', KEYS[0]),
        ("one(module.one[*].id)", A),
        ("one(module.one).id", A),
        ('module.each["y"].id', B),
        ('{ for k, m in module.each : k => m.ids }["x"][1]', 'module.each["x"].aws_vpc.inner'),
        ("module.typed.name", A),
        ("module.typed.lost", A),
        ("module.typed.extra", A),
        ("module.typed.port", A),
        ('data.aws_vpc.d.tags.n == "a" ? aws_vpc.a.id : aws_vpc.b.id', A),
        ("local.cycle", UNKNOWN),
        ("aws_vpc.a.ipv6_association_id == null ? aws_vpc.a.id : aws_vpc.b.id", UNKNOWN),
        ("coalesce(aws_vpc.a.ipv6_association_id, aws_vpc.b.id)", UNKNOWN),
        ("aws_vpc.a.id == aws_vpc.b.id ? aws_vpc.a.id : aws_vpc.b.id", B),
        ("aws_vpc.a.id == aws_vpc.a.id ? aws_vpc.a.id : aws_vpc.b.id", A),
        ("aws_vpc.a.id == aws_vpc.b.arn ? aws_vpc.a.id : aws_vpc.b.id", UNKNOWN),
        ("aws_vpc.a.ipv6_cidr_block == aws_vpc.b.ipv6_cidr_block ? aws_vpc.a.id : aws_vpc.b.id", UNKNOWN),
        ("aws_vpc.a.id != null ? aws_vpc.a.id : aws_vpc.b.id", A),
        ("sort(aws_vpc.n[*].id)[0]", UNKNOWN),
        ("tolist(toset(aws_vpc.n[*].id))[0]", UNKNOWN),
        ("aws_vpc.k[tolist(var.set)[0]].id", KEYS[0]),
        ("tostring(true) == true ? aws_vpc.a.id : aws_vpc.b.id", UNKNOWN),
        ("aws_vpc.n[length(range(5000))].id", UNKNOWN),
        ('aws_vpc.k[lower(format("%03d", "X"))].id', UNKNOWN),
        ('aws_vpc.n[index(["x", "y"], "y")].id', NUMBERS[1]),
        ('jsondecode("{\\"a\\": true}").a ? aws_vpc.a.id : aws_vpc.b.id', A),
        ("provider::aws::x(aws_vpc.a.id)", UNKNOWN),
    ],
)  # fmt: skip
def test_an_expression_that_is_settled_has_a_value(tmp_path, text, expected):
    assert value(tmp_path, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"a-${aws_vpc.a.id}/*"', ["a-", {"Ref": A}, "/*"]),
        ('join(",", aws_vpc.n[*].id)', [{"Ref": NUMBERS[0]}, ",", {"Ref": NUMBERS[1]}, ",", {"Ref": NUMBERS[2]}]),
        ("module.typed.size", ["large-", {"Ref": A}]),
        ("module.typed.null", ["large-", {"Ref": A}]),
        ("module.typed.more", ["small-2-", {"Ref": A}]),
        ("<<-EOT\n    a\n      ${aws_vpc.a.id}\n    EOT", ["a\n  ", {"Ref": A}, "\n"]),
        ('jsonencode({ a = [aws_vpc.a.id, 1], b = "${aws_vpc.b.id}!" })', ['{"a":["', {"Ref": A}, '",1],"b":"', {"Ref": B}, '!"}']),
    ],
)  # fmt: skip
def test_a_text_around_references(tmp_path, text, expected):
    assert value(tmp_path, text) == {"Fn::Join": ["", expected]}


POLICY = '{ "Statement": [{ "Effect": "Allow", "Action": "sqs:*", "Resource": ["${aws_vpc.a.arn}", "${aws_vpc.a.arn}/*"] }] }'
ARN = {"Fn::GetAtt": [A, "Arn"]}


@pytest.mark.parametrize(
    ("text", "resource"),
    [
        (f"<<EOT\n{POLICY}\nEOT\n", [ARN, {"Fn::Join": ["", [ARN, "/*"]]}]),
        (f"jsonencode({POLICY})", [ARN, {"Fn::Join": ["", [ARN, "/*"]]}]),
        ('jsonencode({ Statement = [{ Resource = templatefile("x", {}) }], Id = aws_vpc.a.id })', None),
        ("jsonencode({ Statement = [{ Resource = aws_vpc.a }] })", None),
        ("jsonencode({ Statement = [{ Resource = module.one }] })", None),
    ],
)
def test_a_policy_around_references(tmp_path, text, resource):
    """A part that is not settled is unknown by itself."""
    of = {"type_": "aws_iam_policy", "argument": "policy", "place": "", "name": "p"}
    (tmp_path / "more.tf").write_text(f'resource "aws_iam_policy" "p" {{\n  policy = {text}\n}}\n')
    document = plan_of(tmp_path, '""', **of)["aws_iam_policy.p"]["Properties"]["PolicyDocument"]
    found = document["Statement"][0]["Resource"]
    assert (None if isinstance(found, Unknown) else found) == resource


@pytest.mark.parametrize("text", ["aws_vpc.a.arn", '"${aws_vpc.a.arn}"', "jsonencode(aws_vpc.a)"])
def test_a_policy_that_is_one_reference_is_unknown(tmp_path, text):
    (tmp_path / "more.tf").write_text(f'resource "aws_iam_policy" "p" {{\n  policy = {text}\n}}\n')
    found = plan_of(tmp_path, '""', type_="aws_iam_policy", argument="policy", place="", name="p")
    assert isinstance(found["aws_iam_policy.p"]["Properties"]["PolicyDocument"], Unknown)


@pytest.mark.parametrize(
    "text",
    ["", "a ?", "[1", '"${a"', "{ a b }", '"%{ if a }b"', "f(a b)", "a[*].b[*]", '"\\u00e9"', "(" * 9999],
)
def test_another_form_has_no_tree(text):
    assert tree(text) is None


@pytest.mark.parametrize(
    ("text", "shown", "groups"),
    [
        ('[templatefile("x", {}) ? aws_vpc.a.id : aws_vpc.b.id]', 1, [None]),
        ("[aws_vpc.a.id, aws_vpc.b.id]", 2, [A, B]),
        ("[aws_vpc.a.id, aws_vpc.b.id]", 1, [None]),
    ],
)  # fmt: skip
def test_a_list_has_as_many_items_as_the_plan_shows(tmp_path, text, shown, groups):
    plan = Plan().add(A, cidr_block="10.0.0.0/16").add(B, cidr_block="10.0.0.0/16")
    plan.add(
        "aws_instance.i",
        {"vpc_security_group_ids": refers(f"{A}.id", f"{B}.id")},
        vpc_security_group_ids=[None] * shown,
    )
    plan.changes[-1]["change"]["after_unknown"]["vpc_security_group_ids"] = [True] * shown
    (tmp_path / "main.tf").write_text(f'resource "aws_instance" "i" {{\n  vpc_security_group_ids = {text}\n}}\n')
    (eni,) = load([plan.write(tmp_path)]).network.interfaces_of("aws_instance.i")
    assert [None if isinstance(one, Unknown) else one for one in eni.security_group_ids] == groups


RULES = """
locals {
  rules = [{ port = 22, group = aws_vpc.a.id }, { port = 80, group = aws_vpc.b.id }]
}
resource "aws_security_group" "g" {
  ingress {
    from_port       = 443
    security_groups = [aws_vpc.a.id]
  }
  dynamic "ingress" {
    for_each = local.rules
    content {
      from_port       = ingress.value.port
      security_groups = [ingress.value.group]
    }
  }
  dynamic "egress" {
    for_each = templatefile("x", {})
    content {
      from_port       = PORT
      security_groups = [egress.value]
    }
  }
}
"""


@pytest.mark.parametrize(("port", "shown", "group"), [(0, 22, A), (0, 80, B), (0, 443, A), (0, 8080, None), (22, 22, None), ("egress.key", 80, None)])  # fmt: skip
def test_a_block_is_the_one_with_its_other_arguments(tmp_path, port, shown, group):
    plan = Plan().add(A, cidr_block="10.0.0.0/16").add(B, cidr_block="10.0.0.0/16")
    rule = {"protocol": "tcp", "from_port": shown, "to_port": shown, "security_groups": [None]}
    plan.add("aws_security_group.g", name="g", ingress=[rule], vpc_id="vpc-1")
    plan.changes[-1]["change"]["after_unknown"]["ingress"] = [{"security_groups": [True]}]
    (tmp_path / "main.tf").write_text(RULES.replace("PORT", f"{port}"))
    (found,) = load([plan.write(tmp_path)]).network.security_groups["aws_security_group.g"].ingress
    assert (None if isinstance(found.peer, Unknown) else found.peer) == group


BLOCKS = """
resource "aws_security_group" "g" {
  ingress {
    from_port       = 1
    security_groups = [aws_vpc.a.id]
  }
  egress {
    from_port       = 2
    security_groups = [var.on ? aws_vpc.b.id : aws_vpc.a.id]
  }
}
"""


def test_blocks_that_are_written_have_the_references_of_a_list(tmp_path):
    plan = Plan().add(A, cidr_block="10.0.0.0/16").add(B, cidr_block="10.0.0.0/16")
    plan.configuration["variables"] = {"on": {"default": True}}
    rules = [{"protocol": "tcp", "from_port": port, "to_port": port, "security_groups": [None]} for port in (1, 2)]
    written = {"ingress": refers(f"{A}.id"), "egress": {"references": ["var.on", f"{A}.id", f"{B}.id"]}}
    plan.add("aws_security_group.g", written, name="g", ingress=rules[:1], egress=rules[1:], vpc_id="vpc-1")
    later = {name: [{"security_groups": [True]}] for name in ("ingress", "egress")}
    plan.changes[-1]["change"]["after_unknown"] |= later
    (tmp_path / "main.tf").write_text(BLOCKS)
    group = load([plan.write(tmp_path)]).network.security_groups["aws_security_group.g"]
    assert ([one.peer for one in group.ingress], [one.peer for one in group.egress]) == ([A], [B])


@pytest.mark.parametrize(
    "text",
    [f"[{A}.id]", f"[for x in [{A}, {B}] : x.id if x.cidr_block != {A}.cidr_block]", f"[var.on ? {B}.id : {A}.id]"],
)
def test_a_text_with_more_references_than_the_plan_is_not_its_own(tmp_path, text):
    plan = Plan().add(A, cidr_block="10.0.0.0/16").add(B, cidr_block="10.1.0.0/16")
    plan.configuration["variables"] = {"on": {"default": True}}
    plan.add("aws_instance.i", {"vpc_security_group_ids": refers(f"{A}.id")}, vpc_security_group_ids=...)
    (tmp_path / "main.tf").write_text(f'resource "aws_instance" "i" {{\n  vpc_security_group_ids = {text}\n}}\n')
    (eni,) = load([plan.write(tmp_path)]).network.interfaces_of("aws_instance.i")
    assert eni.security_group_ids == (A,)


@pytest.mark.parametrize("text", [f"[{A}.id]", f"[{B}.id]", "[local.a]"])
def test_a_text_that_was_changed_after_the_plan_is_not_its_own(tmp_path, text):
    plan = Plan().add(A, cidr_block="10.0.0.0/16").add(B, cidr_block="10.0.0.0/16")
    rule = {"protocol": "tcp", "from_port": 1, "to_port": 1, "security_groups": [None]}
    written = {"ingress": [{"security_groups": {"references": [f"{A}.id", A]}}]}
    plan.add("aws_security_group.g", written, name="g", ingress=[rule], vpc_id="vpc-1")
    plan.changes[-1]["change"]["after_unknown"]["ingress"] = [{"security_groups": [True]}]
    block = f"  ingress {{\n    security_groups = {text}\n  }}\n"
    (tmp_path / "main.tf").write_text(f'locals {{\n  a = {B}.id\n}}\nresource "aws_security_group" "g" {{\n{block}}}\n')
    (found,) = load([plan.write(tmp_path)]).network.security_groups["aws_security_group.g"].ingress
    assert found.peer == A


BUCKET = {"Fn::GetAtt": ["aws_s3_bucket.b", "Arn"]}
BELOW = {"Fn::Join": ["", [BUCKET, "/*"]]}
DOCUMENT = """
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.b.arn}/in/*"]
  }
  statement {
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.b.arn]
  }
}
"""


@pytest.mark.parametrize(
    ("written", "named", "resources"),
    [
        (DOCUMENT, "aws_s3_bucket.b.arn", [[{"Fn::Join": ["", [BUCKET, "/in/*"]]}], [BUCKET]]),
        ("", "aws_s3_bucket.b.arn", [[BUCKET, BELOW], [BUCKET, BELOW]]),
        ("", "aws_s3_bucket.b", [[BUCKET, BELOW], [BUCKET, BELOW]]),
    ],
)
def test_statements_of_a_document_have_the_resources_of_their_text(tmp_path, written, named, resources):
    """Without the text, a statement is about the resource and all below it, by an assumption."""
    of = {"actions": {}, "resources": {"references": [named]}}
    name = "data.aws_iam_policy_document.d"
    document = {"address": name, "mode": "data", "type": "aws_iam_policy_document", "name": "d"}
    plan = Plan().add("aws_s3_bucket.b", bucket="b")
    plan.resources.append(
        {**document, "values": {"statement": [{"actions": [one]} for one in ("s3:GetObject", "s3:ListBucket")]}}
    )
    later = {"json": True, "statement": [{"resources": True}, {"resources": True}]}
    plan.changes.append({"address": name, "change": {"actions": ["read"], "after_unknown": later}})
    plan.configuration["resources"].append({**document, "expressions": {"statement": [of, of]}})
    plan.add("aws_iam_policy.p", {"policy": refers(f"{name}.json")}, name="p", policy=...)
    (tmp_path / "main.tf").write_text(written)
    made = read(plan.write(tmp_path)).resources
    found = [one["Resource"] for one in made["aws_iam_policy.p"]["Properties"]["PolicyDocument"]["Statement"]]
    assert found == resources
    assert (name in made) is not bool(written)


@pytest.mark.parametrize("read", [True, False])
def test_a_list_without_its_text_has_the_data_that_the_plan_has_read(tmp_path, read):
    own, other = "aws_security_group.own", "data.aws_security_group.other"
    plan = Plan().add(own, name="own", vpc_id="vpc-1")
    plan.add(
        "aws_instance.i",
        {"vpc_security_group_ids": refers(f"{own}.id", f"{other}.id")},
        vpc_security_group_ids=["sg-1", None],
    )
    plan.changes[-1]["change"]["after_unknown"]["vpc_security_group_ids"] = [False, True]
    values = {"address": other, "mode": "data", "type": "aws_security_group", "name": "other", "values": {"id": "sg-1"}}
    file = plan.write(tmp_path, prior_state={"values": {"root_module": {"resources": [values] * read}}})
    (eni,) = load([file]).network.interfaces_of("aws_instance.i")
    assert eni.security_group_ids[:2] == ("sg-1", own)
    assert any(isinstance(one, Unknown) for one in eni.security_group_ids) is not read
