"""What destinations share in a matrix is what each would get alone."""

from pathlib import Path

import pytest

from bench.organisation import Size, destinations, organisation
from netful.checks.facts.cloud_facts import Facts
from netful.checks.facts.destinations import destinations_in_use, sources
from netful.checks.registry import all_rules
from netful.engine.trace.matrix import matrix
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.facts import facts_of

MORE = (
    "internet:example.com:tcp/443", "internet:example.com:tcp/80", "aws:s3:GetObject", "aws:dynamodb", "aws:sts",
    "10.0.1.9:tcp/443", "203.0.113.200:tcp/443", "aws:execute-api",
)  # fmt: skip


def _assert_same(cloud, names, asked):
    table = matrix(cloud, names, asked)
    assert {s for row in table.rows for s in row.sources} == set(names)
    for source, destination, answer in table.cells():
        path = trace(cloud, parse(cloud, source, destination))
        given = (answer.verdict, answer.symptom, answer.missing)
        assert given == (path.verdict, str(path.symptom), path.missing), (source, destination)


def test_organisation() -> None:
    size = Size(6, 12, 40)
    _assert_same(organisation(size), [f"Fn{number}" for number in range(12)], destinations(size))


@pytest.mark.parametrize("rule", all_rules().values(), ids=lambda rule: rule.id)
def test_examples(rule, tmp_path: Path) -> None:
    facts = facts_of(tmp_path, rule.example("good"))
    _assert_same(facts.cloud, sources(facts), (*destinations_in_use(facts), *MORE))


def test_functions_with_the_same_interfaces_share_a_row(tmp_path: Path) -> None:
    facts = facts_of(tmp_path, all_rules()["NF105"].example("good"))
    table = matrix(facts.cloud, sources(facts), ["aws:ssm"])
    assert [row.sources for row in table.rows] == [("OrdersFn", "BillsFn")]


def test_destination_that_names_nothing_is_left_out(tmp_path: Path) -> None:
    facts: Facts = facts_of(tmp_path, all_rules()["NF105"].example("good"))
    assert matrix(facts.cloud, ["OrdersFn"], ["Nothing", "aws:ssm"]).destinations == ("aws:ssm",)
