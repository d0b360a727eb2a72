"""Output in another language: its catalogue covers the source, and only what people read changes."""

import json
import re
import shlex
import sys
from string import Formatter

import polib
import pytest

import netful
from netful.cli.app import run
from netful.model.core import extras
from netful.render.catalogue import PAGE, Catalogue
from netful.render.columns import width
from netful.render.language import language, spoken
from netful.render.terminal import width_of
from netful.render.wrapping import wrapped
from tests.helpers.golden import FOLDER, Golden
from tests.helpers.messages import CATALOGUES, labels, templates
from tests.helpers.places import EXAMPLES

UNTRANSLATED = {"ja": 18}  # of about 2,300, mostly names that are no messages; only ever fewer
OPEN = EXAMPLES / "ssm-demo" / "endpoint.yaml"
CLOSED = ["-t", str(EXAMPLES / "ssm-demo" / "closed-endpoint.yaml")]
WITHOUT_ARTICLE = {  # a value is `a` or `an`, or `has` or `have`
    "`{}` is public, and {} of its subnets {} no route to an internet gateway",
    "compare `{}` with the id of {} {}",
    "the policy of `{}` compares `{}` with `{}`, which is {} {}: they are never equal",
}
JAPANESE = re.compile(r"[\u3040-\u30ff]")
TOPIC = "Resources: {Topic: {Type: AWS::SNS::Topic}}"
CIRCLE = "Resources: {A: {Type: AWS::SNS::Topic, DependsOn: B}, B: {Type: AWS::SNS::Topic, DependsOn: A}}"
AS_WRITTEN = re.compile(r"`[^`]*`|https?://\S+|\{.*\}")  # names, URLs and bodies of answers
ENGLISH = re.compile(r"\b(?:[a-z]{2,} [a-z]{2,}|allows|denies|refuses|at [A-Z]\w*|a loop)\b")

LANGUAGES = pytest.mark.parametrize("file", CATALOGUES, ids=lambda file: file.parts[-3])


@LANGUAGES
@pytest.mark.slow
def test_the_messages_of_the_source_are_translated(file):
    translated = {entry.msgid for entry in polib.pofile(str(file)) if entry.msgstr}
    untranslated = sorted(templates().keys() - translated)
    assert len(untranslated) <= UNTRANSLATED[file.parts[-3]], ("`make messages` adds them", *untranslated)
    assert {*labels()} == {entry.msgid for entry in polib.pofile(str(file)) if entry.msgctxt == PAGE and entry.msgstr}


@LANGUAGES
def test_a_translation_has_the_values_of_its_message(file):
    for entry in polib.pofile(str(file)):
        names = [name for _, name, _, _ in Formatter().parse(entry.msgid) if name is not None]
        assert set(names) <= {""}, entry.msgid
        values = [f"<{number}>" for number in range(len(names))]
        if entry.msgstr:
            unused = set(values) - set(re.findall(r"<\d+>", entry.msgstr.format(*values)))
            assert not unused or entry.msgid in WITHOUT_ARTICLE, entry.msgid


def test_values_move_to_their_places_and_are_translated_themselves():
    japanese = Catalogue({
        "`{}` blocks {}": "{1}を `{0}` が止めています",
        "all packets": "すべてのパケット",
        "{} or {}": "{}か{}",
        "{{a}} is {}": "{{a}} は {}",
        "{} is not {}": "{}は{}でない",
        "`{}` stops: it is not `{}`": "`{}` が止まる。`{}` でない",
    })  # fmt: skip
    assert japanese.translated("`a {0}` blocks all packets") == "すべてのパケットを `a {0}` が止めています"
    assert japanese.translated("a b.yaml:7: `a` blocks b c") == "a b.yaml:7: b cを `a` が止めています"
    assert japanese.translated("a b.yaml:7: no such message") == "a b.yaml:7: no such message"
    assert japanese.translated("a.yaml:7: `a` stops: it is not `b`") == "a.yaml:7: `a` が止まる。`b` でない"
    assert japanese.translated("a.yaml:7: " * 2000) == "a.yaml:7: " * 2000
    assert japanese.translated("(all packets)") == "(all packets)"
    assert japanese.translated("`a` blocks b c (all packets)") == "b cを `a` が止めています (すべてのパケット)"
    assert japanese.translated("`a` blocks b (c d)") == "b (c d)を `a` が止めています"
    assert japanese.translated("`a` is `b` blocks it") == "`a` is `b` blocks it"
    assert japanese.translated("{a} is all packets") == "{a} は すべてのパケット"
    assert japanese.translated("no such message") == "no such message"
    assert japanese.translated("a" + " or b" * 2000).startswith("aか")
    assert japanese.spoken({"all packets": ["blocks", 1]}) == {"すべてのパケット": ["blocks", 1]}


