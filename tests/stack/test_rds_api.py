"""RDS's API of a running stack: a database that it makes has its name and its interfaces in the VPC, until it is deleted."""

import shutil

import pytest

from tests.helpers.places import TEMPLATES
from tests.helpers.stacks import Stack

pytestmark = pytest.mark.packets
SOON = {"Delay": 1, "MaxAttempts": 10}


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("databases")
    for name, there in (("load-balancers.yaml", "template.yaml"), ("echo.py", "echo.py")):
        shutil.copy(TEMPLATES / name, folder / there)
    one = Stack(folder / "state", folder / "template.yaml")
    one.up()
    yield one
    one.down()


@pytest.fixture(scope="module")
def client(stack):
    return stack.client


def addresses(stack, name):
    """What a host in the VPC gets from its resolver."""
    done = stack.netful("exec", "--stack", "s", "subnet:Private+NetworkSg", "--", "getent", "ahostsv4", name)
    return {line.split()[0] for line in done.stdout.splitlines()}


def verdict(stack, group):
    """What packets do to the database, which is what `trace` predicts of the running network."""
    probed = stack.probe(f"subnet:Private+{group}", "db/shop:tcp/3306")
    assert probed["agree"]
    return probed["observed"][0]["verdict"]


def test_a_database_its_place_and_its_stops(stack, client):
    ec2, rds = client("ec2"), client("rds")
    subnets = ec2.describe_subnets(Filters=[{"Name": "cidr-block", "Values": ["10.0.1.0/24", "10.0.2.0/24"]}])[
        "Subnets"
    ]
    rds.create_db_subnet_group(
        DBSubnetGroupName="pair", DBSubnetGroupDescription="d", SubnetIds=[one["SubnetId"] for one in subnets]
    )
    groups = {}
    for name in ("clients", "database"):
        made = ec2.create_security_group(GroupName=name, Description="d", VpcId=subnets[0]["VpcId"])
        groups[name] = made["GroupId"]
    pair = [{"GroupId": groups["clients"]}]
    permission = {"IpProtocol": "tcp", "FromPort": 3306, "ToPort": 3306, "UserIdGroupPairs": pair}
    ec2.authorize_security_group_ingress(GroupId=groups["database"], IpPermissions=[permission])
    rds.create_db_instance(
        DBInstanceIdentifier="shop", Engine="mysql", DBInstanceClass="db.t4g.micro", AllocatedStorage=20,
        MasterUsername="u", MasterUserPassword="p" * 8, DBSubnetGroupName="pair", VpcSecurityGroupIds=[groups["database"]],
    )  # fmt: skip
    rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier="shop", WaiterConfig=SOON)
    (database,) = rds.describe_db_instances(DBInstanceIdentifier="shop")["DBInstances"]
    name = database["Endpoint"]["Address"]
    found = ec2.describe_network_interfaces(Filters=[{"Name": "description", "Values": ["RDSNetworkInterface"]}])
    (address,) = addresses(stack, name)  # of the zone that it runs in
    assert address in {eni["PrivateIpAddress"] for eni in found["NetworkInterfaces"]}
    assert (verdict(stack, groups["clients"]), verdict(stack, "ClosedSg")) == ("reachable", "blocked")
    rds.stop_db_instance(DBInstanceIdentifier="shop")
    assert verdict(stack, groups["clients"]) == "blocked"
    rds.start_db_instance(DBInstanceIdentifier="shop")
    assert verdict(stack, groups["clients"]) == "reachable"

    rds.delete_db_instance(DBInstanceIdentifier="shop", SkipFinalSnapshot=True)
    rds.get_waiter("db_instance_deleted").wait(DBInstanceIdentifier="shop", WaiterConfig=SOON)
    rds.delete_db_subnet_group(DBSubnetGroupName="pair")
    for name in ("database", "clients"):
        ec2.delete_security_group(GroupId=groups[name])


def test_parameter_groups_stay_in_the_back_end(client):
    rds = client("rds")
    rds.create_db_parameter_group(DBParameterGroupName="p", DBParameterGroupFamily="mysql8.0", Description="d")
    assert "p" in {one["DBParameterGroupName"] for one in rds.describe_db_parameter_groups()["DBParameterGroups"]}
