import json
import os
import subprocess
import sys

import pytest

from netful.cli.app import run
from tests.helpers.places import EXAMPLES

SSM_DEMO = EXAMPLES / "ssm-demo"


@pytest.mark.parametrize(
    ("template", "verdict", "symptom", "code"),
    [
        ("endpoint", "reachable", "none", 0),
        ("nat", "reachable", "none", 0),
        ("public-subnet", "blocked", "timeout", 1),
        ("isolated", "blocked", "timeout", 1),
        ("closed-endpoint", "blocked", "timeout", 1),
        ("private-dns-off", "blocked", "timeout", 1),
        ("gateway-endpoint", "blocked", "timeout", 1),
    ],
)
def test_the_demo_and_its_variations(template, verdict, symptom, code, capsys):
    arguments = ["trace", "-t", str(SSM_DEMO / f"{template}.yaml"), "ReadParameter", "aws:ssm", "--format", "json"]
    assert run(arguments) == code
    path = json.loads(capsys.readouterr().out)
    assert (path["verdict"], path["symptom"]["kind"]) == (verdict, symptom)
    assert bool(path["blockers"]) == (verdict == "blocked") == bool(path["hint"])
    numbers = [hop["n"] for hop in path["hops"] + path["return"]]
    assert numbers == list(range(1, len(numbers) + 1))
    denied = [hop for hop in path["hops"] + path["return"] if hop["verdict"] == "deny"]
    assert [hop["n"] for hop in denied] == path["blockers"]
    assert all(hop["code"] and hop["rule"] and hop["component"] for hop in denied)


def test_batch_answers_line_by_line(tmp_path, capsys):
    questions = tmp_path / "questions.tsv"
    questions.write_text("ReadParameter\taws:ssm\nNobody\taws:ssm\nno tab\nReadParameter\tinternet\n", encoding="utf-8")
    code = run(["trace", "-t", str(SSM_DEMO / "endpoint.yaml"), "--batch", str(questions)])
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer.get("verdict", "error") for answer in answers] == ["reachable", "error", "error", "blocked"]
    assert code == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["trace", "ReadParameter"], "needs FROM and TO"),
        (["trace", "Nobody", "aws:ssm"], "`Nobody`"),
        (["trace", "ReadParameter", "aws:ssm", "--param", "novalue"], "`--param novalue`"),
        (["trace", "ReadParameter", "aws:ssm", "--format", "yaml"], "yaml"),
        (["trace", "--batch", "missing.tsv"], "missing.tsv: cannot read the file"),
        (["tracee"], "trace"),
        (["trace", "-t", "missing.yaml", "ReadParameter", "aws:ssm"], "missing.yaml"),
    ],
)
def test_wrong_usage_is_one_message_and_2(arguments, message, monkeypatch, capsys):
    monkeypatch.chdir(SSM_DEMO)
    if "-t" not in arguments and "trace" in arguments:
        arguments = [*arguments, "-t", "endpoint.yaml"]
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert message in captured.err
    assert captured.err.startswith("error: ")


def test_show_lists_subnets_interfaces_and_endpoints(capsys):
    assert run(["show", "-t", str(SSM_DEMO / "nat.yaml"), "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    kinds = {subnet["id"]: subnet["kind"] for subnet in shown["vpcs"][0]["subnets"]}
    assert kinds == {"PrivateSubnet": "private-nat", "PublicSubnet": "public"}
    assert [(eni["owner"], eni["functions"]) for eni in shown["enis"]] == [
        ("nat-gateway", []),
        ("lambda", ["ReadParameter"]),
    ]
    assert shown["resources"]["NatGateway"]["type"] == "AWS::EC2::NatGateway"


def test_show_of_one_id(capsys):
    assert run(["show", "SsmEndpoint", "-t", str(SSM_DEMO / "endpoint.yaml"), "--format", "json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert list(shown["resources"]) == ["SsmEndpoint"]
    assert [eni["resource"] for eni in shown["enis"]] == ["SsmEndpoint"]
    assert run(["show", "Nothing", "-t", str(SSM_DEMO / "endpoint.yaml")]) == 2


def test_missing_values_are_named_and_3(tmp_path, capsys):
    template = tmp_path / "template.yaml"
    template.write_text(
        "Parameters: {Cidr: {Type: String}}\nResources: {Vpc: {Type: 'AWS::EC2::VPC', Properties: {CidrBlock: !Ref Cidr}}}\n",
        encoding="utf-8",
    )
    assert run(["show", "-t", str(template)]) == 3
    assert "missing parameters\n  Cidr" in capsys.readouterr().out


@pytest.mark.programs
def test_a_reader_that_goes_away_is_no_error():
    read, write = os.pipe()
    os.close(read)
    command = [
        sys.executable,
        "-c",
        "from netful.cli.entry_point import main; main()",
        "trace",
        "-t",
        "nat.yaml",
        "ReadParameter",
        "aws:ssm",
    ]
    done = subprocess.run(command, cwd=SSM_DEMO, stdout=write, stderr=subprocess.PIPE, text=True, check=False)
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")


def test_ids_of_aws_stand_for_names(capsys):
    def asked(*arguments):
        run([*arguments, "-t", str(SSM_DEMO / "endpoint.yaml"), "--format", "json", "--quiet"])
        return json.loads(capsys.readouterr().out)

    shown = asked("show")
    resources = {name: found["aws_id"] for name, found in shown["resources"].items()}
    (subnet,) = (one for vpc in shown["vpcs"] for one in vpc["subnets"] if one["id"] == "PrivateSubnet")
    assert subnet["aws_id"] == resources["PrivateSubnet"]
    assert asked("show", resources["PrivateSubnet"])["resources"].keys() == {"PrivateSubnet"}
    by_name = asked("trace", "ReadParameter", "aws:ssm")
    assert asked("trace", resources["ReadParameter"], "aws:ssm")["hops"] == by_name["hops"]
    subnet, group = (resources[name] for name in ("PrivateSubnet", "FunctionSg"))
    by_ids = asked("trace", f"subnet:{subnet}+{group}", f"{resources['SsmEndpoint']}:tcp/443")
    by_names = asked("trace", "subnet:PrivateSubnet+FunctionSg", "SsmEndpoint:tcp/443")
    assert by_ids["hops"] == by_names["hops"]
