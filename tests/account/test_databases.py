"""The APIs of databases and caches: the template's ones, and instances and subnet groups that the API makes."""

import re
from pathlib import Path

import pytest

from netful.account.ec2.api import Ec2Api
from netful.account.managed.elasticache_api import WRITES as CACHE_WRITES
from netful.account.managed.elasticache_api import ElastiCacheApi
from netful.account.managed.rds_api import WRITES, RdsApi
from netful.account.wire.service_model import service_model
from netful.engine.names.resolution import resolve
from netful.hosts.places import places_of
from netful.model.network.vpc import DEFAULT_STACK
from netful.services.deploy.database_secrets import managed_secrets
from netful.services.http.message import Response
from netful.sources import load
from netful.stack.stack_settings import DEFAULT_VPC
from tests.helpers.account_client import Client, Running, filled

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}
  Sg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: d, VpcId: !Ref Vpc}}
  Subnets: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupName: subnets, DBSubnetGroupDescription: two zones, SubnetIds: [!Ref A, !Ref B]}}
  Orders:
    Type: AWS::RDS::DBInstance
    Properties:
      DBInstanceIdentifier: orders
      Engine: postgres
      DBInstanceClass: db.t4g.micro
      AllocatedStorage: "20"
      MultiAZ: "true"
      DBSubnetGroupName: !Ref Subnets
      VPCSecurityGroups: [!Ref Sg]
      Tags: [{Key: Team, Value: x}]
  Cluster: {Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-mysql, DBSubnetGroupName: !Ref Subnets, DBClusterIdentifier: Main}}
  Writer: {Type: AWS::RDS::DBInstance, Properties: {DBInstanceIdentifier: writer, DBClusterIdentifier: !Ref Cluster, DBInstanceClass: db.r6g.large}}
  CacheSubnets: {Type: AWS::ElastiCache::SubnetGroup, Properties: {CacheSubnetGroupName: cachesubnets, Description: d, SubnetIds: [!Ref A, !Ref B]}}
  Sessions:
    Type: AWS::ElastiCache::ReplicationGroup
    Properties:
      ReplicationGroupId: sessions
      ReplicationGroupDescription: sessions
      CacheSubnetGroupName: !Ref CacheSubnets
      SecurityGroupIds: [!Ref Sg]
      NumCacheClusters: 2
"""


async def elsewhere(request):
    """The back end, which has the parameter group `Own`, and answers nothing else here."""
    if request.body.startswith(b"Action=Describe") and request.body.endswith(b"DBParameterGroupName=Own"):
        return Response(200)
    return Response(400, (), b"<ErrorResponse><Error><Code>Elsewhere</Code><Message/></Error></ErrorResponse>")


class Account:
    def __init__(self, cloud):
        self.running = Running(cloud)
        self.ec2 = Client("ec2", Ec2Api(self.running, ()).handle)
        self.rds = Client("rds", RdsApi(self.running, elsewhere).handle)
        self.cache = Client("elasticache", ElastiCacheApi(self.running).handle)


MASTER = {"MasterUsername": "u", "MasterUserPassword": "p" * 8}


@pytest.fixture
def account(tmp_path: Path):
    (tmp_path / "template.yaml").write_text(TEMPLATE)
    return Account(load([tmp_path]))


@pytest.fixture
def rds(account):
    return account.rds


def made(account, name="made", **more):
    given = {**MASTER, "Engine": "mysql", "DBInstanceClass": "db.t4g.micro", "DBSubnetGroupName": "subnets", **more}
    return account.rds("CreateDBInstance", DBInstanceIdentifier=name, **given)


def test_an_instance_of_the_template(account, rds):
    (found,) = rds("DescribeDBInstances", DBInstanceIdentifier="orders")["DBInstances"]
    assert (found["DBInstanceStatus"], found["Engine"], found["MultiAZ"]) == ("available", "postgres", True)
    assert found["DBSubnetGroup"]["DBSubnetGroupName"] == "subnets"
    assert len(found["DBSubnetGroup"]["Subnets"]) == 2
    (group,) = found["VpcSecurityGroups"]
    assert account.ec2("DescribeSecurityGroups", GroupIds=[group["VpcSecurityGroupId"]])["SecurityGroups"]
    assert found["Endpoint"]["Port"] == 5432
    answer = resolve(account.running.cloud, "Vpc", found["Endpoint"]["Address"])
    own = account.running.cloud.network.interfaces_of("Orders")
    assert {*answer.addresses} == {eni.private_ip_address for eni in own}
    tags = rds("ListTagsForResource", ResourceName=found["DBInstanceArn"])["TagList"]
    assert tags == [{"Key": "Team", "Value": "x"}]
    assert rds("DescribeDBInstances", DBInstanceIdentifier="x") == "DBInstanceNotFound"


@pytest.mark.parametrize(
    "member", ["OptionGroupMemberships", "DBParameterGroups", "PendingModifiedValues", "PreferredBackupWindow"]
)
def test_clients_find_the_members_that_they_compare(rds, member):
    """Ansible's modules read them without looking whether they are there."""
    (found,) = rds("DescribeDBInstances", DBInstanceIdentifier="orders")["DBInstances"]
    assert member in found


