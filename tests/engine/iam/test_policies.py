from dataclasses import replace

import pytest

from netful.engine.iam.policies import PolicyRequest, evaluate
from netful.model.access.policy_statements import statements as statements_of
from netful.model.core import Unknown

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


def test_an_unknown_decision_names_the_keys_that_it_depends_on():
    when = {"DateGreaterThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}, "StringEquals": {"aws:SourceVpce": "S3"}}
    assert evaluate({"Statement": [statement(condition=when)]}, GET).doubt("Api") == (
        "it depends on `aws:CurrentTime` of the request",
        ("`aws:CurrentTime` of the request",),
    )
    unnamed = {"Statement": [statement(principal={"AWS": Unknown("no value")})]}
    assert evaluate(unnamed, GET).doubt("Api")[1] == ("what the policy of Api asks of the caller",)


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
        ([statement(resource=Unknown("no value")), statement()], "allow"),
        ([condition("StringEquals", "aws:PrincipalOrgID", "o-1"), statement("Deny", "s3:PutObject")], "unknown"),
        ([statement("Deny", condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})], "unknown"),  # by itself or not
        ([statement("Deny", condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}}), statement()], "unknown"),
        ([statement("Perhaps")], "unknown"),
        ([{"Effect": "Allow", "Resource": "*", "Principal": "*"}], "unknown"),
        ([statement(condition={"StringEquals": "aws:SourceVpce"})], "unknown"),
        ([statement(condition=["aws:SourceVpce"])], "unknown"),
        (
            [statement(condition={"Null": "aws:SourceVpce", "StringNotEquals": {"aws:SourceVpce": "S3"}})],
            "deny",
        ),
        (["s3:GetObject", statement("Deny")], "deny"),
        (
            [{"Effect": "Deny", "Action": "*", "Resource": "*", "NotPrincipal": {"AWS": Unknown("an import")}}],
            "unknown",
        ),
    ],
)
def test_policy(statements, outcome):
    assert evaluate({"Statement": statements}, GET).outcome == outcome


@pytest.mark.parametrize(
    ("named", "outcome"),
    [
        ("123456789012", "allow"),
        (["arn:aws:iam::999999999999:root", "arn:aws:iam::123456789012:root"], "allow"),
        ("arn:aws:iam::123456789012:role/some", "unknown"),
        (Unknown("an import"), "unknown"),
        ("arn:aws:iam::999999999999:role/some", "deny"),
    ],
)
def test_a_principal_for_a_caller_of_whom_the_account_is_known(named, outcome):
    asked = replace(GET, principal="anonymous", account="123456789012")
    assert evaluate({"Statement": statement(principal={"AWS": named})}, asked).outcome == outcome


def test_without_a_resource_a_policy_is_asked_whether_any_will_do():
    any_object = PolicyRequest("s3:GetObject")
    assert evaluate({"Statement": [statement(resource="arn:aws:s3:::mine/*")]}, any_object).outcome == "allow"
    narrow_denial = [statement(), statement("Deny", resource="arn:aws:s3:::other/*")]
    assert evaluate({"Statement": narrow_denial}, any_object).outcome == "allow"
    but_some = {"Effect": "Deny", "Action": "*", "Principal": "*", "NotResource": "arn:aws:s3:::other/*"}
    assert evaluate({"Statement": [statement(), but_some]}, any_object).outcome == "allow"


def test_the_deciding_statement_is_named():
    named = {"Statement": [{**statement("Deny"), "Sid": "NoReads"}]}
    assert evaluate(named, GET).statement == "NoReads"
    assert (
        evaluate({"Statement": [statement(action="s3:PutObject"), statement("Deny")]}, GET).statement == "statement 2"
    )


