"""Every rule finds its bad example and leaves its good one alone; its page is current."""

import runpy
from pathlib import Path

import pytest

from netful.checks.findings.finding import Severity
from netful.checks.registry import all_rules
from netful.checks.rules.rule import Rule
from netful.checks.run import check, regressions
from tests.helpers.facts import facts_of
from tests.helpers.places import ROOT

RULES = list(all_rules().values())
DOCS = ROOT / "docs" / "checks"
PAGES: dict[Path, str] = runpy.run_path(str(DOCS / "make.py"))["pages"]()


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_bad_example_is_found_and_good_one_is_not(rule: Rule, tmp_path: Path) -> None:
    bad = facts_of(tmp_path, rule.example("bad"), "bad.yaml")
    good = facts_of(tmp_path, rule.example("good"), "good.yaml")
    if rule.compare:
        assert [f.id for f in regressions(good, bad) if f.id == rule.id]
        assert not regressions(good, good)
        return
    found = [finding for finding in check(bad) if finding.id == rule.id]
    assert found
    for finding in found:
        assert finding.origin.file.endswith("bad.yaml")
        assert finding.origin.line > 0
        assert finding.message
        assert finding.hint
    assert [f.message for f in check(good) if f.id == rule.id] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_good_example_has_no_grave_fault_of_another_kind(rule: Rule, tmp_path: Path) -> None:
    if rule.compare:
        return
    good = facts_of(tmp_path, rule.example("good"))
    grave = [(f.id, f.message) for f in check(good) if f.severity.rank >= Severity.HIGH.rank]
    assert grave == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_page_is_current(page: Path) -> None:
    assert page.read_text(encoding="utf-8") == PAGES[page], "run docs/checks/make.py"


def test_every_rule_has_a_page_and_a_slug_of_its_own() -> None:
    assert len({rule.slug for rule in RULES}) == len(RULES)
    assert {page.stem for page in DOCS.glob("NF*.md")} == {rule.id for rule in RULES}