def test_a_cluster_and_its_member(rds):
    (found,) = rds("DescribeDBClusters", DBClusterIdentifier="main")["DBClusters"]
    assert [one["DBInstanceIdentifier"] for one in found["DBClusterMembers"]] == ["writer"]
    assert (found["Status"], found["Engine"], found["Port"]) == ("available", "aurora-mysql", 3306)
    of_cluster = [{"Name": "db-cluster-id", "Values": ["main"]}]
    (member,) = rds("DescribeDBInstances", Filters=of_cluster)["DBInstances"]
    assert (member["DBClusterIdentifier"], member["Engine"]) == ("main", "aurora-mysql")
    (cluster,) = rds("DescribeDBClusters")["DBClusters"]
    by_id = [{"Name": "db-cluster-resource-id", "Values": [cluster["DbClusterResourceId"]]}]
    assert rds("DescribeDBClusters", Filters=by_id)["DBClusters"] == [cluster]
    assert rds("DescribeDBClusters", Filters=[{"Name": "domain", "Values": ["d"]}])["DBClusters"] == []
    assert rds("DescribeDBClusters", DBClusterIdentifier="x") == "DBClusterNotFoundFault"


def test_an_instance_is_made_changed_and_deleted(account, rds):
    subnets = [one["SubnetId"] for one in account.ec2("DescribeSubnets")["Subnets"]]
    made_group = rds("CreateDBSubnetGroup", DBSubnetGroupName="Pair", DBSubnetGroupDescription="d", SubnetIds=subnets)
    assert made_group["DBSubnetGroup"]["DBSubnetGroupName"] == "pair"
    instance = made(account, "Shop-Db", DBSubnetGroupName="pair", Tags=[{"Key": "a", "Value": "1"}])["DBInstance"]
    assert (instance["DBInstanceIdentifier"], instance["DBInstanceStatus"]) == ("shop-db", "available")
    assert instance["Endpoint"]["Address"].startswith("shop-db.")
    assert len(resolve(account.running.cloud, "Vpc", instance["Endpoint"]["Address"]).addresses) == 2
    assert made(account, "shop-db") == "DBInstanceAlreadyExists"
    assert rds("DeleteDBSubnetGroup", DBSubnetGroupName="pair") == "InvalidDBSubnetGroupStateFault"
    group = account.ec2("CreateSecurityGroup", GroupName="g", Description="d", VpcId="Vpc")["GroupId"]
    changed = rds("ModifyDBInstance", DBInstanceIdentifier="shop-db", VpcSecurityGroupIds=[group], DBPortNumber=3307)
    assert [one["VpcSecurityGroupId"] for one in changed["DBInstance"]["VpcSecurityGroups"]] == [group]
    assert changed["DBInstance"]["Endpoint"]["Port"] == 3307
    assert account.ec2("DeleteSecurityGroup", GroupId=group) == "DependencyViolation"
    assert rds("DeleteDBInstance", DBInstanceIdentifier="shop-db") == "InvalidParameterCombination"
    gone = rds("DeleteDBInstance", DBInstanceIdentifier="shop-db", SkipFinalSnapshot=True)["DBInstance"]
    assert gone["DBInstanceStatus"] == "deleting"
    assert rds("DescribeDBInstances", DBInstanceIdentifier="shop-db") == "DBInstanceNotFound"
    assert rds("DescribeDBInstances", Filters=[{"Name": "db-instance-id", "Values": ["shop-db"]}])["DBInstances"] == []
    rds("DeleteDBSubnetGroup", DBSubnetGroupName="pair")
    assert rds("DescribeDBSubnetGroups", DBSubnetGroupName="pair") == "DBSubnetGroupNotFoundFault"


