"""The AWS provider's databases, caches, proxies and secrets (form: `types`)."""

from __future__ import annotations

_MASTER = {
    "engine": "Engine", "engine_version": "EngineVersion", "port": "Port",
    "manage_master_user_password": "ManageMasterUserPassword", "iam_database_authentication_enabled": "EnableIAMDatabaseAuthentication",
    "db_subnet_group_name": "DBSubnetGroupName", "snapshot_identifier": "DBSnapshotIdentifier",
}  # fmt: skip
_CACHE = {
    "subnet_group_name": "CacheSubnetGroupName", "engine": "Engine", "engine_version": "EngineVersion", "port": "Port",
    "parameter_group_name": "CacheParameterGroupName", "transit_encryption_enabled": "TransitEncryptionEnabled",
    "node_type": "CacheNodeType",
}  # fmt: skip

DATABASE_TYPES: dict[str, tuple[str, dict[str, str]]] = {
    "aws_db_subnet_group": ("AWS::RDS::DBSubnetGroup", {"subnet_ids": "SubnetIds", "name": "DBSubnetGroupName"}),
    "aws_db_parameter_group": ("AWS::RDS::DBParameterGroup", {"name": "DBParameterGroupName"}),
    "aws_rds_cluster_parameter_group": ("AWS::RDS::DBClusterParameterGroup", {"name": "DBClusterParameterGroupName"}),
    "aws_db_instance": ("AWS::RDS::DBInstance", {
        **_MASTER, "identifier": "DBInstanceIdentifier", "instance_class": "DBInstanceClass", "db_name": "DBName",
        "username": "MasterUsername", "password": "MasterUserPassword", "vpc_security_group_ids": "VPCSecurityGroups",
        "publicly_accessible": "PubliclyAccessible", "parameter_group_name": "DBParameterGroupName",
        "replicate_source_db": "SourceDBInstanceIdentifier", "availability_zone": "AvailabilityZone",
    }),
    "aws_rds_cluster": ("AWS::RDS::DBCluster", {
        **_MASTER, "snapshot_identifier": "SnapshotIdentifier", "cluster_identifier": "DBClusterIdentifier",
        "database_name": "DatabaseName", "master_username": "MasterUsername", "master_password": "MasterUserPassword",
        "vpc_security_group_ids": "VpcSecurityGroupIds", "db_cluster_parameter_group_name": "DBClusterParameterGroupName",
        "enable_http_endpoint": "EnableHttpEndpoint", "db_cluster_instance_class": "DBClusterInstanceClass",
        "serverlessv2_scaling_configuration.max_capacity": "ServerlessV2ScalingConfiguration.MaxCapacity",
    }),
    "aws_rds_cluster_instance": ("AWS::RDS::DBInstance", {
        "identifier": "DBInstanceIdentifier", "cluster_identifier": "DBClusterIdentifier", "engine": "Engine",
        "instance_class": "DBInstanceClass", "publicly_accessible": "PubliclyAccessible",
        "db_parameter_group_name": "DBParameterGroupName",
    }),
    "aws_db_proxy": ("AWS::RDS::DBProxy", {
        "name": "DBProxyName", "engine_family": "EngineFamily", "require_tls": "RequireTLS", "role_arn": "RoleArn",
        "vpc_subnet_ids": "VpcSubnetIds", "vpc_security_group_ids": "VpcSecurityGroupIds",
    }),
    "aws_db_proxy_target": ("AWS::RDS::DBProxyTargetGroup", {
        "db_proxy_name": "DBProxyName", "db_instance_identifier": "DBInstanceIdentifiers",
        "db_cluster_identifier": "DBClusterIdentifiers",
    }),
    "aws_elasticache_subnet_group": ("AWS::ElastiCache::SubnetGroup", {
        "subnet_ids": "SubnetIds", "name": "CacheSubnetGroupName",
    }),
    "aws_elasticache_parameter_group": ("AWS::ElastiCache::ParameterGroup", {
        "name": "CacheParameterGroupName", "family": "CacheParameterGroupFamily",
    }),
    "aws_elasticache_cluster": ("AWS::ElastiCache::CacheCluster", {
        **_CACHE, "cluster_id": "ClusterName", "security_group_ids": "VpcSecurityGroupIds", "num_cache_nodes": "NumCacheNodes",
        "az_mode": "AZMode", "availability_zone": "PreferredAvailabilityZone",
        "preferred_availability_zones": "PreferredAvailabilityZones",
    }),
    "aws_elasticache_replication_group": ("AWS::ElastiCache::ReplicationGroup", {
        **_CACHE, "replication_group_id": "ReplicationGroupId", "description": "ReplicationGroupDescription",
        "security_group_ids": "SecurityGroupIds", "num_cache_clusters": "NumCacheClusters",
        "num_node_groups": "NumNodeGroups", "replicas_per_node_group": "ReplicasPerNodeGroup", "auth_token": "AuthToken",
        "user_group_ids": "UserGroupIds", "cluster_mode": "ClusterMode",
    }),
    "aws_elasticache_serverless_cache": ("AWS::ElastiCache::ServerlessCache", {
        "name": "ServerlessCacheName", "engine": "Engine", "user_group_id": "UserGroupId", "subnet_ids": "SubnetIds",
        "security_group_ids": "SecurityGroupIds",
    }),
    "aws_elasticache_user": ("AWS::ElastiCache::User", {
        "user_id": "UserId", "user_name": "UserName", "access_string": "AccessString", "engine": "Engine",
        "passwords": "Passwords", "no_password_required": "NoPasswordRequired",
        "authentication_mode.type": "AuthenticationMode.Type", "authentication_mode.passwords": "AuthenticationMode.Passwords",
    }),
    "aws_elasticache_user_group": ("AWS::ElastiCache::UserGroup", {
        "user_group_id": "UserGroupId", "user_ids": "UserIds", "engine": "Engine",
    }),
    "aws_memorydb_subnet_group": ("AWS::MemoryDB::SubnetGroup", {"subnet_ids": "SubnetIds", "name": "SubnetGroupName"}),
    "aws_memorydb_cluster": ("AWS::MemoryDB::Cluster", {
        "name": "ClusterName", "acl_name": "ACLName", "tls_enabled": "TLSEnabled", "subnet_group_name": "SubnetGroupName",
        "security_group_ids": "SecurityGroupIds", "port": "Port", "parameter_group_name": "ParameterGroupName",
    }),
    "aws_memorydb_acl": ("AWS::MemoryDB::ACL", {"name": "ACLName", "user_names": "UserNames"}),
    "aws_memorydb_user": ("AWS::MemoryDB::User", {
        "user_name": "UserName", "access_string": "AccessString", "authentication_mode.type": "AuthenticationMode.Type",
        "authentication_mode.passwords": "AuthenticationMode.Passwords",
    }),
    "aws_secretsmanager_secret": ("AWS::SecretsManager::Secret", {"name": "Name"}),
    "random_password": ("AWS::SecretsManager::Secret", {}),
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
"""Attributes of these types (form: `types.ATTRIBUTES`)."""
