"""The verbs as a user and a CI job see them: output, formats, exit codes."""

import json
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from netful.checks.registry import all_rules
from netful.cli.app import run
from tests.helpers.texts import replaced

pytestmark = pytest.mark.usefixtures("folder")
GOOD, BAD = (all_rules()["NF103"].example(kind) for kind in ("good", "bad"))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "template.yaml").write_text(BAD)
    (tmp_path / "good.yaml").write_text(GOOD)
    return tmp_path


def test_check_as_json(capsys) -> None:
    assert run(["check", "--format", "json", "--select", "NF103"]) == 1
    [finding] = json.loads(capsys.readouterr().out)["findings"]
    assert {name: finding[name] for name in ("id", "severity", "resource", "certainty")} == {
        "id": "NF103",
        "severity": "critical",
        "resource": "Fn",
        "certainty": "proven",
    }
    assert finding["origin"].startswith("template.yaml:")
    assert finding["path"]["verdict"] == "blocked"
    assert finding["title"]
    assert finding["message"]
    assert finding["hint"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--select", "NF103"], 1),
        (["--select", "no-way-out"], 1),
        (["--select", "NF2,NF3"], 0),
        (["--ignore", "NF1"], 0),
        (["--select", "NF107", "--fail-on", "high"], 0),
        (["--select", "NF107", "--fail-on", "medium"], 1),
        (["--select", "NF999"], 2),
        (["--fail-on", "awful"], 2),
        (["-t", "none.yaml"], 2),
    ],
)
def test_check_ends_with(capsys, arguments: list[str], code: int) -> None:
    assert run(["check", *arguments]) == code
    if code == 2:
        captured = capsys.readouterr()
        assert captured.out == ""
        assert captured.err.startswith("error: ")


def test_check_text_counts(capsys) -> None:
    run(["check", "-v", "--select", "NF103"])
    out = capsys.readouterr().out
    assert "✗ NF103 critical" in out
    assert "hint: " in out
    assert "NO_ROUTE_TO_DESTINATION" in out
    assert out.rstrip().endswith("1 finding: 1 critical")


def test_finding_that_hangs_on_a_missing_value_ends_with_3(folder: Path, capsys) -> None:
    text = "Parameters: {PolicyArn: {Type: String}}\n" + all_rules()["NF104"].example("bad")
    text = replaced(text, {"'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'": "!Ref PolicyArn"})
    (folder / "template.yaml").write_text(text)
    assert run(["check", "--select", "NF104"]) == 3
    assert "unknown" in capsys.readouterr().out


def test_sarif_has_a_place_for_every_result(capsys) -> None:
    assert run(["check", "--format", "sarif"]) == 1
    log = json.loads(capsys.readouterr().out)
    assert log["version"] == "2.1.0"
    [sarif_run] = log["runs"]
    rules = sarif_run["tool"]["driver"]["rules"]
    assert sarif_run["results"]
    for result in sarif_run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("note", "warning", "error")
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "template.yaml"
        assert place["region"]["startLine"] > 0
        assert result["message"]["text"]


@pytest.mark.parametrize("name", ["my template.yaml", "sub/template.yaml"])
def test_sarif_names_files_as_uris(folder: Path, capsys, name: str) -> None:
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    file.write_text(BAD)
    run(["check", "--format", "sarif", "--select", "NF103", "-t", str(file)])
    [result] = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == name.replace(" ", "%20")


def test_check_fails_on_high_by_default(capsys) -> None:
    assert run(["check", "--select", "NF107"]) == 0
    assert "NF107 medium" in capsys.readouterr().out


def test_baseline_leaves_only_what_is_new(folder: Path, capsys) -> None:
    assert run(["check", "--format", "json"]) == 1
    (folder / "baseline.json").write_text(capsys.readouterr().out)
    assert run(["check", "--baseline", "baseline.json"]) == 0
    assert capsys.readouterr().out == "✓ no findings\n"
    moved_down = "# one more line\n" + BAD
    open_group = "  Open: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: g, VpcId: !Ref Vpc, SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 23, ToPort: 23, CidrIp: 0.0.0.0/0}]}}\n"
    (folder / "template.yaml").write_text(moved_down.rstrip() + "\n" + open_group)
    run(["check", "--baseline", "baseline.json", "--format", "json"])
    assert [finding["id"] for finding in json.loads(capsys.readouterr().out)["findings"]] == ["NF707"]


