"""Any text or JSON: every parser of the engine reads it, or raises the one error that it declares."""

import json
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from ipaddress import ip_address

from hypothesis import example, given
from hypothesis import strategies as st

from netful.engine.admission import access_log
from netful.engine.events.event_inputs import text_for
from netful.engine.events.event_patterns import PatternError, parse
from netful.engine.events.schedules import ScheduleError, schedule
from netful.engine.flows.flow import network_of
from netful.engine.http.http_request import HttpRequest
from netful.engine.load_balancers.rule_conditions import holds
from netful.engine.trace.question import parse as question
from netful.engine.waf.fields import Inspected
from netful.engine.waf.statements import Matching
from netful.model.access.web_acl import IpSet
from netful.model.balancing.load_balancers import RuleCondition
from netful.model.cloud import Cloud
from netful.model.core import QuestionError, Unknown
from netful.sources import load
from tests.helpers.any_input import JUNK, mutated, texts_of
from tests.helpers.examples import examples
from tests.helpers.places import EXAMPLES

NOW = datetime(2026, 2, 18, 10, 30, 20, tzinfo=UTC)
FAR_EAST, FAR_WEST = timezone(timedelta(hours=14)), timezone(timedelta(hours=-12))
SCHEDULES = texts_of(
    "cron(", "rate(", "at(", ")", " ", "*", "?", "L", "W", "#", "/", "-", ",", "0", "1", "59", "2026", "MON", "JAN", "5L", "²", "٣",
    "99999999999999999999", "minutes", "day", "2026-02-30", "T00:00:00", "0001-01-01T00:00:00", "9999-12-31T23:59:59",
)  # fmt: skip
FIELDS = st.text(st.sampled_from("0123456789*?LW#/-,MONJAN²"), min_size=1, max_size=5) | st.sampled_from("?*")
CRONS = st.lists(FIELDS, min_size=6, max_size=6).map(lambda fields: f"cron({' '.join(fields)})")


@examples(500)
@given(SCHEDULES | CRONS, st.sampled_from([UTC, FAR_EAST, FAR_WEST]))
@example("cron(0/0 * * * ? *)", UTC)
@example("rate(99999999999999 days)", UTC)
@example("at(0001-01-01T00:00:00)", FAR_EAST)
def test_schedules(text, zone):
    try:
        due = schedule(text, zone)
    except ScheduleError:
        return
    found = due(NOW)
    assert found is None or found > NOW


EVENT = {
    "source": "shop",
    "detail": {"state": "new", "price": 7.5, "tags": ["a", "b"], "gone": None, "from": "10.1.2.3"},
}
PATTERN = {
    "source": ["shop", {"prefix": "s"}, {"suffix": {"equals-ignore-case": "P"}}, {"wildcard": "s*p"}],
    "detail": {
        "price": [{"numeric": [">", 5, "<=", 7.5]}],
        "state": [{"anything-but": ["old", 1]}, {"anything-but": {"prefix": ["x"]}}, {"exists": True}],
        "from": [{"cidr": "10.0.0.0/8"}],
    },
    "$or": [{"source": [{"equals-ignore-case": "SHOP"}]}, {"detail": {"state": ["new"]}}],
}


@examples(500)
@given(mutated([PATTERN]), mutated([EVENT]))
def test_event_patterns(pattern, event):
    try:
        matches = parse(json.dumps(pattern))
    except PatternError:
        return
    assert matches(event) in {True, False}


@given(texts_of("{", "}", "[", "]", '"a"', ":", ",", "1", "null", "9" * 5000))
def test_event_patterns_as_text(text):
    try:
        assert callable(parse(text))
    except PatternError:
        return


PATHS = texts_of("$", ".detail", ".tags", "[0]", "[99999999999999]", "['state']", "<a>", '"')
TARGETS = [
    {"Input": "x"},
    {"InputPath": "$.detail.tags[1]"},
    {
        "InputTransformer": {
            "InputTemplate": '{"a": <a>, "b": "<b>"}',
            "InputPathsMap": {"a": "$.detail", "b": "$.source"},
        }
    },
]


@given(mutated(TARGETS, JUNK | PATHS), mutated([EVENT]))
def test_inputs_of_targets(target, event):
    if isinstance(target, dict):
        assert isinstance(text_for(target, event), str)


@given(texts_of("$context.", "detail", ".state", "requestId", "$", "${", "\\", "\n"), mutated([EVENT]))
def test_formats_of_access_logs(written, context):
    if isinstance(context, dict):
        assert isinstance(access_log.line(written, context), str)


UNKNOWN = st.just(Unknown("a parameter"))
CONDITIONS = st.builds(
    RuleCondition,
    st.sampled_from(["host-header", "path-pattern", "http-header", "http-request-method", "query-string", "source-ip", "other"]),
    st.lists(texts_of("*", "?", "=", "10.0.0.0/8", "::/0", "10.0.0.0/99") | UNKNOWN, max_size=3).map(tuple),
    st.text(max_size=5),
    st.lists(texts_of("(", ")", "[", "*", "a", "\\", "(?<", "{9") | UNKNOWN, max_size=2).map(tuple),
)  # fmt: skip
REQUESTS = st.builds(
    HttpRequest,
    st.text(),
    st.text(),
    st.none() | st.text(),
    st.none() | st.dictionaries(st.text(), st.text(), max_size=2),
    st.sampled_from([None, network_of(ip_address("10.0.0.1")), network_of(ip_address("2001:db8::1"))]),
)


