"""Web ACLs, judged without a gateway: statements, transformations, labels, groups, actions (api-gateway §0, step 4)."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from netful.engine.http.http_request import HttpRequest
from netful.engine.waf.fields import Inspected
from netful.engine.waf.ruling import FILTERED, judge, on_path
from netful.engine.waf.transformations import transformed
from netful.model.access.web_acl import FirewallRule
from netful.model.core import Unknown
from netful.sources import load
from tests.helpers.texts import replaced

SEEN = Inspected(
    "POST",
    "/live/Admin/../x",
    "q=Cat+Food&Q2=%3Cb%3E&empty=",
    (
        ("Host", "h"),
        ("User-Agent", "BadBot/1.0"),
        ("Cookie", "a=1; session=abc"),
        ("X-Forwarded-For", "203.0.113.7, 10.0.0.1"),
    ),
    b'{"dogs": [{"name": "rex"}], "age": 7}',
    "198.51.100.9",
)
RESOURCES = {
    "Own": {"Type": "AWS::WAFv2::IPSet", "Properties": {"Scope": "REGIONAL", "IPAddressVersion": "IPV4", "Addresses": ["198.51.100.0/24"]}},
    "Far": {"Type": "AWS::WAFv2::IPSet", "Properties": {"Scope": "REGIONAL", "IPAddressVersion": "IPV4", "Addresses": ["203.0.113.0/24"]}},
    "Six": {"Type": "AWS::WAFv2::IPSet", "Properties": {"Scope": "REGIONAL", "IPAddressVersion": "IPV6", "Addresses": ["2001:db8::/32"]}},
    "Bots": {"Type": "AWS::WAFv2::RegexPatternSet", "Properties": {"Scope": "REGIONAL", "RegularExpressionList": ["no{1,2}body", "^BadBot/[0-9]"]}},
}  # fmt: skip
BLOCK, ALLOW, COUNT = {"Block": {}}, {"Allow": {}}, {"Count": {}}


def arn(name):
    return {"Fn::GetAtt": [name, "Arn"]}


@pytest.fixture
def decide(tmp_path, monkeypatch):
    """What a web ACL of some rules does to a request; what it would count is `counts`."""
    monkeypatch.chdir(tmp_path)

    def decide_(*rules, seen=SEEN, default=ALLOW, counts=None, resources=None, **properties):
        acl = {"Scope": "REGIONAL", "Name": "acl", "DefaultAction": default, "Rules": list(rules), **properties}
        template = {
            "Resources": {**RESOURCES, **(resources or {}), "Acl": {"Type": "AWS::WAFv2::WebACL", "Properties": acl}}
        }
        Path("template.json").write_text(json.dumps(template))
        cloud = load([Path("template.json")])
        return judge(cloud, cloud.access.web_acls["Acl"], seen, counts or (lambda _instance, _seconds: None))

    return decide_


def rule(statement, action=None, name="r", priority=0, **more):
    return {
        "Name": name,
        "Priority": priority,
        "Statement": statement,
        "Action": BLOCK if action is None else action,
        **more,
    }


def bytes_at(field, text, place="EXACTLY", *changes):
    transformations = [{"Priority": n, "Type": change} for n, change in enumerate(changes or ("NONE",))]
    return {"ByteMatchStatement": {
        "FieldToMatch": field, "SearchString": text, "PositionalConstraint": place, "TextTransformations": transformations
    }}  # fmt: skip


def sized(field, comparison, size):
    none = [{"Priority": 0, "Type": "NONE"}]
    return {"SizeConstraintStatement": {
        "FieldToMatch": field, "ComparisonOperator": comparison, "Size": size, "TextTransformations": none
    }}  # fmt: skip


PATH, METHOD, QUERY, BODY = {"UriPath": {}}, {"Method": {}}, {"QueryString": {}}, {"Body": {}}
AGENT = {"SingleHeader": {"Name": "user-agent"}}


def json_body(scope="ALL", pattern=None, **more):
    return {"JsonBody": {"MatchScope": scope, "MatchPattern": pattern or {"All": {}}, **more}}


def members(kind, scope="ALL", **pattern):
    return {kind: {"MatchScope": scope, "MatchPattern": pattern or {"All": {}}, "OversizeHandling": "CONTINUE"}}


@pytest.mark.parametrize(
    ("statement", "matches"),
    [
        (bytes_at(METHOD, "POST"), True),
        (bytes_at(METHOD, "post"), False),
        (bytes_at(METHOD, "post", "EXACTLY", "LOWERCASE"), True),
        (bytes_at(PATH, "/live/x", "EXACTLY", "NORMALIZE_PATH"), True),
        (bytes_at(PATH, "/live/", "STARTS_WITH"), True),
        (bytes_at(PATH, "Admin", "STARTS_WITH"), False),
        (bytes_at(PATH, "/x", "ENDS_WITH"), True),
        (bytes_at(PATH, "min", "CONTAINS"), True),
        (bytes_at(PATH, "min", "CONTAINS_WORD"), False),
        (bytes_at(PATH, "Admin", "CONTAINS_WORD"), True),
        (bytes_at(QUERY, "<b>", "CONTAINS", "URL_DECODE"), True),
        (bytes_at(QUERY, "<b>", "CONTAINS"), False),
        (bytes_at({"SingleQueryArgument": {"Name": "Q"}}, "cat food", "EXACTLY", "URL_DECODE", "LOWERCASE"), True),
        (bytes_at({"SingleQueryArgument": {"Name": "none"}}, "", "EXACTLY"), False),
        (bytes_at({"AllQueryArguments": {}}, "%3Cb%3E"), True),
        (bytes_at({"AllQueryArguments": {}}, "Q2"), False),
        (bytes_at(AGENT, "BadBot", "STARTS_WITH"), True),
        (bytes_at({"SingleHeader": {"Name": "none"}}, "x"), False),
        (bytes_at(members("Headers", "KEY"), "user-agent", "EXACTLY", "LOWERCASE"), True),
        (bytes_at(members("Headers", "VALUE"), "user-agent", "EXACTLY", "LOWERCASE"), False),
        (bytes_at(members("Headers", ExcludedHeaders=["user-agent"]), "BadBot", "CONTAINS"), False),
        (bytes_at(members("Headers", IncludedHeaders=["User-Agent"]), "BadBot", "CONTAINS"), True),
        (bytes_at(members("Cookies"), "abc"), True),
        (bytes_at(members("Cookies", "VALUE", IncludedCookies=["a"]), "abc"), False),
        (bytes_at(BODY, '"rex"', "CONTAINS"), True),
        (bytes_at(json_body(), "rex"), True),
        (bytes_at(json_body("KEY"), "rex"), False),
        (bytes_at(json_body("KEY"), "name"), True),
        (bytes_at(json_body("VALUE", {"IncludedPaths": ["/dogs/0/name"]}), "rex"), True),
        (bytes_at(json_body("VALUE", {"IncludedPaths": ["/age", "/none/1", "/dogs/1/name", "/dogs/-1/name"]}), "rex"), False),
        (bytes_at(json_body("VALUE", {"IncludedPaths": ["/age"]}), "7"), True),
        ({"RegexMatchStatement": {"FieldToMatch": AGENT, "RegexString": r"^bad\w+", "TextTransformations": [{"Priority": 0, "Type": "LOWERCASE"}]}}, True),
        ({"RegexMatchStatement": {"FieldToMatch": AGENT, "RegexString": r"^bad\w+", "TextTransformations": []}}, False),
        ({"RegexPatternSetReferenceStatement": {"FieldToMatch": AGENT, "Arn": arn("Bots"), "TextTransformations": []}}, True),
        ({"RegexPatternSetReferenceStatement": {"FieldToMatch": METHOD, "Arn": arn("Bots"), "TextTransformations": []}}, False),
        (sized(METHOD, "EQ", 4), True),
        (sized(METHOD, "NE", 4), False),
        (sized(PATH, "GT", 16), False),
        (sized(PATH, "GE", 16), True),
        (sized(BODY, "LT", 38), True),
        (sized(BODY, "LE", 36), False),
        ({"IPSetReferenceStatement": {"Arn": arn("Own")}}, True),
        ({"IPSetReferenceStatement": {"Arn": arn("Far")}}, False),
        ({"IPSetReferenceStatement": {"Arn": arn("Six")}}, False),
        ({"AndStatement": {"Statements": [bytes_at(METHOD, "POST"), {"IPSetReferenceStatement": {"Arn": arn("Own")}}]}}, True),
        ({"AndStatement": {"Statements": [bytes_at(METHOD, "POST"), {"IPSetReferenceStatement": {"Arn": arn("Far")}}]}}, False),
        ({"OrStatement": {"Statements": [bytes_at(METHOD, "GET"), {"IPSetReferenceStatement": {"Arn": arn("Own")}}]}}, True),
        ({"OrStatement": {"Statements": [bytes_at(METHOD, "GET"), bytes_at(METHOD, "PUT")]}}, False),
        ({"NotStatement": {"Statement": {"IPSetReferenceStatement": {"Arn": arn("Own")}}}}, False),
        ({"NotStatement": {"Statement": bytes_at(METHOD, "GET")}}, True),
    ],
)  # fmt: skip
def test_statements(decide, statement, matches):
    found = decide(rule(statement))
    assert (found.answer, found.rule, found.assumptions) == ((FILTERED, "r", ()) if matches else (None, "", ()))


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("NONE", b"a B", b"a B"),
        ("COMPRESS_WHITE_SPACE", b"a \t\n b\xa0 c", b"a b c"),
        ("CMD_LINE", b'C^md  /C "Del" ;x', b"cmd/c del x"),
        ("HTML_ENTITY_DECODE", b"&lt;b&#62;&quot;", b'<b>"'),
        ("URL_DECODE", b"a%20b+c%zz", b"a b c%zz"),
        ("BASE64_DECODE", b"YQ", b"a"),
        ("BASE64_DECODE", b"not base64!", b"not base64!"),
        ("BASE64_DECODE", b"YWJj!", b"YWJj!"),
        ("BASE64_DECODE_EXT", b"Y!Q==", b"a"),
        ("HEX_DECODE", b"6162", b"ab"),
        ("HEX_DECODE", b"6x", b"6x"),
        ("REPLACE_COMMENTS", b"a/* b */c/* d", b"a c "),
        ("NORMALIZE_PATH", b"//a/./b/../c//", b"/a/c/"),
        ("NORMALIZE_PATH_WIN", b"\\a\\..\\b", b"/b"),
        ("REMOVE_NULLS", b"a\0b", b"ab"),
        ("REPLACE_NULLS", b"a\0b", b"a b"),
        ("TRIM", b" a ", b"a"),
        ("MD5", b"", bytes.fromhex("d41d8cd98f00b204e9800998ecf8427e")),
    ],
)
def test_transformations(name, before, after):
    assert transformed(before, [{"Priority": 0, "Type": name}]) == after


def test_transformations_go_by_their_priority():
    steps = [{"Priority": 1, "Type": "LOWERCASE"}, {"Priority": 0, "Type": "BASE64_DECODE"}]
    assert transformed(b"QUI=", steps) == b"ab"


FORWARDED = {"HeaderName": "X-Forwarded-For", "FallbackBehavior": "MATCH"}


@pytest.mark.parametrize(
    ("position", "header", "matches"),
    [
        ("FIRST", "X-Forwarded-For", True),
        ("LAST", "X-Forwarded-For", False),
        ("ANY", "X-Forwarded-For", True),
        ("FIRST", "User-Agent", True),  # no address there: the fallback
    ],
)
def test_forwarded_addresses(decide, position, header, matches):
    config = {**FORWARDED, "HeaderName": header, "Position": position}
    found = decide(rule({"IPSetReferenceStatement": {"Arn": arn("Far"), "IPSetForwardedIPConfig": config}}))
    assert (found.answer is not None) is matches


def forwarded_from(name, header, position="FIRST"):
    config = {**FORWARDED, "HeaderName": header, "Position": position}
    return {"IPSetReferenceStatement": {"Arn": arn(name), "IPSetForwardedIPConfig": config}}


@pytest.mark.parametrize(
    ("position", "value", "matches"),
    [
        ("FIRST", "203.0.113.7, unknown", True),
        ("LAST", "unknown, 203.0.113.7", True),
        ("FIRST", "198.51.100.9, unknown", False),
        ("LAST", "203.0.113.7, unknown", True),  # no address there: the fallback
    ],
)
def test_only_the_position_needs_an_address(decide, position, value, matches):
    seen = replace(SEEN, headers=(("X-Forwarded-For", value),))
    found = decide(rule(forwarded_from("Far", "X-Forwarded-For", position)), seen=seen)
    assert (found.answer is not None, found.assumptions) == (matches, ())


@pytest.mark.parametrize(
    ("statement", "is_sure"),
    [
        (forwarded_from("Far", "X-None"), True),
        ({"NotStatement": {"Statement": forwarded_from("Far", "X-None")}}, False),
        ({"AndStatement": {"Statements": [forwarded_from("Far", "X-None"), bytes_at(METHOD, "POST")]}}, True),
        ({"OrStatement": {"Statements": [forwarded_from("Far", "X-None"), bytes_at(METHOD, "POST")]}}, False),
        ({"GeoMatchStatement": {"CountryCodes": ["US"], "ForwardedIPConfig": {**FORWARDED, "HeaderName": "X-None"}}}, True),
        ({"RateBasedStatement": {"Limit": 10, "AggregateKeyType": "FORWARDED_IP", "ForwardedIPConfig": {**FORWARDED, "HeaderName": "X-None"}}}, True),
    ],
)  # fmt: skip
def test_a_rule_does_not_apply_without_the_header_of_its_address(decide, statement, is_sure):
    found = decide(rule(statement), counts=lambda *_: 11)
    assert found.answer is None
    assert (found.assumptions == ()) is is_sure


@pytest.mark.parametrize(("handling", "matches"), [("CONTINUE", False), ("MATCH", True), ("NO_MATCH", False)])
@pytest.mark.parametrize(("limit", "size"), [(None, 16 * 1024), ("KB_64", 64 * 1024)])
def test_of_a_large_body_only_the_beginning_is_seen(decide, handling, matches, limit, size):
    config = {"RequestBody": {"API_GATEWAY": {"DefaultSizeInspectionLimit": limit}}} if limit else {}
    one = rule(bytes_at({"Body": {"OversizeHandling": handling}}, "end", "ENDS_WITH"))

    def seen(length):
        return Inspected("POST", "/", body=b"x" * length + b"end", body_limit=size)

    assert (decide(one, seen=seen(size - 2), AssociationConfig=config).answer is not None) is matches
    assert decide(one, seen=seen(size - 3), AssociationConfig=config).answer is FILTERED


@pytest.mark.parametrize(("handling", "matches"), [("CONTINUE", False), ("MATCH", True), ("NO_MATCH", False)])
def test_of_many_headers_only_the_first_are_seen(decide, handling, matches):
    looks = {"Headers": {"MatchScope": "KEY", "MatchPattern": {"All": {}}, "OversizeHandling": handling}}
    one = rule(bytes_at(looks, "the-last", "EXACTLY"))
    headers = tuple((f"h{number}", "") for number in range(200))
    assert (decide(one, seen=Inspected("GET", "/", headers=(*headers, ("the-last", "")))).answer is not None) is matches
    assert decide(one, seen=Inspected("GET", "/", headers=(*headers[1:], ("the-last", "")))).answer is FILTERED


@pytest.mark.parametrize(("scope", "kilobytes"), [("REGIONAL", 32), ("CLOUDFRONT", 48)])
def test_body_limit_is_the_web_acls(decide, tmp_path, scope, kilobytes):
    limits = {"API_GATEWAY": "KB_32", "CLOUDFRONT": "KB_48", "COGNITO_USER_POOL": "KB_64"}
    body = {kind: {"DefaultSizeInspectionLimit": limit} for kind, limit in limits.items()}
    decide(Scope=scope, AssociationConfig={"RequestBody": body})
    cloud = load([tmp_path / "template.json"])
    assert (cloud.access.web_acls["Acl"].body_limit, cloud.template.unread) == (kilobytes * 1024, ())


def test_rules_go_by_priority_and_the_first_that_ends_it_decides(decide):
    post = bytes_at(METHOD, "POST")
    rules = rule(post, BLOCK, "late", 2), rule(post, ALLOW, "early", 1), rule(post, COUNT, "counts", 0)
    found = decide(*rules, default=BLOCK)
    assert (found.rule, found.answer) == ("early", None)
    assert decide(rules[2], default=BLOCK).answer is FILTERED
    assert decide(rules[2]).answer is None


def test_custom_response(decide):
    custom = {
        "ResponseCode": 429,
        "CustomResponseBodyKey": "slow",
        "ResponseHeaders": [{"Name": "Retry-After", "Value": "9"}],
    }
    bodies = {"slow": {"ContentType": "TEXT_HTML", "Content": "<p>slow</p>"}}
    found = decide(rule(bytes_at(METHOD, "POST"), {"Block": {"CustomResponse": custom}}), CustomResponseBodies=bodies)
    answer = found.answer
    assert (answer.status, answer.body, answer.headers, answer.content_type) == (
        429, "<p>slow</p>", (("Retry-After", "9"),), "text/html"
    )  # fmt: skip
    assert answer.response_type is None
    assert decide(default={"Block": {"CustomResponse": {"ResponseCode": 404}}}).answer.status == 404


@pytest.mark.parametrize(("action", "status"), [("Captcha", 405), ("Challenge", 202)])
def test_client_without_a_token(decide, action, status):
    answer = decide(rule(bytes_at(METHOD, "POST"), {action: {}})).answer
    assert (answer.status, answer.headers) == (status, (("x-amzn-waf-action", action.lower()),))


def inserting(name):
    return {"CustomRequestHandling": {"InsertHeaders": [{"Name": name, "Value": "v"}]}}


def test_headers_are_inserted_by_what_counts_and_by_what_lets_through(decide):
    post = bytes_at(METHOD, "POST")
    rules = rule(post, {"Count": inserting("one")}, "a"), rule(post, {"Allow": inserting("two")}, "b", 1)
    assert decide(*rules).inserted == (("x-amzn-waf-one", "v"), ("x-amzn-waf-two", "v"))
    assert decide(rules[0], default={"Allow": inserting("three")}).inserted == (
        ("x-amzn-waf-one", "v"),
        ("x-amzn-waf-three", "v"),
    )


def label(key, scope="LABEL"):
    return {"LabelMatchStatement": {"Scope": scope, "Key": key}}


PREFIX = "awswaf:123456789012:webacl:acl:"


@pytest.mark.parametrize(
    ("key", "scope", "matches"),
    [
        ("header:encoding:utf8", "LABEL", True),
        ("encoding:utf8", "LABEL", True),
        ("utf8", "LABEL", True),
        ("coding:utf8", "LABEL", False),
        (f"{PREFIX}header:encoding:utf8", "LABEL", True),
        (f"{PREFIX}encoding:utf8", "LABEL", False),
        ("header:encoding:", "NAMESPACE", True),
        ("header:", "NAMESPACE", True),
        ("header:enc", "NAMESPACE", False),
        ("header:encoding:utf8", "NAMESPACE", False),
        (PREFIX, "NAMESPACE", True),
        ("awswaf:123456789012:webacl:other:", "NAMESPACE", False),
    ],
)
def test_labels(decide, key, scope, matches):
    adds = rule(bytes_at(METHOD, "POST"), COUNT, "adds", RuleLabels=[{"Name": "header:encoding:utf8"}])
    found = decide(adds, rule(label(key, scope), priority=1))
    assert (found.answer is not None) is matches


def test_label_of_a_rule_that_does_not_match_or_comes_later_is_not_there(decide):
    adds = {"RuleLabels": [{"Name": "x"}]}
    assert decide(rule(bytes_at(METHOD, "GET"), COUNT, "adds", **adds), rule(label("x"), priority=1)).answer is None
    assert decide(rule(bytes_at(METHOD, "POST"), COUNT, "adds", 2, **adds), rule(label("x"), priority=1)).answer is None


BOTS = {"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "AWSManagedRulesBotControlRuleSet"}}
VERIFIED = "awswaf:managed:aws:bot-control:bot:verified"
ELSEWHERE = {"RuleGroupReferenceStatement": {"Arn": "arn:aws:wafv2:us-east-1:1:regional/rulegroup/a/b"}}
SQL = {"SqliMatchStatement": {"FieldToMatch": BODY}}


@pytest.mark.parametrize(
    ("first", "key", "scope", "doubted"),
    [
        (BOTS, VERIFIED, "LABEL", True),
        (BOTS, "awswaf:managed:aws:bot-control:", "NAMESPACE", True),
        (BOTS, "awswaf:managed:", "NAMESPACE", True),
        (BOTS, f"{PREFIX}x", "LABEL", False),
        (bytes_at(METHOD, "GET"), VERIFIED, "LABEL", False),
        (ELSEWHERE, "awswaf:1:rulegroup:a:x", "LABEL", True),
        (ELSEWHERE, "x", "LABEL", False),
        (SQL, "x", "LABEL", True),
        (SQL, "y", "LABEL", False),
        ({"GeoMatchStatement": {"CountryCodes": ["GB"]}}, "awswaf:clientip:geo:country:GB", "LABEL", True),
        ({"AsnMatchStatement": {"AsnList": [1]}}, "awswaf:clientip:asn:1", "LABEL", True),
    ],
)
@pytest.mark.parametrize("inverted", [False, True])
def test_labels_of_rules_that_are_not_judged(decide, first, key, scope, doubted, inverted):
    statement = {"NotStatement": {"Statement": label(key, scope)}} if inverted else label(key, scope)
    labels = [] if first in (BOTS, ELSEWHERE) else [{"Name": "x"}]
    found = decide(rule(first, COUNT, "first", RuleLabels=labels), rule(statement, priority=1))
    assert (found.answer is not None) is (inverted and not doubted)
    assert any("rule r " in one for one in found.assumptions) is doubted


@pytest.mark.parametrize(("code", "matches"), [("JP", True), ("US", False)])
@pytest.mark.parametrize("asked", ["JP", "DE"])
def test_label_of_a_country(decide, code, matches, asked):
    Path("netful.toml").write_text('[clients.Tokyo]\naddresses = "198.51.100.0/28"\ncountry = "JP"\n')
    geo = rule({"GeoMatchStatement": {"CountryCodes": [asked]}}, COUNT, "geo")
    found = decide(geo, rule(label(f"awswaf:clientip:geo:country:{code}"), priority=1))
    assert (found.answer is not None, found.assumptions) == (matches, ())
    region = decide(geo, rule(label("awswaf:clientip:geo:region:JP-13"), priority=1))
    assert (region.answer, len(region.assumptions)) == (None, 1)


def group(*rules, **properties):
    return {
        "Group": {
            "Type": "AWS::WAFv2::RuleGroup",
            "Properties": {"Scope": "REGIONAL", "Name": "grp", "Capacity": 9, "Rules": list(rules), **properties},
        }
    }


def referring(override="None", **more):
    statement = {"RuleGroupReferenceStatement": {"Arn": arn("Group"), **more}}
    return {"Name": "refers", "Priority": 0, "Statement": statement, "OverrideAction": {override: {}}}


INNER = rule(bytes_at(METHOD, "POST"), BLOCK, "inner", RuleLabels=[{"Name": "seen"}])


@pytest.mark.parametrize(
    ("reference", "decides"),
    [
        (referring(), "inner"),
        (referring("Count"), ""),
        (referring(ExcludedRules=[{"Name": "inner"}]), ""),
        (referring(RuleActionOverrides=[{"Name": "inner", "ActionToUse": COUNT}]), ""),
        (referring(RuleActionOverrides=[{"Name": "other", "ActionToUse": COUNT}]), "inner"),
    ],
)
def test_rule_groups(decide, reference, decides):
    found = decide(reference, resources=group(INNER))
    assert (found.rule, found.answer) == (decides, FILTERED if decides else None)


def test_labels_of_a_rule_group_have_its_prefix(decide):
    resources, refers = group(INNER, rule(label("seen"), COUNT, "own", 1)), referring("Count")
    assert decide(refers, rule(label("seen"), name="r", priority=1), resources=resources).answer is None
    full = rule(label("awswaf:123456789012:rulegroup:grp:seen"), name="r", priority=1)
    assert decide(refers, full, resources=resources).rule == "r"


def test_response_of_a_rule_group_has_the_groups_bodies(decide):
    custom = {"Block": {"CustomResponse": {"ResponseCode": 403, "CustomResponseBodyKey": "k"}}}
    bodies = {"k": {"ContentType": "APPLICATION_JSON", "Content": '{"own": true}'}}
    found = decide(referring(), resources=group(rule(bytes_at(METHOD, "POST"), custom), CustomResponseBodies=bodies))
    assert (found.answer.body, found.answer.content_type) == ('{"own": true}', "application/json")


def rate(limit=10, kind="IP", **more):
    return {"RateBasedStatement": {"Limit": limit, "AggregateKeyType": kind, **more}}


@pytest.mark.parametrize(
    ("statement", "instance", "seconds"),
    [
        (rate(), ("198.51.100.9",), 300),
        (rate(EvaluationWindowSec=60), ("198.51.100.9",), 60),
        (rate(kind="FORWARDED_IP", ForwardedIPConfig=FORWARDED), ("203.0.113.7",), 300),
        (rate(kind="CONSTANT", ScopeDownStatement=bytes_at(METHOD, "POST")), (), 300),
        (rate(kind="CUSTOM_KEYS", CustomKeys=[{"HTTPMethod": {}}, {"IP": {}}]), ("POST", "198.51.100.9"), 300),
        (
            rate(kind="CUSTOM_KEYS", CustomKeys=[{"ForwardedIP": {}}], ForwardedIPConfig=FORWARDED),
            ("203.0.113.7",),
            300,
        ),
        (
            rate(
                kind="CUSTOM_KEYS",
                CustomKeys=[
                    {"Header": {"Name": "user-agent", "TextTransformations": [{"Priority": 0, "Type": "LOWERCASE"}]}},
                    {"Cookie": {"Name": "session", "TextTransformations": []}},
                    {"QueryArgument": {"Name": "Q", "TextTransformations": []}},
                ],
            ),
            ("badbot/1.0", "abc", "Cat+Food"),
            300,
        ),
    ],
)
def test_who_is_counted_together(decide, statement, instance, seconds):
    asked = []

    def counts(*question):
        asked.append(question)
        return 11

    assert decide(rule(statement), counts=counts).answer is FILTERED
    assert asked == [(("Acl", "Acl", "r", *instance), seconds)]
    assert decide(rule(statement), counts=lambda *_: 10).answer is None


@pytest.mark.parametrize(("fallback", "answer"), [("MATCH", FILTERED), ("NO_MATCH", None)])
def test_a_rate_by_an_address_that_the_header_lacks(decide, fallback, answer):
    config = {"HeaderName": "User-Agent", "FallbackBehavior": fallback}
    assert decide(rule(rate(kind="FORWARDED_IP", ForwardedIPConfig=config)), counts=lambda *_: 0).answer is answer


def test_requests_with_the_same_labels_are_counted_together(decide):
    asked = []
    labels = [{"Name": "team:a"}, {"Name": "team:b"}, {"Name": "other:c"}]
    labelling = rule(bytes_at(METHOD, "POST"), {"Count": {}}, name="l", RuleLabels=labels)
    keys = [{"LabelNamespace": {"Namespace": f"{PREFIX}team:"}}]
    counted = rule(rate(kind="CUSTOM_KEYS", CustomKeys=keys), priority=1)
    decide(labelling, counted, counts=lambda *question: asked.append(question) or 11)
    assert [one[0][-1] for one in asked] == [f"{PREFIX}team:a,{PREFIX}team:b"]


def test_what_a_rate_does_not_count(decide):
    def never(*_):
        raise AssertionError

    scoped = rate(ScopeDownStatement=bytes_at(METHOD, "GET"))
    headless = rate(kind="CUSTOM_KEYS", CustomKeys=[{"Header": {"Name": "none", "TextTransformations": []}}])
    assert decide(rule(scoped), rule(headless, name="s", priority=1), counts=never).answer is None


UNKNOWN = Inspected("GET", "/live", "", (("host", "h"),), whole=False)


@pytest.mark.parametrize(
    ("statement", "looks_at"),
    [
        ({"GeoMatchStatement": {"CountryCodes": ["US"]}}, "the client's country"),
        ({"NotStatement": {"Statement": {"GeoMatchStatement": {"CountryCodes": ["US"]}}}}, "the client's country"),
        ({"ManagedRuleGroupStatement": {"VendorName": "AWS", "Name": "x"}}, "a managed rule group, which is not judged"),
        ({"SqliMatchStatement": {"FieldToMatch": BODY}}, "attacks by SQL, which are not judged"),
        (bytes_at(AGENT, "x"), "a header"),
        (bytes_at(members("Cookies"), "x"), "the cookies"),
        (sized(BODY, "GT", 1), "the body"),
        (bytes_at(METHOD, "x", "EXACTLY", "JS_DECODE"), "a text transformation that is not emulated"),
        ({"RegexMatchStatement": {"FieldToMatch": METHOD, "RegexString": "(", "TextTransformations": []}}, "a regular expression that is not known here"),
        ({"IPSetReferenceStatement": {"Arn": arn("Own")}}, "the client's address"),
        ({"IPSetReferenceStatement": {"Arn": "arn:aws:wafv2:us-east-1:1:regional/ipset/a/b"}}, "a set of addresses that is elsewhere"),
        *((rate(kind="CUSTOM_KEYS", CustomKeys=[{"IP": {}}, {"HTTPMethod": {}}, {key: {}}]), looks) for key, looks in [
            ("ASN", "the client's network"), ("JA3Fingerprint", "the client's TLS handshake"),
            ("JA4Fingerprint", "the client's TLS handshake"), ("Future", "`Future`, which is not judged"),
        ]),
        (rate(kind="CUSTOM_KEYS", CustomKeys=[{"UriPath": {"TextTransformations": [{"Priority": 0, "Type": "JS_DECODE"}]}}]),
         "a text transformation that is not emulated"),
        ({"ByteMatchStatement": {**bytes_at({"AllQueryArguments": {}}, "x")["ByteMatchStatement"],
                                 "PreParseTextTransformations": [{"Priority": 0, "Type": "URL_DECODE"}]}},
         "a text transformation that is not emulated"),
        (rate(kind="CONSTANT"), "how many requests came: the limit is 10 in 300 s"),
        ({"AndStatement": {"Statements": [bytes_at(METHOD, "GET"), {"GeoMatchStatement": {}}]}}, "the client's country"),
        ({"FutureStatement": {}}, "`FutureStatement`, which is not judged"),
    ],
)  # fmt: skip
def test_rule_of_which_it_cannot_be_told_is_taken_not_to_match(decide, statement, looks_at):
    found = decide(rule(statement), seen=UNKNOWN)
    assert found.answer is None
    assert found.assumptions == (f"rule r of Acl does not match: it looks at {looks_at}",)


@pytest.mark.parametrize(("country", "answer"), [("JP", FILTERED), ("US", None)])
def test_country_of_a_client_that_the_project_declares(decide, country, answer):
    Path("netful.toml").write_text('[clients.Tokyo]\naddresses = "198.51.100.0/28"\ncountry = "JP"\n')
    found = decide(rule({"GeoMatchStatement": {"CountryCodes": ["DE", country]}}))
    assert (found.answer, found.assumptions) == (answer, ())
    unknown = {"GeoMatchStatement": {"CountryCodes": ["DE", {"Fn::ImportValue": "country"}]}}
    assert decide(rule(unknown)).assumptions == (
        "rule r of Acl does not match: it looks at countries that are not known",
    )
    forwarded = {"GeoMatchStatement": {"CountryCodes": ["JP"], "ForwardedIPConfig": {"HeaderName": "X-Forwarded-For"}}}
    assert decide(rule(forwarded)).answer is None


def test_a_regular_expression_that_would_take_long(decide):
    large = {
        "RegexMatchStatement": {"FieldToMatch": BODY, "RegexString": "(a{0,300}){0,3}c", "TextTransformations": []}
    }
    found = decide(rule(large), seen=Inspected("POST", "/", body=b"a" * 16_000))
    assert found.assumptions == (
        "rule r of Acl does not match: it looks at a regular expression that is too large for the text",
    )


def test_a_default_action_that_is_not_known_is_taken_to_allow(decide):
    found = decide(default={"Fn::ImportValue": "action"})
    assert (found.answer, found.assumptions) == (None, ("the default action of Acl allows",))


def test_the_request_of_a_path(decide, tmp_path):
    looks = (
        bytes_at(METHOD, "GET"),
        bytes_at(PATH, "/a"),
        bytes_at(QUERY, "b=1"),
        bytes_at({"SingleHeader": {"Name": "host"}}, "h"),
    )
    decide(rule({"AndStatement": {"Statements": looks}}))
    cloud = load([tmp_path / "template.json"])
    found = [
        on_path(cloud, cloud.access.web_acls["Acl"], HttpRequest("h", path, method), None)
        for path, method in (("/a?b=1", None), ("/a?b=1", "POST"))
    ]
    assert [(one.asks, one.ruling.verdict, one.ruling.rule, one.answer) for one in found] == [
        ("GET h/a?b=1", "deny", "rule r stops it", FILTERED),
        ("POST h/a?b=1", "allow", "the default action lets it through", None),
    ]


def test_what_decides_all_the_same_is_no_assumption(decide):
    one = rule({"AndStatement": {"Statements": [{"GeoMatchStatement": {}}, bytes_at(METHOD, "PUT")]}})
    other = rule(
        {"OrStatement": {"Statements": [{"GeoMatchStatement": {}}, bytes_at(METHOD, "GET")]}}, name="s", priority=1
    )
    found = decide(one, other, seen=UNKNOWN)
    assert (found.rule, found.assumptions) == ("s", ())


def test_statements_that_are_not_known_before_deployment(decide, tmp_path):
    decide(rule(bytes_at(METHOD, "POST")))
    text = replaced(
        (tmp_path / "template.json").read_text(), {'"SearchString": "POST"': '"SearchString": {"Ref": "P"}'}
    )
    (tmp_path / "template.json").write_text(re.sub(r"^{", '{"Parameters": {"P": {"Type": "String"}}, ', text))
    cloud = load([tmp_path / "template.json"])
    found = judge(cloud, cloud.access.web_acls["Acl"], SEEN, lambda *_: None)
    assert found.assumptions == ("rule r of Acl does not match: it looks at a text that is not known",)


FORWARDING = {**FORWARDED, "Position": "ANY"}
SHAPES = [
    *(bytes_at(field, "x", "CONTAINS", "LOWERCASE") for field in (PATH, AGENT, BODY, members("Headers"), members("Cookies"), json_body("ALL", {"IncludedPaths": ["/dogs/0"]}))),
    {"ByteMatchStatement": {"FieldToMatch": PATH, "SearchStringBase64": "eA==", "PositionalConstraint": "EXACTLY"}},
    {"RegexMatchStatement": {"FieldToMatch": QUERY, "RegexString": "x+", "TextTransformations": []}},
    {"RegexPatternSetReferenceStatement": {"FieldToMatch": QUERY, "Arn": "a/Bots/Bots", "TextTransformations": []}},
    sized({"SingleQueryArgument": {"Name": "q"}}, "GT", 3),
    {"IPSetReferenceStatement": {"Arn": "a/Own/Own", "IPSetForwardedIPConfig": FORWARDING}},
    rate(ScopeDownStatement={"NotStatement": {"Statement": label("x")}}, EvaluationWindowSec=60),
    rate(kind="FORWARDED_IP", ForwardedIPConfig=FORWARDED),
    rate(kind="CUSTOM_KEYS", CustomKeys=[{"Header": {"Name": "a", "TextTransformations": []}}, {"LabelNamespace": {"Namespace": "a:"}}]),
    {"AndStatement": {"Statements": [label("x", "NAMESPACE"), {"OrStatement": {"Statements": [label("y")]}}]}},
    {"RuleGroupReferenceStatement": {"Arn": "a/Group/Group", "ExcludedRules": [{"Name": "a"}], "RuleActionOverrides": [{"Name": "b", "ActionToUse": COUNT}]}},
]  # fmt: skip
ACTIONS = [
    {"Block": {"CustomResponse": {"ResponseCode": 429, "CustomResponseBodyKey": "k", "ResponseHeaders": [{"Name": "a", "Value": "b"}]}}},
    {"Count": inserting("a")},
]  # fmt: skip
ODD = (Unknown("not known"), None, "text", [], {}, [None], ["x"], [Unknown("not known")], [{}], 3, True)


def broken(value):
    """A value with something else in the place of each of its parts, one at a time."""
    yield from ODD
    for key in value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        for other in broken(value[key]):
            yield {**value, key: other} if isinstance(value, dict) else [*value[:key], other, *value[key + 1 :]]


def has_shape(value):
    """What of a template's the sources let into a rule."""
    return isinstance(value, dict | Unknown)


@pytest.mark.parametrize("seen", [SEEN, UNKNOWN], ids=["a request", "a question"])
def test_no_shape_of_a_template_breaks_it(decide, tmp_path, seen):
    decide(resources=group(INNER))
    cloud = load([tmp_path / "template.json"])
    statements = [(one, {"Block": {}}) for whole in SHAPES for one in broken(whole) if has_shape(one)]
    actions = [(bytes_at(METHOD, seen.method), one) for whole in ACTIONS for one in broken(whole) if has_shape(one)]
    assert len(statements) > 1000
    for statement, action in statements + actions:
        acl = replace(
            cloud.access.web_acls["Acl"], rules=(FirewallRule("r", 0, statement, action),), default_action=action
        )
        answer = judge(cloud, acl, seen, lambda *_: 11).answer
        assert answer is None or (200 <= answer.status <= 599 and isinstance(answer.body, str))
