"""Parts that only an account has of a template's resources: records, routes, entries and rules that calls or other stacks made."""

import pytest

from netful.sources import load
from tests.helpers.described_answers import save
from tests.helpers.paths import path
from tests.helpers.terraform_plans import Plan

ZONE, TABLE, ACL = "Z0AAAAAAAAAAAAAAAAAA1", "rtb-0aaaaaaaaaaaaaaa1", "acl-0aaaaaaaaaaaaaaa1"
VPC, SUBNET, GROUP, OTHER = (
    "vpc-0aaaaaaaaaaaaaaa1",
    "subnet-0aaaaaaaaaaaaaa1",
    "sg-0aaaaaaaaaaaaaaa1",
    "subnet-0aaaaaaaaaaaaaa2",
)
TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  Subnet: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.0.0/24}}
  Table: {Type: AWS::EC2::RouteTable, Properties: {VpcId: !Ref Vpc}}
  Placed: {Type: AWS::EC2::SubnetRouteTableAssociation, Properties: {SubnetId: !Ref Subnet, RouteTableId: !Ref Table}}
  Acl: {Type: AWS::EC2::NetworkAcl, Properties: {VpcId: !Ref Vpc}}
  Kept: {Type: AWS::EC2::SubnetNetworkAclAssociation, Properties: {SubnetId: !Ref Subnet, NetworkAclId: !Ref Acl}}
  Out: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: -1, Egress: true, RuleAction: allow, CidrBlock: 0.0.0.0/0}}
  In: {Type: AWS::EC2::NetworkAclEntry, Properties: {NetworkAclId: !Ref Acl, RuleNumber: 100, Protocol: -1, RuleAction: allow, CidrBlock: 0.0.0.0/0}}
  Group: {Type: AWS::EC2::SecurityGroup, Properties: {VpcId: !Ref Vpc, GroupDescription: g}}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: corp.internal, VPCs: [{VPCId: !Ref Vpc, VPCRegion: eu-west-1}]}}
  Record: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, Name: new.corp.internal, Type: A, TTL: "60", ResourceRecords: [10.0.1.9]}}
  Fn: {Type: AWS::Lambda::Function, Properties: {FunctionName: fn, Runtime: python3.13, Handler: a.b, Role: r, Code: {ZipFile: x}, VpcConfig: {SubnetIds: [!Ref Subnet], SecurityGroupIds: [!Ref Group]}}}
