"""Requests of a distribution to its origin: where they go, and what of the viewer's request they have (newer-aws §12)."""

import pytest

from netful.engine.distributions import behaviors
from netful.engine.distributions.behaviors import Viewing, behavior_for, own_answer, rooted
from netful.engine.distributions.origin_access import service_of
from netful.engine.distributions.origin_requests import (
    address_of,
    forwarded_headers,
    forwarded_query,
    forwards_host,
    group_of,
    with_own,
    withholds,
)
from netful.model.core import Unknown
from netful.model.names.distributions import (
    EVERYTHING,
    CacheBehavior,
    Distribution,
    DistributionOrigin,
    Forwarding,
    OriginGroup,
    Selection,
    VpcOrigin,
)

MISSING = Unknown("no value", ("Port",))
HOST = "shop.example.com"


def behavior(pattern="*", target="o", *, headers=(), cookies=(), query=(), **more):
    chosen = Forwarding(*(Selection(frozenset(names)) for names in (headers, cookies, query)))
    return CacheBehavior(pattern, target, forwards=(chosen,), **more)


@pytest.mark.parametrize(
    ("policy", "secure", "ports", "authority"),
    [
        ("match-viewer", True, (80, 443), HOST),
        ("match-viewer", False, (80, 443), HOST),
        ("match-viewer", False, (8080, 443), f"{HOST}:8080"),
        ("http-only", True, (443, 8443), f"{HOST}:443"),
        ("https-only", False, (80, 8443), f"{HOST}:8443"),
        ("https-only", False, (MISSING, 443), HOST),
        ("https-only", False, (80, MISSING), MISSING),
    ],
)
def test_the_server_that_is_asked(policy, secure, ports, authority):
    origin = DistributionOrigin("o", HOST, "/v1", policy, *ports)
    found = address_of(origin, None, secure=secure)
    assert getattr(found, "authority", found) == authority


def test_a_vpc_origin_has_its_own_ports_and_needs_no_name():
    vpc_origin = VpcOrigin("Inner", "arn", "http-only", http_port=8080)
    named, unnamed = (DistributionOrigin("o", name, "", "https-only") for name in (HOST, MISSING))
    found = [address_of(one, vpc_origin, secure=True) for one in (named, unnamed)]
    assert [(one.host, one.port, one.secure) for one in found] == [(HOST, 8080, False), ("Inner", 8080, False)]


@pytest.mark.parametrize(
    ("of", "method", "name", "passes"),
    [
        (behavior(), "GET", "X-Mine", True),
        (behavior(), "GET", "User-Agent", False),
        (behavior(), "GET", "Authorization", False),
        (behavior(), "OPTIONS", "Authorization", False),
        (behavior(), "POST", "Authorization", True),
        (behavior(by_default=False), "POST", "Authorization", False),
        (behavior(by_default=False), "GET", "X-Mine", False),
        (behavior(by_default=False), "POST", "Content-Type", True),
        (behavior(headers=["x-mine"], by_default=False), "GET", "X-Mine", True),
        (behavior(headers=["x-*"], by_default=False), "GET", "X-Mine", True),
        (behavior(headers=["x-m?ne"], by_default=False), "GET", "X-Mine", True),
        (behavior(headers=["authorization"]), "GET", "Authorization", True),
        (behavior(headers=["via"]), "GET", "Via", False),
    ],
)
def test_headers_that_an_origin_receives(of, method, name, passes):
    assert bool(forwarded_headers(of, method, ((name, "v"),))) is passes
    assert withholds(of, DistributionOrigin("o", HOST), method, name.lower()) is not passes


def test_a_header_is_certainly_withheld_only_where_nothing_may_add_it():
    origin = DistributionOrigin("o", HOST, headers={"User-Agent": "netful"})
    plain = DistributionOrigin("o", HOST)
    assert not withholds(behavior(), origin, "GET", "user-agent")
    assert not withholds(behavior(runs=True), plain, "GET", "user-agent")
    assert not withholds(CacheBehavior("*", "o", forwards=(None,)), plain, "GET", "user-agent")


def test_headers_of_the_distribution_itself():
    origin = DistributionOrigin("o", HOST, headers={"X-Own": "b", "X-Unknown": MISSING})
    sent = with_own(origin, (("x-own", "a"),), [("Via", "c")])
    assert sorted(sent) == [("User-Agent", "Amazon CloudFront"), ("Via", "c"), ("X-Own", "b")]
    assert with_own(DistributionOrigin("o", HOST), (("user-agent", "a"),)) == (("user-agent", "a"),)