@pytest.mark.parametrize(
    ("element", "named", "outcome"),
    [
        ("Principal", {"Service": "s3.amazonaws.com"}, "allow"),
        ("Principal", {"Service": ["sns.amazonaws.com"]}, "deny"),
        ("Principal", "*", "allow"),
        ("NotPrincipal", {"Service": "s3.amazonaws.com"}, "deny"),
        ("NotPrincipal", {"Service": "sns.amazonaws.com"}, "allow"),
    ],
)
def test_a_principal_for_a_service(element, named, outcome):
    allows = {"Effect": "Allow", "Action": "*", "Resource": "*", element: named}
    assert evaluate({"Statement": allows}, replace(GET, parties=("s3.amazonaws.com",))).outcome == outcome


ROLE = "arn:aws:iam::123456789012:role/team/red"
KEYS = {
    "aws:username": "alice",
    "aws:PrincipalTag/team": "red",
    "aws:PrincipalArn": ROLE,
    "aws:SourceIp": "10.1.2.3",
    "aws:TagKeys": ("a", "b"),
    "aws:MultiFactorAuthPresent": "true",
    "aws:CurrentTime": "2026-02-18T10:30:00Z",
    "s3:max-keys": "10",
    "k:binary": "QUJD",
    "k:star": "a*",
}
FILE = "arn:aws:s3:::mine/alice/file"