def test_a_read_replica_is_beside_its_source_until_it_is_promoted(account, rds):
    made(account, "shop")
    named = {
        "DBInstanceIdentifier": "replica",
        "SourceDBInstanceIdentifier": "arn:aws:rds:us-east-1:123456789012:db:shop",
    }
    replica = rds("CreateDBInstanceReadReplica", **named)["DBInstance"]
    assert (replica["Engine"], replica["DBInstanceClass"], replica["DBSubnetGroup"]["DBSubnetGroupName"]) == (
        "mysql", "db.t4g.micro", "subnets",
    )  # fmt: skip
    assert replica["ReadReplicaSourceDBInstanceIdentifier"] == "shop"
    assert len(resolve(account.running.cloud, "Vpc", replica["Endpoint"]["Address"]).addresses) == 2
    (source,) = rds("DescribeDBInstances", DBInstanceIdentifier="shop")["DBInstances"]
    assert source["ReadReplicaDBInstanceIdentifiers"] == ["replica"]
    promoted = rds("PromoteReadReplica", DBInstanceIdentifier="replica")["DBInstance"]
    assert "ReadReplicaSourceDBInstanceIdentifier" not in promoted
    assert rds("PromoteReadReplica", DBInstanceIdentifier="replica") == "InvalidDBInstanceState"
    assert rds("CreateDBInstanceReadReplica", **{**named, "SourceDBInstanceIdentifier": "x"}) == "DBInstanceNotFound"
    assert rds("CreateDBInstanceReadReplica", DBInstanceIdentifier="replica") == "InvalidParameterValue"


@pytest.mark.parametrize(
    ("engine", "host", "port"),
    [("aurora-mysql", ".rds.", 3306), ("docdb", ".docdb.", 27017), ("neptune", ".neptune.", 8182)],
)
def test_a_cluster_is_made_changed_and_deleted(account, rds, engine, host, port):
    given = {"Engine": engine, "DBSubnetGroupName": "subnets", "DatabaseName": "shop"}
    found = rds("CreateDBCluster", DBClusterIdentifier="Shop", **given)["DBCluster"]
    assert (found["DBClusterIdentifier"], found["Status"], found["Port"]) == ("shop", "available", port)
    assert host in found["Endpoint"]
    assert len(resolve(account.running.cloud, "Vpc", found["Endpoint"]).addresses) == 2
    assert rds("CreateDBCluster", DBClusterIdentifier="shop", **given) == "DBClusterAlreadyExistsFault"
    member = {"Engine": engine, "DBInstanceClass": "db.r6g.large", "DBClusterIdentifier": "shop"}
    instance = rds("CreateDBInstance", DBInstanceIdentifier="one", **member)["DBInstance"]
    assert (instance["DBClusterIdentifier"], instance["DBSubnetGroup"]["DBSubnetGroupName"]) == ("shop", "subnets")
    assert len(resolve(account.running.cloud, "Vpc", instance["Endpoint"]["Address"]).addresses) == 2
    (cluster,) = rds("DescribeDBClusters", DBClusterIdentifier="shop")["DBClusters"]
    assert [one["DBInstanceIdentifier"] for one in cluster["DBClusterMembers"]] == ["one"]
    group = account.ec2("CreateSecurityGroup", GroupName="g", Description="d", VpcId="Vpc")["GroupId"]
    more = {"VpcSecurityGroupIds": [group], "Port": 4000, "EnableHttpEndpoint": True}
    changed = rds("ModifyDBCluster", DBClusterIdentifier="shop", **more)["DBCluster"]
    assert (found["HttpEndpointEnabled"], changed["HttpEndpointEnabled"]) == (False, True)
    assert [one["VpcSecurityGroupId"] for one in changed["VpcSecurityGroups"]] == [group]
    assert changed["Port"] == 4000
    assert rds("DeleteDBCluster", DBClusterIdentifier="shop", SkipFinalSnapshot=True) == "InvalidDBClusterStateFault"
    rds("DeleteDBInstance", DBInstanceIdentifier="one")
    assert rds("DeleteDBCluster", DBClusterIdentifier="shop") == "InvalidParameterCombination"
    gone = rds("DeleteDBCluster", DBClusterIdentifier="shop", SkipFinalSnapshot=True)["DBCluster"]
    assert gone["Status"] == "deleting"
    assert rds("DescribeDBClusters", DBClusterIdentifier="shop") == "DBClusterNotFoundFault"


