"""Diagnostics are in the language of the editor's environment."""

import re

import pytest

from netful.editors.analysis import Options, analyse
from netful.editors.diagnostics import diagnostics
from netful.editors.fixes import fixes
from netful.editors.hovers import hover
from tests.helpers.places import EXAMPLES

CLOSED = EXAMPLES / "ssm-demo" / "closed-endpoint.yaml"
JAPANESE = re.compile(r"[\u3040-\u30ff]")


def analysed(path, text):
    return analyse(path, {path: text}, Options())


@pytest.mark.parametrize(
    ("wanted", "hint"), [("en", "hint: let `EndpointSg` admit"), ("ja", "ヒント: `EndpointSg` で")]
)
def test_a_finding_its_hint_and_its_fix(wanted, hint, monkeypatch):
    monkeypatch.setenv("NETFUL_LANG", wanted)
    text = CLOSED.read_text(encoding="utf-8")
    analysis = analysed(CLOSED, text)
    [found] = [one for one in diagnostics(analysis)[CLOSED] if one.code == "NF204"]
    assert hint in found.message
    assert bool(JAPANESE.search(found.message)) is (wanted == "ja")
    assert bool(JAPANESE.search(hover(analysis, ["SsmEndpoint"], 0))) is (wanted == "ja")
    [finding] = [one for one in analysis.findings if one.id == "NF204"]
    assert [*fixes(analysis, finding.key, lambda fixed: analysed(CLOSED, fixed))]


@pytest.mark.parametrize(
    "text",
    [
        "Resources:\n  Topic: {Type: AWS::SNS::Topic, Properties: {}\n",
        "Resources:\n  Größe: {Type: AWS::SNS::Topic}\n",
    ],
    ids=["error", "warning"],
)
def test_errors_and_warnings(text, tmp_path, monkeypatch):
    monkeypatch.setenv("NETFUL_LANG", "ja")
    path = tmp_path / "template.yaml"
    path.touch()
    [found] = diagnostics(analysed(path, text))[path]
    assert all(map(JAPANESE.search, found.message.splitlines()))


def test_a_place_ends_with_its_line_in_the_units_of_any_editor():
    text = CLOSED.read_text().replace("  EndpointSg:\n", "  EndpointSg: # 😀 日本語\n")
    [found] = [one for one in diagnostics(analysed(CLOSED, text))[CLOSED] if one.code == "NF204"]
    assert found.range.end.character >= len(text.splitlines()[found.range.end.line].encode())
