from dataclasses import replace

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.model.network.protocols import ALL_PROTOCOLS
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


@pytest.mark.parametrize(
    ("block", "verdict"),
    [
        ("10.0.1.0/24", "reachable"),  # the other host of the subnet
        ("10.0.0.0/8", "blocked"),  # also what is beyond the VPC, where no route leads
        ("0.0.0.0/0", "blocked"),
    ],
)
def test_a_range_is_more_than_the_client_itself(block, verdict):
    everything = rule(ALL_PROTOCOLS, -1)
    open_ = group("Sg", ingress=[everything], egress=[everything])
    made = cloud(open_, eni("eni-Host", address=ADDRESS), eni("eni-Other", address="10.0.1.60"))
    assert trace(made, parse(made, ADDRESS, f"{block}:tcp/443")).verdict == verdict


def test_a_range_where_only_the_client_is_has_no_destination():
    made = cloud(group("Sg", ingress=[rule(ALL_PROTOCOLS, -1)]), eni("eni-Host", address=ADDRESS))
    assert trace(made, parse(made, ADDRESS, "10.0.1.0/24:tcp/443")).verdict == "blocked"
