"""`netful resilience`, and `--without` of other verbs."""

import json

import pytest

from netful.cli.app import USAGE, run
from tests.helpers.places import ROOT

NAT = str(ROOT / "examples" / "ssm-demo" / "nat.yaml")


def test_the_report_as_data(capsys):
    assert run(["resilience", "-t", NAT, "--format", "json"]) == 0
    report = json.loads(capsys.readouterr().out)
    assert {"name": "NatGateway", "kind": "nat gateway"} in report["failures"]
    (flow,) = [one for one in report["flows"] if (one["from"], one["to"]) == (["ReadParameter"], "aws:ssm")]
    losses = {one["failure"]: one for one in flow["ended_by"]}
    assert losses["NatGateway"]["extent"] == "ends"
    assert losses["az:us-east-1a"]["mend"]["adds"]


def test_the_report_as_text_and_markdown_has_every_flow_that_works(capsys):
    assert run(["resilience", "-t", NAT]) == 0
    text = capsys.readouterr().out
    assert run(["resilience", "-t", NAT, "--format", "markdown"]) == 0
    table = capsys.readouterr().out
    for flow in ("ReadParameter → aws:ssm", "ReadParameter → internet"):
        assert flow in text
        assert f"| `{flow}` |" in table


def test_a_path_without_what_has_failed(capsys):
    assert run(["trace", "-t", NAT, "ReadParameter", "aws:ssm"]) == 0
    capsys.readouterr()
    assert run(["trace", "-t", NAT, "ReadParameter", "aws:ssm", "--without", "NatGateway", "--format", "json"]) == 1
    path = json.loads(capsys.readouterr().out)
    assert [hop["code"] for hop in path["hops"] if hop["verdict"] == "deny"] == ["BAD_STATE_ROUTE"]
    assert "NatGateway" in path["assumptions"][0]


def test_questions_of_a_file_and_checks_are_about_what_is_left(tmp_path, capsys):
    questions = tmp_path / "questions"
    questions.write_text("ReadParameter\taws:ssm\n")
    assert run(["trace", "-t", NAT, "--batch", str(questions), "--without", "az:us-east-1a"]) == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "blocked"
    run(["check", "-t", NAT, "--format", "json"])
    before = json.loads(capsys.readouterr().out)["findings"]
    assert run(["check", "-t", NAT, "--format", "json", "--without", "NatGateway"]) == 1
    after = json.loads(capsys.readouterr().out)["findings"]
    assert {one["id"] for one in after} > {one["id"] for one in before}


@pytest.mark.parametrize(
    "arguments", [["--without", "Nothing"], ["--without", "az:eu-west-1a"], ["--without", "NatGateway", "--live"]]
)
def test_wrong_usage(arguments, capsys):
    assert run(["trace", "-t", NAT, "ReadParameter", "aws:ssm", *arguments]) == USAGE
    assert "hint:" in capsys.readouterr().err
