"""Names of described VPC endpoints, of which AWS makes a part."""

import pytest

from netful.engine.names.resolution import resolve
from tests.helpers.described_answers import account

ENDPOINT = {
    "VpcEndpointId": "vpce-1", "VpcEndpointType": "Interface", "VpcId": "vpc-1", "State": "available", "PolicyDocument": "{}",
    "ServiceName": "com.amazonaws.vpce.eu-west-1.vpce-svc-1", "SubnetIds": ["subnet-1"], "Groups": [{"GroupId": "sg-1"}],
    "PrivateDnsEnabled": True,
}  # fmt: skip
OWN = "vpce-1-k3x9.vpce-svc-1.eu-west-1.vpce.amazonaws.com"
ZONAL = OWN.replace("k3x9", "k3x9-eu-west-1a")


@pytest.mark.parametrize("name", [OWN, ZONAL, "api.partner.example", "eu.wild.example"])
def test_names_lead_to_the_endpoint_as_they_are_described(tmp_path, name):
    entries = [{"DnsName": one} for one in (ZONAL, OWN, "API.partner.example", "*.wild.example")]
    endpoints = {"VpcEndpoints": [ENDPOINT | {"DnsEntries": entries}]}
    attribute = {"VpcId": "vpc-1", "EnableDnsHostnames": {"Value": True}}
    answer = resolve(account(tmp_path, endpoints=endpoints, attribute=attribute), "vpc-1", name)
    assert answer.addresses
    assert answer.endpoint_id == "vpce-1"


def test_private_dns_that_is_off_gives_no_address(tmp_path):
    endpoints = {"VpcEndpoints": [ENDPOINT | {"PrivateDnsEnabled": False, "DnsEntries": [{"DnsName": OWN}]}]}
    assert not resolve(account(tmp_path, endpoints=endpoints), "vpc-1", "api.partner.example").addresses