@pytest.mark.parametrize(
    ("more", "public"),
    [
        ({}, True),
        ({"PubliclyAccessible": False}, False),
        ({"PubliclyAccessible": True}, True),
        ({"DBSubnetGroupName": "two"}, False),
        ({"DBSubnetGroupName": "two", "PubliclyAccessible": True}, True),
    ],
)
def test_a_database_without_a_subnet_group_has_a_public_address(more, public):
    account = Account(load([DEFAULT_VPC], stack_name=DEFAULT_STACK))
    subnets = [one["SubnetId"] for one in account.ec2("DescribeSubnets")["Subnets"]]
    account.rds("CreateDBSubnetGroup", DBSubnetGroupName="two", DBSubnetGroupDescription="d", SubnetIds=subnets)
    given = {**MASTER, "Engine": "mysql", "DBInstanceClass": "db.t4g.micro", **more}
    assert (
        account.rds("CreateDBInstance", DBInstanceIdentifier="one", **given)["DBInstance"]["PubliclyAccessible"]
        is public
    )
    assert all(bool(eni.public_ip) is public for eni in account.running.cloud.network.interfaces_of("db/one"))


@pytest.mark.parametrize(("engine", "public"), [("mysql", True), ("aurora-mysql", False)])
def test_a_cluster_in_the_default_vpc(engine, public):
    account = Account(load([DEFAULT_VPC], stack_name=DEFAULT_STACK))
    account.rds("CreateDBCluster", **MASTER, DBClusterIdentifier="shop", Engine=engine)
    nodes = [eni for eni in account.running.cloud.network.network_interfaces.values() if eni.owner_id.endswith("/shop")]
    assert nodes
    assert all(bool(eni.public_ip) is public for eni in nodes)


def test_what_cannot_be_made(account, rds):
    assert made(account, DBSubnetGroupName="x") == "DBSubnetGroupNotFoundFault"
    assert rds("CreateDBInstance", **MASTER, DBInstanceIdentifier="d", Engine="mysql", DBInstanceClass="c") == "DBSubnetGroupNotFoundFault"  # fmt: skip
    for member in MASTER:
        assert made(account, **{member: ""}) == "InvalidParameterValue"
    assert made(account, MasterUserPassword="p" * 7) == "InvalidParameterValue"
    assert made(account, "managed", MasterUserPassword="", ManageMasterUserPassword=True)["DBInstance"]
    assert made(account, VpcSecurityGroupIds=["sg-0123456789abcdef0"]) == "InvalidParameterValue"
    assert made(account, "1-db") == "InvalidParameterValue"
    assert made(account, DeletionProtection=True)["DBInstance"]["DeletionProtection"]
    gone = rds("DeleteDBInstance", DBInstanceIdentifier="made", SkipFinalSnapshot=True)
    assert gone == "InvalidParameterCombination"
    group = {"DBSubnetGroupName": "g", "DBSubnetGroupDescription": "d"}
    assert rds("CreateDBSubnetGroup", **group, SubnetIds=["subnet-1"]) == "InvalidSubnet"
    assert rds("CreateDBSubnetGroup", **group, SubnetIds=["A"]) == "DBSubnetGroupDoesNotCoverEnoughAZs"