def test_a_word_is_a_message_by_itself_and_a_name_in_other_texts():
    japanese = Catalogue({"running": "実行中", "`{}` blocks {}": "{1}を `{0}` が止めています", "{} failed": "失敗 {}"})
    assert japanese.spoken("running") == "実行中"
    assert japanese.spoken({"state": "running"}) == {"state": "running"}
    assert japanese.spoken("`running` blocks running") == "runningを `running` が止めています"
    assert japanese.spoken("2 failed") == "失敗 2"
    assert japanese.spoken("the deployment failed") == "the deployment failed"


def test_a_sentence_without_a_translation_stays_as_a_whole():
    japanese = Catalogue({"{} of {}": "{1} の {0}", "the table": "テーブル"})
    assert japanese.translated("a route of the table") == "テーブル の a route"
    assert japanese.translated("let none of them in before the end") == "let none of them in before the end"


def test_a_message_before_a_colon_is_translated_as_a_whole():
    japanese = Catalogue(
        {
            "{} has no listener at port {}": "{0} にはポート {1} がありません",
            "{}: AWS refuses {}": "{0}。AWS は {1} を拒否します",
        }
    )
    translated = japanese.translated("Alb has no listener at port 81: AWS refuses Tg")
    assert translated == "Alb にはポート 81 がありません。AWS は Tg を拒否します"
    assert japanese.translated("Alb listens: AWS refuses Tg") == "Alb listens。AWS は Tg を拒否します"


