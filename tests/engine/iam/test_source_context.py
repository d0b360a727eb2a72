"""Condition keys by the way of a request: through an endpoint, and past all of them (newer-aws §9.1)."""

from dataclasses import replace

import pytest

from netful.engine.iam import source_context
from netful.engine.iam.policies import PolicyRequest, evaluate
from netful.model.core import Unknown
from tests.helpers.small_clouds import cloud, endpoint

S3 = endpoint("S3", "s3")


def vpc_arn(made):
    return f"arn:aws:ec2:us-east-1:123456789012:vpc/{made.aws_id('Vpc')}"


def through(service="s3", **more):
    made = replace(cloud(replace(endpoint("E", service), **more)), account_id="123456789012")
    return made, source_context.through(made, made.network.vpc_endpoints["E"])


def test_a_supporting_service_sees_the_vpc_and_the_account():
    made, context = through()
    assert context == {
        "aws:SourceVpce": made.aws_id("E"),
        "aws:SourceVpc": made.aws_id("Vpc"),
        "aws:SourceVpcArn": vpc_arn(made),
        "aws:VpceAccount": "123456789012",
    }


def test_of_an_unknown_vpc_only_the_endpoint_is_known():
    made, context = through(vpc_id=Unknown("a parameter"))
    assert context == {"aws:SourceVpce": made.aws_id("E")}


def outcome(operator, key, wanted, *, way="through", service="s3"):
    _, context = through(service)
    absent = source_context.ABSENT_THROUGH_ENDPOINT
    if way == "past":
        context, absent = {"aws:SourceIp": "203.0.113.9"}, source_context.ABSENT_PAST_ENDPOINT
    allow = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": "*",
        "Resource": "*",
        "Condition": {operator: {key: wanted}},
    }
    request = PolicyRequest("s3:GetObject", context=context | source_context.BY_ITSELF, absent=absent)
    return evaluate({"Version": "2012-10-17", "Statement": allow}, request).outcome


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "through_endpoint", "past"),
    [
        ("StringEquals", "aws:VpceAccount", "123456789012", "allow", "deny"),
        ("StringNotEquals", "aws:VpceAccount", "123456789012", "deny", "allow"),
        ("ArnLike", "aws:SourceVpcArn", "arn:aws:ec2:us-east-1:*:vpc/*", "allow", "deny"),
        ("StringEquals", "aws:VpceOrgID", "o-1", "unknown", "deny"),
        ("ForAnyValue:StringLike", "aws:VpceOrgPaths", "o-1/*", "unknown", "deny"),
        ("ForAllValues:StringLike", "aws:VpceOrgPaths", "o-1/*", "unknown", "allow"),
        ("Null", "aws:VpceOrgID", "true", "unknown", "allow"),
        ("Bool", "aws:PrincipalIsAWSService", "false", "allow", "allow"),
        ("Bool", "aws:ViaAWSService", "true", "deny", "deny"),
        ("ForAnyValue:StringEquals", "aws:CalledVia", "athena.amazonaws.com", "deny", "deny"),
        ("IpAddress", "aws:SourceIp", "203.0.113.0/24", "deny", "allow"),
    ],
)
def test_presence_of_keys(operator, key, wanted, through_endpoint, past):
    assert outcome(operator, key, wanted) == through_endpoint
    assert outcome(operator, key, wanted, way="past") == past


def test_of_other_services_it_is_not_known():
    assert outcome("StringEquals", "aws:VpceAccount", "123456789012", service="ssm") == "unknown"
