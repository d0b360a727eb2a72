from ipaddress import IPv4Network

import pytest

from netful.engine.flows.finding import Finding
from netful.engine.flows.flow import AWS_EPHEMERAL, End, Flow, Ports
from netful.engine.http.http_request import HttpRequest
from netful.engine.load_balancers import rule_conditions
from netful.engine.load_balancers.authentication import judged
from netful.engine.load_balancers.listeners import Chosen, choose, judge
from netful.model.balancing.load_balancers import (
    Action,
    Listener,
    ListenerRule,
    LoadBalancer,
    LoadBalancerType,
    RuleCondition,
)
from netful.model.core import Origin, Unknown
from netful.model.network.protocols import TCP
from tests.helpers.small_clouds import cloud, net

ASKED = HttpRequest("shop.example.com", "/orders/7")
DEFAULT = (Action("fixed-response"),)
LISTENER = Listener("L", "Lb", 80, "HTTP", DEFAULT)


def rule(id_, priority, *conditions):
    return ListenerRule(id_, "L", priority, conditions, (Action("forward", (id_,)),))


def path(*patterns):
    return RuleCondition("path-pattern", patterns)


def host(*patterns):
    return RuleCondition("host-header", patterns)


def chosen(*rules, asked=ASKED):
    return choose(cloud(*rules), LISTENER, asked)


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], ""),
        ([rule("a", 1, path("/orders/*"))], "a"),
        ([rule("a", 1, path("/orders"))], ""),
        ([rule("a", 1, path("/x", "/orders/?"))], "a"),
        ([rule("late", 9, path("/*")), rule("early", 1, path("/orders/*"))], "early"),
        ([rule("a", 1, path("/orders/*"), host("*.EXAMPLE.com"))], "a"),
        ([rule("a", 1, path("/orders/*"), host("*.example.org"))], ""),
        ([rule("a", 1, path("/Orders/*"))], ""),
    ],
)
def test_the_first_rule_that_takes_the_request(rules, expected):
    assert chosen(*rules).rule == expected


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([rule("a", 1, path("/orders/*"))], ""),
        ([rule("a", 1, path("/*"))], "a"),
        ([rule("a", 1, path("*"), host("*"))], "a"),
        ([rule("a", 1, path("*"), host("shop.example.com"))], ""),
        ([rule("a", 2, path("/*")), rule("b", 1, path("/orders/*"))], "a"),
    ],
)
def test_a_question_about_a_port_is_for_the_rule_of_all_requests_or_the_default_actions(rules, expected):
    assert chosen(*rules, asked=None).rule == expected


@pytest.mark.parametrize(
    "condition", [RuleCondition("http-header", ("beta",), "X-Stage"), path(Unknown("no value", ("Path",)))]
)
def test_what_a_url_does_not_tell_is_assumed_not_to_hold(condition):
    found = chosen(rule("a", 1, condition))
    assert (found.rule, len(found.assumptions)) == ("", 1)


KNOWN = HttpRequest(
    "shop.example.com:8080", "/orders/7?Sort=up&page", "GET", {"X-Stage": "Beta"}, IPv4Network("10.0.1.7/32")
)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (RuleCondition("http-header", ("b*a",), "x-stage"), True),
        (RuleCondition("http-header", ("b*a",), "x-other"), False),
        (RuleCondition("http-request-method", ("POST", "GET")), True),
        (RuleCondition("http-request-method", ("get",)), False),
        (RuleCondition("query-string", ("sort=UP",)), True),
        (RuleCondition("query-string", ("up",)), True),
        (RuleCondition("query-string", ("page",)), True),
        (RuleCondition("query-string", ("sort=down",)), False),
        (RuleCondition("source-ip", ("10.0.1.0/24",)), True),
        (RuleCondition("source-ip", ("10.0.2.0/24", "2001:db8::/32")), False),
        (RuleCondition("host-header", ("shop.*",)), True),
        (RuleCondition("host-header", ("*.com",)), True),
        (RuleCondition("path-pattern", regexes=("^/orders/[0-9]+$",)), True),
        (RuleCondition("host-header", regexes=("^SHOP",)), True),
        (RuleCondition("path-pattern", regexes=("^/Orders",)), False),
        (RuleCondition("a-later-field", ("x",)), None),
    ],
)
def test_what_is_known_of_a_request_settles_a_condition(condition, holds):
    assert rule_conditions.holds(condition, KNOWN) is holds


@pytest.mark.parametrize(
    ("ports", "asked", "verdict", "listener"),
    [
        ([80, 443], 443, "allow", 443),
        ([80], 443, "deny", None),
        ([], 443, "deny", None),
        ([80, Unknown("no value", ("Port",))], 80, "allow", 80),
        ([Unknown("no value", ("Port",)), 80], 443, "unknown", None),
    ],
)
def test_the_listener_for_a_packet(ports, asked, verdict, listener):
    balancer = LoadBalancer("Lb", "lb", "lb.example.com", LoadBalancerType.APPLICATION, internal=True)
    own = [Listener(f"L{number}", "Lb", port, "HTTP", DEFAULT) for number, port in enumerate(ports)]
    other = Listener("Other", "Lb2", asked, "HTTP", DEFAULT)
    flow = Flow(TCP, End(net("10.0.1.4/32"), AWS_EPHEMERAL), End(net("10.0.2.4/32"), Ports(asked, asked)))
    found, ruling = judge(cloud(other, *own), balancer, flow)
    assert (ruling.verdict, found and found.port) == (verdict, listener)
    assert ruling.missing == (("Port",) if verdict == "unknown" else ())
    assert ruling.code == ("ELBV2_LISTENERS_MISMATCH" if verdict == "deny" else None)


NO_TOKEN, NO_SESSION = "NETFUL_LISTENER_UNAUTHORIZED", "NETFUL_LISTENER_WITHOUT_SESSION"


@pytest.mark.parametrize(
    ("kind", "otherwise", "asked", "found"),
    [
        ("authenticate-oidc", "allow", {}, None),
        ("authenticate-oidc", "authenticate", {}, "others are sent to https://idp.example"),
        ("authenticate-oidc", "deny", {"headers": {"Cookie": "AWSELBAuthSessionCookie-0=x"}}, "others get 401"),
        ("authenticate-oidc", "deny", {"headers": {"Cookie": "a=b"}}, NO_SESSION),
        ("jwt-validation", "", {}, "others get 401"),
        ("jwt-validation", "", {"headers": {"authorization": "Bearer a.b.c"}}, "others get 401"),
        ("jwt-validation", "", {"headers": {"x": "y"}}, NO_TOKEN),
        ("jwt-validation", "", {"withheld": frozenset({"authorization"})}, NO_TOKEN),
    ],
)
def test_what_a_listener_asks_of_a_client(kind, otherwise, asked, found):
    config = {"OnUnauthenticatedRequest": otherwise, "AuthorizationEndpoint": "https://idp.example"}
    chosen_ = Chosen((Action(kind, config=config),), Origin("t.yaml", 1))
    balancer = LoadBalancer("Lb", "lb", "lb.example", LoadBalancerType.APPLICATION, internal=False)
    request = HttpRequest("shop.example.com", "/", **asked)
    told = [*judged(cloud(), balancer, chosen_, Flow(TCP, End(None), End(None)), request)]
    words = [one.ruling.code if isinstance(one, Finding) else one.text.rpartition(": ")[2] for one in told]
    assert words == [found] * (found is not None)