@examples(500)
@given(CONDITIONS, REQUESTS)
def test_conditions_of_listener_rules(condition, request):
    assert holds(condition, request) in {True, False, None}


def field(name, **setting):
    return {"FieldToMatch": {name: setting}, "TextTransformations": [{"Priority": 0, "Type": "URL_DECODE"}, {"Priority": 1, "Type": "BASE64_DECODE"}]}  # fmt: skip


BYTES = {"SearchString": "x", "PositionalConstraint": "CONTAINS_WORD"}
FORWARDED = {"HeaderName": "x", "FallbackBehavior": "MATCH", "Position": "ANY"}
LEAVES = [
    {"ByteMatchStatement": BYTES | field("JsonBody", MatchScope="ALL", MatchPattern={"IncludedPaths": ["/a", "/a/0"]}, InvalidFallbackBehavior="EVALUATE_AS_STRING")},
    {"ByteMatchStatement": BYTES | field("Headers", MatchScope="ALL", MatchPattern={"IncludedHeaders": ["y"]}, OversizeHandling="MATCH")},
    {"ByteMatchStatement": BYTES | {"SearchStringBase64": "eA=="} | field("SingleQueryArgument", Name="x")},
    {"RegexMatchStatement": {"RegexString": "a*", **field("UriPath")}},
    {"RegexPatternSetReferenceStatement": {"Arn": "arn:x/R/R", **field("Cookies", MatchScope="KEY", MatchPattern={"All": {}})}},
    {"SizeConstraintStatement": {"ComparisonOperator": "GT", "Size": "5", **field("Body", OversizeHandling="CONTINUE")}},
    {"IPSetReferenceStatement": {"Arn": "arn:x/Ips/Ips", "IPSetForwardedIPConfig": FORWARDED}},
    {"GeoMatchStatement": {"CountryCodes": ["DE"]}},
    {"LabelMatchStatement": {"Scope": "NAMESPACE", "Key": "a:b"}},
    {"RateBasedStatement": {"Limit": 10, "AggregateKeyType": "CUSTOM_KEYS", "EvaluationWindowSec": 60, "CustomKeys": [
        {"Header": {"Name": "y", "TextTransformations": [{"Priority": 0, "Type": "LOWERCASE"}]}}, {"Cookie": {"Name": "x"}}, {"ForwardedIP": {}},
    ], "ForwardedIPConfig": FORWARDED}},
]  # fmt: skip
STATEMENTS = [
    *LEAVES,
    {"AndStatement": {"Statements": LEAVES[:4]}},
    {"OrStatement": {"Statements": LEAVES[4:]}},
    {"NotStatement": {"Statement": LEAVES[0]}},
    {"RateBasedStatement": {"Limit": 10, "AggregateKeyType": "FORWARDED_IP", "ForwardedIPConfig": FORWARDED, "ScopeDownStatement": LEAVES[1]}},
]  # fmt: skip
WAF_WORDS = st.sampled_from(
    ["y", "CONTAINS", "EXACTLY", "COMPRESS_WHITE_SPACE", "CMD_LINE", "HTML_ENTITY_DECODE", "BASE64_DECODE_EXT", "HEX_DECODE", "NORMALIZE_PATH", "/a/²", "/" + "9" * 5000]
)  # fmt: skip
BODIES = st.sampled_from(
    [b"", b'{"a": [1, "\\ud800"]}', b"[" * 100_000, b"[" * 8000 + b"]" * 8000, b"9" * 5000, b"\xff"]
)
ACCOUNT = Cloud.of(ip_sets={"Ips": IpSet("Ips", ("10.0.0.0/8", "not a block", Unknown("a parameter")))})


@examples(500)
@given(mutated(STATEMENTS, JUNK | UNKNOWN | WAF_WORDS), BODIES)
def test_statements_of_firewalls(statement, body):
    headers = (("x", "1.2.3.4"), ("cookie", "x=1; =2; ;"), ("y", "\udcff"))
    request = Inspected("GET", "/a", "x=%ff&=", headers, body, "10.0.0.1")
    matching = Matching(ACCOUNT, request, lambda _instance, _seconds: 1, "awswaf:", ("acl",))
    assert matching.holds(statement) in {True, False, None}


@cache
def shop():
    return load([EXAMPLES / "ssm-demo" / "endpoint.yaml"])


WORDS = texts_of(
    "ReadParameter", "internet", "internet6", "on-premises", "aws:", "ssm", "s3:GetObject", "10.0.1.5", "10.0.0.0/24", "::1", "/",
    ":tcp/443", ":udp/", ":icmp", ":tcp/99999", "https://", "http://", "[", "]", "example.com", ":443", ":x", " Host: ", "x: y", "GET /a",
    "endpoint:", "vpce-1", "+signed", "+", "subnet:", "PrivateSubnet", "FunctionSg", "default", "client:", "@", "²", " ", "9" * 5000,
)  # fmt: skip


@examples(500)
@given(WORDS | st.just("ReadParameter"), WORDS)
def test_words_of_questions(source, destination):
    try:
        found = question(shop(), source, destination)
    except QuestionError:
        return
    assert found.sources
