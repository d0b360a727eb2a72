"""The order in which resources are created, as Terraform has it."""

import pytest

from netful.checks.facts.cloud_facts import Facts
from netful.checks.registry import rule_named
from netful.sources import load
from tests.helpers.terraform_plans import Plan, refers

METHODS = ("aws_api_gateway_method.get", "aws_api_gateway_method.put")


def found(folder, plan, rule_id):
    facts = Facts(load([plan.write(folder)]))
    return {problem.resource for problem in rule_named(rule_id).find(facts)}


def api(*, triggers=None, depends_on=None):
    """An API with two methods and a deployment."""
    plan = Plan()
    of_api = {"rest_api_id": refers("aws_api_gateway_rest_api.api.id")}
    plan.add("aws_api_gateway_rest_api.api", name="api", endpoint_configuration=[{"types": ["REGIONAL"]}])
    for address in METHODS:
        at = {**of_api, "resource_id": refers("aws_api_gateway_rest_api.api.root_resource_id")}
        verb = address.rpartition(".")[2]
        method = {"http_method": verb.upper(), "authorization": "AWS_IAM"}
        plan.add(address, at, rest_api_id=..., resource_id=..., **method)
        plan.add(
            f"aws_api_gateway_integration.{verb}", {**at, "http_method": refers(f"{address}.http_method")},
            rest_api_id=..., resource_id=..., http_method=verb.upper(), type="MOCK",
        )  # fmt: skip
    written = {**of_api, **({"triggers": refers(*triggers)} if triggers else {})}
    plan.add("aws_api_gateway_deployment.now", written, rest_api_id=...)
    if depends_on:
        plan.configuration["resources"][-1]["depends_on"] = depends_on
    return plan


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({}, {"aws_api_gateway_deployment.now"}),
        ({"triggers": [f"{name}.id" for name in METHODS]}, set()),
        ({"triggers": [f"{METHODS[0]}.id"]}, {"aws_api_gateway_deployment.now"}),
        ({"triggers": ["aws_api_gateway_integration.get.id", "aws_api_gateway_integration.put.id"]}, set()),
        ({"depends_on": ["aws_api_gateway_integration.get", "aws_api_gateway_integration.put"]}, set()),
    ],
)
def test_a_deployment_waits_for_all_that_it_refers_to(tmp_path, order, expected):
    assert found(tmp_path, api(**order), "NF703") == expected


@pytest.mark.parametrize("inline", [True, False])
def test_terraform_attaches_a_gateway_before_its_id_is_known(tmp_path, inline):
    plan = Plan()
    plan.add("aws_vpc.main", cidr_block="10.0.0.0/16")
    of_vpc = {"vpc_id": refers("aws_vpc.main.id")}
    plan.add("aws_internet_gateway.igw", of_vpc, vpc_id=...)
    gateway = {"gateway_id": refers("aws_internet_gateway.igw.id")}
    if inline:
        route = {"route": gateway["gateway_id"]}
        plan.add("aws_route_table.out", {**of_vpc, **route}, vpc_id=..., route=[{"cidr_block": "0.0.0.0/0"}])
    else:
        plan.add("aws_route_table.out", of_vpc, vpc_id=...)
        at = {"route_table_id": refers("aws_route_table.out.id"), **gateway}
        plan.add("aws_route.out", at, route_table_id=..., gateway_id=..., destination_cidr_block="0.0.0.0/0")
    assert found(tmp_path, plan, "NF702") == set()


@pytest.mark.parametrize("waits", [True, False])
def test_a_separate_attachment_must_be_waited_for(tmp_path, waits):
    plan = Plan()
    plan.add("aws_vpc.main", cidr_block="10.0.0.0/16")
    of_vpc = {"vpc_id": refers("aws_vpc.main.id")}
    plan.add("aws_internet_gateway.igw")
    gateway = refers("aws_internet_gateway.igw.id")
    plan.add(
        "aws_internet_gateway_attachment.to",
        {**of_vpc, "internet_gateway_id": gateway},
        vpc_id=...,
        internet_gateway_id=...,
    )
    plan.add("aws_route_table.out", of_vpc, vpc_id=...)
    at = {"route_table_id": refers("aws_route_table.out.id"), "gateway_id": gateway}
    plan.add("aws_route.out", at, route_table_id=..., gateway_id=..., destination_cidr_block="0.0.0.0/0")
    if waits:
        plan.configuration["resources"][-1]["depends_on"] = ["aws_internet_gateway_attachment.to"]
    assert found(tmp_path, plan, "NF702") == (set() if waits else {"aws_route.out"})
