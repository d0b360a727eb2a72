"""Facts of the specifications about AWS: each certain one has a test, or a reason why it has none.

A table beside this file has a row for each fact that the specification marks as recorded, documented or measured: its section, its
first words, and what meets it. That is the beginning of a row of the reference page of facts (or of several, joined by ` + `), or `test: FILE::NAME` below `tests/`.
`aside: WHY` is no behaviour of AWS, `not met: WHY` is one that netful does not have.
"""

import re
from functools import cache

import pytest

from tests.docs import test_api_gateway_facts, test_lambda_facts
from tests.helpers.places import ROOT, SHARED

TABLES = {"api-gateway": [tuple(pair) for pair in test_api_gateway_facts.rows()], "lambda": test_lambda_facts.ROWS}
RECORDED_MET = 0.97
MET = 0.85
_TAG = re.compile(r"\[(recorded|doc|measured)[^\]]*\]")
_SECTION = re.compile(r"#+ ([\d.]+)")


def words(line):
    """The first words of a fact, which identify it."""
    return re.sub(r"[^a-z0-9]+", " ", line.lower()).strip()[:70].strip()


@cache
def facts_of(name):
    """The certain facts of a specification: section and words, with whether AWS itself was recorded."""
    found, section = {}, ""
    for line in (SHARED / "spec" / f"{name}.md").read_text(encoding="utf-8").splitlines():
        if heading := _SECTION.match(line):
            section = heading[1].rstrip(".")
        elif tags := _TAG.findall(line):
            found[section, words(line)] = "recorded" in tags
    return found


@cache
def table_of(name):
    lines = (ROOT / "tests" / "recorded" / f"facts-of-{name}.tsv").read_text(encoding="utf-8").splitlines()
    return {(section, fact): met for section, fact, met in (line.split("\t") for line in lines)}


def is_met(name, met):
    """Whether something meets a fact; None for one that is no behaviour."""
    if met.startswith("aside: "):
        return None
    if met.startswith("not met: "):
        return False
    if met.startswith("test: "):
        file, _, test = met.removeprefix("test: ").partition("::")
        assert not test or test in test_lambda_facts.names_in(file), met
        assert (ROOT / "tests" / file).is_file(), met
        return True
    named = [next(by for fact, by in TABLES[name] if fact.startswith(one)) for one in met.split(" + ")]
    return not all(by.startswith("not met: ") for by in named)


@pytest.mark.parametrize("name", TABLES)
def test_every_certain_fact_is_in_the_table(name):
    assert sorted(facts_of(name).keys() ^ table_of(name).keys()) == []


@pytest.mark.parametrize("name", TABLES)
def test_share_of_facts_that_are_met(name):
    table = table_of(name)
    judged = {fact: is_met(name, met) for fact, met in table.items()}
    for facts, least in ((judged, MET), ([one for one, seen in facts_of(name).items() if seen], RECORDED_MET)):
        behaviour = [judged[one] for one in facts if judged[one] is not None]
        unmet = [one for one in facts if judged[one] is False]
        assert sum(behaviour) / len(behaviour) >= least, f"{sum(behaviour)} of {len(behaviour)}; not met: {unmet}"
