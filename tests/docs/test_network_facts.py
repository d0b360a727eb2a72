"""docs/reference/network-facts.md: every fact names tests or golden files that there are, or says why it is not met."""

import re

import pytest

from tests.docs.test_api_gateway_facts import named_in
from tests.helpers.places import ROOT

PAGE = ROOT / "docs" / "reference" / "network-facts.md"
ROWS = [
    (fact, met)
    for fact, met in re.findall(r"^\| (.+?) \| (.+?) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    if fact != "fact"
]
_NAME = re.compile(r"`([\w/-]+)(?:::(\w+))?`(?:, |$)")


def missing(file, test):
    if test:
        return test not in named_in(file)
    return not (ROOT / "tests" / f"{file}.txt").is_file()


@pytest.mark.parametrize(("fact", "met"), ROWS, ids=[fact[:50] for fact, _ in ROWS])
def test_fact_is_met_or_says_why_not(fact, met):
    if met.startswith("not met: "):
        return
    assert _NAME.sub("", met) == "", fact
    assert [(file, test) for file, test in _NAME.findall(met) if missing(file, test)] == [], fact


def test_page_has_facts():
    assert len({fact for fact, _ in ROWS}) == len(ROWS) > 50
