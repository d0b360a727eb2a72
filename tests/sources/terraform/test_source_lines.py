"""Places of a plan's resources in the configuration beside it."""

import json

import netful
from netful.model.core import Unknown
from netful.sources import load
from tests.helpers.terraform_plans import network

MAIN = """\
# resource "aws_vpc" "main" {
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

  resource  "aws_security_group"   "fn" {
}
resource "aws_route_table" "public" {
  route {}
}
/*
resource "aws_vpc" "main" {
}
*/
"""


def lines(folder, plan):
    found = load([plan.write(folder)]).template.resources
    return {name: f"{one.source_origin}".removeprefix(f"{folder}/") for name, one in found.items() if one.source_origin}


def test_resources_have_the_line_of_their_block(tmp_path):
    (tmp_path / "main.tf").write_text(MAIN)
    found = lines(tmp_path, network())
    assert found == {
        "aws_vpc.main": "main.tf:2",
        "aws_security_group.fn": "main.tf:6",
        "aws_security_group.fn.own-rules": "main.tf:6",
        "aws_route_table.public": "main.tf:8",
        "aws_route_table.public.route[0]": "main.tf:8",
    }


def test_modules_are_where_their_caller_or_terraform_init_says(tmp_path):
    plan = network()
    for name, source in (("near", "./near"), ("far", "registry/far/aws"), ("gone", "registry/gone/aws")):
        plan.calls[name] = {"source": source, "module": {}}
        plan.add(f"module.{name}[0].aws_vpc.inner", module=f"module.{name}[0]", cidr_block="10.1.0.0/16")
    (tmp_path / ".terraform" / "modules" / "far").mkdir(parents=True)
    listed = {"Modules": [{"Key": "", "Dir": "."}, {"Key": "far", "Dir": ".terraform/modules/far"}]}
    (tmp_path / ".terraform" / "modules" / "modules.json").write_text(json.dumps(listed))
    (tmp_path / "near").mkdir()
    for folder in ("near", ".terraform/modules/far"):
        (tmp_path / folder / "vpc.tf").write_text('resource "aws_vpc" "inner" {\n}\n')
    assert lines(tmp_path, plan) == {
        "module.near[0].aws_vpc.inner": "near/vpc.tf:1",
        "module.far[0].aws_vpc.inner": ".terraform/modules/far/vpc.tf:1",
    }


def test_a_file_outside_of_the_project_is_not_read(tmp_path):
    (tmp_path / "project").mkdir()
    (tmp_path / "main.tf").write_text(MAIN)
    (tmp_path / "project" / "main.tf").symlink_to(tmp_path / "main.tf")
    assert lines(tmp_path / "project", network()) == {}


def test_hops_and_findings_for_people_have_the_places_of_the_configuration(tmp_path):
    (tmp_path / "main.tf").write_text(MAIN)
    found = netful.load(network().write(tmp_path))
    path = found.trace("aws_lambda_function.orders", "internet")
    [denied] = (hop for hop in found.placed(path).hops if hop.verdict == "deny")
    assert (denied.component, str(denied.origin)) == ("aws_security_group.fn", f"{tmp_path}/main.tf:6")
    assert {hop.origin.file for hop in path.hops if hop.origin.line} == {str(tmp_path / "plan.json")}


def test_a_module_that_is_not_here_has_not_the_texts_of_the_plan_itself(tmp_path):
    plan = network().add("aws_vpc.other", cidr_block="10.9.0.0/16")
    plan.calls["gone"] = {"source": "registry/gone/aws", "module": {}}
    for name in ("other", "another"):
        plan.add(f"module.gone.aws_vpc.{name}", module="module.gone", cidr_block="10.8.0.0/16")
    for module in (None, "module.gone"):
        place = f"{module}." if module else ""
        plan.add(
            f"{place}aws_security_group.g",
            {"vpc_id": {"references": ["local.vpc"]}},
            module=module,
            vpc_id=...,
            name="g",
        )
    text = 'locals {\n  vpc = aws_vpc.other.id\n}\nresource "aws_security_group" "g" {\n  vpc_id = local.vpc\n}\n'
    (tmp_path / "main.tf").write_text(text)
    groups = load([plan.write(tmp_path)]).network.security_groups
    assert groups["aws_security_group.g"].vpc_id == "aws_vpc.other"
    assert isinstance(groups["module.gone.aws_security_group.g"].vpc_id, Unknown)
