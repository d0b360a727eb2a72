"""Random calls of EC2's API: descriptions, `trace` and packets agree, and the network followed in place.

A description is read back as a network of its own, and `trace` is asked of it. A call that is refused is part of the game.
"""

import asyncio
import contextlib

import pytest
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

from netful import sources
from netful.account.ec2.api import Ec2Api
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.fabric.fabric import Fabric
from tests.fabric.test_agreement import LONG_LOOK_SECONDS, LOOK_SECONDS, observed, predicted, questions
from tests.helpers.account_client import Running
from tests.helpers.described import read_back
from tests.helpers.kernel import outcomes
from tests.helpers.query_client import QueryClient, Refused

pytestmark = [pytest.mark.packets, pytest.mark.long]
TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsSupport: true, EnableDnsHostnames: true}}
  Igw: {Type: AWS::EC2::InternetGateway}
  Attached: {Type: AWS::EC2::VPCGatewayAttachment, Properties: {VpcId: !Ref Vpc, InternetGatewayId: !Ref Igw}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, MapPublicIpOnLaunch: true}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  OfA: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref A, RouteTableId: !Ref Table}}
  Out: {Type: AWS::EC2::Route, Properties: {RouteTableId: !Ref Table, DestinationCidrBlock: 0.0.0.0/0, GatewayId: !Ref Igw}}
  One: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: one, VpcId: !Ref Vpc}}
  Two: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: two, VpcId: !Ref Vpc}}
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
  InA: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref A, SecurityGroupIds: [!Ref One], PrivateIpAddress: 10.0.1.10}}
  InB: {Type: AWS::EC2::Instance, Properties: {SubnetId: !Ref B, SecurityGroupIds: [!Ref Two], PrivateIpAddress: 10.0.2.10}}
"""
PORTS = (443, 5432, 22)
BLOCKS = ("0.0.0.0/0", "10.0.0.0/16", "10.0.1.0/24", "10.0.2.10/32")
ADDRESSES = ("10.0.1.10", "10.0.2.10")
CALLS = 60


def permission(draw):
    port, protocol = draw(st.sampled_from(PORTS)), draw(st.sampled_from(["tcp", "udp", "-1"]))
    peer = draw(st.sampled_from([*BLOCKS, "One", "Two"]))
    end = {"UserIdGroupPairs": [{"GroupId": peer}]} if peer.isalpha() else {"IpRanges": [{"CidrIp": peer}]}
    ports = {} if protocol == "-1" else {"FromPort": port, "ToPort": port}
    return {"IpProtocol": protocol, **ports, **end}


def group_rule(draw):
    verb, way = draw(st.sampled_from(["Authorize", "Revoke"])), draw(st.sampled_from(["Ingress", "Egress"]))
    group = draw(st.sampled_from(["One", "Two"]))
    return f"{verb}SecurityGroup{way}", {"GroupId": group, "IpPermissions": [permission(draw)]}


def route(draw):
    verb = draw(st.sampled_from(["CreateRoute", "ReplaceRoute", "DeleteRoute"]))
    block = draw(st.sampled_from(["0.0.0.0/0", "198.18.0.0/15", "203.0.113.0/24"]))
    target = {} if verb == "DeleteRoute" else {"GatewayId": "Igw"}
    return verb, {"RouteTableId": draw(st.sampled_from(["Table", "Vpc.main"])), "DestinationCidrBlock": block, **target}


def acl_entry(draw):
    where = {"NetworkAclId": draw(st.sampled_from(["Acl", "Vpc.default-acl"])), "Egress": draw(st.booleans())}
    number = {"RuleNumber": draw(st.sampled_from([50, 100, 150]))}
    if draw(st.booleans()):
        return "DeleteNetworkAclEntry", {**where, **number}
    verb = draw(st.sampled_from(["CreateNetworkAclEntry", "ReplaceNetworkAclEntry"]))
    port = draw(st.sampled_from(PORTS))
    protocol = draw(st.sampled_from(["6", "17", "-1"]))
    ports = {} if protocol == "-1" else {"PortRange": {"From": port, "To": draw(st.sampled_from([port, 65535]))}}
    rule = {
        "Protocol": protocol,
        "CidrBlock": draw(st.sampled_from(BLOCKS)),
        "RuleAction": draw(st.sampled_from(["allow", "deny"])),
    }
    return verb, {**where, **number, **rule, **ports}


def association(draw):
    return "AssociateRouteTable", {"RouteTableId": "Table", "SubnetId": draw(st.sampled_from(["A", "B"]))}


def attachment(draw):
    verb = draw(st.sampled_from(["AttachInternetGateway", "DetachInternetGateway"]))
    return verb, {"InternetGatewayId": "Igw", "VpcId": "Vpc"}


def public_access(draw):
    if draw(st.booleans()):
        mode = draw(st.sampled_from(["off", "block-bidirectional", "block-ingress"]))
        return "ModifyVpcBlockPublicAccessOptions", {"InternetGatewayBlockMode": mode}
    mode = draw(st.sampled_from(["allow-bidirectional", "allow-egress"]))
    return "CreateVpcBlockPublicAccessExclusion", {
        "SubnetId": draw(st.sampled_from(["A", "B"])),
        "InternetGatewayExclusionMode": mode,
    }


@st.composite
def calls(draw):
    """Some calls, in order."""
    kinds = (group_rule, group_rule, route, acl_entry, acl_entry, association, attachment, public_access)
    return [draw(st.sampled_from(kinds))(draw) for _ in range(draw(st.integers(1, 8)))]


@pytest.fixture(scope="module")
def network(tmp_path_factory):
    file = tmp_path_factory.mktemp("network") / "template.yaml"
    file.write_text(TEMPLATE)
    return sources.load([file], region="eu-west-1")


def after(network, made):
    """The network after some calls."""
    running = Running(network)
    ec2 = QueryClient("ec2", Ec2Api(running, ()).handle, asyncio.run)
    for action, asked in made:
        with contextlib.suppress(Refused):
            ec2(action, **asked)
    return running.cloud


def verdicts(cloud):
    """What `trace` says of pairs that any description of the network knows: addresses."""
    asked = [(one, f"{other}:tcp/{port}") for one in ADDRESSES for other in ADDRESSES if one != other for port in PORTS]
    return [trace(cloud, parse(cloud, *question)).verdict for question in asked]


@seed(1)
@settings(max_examples=CALLS, deadline=None, suppress_health_check=[*HealthCheck], database=None)
@given(made=calls())
def test_descriptions_trace_and_packets_agree_after_any_calls(thread, network, tmp_path_factory, made):
    cloud = after(network, made)
    assert verdicts(read_back(cloud, tmp_path_factory.mktemp("described"))) == verdicts(cloud)
    fabric = thread.run(Fabric, network, thread.limbo)
    try:
        thread.run(fabric.change, cloud)
        asked = [*questions(cloud)]
        for seconds in (LOOK_SECONDS, LONG_LOOK_SECONDS):  # a machine under load gets a second, longer look
            ended = [observed(ways) for ways in outcomes(fabric, thread, asked, seconds)]
            asked = [one for one, end in zip(asked, ended, strict=True) if end != predicted(cloud, one)]
            if not asked:
                break
        assert not [(one.source, str(one.destination)) for one in asked]
    finally:
        thread.run(fabric.close)
