"""Names as weapons: what a template calls its things reaches terminals, CI logs and comments as text, in every verb and format."""

import json
import re
from xml.etree.ElementTree import fromstring

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from netful.cli.app import run
from tests.helpers.hostile_names import PIECES, acts, template

VERBS = [
    ["show"],
    ["show", "-v"],
    ["check"],
    ["check", "-v"],
    ["trace", "Fn{odd}", "Db{odd}:tcp/5432"],
    ["trace", "Fn{odd}", "aws:ssm", "-v"],
    ["trace", "Fn{odd}", "Lb{odd}:tcp/80"],
    ["trace", "Nothing{odd}", "aws:ssm"],
    ["trace", "--matrix"],
    ["trace", "--matrix", "--apis"],
    ["forecast", "--load", "Fn{odd}=120/80"],
    ["show", "Nothing{odd}"],
    ["show", "--param", "Given{odd}"],
    ["show", "--{odd}"],
]
SOME = ["".join(PIECES[at::8]) for at in range(8)]
TEXTS = st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map("".join)


@pytest.fixture
def told(tmp_path, monkeypatch, capsys):
    """Write a template for a name; return what a command line prints."""
    monkeypatch.chdir(tmp_path)

    def told_(odd, *words):
        (tmp_path / "template.json").write_text(json.dumps(template(odd)))
        source = () if words[0] in ("test", "diff") else ("-t", "template.json")
        code = run([word.replace("{odd}", odd) for word in words] + [*source])
        said = capsys.readouterr()
        return code, said.out, said.err

    return told_


def everything(told, odd):
    """What every verb prints for a name in its formats, by command line."""
    for words in VERBS:
        yield words, told(odd, *words)
        if "--matrix" not in words:
            yield [*words, "json"], told(odd, *words, "--format", "json")
    yield ["trace", "svg"], told(odd, "trace", "Fn{odd}", "Db{odd}:tcp/5432", "--format", "svg")
    for form in ("sarif", "junit"):
        yield ["check", form], told(odd, "check", "--format", form)


@pytest.mark.parametrize("odd", SOME, ids=ascii)
def test_what_a_verb_prints_acts_on_nobody(told, odd):
    for words, (_, out, err) in everything(told, odd):
        assert not acts(out), (words, out)
        assert not acts(err), (words, err)
        if "Traceback" in err:
            pytest.fail(err)


@given(TEXTS)
@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nor_do_several_at_once(told, odd):
    for words, (_, out, err) in everything(told, odd):
        assert not acts(out + err), words


@pytest.mark.parametrize("odd", SOME, ids=ascii)
def test_programs_read_every_name_as_it_is(told, odd):
    _, out, _ = told(odd, "show", "--format", "json")
    assert "Vpc" + odd in json.loads(out)["resources"]
    _, out, _ = told(odd, "check", "--format", "json")
    found = json.loads(out)["findings"]
    assert found
    assert all(odd in one["resource"] for one in found)


@pytest.mark.parametrize("odd", SOME, ids=ascii)
def test_documents_are_of_their_format(told, odd):
    _, out, _ = told(odd, "check", "--format", "sarif")
    assert json.loads(out)["runs"][0]["results"]
    _, out, _ = told(odd, "check", "--format", "junit")
    assert fromstring(out).iter("failure")
    _, out, _ = told(odd, "trace", "Fn{odd}", "Db{odd}:tcp/5432", "--format", "svg")
    assert {element.tag.rpartition("}")[2] for element in fromstring(out).iter()} <= {
        "svg", "title", "desc", "style", "defs", "marker", "path", "rect", "text",
    }  # fmt: skip


@pytest.mark.parametrize("odd", SOME, ids=ascii)
def test_a_comment_of_a_pull_request_is_a_table_of_text(told, tmp_path, odd):
    comment = difference(told, tmp_path, odd, "markdown")
    tokens = [
        each
        for block in MarkdownIt("commonmark", {"html": True}).enable("table").parse(comment)
        for each in walked(block)
    ]
    kinds = {token.type for token in tokens} - PLAIN
    assert not kinds, [token.content for token in tokens if token.type in kinds]
    assert [token.content for token in tokens if token.type == "html_block"] == ["<!-- netful diff -->\n"]
    assert sum(token.type == "heading_open" for token in tokens) == 1
    rows = [line for line in comment.splitlines() if line.startswith("|")]
    assert sum(token.type == "tr_open" for token in tokens) == sum(not line.startswith("|---") for line in rows)
    assert "@" not in "".join(token.content for token in tokens if token.type == "text")


@pytest.mark.parametrize("odd", SOME, ids=ascii)
def test_a_graph_has_only_its_own_lines(told, tmp_path, odd):
    first, *others = difference(told, tmp_path, odd, "mermaid").splitlines()
    assert first == "graph LR"
    assert others
    assert all(NODE.fullmatch(line) or EDGE.fullmatch(line) for line in others)


def difference(told, tmp_path, odd, form):
    """How `diff` shows that the group of the functions closes."""
    changed = template(odd)
    changed["Resources"]["Group" + odd]["Properties"]["SecurityGroupIngress"].pop()
    del changed["Resources"]["Other" + odd]
    (tmp_path / "new.json").write_text(json.dumps(changed))
    code, out, _ = told(odd, "diff", "template.json", "new.json", "--format", form)
    assert code == 1
    assert not acts(out)
    return out


def walked(token):
    yield token
    for child in token.children or ():
        yield from walked(child)


PLAIN = {
    *("heading_open", "heading_close", "paragraph_open", "paragraph_close", "inline", "text", "code_inline", "strong_open"),
    *("strong_close", "softbreak", "html_block", *(f"{part}_{end}" for end in ("open", "close") for part in
      ("table", "thead", "tbody", "tr", "th", "td"))),
}  # fmt: skip
SAFE = r'(?:[^"#&<>\\`]|#\d+;)*'
NODE = re.compile(rf'  n\d+\["{SAFE}"\]')
EDGE = re.compile(r"  n\d+ (?:-\. lost \.->|== gained ==>|-- \? -->) n\d+")