def test_a_message_with_a_colon_is_not_the_end_of_an_unknown_one():
    japanese = Catalogue(
        {
            "`{}` cannot reach {}: {}": "`{0}` から {1} に到達できません: {2}",
            "no route to {} from {}": "{1} から {0} へのルートがない",
            "{}: no route to {}": "{0}: {1} へのルートがない",
        }
    )
    translated = japanese.translated("`Fn` cannot reach aws:ssm: no route to 192.0.2.1 from Private")
    assert translated == "`Fn` から aws:ssm に到達できません: Private から 192.0.2.1 へのルートがない"


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, "en"),
        ({"LANG": "ja_JP.UTF-8"}, "ja"),
        ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C.UTF-8"}, "c"),
        ({"LC_MESSAGES": "ja"}, "ja"),
        ({"LC_ALL": "ja_JP.UTF-8", "NETFUL_LANG": "en"}, "en"),
    ],
)
def test_the_language_is_that_of_the_variable_or_the_locale(variables, expected, monkeypatch):
    for name in ("NETFUL_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert language() == expected


@pytest.mark.parametrize("other", ["xx", "..", "ja/..", ""])
def test_a_language_without_a_catalogue_is_english(other, monkeypatch):
    monkeypatch.setenv("NETFUL_LANG", other)
    monkeypatch.delenv("LC_ALL", raising=False)
    monkeypatch.setenv("LC_MESSAGES", "C")
    assert spoken("check the name") == "check the name"


def _said(arguments, wanted, monkeypatch, capsys):
    monkeypatch.setenv("NETFUL_LANG", wanted)
    code = run(arguments)
    return code, capsys.readouterr()


@pytest.mark.parametrize(
    "arguments",
    [
        ["trace", *CLOSED, "ReadParameter", "aws:ssm"],
        ["check", *CLOSED],
        ["check", *CLOSED, "--verbose"],
        ["explain", "NF204"],
        ["diff", str(OPEN), CLOSED[1]],
        ["trace", *CLOSED, "ReadParameter", "internet:tcp/99999"],
        ["resilience", "-t", str(OPEN)],
        ["show", *CLOSED],
        ["forecast", *CLOSED, "--load", "ReadParameter=120/80"],
    ],
)
def test_people_read_the_same_codes_and_places_in_japanese(arguments, monkeypatch, capsys):
    (code, english), (same, japanese) = (_said(arguments, one, monkeypatch, capsys) for one in ("en", "ja"))
    assert same == code
    for before, after in zip(english, japanese, strict=True):
        for kept in (r"\b[A-Z]+(?:_[A-Z0-9]+)+\b", r"\bNF\d+\b", r"[\w./-]+\.yaml:\d+"):
            assert re.findall(kept, after) == re.findall(kept, before)
    assert JAPANESE.search(japanese.out + japanese.err)
    assert not JAPANESE.search(english.out + english.err)


@pytest.mark.parametrize("file", sorted(FOLDER.glob("*.txt")), ids=lambda file: file.stem)
def test_what_a_path_says_is_japanese_as_a_whole(file, tmp_path, monkeypatch, capsys):
    golden = Golden.read(file)
    (tmp_path / "template.yaml").write_text(golden.template, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    run([*shlex.split(golden.command), "--format", "json"])
    path = json.loads(capsys.readouterr().out)
    monkeypatch.setenv("NETFUL_LANG", "ja")
    texts = [
        *path["assumptions"],
        *path["missing"],
        path["hint"],
        *(hop["rule"] for hop in path["hops"] + path["return"]),
    ]
    told = map(spoken, filter(None, texts))
    assert [text for text in told if ENGLISH.search(AS_WRITTEN.sub("", text))] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ["trace", *CLOSED, "ReadParameter", "aws:ssm", "--format", "json"],
        ["trace", *CLOSED, "ReadParameter", "aws:ssm", "--format", "svg"],
        ["explain", "NF204", "--format", "markdown"],
        *(["diff", str(OPEN), CLOSED[1], "--format", name] for name in ("json", "markdown", "mermaid")),
        *(["check", *CLOSED, "--format", name] for name in ("json", "sarif", "junit")),
        *(["resilience", "-t", str(OPEN), "--format", name] for name in ("json", "markdown")),
    ],
)
def test_programs_read_english(arguments, monkeypatch, capsys):
    assert _said(arguments, "ja", monkeypatch, capsys) == _said(arguments, "en", monkeypatch, capsys)


def test_the_labels_are_translated_and_the_form_stays(tmp_path, monkeypatch, capsys):
    broken = tmp_path / "template.yaml"
    broken.write_text("Resources: {Fn: {Type: AWS::Lambda::Function, Properties: {VpcConfig: !Ref Nope}}}\n")
    code, said = _said(["check", "-t", str(broken)], "ja", monkeypatch, capsys)
    assert code == 2
    assert re.fullmatch(rf"エラー: {re.escape(str(broken))}:1: .+\nヒント: .+\n", said.err)


@pytest.mark.parametrize("arguments", [["nope"], ["trace", "--foo"], ["check", "--format", "xx"], ["invoke"]])
def test_a_wrong_command_line_is_explained_in_japanese(arguments, monkeypatch, capsys):
    code, said = _said(arguments, "ja", monkeypatch, capsys)
    assert code == 2
    assert all(JAPANESE.search(line.partition(": ")[2]) for line in said.err.splitlines())


