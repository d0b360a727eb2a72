"""The APIs of MemoryDB, DAX and Redshift, and RDS's proxies: things by calls have their place in the network."""

import pytest

from netful.account.changes import changed, new
from netful.account.ec2.api import Ec2Api
from netful.account.managed.dax_api import DaxApi
from netful.account.managed.elasticache_api import ElastiCacheApi
from netful.account.managed.memorydb_api import MemoryDbApi
from netful.account.managed.rds_api import RdsApi
from netful.account.managed.redshift_api import RedshiftApi
from netful.engine.names.managed_places import server_of
from tests.account.test_databases import elsewhere
from tests.helpers.account_client import Client, Running, two_subnets

SERVICES = {
    # the API · the noun of a group of subnets · its parameter · that of a cluster · what a cluster needs beside them
    "memorydb": (MemoryDbApi, "SubnetGroup", "SubnetGroupName", "ClusterName", {"NodeType": "db.t4g.small", "ACLName": "open-access"}),
    "dax": (DaxApi, "SubnetGroup", "SubnetGroupName", "ClusterName",
            {"NodeType": "dax.t3.small", "ReplicationFactor": 2, "IamRoleArn": "arn:aws:iam::123456789012:role/r"}),
    "redshift": (RedshiftApi, "ClusterSubnetGroup", "ClusterSubnetGroupName", "ClusterIdentifier",
                 {"NodeType": "ra3.large", "MasterUsername": "u", "MasterUserPassword": "Secret123"}),
}  # fmt: skip


class Account:
    def __init__(self):
        self.running = Running()
        self.ec2 = Client("ec2", Ec2Api(self.running, ()).handle)
        self.rds = Client("rds", RdsApi(self.running, elsewhere).handle)
        self.vpc, self.subnets = two_subnets(self.ec2)
        self.group = self.ec2("CreateSecurityGroup", GroupName="db", Description="d", VpcId=self.vpc)["GroupId"]

    def addresses(self, id_):
        return [eni.subnet_id for eni in self.running.cloud.network.interfaces_of(id_)]


@pytest.fixture
def account():
    return Account()


@pytest.mark.parametrize("service", SERVICES)
def test_a_cluster_is_in_the_subnets_of_its_group(account, service):
    api, noun, named, asked, more = SERVICES[service]
    client = Client(service, api(account.running).handle)
    groups = "VpcSecurityGroupIds" if service == "redshift" else "SecurityGroupIds"
    made = client(f"Create{noun}", **{named: "two", "Description": "d", "SubnetIds": account.subnets})[noun]
    assert made["VpcId"] == account.vpc
    assert {next(value for key, value in one.items() if "Identifier" in key) for one in made["Subnets"]} == {
        *account.subnets
    }
    given = {asked: "one", named: "two", groups: [account.group], **more}
    made = client("CreateCluster", **given)["Cluster"]
    shown = next(value for key, value in made.items() if key.endswith("SecurityGroups") and value)
    assert account.group in shown[0].values()
    (resource,) = (one for one in account.running.cloud.template.resources if one.endswith("/cluster/one"))
    assert {*account.addresses(resource)} == {*account.subnets}
    assert client("CreateCluster", **given).startswith("ClusterAlreadyExists")
    assert client(f"Delete{noun}", **{named: "two"}) in ("SubnetGroupInUseFault", "InvalidClusterSubnetGroupStateFault")
    described = client("DescribeClusters")["Clusters"]
    assert [one.get("ClusterName") or one.get("Name") or one["ClusterIdentifier"] for one in described] == ["one"]
    assert client(
        "DescribeClusters", **{"ClusterNames" if service == "dax" else asked: ["x"] if service == "dax" else "x"}
    ).startswith("ClusterNotFound")
    client("DeleteCluster", **{asked: "one"}, **({"SkipFinalClusterSnapshot": True} if service == "redshift" else {}))
    client(f"Delete{noun}", **{named: "two"})
    assert account.running.cloud.network.network_interfaces == {}


@pytest.mark.parametrize("service", SERVICES)
def test_a_subnet_that_is_not_there(account, service):
    api, noun, named, _, _ = SERVICES[service]
    client = Client(service, api(account.running).handle)
    assert (
        client(f"Create{noun}", **{named: "two", "Description": "d", "SubnetIds": ["subnet-0123456789abcdef0"]})
        == "InvalidSubnet"
    )


