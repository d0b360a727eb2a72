"""Functions, operators and forms of Terraform's language: values as Terraform 1.15 has them."""

from functools import reduce

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from netful.sources.files import document
from netful.sources.terraform.plan.evaluation import Evaluation
from netful.sources.terraform.plan.functions import FUNCTIONS, LAZY, Lack, settled
from netful.sources.terraform.plan.planned_resources import resources
from netful.sources.terraform.plan.source_lines import Configuration
from tests.helpers.examples import examples
from tests.helpers.terraform_plans import Plan

LOCALS = """
locals {
  m    = { a = "va" }
  l    = [{ id = "i0", n = { x = 1 } }, { id = "i1", n = { x = 2 } }]
  none = null
  t    = "a $${b}"
  n    = { deep = [{ k = "v" }] }
}
"""
VALUES = [
    ('element(["a","b","c"], 4)', "b"),
    ('element(["a","b"], -1)', "b"),
    ('slice(["a","b","c"], 1, 3)', ["b", "c"]),
    ('flatten([["a"], [["b"], "c"], []])', ["a", "b", "c"]),
    ('compact(["a", "", null, "b"])', ["a", "b"]),
    ('concat(["a"], [], ["b"])', ["a", "b"]),
    ('distinct(["b","a","b"])', ["b", "a"]),
    ('toset(["b","a","b"])', ["a", "b"]),
    ('sort(["b","a","C"])', ["C", "a", "b"]),
    ('reverse(["a","b"])', ["b", "a"]),
    ("keys({b=1, a=2})", ["a", "b"]),
    ("values({b=1, a=2})", [2, 1]),
    ("merge({a=1}, {b=2}, {a=3})", {"a": 3, "b": 2}),
    ('lookup({a=1}, "a", 9)', 1),
    ('lookup({a=1}, "z", 9)', 9),
    ('zipmap(["a","b"], [1,2])', {"a": 1, "b": 2}),
    ('setproduct(["a","b"], [1,2])', [["a", 1], ["a", 2], ["b", 1], ["b", 2]]),
    ('chunklist(["a","b","c"], 2)', [["a", "b"], ["c"]]),
    ("range(0)", []),
    ("range(3)", [0, 1, 2]),
    ("range(1, 8, 3)", [1, 4, 7]),
    ('join("-", ["a","b"])', "a-b"),
    ('join("-", [])', ""),
    ('split(",", "a,b,,c")', ["a", "b", "", "c"]),
    ('replace("a-b-c", "-", "_")', "a_b_c"),
    ('trimprefix("foobar", "foo")', "bar"),
    ('trimsuffix("foobar", "bar")', "foo"),
    ('trimspace("  a ")', "a"),
    ('startswith("abc", "ab")', True),
    ('endswith("abc", "bc")', True),
    ('strcontains("abc", "b")', True),
    ('format("%s-%d", "a", 3)', "a-3"),
    ('format("%s", true)', "true"),
    ('upper("aé")', "AÉ"),
    ('lower("AB")', "ab"),
    ('length("abc")', 3),
    ("length({a=1})", 1),
    ('contains(["a"], "a")', True),
    ('index(["a","b"], "b")', 1),
    ("min(3,1,2)", 1),
    ("max(3,1,2)", 3),
    ("ceil(1.2)", 2),
    ("floor(-1.2)", -2),
    ('cidrsubnet("10.0.0.0/16", 8, 3)', "10.0.3.0/24"),
    ('cidrsubnet("10.1.2.0/24", 4, 15)', "10.1.2.240/28"),
    ('coalesce("", null, "c")', "c"),
    ('coalesce([], ["a"])', []),
    ('try(coalesce("", null), "x")', "x"),
    ('coalescelist([], ["a"])', ["a"]),
    ('one(["x"])', "x"),
    ("one([])", None),
    ('try(local.m.nope, "d")', "d"),
    ("can(local.m.nope)", False),
    ("can(local.m.a)", True),
    ('jsondecode("{\\"a\\":[1,true,null]}").a[1]', True),
    ("tostring(5)", "5"),
    ("tostring(5.0)", "5"),
    ("tostring(true)", "true"),
    ('tonumber("3")', 3),
    ("tonumber(3.7)", 3.7),
    ("5 % 3", 2),
    ("5.5 % 2", 1.5),
    ("-5 % 3", -2),
    ("7 / 2", 3.5),
    ("6 / 2", 3),
    ("1 + 2 * 3", 7),
    ("(1 + 2) * 3", 9),
    ("10 - 2 - 3", 5),
    ("!true || false && true", False),
    ('1 == 1 ? "a" : "b"', "a"),
    ('"a" == "a"', True),
    ("null == null", True),
    ("[1,2] == [1,3]", False),
    ("2 > 1 && 2 >= 2", True),
    ('[for i, v in ["a","b"] : "${i}${v}"]', ["0a", "1b"]),
    ('[for k, v in {b=1,a=2} : "${k}${v}"]', ["a2", "b1"]),
    ("{for k, v in {b=1,a=2} : v => k}", {"1": "b", "2": "a"}),
    ("[for v in {b=1,a=2} : v]", [2, 1]),
    ('[for v in toset(["b","a"]) : v]', ["a", "b"]),
    ('{for s in ["x","y"] : s => upper(s) if s != "y"}', {"x": "X"}),
    ('local.m["a"]', "va"),
    ("local.l[*].id", ["i0", "i1"]),
    ("local.l.*.id", ["i0", "i1"]),
    ("local.l[*].n.x", [1, 2]),
    ("local.l.*.id[0]", "i0"),
    ("local.l[1].id", "i1"),
    ("local.none[*]", []),
    ('"x${local.m.a}y"', "xvay"),
    ('"$${x}"', "${x}"),
    ('"%%{x}"', "%{x}"),
    ('"a\\tb\\"c\\\\"', 'a\tb"c\\'),
    ('"${5}"', 5),
    ('"${true}"', True),
    ('"${1.50}"', 1.5),
    ('"${"a"}${"b"}"', "ab"),
    ('"${[for x in ["q"] : x][0]}"', "q"),
    ("<<EOT\na\n  b ${local.m.a}\nEOT\n", "a\n  b va\n"),
    ("<<-EOT\n    a\n      b\n    EOT\n", "a\n  b\n"),
    ("<<-EOT\n\ta\n\n\t  b\n\tEOT\n", "a\n\n  b\n"),
    ("-(3)", -3),
    ("local.n.deep[0].k", "v"),
    ('[for k in ["x"] : { (k) = 1 }]', [{"x": 1}]),
    ('{ a = 1, "b" = 2, (local.m.a) = 3 }', {"a": 1, "b": 2, "va": 3}),
    ('tolist(["b","a"])[0]', "b"),
    ("local.m != null", True),
    ("[for x in [1,2,3] : x if x % 2 == 1]", [1, 3]),
    ("alltrue([true, false])", False),
    ("anytrue([true, false])", True),
    ('setunion(["a"],["b","a"])', ["a", "b"]),
    ('nonsensitive("a")', "a"),
    ('sensitive("b") == "b"', True),
    ('cidrsubnets("10.0.0.0/16", 8, 4, 8)', ["10.0.0.0/24", "10.0.16.0/20", "10.0.32.0/24"]),
    ('cidrhost("10.0.0.5/16", 5)', "10.0.0.5"),
    ('cidrhost("10.0.0.0/24", -1)', "10.0.0.255"),
    ('cidrnetmask("10.0.0.0/20")', "255.255.240.0"),
    ('title("don\'t a-b_c d1e x2")', "Don'T A-B_c D1e X2"),
    ('substr("hello", -3, 2)', "ll"),
    ('substr("hello", 1, -1)', "ello"),
    ('substr("hello", 9, 2)', ""),
    ('regex("[a-z]+", "53.345aaabb2")', "aaabb"),
    ('regex("(\\\\d+)-(\\\\w)", "x12-b")', ["12", "b"]),
    ('regex("(?P<n>\\\\d+)-", "12-")', {"n": "12"}),
    ('regexall("(\\\\d)([a-z])", "1a2b")', [["1", "a"], ["2", "b"]]),
    ('can(regex("^x", "y"))', False),
    ('can(regex("^a$", "a\\n"))', False),
    ('regex("[[:alpha:]]+", "1ab")', "ab"),
    (f'can(regex("(a+)+$", "{"a" * 5000}b"))', False),
    ('format("%s-%02d-%v-%%-%d", "a", 3, "b", 7)', "a-03-b-%-7"),
    ('formatlist("%s/%s", ["a", "b"], "c")', ["a/c", "b/c"]),
    ('matchkeys(["i1", "i2"], ["a", "b"], ["b"])', ["i2"]),
    ('trim("?!x?", "?!")', "x"),
    ('setintersection(["a","b"], ["b"])', ["b"]),
    ('setsubtract(["a","b"], ["b"])', ["a"]),
    ('urlencode("a b~/é")', "a+b~%2F%C3%A9"),
    ("sum([1, 2.5])", 3.5),
    ("abs(-3)", 3),
    ('chomp("a\\n\\n")', "a"),
    ('base64encode("é")', "w6k="),
    ('base64decode("w6k=")', "é"),
    ('basename("a/b.c")', "b.c"),
    ('dirname("a/b.c")', "a"),
    ('csvdecode("a,b\\n1,2\\n")', [{"a": "1", "b": "2"}]),
    ('csvdecode("a\\n\\"1\\n2\\"\\n")', [{"a": "1\n2"}]),
    ('yamldecode("a: yes\\nb: [1, 5.0, null]\\nq: &a {z: 1}\\ns: {<<: *a, t: \'2\'}\\n")', {"a": True, "b": [1, 5.0, None], "q": {"z": 1}, "s": {"z": 1, "t": "2"}}),
    ('"${join("", ["a-${local.m.a}"])}${jsonencode(["x"])}"', 'a-va["x"]'),
    ('"x %{ if true ~}  yes  %{ else ~} no %{ endif ~}   z ${~ "t" ~}   w"', "x yes  ztw"),
    ('<<EOT\n{ "a": [%{ for i, x in ["p","q"] }"${x}"%{ if i < 1 },%{ endif }%{ endfor }] }\nEOT\n', '{ "a": ["p","q"] }\n'),
    ('<<EOT\n%{ for k, v in { k = "v" } ~}\n  - ${k}: ${v}\n%{ endfor ~}\n   end $${x}\n  %{~ if false }%{ endif }\nEOT\n', "  - k: v\n   end ${x}\n\n"),
    ("templatestring(local.t, { b = 1 })", "a 1"),
    ('"${join("", [for x in [{ a = "b" }] : "${x.a}-${"c"}"])}%{ if "a" == "a" }d%{ endif }"', "b-cd"),
    ("path.module", "."),
    ("path.root", "."),
]  # fmt: skip


