"""Route 53's answers are the mirror of the described source: what they return reads back as the same zones."""

import json

from hypothesis import given
from hypothesis import strategies as st

from netful.account.changes import changed, new
from netful.account.route53.api import Route53Api
from netful.model.cloud import Cloud
from netful.sources import load
from tests.helpers.account_client import Client, Running
from tests.helpers.examples import examples

LABELS = st.sampled_from(("a", "b", "*", "x-1"))
RECORDS = st.one_of(
    st.fixed_dictionaries({"Type": st.just("A"), "TTL": st.integers(1, 900), "ResourceRecords": st.just(["192.0.2.1", "192.0.2.2"])}),
    st.fixed_dictionaries({"Type": st.just("CNAME"), "TTL": st.integers(1, 900), "ResourceRecords": st.just(["x.test"])}),
    st.fixed_dictionaries({"Type": st.just("A"), "AliasTarget": st.just({"DNSName": "x.test", "HostedZoneId": "Z1"})}),
)  # fmt: skip


@st.composite
def clouds(draw):
    edits = [new("AWS::EC2::VPC", f"Vpc{n}", {"CidrBlock": f"10.{n}.0.0/16"}) for n in (1, 2)]
    for zone in draw(st.sets(st.sampled_from(("one.test", "two.test", "sub.two.test")), min_size=1)):
        seen = [{"VPCId": vpc, "VPCRegion": "us-east-1"} for vpc in draw(st.sets(st.sampled_from(("Vpc1", "Vpc2"))))]
        name = zone.replace(".", "")
        edits.append(new("AWS::Route53::HostedZone", name, {"Name": zone, **({"VPCs": seen} if seen else {})}))
        for label in draw(st.sets(LABELS)):
            properties = {"HostedZoneId": name, "Name": f"{label}.{zone}.", **draw(RECORDS)}
            edits.append(new("AWS::Route53::RecordSet", f"{name}{label}", properties))
    return changed(Cloud.of(), edits)


def told(zone, ids):
    """What a zone says: names and values, under AWS's ids."""
    records = [
        (one.name, one.type, one.values, str(one.alias).rstrip("."), one.ttl)
        for one in zone.records
        if one.type not in ("NS", "SOA")
    ]
    return sorted(ids.get(str(vpc), str(vpc)) for vpc in zone.vpc_ids), sorted(records)


@examples(40)
@given(clouds())
def test_what_is_described_reads_back_as_the_same_zones(tmp_path_factory, drawn):
    folder = tmp_path_factory.mktemp("described") / "describe"
    dns, ids = Client("route53", Route53Api(Running(drawn)).handle), drawn.aws_ids
    listed = dns("ListHostedZones")
    answers = [listed]
    for zone in listed["HostedZones"]:
        id_ = zone["Id"].rpartition("/")[2]
        answers += [dns("GetHostedZone", Id=id_), dns("ListResourceRecordSets", HostedZoneId=id_)]
    (folder / "us-east-1").mkdir(parents=True)
    for number, answer in enumerate(answers):
        answer.pop("ResponseMetadata", None)
        (folder / "us-east-1" / f"{number}.json").write_text(json.dumps(answer, default=str))
    (folder / "us-east-1" / "vpcs.json").write_text(json.dumps({"Vpcs": [
        {"VpcId": ids[vpc.id], "CidrBlock": str(vpc.cidr_blocks[0])} for vpc in drawn.network.vpcs.values()
    ]}))  # fmt: skip
    read = load([folder]).names.hosted_zones
    assert {zone.name: told(zone, {}) for zone in read.values()} == {
        zone.name: told(zone, ids) for zone in drawn.names.hosted_zones.values()
    }
