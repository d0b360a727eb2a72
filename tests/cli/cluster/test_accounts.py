"""`--on`: each template is an account of its own, with its own answer."""

import json
import os
import signal
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from netful.cli.app import run
from netful.cli.cluster.processes import by_processes
from netful.cli.cluster.share import Call, Share
from netful.cli.options.options import ModelOptions

pytestmark = pytest.mark.programs

GOOD = "Resources: {Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}}"
OPEN = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  Sg:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: open
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{CidrIp: 0.0.0.0/0, IpProtocol: tcp, FromPort: 22, ToPort: 22}]
"""


@pytest.fixture(autouse=True)
def accounts(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, text in {"good": GOOD, "open": OPEN, "broken": "Resources: ["}.items():
        (tmp_path / f"{name}.yaml").write_text(text)
    return tmp_path


def lines(capfd):
    found = [json.loads(line) for line in capfd.readouterr().out.splitlines()]
    return {line["template"]: line for line in found}


def test_each_account_has_its_answer(capfd):
    assert run(["check", "--on", "local", "-t", "*.yaml", "--fail-on", "low", "--format", "json"]) == 2
    found = lines(capfd)
    assert {name: line["exit_code"] for name, line in found.items()} == {
        "good.yaml": 0,
        "open.yaml": 1,
        "broken.yaml": 2,
    }
    assert found["good.yaml"]["answer"] == {"findings": []}
    assert {finding["id"] for finding in found["open.yaml"]["answer"]["findings"]} == {"NF707"}
    assert found["broken.yaml"]["answer"] is None
    assert "broken.yaml:2" in found["broken.yaml"]["messages"]


def test_the_worst_code_is_that_of_all():
    assert run(["check", "--on", "local", "-t", "good.yaml", "-t", "open.yaml", "--fail-on", "low"]) == 1
    assert run(["check", "--on", "local", "-t", "good.yaml", "-t", "good.yaml"]) == 0


def test_text_names_the_account(capfd):
    assert run(["check", "--on", "local", "-t", "good.yaml"]) == 0
    assert capfd.readouterr().out.splitlines()[0] == "== good.yaml"


@pytest.mark.parametrize(
    "words", [["trace", "--matrix"], ["trace", "subnet:None", "aws:ssm"], ["resilience"]], ids=" ".join
)
def test_verbs_over_accounts(accounts, capfd, words):
    (accounts / "broken.yaml").unlink()
    run([*words, "--on", "local", "-t", "*.yaml", "--format", "json"])
    found = {name: (line["exit_code"], line["answer"]) for name, line in lines(capfd).items()}
    for name in ("good.yaml", "open.yaml"):
        code = run([*words, "-t", name, "--format", "json"])
        output = capfd.readouterr().out
        assert found[name] == (code, json.loads(output) if output else None)


@pytest.mark.parametrize(
    "words",
    [
        ["check", "--on", "nowhere", "-t", "good.yaml"],
        ["check", "--on", "local"],
        ["check", "--on", "local", "-t", "good.yaml", "--format", "sarif"],
        ["check", "--on", "local", "-t", "good.yaml", "--live"],
        ["trace", "A", "B", "--on", "local", "-t", "good.yaml", "--live"],
        ["check", "--on", "local", "-t", "../good.yaml"],
        ["check", "--on", "local", "-t", "/good.yaml"],
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_refused(capfd, words):
    assert run(words) == 2
    said = capfd.readouterr()
    assert not said.out
    assert "hint: " in said.err


def ends_its_process(*, model, cluster):  # noqa: ARG001  # as a verb has it
    """Stand for a verb whose process ends for the first account that has no file yet, and each time for `always`."""
    [account] = model.template
    if account.name == "always" or not account.exists():
        account.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    sys.stdout.write(f"answer of {account.name}\n")


@pytest.mark.parametrize(("lost", "expected"), [("once", (0, "answer of once\n")), ("always", (2, ""))])
def test_the_share_of_a_lost_process_is_computed_again(tmp_path, lost, expected):
    (tmp_path / "well").touch()
    call = Call(f"{__name__}:ends_its_process", (), {"model": ModelOptions()})
    shares = [Share(call, (tmp_path / name,), version("netful")) for name in (lost, "well")]
    answers = {answer.account.name: answer for answer in by_processes(shares)}
    assert (answers["well"].exit_code, answers["well"].output) == (0, "answer of well\n")
    assert (answers[lost].exit_code, answers[lost].output) == expected
    assert answers[lost].messages.startswith("error: ") == (expected[0] == 2)


def test_a_worker_of_another_version_gives_no_answer():
    [answer] = Share(Call("netful.cli.check:check", (), {}), (Path("a.yaml"),), "0.0.1").answers()
    assert (answer.exit_code, answer.output) == (2, "")
    assert "0.0.1" in answer.messages