@pytest.mark.parametrize(
    ("host", "signed"),
    [
        ("b.s3.eu-west-1.amazonaws.com", "s3"),
        (f"{'a' * 32}.lambda-url.eu-west-1.on.aws", "lambda"),
        ("sqs.eu-west-1.amazonaws.com", None),
        (HOST, None),
    ],
)
def test_the_service_that_a_request_is_signed_for(host, signed):
    assert service_of(host) == signed


def test_cookies_and_parameters_that_an_origin_receives():
    some = behavior(cookies=["a"], query=["x"])
    assert forwarded_headers(some, "GET", (("cookie", "a=1; b=2"),)) == (("Cookie", "a=1"),)
    assert forwarded_query(some, "x=1&y=2&x=3") == "x=1&x=3"
    assert forwarded_query(CacheBehavior("*", "o", forwards=(Forwarding(query=EVERYTHING),)), "") == ""


@pytest.mark.parametrize(
    ("forwards", "host"),
    [
        ((Forwarding(headers=Selection(frozenset({"host"}))),), True),
        ((None, Forwarding(headers=EVERYTHING)), True),
        ((None,), None),
        ((Forwarding(),), False),
    ],
)
def test_whether_the_origin_gets_the_viewers_host(forwards, host):
    assert forwards_host(CacheBehavior("*", "o", forwards=forwards)) is host


ONE, REST = behavior("img/*.png", "g"), behavior("*", "o")


@pytest.mark.parametrize(
    ("every", "path", "target"),
    [
        ((ONE, REST), "/img/a.png", "g"),
        ((ONE, REST), "/img/a.PNG", "o"),
        ((ONE, REST), "/x/img/a.png", "o"),
        ((ONE, REST), "//img//a.png", "g"),
        ((ONE, REST), "/x/../img/./a.png", "g"),
        ((ONE, REST), "/img/../a.png", "o"),
        ((ONE, REST), "/../img/a.png", "g"),
        ((behavior("/img/", "g"), REST), "/img/x/..", "g"),
        ((behavior("/img/", "g"), REST), "/img//", "g"),
        ((behavior("/img/", "g"), REST), "/img", "o"),
        ((behavior("/", "g"), REST), "/x/..", "g"),
        ((behavior(MISSING), REST), "/", MISSING),
        ((REST, behavior(MISSING)), "/", "o"),
        ((ONE,), "/", None),
    ],
)
def test_the_first_behaviour_that_matches(every, path, target):
    found = behavior_for(Distribution("Edge", "d1.cloudfront.net", behaviors=every), path)
    if target is None:
        assert found.needs == ("the behaviours of Edge",)
    else:
        assert getattr(found, "target_origin_id", found) == target


@pytest.mark.parametrize(
    ("path", "root", "asked"),
    [("", "i.html", "/i.html"), ("/", "i.html", "/i.html"), ("/", "", "/"), ("/a/", "i.html", "/a/")],
)
def test_the_root_object(path, root, asked):
    assert rooted(Distribution("Edge", "d1.cloudfront.net", root_object=root), path) == asked


def test_a_group_of_origins_is_asked_in_turn():
    group = OriginGroup(("a", "b"), frozenset({503}))
    distribution = Distribution("Edge", "d1.cloudfront.net", groups={"g": group})
    assert [group_of(distribution, one) for one in (ONE, REST)] == [group, OriginGroup(("o",))]


@pytest.mark.parametrize(
    ("enabled", "policy", "secure", "method", "answer"),
    [
        (True, "allow-all", False, "GET", None),
        (False, "allow-all", True, "GET", behaviors.NOT_ENABLED),
        (True, "https-only", False, "GET", behaviors.INSECURE),
        (True, "https-only", True, "GET", None),
        (True, "allow-all", True, "POST", behaviors.METHOD_REFUSED),
        (True, "allow-all", True, None, None),
        (True, "redirect-to-https", True, "GET", None),
        (True, "redirect-to-https", False, None, 301),
        (True, "redirect-to-https", False, "HEAD", 301),
        (True, "redirect-to-https", False, "POST", 307),
    ],
)
def test_answers_of_the_distribution_itself(enabled, policy, secure, method, answer):
    distribution = Distribution("Edge", "d1.cloudfront.net", enabled=enabled)
    found = own_answer(distribution, behavior(viewer_protocol_policy=policy), Viewing(HOST, "/a?b=1", secure, method))
    assert (found.status if isinstance(answer, int) else found) == answer
    if found is not None:
        assert str(found.status) in found.page("r1")
    if found is not None and not found.location:
        assert "Request ID: r1\n" in found.page("r1")
    if isinstance(answer, int):
        assert found.location == f"https://{HOST}/a?b=1"
