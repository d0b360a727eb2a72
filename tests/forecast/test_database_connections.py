"""Connections of a load to databases, beside what AWS's formulas give for the class of each."""

import pytest

from netful import sources
from netful.forecast.forecast import Circumstances, forecast, short
from netful.forecast.load import parse

TEMPLATE = """
Resources:
  Vpc: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16}}
  A: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.1.0/24, AvailabilityZone: us-east-1a}}
  B: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Vpc, CidrBlock: 10.0.2.0/24, AvailabilityZone: us-east-1b}}
  FnSg: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: f, VpcId: !Ref Vpc}}
  DbSg:
    Type: AWS::EC2::SecurityGroup
    Properties:
      GroupDescription: d
      VpcId: !Ref Vpc
      SecurityGroupIngress: [{IpProtocol: tcp, FromPort: 1, ToPort: 65535, SourceSecurityGroupId: !Ref FnSg}]
  Closed: {Type: AWS::EC2::SecurityGroup, Properties: {GroupDescription: c, VpcId: !Ref Vpc}}
  Subnets: {Type: AWS::RDS::DBSubnetGroup, Properties: {DBSubnetGroupDescription: d, SubnetIds: [!Ref A, !Ref B]}}
  Own: {Type: AWS::RDS::DBParameterGroup, Properties: {Description: d, Family: postgres16, Parameters: {max_connections: 30}}}
  Fn:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: python3.12
      Handler: index.handler
      Role: arn:aws:iam::123456789012:role/r
      Code: {ZipFile: "x = 1"}
      VpcConfig: {SubnetIds: [!Ref A], SecurityGroupIds: [!Ref FnSg]}
  Db: {Type: AWS::RDS::DBInstance, Properties: {DBSubnetGroupName: !Ref Subnets, VPCSecurityGroups: [!Ref DbSg], %s}}
"""


@pytest.fixture
def foreseen(tmp_path):
    def of(database, *, more="", load="Fn=2000/100", **given):
        (tmp_path / "template.yaml").write_text(TEMPLATE % database + more)
        cloud = sources.load([tmp_path / "template.yaml"], region="us-east-1")
        found = forecast(cloud, [parse(cloud, load)], Circumstances(**given))
        return {one["resource"]: (one["connections"], one["limit"]) for one in found["databases"]}, short(found)

    return of


@pytest.mark.parametrize(
    ("database", "limit"),
    [
        ("Engine: postgres, DBInstanceClass: db.t4g.micro", 112),
        ("Engine: postgres, DBInstanceClass: db.r6g.2xlarge", 5000),
        ("Engine: mysql, DBInstanceClass: db.t3.small", 170),
        ("Engine: mysql, DBInstanceClass: db.m5.xlarge", 1365),
        ("Engine: postgres, DBInstanceClass: db.t4g.micro, DBParameterGroupName: !Ref Own", 30),
        ("Engine: postgres, DBInstanceClass: db.z1d.large", None),
        ("Engine: oracle-ee, DBInstanceClass: db.m5.large", None),
    ],
)
def test_limit_by_class_and_parameter(foreseen, database, limit):
    found, is_short = foreseen(database)
    assert found == {"Db": (200, limit)}
    assert is_short == (limit is not None and limit < 200)


def test_connections_of_an_environment_count(foreseen):
    assert foreseen("Engine: postgres, DBInstanceClass: db.t4g.micro", connections=3)[0] == {"Db": (600, 112)}


def test_a_database_that_is_not_reached_has_no_connections(foreseen):
    closed = """
  Other: {Type: AWS::RDS::DBInstance, Properties: {Engine: mysql, DBSubnetGroupName: !Ref Subnets, VPCSecurityGroups: [!Ref Closed]}}
"""
    found, _ = foreseen("Engine: postgres, DBInstanceClass: db.t4g.micro", more=closed)
    assert set(found) == {"Db"}


def test_a_cluster_counts_once_and_a_proxy_has_its_share(foreseen):
    more = """
  Cluster: {Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-mysql, DBSubnetGroupName: !Ref Subnets, VpcSecurityGroupIds: [!Ref DbSg]}}
  Writer: {Type: AWS::RDS::DBInstance, Properties: {Engine: aurora-mysql, DBInstanceClass: db.r5.large, DBClusterIdentifier: !Ref Cluster}}
  Proxy: {Type: AWS::RDS::DBProxy, Properties: {EngineFamily: MYSQL, VpcSubnetIds: [!Ref A], VpcSecurityGroupIds: [!Ref DbSg]}}
  FromProxy: {Type: AWS::EC2::SecurityGroupIngress, Properties: {GroupId: !Ref DbSg, IpProtocol: tcp, FromPort: 3306, ToPort: 3306, SourceSecurityGroupId: !Ref DbSg}}
  Targets:
    Type: AWS::RDS::DBProxyTargetGroup
    Properties: {DBProxyName: !Ref Proxy, DBClusterIdentifiers: [!Ref Cluster], ConnectionPoolConfigurationInfo: {MaxConnectionsPercent: 10}}
"""
    found, is_short = foreseen("Engine: postgres, DBInstanceClass: db.m5.large", more=more)
    assert found == {"Db": (200, 901), "Cluster": (200, 1069), "Proxy": (200, 106)}
    assert is_short