BROKEN = {  # files of a folder, and a command line in it
    "a list": ({"t.yaml": "[]"}, "show -t t.yaml"),
    "nothing": ({"t.yaml": ""}, "show -t t.yaml"),
    "a circle": ({"t.yaml": CIRCLE}, "show -t t.yaml"),
    "a section": ({"t.yaml": f"Mappingss: {{}}\n{TOPIC}"}, "show -t t.yaml"),
    "a parameter": ({"t.yaml": TOPIC}, "show -t t.yaml --param Foo=1"),
    "a setting": ({"t.yaml": TOPIC, "netful.toml": "[hosts.X]\ncommand = 3\n"}, "show -t t.yaml"),
    "a baseline": ({"t.yaml": TOPIC, "b.json": "[]"}, "check -t t.yaml --baseline b.json"),
    "a check": ({}, "explain NF999"),
    "an expectation": ({"t.yaml": TOPIC, "e.txt": "hello"}, "test e.txt -t t.yaml"),
    "a failure": ({"t.yaml": TOPIC}, "trace -t t.yaml internet internet --without Nat"),
}


@pytest.mark.parametrize(("files", "command"), BROKEN.values(), ids=BROKEN)
def test_errors_and_warnings_are_japanese_as_a_whole(files, command, tmp_path, monkeypatch, capsys):
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    monkeypatch.chdir(tmp_path)
    _, said = _said(shlex.split(command), "ja", monkeypatch, capsys)
    assert JAPANESE.search(said.err)
    assert not ENGLISH.search(AS_WRITTEN.sub("", said.err))


@pytest.mark.parametrize("command", ["up --empty", "up --empty --workers 4", "mcp"])
def test_what_a_command_needs_is_said_in_japanese(command, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for extra in ("run", "mcp"):
        monkeypatch.setitem(extras.MODULES, extra, ("not_there",))
    code, said = _said(shlex.split(command), "ja", monkeypatch, capsys)
    assert code == 2
    assert re.match("エラー: .*`.*が必要です\n", said.err)


def test_the_result_of_a_path_is_translated(monkeypatch, capsys):
    _, said = _said(["trace", *CLOSED, "ReadParameter", "aws:ssm"], "ja", monkeypatch, capsys)
    first, *_, hint = said.out.splitlines()
    assert first.endswith("タイムアウト (ホップ 3/4)")
    assert hint.startswith("ヒント: ")


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["trace", *CLOSED, "ReadParameter", "aws:ssm"], lambda closed, _: closed.trace("ReadParameter", "aws:ssm")),
        (["check", *CLOSED], lambda closed, _: closed.check()),
        (["diff", CLOSED[1], str(OPEN)], lambda closed, open_: closed.diff(open_)),
        (["resilience", *CLOSED], lambda closed, _: closed.resilience()),
    ],
    ids=["trace", "check", "diff", "resilience"],
)
def test_the_text_of_an_answer_is_the_one_of_the_command(words, asked, monkeypatch, capsys):
    _, said = _said(words, "ja", monkeypatch, capsys)
    closed, open_ = netful.load(CLOSED[1]), netful.load(OPEN)
    assert netful.text(closed.readable(asked(closed, open_)), width=width_of(sys.stdout)) == said.out.rstrip("\n")
    assert JAPANESE.search(said.out)


def test_the_number_of_resources_of_a_cause_is_translated(monkeypatch, capsys):
    template = str(OPEN.parents[1] / "private-api-everywhere/template.yaml")
    for wanted, number in (("en", r": 3 resources  "), ("ja", r": リソース 3 個  ")):
        assert re.search(
            rf"NF107 medium  .+{number}", _said(["check", "-t", template], wanted, monkeypatch, capsys)[1].out
        )


def test_hops_are_in_columns_of_the_terminal(monkeypatch, capsys):
    _, said = _said(["trace", *CLOSED, "ReadParameter", "aws:ssm"], "ja", monkeypatch, capsys)
    ends = [
        width(line[: found.start()])
        for line in said.out.splitlines()
        if (found := re.search("(?<=  )(許可|拒否)(?=  |$)", line))
    ]
    assert len(ends) == 4
    assert len(set(ends)) == 1


