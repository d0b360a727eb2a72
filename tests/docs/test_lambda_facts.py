"""docs/reference/lambda-facts.md is honest: each fact names tests that are there and run, or says why it is not met."""

import ast
import re
from functools import cache

import pytest

from tests.helpers.places import ROOT

PAGE = ROOT / "docs" / "reference" / "lambda-facts.md"
TESTS = ROOT / "tests"
ROWS = [
    (fact, met)
    for fact, met in re.findall(r"^\| (.+?) \| (.+?) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    if fact != "fact"
]


@cache
def names_in(file):
    """The tests of a file, but for those that may be left out."""
    found = ast.parse((TESTS / file).read_text(encoding="utf-8")).body
    return {
        node.name
        for node in found
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not any(re.search("skip|xfail", ast.unparse(mark)) for mark in node.decorator_list)
    }


@pytest.mark.parametrize(("fact", "met"), ROWS, ids=[fact[:50] for fact, _ in ROWS])
def test_a_fact_is_tested_or_says_why_not(fact, met):
    if met.startswith("not met: "):
        return
    for name in met.split(", "):
        file, _, test = name.partition("::")
        assert test in names_in(file), f"{fact}: there is no test {name}"


def test_no_fact_is_told_twice():
    facts = [fact for fact, _ in ROWS]
    assert len(facts) == len(set(facts)) > 50
