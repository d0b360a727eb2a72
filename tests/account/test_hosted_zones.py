"""Route 53's API as deployment tools use it: zones, records, tags, and the codes of what AWS refuses."""

import re
from pathlib import Path

import pytest

from netful.account.ec2.api import Ec2Api
from netful.account.route53.api import Route53Api
from netful.account.route53.change_log import MOST, ChangeLog
from netful.account.wire.errors import ApiError
from netful.engine.names.resolution import resolve
from netful.sources import load
from tests.helpers.account_client import Client, Running


class Account:
    def __init__(self, cloud=None):
        self.running = Running(cloud)
        self.ec2 = Client("ec2", Ec2Api(self.running, ()).handle)
        self.dns = Client("route53", Route53Api(self.running).handle)

    def vpc(self, block="10.0.0.0/16"):
        vpc = self.ec2("CreateVpc", CidrBlock=block)["Vpc"]["VpcId"]
        self.ec2("ModifyVpcAttribute", VpcId=vpc, EnableDnsHostnames={"Value": True})
        return vpc

    def zone(self, name="example.com", vpc=None, reference="r"):
        where = {"VPC": {"VPCId": vpc, "VPCRegion": "eu-west-1"}} if vpc else {}
        return self.dns("CreateHostedZone", Name=name, CallerReference=reference, **where)

    def change(self, zone, *changes):
        batch = {"Changes": [{"Action": action, "ResourceRecordSet": record} for action, record in changes]}
        return self.dns("ChangeResourceRecordSets", HostedZoneId=zone, ChangeBatch=batch)

    def records(self, zone):
        found = self.dns("ListResourceRecordSets", HostedZoneId=zone)["ResourceRecordSets"]
        return {(one["Name"], one["Type"]): one for one in found if one["Type"] not in ("NS", "SOA")}


@pytest.fixture
def account():
    return Account()


@pytest.fixture
def dns(account):
    return account.dns


def a(name, *values, kind="A", ttl=60, **more):
    return {"Name": name, "Type": kind, "TTL": ttl, "ResourceRecords": [{"Value": value} for value in values], **more}


def id_of(made):
    return made["HostedZone"]["Id"].rpartition("/")[2]


def test_a_public_zone(account, dns):
    made = account.zone()
    zone = id_of(made)
    assert re.fullmatch("Z[A-Z0-9]{12,31}", zone)
    assert made["Location"].endswith(f"/hostedzone/{zone}")
    assert (made["HostedZone"]["Name"], made["HostedZone"]["Config"]["PrivateZone"]) == ("example.com.", False)
    assert made["ResponseMetadata"]["HTTPStatusCode"] == 201
    found = dns("GetHostedZone", Id=zone)
    assert found["DelegationSet"] == made["DelegationSet"]
    assert len(found["DelegationSet"]["NameServers"]) == 4
    assert found["HostedZone"]["ResourceRecordSetCount"] == 2
    assert dns("GetChange", Id=made["ChangeInfo"]["Id"].rpartition("/")[2])["ChangeInfo"]["Status"] == "INSYNC"
    assert account.zone() == "HostedZoneAlreadyExists"
    dns("DeleteHostedZone", Id=zone)
    assert dns("GetHostedZone", Id=zone) == "NoSuchHostedZone"
    assert dns("GetChange", Id="C0") == "NoSuchChange"


def test_a_private_zone_and_its_vpcs(account, dns):
    one, two = account.vpc(), account.vpc("10.1.0.0/16")
    zone = id_of(account.zone("corp.internal", one))
    second = {"VPCId": two, "VPCRegion": "eu-west-1"}
    assert account.zone("corp.internal", one, "other") == "ConflictingDomainExists"
    dns("AssociateVPCWithHostedZone", HostedZoneId=zone, VPC=second)
    assert [vpc["VPCId"] for vpc in dns("GetHostedZone", Id=zone)["VPCs"]] == [one, two]
    (seen,) = dns("ListHostedZonesByVPC", **second)["HostedZoneSummaries"]
    assert (seen["HostedZoneId"], seen["Name"]) == (zone, "corp.internal.")
    dns("DisassociateVPCFromHostedZone", HostedZoneId=zone, VPC=second)
    assert dns("DisassociateVPCFromHostedZone", HostedZoneId=zone, VPC=second) == "VPCAssociationNotFound"
    first = {"VPCId": one, "VPCRegion": "eu-west-1"}
    assert dns("DisassociateVPCFromHostedZone", HostedZoneId=zone, VPC=first) == "LastVPCAssociation"
    public = id_of(account.zone("public.example", reference="p"))
    assert dns("AssociateVPCWithHostedZone", HostedZoneId=public, VPC=first) == "PublicZoneVPCAssociation"
    assert account.zone("x.internal", "vpc-0123456789abcdef0", "x") == "InvalidVPCId"


