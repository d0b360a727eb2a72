"""Databases as they are described: their port and their name are those that AWS gave."""

import pytest

from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace
from tests.helpers.described_answers import account

HOST = "orders.c0ffee.eu-west-1.rds.amazonaws.com"
DATABASE = {
    "DBInstanceIdentifier": "orders", "Engine": "postgres", "DBInstanceStatus": "available", "AvailabilityZone": "eu-west-1a",
    "Endpoint": {"Address": HOST, "Port": 6432}, "VpcSecurityGroups": [{"VpcSecurityGroupId": "sg-db", "Status": "active"}],
    "DBSubnetGroup": {"VpcId": "vpc-1", "Subnets": [{"SubnetIdentifier": "subnet-1"}]},
}  # fmt: skip


def admits(port):
    """Return the answer about a group that admits one port."""
    rule = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
    return {"SecurityGroups": [{"GroupId": "sg-db", "VpcId": "vpc-1", "GroupName": "db", "IpPermissions": [rule]}]}


@pytest.mark.parametrize(
    ("admitted", "destination", "verdict"),
    [
        (6432, "orders", "reachable"),
        (5432, "orders", "blocked"),
        (6432, f"{HOST}:tcp/6432", "reachable"),
        (5432, f"{HOST}:tcp/6432", "blocked"),
    ],
)
def test_a_database_listens_on_its_port_and_has_its_name(tmp_path, admitted, destination, verdict):
    cloud = account(tmp_path, databases={"DBInstances": [DATABASE]}, **{"groups-db": admits(admitted)})
    assert trace(cloud, parse(cloud, "i-2", destination)).verdict == verdict


@pytest.mark.parametrize("destination", ["orders:tcp/5432", f"{HOST}:tcp/5432"])
def test_another_port_than_the_database_s_is_an_assumption(tmp_path, destination):
    cloud = account(tmp_path, databases={"DBInstances": [DATABASE]}, **{"groups-db": admits(5432)})
    path = trace(cloud, parse(cloud, "i-2", destination))
    assert path.verdict == "reachable"
    assert ["listens on 6432" in one for one in path.assumptions] == [True]
