from __future__ import annotations

import pytest
from small_clouds import cloud

from netful.engine.listeners import HttpRequest, choose
from netful.model.balancer import Action, Listener, ListenerRule, RuleCondition
from netful.model.unknown import Unknown

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


def test_a_question_about_a_port_is_for_the_default_actions():
    assert chosen(rule("a", 1, path("/*")), asked=None).actions == DEFAULT


@pytest.mark.parametrize(
    "condition", [RuleCondition("http-header", ("beta",), "X-Stage"), path(Unknown("no value", ("Path",)))]
)
def test_what_a_url_does_not_tell_is_assumed_not_to_hold(condition):
    found = chosen(rule("a", 1, condition))
    assert (found.rule, len(found.assumptions)) == ("", 1)