def test_names_resolve_after_the_call(account):
    vpc = account.vpc()
    zone = id_of(account.zone("corp.internal", vpc))
    account.change(zone, ("CREATE", a("db.corp.internal", "10.0.0.7")))
    assert [str(one) for one in resolve(account.running.cloud, vpc, "db.corp.internal").addresses] == ["10.0.0.7"]
    account.change(zone, ("DELETE", a("db.corp.internal.", "10.0.0.7")))
    assert not resolve(account.running.cloud, vpc, "db.corp.internal").addresses


def test_records_are_created_replaced_and_deleted(account):
    zone = id_of(account.zone())
    account.change(
        zone, ("CREATE", a("www.example.com", "192.0.2.1")), ("CREATE", a("*.example.com", "x.test", kind="CNAME"))
    )
    found = account.records(zone)
    assert {*found} == {("www.example.com.", "A"), (r"\052.example.com.", "CNAME")}
    assert found["www.example.com.", "A"] == a("www.example.com.", "192.0.2.1")
    account.change(zone, ("UPSERT", a("www.example.com", "192.0.2.2", "192.0.2.3", ttl=5)))
    assert account.records(zone)["www.example.com.", "A"] == a("www.example.com.", "192.0.2.2", "192.0.2.3", ttl=5)
    assert account.dns("DeleteHostedZone", Id=zone) == "HostedZoneNotEmpty"
    account.change(zone, *(("DELETE", record) for record in account.records(zone).values()))
    assert account.records(zone) == {}
    account.dns("DeleteHostedZone", Id=zone)
    assert account.running.cloud.template.resources == {}


def test_an_alias_and_weighted_records(account):
    zone = id_of(account.zone())
    target = {
        "HostedZoneId": "Z32O12XQLNTSW2",
        "DNSName": "x.eu-west-1.elb.amazonaws.com.",
        "EvaluateTargetHealth": True,
    }
    alias = {"Name": "app.example.com.", "Type": "A", "AliasTarget": target}
    weighted = [a("w.example.com.", f"192.0.2.{n}", SetIdentifier=f"s{n}", Weight=n) for n in (1, 2)]
    account.change(zone, ("CREATE", alias), *(("CREATE", one) for one in weighted))
    found = account.dns("ListResourceRecordSets", HostedZoneId=zone)["ResourceRecordSets"]
    assert [one for one in found if one["Type"] == "A"] == [alias, *weighted]


@pytest.mark.parametrize(
    ("action", "record", "said"),
    [
        ("CREATE", a("www.example.com", "192.0.2.1"), "it already exists"),
        ("DELETE", a("www.example.com", "192.0.2.9"), "the values provided do not match the current values"),
        ("DELETE", a("x.example.com", "192.0.2.9"), "it was not found"),
        ("CREATE", a("www.other.com", "192.0.2.1"), "is not permitted in zone example.com."),
        ("CREATE", a("example.com", "x.test", kind="CNAME"), "is not permitted at apex in zone example.com."),
        ("CREATE", a("www.example.com", "x.test", kind="CNAME"), "conflicts with other records"),
        ("CREATE", a("y.example.com", "www"), "Value is not a valid IPv4 address"),
        ("CREATE", a("y.example.com", "bare", kind="TXT"), "Value should be enclosed in quotation marks"),
    ],
)
def test_a_batch_that_is_refused_changes_nothing(account, action, record, said):
    zone = id_of(account.zone())
    account.change(zone, ("CREATE", a("www.example.com", "192.0.2.1")))
    before = account.records(zone)
    assert account.change(zone, ("CREATE", a("new.example.com", "192.0.2.4")), (action, record)) == "InvalidChangeBatch"
    assert said in account.dns.error
    assert account.records(zone) == before


