"""Place of a database or cache: one of its group's subnets, where its names lead in a running stack."""

from dataclasses import replace
from ipaddress import ip_address

import pytest

from netful import sources
from netful.engine.names.managed_places import (
    is_reader,
    owner_of,
    place_of,
    proxy_of,
    readers_of,
    server_of,
    target_group_of,
    where_it_runs,
)
from netful.engine.names.resolution import resolve
from netful.engine.trace.ends.default_ports import default_port
from netful.hosts.fronts.planned import fronts_of

TEMPLATE = """
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}}}
  B: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}}}
  Subnets:
    Type: AWS::RDS::DBSubnetGroup
    Properties: {{DBSubnetGroupDescription: d, SubnetIds: [!Ref A, !Ref B]}}
  Cluster: {{Type: AWS::RDS::DBCluster, Properties: {{DBClusterIdentifier: cluster, Engine: aurora-postgresql, DBSubnetGroupName: !Ref Subnets}}}}
  Db:
    Type: AWS::RDS::DBInstance
    Properties: {{DBInstanceIdentifier: db, Engine: postgres, DBSubnetGroupName: !Ref Subnets, {more}}}
"""
MORE = "}}\n  {name}:\n    Type: AWS::RDS::DBInstance\n    Properties: {{{more}"
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
    place = place_of(cloud, "Db")
    assert given(where_it_runs(cloud, answer)) == [str(place.private_ip_address)]
    assert place.subnet_id == {"10.0.1.4": "A", "10.0.2.4": "B"}[address]


def test_member_is_where_its_cluster_is(loaded):
    assert place_of(loaded("DBClusterIdentifier: !Ref Cluster"), "Db").owner_id == "Cluster"


def test_a_cluster_is_where_its_first_instance_is(loaded):
    cloud = loaded(
        "DBClusterIdentifier: !Ref Cluster, AvailabilityZone: us-east-1b"
        + MORE.format(name="Second", more="DBClusterIdentifier: !Ref Cluster")
    )
    assert [place_of(cloud, name).subnet_id for name in ("Cluster", "Db")] == ["B", "B"]


def test_readers_have_places_of_their_own(loaded):
    cloud = loaded(
        "DBClusterIdentifier: !Ref Cluster"
        + MORE.format(name="Second", more="DBClusterIdentifier: !Ref Cluster, AvailabilityZone: us-east-1b")
        + MORE.format(name="Third", more="DBClusterIdentifier: !Ref Cluster")
    )
    assert readers_of(cloud, "Cluster") == ("Second", "Third")
    assert [place_of(cloud, name).owner_id for name in ("Db", "Second", "Third")] == ["Cluster", "Second", "Third"]
    found = where_it_runs(cloud, resolve(cloud, "Vpc", "cluster.cluster-ro-netful.us-east-1.rds.amazonaws.com"))
    assert found.addresses == tuple(place_of(cloud, name).private_ip_address for name in ("Second", "Third"))
    (writer,) = where_it_runs(
        cloud, resolve(cloud, "Vpc", "cluster.cluster-netful.us-east-1.rds.amazonaws.com")
    ).addresses
    assert writer == place_of(cloud, "Cluster").private_ip_address


def test_readers_name_leads_to_the_writer_without_readers(loaded):
    cloud = loaded("DBClusterIdentifier: !Ref Cluster")
    (found,) = where_it_runs(
        cloud, resolve(cloud, "Vpc", "cluster.cluster-ro-netful.us-east-1.rds.amazonaws.com")
    ).addresses
    assert found == place_of(cloud, "Cluster").private_ip_address


