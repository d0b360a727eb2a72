"""Policies of any shape: what is certain stays so whatever else the request turns out to have."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netful.engine.iam.policies import PolicyRequest, evaluate
from tests.helpers.examples import examples

pytestmark = pytest.mark.slow

KEYS = ("aws:username", "aws:SourceIp", "aws:PrincipalTag/team")
VALUES = st.sampled_from(
    ["alice", "a*", "10.0.0.1", "10", "true", "arn:aws:s3:::mine/x", "2026-01-01", "QUJD", "a:b", ""]
)
WANTED = VALUES | st.sampled_from(
    ["*", "10.0.0.0/8", "${aws:username}", "${aws:PrincipalTag/team, 'alice'}", "${*}", "arn:aws:s3:::*/${aws:username}", True, 10, None]
)  # fmt: skip
OPERATORS = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "ForAllValues:", "ForAnyValue:"]),
    st.from_regex("String(Not)?(Equals|EqualsIgnoreCase|Like)|Arn(Not)?(Equals|Like)|(Numeric|Date)(NotEquals|LessThan)|"
                  "Bool|BinaryEquals|(Not)?IpAddress|Null|OfTomorrow", fullmatch=True),
    st.sampled_from(["", "", "IfExists"]),
)  # fmt: skip
CONDITIONS = st.dictionaries(OPERATORS, st.dictionaries(st.sampled_from(KEYS), st.lists(WANTED, max_size=2), max_size=2), max_size=2)  # fmt: skip
STATEMENTS = st.fixed_dictionaries(
    {"Effect": st.sampled_from(["Allow", "Deny"]), "Action": st.sampled_from(["*", "s3:Get*", "s3:Put*"])},
    optional={"Resource": WANTED, "Condition": CONDITIONS, "Version": st.sampled_from(["2012-10-17", "2008-10-17"])},
)
FACTS = st.dictionaries(st.sampled_from(KEYS), VALUES | st.just(("alice", "10")) | st.none())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | WANTED,
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["Statement", "Effect", "Action", "Resource", "Principal", "NotPrincipal", "AWS", "Condition", "Null", "Version", "Sid", *KEYS]), inner),
    max_leaves=20,
)  # fmt: skip


def request(facts, resource="arn:aws:s3:::mine/x"):
    """A request with facts: a key without a value is absent, a key that is left out not known."""
    absent = frozenset(key for key, value in facts.items() if value is None)
    context = {key: value for key, value in facts.items() if value is not None}
    return PolicyRequest("s3:GetObject", resource, context=context, absent=absent)


@examples(1000)
@given(st.lists(STATEMENTS, max_size=3), FACTS, FACTS)
def test_a_certain_outcome_stays_when_more_is_known(statements, facts, more):
    document = {"Version": "2012-10-17", "Statement": statements}
    before = evaluate(document, request(facts)).outcome
    after = evaluate(document, request(more | facts)).outcome
    assert before in {after, "unknown"}


@examples(500)
@given(st.dictionaries(st.just("Statement"), JSON | STATEMENTS), FACTS, st.sampled_from(["", "arn:aws:s3:::mine/x"]))
def test_any_document_has_an_outcome(document, facts, resource):
    json.dumps(document)  # a document is JSON
    assert evaluate(document, request(facts, resource)).outcome in {"allow", "deny", "unknown"}