def test_zones_are_listed_in_pages_and_by_name(account, dns):
    for name in ("b.org", "a.org", "x.com"):
        account.zone(name, reference=name)
    first = dns("ListHostedZones", MaxItems="2")
    second = dns("ListHostedZones", MaxItems="2", Marker=first["NextMarker"])
    assert [len(page["HostedZones"]) for page in (first, second)] == [2, 1]
    assert (first["IsTruncated"], second["IsTruncated"]) == (True, False)
    assert dns("ListHostedZones", HostedZoneType="PrivateHostedZone")["HostedZones"] == []
    names = [zone["Name"] for zone in dns("ListHostedZonesByName")["HostedZones"]]
    assert names == ["x.com.", "a.org.", "b.org."]
    found = dns("ListHostedZonesByName", DNSName="b.org", MaxItems="1")
    assert ([zone["Name"] for zone in found["HostedZones"]], found["IsTruncated"]) == (["b.org."], False)
    assert dns("GetHostedZoneCount")["HostedZoneCount"] == 3


def test_records_are_listed_from_a_name_on(account, dns):
    zone = id_of(account.zone())
    account.change(zone, *(("CREATE", a(f"{name}.example.com", "192.0.2.1")) for name in "cab"))
    asked = {"HostedZoneId": zone, "StartRecordName": "b.example.com", "StartRecordType": "A", "MaxItems": "1"}
    page = dns("ListResourceRecordSets", **asked)
    assert [one["Name"] for one in page["ResourceRecordSets"]] == ["b.example.com."]
    assert (page["IsTruncated"], page["NextRecordName"], page["NextRecordType"]) == (True, "c.example.com.", "A")


def test_tags_and_comments(account, dns):
    zone = id_of(account.zone())
    of_zone = {"ResourceType": "hostedzone", "ResourceId": zone}
    dns("ChangeTagsForResource", **of_zone, AddTags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    dns("ChangeTagsForResource", **of_zone, RemoveTagKeys=["a"])
    assert dns("ListTagsForResource", **of_zone)["ResourceTagSet"]["Tags"] == [{"Key": "b", "Value": "2"}]
    dns("UpdateHostedZoneComment", Id=zone, Comment="front <& back>")
    assert dns("GetHostedZone", Id=zone)["HostedZone"]["Config"]["Comment"] == "front <& back>"
    assert dns("ListTagsForResource", ResourceType="healthcheck", ResourceId="x") == "NoSuchHealthCheck"


def test_records_of_a_template_are_changed_in_place(tmp_path: Path):
    (tmp_path / "template.yaml").write_text("""
Resources:
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: example.com}}
  Own: {Type: AWS::Route53::RecordSet, Properties: {HostedZoneId: !Ref Zone, Name: own.example.com, Type: A, TTL: "60", ResourceRecords: [192.0.2.1]}}
  Group:
    Type: AWS::Route53::RecordSetGroup
    Properties:
      HostedZoneId: !Ref Zone
      RecordSets:
        - {Name: one.example.com, Type: A, TTL: "60", ResourceRecords: [192.0.2.2]}
        - {Name: two.example.com, Type: TXT, TTL: "60", ResourceRecords: ['"text"']}
""")
    account = Account(load([tmp_path]))
    account.change("Zone", ("UPSERT", a("own.example.com", "192.0.2.9")), ("DELETE", a("one.example.com", "192.0.2.2")))
    assert account.records("Zone") == {
        ("own.example.com.", "A"): a("own.example.com.", "192.0.2.9"),
        ("two.example.com.", "TXT"): a("two.example.com.", '"text"', kind="TXT"),
    }
    assert {*account.running.cloud.template.resources} == {"Zone", "Own", "Group"}


def test_what_is_not_served_and_what_is_not_xml(account, dns):
    assert dns("ListGeoLocations") == "UnknownOperationException"
    zone = id_of(account.zone())
    serve, dns.handle = dns.handle, lambda request: serve(type(request)(request.method, request.target, request.headers, b"<x", request.connection))  # fmt: skip
    assert account.change(zone, ("CREATE", a("www.example.com", "192.0.2.1"))) == "MalformedInput"


def test_old_changes_are_forgotten():
    log = ChangeLog()
    first, second, *_ = [log.made()["Id"] for _ in range(MOST + 1)]
    assert log.found(second)["Status"] == "INSYNC"
    with pytest.raises(ApiError, match="NoSuchChange"):
        log.found(first)