@pytest.mark.parametrize(
    ("subnets", "readers"), [("A, B, C", ["10.0.2.4", "10.0.3.4"]), ("A, B", ["10.0.2.4"]), ("A", ["10.0.1.4"])]
)
def test_readers_of_a_multi_az_cluster_are_its_standbys(cloud_of, subnets, readers):
    named = ", ".join(f"!Ref {name}" for name in subnets.split(", "))
    cloud = cloud_of(f"""
Resources:
  Vpc: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.0.0.0/16}}}}
  A: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}}}
  B: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}}}
  C: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Vpc, CidrBlock: 10.0.3.0/24, AvailabilityZone: us-east-1c}}}}
  Subnets: {{Type: AWS::RDS::DBSubnetGroup, Properties: {{DBSubnetGroupDescription: d, SubnetIds: [{named}]}}}}
  Cluster: {{Type: AWS::RDS::DBCluster, Properties: {{DBClusterIdentifier: cluster, Engine: postgres, DBClusterInstanceClass: db.m6gd.large, DBSubnetGroupName: !Ref Subnets}}}}
""")
    for kind, there in (("cluster", ["10.0.1.4"]), ("cluster-ro", readers)):
        name = f"cluster.{kind}-netful.us-east-1.rds.amazonaws.com"
        assert given(where_it_runs(cloud, resolve(cloud, "Vpc", name))) == there
    fronts = [(one.id, one.read_only, one.standby) for one in fronts_of(cloud)]
    assert fronts == [("Cluster", True, True)] * (len(subnets) > 1)


def test_a_replica_has_the_data_of_its_source_and_its_subnets(loaded):
    cloud = loaded("Port: 5433" + MORE.format(name="Copy", more="SourceDBInstanceIdentifier: !Ref Db"))
    assert (server_of(cloud, "Copy"), is_reader(cloud, "Copy"), is_reader(cloud, "Db")) == ("Db", True, False)
    assert place_of(cloud, "Copy").subnet_id == "A"
    assert default_port(cloud, "Copy", 0) == 5433
    own = loaded("Port: 5433" + MORE.format(name="Copy", more="SourceDBInstanceIdentifier: !Ref Db, Port: 5434"))
    assert default_port(own, "Copy", 0) == 5434


def test_a_circle_of_replicas_ends(loaded):
    cloud = loaded("SourceDBInstanceIdentifier: Copy" + MORE.format(name="Copy", more="SourceDBInstanceIdentifier: Db"))
    assert server_of(cloud, "Db") in {"Db", "Copy"}


def test_a_dual_stack_database_is_named_by_both_of_its_addresses(loaded):
    cloud = loaded("NetworkType: DUAL")
    six = {
        eni.id: replace(eni, ipv6_address=ip_address(f"2001:db8::{at}"))
        for at, eni in enumerate(cloud.network.interfaces_of("Db"), start=1)
    }
    cloud = cloud.having(network_interfaces={**cloud.network.network_interfaces, **six})
    answer = resolve(cloud, "Vpc", NAME)
    place = place_of(cloud, "Db")
    assert len(answer.ipv6_addresses) == 2
    assert where_it_runs(cloud, answer).addresses == (place.private_ip_address,)
    assert where_it_runs(cloud, answer).ipv6_addresses == (place.ipv6_address,)


def test_public_database_is_named_by_its_public_address_outside(loaded):
    cloud = loaded("PubliclyAccessible: true")
    (outside,) = where_it_runs(cloud, resolve(cloud, None, NAME)).addresses
    assert outside == place_of(cloud, "Db").public_ip


PEERED = """}}
  Far: {{Type: AWS::EC2::VPC, Properties: {{CidrBlock: 10.9.0.0/16, EnableDnsHostnames: true}}}}
  Hub: {{Type: AWS::EC2::TransitGateway, Properties: {{{dns}}}}}
  Here: {{Type: AWS::EC2::TransitGatewayAttachment, Properties: {{TransitGatewayId: !Ref Hub, VpcId: !Ref Vpc, SubnetIds: [!Ref A]}}}}
  There: {{Type: AWS::EC2::TransitGatewayAttachment, Properties: {{TransitGatewayId: !Ref Hub, VpcId: !Ref Far, SubnetIds: [!Ref C]}}}}
  C: {{Type: AWS::EC2::Subnet, Properties: {{VpcId: !Ref Far, CidrBlock: 10.9.1.0/24, AvailabilityZone: us-east-1a"""


@pytest.mark.parametrize(("dns", "is_private"), [("", True), ("DnsSupport: disable", False)])
def test_a_public_database_is_named_by_its_private_address_where_the_transit_gateway_says_so(loaded, dns, is_private):
    cloud = loaded("PubliclyAccessible: true" + PEERED.format(dns=dns) + "}")
    found = resolve(cloud, "Far", NAME)
    place = place_of(cloud, "Db")
    assert where_it_runs(cloud, found).addresses == (place.private_ip_address if is_private else place.public_ip,)
    assert any("`Hub`" in note for note in found.assumptions) is is_private