def test_tags(account, rds):
    arn = made(account)["DBInstance"]["DBInstanceArn"]
    rds("AddTagsToResource", ResourceName=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    rds("RemoveTagsFromResource", ResourceName=arn, TagKeys=["a"])
    assert rds("ListTagsForResource", ResourceName=arn)["TagList"] == [{"Key": "b", "Value": "2"}]


def test_password_is_not_stored_and_its_secret_is(account):
    made(account, MasterUsername="shop", MasterUserPassword="hidden-one")
    made(account, "other", MasterUsername="shop", ManageMasterUserPassword=True)
    one, other = (account.running.cloud.template.resources[f"db/{name}"].properties for name in ("made", "other"))
    assert "hidden-one" not in str(one)
    assert other["ManageMasterUserPassword"] is True


def test_the_secret_of_a_master_user_is_shown_where_rds_makes_it(account, rds):
    made(account, MasterUsername="shop", MasterUserPassword="hidden-one")
    made(account, "other", MasterUsername="shop", ManageMasterUserPassword=True)
    one, other = (rds("DescribeDBInstances", DBInstanceIdentifier=name)["DBInstances"][0] for name in ("made", "other"))
    (secret,) = managed_secrets(account.running.cloud)
    assert "MasterUserSecret" not in one
    assert secret.properties["Name"] in other["MasterUserSecret"]["SecretArn"]
    assert other["MasterUserSecret"]["SecretStatus"] == "active"


def test_what_has_no_place_in_the_network_stays_in_the_back_end(rds):
    assert rds("DescribeDBParameterGroups") == "Elsewhere"
    for kind in ("pg", "cluster-pg", "og"):
        arn = f"arn:aws:rds:us-east-1:123456789012:{kind}:own"
        assert rds("ListTagsForResource", ResourceName=arn) == "Elsewhere"
    assert rds("CreateDBSnapshot", DBSnapshotIdentifier="s", DBInstanceIdentifier="orders") == "InvalidAction"


def test_caches(account):
    (group,) = account.cache("DescribeReplicationGroups")["ReplicationGroups"]
    assert (group["Status"], group["MemberClusters"]) == ("available", ["sessions-001", "sessions-002"])
    endpoint = group["NodeGroups"][0]["PrimaryEndpoint"]
    assert endpoint["Port"] == 6379
    assert len(resolve(account.running.cloud, "Vpc", endpoint["Address"]).addresses) == 2
    (member,) = account.cache("DescribeCacheClusters", CacheClusterId="sessions-001", ShowCacheNodeInfo=True)["CacheClusters"]  # fmt: skip
    assert (member["ReplicationGroupId"], member["CacheSubnetGroupName"]) == ("sessions", "cachesubnets")
    assert member["CacheNodes"][0]["Endpoint"] == endpoint
    assert account.cache("DescribeCacheClusters", CacheClusterId="x") == "CacheClusterNotFound"
    assert account.cache("DescribeReplicationGroups", ReplicationGroupId="x") == "ReplicationGroupNotFoundFault"
    assert len(account.cache("DescribeCacheSubnetGroups")["CacheSubnetGroups"][0]["Subnets"]) == 2
    assert account.cache("CreateSnapshot", SnapshotName="s") == "InvalidAction"


CACHES = [
    (
        "CacheCluster",
        "CacheClusterId",
        {"Engine": "memcached", "NumCacheNodes": 2, "AZMode": "cross-az"},
        "SecurityGroups",
    ),
    ("ReplicationGroup", "ReplicationGroupId", {"ReplicationGroupDescription": "d", "NumCacheClusters": 2}, ""),
    ("ServerlessCache", "ServerlessCacheName", {"Engine": "valkey"}, "SecurityGroupIds"),
]


@pytest.mark.parametrize(("kind", "name", "given", "groups"), CACHES, ids=[one[0] for one in CACHES])
def test_a_cache_is_made_changed_and_deleted(account, kind, name, given, groups):
    cache, cloud = account.cache, lambda: account.running.cloud
    subnets = [one["SubnetId"] for one in account.ec2("DescribeSubnets")["Subnets"]]
    cache("CreateCacheSubnetGroup", CacheSubnetGroupName="Pair", CacheSubnetGroupDescription="d", SubnetIds=subnets)
    place = {"SubnetIds": subnets} if kind == "ServerlessCache" else {"CacheSubnetGroupName": "pair"}
    group = account.ec2("CreateSecurityGroup", GroupName="g", Description="d", VpcId="Vpc")["GroupId"]
    found = cache(f"Create{kind}", **{name: "Shop"}, **given, **place, SecurityGroupIds=[group])[kind]
    assert found[name] == "shop"
    owner = next(id_ for id_ in cloud().template.resources if id_.endswith("/shop"))
    own = cloud().network.interfaces_of(owner)
    assert {cloud().aws_id(eni.security_group_ids[0]) for eni in own} == {group}
    assert (len(own), {*resolve(cloud(), "Vpc", "shop.netful.cache.amazonaws.com").addresses}) == (
        2, {eni.private_ip_address for eni in own},
    )  # fmt: skip
    assert "AlreadyExists" in cache(f"Create{kind}", **{name: "shop"}, **given, **place)
    (described,) = cache(f"Describe{kind}s", **{name: "shop"})[f"{kind}s"]
    assert described[name] == "shop"
    other = account.ec2("CreateSecurityGroup", GroupName="h", Description="d", VpcId="Vpc")["GroupId"]
    changed = cache(f"Modify{kind}", **{name: "shop"}, SecurityGroupIds=[other])[kind]
    assert not groups or other in str(changed[groups])
    assert account.ec2("DeleteSecurityGroup", GroupId=other) == "DependencyViolation"
    if kind != "ServerlessCache":
        assert cache("DeleteCacheSubnetGroup", CacheSubnetGroupName="pair") == "CacheSubnetGroupInUse"
    cache(f"Delete{kind}", **{name: "shop"})
    assert cloud().network.interfaces_of(owner) == ()
    assert "NotFound" in cache(f"Describe{kind}s", **{name: "shop"})
    cache("DeleteCacheSubnetGroup", CacheSubnetGroupName="pair")


def test_caches_that_cannot_be_made(account):
    cache, group = account.cache, {"CacheSubnetGroupName": "g", "CacheSubnetGroupDescription": "d"}
    assert (
        cache("CreateCacheCluster", CacheClusterId="x", CacheSubnetGroupName="none") == "CacheSubnetGroupNotFoundFault"
    )
    assert cache("CreateCacheCluster", CacheClusterId="x") == "InvalidParameterValue"  # no default VPC
    assert cache("CreateCacheSubnetGroup", **group, SubnetIds=["subnet-1"]) == "InvalidSubnet"
    given = {"CacheClusterId": "x", "CacheSubnetGroupName": "cachesubnets"}
    assert cache("CreateCacheCluster", **given, SecurityGroupIds=["sg-0123456789abcdef0"]) == "InvalidParameterValue"


def test_tags_of_a_cache(account):
    (group,) = account.cache("DescribeReplicationGroups")["ReplicationGroups"]
    tags = [{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}]
    account.cache("AddTagsToResource", ResourceName=group["ARN"], Tags=tags)
    account.cache("RemoveTagsFromResource", ResourceName=group["ARN"], TagKeys=["a"])
    assert account.cache("ListTagsForResource", ResourceName=group["ARN"])["TagList"] == [{"Key": "b", "Value": "2"}]


EVERY = [*(("rds", one) for one in sorted(WRITES)), *(("elasticache", one) for one in sorted(CACHE_WRITES))]


@pytest.mark.parametrize(("service", "action"), EVERY)
def test_every_write_refuses_what_is_not_there(account, service, action):
    """No write ends in an error of its own, whatever it is given."""
    shape = service_model(service).operation_model(action).input_shape
    client = account.rds if service == "rds" else account.cache
    answer = client(action, **{name: filled(member) for name, member in shape.members.items()})
    assert isinstance(answer, (str, dict))


GENERATED = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16, EnableDnsHostnames: true}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}
  Subnets: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref A, !Ref B]}}
  Cluster: {Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-mysql, DBSubnetGroupName: !Ref Subnets}}
  Writer: {Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref Cluster, DBInstanceClass: db.r6g.large}}
  Login: {Type: AWS::SecretsManager::Secret, Properties: {GenerateSecretString: {}}}
