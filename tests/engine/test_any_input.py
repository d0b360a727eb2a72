"""Any text or JSON: every parser of the engine reads it, or raises the one error that it declares."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from ipaddress import ip_address
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from netful.engine.admission import access_log
from netful.engine.events.event_inputs import text_for
from netful.engine.events.event_patterns import PatternError, parse
from netful.engine.events.schedules import ScheduleError, schedule
from netful.engine.flows.flow import network_of
from netful.engine.load_balancers.rule_conditions import HttpRequest, holds
from netful.engine.trace.question import parse as question
from netful.engine.waf.fields import Inspected
from netful.engine.waf.statements import Matching
from netful.model.access.web_acl import IpSet
from netful.model.balancing.load_balancers import RuleCondition
from netful.model.cloud import Cloud
from netful.model.core.errors import QuestionError
from netful.model.core.unknown import Unknown
from netful.sources import load

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8)


def texts_of(*tokens):
    """Texts that are nearly what a grammar has: its tokens in any order, and other texts."""
    return st.lists(st.sampled_from(tokens) | st.text(max_size=4), max_size=12).map("".join) | st.text()


def values_with(*names, values=SCALARS):
    """JSON whose objects mostly have these keys."""
    keys = st.sampled_from(names) | st.text(max_size=3)
    return st.recursive(values, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=12)  # fmt: skip


NOW = datetime(2026, 2, 18, 10, 30, 20, tzinfo=UTC)
SCHEDULES = texts_of(
    "cron(", "rate(", "at(", ")", " ", "*", "?", "L", "W", "#", "/", "-", ",", "0", "1", "59", "2026", "MON", "JAN", "5L", "²", "٣",
    "99999999999999999999", "minutes", "day", "2026-02-30", "T00:00:00", "0001-01-01T00:00:00", "9999-12-31T23:59:59",
)  # fmt: skip
FIELDS = st.text(st.sampled_from("0123456789*?LW#/-,MONJAN²"), min_size=1, max_size=5)
CRONS = st.lists(FIELDS | st.just("?") | st.just("*"), min_size=6, max_size=6).map(lambda fields: f"cron({' '.join(fields)})")  # fmt: skip


@settings(max_examples=1000)
@given(
    SCHEDULES | CRONS, st.sampled_from([UTC, UTC.__class__(timedelta(hours=14)), UTC.__class__(timedelta(hours=-12))])
)
@example("cron(0/0 * * * ? *)", UTC)
@example("rate(99999999999999 days)", UTC)
@example("at(0001-01-01T00:00:00)", UTC.__class__(timedelta(hours=14)))
def test_schedules(text, zone):
    try:
        due = schedule(text, zone)
    except ScheduleError:
        return
    found = due(NOW)
    assert found is None or found > NOW


PATTERNS = values_with(
    "$or", "prefix", "suffix", "anything-but", "numeric", "exists", "equals-ignore-case", "wildcard", "cidr", "body", "detail",
    values=SCALARS | st.sampled_from([[">", 1], [["="]], "10.0.0.0/8", "a*", "**", "\\"]),
)  # fmt: skip
EVENTS = values_with("body", "detail", "state")


@settings(max_examples=1000)
@given(PATTERNS, EVENTS)
def test_event_patterns(pattern, event):
    try:
        matches = parse(json.dumps(pattern))
    except PatternError:
        return
    assert matches(event) in {True, False}


@given(texts_of("{", "}", "[", "]", '"a"', ":", ",", "1", "null", "9" * 5000))
def test_event_patterns_as_text(text):
    try:
        parse(text)
    except PatternError:
        return


@given(
    st.dictionaries(
        st.sampled_from(["Input", "InputPath", "InputTransformer"]),
        texts_of("$", ".a", "[0]", "[99999999999999]", "['b']", "<a>", '"')
        | values_with("InputTemplate", "InputPathsMap", "a"),
    ),
    st.dictionaries(st.sampled_from("ab"), values_with("a", "b")),
)
def test_inputs_of_targets(target, event):
    assert isinstance(text_for(target, event), str)


@given(
    texts_of("$context.", "a", ".b", "requestId", "$", "${", "\\", "\n"),
    st.dictionaries(st.sampled_from(["a", "b", "a.b"]), values_with("a", "b")),
)
def test_formats_of_access_logs(written, context):
    assert isinstance(access_log.line(written, context), str)


CONDITIONS = st.builds(
    RuleCondition,
    st.sampled_from(
        ["host-header", "path-pattern", "http-header", "http-request-method", "query-string", "source-ip", "other"]
    ),
    st.lists(texts_of("*", "?", "=", "10.0.0.0/8", "::/0", "10.0.0.0/99") | st.just(Unknown("x")), max_size=3).map(
        tuple
    ),
    st.text(max_size=5),
    st.lists(texts_of("(", ")", "[", "*", "a", "\\", "(?<", "{9") | st.just(Unknown("x")), max_size=2).map(tuple),
)
REQUESTS = st.builds(
    HttpRequest, st.text(), st.text(), st.none() | st.text(), st.none() | st.dictionaries(st.text(), st.text(), max_size=2),
    st.sampled_from([None, network_of(ip_address("10.0.0.1")), network_of(ip_address("2001:db8::1"))]),
)  # fmt: skip


@settings(max_examples=1000)
@given(CONDITIONS, REQUESTS)
def test_conditions_of_listener_rules(condition, request):
    assert holds(condition, request) in {True, False, None}


JUNK = SCALARS | st.sampled_from([Unknown("x"), [], {}])


def mostly(strategy):
    """What a strategy makes, and now and then something else."""
    return st.sampled_from([strategy] * 9 + [JUNK]).flatmap(lambda chosen: chosen)


def one_key(names, values):
    return st.dictionaries(st.sampled_from(names), values, min_size=1, max_size=1)


def some_of(**members):
    return st.fixed_dictionaries({}, optional=members)


WAF_TEXTS = mostly(st.sampled_from(["CONTAINS", "CONTAINS_WORD", "EQ", "(", "a*", "\ud800", "²", "x", "y", "MATCH", "NAMESPACE", "LAST", "VALUE"]))  # fmt: skip
POINTERS = st.lists(st.sampled_from(["/a", "/a/0", "/a/²", "/a/" + "9" * 5000, "/~1"]))
FIELDS_TO_MATCH = one_key(
    ["Method", "UriPath", "SingleQueryArgument", "AllQueryArguments", "SingleHeader", "Headers", "Cookies", "Body", "JsonBody", "Other"],
    mostly(some_of(Name=WAF_TEXTS, MatchScope=WAF_TEXTS, InvalidFallbackBehavior=WAF_TEXTS, OversizeHandling=WAF_TEXTS,
                   MatchPattern=mostly(some_of(IncludedPaths=mostly(POINTERS), IncludedHeaders=JUNK)))),
)  # fmt: skip
CHANGES = st.sampled_from(
    ["NONE", "COMPRESS_WHITE_SPACE", "CMD_LINE", "HTML_ENTITY_DECODE", "URL_DECODE", "BASE64_DECODE", "BASE64_DECODE_EXT", "HEX_DECODE", "MD5",
     "REPLACE_COMMENTS", "NORMALIZE_PATH", "NORMALIZE_PATH_WIN", "OTHER"]
)  # fmt: skip
TRANSFORMATIONS = st.lists(some_of(Type=CHANGES, Priority=JUNK), max_size=2)
CUSTOM_KEYS = one_key(
    ["IP", "HTTPMethod", "Header", "Cookie", "QueryArgument", "LabelNamespace", "ForwardedIP"],
    mostly(some_of(Name=WAF_TEXTS, TextTransformations=TRANSFORMATIONS)),
)
FORWARDED = mostly(some_of(HeaderName=st.sampled_from(["x", "y"]), FallbackBehavior=WAF_TEXTS, Position=WAF_TEXTS))
SETTINGS = st.fixed_dictionaries(
    {"FieldToMatch": mostly(FIELDS_TO_MATCH), "SearchString": WAF_TEXTS, "RegexString": WAF_TEXTS, "Limit": mostly(st.integers()), "Key": WAF_TEXTS,
     "PositionalConstraint": st.sampled_from(["CONTAINS", "CONTAINS_WORD", "EXACTLY"]), "Arn": st.just("arn:x/Ips/Ips"),
     "AggregateKeyType": st.sampled_from(["IP", "FORWARDED_IP", "CUSTOM_KEYS", "CUSTOM_KEYS"]), "CustomKeys": st.lists(CUSTOM_KEYS, min_size=1, max_size=2),
    },
    optional={"TextTransformations": mostly(TRANSFORMATIONS), "SearchStringBase64": WAF_TEXTS, "ComparisonOperator": WAF_TEXTS, "Size": JUNK,
              "Scope": WAF_TEXTS, "EvaluationWindowSec": JUNK, "CountryCodes": JUNK,
              "ForwardedIPConfig": FORWARDED, "IPSetForwardedIPConfig": FORWARDED},
)  # fmt: skip
LEAVES = one_key(
    ["ByteMatchStatement", "RegexMatchStatement", "SizeConstraintStatement", "GeoMatchStatement", "RegexPatternSetReferenceStatement",
     "IPSetReferenceStatement", "LabelMatchStatement", "RateBasedStatement", "Other"],
    mostly(SETTINGS),
)  # fmt: skip
STATEMENTS = st.deferred(  # its own name in place of its contents keeps Hypothesis from writing all of them out
    lambda: (
        LEAVES
        | st.fixed_dictionaries({"NotStatement": some_of(Statement=STATEMENTS)})
        | one_key(["AndStatement", "OrStatement"], some_of(Statements=st.lists(mostly(STATEMENTS), max_size=2)))
        | st.fixed_dictionaries(
            {"RateBasedStatement": st.fixed_dictionaries({"ScopeDownStatement": STATEMENTS, "Limit": JUNK})}
        )
    )
)
ACCOUNT = Cloud.of(ip_sets={"Ips": IpSet("Ips", ("10.0.0.0/8", "not a block", Unknown("x")))})


@settings(max_examples=1000)
@given(STATEMENTS, st.binary(max_size=20) | st.sampled_from([b"[" * 100_000, b'{"a": [1]}', b"9" * 5000]))
def test_statements_of_firewalls(statement, body):
    headers = (("x", "1.2.3.4"), ("cookie", "x=1; =2; ;"), ("y", "\udcff"))
    matching = Matching(
        ACCOUNT,
        Inspected("GET", "/a", "x=%ff&=", headers, body, "10.0.0.1"),
        lambda _instance, _seconds: 1,
        "awswaf:",
        ("acl",),
    )
    assert matching.holds(statement) in {True, False, None}


@cache
def shop():
    (template,) = (Path(__file__).parents[2] / "examples").glob("**/endpoint.yaml")
    return load([template])


WORDS = texts_of(
    "ReadParameter", "internet", "internet6", "on-premises", "aws:", "ssm", "s3:GetObject", "10.0.1.5", "10.0.0.0/24", "::1", "/",
    ":tcp/443", ":udp/", ":icmp", ":tcp/99999", "https://", "http://", "[", "]", "example.com", ":443", ":x", " Host: ", "x: y", "GET /a",
    "endpoint:", "vpce-1", "+signed", "+", "subnet:", "PrivateSubnet", "FunctionSg", "default", "client:", "@", "²", " ",
)  # fmt: skip


@settings(max_examples=1000)
@given(WORDS | st.just("ReadParameter"), WORDS)
def test_words_of_questions(source, destination):
    try:
        question(shop(), source, destination)
    except QuestionError:
        return
