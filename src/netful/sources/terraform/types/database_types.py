"""The AWS provider's databases, caches, proxies and secrets (form: `resource_types`)."""

from netful.sources.terraform.types.rows import properties, row

_MASTER = {
    **properties("engine engine_version port manage_master_user_password"),
    "iam_database_authentication_enabled": "EnableIAMDatabaseAuthentication", "db_subnet_group_name": "DBSubnetGroupName",
}  # fmt: skip
_CACHE = {
    **properties("engine engine_version port transit_encryption_enabled network_type"),
    "subnet_group_name": "CacheSubnetGroupName", "parameter_group_name": "CacheParameterGroupName", "node_type": "CacheNodeType",
}  # fmt: skip

DATABASE_TYPES = {
    "aws_db_subnet_group": row("AWS::RDS::DBSubnetGroup", "subnet_ids", {"name": "DBSubnetGroupName"}),
    "aws_db_parameter_group": row("AWS::RDS::DBParameterGroup", other={"name": "DBParameterGroupName"}),
    "aws_rds_cluster_parameter_group": row("AWS::RDS::DBClusterParameterGroup", other={"name": "DBClusterParameterGroupName"}),
    "aws_db_instance": row("AWS::RDS::DBInstance",
        "publicly_accessible availability_zone network_type",
        {**_MASTER, "snapshot_identifier": "DBSnapshotIdentifier", "identifier": "DBInstanceIdentifier",
         "instance_class": "DBInstanceClass", "db_name": "DBName", "username": "MasterUsername",
         "password": "MasterUserPassword", "vpc_security_group_ids": "VPCSecurityGroups",
         "parameter_group_name": "DBParameterGroupName", "replicate_source_db": "SourceDBInstanceIdentifier"}),
    "aws_rds_cluster": row("AWS::RDS::DBCluster",
        "snapshot_identifier database_name master_username vpc_security_group_ids enable_http_endpoint network_type",
        {**_MASTER, "cluster_identifier": "DBClusterIdentifier", "master_password": "MasterUserPassword",
         "db_cluster_parameter_group_name": "DBClusterParameterGroupName",
         "db_cluster_instance_class": "DBClusterInstanceClass",
         "serverlessv2_scaling_configuration.max_capacity": "ServerlessV2ScalingConfiguration.MaxCapacity"}),
    "aws_rds_cluster_instance": row("AWS::RDS::DBInstance",
        "engine publicly_accessible availability_zone",
        {"identifier": "DBInstanceIdentifier", "cluster_identifier": "DBClusterIdentifier",
         "instance_class": "DBInstanceClass", "db_parameter_group_name": "DBParameterGroupName"}),
    "aws_db_proxy": row("AWS::RDS::DBProxy",
        "engine_family role_arn vpc_subnet_ids vpc_security_group_ids",
        {"name": "DBProxyName", "require_tls": "RequireTLS"}),
    "aws_db_proxy_endpoint": row("AWS::RDS::DBProxyEndpoint",
        "vpc_subnet_ids vpc_security_group_ids", {"db_proxy_name": "DBProxyName", "db_proxy_endpoint_name": "DBProxyEndpointName"}),
    "aws_db_proxy_target": row("AWS::RDS::DBProxyTargetGroup",
        other={"db_proxy_name": "DBProxyName", "db_instance_identifier": "DBInstanceIdentifiers",
         "db_cluster_identifier": "DBClusterIdentifiers"}),
    "aws_elasticache_subnet_group": row("AWS::ElastiCache::SubnetGroup", "subnet_ids", {"name": "CacheSubnetGroupName"}),
    "aws_elasticache_parameter_group": row("AWS::ElastiCache::ParameterGroup",
        other={"name": "CacheParameterGroupName", "family": "CacheParameterGroupFamily"}),
    "aws_elasticache_cluster": row("AWS::ElastiCache::CacheCluster",
        "num_cache_nodes preferred_availability_zones",
        {**_CACHE, "cluster_id": "ClusterName", "security_group_ids": "VpcSecurityGroupIds", "az_mode": "AZMode",
         "availability_zone": "PreferredAvailabilityZone"}),
    "aws_elasticache_replication_group": row("AWS::ElastiCache::ReplicationGroup",
        "replication_group_id security_group_ids num_cache_clusters num_node_groups replicas_per_node_group "
        "auth_token user_group_ids cluster_mode",
        {**_CACHE, "description": "ReplicationGroupDescription",
         "preferred_cache_cluster_azs": "PreferredCacheClusterAZs"}),
    "aws_elasticache_serverless_cache": row("AWS::ElastiCache::ServerlessCache",
        "engine user_group_id subnet_ids security_group_ids",
        {"name": "ServerlessCacheName"}),
    "aws_elasticache_user": row("AWS::ElastiCache::User",
        "user_id user_name access_string engine passwords no_password_required authentication_mode.type "
        "authentication_mode.passwords"),
    "aws_elasticache_user_group": row("AWS::ElastiCache::UserGroup", "user_group_id user_ids engine"),
    "aws_memorydb_subnet_group": row("AWS::MemoryDB::SubnetGroup", "subnet_ids", {"name": "SubnetGroupName"}),
    "aws_memorydb_cluster": row("AWS::MemoryDB::Cluster",
        "subnet_group_name security_group_ids port parameter_group_name",
        {"name": "ClusterName", "acl_name": "ACLName", "tls_enabled": "TLSEnabled"}),
    "aws_memorydb_acl": row("AWS::MemoryDB::ACL", "user_names", {"name": "ACLName"}),
    "aws_memorydb_user": row("AWS::MemoryDB::User",
        "user_name access_string authentication_mode.type authentication_mode.passwords"),
    "aws_secretsmanager_secret": row("AWS::SecretsManager::Secret", "name"),
    "random_password": row("AWS::SecretsManager::Secret"),
}  # fmt: skip

