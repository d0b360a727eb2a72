"""The API of Route 53 Profiles: VPCs of a Profile resolve the names of its resources."""

import re

import pytest

from netful.account.ec2.api import Ec2Api
from netful.account.profiles.api import ProfilesApi
from netful.account.resolver.api import ResolverApi
from netful.account.route53.api import Route53Api
from netful.engine.names.resolution import resolve
from tests.helpers.account_client import Client, Running


class Account:
    def __init__(self):
        self.running = Running()
        self.ec2 = Client("ec2", Ec2Api(self.running, ()).handle)
        self.dns = Client("route53", Route53Api(self.running).handle)
        self.resolver = Client("route53resolver", ResolverApi(self.running).handle)
        self.profiles = Client("route53profiles", ProfilesApi(self.running).handle)
        self.home, self.other = (self.vpc(f"10.{number}.0.0/16") for number in (0, 1))

    def vpc(self, block):
        vpc = self.ec2("CreateVpc", CidrBlock=block)["Vpc"]["VpcId"]
        self.ec2("ModifyVpcAttribute", VpcId=vpc, EnableDnsHostnames={"Value": True})
        return vpc

    def zone(self):
        where = {"VPCId": self.home, "VPCRegion": "eu-west-1"}
        made = self.dns("CreateHostedZone", Name="corp.example", CallerReference="r", VPC=where)
        zone = made["HostedZone"]["Id"].rpartition("/")[2]
        record = {"Name": "db.corp.example", "Type": "A", "TTL": 1, "ResourceRecords": [{"Value": "10.0.9.9"}]}
        batch = {"Changes": [{"Action": "CREATE", "ResourceRecordSet": record}]}
        self.dns("ChangeResourceRecordSets", HostedZoneId=zone, ChangeBatch=batch)
        return f"arn:aws:route53:::hostedzone/{zone}"

    def addresses(self, vpc, name="db.corp.example"):
        found = resolve(self.running.cloud, self.running.cloud.names_by_id[vpc], name)
        return [*map(str, found.addresses)]


@pytest.fixture
def account():
    return Account()


def test_a_vpc_of_a_profile_resolves_the_names_of_its_zones(account):
    profiles, zone = account.profiles, account.zone()
    profile = profiles("CreateProfile", Name="shared", ClientToken="t")["Profile"]
    assert re.fullmatch("rp-[0-9a-f]{17}", profile["Id"])
    place = {"ProfileId": profile["Id"], "ResourceId": account.other}
    made = profiles("AssociateProfile", Name="n", **place)["ProfileAssociation"]
    assert (made["Status"], made["ResourceId"]) == ("COMPLETE", account.other)
    assert account.addresses(account.other) == []
    one = profiles("AssociateResourceToProfile", ProfileId=profile["Id"], ResourceArn=zone, Name="z")
    assert one["ProfileResourceAssociation"]["ResourceType"] == "PRIVATE_HOSTED_ZONE"
    assert account.addresses(account.other) == ["10.0.9.9"]
    assert profiles("DeleteProfile", ProfileId=profile["Id"]) == "ConflictException"
    listed = profiles("ListProfileResourceAssociations", ProfileId=profile["Id"])["ProfileResourceAssociations"]
    assert [each["ResourceArn"] for each in listed] == [zone]
    profiles("DisassociateResourceFromProfile", ProfileId=profile["Id"], ResourceArn=zone)
    assert account.addresses(account.other) == []
    profiles("DisassociateProfile", **place)
    assert profiles("GetProfileAssociation", ProfileAssociationId=made["Id"]) == "ResourceNotFoundException"
    assert profiles("DeleteProfile", ProfileId=profile["Id"])["Profile"]["Status"] == "DELETED"
    assert profiles("ListProfiles")["ProfileSummaries"] == []


def test_a_rule_group_needs_a_priority(account):
    group = account.resolver("CreateFirewallRuleGroup", Name="g", CreatorRequestId="g")["FirewallRuleGroup"]
    profile = account.profiles("CreateProfile", Name="shared", ClientToken="t")["Profile"]["Id"]
    asked = {"ProfileId": profile, "ResourceArn": group["Arn"], "Name": "g"}
    assert account.profiles("AssociateResourceToProfile", **asked) == "InvalidParameterException"
    made = account.profiles("AssociateResourceToProfile", ResourceProperties='{"priority":102}', **asked)
    assert made["ProfileResourceAssociation"]["ResourceType"] == "FIREWALL_RULE_GROUP"
    id_ = made["ProfileResourceAssociation"]["Id"]
    asked = {"ProfileResourceAssociationId": id_, "ResourceProperties": '{"priority":103}'}
    again = account.profiles("UpdateProfileResourceAssociation", **asked)["ProfileResourceAssociation"]
    assert again["ResourceProperties"] == '{"priority":103}'


def test_what_does_not_exist(account):
    profile = account.profiles("CreateProfile", Name="shared", ClientToken="t")["Profile"]["Id"]
    assert account.profiles("GetProfile", ProfileId="rp-0") == "ResourceNotFoundException"
    asked = {"ProfileId": profile, "Name": "n"}
    assert account.profiles("AssociateProfile", ResourceId="vpc-0", **asked) == "ResourceNotFoundException"
    gone = "arn:aws:route53:::hostedzone/Z0"
    assert account.profiles("AssociateResourceToProfile", ResourceArn=gone, **asked) == "ResourceNotFoundException"
    bucket = "arn:aws:s3:::bucket"
    assert account.profiles("AssociateResourceToProfile", ResourceArn=bucket, **asked) == "InvalidParameterException"


def test_tags_and_tokens(account):
    asked = {"Name": "a", "ClientToken": "t", "Tags": [{"Key": "team", "Value": "net"}]}
    first = account.profiles("CreateProfile", **asked)["Profile"]
    assert account.profiles("CreateProfile", **asked)["Profile"] == first
    assert account.profiles("CreateProfile", Name="b", ClientToken="t") == "ConflictException"
    account.profiles("TagResource", ResourceArn=first["Arn"], Tags={"stage": "dev"})
    account.profiles("UntagResource", ResourceArn=first["Arn"], TagKeys=["team"])
    assert account.profiles("ListTagsForResource", ResourceArn=first["Arn"])["Tags"] == {"stage": "dev"}
