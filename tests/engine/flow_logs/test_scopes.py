"""What a flow log is of: a VPC, a subnet, an interface, a transit gateway or an attachment."""

from ipaddress import IPv4Address

import pytest

from netful.engine.flow_logs.scopes import is_of
from netful.model.network.flow_logs import Action, FlowLog, FlowLogResourceType, SeenFlow
from tests.helpers.small_clouds import eni

FLOW = SeenFlow("Vpc", "Eni", True, Action.ACCEPT, IPv4Address("10.0.0.4"), IPv4Address("10.0.0.5"), 6)


@pytest.mark.parametrize(
    ("kind", "resource", "recorded"),
    [
        (FlowLogResourceType.VPC, "Vpc", True),
        (FlowLogResourceType.VPC, "Other", False),
        (FlowLogResourceType.SUBNET, "A", True),
        (FlowLogResourceType.SUBNET, "Vpc", False),
        (FlowLogResourceType.INTERFACE, "Eni", True),
        (FlowLogResourceType.INTERFACE, "A", False),
        (FlowLogResourceType.TRANSIT_GATEWAY, "Vpc", False),
    ],
)
def test_a_log_records_the_flows_of_its_resource(kind, resource, recorded):
    assert is_of(FlowLog("Log", kind, resource), FLOW, eni("Eni")) is recorded
