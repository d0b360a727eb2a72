"""What a newcomer does wrong with folders, templates and values: the error or the warning says what to do."""

import subprocess
import sys

import pytest

from netful.cli.app import run

VPC = "Resources: {V: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}}\n"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("name", "text", "hint"),
    [
        ("notes.yaml", "a: b\n", "name one with `-t PATH`; without it netful reads `template.yaml`, "),
        ("app.yml", VPC, "`-t app.yml` names the template\n"),
        ("cdk.json", "{}", "run `cdk synth`: netful reads `cdk.out`\n"),
        ("serverless.yml", "service: s\n", "run `serverless package`: netful reads `.serverless`\n"),
        ("main.tf", "", "`terraform show -json PLAN > plan.json` writes a plan, and `-t plan.json` names it\n"),
    ],
)
def test_a_folder_without_a_template_says_which_one_it_is_and_what_makes_it_readable(folder, capsys, name, text, hint):
    (folder / name).write_text(text)
    assert run(["check"]) == 2
    assert capsys.readouterr().err.startswith(f"error: no template in `{folder}`\nhint: {hint}")


@pytest.mark.parametrize(
    ("name", "content"),
    [("main.tf", b'resource "aws_vpc" "v" {}'), ("main.tf.json", b"{}"), ("tfplan", b"PK\x03\x04\xff")],
)
def test_terraform_s_own_files_are_not_templates(folder, capsys, name, content):
    (folder / name).write_bytes(content)
    assert run(["check", "-t", name]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"error: {name}: the file is not a template\nhint: `terraform show -json PLAN > plan.json`")


@pytest.mark.parametrize("state", ['{"version": 4, "terraform_version": "1.9"}', '{"encrypted_data": "a"}'])
def test_a_state_file_says_how_to_write_it(folder, capsys, state):
    (folder / "terraform.tfstate").write_text(state)
    assert run(["check", "-t", "terraform.tfstate"]) == 2
    assert "hint: write the state, or a plan, with `terraform show -json > FILE.json`" in capsys.readouterr().err


def test_a_check_names_the_values_that_it_lacks(folder, capsys):
    (folder / "template.yaml").write_text("Parameters: {Cidr: {Type: String}}\n" + VPC.replace("10.0.0.0/16", "!Ref Cidr"))  # fmt: skip
    assert run(["check"]) == 0
    assert capsys.readouterr().err == (
        "warning: without `Cidr`, what depends on it is not checked\nhint: to settle it: --param Cidr=…\n"
    )
    assert run(["check", "-q"]) == 0
    assert run(["check", "--param", "Cidr=10.0.0.0/16"]) == 0
    assert capsys.readouterr().err == ""


def test_a_port_without_a_protocol_is_written_with_one(folder, capsys):
    (folder / "template.yaml").write_text(VPC)
    assert run(["trace", "internet", "internet:443"]) == 2
    assert capsys.readouterr().err == "error: `internet:443` has no protocol\nhint: write `internet:tcp/443`\n"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("https://日本語.example.jp/", "write `xn--wgv71a119e.example.jp`"),
        ("https://日本語/", "a host name has at least two labels: `example.com`"),
    ],
)
def test_a_host_with_other_letters_is_written_as_in_dns(name, hint, folder, capsys):
    (folder / "template.yaml").write_text(VPC)
    assert run(["trace", "internet", name]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"hint: {hint}"


@pytest.mark.programs
def test_the_command_is_there_by_the_name_of_the_package(folder):
    (folder / "template.yaml").write_text(VPC)
    done = subprocess.run([sys.executable, "-m", "netful", "check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "✓ no findings\n", "")


@pytest.mark.programs
@pytest.mark.parametrize(("arguments", "code"), [("check", 2), ("explain NF101", 2), ("--help", 0)])
def test_a_python_that_leaves_out_docstrings(folder, arguments, code):
    (folder / "template.yaml").write_text(VPC)
    command = [sys.executable, "-OO", "-m", "netful", *arguments.split()]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    error = (
        "error: Python leaves out docstrings, which have the texts of the checks\n"
        "hint: run it without `-OO`, and unset `PYTHONOPTIMIZE`\n"
    )
    assert (done.returncode, done.stderr) == (code, error if code else "")
    assert ("Find network problems" in done.stdout) is (code == 0)
