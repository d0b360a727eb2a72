"""What a template writes stays what it is in HAProxy's configuration: no word of it becomes a directive."""

from dataclasses import replace

import pytest

from netful.balancer.haproxy.configuration import configuration
from netful.model.balancing.load_balancers import Action, Listener, ListenerRule, RuleCondition, Target, TargetGroup
from tests.helpers.proxies import BALANCER, NODE, cloud_of

HOSTILE = "200\nprogram theirs\n  command /bin/sh"
GROUP = TargetGroup("Targets", protocol="HTTP", port=80, target_type="ip", targets=(Target("10.0.0.9", 80),))
TO_GROUP = (Action("forward", ("Targets",), (1,)),)


def text_of(*conditions, actions=TO_GROUP, group=GROUP, listener="HTTP", **attributes):
    balancer = replace(BALANCER, attributes=attributes)
    rule = ListenerRule("Rule", "Listener", 1, conditions, actions)
    made = cloud_of(Listener("Listener", "Lb", 80, listener, TO_GROUP), rule, group, balancer=balancer)
    return configuration(made, balancer, NODE, {}).text


FIXED = {"StatusCode": HOSTILE, "MessageBody": HOSTILE, "ContentType": HOSTILE}
STICKY = {"TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": HOSTILE}}
REDIRECT = {"StatusCode": HOSTILE, "Host": HOSTILE, "Path": HOSTILE, "Query": HOSTILE}
FIELDS = ("host-header", "path-pattern", "http-request-method", "query-string", "source-ip")


@pytest.mark.parametrize(
    "text",
    [
        *(text_of(RuleCondition(field, (HOSTILE,))) for field in FIELDS),
        text_of(RuleCondition("http-header", (HOSTILE,), name=HOSTILE)),
        text_of(actions=(Action("fixed-response", config=FIXED),)),
        text_of(actions=(Action("redirect", config=REDIRECT),)),
        text_of(actions=(Action("forward", ("Targets",), (1,), config=STICKY),)),
        text_of(group=replace(GROUP, matcher=HOSTILE)),
        text_of(group=replace(GROUP, health_check_port=HOSTILE, health_check_path=HOSTILE)),
        text_of(listener=HOSTILE),
    ],
)
def test_no_line_of_it_is_theirs(text):
    words = [line.split() for line in text.splitlines()]
    assert not [line for line in words if line[:1] in (["program"], ["command"])]
    assert any("Listener.listener" in line for line in words)


def test_codes_and_ports_that_are_none_are_the_defaults():
    text = text_of(group=replace(GROUP, matcher=HOSTILE, health_check_port=HOSTILE))
    assert "http-check expect status 200\n" in text
    assert "check port 80" in text


def test_codes_and_ports_that_are_some_stay():
    text = text_of(group=replace(GROUP, matcher="200-299, 302", health_check_port="8081"))
    assert "http-check expect status 200-299,302\n" in text
    assert "check port 8081" in text
