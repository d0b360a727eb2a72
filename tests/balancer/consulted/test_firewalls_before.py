"""Web ACLs before load balancers: HAProxy asks the daemon's own socket, and does what it says (api-gateway §7.7)."""

import asyncio
from dataclasses import replace

import pytest

from netful.engine.load_balancers.error_pages import page
from netful.model.access.web_acl import FirewallRule, IpSet, WebAcl, WebAclAssociation
from netful.model.balancing.load_balancers import Action, Listener
from tests.helpers.proxies import ADDRESS, BALANCER, answering, ask, cloud_of, get

pytestmark = pytest.mark.programs

PORT = 21890
NONE = [{"Priority": 0, "Type": "NONE"}]


def contains(field, text):
    return {"ByteMatchStatement": {
        "FieldToMatch": field, "SearchString": text, "PositionalConstraint": "CONTAINS", "TextTransformations": NONE
    }}  # fmt: skip


BOT = contains({"SingleHeader": {"Name": "user-agent"}}, "bot")


def cloud(statement=BOT, action=None, *, default="Allow", balancer=BALANCER, **more):
    rules = (FirewallRule("r", 0, statement, {"Block": {}} if action is None else action),)
    acl = WebAcl("Acl", "acl", rules, default_action={default: {}}, **more)
    fixed = Action("fixed-response", config={"StatusCode": "200", "ContentType": "text/plain", "MessageBody": "in"})
    listener = Listener("L", "Lb", PORT, "HTTP", (fixed,))
    return (cloud_of(listener, balancer=balancer)).having(
        web_acls={"Acl": acl},
        ip_sets={"Own": IpSet("Own", (f"{ADDRESS}/8",))},
        web_acl_associations={"At": WebAclAssociation("At", "Lb", "Acl")},
    )


def answers(folder, cloud_, *requests):
    async def main():
        async with answering(folder, cloud_):
            return [await ask(PORT, request) for request in requests]

    return asyncio.run(main())


def post(body, **headers):
    return get("/", method="POST", Content_Length=str(len(body)), **headers) + body


def test_what_is_stopped_and_what_is_not(tmp_path):
    stopped, passed = answers(tmp_path, cloud(), get("/x", User_Agent="a bot"), get("/x"))
    assert (stopped.status, stopped.body.decode()) == (403, page(403))
    assert (stopped.header("server"), stopped.header("content-type")) == ("awselb/2.0", "text/html")
    assert not [name for name, _ in stopped.headers if "netful" in name]
    assert (passed.status, passed.body) == (200, b"in")


def test_all_of_a_request_is_seen(tmp_path):
    statements = [
        contains({"Method": {}}, "POST"),
        contains({"UriPath": {}}, "/a/b"),
        contains({"QueryString": {}}, "c=d"),
        contains(
            {"Cookies": {"MatchPattern": {"All": {}}, "MatchScope": "VALUE", "OversizeHandling": "CONTINUE"}}, "1"
        ),
        contains({"Body": {}}, "two\n\nparts"),
        {"IPSetReferenceStatement": {"Arn": "Own"}},
    ]
    body = b"two\n\nparts"
    whole = get("/a/b?c=d", method="POST", Cookie="k=1", Content_Length=str(len(body))) + body
    stopped, passed = answers(tmp_path, cloud({"AndStatement": {"Statements": statements}}), whole, get("/a/b?c=d"))
    assert (stopped.status, passed.status) == (403, 200)


@pytest.mark.parametrize(
    ("size", "handling", "status"), [(8189, "CONTINUE", 403), (8190, "CONTINUE", 200), (8190, "MATCH", 403)]
)
def test_of_a_body_8_kilobytes_are_seen(tmp_path, size, handling, status):
    statement = contains({"Body": {"OversizeHandling": handling}}, "end")
    (answer,) = answers(tmp_path, cloud(statement), post(b"x" * size + b"end"))
    assert answer.status == status


def test_rules_own_response(tmp_path):
    custom = {
        "ResponseCode": 302,
        "CustomResponseBodyKey": "k",
        "ResponseHeaders": [{"Name": "Location", "Value": "https://x"}],
    }
    bodies = {"k": {"ContentType": "TEXT_PLAIN", "Content": "away"}}
    acl = cloud(action={"Block": {"CustomResponse": custom}}, custom_response_bodies=bodies)
    (answer,) = answers(tmp_path, acl, get(User_Agent="a bot"))
    assert (answer.status, answer.body, answer.header("location")) == (302, b"away", "https://x")
    assert answer.header("content-type") == "text/plain"


def test_rate_of_an_address(tmp_path):
    rate = {"RateBasedStatement": {"Limit": 10, "AggregateKeyType": "IP"}}
    found = answers(tmp_path, cloud(rate), *[get()] * 12)
    assert [answer.status for answer in found] == [200] * 10 + [403] * 2


@pytest.mark.parametrize(("attributes", "status"), [({}, 500), ({"waf.fail_open.enabled": "true"}, 200)])
def test_web_acl_that_cannot_be_asked(tmp_path, attributes, status):
    async def main():
        async with answering(tmp_path, cloud(balancer=replace(BALANCER, attributes=attributes))) as subjects:
            subjects.close()
            return await ask(PORT, get())

    assert asyncio.run(main()).status == status


def test_it_follows_the_cloud(tmp_path):
    async def main():
        async with answering(tmp_path, cloud()) as subjects:
            changed = cloud(contains({"UriPath": {}}, "/no"))
            await subjects.follow(changed, changed.balancing.load_balancers.values())
            return [(await ask(PORT, request)).status for request in (get("/no"), get(User_Agent="a bot"))]

    assert asyncio.run(main()) == [403, 200]