@pytest.mark.parametrize(
    ("template", "question", "edge"),
    [
        ("caching", ["Api GET /prod/orders/注文１２"], r"(?<=  )許可(?=  |$)"),
        ("private-api-everywhere", ["--matrix", "--apis"], r"(?<=  )(✓|403|タイムアウト|名前なし|PartnerApp)$"),
    ],
)
def test_wide_names_of_requests_and_ways_keep_the_columns(template, question, edge, monkeypatch, capsys):
    arguments = question if question[0] == "--matrix" else ["internet", *question]
    file = str(EXAMPLES / template / "template.yaml")
    monkeypatch.setenv("COLUMNS", "200")
    _, said = _said(["trace", "-t", file, *arguments], "ja", monkeypatch, capsys)
    found = [(line, re.search(edge, line)) for line in said.out.splitlines()]
    begins = {width(line[: one.start()]) for line, one in found if one}
    assert len(begins) == 1
    assert not re.search(r"own name|no name|timeout|\bas\b", said.out)


def test_a_failed_expectation_is_japanese_as_a_whole(tmp_path, monkeypatch, capsys):
    file = tmp_path / "network.txt"
    file.write_text("ReadParameter can reach aws:ssm\nReadParameter has 2 enis\nthere are no findings at high\n")
    _, said = _said(["test", str(file), *CLOSED], "ja", monkeypatch, capsys)
    told = [line for line in said.out.splitlines() if line.startswith(" ")]
    assert all(map(JAPANESE.search, told))
    assert [line for line in told if re.search(r"\b(admits|from)\b", line)] == []


def test_subnets_of_one_finding_have_no_english_plural(tmp_path, monkeypatch, capsys):
    template = OPEN.with_name("public-subnet.yaml").read_text(encoding="utf-8")
    second = template.replace("SubnetIds: [!Ref PublicSubnet]", "SubnetIds: [!Ref PublicSubnet, !Ref Second]")
    again = """  Second:
    Type: AWS::EC2::Subnet
    Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.3.0/24, AvailabilityZone: us-east-1b}
  SecondTable:
    Type: AWS::EC2::SubnetRouteTableAssociation
    Properties: {SubnetId: !Ref Second, RouteTableId: !Ref PublicRouteTable}
"""
    (tmp_path / "template.yaml").write_text(second.replace("Resources:\n", f"Resources:\n{again}"), encoding="utf-8")
    _, said = _said(["check", "-t", str(tmp_path / "template.yaml"), "--select", "NF102"], "ja", monkeypatch, capsys)
    assert "パブリックサブネット `PublicSubnet`, `Second` に" in said.out


def test_a_line_without_spaces_is_wrapped():
    text = "tcp/443 を許可するインバウンドルールがない。10.0.9.0/24 からの tcp/443 を許可"
    lines = wrapped(text, 24)
    assert max(map(width, lines)) <= 24 + width("。")
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert not any(line.startswith("。") for line in lines)


def test_a_name_that_no_line_can_hold_is_broken():
    assert wrapped("これは a0123456789.example.com です", 12) == ["これは", "a0123456789.", "example.com", "です"]


@pytest.mark.parametrize("columns", range(70, 80))
def test_help_in_japanese_breaks_no_name_and_begins_no_line_with_a_stop(columns, monkeypatch, capsys):
    monkeypatch.setenv("COLUMNS", str(columns))
    _, said = _said(["trace", "--help"], "ja", monkeypatch, capsys)
    lines = [line.strip("│ ") for line in said.out.splitlines()]
    assert all(name in said.out for name in ("ray://HOST:PORT", "internet:tcp/443", "endpoint:EndpointId"))
    assert not [line for line in lines if line.startswith(("、", "。", "ー", "ォ"))]
    assert not re.search("choices|default:|required", said.out)


def test_an_expectation_stays_as_it_is_written(tmp_path, monkeypatch, capsys):
    (tmp_path / "network.txt").write_text("there are no findings at high\n")
    _, said = _said(["test", str(tmp_path / "network.txt"), *CLOSED], "ja", monkeypatch, capsys)
    assert "there are no findings at high" in said.out
