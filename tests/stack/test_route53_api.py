"""Route 53's API of a running stack: names resolve in the VPC after the call, and no longer after their deletion."""

import pytest
from botocore.exceptions import ClientError

from tests.helpers.stacks import EXAMPLES, Stack

pytestmark = pytest.mark.packets
SOON = {"Delay": 1, "MaxAttempts": 10}


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    one = Stack(tmp_path_factory.mktemp("state"), EXAMPLES / "ssm-demo" / "endpoint.yaml")
    one.up()
    yield one
    one.down()


@pytest.fixture(scope="module")
def client(stack):
    return stack.client


@pytest.fixture(scope="module")
def dns(client):
    return client("route53")


@pytest.fixture
def zone(client, dns):
    vpc = client("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    where = {"VPCRegion": "us-east-1", "VPCId": vpc}
    id_ = dns.create_hosted_zone(Name="corp.internal", CallerReference="r", VPC=where)["HostedZone"]["Id"]
    yield id_
    dns.delete_hosted_zone(Id=id_)


def change(dns, zone, action, **record):
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record}]}
    made = dns.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)
    dns.get_waiter("resource_record_sets_changed").wait(Id=made["ChangeInfo"]["Id"], WaiterConfig=SOON)


def addresses(stack, name):
    """What a host in the VPC gets from its resolver."""
    words = ("getent", "ahostsv4", name)
    done = stack.netful("exec", "--stack", "s", "subnet:PrivateSubnet+FunctionSg", "--", *words)
    return {line.split()[0] for line in done.stdout.splitlines()}


def test_names_follow_what_the_api_writes(stack, dns, zone):
    record = {"Name": "db.corp.internal", "Type": "A", "TTL": 1, "ResourceRecords": [{"Value": "10.0.9.9"}]}
    change(dns, zone, "CREATE", **record)
    assert addresses(stack, "db.corp.internal") == {"10.0.9.9"}
    change(dns, zone, "DELETE", **record)
    assert addresses(stack, "db.corp.internal") == set()


def test_an_alias_of_an_endpoint(stack, client, dns, zone):
    (endpoint,) = client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    entry = endpoint["DnsEntries"][0]
    target = {"DNSName": entry["DnsName"], "HostedZoneId": "Z7HUB22UULQXV", "EvaluateTargetHealth": False}
    change(dns, zone, "UPSERT", Name="ssm.corp.internal", Type="A", AliasTarget=target)
    assert addresses(stack, "ssm.corp.internal") == addresses(stack, entry["DnsName"]) != set()
    change(dns, zone, "DELETE", Name="ssm.corp.internal", Type="A", AliasTarget=target)


def test_a_zone_with_records_stays(dns, zone):
    record = {"Name": "a.corp.internal", "Type": "A", "TTL": 1, "ResourceRecords": [{"Value": "10.0.9.9"}]}
    change(dns, zone, "CREATE", **record)
    with pytest.raises(ClientError, match="HostedZoneNotEmpty"):
        dns.delete_hosted_zone(Id=zone)
    change(dns, zone, "DELETE", **record)


def test_an_operation_that_is_not_served(dns):
    with pytest.raises(ClientError, match="UnknownOperationException") as caught:
        dns.list_geo_locations()
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404