def value(folder, text):
    """The value of an expression."""
    plan = Plan().add("aws_vpc.v")
    plan.write(folder)
    (folder / "main.tf").write_text(f'{LOCALS}resource "aws_vpc" "v" {{\n  x = {text}\n}}\n')
    (resource,) = resources(document.read_json(folder / "plan.json").root)
    evaluation = Evaluation([resource], {}, {}, Configuration(folder / "plan.json"))
    return evaluation.argument(resource, "x", {}, own=True)


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_a_value_is_that_of_terraform(tmp_path, text, expected):
    found = value(tmp_path, text)
    assert (found, type(found)) == (expected, type(expected))


UNREAD = [
    '1 == "1"', 'tonumber("x")', "[1][true]", "local.gone", 'replace("abc", "/b/", "x")', "1 / 0", "keys(1)", '"10" < "9"', '"1" + "2"',
    '"a" * 3', 'max("9", "10")', "true + 1", "tolist([]) == []", "range(5, 1)", 'slice(["a"], 0, 5)', 'zipmap([1], ["a"])', '"%{ if true }a"', '"%{ endfor }"', '"%{ for a }b%{ endfor }"',
    "<<-EOT\n  %{ if true ~}\n  a\n  %{ endif ~}\n  EOT\n", 'regex("(?=a)", "a")', 'csvdecode("a\\n1,2\\n")', "path.cwd",
    'cidrsubnet("10.0.0.0/16", 8, 256)', 'cidrsubnet("0.0.0.0/0", -99999999999999, 1)', "can()", "lookup({})", "range(99999999999999999999)",
    '"${jsondecode("NaN")}x"', '"${jsondecode("1e999")}x"', "9" * 5000, f"{'9' * 400} / 3", "+".join("1" * 5000), f"a{'.b' * 3000}",
]  # fmt: skip


