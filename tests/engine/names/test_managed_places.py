"""Place of a database or cache: one of its group's subnets, where its names lead in a running stack."""

import pytest

from netful import sources
from netful.engine.names.managed_places import place_of, where_it_runs
from netful.engine.names.resolution import resolve

TEMPLATE = """
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}}}
  B: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}}}
  Subnets:
    Type: AWS::RDS::DBSubnetGroup
    Properties: {{DBSubnetGroupDescription: d, SubnetIds: [!Ref A, !Ref B]}}
  Cluster: {{Type: AWS::RDS::DBCluster, Properties: {{Engine: aurora-postgresql, DBSubnetGroupName: !Ref Subnets}}}}
  Db:
    Type: AWS::RDS::DBInstance
    Properties: {{Engine: postgres, DBSubnetGroupName: !Ref Subnets, {more}}}
"""
NAME = "db.netful.us-east-1.rds.amazonaws.com"


@pytest.fixture
def loaded(tmp_path):
    def load(more=""):
        (tmp_path / "template.yaml").write_text(TEMPLATE.format(more=more))
        return sources.load([tmp_path / "template.yaml"], region="us-east-1")

    return load


def given(answer):
    return [str(address) for address in answer.addresses]


@pytest.mark.parametrize(
    ("more", "address"),
    [
        ("", "10.0.1.4"),
        ("AvailabilityZone: us-east-1b", "10.0.2.4"),
        ("AvailabilityZone: us-east-1f", "10.0.1.4"),
        ("DBClusterIdentifier: !Ref Cluster", "10.0.1.4"),
    ],
)
def test_name_leads_to_the_place(loaded, more, address):
    cloud = loaded(more)
    answer = resolve(cloud, "Vpc", NAME)
    assert len(given(answer)) == 2
    place = place_of(cloud, "Db")
    assert given(where_it_runs(cloud, answer)) == [str(place.private_ip_address)]
    assert place.subnet_id == {"10.0.1.4": "A", "10.0.2.4": "B"}[address]


def test_member_is_where_its_cluster_is(loaded):
    assert place_of(loaded("DBClusterIdentifier: !Ref Cluster"), "Db").owner_id == "Cluster"


def test_public_database_is_named_by_its_public_address_outside(loaded):
    cloud = loaded("PubliclyAccessible: true")
    (outside,) = where_it_runs(cloud, resolve(cloud, None, NAME)).addresses
    assert outside == place_of(cloud, "Db").public_ip


def test_other_answers_are_as_they_are(loaded):
    cloud = loaded()
    answer = resolve(cloud, "Vpc", "ssm.us-east-1.amazonaws.com")
    assert where_it_runs(cloud, answer) is answer
    assert place_of(cloud, "Vpc") is None