"""
LISTED = [
    ("Vpc", VPC, "AWS::EC2::VPC"), ("Subnet", SUBNET, "AWS::EC2::Subnet"), ("Table", TABLE, "AWS::EC2::RouteTable"),
    ("Acl", ACL, "AWS::EC2::NetworkAcl"), ("Group", GROUP, "AWS::EC2::SecurityGroup"), ("Zone", ZONE, "AWS::Route53::HostedZone"),
    ("Record", "old.corp.internal", "AWS::Route53::RecordSet"),
]  # fmt: skip
LOCAL = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}
BY_CALL = {"DestinationCidrBlock": "172.16.0.0/16", "GatewayId": "igw-0aaaaaaaaaaaaaaa1", "State": "active"}
DENY = {"RuleNumber": 50, "Protocol": "-1", "RuleAction": "deny", "CidrBlock": "10.0.1.9/32", "Egress": True}
ENTRIES = [
    DENY | {"RuleNumber": 100, "RuleAction": "allow", "CidrBlock": "0.0.0.0/0", "Egress": out} for out in (True, False)
]
EVERYTHING = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}


@pytest.fixture
def answers():
    """The account, in which calls made a route, an entry, a rule and a record, and placed a subnet of their own."""
    subnet = {"VpcId": VPC, "AvailabilityZone": "eu-west-1a"}
    table = {"VpcId": VPC, "Routes": [LOCAL, BY_CALL], "RouteTableId": TABLE,
             "Associations": [{"SubnetId": one, "RouteTableId": TABLE, "Main": False} for one in (SUBNET, OTHER)]}  # fmt: skip
    main = {"VpcId": VPC, "Routes": [LOCAL], "RouteTableId": "rtb-0bbbbbbbbbbbbbbb1", "Associations": [{"Main": True}]}
    acl = {"VpcId": VPC, "NetworkAclId": ACL, "IsDefault": False, "Entries": [DENY, *ENTRIES],
           "Associations": [{"SubnetId": one} for one in (SUBNET, OTHER)]}  # fmt: skip
    group = {
        "GroupId": GROUP,
        "VpcId": VPC,
        "GroupName": "g",
        "IpPermissions": [EVERYTHING],
        "IpPermissionsEgress": [EVERYTHING],
    }
    zone = {
        "Id": f"/hostedzone/{ZONE}",
        "Name": "corp.internal.",
        "Config": {"PrivateZone": True},
        "ResourceRecordSetCount": 4,
    }
    records = [{"Name": f"{name}.corp.internal.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.1.9"}]}
               for name in ("old", "call")]  # fmt: skip
    keys = ("StackName", "LogicalResourceId", "PhysicalResourceId", "ResourceType")
    return {
        "vpcs": {"Vpcs": [{"VpcId": VPC, "CidrBlock": "10.0.0.0/16", "OwnerId": "111111111111"}]},
        "subnets": {"Subnets": [subnet | {"SubnetId": SUBNET, "CidrBlock": "10.0.0.0/24"}, subnet | {"SubnetId": OTHER, "CidrBlock": "10.0.1.0/24"}]},
        "tables": {"RouteTables": [table, main]}, "acls": {"NetworkAcls": [acl]}, "groups": {"SecurityGroups": [group]},
        "endpoints": {"VpcEndpoints": []}, "interfaces": {"NetworkInterfaces": []},
        "gateways": {"InternetGateways": [{"InternetGatewayId": "igw-0aaaaaaaaaaaaaaa1", "Attachments": [{"VpcId": VPC, "State": "available"}]}]},
        "zones": {"HostedZones": [zone]}, "zone": {"HostedZone": zone, "VPCs": [{"VPCId": VPC, "VPCRegion": "eu-west-1"}]},
        f"records-{ZONE}": {"ResourceRecordSets": records},
        "stack": {"StackResources": [dict(zip(keys, ("prod", *one), strict=True)) for one in LISTED]},
    }  # fmt: skip


def listed(answers, *row):
    keys = ("StackName", "LogicalResourceId", "PhysicalResourceId", "ResourceType")
    answers["stack"]["StackResources"].append(dict(zip(keys, ("prod", *row), strict=True)))


def loaded(folder, answers):
    (folder / "template.yaml").write_text(TEMPLATE)
    save(folder / "account" / "eu-west-1", answers)
    return load([folder / "template.yaml", folder / "account"], stack_name="prod")


def routes(cloud):
    return [str(one.destination_cidr_block) for one in cloud.network.route_tables["Table"].routes]


@pytest.mark.parametrize(("name", "symptom"), [("new", "timeout"), ("call", "timeout"), ("old", "dns")])
def test_records(tmp_path, answers, name, symptom):
    """Those that the template never had stay; the one that it renames is gone."""
    cloud = loaded(tmp_path, answers)
    assert [one.name.partition(".")[0] for one in cloud.names.hosted_zones["Zone"].records] == ["new", "call"]
    assert path(cloud, "Fn", f"{name}.corp.internal:tcp/80").symptom.kind == symptom


def test_a_route_and_an_entry_stay(tmp_path, answers):
    """The entry denies what the template's own one allows; both stay, as an assumption says."""
    cloud = loaded(tmp_path, answers)
    found = path(cloud, "Fn", "10.0.1.9:tcp/80")
    denied = next(hop for hop in found.hops if hop.verdict == "deny")
    assert (routes(cloud), denied.component, denied.code) == (["172.16.0.0/16"], "Acl", "SUBNET_ACL_RESTRICTION")
    assert len([one for one in found.assumptions if "keeps" in one and one.startswith("Acl")]) == 1
    assert cloud.network.route_tables["Table"].subnet_ids == ("Subnet", OTHER)
    assert cloud.network.network_acls["Acl"].subnet_ids == ("Subnet", OTHER)


@pytest.mark.parametrize(
    ("id_", "kept", "unknown"),
    [
        (f"{TABLE}|172.16.0.0/16", False, False),
        ("prod-Away-1A2B3C", False, True),
        (f"{TABLE}|10.9.0.0/16", True, False),
    ],
)
def test_a_route_that_the_template_leaves_out(tmp_path, answers, id_, kept, unknown):
    """An id of another form does not say which route it is."""
    listed(answers, "Away", id_, "AWS::EC2::Route")
    cloud = loaded(tmp_path, answers)
    assert ("172.16.0.0/16" in routes(cloud)) == kept
    assert (path(cloud, "Fn", "172.16.0.9:tcp/80").verdict == "unknown") == unknown


@pytest.mark.parametrize("permitted", [EVERYTHING, None])
def test_rules_of_the_account_alone_are_gone(tmp_path, answers, permitted):
    answers["groups"]["SecurityGroups"][0]["IpPermissions"] = [permitted] if permitted else []
    cloud = loaded(tmp_path, answers)
    assert cloud.network.security_groups["Group"].ingress == ()
    assert any("loses 1" in one for one in path(cloud, "Fn", "internet").assumptions) == bool(permitted)


@pytest.mark.parametrize("deleted", [True, False])
def test_records_beside_a_plan(tmp_path, answers, deleted):
    """The plan has the zone, and deletes a record, or none."""
    del answers["stack"]
    plan, zone = Plan(), {"name": "corp.internal", "vpc": [{"vpc_id": VPC}]}
    plan.add("aws_route53_zone.x", {"name": {}}, id=ZONE, zone_id=ZONE, **zone)
    plan.changes[-1]["change"] = {"actions": ["no-op"], "before": {"id": ZONE, **zone}, "after_unknown": {}}
    change = {"actions": ["delete"], "before": {"id": f"{ZONE}_old.corp.internal_A"}}
    if deleted:
        plan.changes.append({"address": "aws_route53_record.old", "type": "aws_route53_record", "change": change})
    save(tmp_path / "account" / "eu-west-1", answers)
    cloud = load([plan.write(tmp_path), tmp_path / "account"])
    names = [one.name for one in cloud.names.hosted_zones["aws_route53_zone.x"].records]
    assert names == (["call.corp.internal"] if deleted else ["old.corp.internal", "call.corp.internal"])