@pytest.mark.parametrize("text", UNREAD)
def test_what_is_not_read_is_not_settled(tmp_path, text):
    assert isinstance(value(tmp_path, text), Lack)


FORMS = [
    "A[B]", "A.a", "A[*].a", "(A == B ? A : B)", "A + B", "data.a[A]", '"x${A}"', "{ a = A, (B) = A }", "[A, B]", "[for k, v in A : B]",
    "{ for v in A : B => v }",
]  # fmt: skip
CALLS = [f"{one}({of})" for one in (*FUNCTIONS, *LAZY) if one.isalpha() for of in ("", "A", "A, B", "A...")]
LEAVES = [
    "1", "-2", '"a"', '""', '"²"', "null", "true", "[]", "{}", "9" * 400, "local.l", "local.m", "aws_vpc.v", "aws_vpc.v.id",
]  # fmt: skip
STEPS = st.tuples(st.one_of(st.sampled_from(FORMS), st.sampled_from(CALLS)), st.sampled_from(LEAVES))


def nested(steps):
    """An expression of which each step is around the one before it."""
    return reduce(lambda inner, step: step[0].replace("A", inner).replace("B", step[1]), steps, "local.l")


@examples(300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(STEPS, max_size=4),
    broken=st.sampled_from(["", "", "[", '"', "${", "%{", "\0", "/*"]),
    place=st.integers(0, 50),
)
def test_any_text_has_a_value_or_is_not_settled(tmp_path, steps, broken, place):
    text = nested(steps)
    found = value(tmp_path, f"{text[:place]}{broken}{text[place:]}")
    assert isinstance(found, Lack) or settled(found) in (True, False)
