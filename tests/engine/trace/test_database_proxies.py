"""RDS Proxies: a client needs the proxy's own connection to the database too."""

import pytest

from tests.helpers.places import TEMPLATES
from tests.helpers.texts import replaced

TEMPLATE = (TEMPLATES / "proxies.yaml").read_text()
CLIENT = "subnet:A+FnSg"
OUT = "GroupDescription: p\n"
EGRESS = "SecurityGroupEgress: [{{IpProtocol: tcp, FromPort: {0}, ToPort: {0}, CidrIp: 0.0.0.0/0}}]"
BY_NAME = "by-password.proxy-netful.us-east-1.rds.amazonaws.com:tcp/5432"


def only(port):
    return {OUT: f"{OUT}      {EGRESS.format(port)}\n"}


@pytest.mark.parametrize("destination", ["ByPassword", "Reads", BY_NAME])
@pytest.mark.parametrize(
    ("changes", "denied"),
    [
        ({}, []),
        (only(5432), []),
        (only(443), [("sg out", "ProxySg")]),
        ({"SourceSecurityGroupId: !Ref ProxySg": "SourceSecurityGroupId: !Ref FnSg"}, [("sg in", "DbSg")]),
    ],
)
def test_a_proxy_has_to_reach_its_database(cloud_of, ask, destination, changes, denied):
    path = ask(cloud_of(replaced(TEMPLATE, changes)), CLIENT, destination)
    assert [(hop.kind, hop.component) for hop in path.denials] == denied
    assert path.symptom.kind == ("timeout" if denied else "none")
    assert [hop.component for hop in path.hops if hop.kind == "proxy"] == ["ByPassword"]


def test_the_client_has_to_reach_the_proxy(cloud_of, ask):
    path = ask(cloud_of(TEMPLATE), "subnet:A+DbSg", "ByPassword")
    assert (path.verdict, path.denials[0].component) == ("blocked", "ProxySg")


@pytest.mark.parametrize("destination", ["ByPassword", "Reads"])
def test_the_way_to_a_database_that_is_not_loaded_is_an_assumption(cloud_of, ask, destination):
    changes = {"DBProxyName: !Ref ByPassword\n": "DBProxyName: another\n"}
    path = ask(cloud_of(replaced(TEMPLATE, changes)), CLIENT, destination)
    assert path.verdict == "reachable"
    assert any("its database" in note for note in path.assumptions)


def test_the_way_from_subnets_that_are_not_loaded_is_an_assumption(cloud_of, ask):
    path = ask(cloud_of(replaced(TEMPLATE, {"      VpcSubnetIds: [!Ref A, !Ref B]\n": ""})), CLIENT, "Reads")
    assert path.verdict == "reachable"
    assert any("from its subnets" in note for note in path.assumptions)


def test_other_ports_of_a_proxy_lead_nowhere_else(cloud_of, ask):
    path = ask(cloud_of(TEMPLATE), CLIENT, "ByPassword:tcp/3306")
    assert [hop for hop in path.hops if hop.kind == "proxy"] == []


@pytest.mark.parametrize(("destination", "database"), [("ByPassword", "Cluster"), ("Reads", "Reader")])
def test_an_endpoint_that_only_reads_leads_to_the_readers(cloud_of, ask, destination, database):
    of_cluster = (
        "Type: AWS::RDS::DBInstance, Properties: {Engine: aurora-postgresql, DBClusterIdentifier: !Ref Cluster}"
    )
    changes = {
        "      DBInstanceIdentifiers: [!Ref Postgres]\n": "      DBClusterIdentifiers: [!Ref Cluster]\n",
        "  Role:\n": "  Cluster: {Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-postgresql, DBSubnetGroupName: !Ref Subnets, VpcSecurityGroupIds: [!Ref DbSg]}}\n"
        f"  Writer: {{{of_cluster}}}\n  Reader: {{{of_cluster}}}\n  Role:\n",
    }
    cloud = cloud_of(replaced(TEMPLATE, changes))
    path = ask(cloud, CLIENT, destination)
    address = path.hops[-1].asks.rpartition(" ")[2]
    assert path.verdict == "reachable"
    assert address in [str(eni.private_ip_address) for eni in cloud.network.interfaces_of(database)]


def test_the_port_of_a_database_that_is_not_known_is_an_assumption(cloud_of, ask):
    changes = {"Engine: postgres\n": "Engine: postgres\n      Port: !Ref Port\n"}
    template = "Parameters: {Port: {Type: Number}}\n" + replaced(TEMPLATE, changes)
    path = ask(cloud_of(template), CLIENT, "ByPassword")
    assert path.verdict == "reachable"
    assert any("`Port` of `Postgres` is not known" in note for note in path.assumptions)
