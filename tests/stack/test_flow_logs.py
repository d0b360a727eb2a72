"""Flow logs of a running NAT stack: records in CloudWatch Logs and in a bucket, and `netful flows`."""

import gzip
import json
import select
import shutil
import signal
import subprocess

import pytest

from tests.helpers import json_schemas
from tests.helpers.places import EXAMPLES
from tests.helpers.processes import wait_until
from tests.helpers.stacks import NETFUL, Stack, written

pytestmark = pytest.mark.packets
FIELDS = [
    "version",
    "account",
    "interface",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "status",
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("flows")
    shutil.copy(EXAMPLES / "flow-logs" / "template.yaml", folder / "template.yaml")
    yield from Stack(folder / "state", folder / "template.yaml").while_up()


def records(stack):
    """The records in the log group so far, with AWS's field names."""
    logs, found = stack.client("logs"), []
    streams = logs.describe_log_streams(logGroupName="flows")["logStreams"]
    for stream in streams:
        events = logs.get_log_events(logGroupName="flows", logStreamName=stream["logStreamName"])["events"]
        found += [
            {**dict(zip(FIELDS, one["message"].split(), strict=True)), "stream": stream["logStreamName"]}
            for one in events
        ]
    return found


def shown(stack, *words):
    done = stack.netful("flows", *words, "--stack", "s", "--format", "json", check=0)
    found = [json.loads(line) for line in done.stdout.splitlines()]
    for one in found:
        json_schemas.check("flows", one)
    return found


def test_cloudwatch_has_what_passed_and_what_was_rejected(stack):
    assert stack.probe("Fn", "internet:tcp/443")["observed"][0]["verdict"] == "reachable"
    assert stack.probe("Fn", "Host:tcp/22")["observed"][0]["verdict"] == "blocked"
    found = records(stack)  # a client that reads gets what has been counted until then
    web = {(one["interface"], one["action"]) for one in found if one["dstport"] == "443"}
    assert [action for _, action in sorted(web)] == [
        "ACCEPT",
        "ACCEPT",
    ]  # at the function's and the gateway's interface
    ssh = {one["action"] for one in found if one["dstport"] == "22"}
    assert ssh == {"ACCEPT", "REJECT"}  # out of the function's interface, into the host's
    assert {one["stream"] for one in found} == {f"{one['interface']}-all" for one in found}
    assert all(one["status"] == "OK" and int(one["start"]) <= int(one["end"]) for one in found)


def test_a_bucket_has_objects_in_awss_layout(stack):
    stack.probe("Fn", "Host:tcp/23")
    s3 = stack.client("s3")

    def objects():
        return s3.list_objects_v2(Bucket="flow-bucket").get("Contents", [])

    keys = [one["Key"] for one in wait_until(objects)]
    assert all(
        key.startswith("net/AWSLogs/123456789012/vpcflowlogs/us-east-1/") and key.endswith(".log.gz") for key in keys
    )
    body = s3.get_object(Bucket="flow-bucket", Key=keys[0])["Body"].read()
    head, *lines = gzip.decompress(body).decode().splitlines()
    assert head == "version interface-id srcaddr dstport action flow-direction traffic-path tcp-flags az-id"
    assert lines
    assert {tuple(line.split()[4:7]) for line in lines} == {("REJECT", "ingress", "-")}  # of this subnet, only rejected


def test_flows_name_the_ends_and_the_rule(stack):
    stack.probe("Fn", "Host:tcp/24")
    rejected = [one for one in shown(stack, "Fn", "Host", "--rejected", "--why") if one["destination_port"] == 24]
    found = rejected[-1]  # a packet that is sent again later has a record of its own
    assert (found["source"], found["destination"], found["at"], found["direction"]) == ("Fn", "Host", "Host", "ingress")
    (why,) = found["why"]
    assert (why["component"], why["code"]) == ("DbSg", "ENI_SG_RULES_MISMATCH")
    line = 1 + next(n for n, text in enumerate(stack.template.read_text().splitlines()) if text.startswith("  DbSg:"))
    assert why["origin"] == f"template.yaml:{line}"


def test_flows_between_two_places_are_those_of_both_directions(stack):
    stack.probe("Fn", "internet:tcp/8443")
    found = [one for one in shown(stack, "internet", "Fn") if 8443 in (one["source_port"], one["destination_port"])]
    assert {(one["source"], one["direction"], one["at"]) for one in found} >= {
        ("Fn", "egress", "Fn"),
        ("", "ingress", "Fn"),
    }
    assert "Host" not in {one["destination"] for one in found}


def test_followed_flows_come_as_they_pass_and_end_with_the_client(stack):
    command = [NETFUL, "flows", "Fn", "Host", "-f", "--stack", "s", "--format", "json"]
    with subprocess.Popen(command, env=stack.env, stdout=subprocess.PIPE, text=True) as follower:
        try:
            while True:  # the follower says nothing when it has begun to listen
                stack.probe("Fn", "Host:tcp/5432")
                if not select.select([follower.stdout], [], [], 1)[0]:
                    continue  # the flow was before it
                if (first := json.loads(follower.stdout.readline()))["destination_port"] == 5432:
                    break
            assert (first["action"], first["protocol"]) == ("ACCEPT", 6)
        finally:
            follower.send_signal(signal.SIGINT)
    assert follower.returncode == 130


def test_a_log_by_a_call_records_from_then_on(stack):
    ec2 = stack.client("ec2")
    (host,) = ec2.describe_instances()["Reservations"][0]["Instances"]
    eni = host["NetworkInterfaces"][0]["NetworkInterfaceId"]
    made = ec2.create_flow_logs(
        ResourceIds=[eni], ResourceType="NetworkInterface", TrafficType="REJECT", LogGroupName="by-call",
        DeliverLogsPermissionArn="arn:aws:iam::123456789012:role/r", LogFormat="${dstport} ${action}",
    )  # fmt: skip
    stack.probe("Fn", "Host:tcp/25")
    logs = stack.client("logs")
    events = logs.get_log_events(logGroupName="by-call", logStreamName=f"{eni}-reject")["events"]
    assert "25 REJECT" in [one["message"] for one in events]
    ec2.delete_flow_logs(FlowLogIds=made["FlowLogIds"])
    assert made["FlowLogIds"][0] not in {one["FlowLogId"] for one in ec2.describe_flow_logs()["FlowLogs"]}


@pytest.mark.parametrize("words", [("Fm",), ("Fn", "aws:nothing"), ("10.0.0.0/99",)])
def test_an_unknown_place_is_one_message(stack, words):
    done = stack.netful("flows", *words, "--stack", "s", check=2)
    assert done.stdout == ""
    assert done.stderr.startswith("error: `")
    assert "hint: " in done.stderr


def test_without_a_flow_log_nothing_is_recorded_and_the_user_hears_it(stack):
    text = stack.template.read_text()
    stack.template.write_text(text[: text.index("  ToLogs:")])
    try:
        stack.up()
        done = stack.netful("flows", "--stack", "s", check=2)
        assert "hint: `netful flows -f`" in done.stderr
        assert stack.probe("Fn", "Host:tcp/22")["agree"]  # the routers filter as before
    finally:
        stack.template.write_text(text)
        stack.up()


def test_a_log_that_cannot_be_delivered_is_a_warning(stack):
    text = stack.template.read_text()
    stack.template.write_text(text.replace("LogFormat: ${version}", "LogFormat: ${mood}"))
    try:
        stack.up()
        warnings = stack.json("status", "--stack", "s")["warnings"]
        assert any("`ToBucket` is not delivered" in one and "mood" in one for one in warnings)
    finally:
        stack.template.write_text(text)
        stack.up()


GATEWAYS = """
  Other: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16}}
  There: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Other, CidrBlock: 10.1.1.0/24, AvailabilityZone: us-east-1a}}
  Open:
    Type: AWS::EC2::SecurityGroup
    Properties: {GroupDescription: open, VpcId: !Ref Other, SecurityGroupIngress: [{IpProtocol: "-1", CidrIp: 10.0.0.0/8}]}
  Far:
    Type: AWS::EC2::Instance
    Properties: {ImageId: ami-0123456789abcdef0, SubnetId: !Ref There, SecurityGroupIds: [!Ref Open], PrivateIpAddress: 10.1.1.9}
  Hub: {Type: AWS::EC2::TransitGateway}
  Near: {Type: AWS::EC2::TransitGatewayVpcAttachment, Properties: {TransitGatewayId: !Ref Hub, VpcId: !Ref Vpc, SubnetIds: [!Ref Private]}}
  Away: {Type: AWS::EC2::TransitGatewayVpcAttachment, Properties: {TransitGatewayId: !Ref Hub, VpcId: !Ref Other, SubnetIds: [!Ref There]}}
  Out:
    Type: AWS::EC2::Route
    DependsOn: Near
    Properties: {RouteTableId: !Ref PrivateTable, DestinationCidrBlock: 10.0.0.0/8, TransitGatewayId: !Ref Hub}
  OtherTable: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Other}}
  OfThere: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref There, RouteTableId: !Ref OtherTable}}
  Back:
    Type: AWS::EC2::Route
    DependsOn: Away
    Properties: {RouteTableId: !Ref OtherTable, DestinationCidrBlock: 10.0.0.0/16, TransitGatewayId: !Ref Hub}
  HubLog:
    Type: AWS::EC2::FlowLog
    Properties:
      ResourceType: TransitGateway
      ResourceId: !Ref Hub
      LogGroupName: hub
      LogFormat: ${tgw-src-vpc-id} ${tgw-dst-vpc-id} ${dstaddr} ${dstport} ${flow-direction} ${packets-lost-no-route}
  NatLog:
    Type: AWS::EC2::FlowLog
    Properties:
      ResourceType: RegionalNatGateway
      ResourceId: !Ref Nat
      TrafficType: ALL
      LogGroupName: nat
      LogFormat: ${resource-id} ${interface-id} ${srcaddr} ${dstport} ${flow-direction}
"""


@pytest.fixture(scope="module")
def gateways(tmp_path_factory):
    """The same stack with a transit gateway to another VPC and a regional NAT gateway, whose flows are logged alone."""
    folder = tmp_path_factory.mktemp("gateways")
    text = (EXAMPLES / "flow-logs" / "template.yaml").read_text()
    text = text[: text.index("  # ---- The flow logs")] + GATEWAYS
    zonal = "{SubnetId: !Ref Public, AllocationId: !GetAtt Address.AllocationId}"
    yield from written(folder, text.replace(zonal, "{AvailabilityMode: regional, VpcId: !Ref Vpc}")).while_up()


def test_a_transit_gateway_logs_what_it_carries_and_what_it_loses(gateways):
    assert gateways.probe("Fn", "Far:tcp/5432")["observed"][0]["verdict"] == "reachable"
    assert gateways.probe("Fn", "10.9.0.1:tcp/81")["observed"][0]["verdict"] == "blocked"
    logs, ec2 = gateways.client("logs"), gateways.client("ec2")
    assert {one["DeliverLogsStatus"] for one in ec2.describe_flow_logs()["FlowLogs"]} == {"SUCCESS"}
    (stream,) = logs.describe_log_streams(logGroupName="hub")["logStreams"]
    assert stream["logStreamName"].startswith("tgw-")
    events = logs.get_log_events(logGroupName="hub", logStreamName=stream["logStreamName"])["events"]
    lines = [one["message"].split() for one in events]
    there = {line[4]: (line[0], line[1], line[5]) for line in lines if line[2:4] == ["10.1.1.9", "5432"]}
    assert there["ingress"] == there["egress"]
    assert (there["egress"][0] != there["egress"][1], there["egress"][2]) == (True, "0")
    lost = [line for line in lines if line[2:4] == ["10.9.0.1", "81"]]  # a packet may be sent again in another window
    assert {(line[1], line[4], int(line[5]) > 0) for line in lost} == {("-", "ingress", True)}
    rejected = shown(gateways, "Fn", "10.9.0.1", "--rejected", "--why")
    assert {(one["at"], one["direction"]) for one in rejected} == {("Near", "ingress")}
    codes = {why["code"] for one in rejected for why in one["why"]}
    assert codes == {"TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT"}


def test_a_regional_nat_gateway_logs_both_its_sides(gateways):
    assert gateways.probe("Fn", "internet:tcp/443")["observed"][0]["verdict"] == "reachable"
    (nat,) = gateways.client("ec2").describe_nat_gateways()["NatGateways"]
    logs, id_ = gateways.client("logs"), nat["NatGatewayId"]
    events = logs.get_log_events(logGroupName="nat", logStreamName=f"{id_}-all")["events"]
    sent = {tuple(line) for one in events if (line := one["message"].split())[3] == "443"}
    assert {line[:2] for line in sent} == {(id_, "-")}
    by_way = {line[4]: line[2] for line in sent}
    assert by_way["egress"] == nat["NatGatewayAddresses"][0]["PublicIp"]
    assert by_way["ingress"].startswith("10.0.2.")
