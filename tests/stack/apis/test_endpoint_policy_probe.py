"""A probe of a service behind an endpoint policy: its own request is not the action that was asked about."""

import pytest

from tests.helpers.places import TEMPLATES

pytestmark = pytest.mark.packets
TEMPLATE = TEMPLATES / "endpoint-policy.yaml"


def test_a_service_is_reached_though_the_policy_refuses_the_probe_s_request(running):
    stack = running(TEMPLATE)
    for destination, verdict in (
        ("aws:s3", "reachable"),
        ("aws:s3:GetObject", "reachable"),
        ("aws:s3:PutObject", "blocked"),
        ("aws:ssm:GetParameter", "reachable"),
    ):
        found = stack.probe("subnet:Subnet+Group", destination)
        assert (found["predicted"]["verdict"], found["agree"]) == (verdict, True), destination
    found = stack.probe("subnet:Subnet+Group", "aws:ssm:PutParameter")
    assert (found["predicted"]["verdict"], found["agree"]) == ("blocked", None)
