"""Web ACLs of plans."""

from typing import Any

import botocore.session
import pytest
from botocore import xform_name

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.sources import load
from tests.helpers.terraform_plans import Plan, refers

FROM_HERE = [{"ip_set_reference_statement": [{}]}]
NOT_FROM_HERE = [{"not_statement": [{"statement": FROM_HERE}]}]
EITHER = [{"or_statement": [{"statement": [*FROM_HERE, *NOT_FROM_HERE]}]}]


def protected(default, statement):
    """A REST API behind a web ACL that allows what a statement matches."""
    plan = Plan().add("aws_api_gateway_rest_api.api", name="api", endpoint_configuration=[{"types": ["REGIONAL"]}])
    of = {"rest_api_id": refers("aws_api_gateway_rest_api.api.id")}
    root = {**of, "resource_id": refers("aws_api_gateway_rest_api.api.root_resource_id")}
    plan.add(
        "aws_api_gateway_method.get", root, rest_api_id=..., resource_id=..., http_method="GET", authorization="NONE"
    )
    plan.add("aws_api_gateway_integration.get", root, rest_api_id=..., resource_id=..., http_method="GET", type="MOCK")
    plan.add(
        "aws_api_gateway_integration_response.get",
        root,
        rest_api_id=...,
        resource_id=...,
        http_method="GET",
        status_code="200",
    )
    plan.add("aws_api_gateway_deployment.d", of, rest_api_id=...)
    stage = {**of, "deployment_id": refers("aws_api_gateway_deployment.d.id")}
    plan.add("aws_api_gateway_stage.prod", stage, rest_api_id=..., deployment_id=..., stage_name="prod")
    plan.add("aws_wafv2_ip_set.here", name="here", addresses=["192.0.2.0/24"])
    rule = {"name": "here", "priority": 1, "action": [{"allow": [{}]}], "statement": statement}
    plan.add(
        "aws_wafv2_web_acl.acl",
        {"rule": [{"statement": _written(statement)}]},
        name="acl",
        default_action=default,
        rule=[rule],
    )
    plan.changes[-1]["change"]["after_unknown"]["rule"] = [{"statement": _unknown(statement)}]
    ends = {
        "resource_arn": refers("aws_api_gateway_stage.prod.arn"),
        "web_acl_arn": refers("aws_wafv2_web_acl.acl.arn"),
    }
    return plan.add("aws_wafv2_web_acl_association.a", ends, resource_arn=..., web_acl_arn=...)


def _mirrored(blocks, leaf):
    return [
        {
            name: _mirrored(inner, leaf) if name != "ip_set_reference_statement" else [leaf]
            for name, inner in one.items()
        }
        for one in blocks
    ]


def _written(blocks):
    return _mirrored(blocks, {"arn": refers("aws_wafv2_ip_set.here.arn")})


def _unknown(blocks):
    return _mirrored(blocks, {"arn": True})


@pytest.mark.parametrize(
    ("default", "statement", "verdict"),
    [
        ("block", FROM_HERE, "reachable"),
        ("block", NOT_FROM_HERE, "blocked"),
        ("block", EITHER, "reachable"),
        ("allow", NOT_FROM_HERE, "reachable"),
    ],
)
def test_rules_of_a_web_acl(tmp_path, default, statement, verdict):
    cloud = load([protected([{default: [{}]}], statement).write(tmp_path)])
    found = trace(cloud, parse(cloud, "internet", "aws_api_gateway_rest_api.api GET /prod/"))
    assert (found.verdict, found.unread) == (verdict, ())


def test_a_stage_that_an_unknown_web_acl_protects(tmp_path):
    plan = protected([{"block": [{}]}], FROM_HERE)
    plan.configuration["resources"][-1]["expressions"]["resource_arn"] = {"references": ["local.protected"]}
    cloud = load([plan.write(tmp_path)])
    assert trace(cloud, parse(cloud, "internet", "aws_api_gateway_rest_api.api GET /prod/")).verdict == "unknown"


NOT_COMPARED = {"VisibilityConfig", "CaptchaConfig", "ChallengeConfig", "ManagedRuleGroupConfigs", "SearchString"}
"""Members of a rule that netful does not read."""


def both_forms(shape, within=()) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return every member of a structure of AWS WAF's model, as the blocks of a plan and as CloudFormation has them."""
    blocks, properties = {}, {}
    for name, member in shape.members.items() if shape.name not in within else ():
        several = member.type_name == "list" and member.member.type_name == "structure"
        inner = member.member if several else member
        if name in NOT_COMPARED:
            continue
        key = xform_name(name.removesuffix("s")) if several else xform_name(name)
        if inner.type_name == "structure":
            block, made = both_forms(inner, (*within, shape.name))
            blocks[key], properties[name] = [block], [made] if several else made
        else:
            value = {"list": ["a"], "integer": 1, "long": 1}.get(inner.type_name, "a")
            blocks[key] = properties[name.replace("ARN", "Arn")] = value
    return blocks, properties


@pytest.mark.parametrize("kind", ["web_acl", "rule_group"])
def test_every_block_of_a_rule_has_the_name_that_cloudformation_has(tmp_path, kind):
    block, rule = both_forms(botocore.session.get_session().get_service_model("wafv2").shape_for("Rule"))
    cloud = load([Plan().add(f"aws_wafv2_{kind}.one", {"rule": [{}]}, name="one", rule=[block]).write(tmp_path)])
    (group,) = (*cloud.access.web_acls.values(), *cloud.access.rule_groups.values())
    (read,) = group.rules
    assert read.statement == rule["Statement"]
    assert read.action == rule["Action"]
    assert (read.labels, read.counts_only) == (("a",), True)


@pytest.mark.parametrize("kind", ["web_acl", "rule_group"])
def test_response_bodies(tmp_path, kind):
    bodies = [{"key": name, "content": f"{name}!", "content_type": "TEXT_PLAIN"} for name in ("no", "later")]
    plan = Plan().add(
        f"aws_wafv2_{kind}.one", {"custom_response_body": [{}, {}]}, name="one", custom_response_body=bodies
    )
    cloud = load([plan.write(tmp_path)])
    (group,) = (*cloud.access.web_acls.values(), *cloud.access.rule_groups.values())
    assert {name: body["Content"] for name, body in group.custom_response_bodies.items()} == {
        "no": "no!",
        "later": "later!",
    }


def test_size_of_an_inspected_body(tmp_path):
    limits = [{"request_body": [{"api_gateway": [{"default_size_inspection_limit": "KB_64"}]}]}]
    plan = Plan().add("aws_wafv2_web_acl.one", {"association_config": [{}]}, name="one", association_config=limits)
    assert load([plan.write(tmp_path)]).access.web_acls["aws_wafv2_web_acl.one"].body_limit == 64 * 1024
