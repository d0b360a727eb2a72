"""Health checks and further look-ups of Route 53 by calls."""

import pytest

from netful.account.route53.api import Route53Api
from tests.helpers.account_client import Client, Running

CONFIG = {"Type": "HTTPS", "FullyQualifiedDomainName": "example.com", "Port": 443, "ResourcePath": "/"}


@pytest.fixture
def dns():
    return Client("route53", Route53Api(Running()).handle)


def test_a_health_check_lives_until_no_record_names_it(dns):
    made = dns("CreateHealthCheck", CallerReference="one", HealthCheckConfig=CONFIG)["HealthCheck"]
    assert (
        made["HealthCheckConfig"]["Port"],
        made["HealthCheckConfig"]["RequestInterval"],
        made["HealthCheckVersion"],
    ) == (443, 30, 1)
    assert dns("CreateHealthCheck", CallerReference="one", HealthCheckConfig=CONFIG)["HealthCheck"]["Id"] == made["Id"]
    other = dns("CreateHealthCheck", CallerReference="one", HealthCheckConfig={**CONFIG, "Port": 80})
    assert other == "HealthCheckAlreadyExists"
    changed = dns("UpdateHealthCheck", HealthCheckId=made["Id"], Port=8443)["HealthCheck"]
    assert (changed["HealthCheckConfig"]["Port"], changed["HealthCheckVersion"]) == (8443, 2)
    assert (
        dns("UpdateHealthCheck", HealthCheckId=made["Id"], HealthCheckVersion=1, Port=1) == "HealthCheckVersionMismatch"
    )
    dns(
        "ChangeTagsForResource", ResourceType="healthcheck", ResourceId=made["Id"], AddTags=[{"Key": "a", "Value": "1"}]
    )
    (tags,) = dns("ListTagsForResources", ResourceType="healthcheck", ResourceIds=[made["Id"]])["ResourceTagSets"]
    assert tags["Tags"] == [{"Key": "a", "Value": "1"}]
    zone = dns("CreateHostedZone", Name="example.com", CallerReference="z")["HostedZone"]["Id"].rpartition("/")[2]
    record = {"Name": "a.example.com", "Type": "A", "TTL": 60, "SetIdentifier": "x", "Weight": 1,
              "ResourceRecords": [{"Value": "192.0.2.1"}], "HealthCheckId": made["Id"]}  # fmt: skip
    change = {"ResourceRecordSet": record}
    dns("ChangeResourceRecordSets", HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "CREATE", **change}]})
    assert dns("DeleteHealthCheck", HealthCheckId=made["Id"]) == "HealthCheckInUse"
    dns("ChangeResourceRecordSets", HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "DELETE", **change}]})
    dns("DeleteHealthCheck", HealthCheckId=made["Id"])
    assert dns("ListHealthChecks")["HealthChecks"] == []
    assert dns("GetHealthCheck", HealthCheckId=made["Id"]) == "NoSuchHealthCheck"


def test_look_ups_of_a_zone(dns):
    zone = dns("CreateHostedZone", Name="example.com", CallerReference="z")["HostedZone"]["Id"].rpartition("/")[2]
    assert dns("GetDNSSEC", HostedZoneId=zone)["Status"]["ServeSignature"] == "NOT_SIGNING"
    assert dns("ListVPCAssociationAuthorizations", HostedZoneId=zone)["VPCs"] == []
    assert dns("ListQueryLoggingConfigs")["QueryLoggingConfigs"] == []
    limit = dns("GetHostedZoneLimit", HostedZoneId=zone, Type="MAX_RRSETS_BY_ZONE")
    assert (limit["Limit"]["Value"], limit["Count"]) == (10000, 2)
    assert dns("GetAccountLimit", Type="MAX_HOSTED_ZONES_BY_OWNER")["Count"] == 1
    for operation, member in (
        ("ListReusableDelegationSets", "DelegationSets"),
        ("ListTrafficPolicies", "TrafficPolicySummaries"),
    ):
        assert dns(operation)[member] == []
    answer = dns("TestDNSAnswer", HostedZoneId=zone, RecordName="example.com", RecordType="SOA")
    assert (answer["ResponseCode"], len(answer["RecordData"])) == ("NOERROR", 1)
    assert (
        dns("TestDNSAnswer", HostedZoneId=zone, RecordName="x.example.com", RecordType="A")["ResponseCode"]
        == "NXDOMAIN"
    )
    assert dns("GetDNSSEC", HostedZoneId="Z0") == "NoSuchHostedZone"
