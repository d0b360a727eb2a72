from dataclasses import replace

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.small_clouds import cloud, eni, group, rule

ADDRESS = "10.0.1.50"


def path(service, *groups, own=("Sg",)):
    made = cloud(*groups, eni("eni-Host", groups=own, address=ADDRESS))
    return trace(made, parse(made, ADDRESS, f"{ADDRESS}:{service}"))


@pytest.mark.parametrize(
    ("service", "symptom"), [("tcp/443", "none"), ("tcp/80", "refused"), ("udp/80", "none"), ("icmp", "none")]
)
def test_an_instance_listens_on_what_its_groups_open_to_somebody(service, symptom):
    found = path(service, group("Sg", ingress=[rule(first=443, peer="10.9.0.0/16")]))
    assert (found.verdict, found.symptom.kind) == ("reachable", symptom)
    assert any("nothing listens" in text for text in found.assumptions) is (symptom == "refused")


def test_of_groups_that_are_not_known_nothing_is_concluded():
    assert path("tcp/80", group("Sg"), own=("Sg", "elsewhere")).symptom.kind == "none"


def test_an_instance_keeps_to_itself_what_it_sends_to_its_other_interface():
    closed = group("Sg")
    second = replace(eni("eni-Host", "B", address="10.0.2.50"), id="eni-second", device_index=1)
    made = cloud(closed, eni("eni-Host", address=ADDRESS), second)
    found = trace(made, parse(made, ADDRESS, "10.0.2.50:icmp"))
    assert [hop.kind for hop in found.hops] == ["host"]