def decide(statement, resource=FILE, version="2012-10-17"):
    """The outcome of one statement; `aws:ab` and the tags but `team` are absent, all other keys are not known."""
    absent = frozenset({"aws:ab", "aws:PrincipalTag"})
    request = PolicyRequest("s3:GetObject", resource, context=KEYS, absent=absent)
    return evaluate({**({"Version": version} if version else {}), "Statement": statement}, request).outcome


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "outcome"),
    [
        ("StringEquals", "aws:username", "Alice", "deny"),
        ("StringEquals", "aws:username", "al*", "deny"),
        ("StringEquals", "k:star", "a*", "allow"),
        ("StringEqualsIgnoreCase", "aws:username", "ALICE", "allow"),
        ("StringNotEqualsIgnoreCase", "aws:username", "ALICE", "deny"),
        ("StringLike", "aws:username", "a?i*", "allow"),
        ("StringNotLike", "aws:username", "a?i*", "deny"),
        ("StringNotEquals", "aws:username", ["bob", "carol"], "allow"),
        ("StringNotEquals", "aws:username", ["bob", "alice"], "deny"),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/*", "allow"),
        ("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::*:role/team/*", "allow"),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:*:role/team/red", "unknown"),  # five parts
        ("ArnLike", "aws:PrincipalArn", "arn:aws:*::123456789012:role/team/blue", "deny"),
        ("ArnNotLike", "aws:PrincipalArn", "arn:aws:iam::*:user/*", "allow"),
        ("ArnNotEquals", "aws:PrincipalArn", ROLE, "deny"),
        ("ArnLike", "aws:username", "arn:aws:iam::*:role/*", "unknown"),
        ("NumericEquals", "s3:max-keys", 10, "allow"),
        ("NumericEquals", "s3:max-keys", "10.0", "allow"),
        ("NumericNotEquals", "s3:max-keys", "10", "deny"),
        ("NumericLessThan", "s3:max-keys", "10", "deny"),
        ("NumericLessThanEquals", "s3:max-keys", "10", "allow"),
        ("NumericGreaterThan", "s3:max-keys", "9", "allow"),
        ("NumericGreaterThanEquals", "s3:max-keys", "11", "deny"),
        ("NumericEquals", "s3:max-keys", "ten", "unknown"),
        ("NumericEquals", "aws:username", "10", "unknown"),
        ("DateLessThan", "aws:CurrentTime", "2026-02-18T11:30:00+00:30", "allow"),
        ("DateGreaterThan", "aws:CurrentTime", "2026-02-18", "allow"),
        ("DateEquals", "aws:CurrentTime", "2026-02-18T11:30:00+01:00", "allow"),
        ("DateGreaterThanEquals", "aws:CurrentTime", "1771410600", "allow"),
        ("DateEquals", "aws:CurrentTime", "2026-02-18T10:30:00Z", "allow"),
        ("DateNotEquals", "aws:CurrentTime", "2026-02-18T10:30:00Z", "deny"),
        ("DateLessThanEquals", "aws:CurrentTime", "tomorrow", "unknown"),
        ("Bool", "aws:MultiFactorAuthPresent", True, "allow"),
        ("Bool", "aws:MultiFactorAuthPresent", "false", "deny"),
        ("Bool", "aws:MultiFactorAuthPresent", "yes", "unknown"),
        ("BinaryEquals", "k:binary", "QUJD", "allow"),
        ("BinaryEquals", "k:binary", "QUJE", "deny"),
        ("BinaryEquals", "k:binary", "?", "unknown"),
        ("IpAddress", "aws:SourceIp", ["192.168.0.0/16", "10.1.2.3"], "allow"),
        ("NotIpAddress", "aws:SourceIp", "10.0.0.0/8", "deny"),
        ("IpAddress", "aws:SourceIp", "2001:db8::/32", "deny"),
        ("IpAddress", "aws:SourceIp", "10.0.0.0/64", "unknown"),
        ("StringEquals", "aws:ab", "x", "deny"),
        ("StringEqualsIfExists", "aws:ab", "x", "allow"),
        ("StringNotEquals", "aws:ab", "x", "allow"),
        ("ForAllValues:StringEquals", "aws:ab", "x", "allow"),
        ("ForAllValues:StringNotEquals", "aws:ab", "x", "allow"),
        ("ForAnyValue:StringEquals", "aws:ab", "x", "deny"),
        ("ForAnyValue:StringNotEquals", "aws:ab", "x", "deny"),
        ("Null", "aws:ab", "true", "allow"),
        ("Null", "aws:ab", False, "deny"),
        ("Null", "aws:username", "true", "deny"),
        ("Null", "aws:username", [], "deny"),
        ("Null", "aws:username", "perhaps", "unknown"),
        ("Null", "aws:userid", "true", "unknown"),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["a", "b", "c"], "allow"),
        ("ForAllValues:StringEquals", "aws:TagKeys", ["a"], "deny"),
        ("ForAllValues:StringNotEquals", "aws:TagKeys", ["c"], "allow"),
        ("ForAllValues:StringNotEquals", "aws:TagKeys", ["b", "c"], "deny"),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["b", "c"], "allow"),
        ("ForAnyValue:StringEquals", "aws:TagKeys", ["c"], "deny"),
        ("ForAnyValue:StringNotEquals", "aws:TagKeys", ["a"], "allow"),
        ("ForAnyValue:StringNotEquals", "aws:TagKeys", ["a", "b"], "deny"),
        ("StringEquals", "aws:TagKeys", "a", "unknown"),
        ("ForAnyValue:StringEquals", "aws:userid", "a", "unknown"),
        ("ForSomeValues:StringEquals", "aws:username", "alice", "unknown"),
        ("StringEqualsOfTomorrow", "aws:username", "alice", "unknown"),
        ("StringEquals", "aws:username", {"Ref": "X"}, "unknown"),
        ("StringEquals", "aws:username", Unknown("an import"), "unknown"),
        ("StringNotEquals", "aws:username", [Unknown("an import"), "alice"], "deny"),
        ("StringEquals", "aws:username", [Unknown("an import"), "alice"], "allow"),
    ],
)
def test_condition(operator, key, wanted, outcome):
    assert decide(condition(operator, key, wanted)) == outcome


@pytest.mark.parametrize(
    ("pattern", "outcome"),
    [
        ("arn:aws:s3:::mine/${aws:username}/*", "allow"),
        ("arn:aws:s3:::mine/${AWS:UserName}/*", "allow"),
        ("arn:aws:s3:::mine/${aws:PrincipalTag/team}/*", "deny"),
        ("arn:aws:s3:::mine/${aws:ab}/*", "deny"),
        ("arn:aws:s3:::mine/${aws:ab, 'alice'}/*", "allow"),
        ("arn:aws:s3:::mine/${aws:PrincipalTag/team, 'alice'}/*", "deny"),
        ("arn:aws:s3:::mine/${aws:PrincipalTag/cost, 'alice'}/*", "allow"),
        ("arn:aws:s3:::mine/${aws:userid}/*", "unknown"),
        ("arn:aws:s3:::mine/${aws:userid, 'bob'}/*", "unknown"),
        ("arn:aws:s3:::other/${aws:userid}/*", "deny"),
        ("arn:aws:s3:::mine/${aws:TagKeys}/*", "unknown"),
        ("arn:aws:s3:::mine/${*}/*", "deny"),
        ("arn:aws:s3:::mine/${no variable", "unknown"),
        ("arn:aws:s3:::mine/${}/*", "unknown"),
    ],
)
def test_variables_of_a_resource(pattern, outcome):
    assert decide(statement(resource=pattern)) == outcome
    opposite = {"allow": "deny", "deny": "allow"}.get(outcome, outcome)
    assert decide({"Effect": "Allow", "Action": "*", "Principal": "*", "NotResource": pattern}) == opposite


@pytest.mark.parametrize(
    ("operator", "key", "wanted", "outcome"),
    [
        ("StringEquals", "aws:username", "${aws:username}", "allow"),
        ("StringEquals", "aws:username", "${aws:PrincipalTag/team}", "deny"),
        ("StringEquals", "aws:username", "${aws:userid}", "unknown"),
        ("StringEquals", "aws:username", "${aws:userid}/", "deny"),
        ("StringEquals", "aws:username", "${aws:ab}", "deny"),
        ("StringNotEquals", "aws:username", "${aws:ab}", "allow"),
        ("StringNotEquals", "aws:username", ["${aws:userid}", "alice"], "deny"),
        ("StringLike", "aws:username", "a${*}", "deny"),
        ("StringLike", "k:star", "a${*}", "allow"),
        ("StringLike", "aws:PrincipalArn", "*/${aws:PrincipalTag/team}", "allow"),
        ("StringLike", "aws:username", "${k:star}", "deny"),  # a value has no wildcards
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/team/${aws:PrincipalTag/team}", "allow"),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::${aws:ab, '123456789012'}:role/*", "allow"),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::${aws:userid}:user/*", "deny"),
        ("Bool", "aws:MultiFactorAuthPresent", "${aws:username}", "unknown"),
    ],
)
def test_variables_of_a_condition(operator, key, wanted, outcome):
    assert decide(condition(operator, key, wanted)) == outcome


def test_variables_are_literal_text_in_documents_of_the_older_version():
    of_alice = statement(resource="arn:aws:s3:::mine/${aws:username}/*")
    assert decide(of_alice, version="2008-10-17") == "deny"
    assert decide(of_alice, resource="arn:aws:s3:::mine/${aws:username}/file", version="2008-10-17") == "allow"
    assert decide(of_alice, version="") == "unknown"
    together = [*statements_of({"Version": "2008-10-17", "Statement": of_alice}), *statements_of({"Statement": []})]
    assert decide(together) == "deny"


def test_a_pattern_with_many_wildcards_is_quick_to_refuse():
    assert decide(statement(resource="*a" * 30 + "b"), resource="a" * 10_000) == "deny"


USER, ACCOUNT = "arn:aws:iam::123456789012:user/bob", "arn:aws:iam::123456789012:root"


@pytest.mark.parametrize(
    ("named", "outcome"),
    [
        ([USER, ACCOUNT], "allow"),
        ([USER, "123456789012"], "allow"),
        ([USER], "deny"),  # without the account the user is denied too
        ([ACCOUNT], "deny"),
        (["arn:aws:iam::123456789012:user/carol", ACCOUNT], "deny"),
        ([USER, Unknown("an import")], "unknown"),
        ("*", "allow"),
    ],
)
def test_not_principal_excepts_who_is_named_with_the_account(named, outcome):
    denial = {"Effect": "Deny", "Action": "*", "Resource": "*", "NotPrincipal": {"AWS": named}}
    caller = replace(GET, principals=(USER, "123456789012", ACCOUNT))
    assert evaluate({"Statement": [denial, statement()]}, caller).outcome == outcome
    if named == [USER, ACCOUNT]:
        assert evaluate({"Statement": [denial, statement()]}, replace(GET, principal="anonymous")).outcome == "deny"
