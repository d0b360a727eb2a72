"""Every condition against every request: HAProxy takes the rule that the engine says."""

import asyncio
from ipaddress import IPv4Network

import pytest

from netful.balancer.program import find_program
from netful.engine.http.http_request import HttpRequest
from netful.engine.load_balancers.listeners import choose
from netful.model.balancing.load_balancers import Action, Listener, ListenerRule, RuleCondition
from tests.helpers.proxies import ask, cloud_of, get, running

pytestmark = pytest.mark.programs

assert find_program(), "haproxy is missing: scripts/setup installs it"

CONDITIONS = [
    RuleCondition("host-header", ("shop.example.com",)),
    RuleCondition("host-header", ("*.EXAMPLE.com",)),
    RuleCondition("host-header", ("example.com", "sho?.example.*")),
    RuleCondition("host-header", regexes=(r"^(shop|cart)\.example\.com$",)),
    RuleCondition("path-pattern", ("/orders/*",)),
    RuleCondition("path-pattern", ("/orders/?",)),
    RuleCondition("path-pattern", ("*.php", "/it's 100%/a.b")),
    RuleCondition("path-pattern", ("/[a]+$^(x){1}|\\",)),
    RuleCondition("path-pattern", regexes=("^/v[0-9]+/",)),
    RuleCondition("http-header", ("*firefox*",), "User-Agent"),
    RuleCondition("http-header", ("a, b",), "X-List"),
    RuleCondition("http-request-method", ("POST", "PURGE")),
    RuleCondition("query-string", ("sort=u*",)),
    RuleCondition("query-string", ("up",)),
    RuleCondition("query-string", ("*=up",)),
    RuleCondition("query-string", ("a=", "flag")),
    RuleCondition("source-ip", ("127.0.0.0/8",)),
    RuleCondition("source-ip", ("10.0.0.0/8", "2001:db8::/32")),
]
REQUESTS = [
    ("shop.example.com", "/", "GET", {}),
    ("SHOP.example.com:8080", "/orders/7", "GET", {}),
    ("example.com", "/orders/77", "POST", {}),
    ("cart.example.com", "/orders", "PURGE", {}),
    ("a.shop.example.com", "/Orders/7?sort=up", "post", {}),
    ("shop.example.com", "/orders/?SORT=Up&a=", "GET", {}),
    ("shop.example.com", "/index.php?flag", "OPTIONS", {}),
    ("shop.example.com", "/x.php/y?xsort=up&q=.php", "GET", {}),
    ("shop.example.com", "/v12/x?sort=down", "GET", {"User-Agent": "Mozilla Firefox/1"}),
    ("shop.example.com", "/it's", "GET", {"User-Agent": "curl", "X-List": "a, b"}),
    ("shop.example.com", "/a/b/c", "GET", {"x-list": "a"}),
]
SOURCE = IPv4Network("127.0.0.1/32")
FIRST_PORT = 21800


def fixed(body, status=200):
    return (Action("fixed-response", config={"StatusCode": status, "MessageBody": body}),)


def cloud():
    listeners = [Listener(f"L{n}", "Lb", FIRST_PORT + n, "HTTP", fixed("default")) for n in range(len(CONDITIONS))]
    rules = [ListenerRule(f"R{n}", f"L{n}", 10, (one,), fixed(f"R{n}")) for n, one in enumerate(CONDITIONS)]
    return cloud_of(*listeners, *rules)


def test_haproxy_takes_the_rule_that_the_engine_says(tmp_path):
    made = cloud()

    async def every():
        async with running(tmp_path, made):
            return {
                (n, m): await ask(FIRST_PORT + n, get(path, host, method, **headers))
                for n in range(len(CONDITIONS))
                for m, (host, path, method, headers) in enumerate(REQUESTS)
            }

    seen = asyncio.run(every())
    wrong = []
    for (n, m), answer in seen.items():
        host, path, method, headers = REQUESTS[m]
        request = HttpRequest(host, path, method, headers, SOURCE)
        wanted = choose(made, made.balancing.listeners[f"L{n}"], request).rule or "default"
        if answer.body.decode() != wanted:
            wrong.append((CONDITIONS[n], REQUESTS[m], wanted, answer.status, answer.body))
    assert not wrong
    taken = {answer.body for answer in seen.values()} - {b"default"}
    assert len(taken) == len(CONDITIONS) - 2  # one path that nobody asks for, and blocks that nobody is in


@pytest.mark.parametrize(
    ("asked", "rule"),
    [(get("/a"), b"path and host"), (get("/a", "other.example.com"), b"path"), (get("/b"), b"default")],
)
def test_the_lowest_priority_whose_conditions_all_hold_wins(tmp_path, asked, rule):
    path, host = RuleCondition("path-pattern", ("/a",)), RuleCondition("host-header", ("shop.*",))
    made = cloud_of(
        Listener("L", "Lb", FIRST_PORT, "HTTP", fixed("default")),
        ListenerRule("Late", "L", 20, (path,), fixed("path")),
        ListenerRule("Early", "L", 10, (path, host), fixed("path and host")),
    )

    async def one():
        async with running(tmp_path, made):
            return await ask(FIRST_PORT, asked)

    assert asyncio.run(one()).body == rule
