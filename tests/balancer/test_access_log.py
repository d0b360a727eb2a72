"""The lines of an access log that are delivered: AWS's fields in AWS's order, out of what a node has written."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netful.balancer.access_log import delivered
from netful.model.balancing.load_balancers import Action, Listener, ListenerRule, TargetGroup
from tests.helpers.any_input import mutated
from tests.helpers.examples import examples
from tests.helpers.proxies import BALANCER, cloud_of

ARN = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/1"
FORWARD = (Action("forward", ("Web",)),)
SIGNED_IN = (Action("authenticate-oidc", config={"AuthorizationEndpoint": "https://idp.example.com"}), *FORWARD)
CLOUD = cloud_of(
    Listener("L", "Lb", 443, "HTTPS", FORWARD),
    ListenerRule("R", "L", 10, actions=(Action("redirect"),)),
    ListenerRule("S", "L", 20, actions=SIGNED_IN),
    replace(TargetGroup("Web"), arn=ARN),
)
WRITTEN = (
    "https 2026-11-26T07:29:39.000000Z app/Lb 192.0.2.1:39200 {target} 1 12 {took} 200 {status} 102 529 "
    '"GET https://shop.example.com:443/x?a=b {version}" "an agent" TLS_AES_256_GCM_SHA384 TLSv1.3 {group} '
    '"{trace}" "shop.example.com" "-" {rule} ----'
)
MADE = {
    "target": "10.0.0.4:80",
    "took": 3,
    "status": 200,
    "version": "HTTP/1.1",
    "group": "Web",
    "trace": "1-2-3",
    "rule": 0,
}


def line(**more):
    found = delivered(CLOUD, BALANCER.id, WRITTEN.format(**MADE | more))
    return re.findall(r'"[^"]*"|\S+', found)


def test_line_of_a_request_that_was_forwarded():
    assert line() == [
        "https", "2026-11-26T07:29:39.000000Z", "app/Lb", "192.0.2.1:39200", "10.0.0.4:80", "0.001", "0.012", "0.003",
        "200", "200", "102", "529", '"GET https://shop.example.com:443/x?a=b HTTP/1.1"', '"an agent"',
        "TLS_AES_256_GCM_SHA384", "TLSv1.3", ARN, '"Root=1-2-3"', '"shop.example.com"', '"-"', "0",
        "2026-11-26T07:29:39.000000Z", '"forward"', '"-"', '"-"', '"10.0.0.4:80"', '"200"', '"-"', '"-"',
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "at", "field"),
    [
        ({"version": "HTTP/2.0"}, 0, "h2"),
        ({"target": "-:-"}, 4, "-"),
        ({"target": "unix:0"}, 4, "-"),  # a function
        ({"took": -1}, 7, "-1"),
        ({"group": "-"}, 16, "-"),
        ({"trace": "-"}, 17, '"-"'),
        ({"rule": 10}, 22, '"redirect"'),
        ({"rule": 20}, 22, '"authenticate"'),
        ({"rule": "-"}, 22, '"-"'),  # refused before any rule was looked at
    ],
)
def test_fields(more, at, field):
    assert line(**more)[at] == field


@pytest.mark.parametrize("host", ["[", "a:b", "a:99999", "[::1", "\N{FULLWIDTH SOLIDUS}"])
def test_a_client_may_call_its_host_anything(host):
    written = WRITTEN.format(**MADE).replace("shop.example.com", host)
    fields = re.findall(r'"[^"]*"|\S+', delivered(CLOUD, BALANCER.id, written))
    assert (fields[12], fields[22]) == (f'"GET https://{host}:443/x?a=b HTTP/1.1"', '"forward"')


PIECES = [*WRITTEN.format(**MADE).split(" "), '"', "[", "-", "https://[:443/"]


@examples(300)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=40).map(" ".join) | mutated([PIECES]).map(str))
def test_any_line_is_one_of_aws_or_none(line):
    assert delivered(CLOUD, BALANCER.id, line) is None or line


def test_half_a_line_is_none():
    assert delivered(CLOUD, BALANCER.id, WRITTEN[:120]) is None
