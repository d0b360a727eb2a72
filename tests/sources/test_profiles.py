"""Route 53 Profiles, as templates, plans and described accounts write them (newer-aws §5)."""

import json

from netful.engine.names.resolution import resolve
from netful.sources import load
from tests.helpers.terraform_plans import network, refers

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  Spoke: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.1.0.0/16, EnableDnsHostnames: true}}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: corp.example, VPCs: [{VPCId: !Ref Vpc, VPCRegion: us-east-1}]}}
  Db: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, Name: db.corp.example, Type: A, ResourceRecords: [10.0.0.9]}}
  All: {Type: AWS::Route53Resolver::FirewallDomainList, Properties: {Domains: ['*.evil.com']}}
  Group:
    Type: AWS::Route53Resolver::FirewallRuleGroup
    Properties: {FirewallRules: [{Priority: 1, Action: BLOCK, BlockResponse: NODATA, FirewallDomainListId: !Ref All}]}
  Profile: {Type: AWS::Route53Profiles::Profile, Properties: {Name: all}}
  OfSpoke: {Type: AWS::Route53Profiles::ProfileAssociation, Properties: {Name: s, ProfileId: !Ref Profile, ResourceId: !Ref Spoke}}
  ZoneThere:
    Type: AWS::Route53Profiles::ProfileResourceAssociation
    Properties: {Name: z, ProfileId: !GetAtt Profile.Id, ResourceArn: !Sub "arn:aws:route53:::hostedzone/${Zone}"}
  GroupThere:
    Type: AWS::Route53Profiles::ProfileResourceAssociation
    Properties: {Name: g, ProfileId: !Ref Profile, ResourceArn: !GetAtt Group.Arn, ResourceProperties: '{"priority":102}'}
"""


def test_a_template(cloud_of):
    made = cloud_of(TEMPLATE)
    assert [str(a) for a in resolve(made, "Spoke", "db.corp.example").addresses] == ["10.0.0.9"]
    assert resolve(made, "Spoke", "a.evil.com").status == "NODATA"
    assert resolve(made, "Vpc", "a.evil.com").status == "NOERROR"
    assert resolve(made, "Spoke", "db.corp.example").assumptions == ()


def test_a_plan(tmp_path):
    plan = network()
    plan.add("aws_route53_zone.z", name="corp.example", vpc=[{"vpc_id": "vpc-9"}])
    plan.add("aws_route53_record.r", {"zone_id": refers("aws_route53_zone.z.zone_id")}, zone_id=..., name="db.corp.example", type="A",
             records=["10.0.0.9"], ttl=60)  # fmt: skip
    plan.add("aws_route53profiles_profile.p", name="all")
    plan.add(
        "aws_route53profiles_association.a", {
            "profile_id": refers("aws_route53profiles_profile.p.id"), "resource_id": refers("aws_vpc.main.id"),
        }, profile_id=..., resource_id=..., name="a",
    )  # fmt: skip
    plan.add(
        "aws_route53profiles_resource_association.z", {
            "profile_id": refers("aws_route53profiles_profile.p.id"), "resource_arn": refers("aws_route53_zone.z.arn"),
        }, profile_id=..., resource_arn=..., name="z",
    )  # fmt: skip
    made = load([plan.write(tmp_path)])
    profile = made.names.profiles["aws_route53profiles_profile.p"]
    assert (profile.vpc_ids, profile.resources[0].resource_id) == (("aws_vpc.main",), "aws_route53_zone.z")


def test_a_described_account(tmp_path):
    zone = {"Id": "/hostedzone/Z1", "Name": "corp.example.", "Config": {"PrivateZone": True}}
    record = {"Name": "db.corp.example.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "10.0.0.9"}]}
    answers = {
        "vpcs": {"Vpcs": [{"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/16"}]},
        "names": {"VpcId": "vpc-1", "EnableDnsHostnames": {"Value": True}},
        "zone": {"HostedZone": zone, "VPCs": [{"VPCId": "vpc-2", "VPCRegion": "us-east-1"}]},
        "records-Z1": {"ResourceRecordSets": [record]},
        "zones": {"HostedZones": [zone]},
        "profiles": {"ProfileSummaries": [{"Id": "rp-1", "Name": "all"}]},
        "associations": {"ProfileAssociations": [{"Id": "rpassoc-1", "ProfileId": "rp-1", "ResourceId": "vpc-1", "Status": "COMPLETE"}]},
        "resources": {
            "ProfileResourceAssociations": [
                {"Id": "rpr-1", "ProfileId": "rp-1", "ResourceArn": "arn:aws:route53:::hostedzone/Z1", "Status": "COMPLETE"}
            ]
        },
    }  # fmt: skip
    for name, answer in answers.items():
        file = tmp_path / "us-east-1" / f"{name}.json"
        file.parent.mkdir(exist_ok=True)
        file.write_text(json.dumps(answer))
    answer = resolve(load([tmp_path]), "vpc-1", "db.corp.example")
    assert ([str(a) for a in answer.addresses], answer.assumptions) == (["10.0.0.9"], ())
