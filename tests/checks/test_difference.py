"""What `netful diff` tells of two versions."""

from pathlib import Path

import pytest

from netful.checks.difference import Difference, difference
from netful.checks.findings.finding import Severity
from netful.checks.registry import all_rules
from netful.render.difference import difference_text
from netful.render.markdown import MARKER, difference_markdown
from netful.render.mermaid import difference_mermaid
from tests.helpers.facts import facts_of
from tests.helpers.texts import replaced

GOOD, BAD = (all_rules()["NF103"].example(kind) for kind in ("good", "bad"))


def _diff(folder: Path, old: str, new: str) -> Difference:
    return difference(facts_of(folder, old, "old.yaml"), facts_of(folder, new, "new.yaml"))


def test_endpoint_taken_away(tmp_path: Path) -> None:
    diff = _diff(tmp_path, GOOD, BAD)
    assert [(f.source, f.destination, f.before, f.after) for f in diff.lost] == [
        ("Fn", "aws:ssm", "reachable", "blocked")
    ]
    assert diff.gained == ()
    assert [f.id for f in diff.findings_gained] == ["NF103"]
    assert diff.enis == ({"endpoint": 1, "lambda": 1}, {"lambda": 1})
    assert (diff.cost[0]["interface_endpoints"], diff.cost[1]["interface_endpoints"]) == (7.3, 0)
    assert diff.worse(Severity.CRITICAL)


def test_endpoint_added_is_nothing_worse(tmp_path: Path) -> None:
    diff = _diff(tmp_path, BAD, GOOD)
    assert [(f.source, f.destination) for f in diff.gained] == [("Fn", "aws:ssm")]
    assert [f.id for f in diff.findings_fixed] == ["NF103"]
    assert not diff.worse(Severity.LOW)


def test_same_template_changes_nothing(tmp_path: Path) -> None:
    diff = _diff(tmp_path, GOOD, GOOD)
    assert not diff.worse(Severity.INFO)
    assert difference_text(diff) == "✓ nothing changes for the network"
    assert "Nothing changes" in difference_markdown(diff)


def test_lines_moved_are_no_new_findings(tmp_path: Path) -> None:
    diff = _diff(tmp_path, BAD, "# a line more\n" + BAD)
    assert diff.findings_gained == diff.findings_fixed == ()


def test_function_removed_loses_its_flows_but_is_no_failure(tmp_path: Path) -> None:
    without = GOOD[: GOOD.index("  Fn:")]
    diff = _diff(tmp_path, GOOD, without)
    assert ("Fn", "aws:ssm", "reachable", "absent") in [(f.source, f.destination, f.before, f.after) for f in diff.lost]
    assert not diff.worse(Severity.LOW)


def test_policy_that_is_not_deployed(tmp_path: Path) -> None:
    old, new = (all_rules()["NF305"].example(kind) for kind in ("good", "bad"))
    assert "NF305" in [f.id for f in _diff(tmp_path, old, new).findings_gained]


def test_private_api_made_public_is_a_flow_from_the_internet(tmp_path: Path) -> None:
    private = all_rules()["NF305"].example("good")
    diff = _diff(tmp_path, private, replaced(private, {"Types: [PRIVATE]": "Types: [REGIONAL]"}))
    assert [(f.source, f.destination, f.before) for f in diff.gained] == [("internet", "Api GET /prod/", "blocked")]


@pytest.mark.parametrize("render", [difference_text, difference_markdown, difference_mermaid])
def test_every_format_names_what_is_lost(tmp_path: Path, render) -> None:
    text = render(_diff(tmp_path, GOOD, BAD))
    assert "aws:ssm" in text
    assert "lost" in text.lower()


def test_markdown_begins_with_the_marker_that_the_action_looks_for(tmp_path: Path) -> None:
    assert difference_markdown(_diff(tmp_path, GOOD, BAD)).startswith(MARKER)
