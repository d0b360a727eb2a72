"""A function of a dual-stack VPC without any IPv4 way out: its code, a probe and the kernel's testimony, by IPv6."""

import json

import pytest

from tests.helpers.places import TEMPLATES

pytestmark = pytest.mark.packets
TEMPLATE = TEMPLATES / "dual-stack.yaml"


def test_a_function_goes_out_by_an_egress_only_gateway(running):
    stack = running(TEMPLATE)
    head, _, body = stack.invoke("Fn")["payload"].partition("\r\n\r\n")
    seen = json.loads(body)
    assert head.startswith("HTTP/1.1 200")
    assert (seen["source"], seen["destination"]) == ("2001:db8:0:100::4", "2001:db8:ffff:ffff::1")
    assert stack.probe("Fn", "internet6:tcp/5432")["agree"] is True
    told = stack.netful(
        "trace", "--live", "-t", TEMPLATE.name, "Fn", "internet6:tcp/443", "--stack", "s", check=0
    ).stdout
    assert "sg out        accept  Sg.egress-1" in told
    assert stack.probe("Fn", "internet:tcp/443")["observed"][0]["symptom"] == "timeout"
