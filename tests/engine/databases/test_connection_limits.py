"""Connections that a database accepts: its parameter, a formula of its class's memory, or AWS's default for that."""

import pytest

from netful import sources
from netful.engine.databases.connection_limits import limit_of

TEMPLATE = """
Resources:
  Db: {Type: AWS::RDS::DBInstance, Properties: {MORE}}
  Group: {Type: AWS::RDS::DBParameterGroup, Properties: {Description: d, Family: f, Parameters: {max_connections: "OWN"}}}
"""


@pytest.mark.parametrize(
    ("more", "own", "limit"),
    [
        ("Engine: postgres, DBInstanceClass: db.t4g.micro", "9", 112),
        ("Engine: mysql, DBInstanceClass: db.t4g.small", "9", 170),
        ("Engine: postgres, DBInstanceClass: db.t4g.micro, DBParameterGroupName: !Ref Group", "45", 45),
        ("Engine: postgres, DBInstanceClass: db.t4g.small, DBParameterGroupName: !Ref Group", "LEAST({DBInstanceClassMemory/9531392},200)", 200),
        ("Engine: mysql, DBInstanceClass: db.t4g.small, DBParameterGroupName: !Ref Group", "{DBInstanceClassMemory/25165760}", 85),
        ("Engine: postgres, DBInstanceClass: db.t4g.micro, DBParameterGroupName: !Ref Group", "GREATEST(1,2)", None),
        ("Engine: postgres", "9", None),
        ("Engine: mariadb, DBInstanceClass: db.m5.large", "9", 682),
        ("Engine: aurora-postgresql, DBInstanceClass: db.r6g.large", "9", 1802),
        ("Engine: mysql, DBInstanceClass: db.t3.xlarge", "9", 1365),
        ("Engine: mysql, DBInstanceClass: db.m5.4xlarge", "9", 5461),
        ("Engine: postgres, DBInstanceClass: db.x2g.large", "9", 3604),
        ("Engine: postgres, DBInstanceClass: db.r6g.16xlarge", "9", 5000),
        ("Engine: postgres, DBInstanceClass: db.z1d.large", "9", None),
        ("Engine: sqlserver-ex, DBInstanceClass: db.t3.small", "9", None),
        ("Engine: postgres, DBInstanceClass: db.serverless, ServerlessV2ScalingConfiguration: {MaxCapacity: 1}", "9", 225),
        ("Engine: postgres, DBInstanceClass: db.serverless, ServerlessV2ScalingConfiguration: {MaxCapacity: many}", "9", None),
        ("Engine: postgres, DBInstanceClass: db.serverless", "9", None),
    ],
)  # fmt: skip
def test_connections_that_a_database_accepts(tmp_path, more, own, limit):
    (tmp_path / "template.yaml").write_text(TEMPLATE.replace("MORE", more).replace("OWN", own))
    cloud = sources.load([tmp_path / "template.yaml"], region="us-east-1")
    assert limit_of(cloud, cloud.template.resources["Db"]) == limit


def test_a_clusters_writer_has_parameters_of_its_own(tmp_path):
    """They count more than those of the cluster; those of its readers do not count."""
    (tmp_path / "template.yaml").write_text("""
Resources:
  Cluster: {Type: AWS::RDS::DBCluster, Properties: {Engine: aurora-mysql, DBClusterIdentifier: shop, DBClusterParameterGroupName: !Ref Common}}
  Writer: {Type: AWS::RDS::DBInstance, Properties: {Engine: aurora-mysql, DBClusterIdentifier: !Ref Cluster, DBParameterGroupName: own}}
  Reader: {Type: AWS::RDS::DBInstance, Properties: {Engine: aurora-mysql, DBClusterIdentifier: !Ref Cluster, DBParameterGroupName: !Ref Other}}
  Common: {Type: AWS::RDS::DBClusterParameterGroup, Properties: {Description: d, Family: f, Parameters: {max_connections: "45"}}}
  Own: {Type: AWS::RDS::DBParameterGroup, Properties: {DBParameterGroupName: own, Description: d, Family: f, Parameters: {max_connections: "67"}}}
  Other: {Type: AWS::RDS::DBParameterGroup, Properties: {Description: d, Family: f, Parameters: {max_connections: "89"}}}
""")
    cloud = sources.load([tmp_path / "template.yaml"], region="us-east-1")
    assert limit_of(cloud, cloud.template.resources["Cluster"]) == 67
