"""Several records of one name: which of them is given."""

import pytest

from netful.engine.names.resolution import resolve
from netful.sources import load
from tests.helpers.texts import replaced

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsSupport: true, EnableDnsHostnames: true}}
  Zone: {Type: AWS::Route53::HostedZone, Properties: {Name: corp.example, VPCs: [{VPCId: !Ref Vpc, VPCRegion: us-east-1}]}}
  Records:
    Type: AWS::Route53::RecordSetGroup
    Properties:
      HostedZoneId: !Ref Zone
      RecordSets:
        - {Name: api.corp.example, Type: A, TTL: 60, SetIdentifier: a, ResourceRecords: [10.0.0.1], <first>}
        - {Name: api.corp.example, Type: A, TTL: 60, SetIdentifier: b, ResourceRecords: [10.0.0.2], <second>}
"""


@pytest.mark.parametrize(
    ("first", "second", "given"),
    [
        ("Weight: 10", "Weight: 1", {1, 2}),
        ("Weight: 0", "Weight: 1", {2}),
        ("Weight: 0", "Weight: 0", {1, 2}),
        ("Failover: SECONDARY", "Failover: PRIMARY", {2}),
        ("Region: us-east-1", "Region: eu-west-1", {1}),
        ("Region: ap-south-1", "Region: eu-west-1", {1, 2}),
        ("MultiValueAnswer: true", "MultiValueAnswer: true", {1, 2}),
    ],
)
def test_of_several_records(tmp_path, first, second, given):
    file = tmp_path / "template.yaml"
    file.write_text(replaced(TEMPLATE, {"<first>": first, "<second>": second}))
    found = resolve(load([file]), "Vpc", "api.corp.example")
    assert {int(str(address).rpartition(".")[2]) for address in found.addresses} == given
    assert bool(found.assumptions) is ("Failover" in first)
