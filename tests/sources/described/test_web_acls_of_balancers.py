"""Web ACLs of described load balancers: `wafv2 list-resources-for-web-acl` has what a web ACL protects."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.described_answers import BALANCER, OWNER, account

ARN = f"arn:aws:wafv2:eu-west-1:{OWNER}:regional/webacl/{{0}}/11111111-2222-3333-4444-{{0}}"
QUESTION = ("i-2", "http://front.example/")


def web_acl(name, action):
    acl = {
        "Name": name,
        "Id": ARN.format(name).rpartition("/")[2],
        "ARN": ARN.format(name),
        "DefaultAction": {action: {}},
        "Rules": [],
    }
    return {"WebACL": acl, "LockToken": "x"}


@pytest.mark.parametrize(
    ("protected", "verdict", "assumed"),
    [
        ({"protected-shut": [BALANCER], "protected-open": []}, "blocked", False),
        ({"protected-shut": [], "protected-open": [BALANCER]}, "reachable", False),
        ({"protected-shut": [], "protected-open": []}, "reachable", False),
        ({"protected-open": [BALANCER]}, "reachable", False),
        ({"protected-open": []}, "reachable", True),
        ({}, "reachable", True),
    ],
)
def test_a_load_balancer_has_the_web_acl_that_lists_it(tmp_path, protected, verdict, assumed):
    answers = {name: {"ResourceArns": arns} for name, arns in protected.items()}
    cloud = account(tmp_path, shut=web_acl("shut", "Block"), open=web_acl("open", "Allow"), **answers)
    path = trace(cloud, parse(cloud, *QUESTION))
    assert path.verdict == verdict
    assert any("front has no web ACL" in one for one in path.assumptions) is assumed