def test_tags_of_a_memorydb_cluster(account):
    memory = Client("memorydb", MemoryDbApi(account.running).handle)
    memory("CreateSubnetGroup", SubnetGroupName="two", SubnetIds=account.subnets)
    made = memory(
        "CreateCluster", ClusterName="one", SubnetGroupName="two", NodeType="db.t4g.small", ACLName="open-access"
    )
    arn = made["Cluster"]["ARN"]
    assert memory("TagResource", ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}])["TagList"] == [
        {"Key": "a", "Value": "1"}
    ]
    assert memory("UntagResource", ResourceArn=arn, TagKeys=["a"])["TagList"] == []
    assert memory("ListTags", ResourceArn=f"{arn}x") == "InvalidARNFault"
    assert made["Cluster"]["ClusterEndpoint"]["Port"] == 6379


def test_tags_of_a_redshift_cluster(account):
    redshift = Client("redshift", RedshiftApi(account.running).handle)
    redshift(
        "CreateClusterSubnetGroup",
        ClusterSubnetGroupName="two",
        Description="d",
        SubnetIds=account.subnets,
        Tags=[{"Key": "a", "Value": "1"}],
    )
    (found,) = redshift("DescribeTags")["TaggedResources"]
    assert (found["Tag"], found["ResourceType"]) == ({"Key": "a", "Value": "1"}, "clustersubnetgroup")
    redshift("DeleteTags", ResourceName=found["ResourceName"], TagKeys=["a"])
    assert redshift("DescribeTags")["TaggedResources"] == []


def test_clusters_of_redshift_are_found_by_their_tags(account):
    redshift = Client("redshift", RedshiftApi(account.running).handle)
    named = {"ClusterSubnetGroupName": "two", "Description": "d", "SubnetIds": account.subnets}
    redshift("CreateClusterSubnetGroup", **named, Tags=[{"Key": "a", "Value": "1"}])

    def found(**asked):
        return len(redshift("DescribeClusterSubnetGroups", **asked)["ClusterSubnetGroups"])

    assert (found(TagKeys=["a"]), found(TagKeys=["b"])) == (1, 0)
    assert (found(TagValues=["1"]), found(TagKeys=["a"], TagValues=["2"])) == (1, 0)


def test_a_proxy_leads_to_its_database(account):
    rds = account.rds
    rds("CreateDBSubnetGroup", DBSubnetGroupName="two", DBSubnetGroupDescription="d", SubnetIds=account.subnets)
    rds(
        "CreateDBInstance",
        DBInstanceIdentifier="orders",
        Engine="postgres",
        DBInstanceClass="db.t4g.micro",
        MasterUsername="u",
        MasterUserPassword="p" * 8,
        DBSubnetGroupName="two",
    )
    made = rds("CreateDBProxy", DBProxyName="front", EngineFamily="POSTGRESQL", RoleArn="arn:aws:iam::123456789012:role/r",
               VpcSubnetIds=account.subnets, VpcSecurityGroupIds=[account.group],
               Auth=[{"AuthScheme": "SECRETS", "SecretArn": "arn:aws:secretsmanager:eu-west-1:123456789012:secret:s"}])["DBProxy"]  # fmt: skip
    assert (made["VpcId"], made["VpcSecurityGroupIds"], {*made["VpcSubnetIds"]}) == (
        account.vpc,
        [account.group],
        {*account.subnets},
    )
    (target,) = rds("RegisterDBProxyTargets", DBProxyName="front", DBInstanceIdentifiers=["orders"])["DBProxyTargets"]
    assert (target["RdsResourceId"], target["TargetHealth"]["State"]) == ("orders", "AVAILABLE")
    again = rds("RegisterDBProxyTargets", DBProxyName="front", DBInstanceIdentifiers=["orders"])
    assert again == "DBProxyTargetAlreadyRegisteredFault"
    assert server_of(account.running.cloud, "rds/dbproxy/front") == "db/orders"
    pool = rds(
        "ModifyDBProxyTargetGroup",
        DBProxyName="front",
        TargetGroupName="default",
        ConnectionPoolConfig={"MaxConnectionsPercent": 50},
    )
    assert pool["DBProxyTargetGroup"]["ConnectionPoolConfig"]["MaxConnectionsPercent"] == 50
    assert len(rds("DescribeDBProxyTargets", DBProxyName="front")["Targets"]) == 1
    rds("AddTagsToResource", ResourceName=made["DBProxyArn"], Tags=[{"Key": "a", "Value": "1"}])
    assert rds("ListTagsForResource", ResourceName=made["DBProxyArn"])["TagList"] == [{"Key": "a", "Value": "1"}]
    rds("DeregisterDBProxyTargets", DBProxyName="front", DBInstanceIdentifiers=["orders"])
    assert rds("DescribeDBProxyTargets", DBProxyName="front")["Targets"] == []
    rds("DeleteDBProxy", DBProxyName="front")
    assert rds("DescribeDBProxies")["DBProxies"] == []
    assert not any(one.startswith("rds/dbproxy") for one in account.running.cloud.template.resources)


