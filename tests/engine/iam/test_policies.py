from __future__ import annotations

import pytest

from netful.engine.iam.policies import PolicyRequest, evaluate
from netful.model.core.unknown import Unknown

GET = PolicyRequest(
    "s3:GetObject", "arn:aws:s3:::mine/key", context={"aws:SourceVpce": "S3"}, absent=frozenset({"aws:SourceIp"})
)


def statement(effect="Allow", action="s3:GetObject", resource="*", principal="*", condition=None):
    return {
        "Effect": effect,
        "Action": action,
        "Resource": resource,
        "Principal": principal,
        "Condition": condition or {},
    }


def condition(operator, key, value):
    return statement(condition={operator: {key: value}})


@pytest.mark.parametrize(
    ("statements", "outcome"),
    [
        ([], "deny"),
        ([statement()], "allow"),
        (statement(), "allow"),
        ([statement(action="s3:Get*")], "allow"),
        ([statement(action=["S3:PUTOBJECT", "S3:GETOBJECT"])], "allow"),
        ([statement(action="s3:PutObject")], "deny"),
        ([statement(), statement("Deny")], "deny"),
        ([statement(resource="arn:aws:s3:::mine/*")], "allow"),
        ([statement(resource="arn:aws:s3:::other/*")], "deny"),
        ([statement(resource=Unknown("no value"))], "unknown"),
        ([{"Effect": "Allow", "NotAction": "s3:GetObject", "Resource": "*", "Principal": "*"}], "deny"),
        ([{"Effect": "Allow", "NotAction": "s3:Put*", "Resource": "*", "Principal": "*"}], "allow"),
        ([condition("StringEquals", "aws:SourceVpce", "S3")], "allow"),
        ([condition("StringEquals", "aws:sourcevpce", ["Other", "S3"])], "allow"),
        ([condition("StringNotEquals", "aws:SourceVpce", "S3")], "deny"),
        ([condition("StringEquals", "aws:SourceVpce", "Other")], "deny"),
        ([condition("IpAddress", "aws:SourceIp", "10.0.0.0/8")], "deny"),
        ([condition("StringEquals", "aws:PrincipalOrgID", "o-1")], "unknown"),
        ([condition("StringEqualsIfExists", "aws:SourceIp", "10.0.0.1")], "allow"),
        ([condition("Null", "aws:SourceIp", "true")], "allow"),
        ([statement("Deny", condition={"StringNotEquals": {"aws:SourceVpce": "S3"}}), statement()], "allow"),
        ([statement(principal={"AWS": "arn:aws:iam::1:root"})], "unknown"),
    ],
)
def test_policy(statements, outcome):
    assert evaluate({"Statement": statements}, GET).outcome == outcome


def test_without_a_resource_a_policy_is_asked_whether_any_will_do():
    any_object = PolicyRequest("s3:GetObject")
    assert evaluate({"Statement": [statement(resource="arn:aws:s3:::mine/*")]}, any_object).outcome == "allow"
    narrow_denial = [statement(), statement("Deny", resource="arn:aws:s3:::other/*")]
    assert evaluate({"Statement": narrow_denial}, any_object).outcome == "allow"


def test_the_deciding_statement_is_named():
    named = {"Statement": [{**statement("Deny"), "Sid": "NoReads"}]}
    assert evaluate(named, GET).statement == "NoReads"