@pytest.mark.parametrize("text", [None, "not json", "[]", '{"findings": [1]}'])
def test_file_that_is_not_a_baseline_is_named(folder: Path, capsys, text: str | None) -> None:
    if text is not None:
        (folder / "baseline.json").write_text(text)
    assert run(["check", "--baseline", "baseline.json"]) == 2
    assert "`baseline.json`" in capsys.readouterr().err


def test_sarif_result_is_a_cause_with_all_its_places(folder: Path, capsys) -> None:
    second = BAD[BAD.index("  Fn:") :].replace("  Fn:", "  Second:", 1)
    (folder / "template.yaml").write_text(BAD.rstrip() + "\n" + second)
    run(["check", "--format", "sarif", "--select", "NF103"])
    [result] = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    assert [place["logicalLocations"][0]["name"] for place in result["relatedLocations"]] == ["Second"]
    run(["check", "--format", "json", "--select", "NF103"])
    both = json.loads(capsys.readouterr().out)["findings"]
    assert [finding["resource"] for finding in both] == ["Fn", "Second"]
    assert len({finding["cause"] for finding in both}) == 1


def test_junit_counts_failures(capsys) -> None:
    assert run(["check", "--format", "junit", "--select", "NF103,NF102"]) == 1
    root = ET.fromstring(capsys.readouterr().out)
    assert (root.get("tests"), root.get("failures")) == ("2", "1")
    assert [case.get("name", "")[:5] for case in root.iter("testcase") if case.find("failure") is not None] == ["NF103"]


def test_explain(capsys) -> None:
    assert run(["explain", "nf103"]) == 0
    out = capsys.readouterr().out
    assert "no-way-out" in out
    assert "instead: " in out
    assert run(["explain"]) == 0
    listed = capsys.readouterr().out
    assert all(id_ in listed for id_ in all_rules())
    assert run(["explain", "NF999"]) == 2


def test_test_ends_with(folder: Path, capsys) -> None:
    file = folder / "expect.txt"
    file.write_text("Fn can reach aws:ssm\n")
    assert run(["test", "expect.txt", "-t", "good.yaml"]) == 0
    assert run(["test", "expect.txt"]) == 1
    assert run(["test", "expect.txt", "--format", "json"]) == 1
    out = capsys.readouterr().out
    assert json.loads(out[out.index("{") :])["outcomes"][0]["path"]["verdict"] == "blocked"
    file.write_text("Fn might reach aws:ssm\n")
    assert run(["test", "expect.txt"]) == 2
    assert "expect.txt:1" in capsys.readouterr().err


def test_test_as_junit(folder: Path, capsys) -> None:
    (folder / "expect.txt").write_text("Fn can reach aws:ssm\nFn has 1 enis\n")
    assert run(["test", "expect.txt", "--format", "junit"]) == 1
    root = ET.fromstring(capsys.readouterr().out)
    assert [(case.get("line"), case.find("failure") is not None) for case in root.iter("testcase")] == [
        ("1", True),
        ("2", False),
    ]


def test_diff_ends_with(capsys) -> None:
    assert run(["diff", "template.yaml", "good.yaml"]) == 0
    assert run(["diff", "good.yaml", "template.yaml"]) == 1
    assert "lost  Fn → aws:ssm" in capsys.readouterr().out
    assert run(["diff", "good.yaml", "template.yaml", "--format", "json"]) == 1
    document = json.loads(capsys.readouterr().out)
    assert document["flows"]["lost"] == [{"from": "Fn", "to": "aws:ssm", "before": "reachable", "after": "blocked"}]
    assert run(["diff", "good.yaml", "none.yaml"]) == 2


def test_matrix(capsys) -> None:
    assert run(["trace", "--matrix", "-t", "good.yaml"]) == 0
    out = capsys.readouterr().out
    assert "aws:ssm" in out
    assert "✓" in out
    assert run(["trace", "--matrix", "-t", "good.yaml", "--format", "json"]) == 0
    [row] = json.loads(capsys.readouterr().out)["rows"]
    assert row["sources"] == ["Fn"]
    assert row["answers"]["aws:ssm"]["verdict"] == "reachable"