def test_versions_of_engines(account):
    every = account.rds("DescribeDBEngineVersions", Engine="postgres", EngineVersion="17")["DBEngineVersions"]
    assert [(one["EngineVersion"], one["DBParameterGroupFamily"]) for one in every] == [("17.4", "postgres17")]
    (default,) = account.rds("DescribeDBEngineVersions", Engine="mysql", DefaultOnly=True)["DBEngineVersions"]
    assert default["DBParameterGroupFamily"] == "mysql8.0"


@pytest.mark.parametrize(
    ("service", "api"), [("rds", lambda running: RdsApi(running, elsewhere)), ("elasticache", ElastiCacheApi)]
)
def test_snapshots_that_no_call_makes(account, service, api):
    client = Client(service, api(account.running).handle)
    operation, named = {
        "rds": ("DescribeDBSnapshots", "DBSnapshotIdentifier"),
        "elasticache": ("DescribeSnapshots", "SnapshotName"),
    }[service]
    assert not client(operation)[operation.removeprefix("Describe")]
    assert client(operation, **{named: "x"}) in ("DBSnapshotNotFound", "SnapshotNotFoundFault")


def test_what_a_template_brings_is_not_called_absent(account):
    account.running.cloud = changed(account.running.cloud, [new("AWS::RDS::GlobalCluster", "Global", {})])
    assert account.rds("DescribeGlobalClusters") == "InvalidAction"


def test_facts_about_caches(account):
    cache = Client("elasticache", ElastiCacheApi(account.running).handle)
    (default,) = cache("DescribeCacheEngineVersions", Engine="valkey", DefaultOnly=True)["CacheEngineVersions"]
    named = f"default.{default['CacheParameterGroupFamily']}"
    assert len(cache("DescribeCacheParameterGroups", CacheParameterGroupName=named)["CacheParameterGroups"]) == 1
    assert cache("DescribeCacheParameterGroups", CacheParameterGroupName="x") == "CacheParameterGroupNotFound"
    assert cache("DescribeUsers")["Users"][0]["UserId"] == "default"
    account.running.cloud = changed(account.running.cloud, [new("AWS::ElastiCache::User", "User", {})])
    assert cache("DescribeUsers") == "InvalidAction"


def test_facts_about_a_cluster_of_databases(account):
    account.rds("CreateDBSubnetGroup", DBSubnetGroupName="two", DBSubnetGroupDescription="d", SubnetIds=account.subnets)
    made = account.rds("CreateDBCluster", DBClusterIdentifier="c", Engine="aurora-mysql", DBSubnetGroupName="two")[
        "DBCluster"
    ]
    found = account.rds("DescribeDBClusterEndpoints", DBClusterIdentifier="c")["DBClusterEndpoints"]
    assert {one["EndpointType"]: one["Endpoint"] for one in found} == {
        "WRITER": made["Endpoint"],
        "READER": made["ReaderEndpoint"],
    }
    assert (
        account.rds("DescribeDBClusterEndpoints", DBClusterEndpointIdentifier="x") == "DBClusterEndpointNotFoundFault"
    )
    quotas = {one["AccountQuotaName"]: one["Used"] for one in account.rds("DescribeAccountAttributes")["AccountQuotas"]}
    assert (quotas["DBClusters"], quotas["DBInstances"]) == (1, 0)
    assert account.rds("RebootDBInstance", DBInstanceIdentifier="x") == "DBInstanceNotFound"


