"""docs/reference/api-gateway-facts.md: every fact names tests that there are, or says why it is not met."""

import ast
import re
from functools import cache

import pytest

from tests.helpers.places import ROOT

PAGE = ROOT / "docs" / "reference" / "api-gateway-facts.md"
_TEST = re.compile(r"`([\w/]+)::(\w+)`")


def rows():
    """The facts with what they are met by."""
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", line.strip("|"))] for line in lines]
    return [pair for pair in cells if pair[0] != "fact"]


@cache
def named_in(name):
    """The tests of a file."""
    tree = ast.parse((ROOT / "tests" / f"{name}.py").read_text(encoding="utf-8"))
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return {node.name for node in functions if node.name.startswith("test_")}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0][:50])
def test_fact_is_met_by_tests_or_says_why_not(row):
    _, met = row
    named = _TEST.findall(met)
    assert met.startswith("not met: ") != met.startswith("`")
    assert named or met.startswith("not met: ")
    assert [f"{file}::{test}" for file, test in named if test not in named_in(file)] == []


def test_no_fact_stands_twice():
    facts = [fact for fact, _ in rows()]
    assert len(facts) == len(set(facts))
    assert len(facts) > 100
