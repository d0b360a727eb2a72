"""States that AWS describes: a path of what does not serve is not reachable without a word."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.described_answers import LISTENER, OWNER, account

FUNCTION = {
    "FunctionName": "fn", "FunctionArn": f"arn:aws:lambda:eu-west-1:{OWNER}:function:fn",
    "VpcConfig": {"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"], "VpcId": "vpc-1"},
}  # fmt: skip
DATABASE = {
    "DBInstanceIdentifier": "orders", "Engine": "postgres", "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-1"}],
    "DBSubnetGroup": {"Subnets": [{"SubnetIdentifier": "subnet-1"}]},
}  # fmt: skip
LINK = {
    "VpcLinkId": "link12",
    "Name": "l",
    "SubnetIds": ["subnet-1"],
    "SecurityGroupIds": ["sg-1"],
    "VpcLinkVersion": "V2",
}
BY_LINK = {
    "IntegrationId": "i1", "IntegrationType": "HTTP_PROXY", "IntegrationUri": LISTENER, "IntegrationMethod": "GET",
    "ConnectionType": "VPC_LINK", "ConnectionId": "link12", "PayloadFormatVersion": "1.0",
}  # fmt: skip
TABLES = {
    "tables": {"RouteTables": [{"RouteTableId": "rtb-1", "VpcId": "vpc-1", "Associations": [{"Main": True}], "Routes": [
        {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
        {"DestinationCidrBlock": "192.168.0.0/16", "GatewayId": "vgw-1", "State": "active"},
    ]}]},
    "gateways": {"VpnGateways": [{"VpnGatewayId": "vgw-1", "State": "available", "VpcAttachments": [{"State": "attached", "VpcId": "vpc-1"}]}]},
}  # fmt: skip


def functions(**state):
    return {"functions": {"Functions": [FUNCTION | state]}}


def databases(state):
    return {"databases": {"DBInstances": [DATABASE | {"DBInstanceStatus": state}]}}


def link(state):
    return {"links": {"Items": [LINK | {"VpcLinkStatus": state}]}, "integrations": {"Items": [BY_LINK]}}


def tunnels(*states, vpn="available"):
    one = {"VpnConnectionId": "vpn-1", "State": vpn, "VpnGatewayId": "vgw-1", "Options": {"StaticRoutesOnly": True}, "Routes": [{"DestinationCidrBlock": "192.168.0.0/16", "State": "available"}]}  # fmt: skip
    return TABLES | {"vpn": {"VpnConnections": [one | {"VgwTelemetry": [{"Status": state} for state in states]}]}}


@pytest.mark.parametrize(
    ("answers", "source", "destination", "verdict"),
    [
        (functions(), "fn", "10.0.0.10:tcp/22", "reachable"),
        (functions(State="Active"), "fn", "10.0.0.10:tcp/22", "reachable"),
        (functions(State="Failed"), "fn", "10.0.0.10:tcp/22", "unknown"),
        (functions(State="Inactive"), "fn", "10.0.0.10:tcp/22", "unknown"),
        (databases("available"), "i-2", "orders", "reachable"),
        (databases("backing-up"), "i-2", "orders", "reachable"),
        (databases("stopped"), "i-2", "orders", "unknown"),
        (link("AVAILABLE"), "internet", "http123456 GET /x", "reachable"),
        (link("INACTIVE"), "internet", "http123456 GET /x", "unknown"),
        (tunnels("UP", "DOWN"), "i-2", "192.168.0.9:tcp/22", "reachable"),
        (tunnels("DOWN", "DOWN"), "i-2", "192.168.0.9:tcp/22", "unknown"),
        (tunnels(), "i-2", "192.168.0.9:tcp/22", "reachable"),
    ],
)
def test_what_does_not_serve_is_not_reachable(tmp_path, answers, source, destination, verdict):
    cloud = account(tmp_path, **answers)
    assert trace(cloud, parse(cloud, source, destination)).verdict == verdict


IN_USE = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}


@pytest.mark.parametrize(
    ("key", "described", "good", "bad", "touched"),
    [
        ("NatGateways", {"NatGatewayId": "nat-1", "VpcId": "vpc-1"}, {"State": "available"}, {"State": "pending"}, "nat-1"),
        ("VpcEndpoints", {"VpcEndpointId": "vpce-1", "VpcId": "vpc-1", "ServiceName": "com.amazonaws.eu-west-1.s3", "PolicyDocument": "{}"}, {"State": "Available"}, {"State": "pending"}, "vpce-1"),
        ("ResolverRuleAssociations", {"Id": "rslvr-rrassoc-1", "ResolverRuleId": "rslvr-rr-1", "VPCId": "vpc-1"}, {"Status": "COMPLETE"}, {"Status": "FAILED"}, "rslvr-rr-1"),
        ("RouteTables", {"RouteTableId": "rtb-9", "VpcId": "vpc-1", "Associations": []}, {"Routes": [IN_USE]}, {"Routes": [IN_USE | {"State": "filtered"}]}, "rtb-9"),
        ("ResolverEndpoints", {"Id": "rslvr-out-1", "HostVPCId": "vpc-1"}, {"Status": "OPERATIONAL"}, {"Status": "ACTION_NEEDED"}, "rslvr-out-1"),
    ],
)  # fmt: skip
def test_a_state_with_an_influence_touches_what_has_it(tmp_path, key, described, good, bad, touched):
    touching = []
    for state in (good, bad):
        cloud = account(tmp_path, endpoints={"VpcEndpoints": []}, more={key: [described | state]})
        touching.append(any(touched in one.touches and ": " in one.what for one in cloud.template.unread))
    assert touching == [False, True]


@pytest.mark.parametrize("state", ["deleted", "failed"])
def test_a_gateway_that_is_gone_is_not_in_doubt(tmp_path, state):
    gone = {"NatGatewayId": "nat-1", "VpcId": "vpc-1", "State": state, "NatGatewayAddresses": [{"AllocationId": "eipalloc-1", "PublicIp": "54.1.1.1"}]}  # fmt: skip
    cloud = account(tmp_path, nat={"NatGateways": [gone]})
    assert [one.what for one in cloud.template.unread if "nat-1" in one.touches] == []