DATABASE_LISTS = {
    "vpc_subnet_ids", "db_instance_identifier", "db_cluster_identifier", "passwords", "user_group_ids", "user_ids",
    "user_names", "preferred_availability_zones",
}  # fmt: skip
"""Arguments of these types with several values."""

DATABASE_ATTRIBUTES = {
    **{(f"aws_{name}", "name"): "Ref" for name in (
        "db_subnet_group", "db_parameter_group", "rds_cluster_parameter_group", "db_proxy", "elasticache_subnet_group",
        "elasticache_parameter_group", "memorydb_subnet_group",
    )},
    ("aws_db_instance", "address"): "Endpoint.Address",
    ("aws_db_instance", "port"): "Endpoint.Port",
    ("aws_db_instance", "identifier"): "Ref",
    ("aws_db_instance", "master_user_secret.secret_arn"): "MasterUserSecret.SecretArn",
    ("aws_rds_cluster", "endpoint"): "Endpoint.Address",
    ("aws_rds_cluster", "reader_endpoint"): "ReadEndpoint.Address",
    ("aws_rds_cluster", "port"): "Endpoint.Port",
    ("aws_rds_cluster", "cluster_identifier"): "Ref",
    ("aws_rds_cluster", "master_user_secret.secret_arn"): "MasterUserSecret.SecretArn",
    ("aws_rds_cluster", "arn"): "DBClusterArn",
    ("aws_rds_cluster_instance", "endpoint"): "Endpoint.Address",
    ("aws_db_proxy", "endpoint"): "Endpoint",
    ("aws_db_proxy", "arn"): "DBProxyArn",
    ("aws_elasticache_cluster", "cluster_address"): "ConfigurationEndpoint.Address",
    ("aws_elasticache_cluster", "cache_nodes.address"): "RedisEndpoint.Address",
    ("aws_elasticache_cluster", "port"): "RedisEndpoint.Port",
    ("aws_elasticache_replication_group", "port"): "PrimaryEndPoint.Port",
    ("aws_elasticache_replication_group", "primary_endpoint_address"): "PrimaryEndPoint.Address",
    ("aws_elasticache_replication_group", "reader_endpoint_address"): "ReaderEndPoint.Address",
    ("aws_elasticache_replication_group", "configuration_endpoint_address"): "ConfigurationEndPoint.Address",
    ("aws_elasticache_serverless_cache", "endpoint.address"): "Endpoint.Address",
    ("aws_elasticache_serverless_cache", "endpoint.port"): "Endpoint.Port",
    ("aws_elasticache_user", "user_id"): "Ref",
    ("aws_elasticache_user_group", "user_group_id"): "Ref",
    ("aws_memorydb_cluster", "cluster_endpoint.address"): "ClusterEndpoint.Address",
    ("aws_memorydb_cluster", "cluster_endpoint.port"): "ClusterEndpoint.Port",
    ("aws_memorydb_acl", "name"): "Ref",
    ("aws_memorydb_user", "user_name"): "Ref",
    ("aws_secretsmanager_secret", "arn"): "Ref",
    ("aws_secretsmanager_secret", "name"): "Ref",
}  # fmt: skip
"""Attributes of these types (form: `resource_types.ATTRIBUTES`)."""
