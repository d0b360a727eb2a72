"""Filters of EC2's describe operations, as the documentation in botocore's model lists them."""

import re

import pytest

from netful.account.ec2.kinds import KINDS
from netful.account.wire.service_model import service_model

_DOCUMENTED = re.compile(r"<li> <p> <code>([a-z][a-z0-9.\-]+)</code>")
_NOT_TAKEN = {
    "DescribeInstances": {
        "availability-zone-id", "metadata-options.http-protocol-ipv4", "requester-id", "reservation-id",
        *(f"network-interface.{name}" for name in (
            "association.allocation-id", "association.association-id", "attachment.instance-id", "attachment.instance-owner-id",
            "availability-zone", "deny-all-igw-traffic", "ipv6-native", "outpost-arn", "public-dns-name", "requester-id",
            "requester-managed", "tag-key", "tag-value",
        )),
        *(f"network-interface.addresses.association.{name}" for name in (
            "allocation-id", "association-id", "carrier-ip", "customer-owned-ip", "public-dns-name",
        )),
    },
    "DescribeVpnConnections": {"bgp-asn"},
}  # fmt: skip


def _filters(kind):
    """Return the name of an operation's filters, and the filters that its documentation lists."""
    members = service_model("ec2").operation_model(kind.operation).input_shape.members
    name = next((one for one in ("Filters", "Filter") if one in members), None)
    return name, {*_DOCUMENTED.findall(members[name].documentation)} - {"tag"} if name else set()


@pytest.mark.parametrize(
    "kind", [one for one in KINDS if one.ids and _filters(one)[1]], ids=lambda kind: kind.operation
)
def test_documented_filters_are_taken(ec2, kind):
    name, documented = _filters(kind)
    refused = {
        one
        for one in documented
        if ec2(kind.operation, **{name: [{"Name": one, "Values": ["x"]}]}) == "InvalidParameterValue"
    }
    assert refused <= _NOT_TAKEN.get(kind.operation, set())