def test_an_endpoint_of_a_proxy(account):
    rds = account.rds
    place = {"VpcSubnetIds": account.subnets, "VpcSecurityGroupIds": [account.group]}
    rds(
        "CreateDBProxy",
        DBProxyName="p",
        EngineFamily="MYSQL",
        Auth=[{"AuthScheme": "SECRETS"}],
        RoleArn="r" * 20,
        **place,
    )
    named = {"DBProxyName": "p", "DBProxyEndpointName": "reads"}
    assert rds("CreateDBProxyEndpoint", **named | {"DBProxyName": "none"}, **place) == "DBProxyNotFoundFault"
    made = rds("CreateDBProxyEndpoint", **named, TargetRole="READ_ONLY", **place)["DBProxyEndpoint"]
    assert (made["DBProxyName"], made["TargetRole"], made["VpcSubnetIds"]) == ("p", "READ_ONLY", account.subnets)
    assert {*account.addresses("rds/dbproxyendpoint/reads")} == {*account.subnets}
    assert rds("DescribeDBProxyEndpoints", DBProxyName="p")["DBProxyEndpoints"] == [made]
    assert (
        rds("ModifyDBProxyEndpoint", DBProxyEndpointName="reads", NewDBProxyEndpointName="x")
        == "InvalidParameterCombination"
    )
    rds("DeleteDBProxyEndpoint", DBProxyEndpointName="reads")
    assert rds("DescribeDBProxyEndpoints", **named) == "DBProxyEndpointNotFoundFault"
    rds("CreateDBProxyEndpoint", **named, **place)
    rds("DeleteDBProxy", DBProxyName="p")
    assert rds("DescribeDBProxyEndpoints")["DBProxyEndpoints"] == []


GROUPS = {
    # the noun of groups · the parameter with their family · the operation that sets parameters, its parameter, one · the code in use
    "dax": ("ParameterGroup", {}, "Update", "ParameterNameValues", "query-ttl-millis", "InvalidParameterGroupStateFault"),
    "redshift": ("ClusterParameterGroup", {"ParameterGroupFamily": "redshift-1.0"}, "Modify", "Parameters", "require_ssl",
                 "InvalidClusterParameterGroupState"),
}  # fmt: skip


@pytest.mark.parametrize("service", GROUPS)
def test_parameter_groups(account, service):
    api, subnets, named, asked, more = SERVICES[service]
    noun, family, verb, given, parameter, in_use = GROUPS[service]
    client, name = Client(service, api(account.running).handle), {"ParameterGroupName": "g"}
    every = noun.replace("Group", "s")
    client(f"Create{noun}", **name, **family, Description="d")
    assert client(f"Create{noun}", **name, **family, Description="d").startswith(f"{noun}AlreadyExists")
    client(f"{verb}{noun}", **name, **{given: [{"ParameterName": parameter, "ParameterValue": "1"}]})
    assert client(f"Describe{every}", **name, Source="user")["Parameters"] == [
        {"ParameterName": parameter, "ParameterValue": "1", "Source": "user"}
    ]
    client(f"Create{subnets}", **{named: "two", "Description": "d", "SubnetIds": account.subnets})
    used = {"ParameterGroupName" if service == "dax" else "ClusterParameterGroupName": "g"}
    client("CreateCluster", **{asked: "one", named: "two"}, **used, **more)
    assert client(f"Delete{noun}", **name) == in_use
    client("DeleteCluster", **{asked: "one"}, **({"SkipFinalClusterSnapshot": True} if service == "redshift" else {}))
    client(f"Delete{noun}", **name)
    described = client(f"Describe{noun}s")["ParameterGroups"]
    assert all(one["ParameterGroupName"].startswith("default.") for one in described)


def test_dax_has_two_parameters(account):
    client = Client("dax", DaxApi(account.running).handle)
    found = client("DescribeParameters", ParameterGroupName="default.dax1.0")["Parameters"]
    assert {one["ParameterName"]: one["Source"] for one in found} == {
        "query-ttl-millis": "system",
        "record-ttl-millis": "system",
    }
    client("CreateParameterGroup", ParameterGroupName="g")
    unknown = [{"ParameterName": "none", "ParameterValue": "1"}]
    refused = client("UpdateParameterGroup", ParameterGroupName="g", ParameterNameValues=unknown)
    assert refused == "InvalidParameterValueException"