@pytest.mark.parametrize(("host", "owner"), [(NAME, "Db"), (f"other.{NAME}", ""), ("db.example.com", "")])
def test_the_owner_of_a_name(loaded, host, owner):
    assert owner_of(loaded(), host) == owner


def test_proxies_and_their_endpoints_lead_to_their_own_targets(loaded):
    proxies = "".join(
        f"""}}
  {name}: {{Type: AWS::RDS::DBProxy, Properties: {{DBProxyName: {name.lower()}, VpcSubnetIds: [!Ref A, !Ref B]}}}}
  {name}Targets: {{Type: AWS::RDS::DBProxyTargetGroup, Properties: {{DBProxyName: !Ref {name}, TargetGroupName: default, {target}}}}}
  {name}Endpoint: {{Type: AWS::RDS::DBProxyEndpoint, Properties: {{DBProxyName: !Ref {name}, DBProxyEndpointName: e-{name.lower()}, VpcSubnetIds: [!Ref A]}}"""
        for name, target in (
            ("One", "DBInstanceIdentifiers: [!Ref Db]"),
            ("Two", "DBClusterIdentifiers: [!Ref Cluster]"),
        )
    )
    cloud = loaded("Port: 5433" + proxies)
    assert [proxy_of(cloud, name).id for name in ("One", "OneEndpoint", "TwoEndpoint")] == ["One", "One", "Two"]
    assert [target_group_of(cloud, name).id for name in ("One", "Two")] == ["OneTargets", "TwoTargets"]
    assert [server_of(cloud, name) for name in ("OneEndpoint", "Two", "TwoEndpoint")] == ["Db", "Cluster", "Cluster"]
    assert (proxy_of(cloud, "Db"), target_group_of(cloud, "Db")) == (None, None)


def test_other_answers_are_as_they_are(loaded):
    cloud = loaded()
    answer = resolve(cloud, "Vpc", "ssm.us-east-1.amazonaws.com")
    assert where_it_runs(cloud, answer) is answer
    assert place_of(cloud, "Vpc") is None


@pytest.mark.parametrize(
    ("endpoint", "members"),
    [
        ("EndpointType: READER", ("Second", "Third")),
        ("EndpointType: READER, ExcludedMembers: [!Ref Second]", ("Third",)),
        ("EndpointType: READER, StaticMembers: [!Ref Db]", ("Cluster",)),
        ("EndpointType: ANY, StaticMembers: [!Ref Db, !Ref Third]", ("Cluster", "Third")),
    ],
)
def test_a_custom_endpoint_leads_to_its_members(loaded, endpoint, members):
    cluster = "DBClusterIdentifier: !Ref Cluster"
    readers = "".join(MORE.format(name=name, more=cluster) for name in ("Second", "Third"))
    custom = f"}}}}\n  Custom:\n    Type: AWS::RDS::DBClusterEndpoint\n    Properties: {{{{DBClusterEndpointIdentifier: some, {cluster}, {endpoint}"
    cloud = loaded((cluster + readers + custom).replace("{{", "{").replace("}}", "}"))
    found = where_it_runs(cloud, resolve(cloud, "Vpc", "some.cluster-custom-netful.us-east-1.rds.amazonaws.com"))
    assert [cloud.network.interface_at("Vpc", address).owner_id for address in found.addresses] == [*members]
    assert server_of(cloud, "Custom") == "Cluster"
    assert readers_of(cloud, "Cluster") == ("Second", "Third")


def test_a_name_whose_addresses_are_not_known_is_not_reached(loaded, ask):
    cloud = loaded(
        "}\n  Far: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceIdentifier: far, DBSubnetGroupName: other}"
    )
    (eni,) = cloud.network.interfaces_of("Cluster")[:1]
    assert ask(cloud, eni.id, "far.netful.us-east-1.rds.amazonaws.com:tcp/3306").verdict == "unknown"
