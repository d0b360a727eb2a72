"""Routing rules in plans and described accounts; templates are those of `engine/apis/test_routing_rules`."""

import json

from netful.engine.apis.door import arrival
from netful.sources import load
from tests.helpers.terraform_plans import network, refers


def led(made, path, **headers):
    given = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    came = arrival(made, "api.example.com", path, "", None, given)
    return came.api_id, came.path, came.rule_id


def test_a_plan(tmp_path):
    plan = network()
    plan.add("aws_api_gateway_domain_name.d", domain_name="api.example.com", routing_mode="ROUTING_RULE_ONLY",
             endpoint_configuration=[{"types": ["REGIONAL"]}])  # fmt: skip
    plan.add("aws_api_gateway_rest_api.api", name="api")
    plan.add(
        "aws_apigatewayv2_routing_rule.r", {
            "domain_name": refers("aws_api_gateway_domain_name.d.domain_name"),
            "action": [{"invoke_api": [{"api_id": refers("aws_api_gateway_rest_api.api.id")}]}],
        },
        domain_name="api.example.com", priority=1,
        condition=[
            {"match_headers": [{"any_of": [{"header": "x-version", "value_glob": "b*"}]}], "match_base_paths": []},
            {"match_headers": [], "match_base_paths": [{"any_of": ["shop"]}]},
        ],
        action=[{"invoke_api": [{"stage": "live", "strip_base_path": True}]}],
    )  # fmt: skip
    made = load([plan.write(tmp_path)])
    rule = "aws_apigatewayv2_routing_rule.r"
    assert led(made, "/shop/dogs", x_version="b1") == ("aws_api_gateway_rest_api.api", "/dogs", rule)
    assert led(made, "/shop/dogs")[2] == ""


def test_a_described_account(tmp_path):
    rule = {
        "RoutingRuleId": "r1", "Priority": 1, "Conditions": [{"MatchBasePaths": {"AnyOf": ["shop"]}}],
        "RoutingRuleArn": "arn:aws:apigateway:us-east-1:111111111111:/domainnames/api.example.com/routingrules/r1",
        "Actions": [{"InvokeApi": {"ApiId": "abcdefghij", "Stage": "live", "StripBasePath": False}}],
    }  # fmt: skip
    domain = {
        "domainName": "api.example.com",
        "endpointConfiguration": {"types": ["REGIONAL"]},
        "routingMode": "ROUTING_RULE_ONLY",
    }
    answers = {
        "vpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]},
        "domains": {"items": [domain]},
        "rules": {"RoutingRules": [rule]},
    }
    for name, answer in answers.items():
        file = tmp_path / "us-east-1" / f"{name}.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(answer))
    assert led(load([tmp_path]), "/shop/dogs") == ("abcdefghij", "/shop/dogs", "r1")
