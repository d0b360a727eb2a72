"""Code for the CDK and Terraform's configuration in an editor: findings of what was built of them."""

import json
import os

import pytest

from tests.editors.test_lsp import by_code, edit
from tests.helpers.late import late
from tests.helpers.terraform_plans import network

pytestmark = pytest.mark.programs
types = late("lsprotocol.types")
MAIN = """\
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "private" {
  vpc_id = aws_vpc.main.id
}
resource "aws_lambda_function" "orders" {
  function_name = "orders"
}
resource "aws_security_group" "admin" {
  vpc_id = aws_vpc.main.id
}
"""
OPEN = [{"from_port": 22, "to_port": 22, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]}]


def plan(*, is_open):
    return network().add("aws_security_group.admin", name="admin", vpc_id="vpc-1", ingress=OPEN if is_open else [])


@pytest.fixture
def configuration(tmp_path):
    """The configuration of a plan that is newer, in a repository."""
    (tmp_path / ".git").mkdir()
    file = tmp_path / "main.tf"
    file.write_text(MAIN)
    os.utime(file, (1, 1))
    plan(is_open=True).write(tmp_path)
    return file


def test_the_findings_of_a_plan_are_at_the_blocks(configuration):
    async def scenario(editor):
        editor.open(configuration)
        found = await editor.diagnostics()
        hovers = [(await editor.hover(word)).contents.value for word in ("main.id", '"private"')]
        return by_code(found), hovers, await editor.lenses(), await editor.actions(by_code(found)["NF707"])

    found, hovers, lenses, actions = edit(scenario)
    assert MAIN.splitlines()[found["NF707"].range.start.line] == 'resource "aws_security_group" "admin" {'
    assert hovers[0].startswith("**aws_vpc.main** `AWS::EC2::VPC`")
    assert "private-nat · 10.0.9.0/24" in hovers[1]
    assert lenses[7].command.title.startswith("reached by nothing · reaches ")
    assert not actions


def test_lines_follow_the_text_and_findings_the_next_plan(configuration):
    async def scenario(editor):
        editor.open(configuration)
        await editor.diagnostics()
        editor.type("# a new line\n" + MAIN)
        moved = await editor.diagnostics()
        plan(is_open=False).write(configuration.parent)
        editor.client.workspace_did_change_watched_files(types.DidChangeWatchedFilesParams([]))
        return by_code(moved), by_code(await editor.diagnostics())

    moved, mended = edit(scenario)
    assert moved["NF707"].range.start.line == 10
    assert "NF707" not in mended


def test_a_plan_that_is_older_than_the_text_is_named(configuration):
    os.utime(configuration)
    os.utime(configuration.parent / "plan.json", (1, 1))

    async def scenario(editor):
        editor.open(configuration)
        return await editor.diagnostics()

    assert [one.message for one in edit(scenario) if one.severity is types.DiagnosticSeverity.Information and not one.code] == [
        "`plan.json` is older than this file: the findings are those of the older text\nhint: terraform show -json PLAN > plan.json"
    ]  # fmt: skip


def test_a_plan_that_cannot_be_read_is_an_error_at_the_beginning(configuration):
    file = configuration.parent / "plan.json"
    file.write_text('{"format_version": "1.2", "terraform_version": "1.9"}')

    async def scenario(editor):
        editor.open(configuration)
        return await editor.diagnostics()

    [error] = edit(scenario)
    assert (error.range.start.line, error.severity) == (0, types.DiagnosticSeverity.Error)
    assert error.message.startswith(f"{file}: the file is not a Terraform plan")


def test_the_findings_of_an_assembly_are_at_the_code_of_the_constructs(tmp_path):
    code = tmp_path / "lib" / "shop.ts"
    code.parent.mkdir()
    (tmp_path / "cdk.out").mkdir()
    code.write_text("new ec2.Vpc(this, 'Vpc')\nnew ec2.SecurityGroup(this, 'Admin')\n")
    os.utime(code, (1, 1))
    (tmp_path / "cdk.json").write_text("{}")
    group = {"GroupDescription": "g", "VpcId": {"Ref": "Vpc1"}}
    group["SecurityGroupIngress"] = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}]
    template = {"Vpc1": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}, "Metadata": {"aws:cdk:path": "S/Vpc/Resource"}}}  # fmt: skip
    template["Admin1"] = {"Type": "AWS::EC2::SecurityGroup", "Properties": group, "Metadata": {"aws:cdk:path": "S/Admin/Resource"}}  # fmt: skip
    trace = {f"/S/{name}/Resource": [{"type": "aws:cdk:logicalId", "data": f"{name}1", "trace": [f"new S ({code}:{line}:1)"]}] for line, name in ((1, "Vpc"), (2, "Admin"))}  # fmt: skip
    artifact = {"type": "aws:cloudformation:stack", "properties": {"templateFile": "S.template.json"}, "metadata": trace}  # fmt: skip
    (tmp_path / "cdk.out" / "manifest.json").write_text(json.dumps({"artifacts": {"S": artifact}}))
    (tmp_path / "cdk.out" / "S.template.json").write_text(json.dumps({"Resources": template}, indent=1))

    async def scenario(editor):
        editor.open(code)
        return by_code(await editor.diagnostics()), (await editor.hover("new ec2.SecurityGroup")).contents.value

    found, hover = edit(scenario)
    assert found["NF707"].range.start.line == 1
    assert "Admin1" not in found["NF707"].message
    assert hover.startswith("**Admin** `AWS::EC2::SecurityGroup`")
    assert "admits tcp/22 from 0.0.0.0/0" in hover
