import pytest

from netful.engine.http.http_request import HttpRequest
from netful.engine.load_balancers.host_rewrites import destination, rewrite_for, rewritten
from netful.engine.load_balancers.transforms import transformed
from netful.model.core import Unknown
from netful.model.functions.programs import Program, Rewrite

ASKED = HttpRequest("shop.example", "/orders/7?full=1", "POST")


@pytest.mark.parametrize(
    ("rewrite", "takes"),
    [
        (Rewrite("https://a.example"), True),
        (Rewrite("https://a.example", path="/orders"), True),
        (Rewrite("https://a.example", path="/orders/"), True),
        (Rewrite("https://a.example", path="/ord"), False),
        (Rewrite("https://a.example", path="/orders/7"), True),
        (Rewrite("https://a.example", path="/orders/8"), False),
        (Rewrite("https://a.example", port=80), True),
        (Rewrite("https://a.example", port=81), False),
        (Rewrite("https://a.example", host="shop.example"), True),
        (Rewrite("https://a.example", host="other.example"), False),
    ],
)
def test_which_requests_a_rewrite_takes(rewrite, takes):
    assert (rewrite_for(Program("P", "x", rewrites=(rewrite,)), 80, ASKED) is rewrite) is takes


def test_the_longest_path_takes_it():
    short, long = Rewrite("https://a.example"), Rewrite("https://b.example", path="/orders")
    program = Program("P", "x", rewrites=(short, long))
    assert rewrite_for(program, 80, ASKED) is long
    assert rewrite_for(program, 80, HttpRequest("shop.example", "/")) is short


@pytest.mark.parametrize(
    ("rewrite", "host", "path"),
    [
        (Rewrite("https://a.example"), "a.example", "/orders/7?full=1"),
        (Rewrite("https://a.example/prod"), "a.example", "/prod/orders/7?full=1"),
        (Rewrite("https://a.example/prod/", path="/orders"), "a.example", "/prod/7?full=1"),
        (Rewrite("https://a.example", path="/orders/7?full=1"), "a.example", "/"),
        (Rewrite("https://a.example", headers={"Host": "b.example"}), "b.example", "/orders/7?full=1"),
        (Rewrite("https://a.example", headers={"host": "$host"}), "shop.example", "/orders/7?full=1"),
    ],
)
def test_what_is_sent_on(rewrite, host, path):
    sent = rewritten(rewrite, ASKED)
    assert (sent.host, sent.path, sent.method) == (host, path, "POST")


def test_headers_that_are_set():
    sent = rewritten(Rewrite("https://a.example", headers={"X-Apigw-Api-Id": "abc"}), ASKED)
    assert sent.headers == {"x-apigw-api-id": "abc"}


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        ("https://a.example", ("a.example", 443)),
        ("http://a.example/x", ("a.example", 80)),
        ("http://10.0.0.1:81", ("10.0.0.1", 81)),
    ],
)
def test_where_it_is_sent(to, expected):
    assert destination(Rewrite(to)) == expected


def host_rewrite(regex, replacement):
    rewrites = [{"Regex": regex, "Replace": replacement}]
    return {"Type": "host-header-rewrite", "HostHeaderRewriteConfig": {"Rewrites": rewrites}}


def url_rewrite(regex, replacement):
    return {"Type": "url-rewrite", "UrlRewriteConfig": {"Rewrites": [{"Regex": regex, "Replace": replacement}]}}


@pytest.mark.parametrize(
    ("transforms", "host", "path"),
    [
        ((), "shop.example", "/orders/7?full=1"),
        ((host_rewrite(r"^shop\.example$", "a.execute-api"),), "a.execute-api", "/orders/7?full=1"),
        ((host_rewrite(r"^other", "a"),), "shop.example", "/orders/7?full=1"),
        ((host_rewrite(r"^(\w+)\.", "$1-$1."),), "shop-shop.example", "/orders/7?full=1"),
        ((url_rewrite(r"^/orders/?(.*)$", "/prod/$1"),), "shop.example", "/prod/7?full=1"),
        ((url_rewrite(r"^/", "/prod/"), host_rewrite("shop", "market")), "market.example", "/prod/orders/7?full=1"),
        ((url_rewrite(r"(x)?7", r"\1$1!"),), "shop.example", r"/orders/\1!?full=1"),
    ],
)
def test_transforms_of_a_load_balancer(transforms, host, path):
    sent = transformed(transforms, ASKED)
    assert (sent.host, sent.path, sent.method) == (host, path, "POST")


def test_transform_that_is_not_known():
    unknown = Unknown("a parameter", ("Name",))
    parts = (unknown, {"Rewrites": unknown}, {"Rewrites": [unknown]})
    whole = [{"Type": "url-rewrite", "UrlRewriteConfig": part} for part in parts]
    for transform in (host_rewrite("shop", unknown), unknown, *whole):
        assert transformed((transform,), ASKED) == unknown
