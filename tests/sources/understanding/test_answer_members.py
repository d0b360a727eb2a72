"""Members of described objects that netful does not know: each is named on the paths that its object takes part in."""

import json
import random

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from netful.sources import load
from netful.sources.described.kinds import KINDS
from netful.sources.described.members import TABLE
from netful.sources.described.subjects import SUBJECTS

VPC, SUBNET, GROUP, TABLE_ID, ACL = "vpc-0a1b2c3d", "subnet-0a1b2c3d", "sg-0a1b2c3d", "rtb-0a1b2c3d", "acl-0a1b2c3d"
PERMISSION = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}], "UserIdGroupPairs": []}
ENTRY = {"RuleNumber": 100, "Protocol": "-1", "RuleAction": "allow", "CidrBlock": "0.0.0.0/0"}
EVERY = {
    "Vpcs": [{"VpcId": VPC, "CidrBlock": "10.0.0.0/16", "CidrBlockAssociationSet": [{"CidrBlock": "10.0.0.0/16", "CidrBlockState": {"State": "associated"}}]}],
    "Subnets": [{"SubnetId": SUBNET, "VpcId": VPC, "CidrBlock": "10.0.1.0/24", "AvailabilityZone": "eu-west-1a", "PrivateDnsNameOptionsOnLaunch": {"HostnameType": "ip-name"}}],
    "SecurityGroups": [{"GroupId": GROUP, "VpcId": VPC, "GroupName": "g", "IpPermissions": [PERMISSION], "IpPermissionsEgress": [PERMISSION]}],
    "NetworkAcls": [{"NetworkAclId": ACL, "VpcId": VPC, "IsDefault": True, "Associations": [{"SubnetId": SUBNET, "NetworkAclId": ACL}], "Entries": [{**ENTRY, "Egress": way} for way in (True, False)]}],
    "RouteTables": [{"RouteTableId": TABLE_ID, "VpcId": VPC, "Associations": [{"Main": True}], "Routes": [
        {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"},
        {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-0a1b2c3d", "State": "active"}]}],
    "VpcEndpoints": [],
    "InternetGateways": [{"InternetGatewayId": "igw-0a1b2c3d", "Attachments": [{"VpcId": VPC, "State": "available"}]}],
    "NetworkInterfaces": [{"NetworkInterfaceId": f"eni-0a1b2c3{end}", "SubnetId": SUBNET, "VpcId": VPC, "PrivateIpAddress": f"10.0.1.{end}", "SourceDestCheck": True, "Status": "in-use",
        "Association": {"PublicIp": f"203.0.113.{end}"}, "Groups": [{"GroupId": GROUP}], "InterfaceType": "interface", "Attachment": {"InstanceId": f"i-0a1b2c3{end}"}} for end in (7, 8)],
    "Reservations": [{"ReservationId": "r-1", "Instances": [{"InstanceId": f"i-0a1b2c3{end}", "State": {"Name": "running"}, "VpcId": VPC, "SubnetId": SUBNET, "MetadataOptions": {"HttpTokens": "required"}} for end in (7, 8)]}],
}  # fmt: skip


def load_all(folder, every):
    (folder / "eu-west-1").mkdir(exist_ok=True)
    for key, values in every.items():
        (folder / "eu-west-1" / f"{key}.json").write_text(json.dumps({key: values}))
    return load([folder])


def mappings(node):
    """Every object within another one, itself included."""
    if isinstance(node, dict):
        yield node
    for member in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from mappings(member)


@pytest.mark.parametrize("seed", range(24))
def test_a_member_that_aws_does_not_have_yet_is_named(tmp_path, seed):
    """A drawn member at a drawn place of an account whose path was reachable."""
    draw = random.Random(seed)
    every = json.loads(json.dumps(EVERY))
    places = [place for values in every.values() for one in values for place in mappings(one)]
    place = draw.choice([place for place in places if "ReservationId" not in place])
    name = f"Quantum{draw.choice(('Filter', 'Mode', 'Routes'))}"
    place[name] = draw.choice(["on", 7, True, False, ["a"], {"Mode": "x"}])
    cloud = load_all(tmp_path, every)
    (one,) = cloud.template.unread
    assert one.what.rpartition(".")[2] in (name, "Mode")
    asked = (("i-0a1b2c37", "i-0a1b2c38:tcp/443"), ("i-0a1b2c37", "internet:tcp/443"))
    paths = [trace(cloud, parse(cloud, *each)) for each in asked]
    assert any(one.what in text for path in paths for text in path.assumptions)


def test_what_aws_answers_today_is_silent(tmp_path):
    cloud = load_all(tmp_path, EVERY)
    path = trace(cloud, parse(cloud, "i-0a1b2c37", "internet:tcp/443"))
    assert (cloud.template.unread, path.verdict, path.assumptions) == ((), "reachable", ())


@pytest.mark.parametrize(
    ("kind", "member", "verdict"),
    [
        ("NetworkInterfaces", {"DenyAllIgwTraffic": True}, "unknown"),
        ("NetworkInterfaces", {"DenyAllIgwTraffic": False}, "reachable"),
        ("InternetGateways", {"Attachments": []}, "blocked"),
        ("NetworkInterfaces", {"Ipv4Prefixes": []}, "reachable"),
        ("Vpcs", {"NetworkFirewallAssociations": [{"FirewallArn": "arn:x", "FirewallMode": "inline"}]}, "unknown"),
    ],
)
def test_a_member_that_may_turn_the_answer_makes_it_unknown(tmp_path, kind, member, verdict):
    every = {**EVERY, kind: [{**one, **member} for one in EVERY[kind]]}
    cloud = load_all(tmp_path, every)
    assert trace(cloud, parse(cloud, "i-0a1b2c37", "internet:tcp/443")).verdict == verdict


def test_a_weighted_record_of_a_described_zone_is_one_of_several(tmp_path):
    record = {"Name": "a.example.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.1.8"}]}
    zone = {"Id": "/hostedzone/Z1", "Name": "example.", "Config": {"PrivateZone": True}}
    asked = {"HostedZone": zone, "VPCs": [{"VPCId": VPC, "VPCRegion": "eu-west-1"}]}
    load_all(tmp_path, EVERY)
    (tmp_path / "eu-west-1" / "zone.json").write_text(json.dumps(asked))
    rows = [
        {**record, "SetIdentifier": "a", "Weight": 9},
        {**record, "SetIdentifier": "b", "GeoLocation": {"CountryCode": "DE"}},
    ]
    (tmp_path / "eu-west-1" / "Z1.json").write_text(json.dumps({"ResourceRecordSets": rows}))
    cloud = load([tmp_path])
    assert [record.weight for record in cloud.names.hosted_zones["Z1"].records] == [9, None]
    assert [(one.what, one.weight) for one in cloud.template.unread] == [("GeoLocation", "decides")]


def test_every_kind_has_its_members():
    table = json.loads(TABLE.read_text())
    in_another_way = {"LoadBalancerAttributes", "TargetGroupAttributes", "lambda.Policies", "wafv2.WebACLResources"}
    kept = {subject.kept_as for subject in SUBJECTS.values()}
    assert sorted({*KINDS, *kept} - table.keys() - in_another_way) == []