Outputs:
  Id: {Value: !Ref Writer}
  Host: {Value: !GetAtt Writer.Endpoint.Address}
  Login: {Value: !Ref Login}
"""


def test_a_database_without_a_name_has_the_one_that_cloudformation_makes(tmp_path):
    (tmp_path / "template.yaml").write_text(GENERATED)
    account = Account(load([tmp_path / "template.yaml"], stack_name="Shop"))
    outputs = {one.id: one.value for one in account.running.cloud.template.outputs}
    assert re.fullmatch("shop-writer-[a-z0-9]{12}", outputs["Id"])
    assert outputs["Host"].startswith(f"{outputs['Id']}.")
    (found,) = account.rds("DescribeDBInstances", DBInstanceIdentifier=outputs["Id"])["DBInstances"]
    assert found["Endpoint"]["Address"] == outputs["Host"]
    assert re.fullmatch("shop-cluster-[a-z0-9]{12}", found["DBClusterIdentifier"])
    assert re.fullmatch("shop-subnets-[a-z0-9]{12}", found["DBSubnetGroup"]["DBSubnetGroupName"])
    assert len(resolve(account.running.cloud, "Vpc", outputs["Host"]).addresses) == 2
    assert account.running.cloud.named(outputs["Id"]) == "Writer"
    assert re.fullmatch(
        r"arn:aws:secretsmanager:us-east-1:\d{12}:secret:Shop-Login-\w{12}-[A-Za-z]{6}", outputs["Login"]
    )
    assert account.running.cloud.named(outputs["Login"]) == "Login"


def idle(account, id_):
    return {eni.idle for eni in account.running.cloud.network.interfaces_of(id_)}


def test_a_stopped_instance_answers_nothing_until_it_is_started(account, rds):
    assert rds("StartDBInstance", DBInstanceIdentifier="orders") == "InvalidDBInstanceState"
    assert rds("StopDBInstance", DBInstanceIdentifier="orders")["DBInstance"]["DBInstanceStatus"] == "stopped"
    assert idle(account, "Orders") == {"its database is stopped"}
    assert list(places_of(account.running.cloud, "Orders")) == []
    assert rds("StopDBInstance", DBInstanceIdentifier="orders") == "InvalidDBInstanceState"
    assert rds("RebootDBInstance", DBInstanceIdentifier="orders") == "InvalidDBInstanceState"
    assert rds("StartDBInstance", DBInstanceIdentifier="orders")["DBInstance"]["DBInstanceStatus"] == "available"
    assert idle(account, "Orders") == {""}


def test_a_cluster_stops_with_its_instances(account, rds):
    assert rds("StopDBInstance", DBInstanceIdentifier="writer") == "InvalidParameterCombination"
    assert rds("StopDBCluster", DBClusterIdentifier="main")["DBCluster"]["Status"] == "stopped"
    (writer,) = rds("DescribeDBInstances", DBInstanceIdentifier="writer")["DBInstances"]
    assert writer["DBInstanceStatus"] == "stopped"
    assert rds("StopDBCluster", DBClusterIdentifier="main") == "InvalidDBClusterStateFault"
    assert rds("StartDBCluster", DBClusterIdentifier="main")["DBCluster"]["Status"] == "available"
    assert idle(account, "Cluster") == {""}


def test_a_database_that_is_deleted_while_it_is_stopped_starts_when_it_is_made_again(account, rds):
    made(account)
    rds("StopDBInstance", DBInstanceIdentifier="made")
    rds("DeleteDBInstance", DBInstanceIdentifier="made", SkipFinalSnapshot=True)
    assert made(account)["DBInstance"]["DBInstanceStatus"] == "available"


def test_parameters_of_caches(account):
    cache, name = account.cache, {"CacheParameterGroupName": "evicting"}
    cache("CreateCacheParameterGroup", **name, CacheParameterGroupFamily="valkey8", Description="d")
    policy = {"ParameterName": "maxmemory-policy", "ParameterValue": "allkeys-lru"}
    assert (
        cache("ModifyCacheParameterGroup", **name, ParameterNameValues=[policy])["CacheParameterGroupName"]
        == "evicting"
    )
    assert cache("DescribeCacheParameters", **name, Source="user")["Parameters"] == [{**policy, "Source": "user"}]
    assert cache("DescribeCacheParameters", **name) == "InvalidParameterValue"
    given = {
        "Engine": "valkey",
        "CacheNodeType": "cache.t4g.micro",
        "NumCacheNodes": 1,
        "CacheSubnetGroupName": "cachesubnets",
    }
    made_one = cache("CreateCacheCluster", CacheClusterId="one", **given, **name)["CacheCluster"]
    assert made_one["CacheParameterGroup"]["CacheParameterGroupName"] == "evicting"
    assert cache("DeleteCacheParameterGroup", **name) == "InvalidCacheParameterGroupState"
    cache("DeleteCacheCluster", CacheClusterId="one")
    cache("DeleteCacheParameterGroup", **name)
    assert cache("DescribeCacheParameterGroups", **name) == "CacheParameterGroupNotFound"


@pytest.fixture
def elsewhere_placed(account):
    """A subnet and a group of another VPC."""
    vpc = account.ec2("CreateVpc", CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    place = account.ec2("CreateSubnet", VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    return place, account.ec2("CreateSecurityGroup", VpcId=vpc, GroupName="other", Description="d")["GroupId"]


@pytest.mark.parametrize(
    ("kind", "name", "code"),
    [
        ("DBParameterGroup", "own", "InvalidDBParameterGroupState"),
        ("DBParameterGroup", "Default.postgres16", "InvalidDBParameterGroupState"),
        ("OptionGroup", "default:postgres-16", "InvalidOptionGroupStateFault"),
        ("DBParameterGroup", "other", "Elsewhere"),
        ("DBParameterGroup", "default-of-mine", "Elsewhere"),
        ("DBClusterParameterGroup", "own", "Elsewhere"),
    ],
)
def test_a_group_of_parameters_that_a_database_has_is_not_deleted(account, rds, kind, name, code):
    assert made(account, DBParameterGroupName="Own")["DBInstance"]
    assert rds(f"Delete{kind}", **{f"{kind}Name": name}) == code


def test_a_database_has_a_group_of_parameters_that_exists(account, rds):
    assert made(account, DBParameterGroupName="none") == "Elsewhere"
    assert rds("ModifyDBInstance", DBInstanceIdentifier="orders", DBParameterGroupName="none") == "Elsewhere"
    cluster = {"DBClusterIdentifier": "c", "Engine": "aurora-mysql", "DBSubnetGroupName": "subnets", **MASTER}
    assert rds("CreateDBCluster", **cluster, DBClusterParameterGroupName="none") == "Elsewhere"
    assert made(account, DBParameterGroupName="default.mysql8.0")["DBInstance"]


def test_databases_and_caches_have_groups_of_their_vpc(account, rds, elsewhere_placed):
    groups = {"VpcSecurityGroupIds": [elsewhere_placed[1]]}
    assert made(account, **groups) == "InvalidParameterCombination"
    assert rds("ModifyDBInstance", DBInstanceIdentifier="orders", **groups) == "InvalidParameterCombination"
    cluster = {"DBClusterIdentifier": "c", "Engine": "aurora-mysql", "DBSubnetGroupName": "subnets", **MASTER}
    assert rds("CreateDBCluster", **cluster, **groups) == "InvalidParameterCombination"
    cache = {"ReplicationGroupId": "r", "ReplicationGroupDescription": "d", "CacheSubnetGroupName": "cachesubnets"}
    asked = {**cache, "CacheNodeType": "cache.t4g.micro", "Engine": "valkey", "SecurityGroupIds": [elsewhere_placed[1]]}
    assert account.cache("CreateReplicationGroup", **asked) == "InvalidParameterValue"


def test_groups_of_two_services_may_have_one_name(account, elsewhere_placed):
    place, group = elsewhere_placed
    named = {"CacheSubnetGroupName": "subnets", "CacheSubnetGroupDescription": "d"}
    account.cache("CreateCacheSubnetGroup", **named, SubnetIds=[place])
    cache = {"ReplicationGroupId": "r", "ReplicationGroupDescription": "d", "CacheSubnetGroupName": "subnets"}
    asked = {**cache, "CacheNodeType": "cache.t4g.micro", "Engine": "valkey", "SecurityGroupIds": [group]}
    assert account.cache("CreateReplicationGroup", **asked)["ReplicationGroup"]
    assert made(account)["DBInstance"]
    assert made(account, "other", VpcSecurityGroupIds=[group]) == "InvalidParameterCombination"


def test_a_group_of_subnets_is_of_one_vpc(account, rds, elsewhere_placed):
    own = rds("DescribeDBSubnetGroups", DBSubnetGroupName="subnets")["DBSubnetGroups"][0]["Subnets"]
    ids = [elsewhere_placed[0], *(one["SubnetIdentifier"] for one in own)]
    named = {"DBSubnetGroupName": "two", "DBSubnetGroupDescription": "d"}
    assert rds("CreateDBSubnetGroup", **named, SubnetIds=ids) == "InvalidSubnet"
    named = {"CacheSubnetGroupName": "two", "CacheSubnetGroupDescription": "d"}
    assert account.cache("CreateCacheSubnetGroup", **named, SubnetIds=ids) == "InvalidSubnet"


def test_clusters_outside_of_replication_groups(account):
    account.cache("CreateCacheCluster", CacheClusterId="solo", Engine="memcached", CacheNodeType="cache.t4g.micro",
                  NumCacheNodes=1, CacheSubnetGroupName="cachesubnets")  # fmt: skip
    found = account.cache("DescribeCacheClusters", ShowCacheClustersNotInReplicationGroups=True)["CacheClusters"]
    assert [one["CacheClusterId"] for one in found] == ["solo"]


def test_a_replication_group_has_its_shards(account):
    asked = {"ReplicationGroupDescription": "d", "CacheNodeType": "cache.t4g.micro", "Engine": "valkey"}
    shards = {"NumNodeGroups": 2, "ReplicasPerNodeGroup": 1, "AutomaticFailoverEnabled": True}
    named = {"ReplicationGroupId": "sharded", "CacheSubnetGroupName": "cachesubnets"}
    found = account.cache("CreateReplicationGroup", **asked, **shards, **named)["ReplicationGroup"]
    assert [len(one["NodeGroupMembers"]) for one in found["NodeGroups"]] == [2, 2]


def test_performance_insights_are_shown(account):
    assert made(account, EnablePerformanceInsights=True)["DBInstance"]["PerformanceInsightsEnabled"]
