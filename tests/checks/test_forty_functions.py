"""Forty functions with six mistakes: each is one finding, and little else is reported."""

import pytest

from netful.checks.findings.causes import by_cause
from netful.checks.run import check
from netful.render.findings import findings_text
from tests.helpers.facts import facts_of
from tests.helpers.forty_functions import MISTAKES, template

_MOST_GROUPS = 12
_SCREEN = 50


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    facts = facts_of(tmp_path_factory.mktemp("shop"), template())
    assert len(facts.cloud.compute.functions) == 40
    return check(facts)


def test_a_mistake_is_one_group(findings):
    found = [group.id for group in by_cause(findings)]
    assert {rule: found.count(rule) for rule in MISTAKES.values()} == dict.fromkeys(MISTAKES.values(), 1)
    assert len(found) <= _MOST_GROUPS


def test_high_is_only_what_breaks_or_leaks(findings):
    assert {group.id for group in by_cause(findings) if group.severity.rank >= 3} == set(MISTAKES.values())


def test_the_report_fits_on_a_screen(findings):
    lines = findings_text(findings, width=140).splitlines()
    assert len(lines) <= _SCREEN
    assert max(len(line) for line in lines if line.startswith("  ")) <= 140
    assert all(name in findings_text(findings, verbose=True) for name in ("Office7", "Report7", "Mail7"))
