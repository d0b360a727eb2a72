"""The AWS provider's brokers and services that run in a VPC (form: `types`)."""

from __future__ import annotations

MANAGED_TYPES: dict[str, tuple[str, dict[str, str]]] = {
    "aws_neptune_subnet_group": ("AWS::Neptune::DBSubnetGroup", {
        "subnet_ids": "SubnetIds", "name": "DBSubnetGroupName",
    }),
    "aws_neptune_cluster": ("AWS::Neptune::DBCluster", {
        "neptune_subnet_group_name": "DBSubnetGroupName", "vpc_security_group_ids": "VpcSecurityGroupIds",
        "port": "DBPort",
    }),
    "aws_neptune_cluster_instance": ("AWS::Neptune::DBInstance", {"cluster_identifier": "DBClusterIdentifier"}),
    "aws_docdb_subnet_group": ("AWS::DocDB::DBSubnetGroup", {"subnet_ids": "SubnetIds", "name": "DBSubnetGroupName"}),
    "aws_docdb_cluster": ("AWS::DocDB::DBCluster", {
        "db_subnet_group_name": "DBSubnetGroupName", "vpc_security_group_ids": "VpcSecurityGroupIds", "port": "Port",
    }),
    "aws_docdb_cluster_instance": ("AWS::DocDB::DBInstance", {"cluster_identifier": "DBClusterIdentifier"}),
    "aws_redshift_subnet_group": ("AWS::Redshift::ClusterSubnetGroup", {
        "subnet_ids": "SubnetIds", "name": "ClusterSubnetGroupName",
    }),
    "aws_redshift_cluster": ("AWS::Redshift::Cluster", {
        "cluster_subnet_group_name": "ClusterSubnetGroupName", "vpc_security_group_ids": "VpcSecurityGroupIds",
        "publicly_accessible": "PubliclyAccessible", "port": "Port",
    }),
    "aws_redshiftserverless_workgroup": ("AWS::RedshiftServerless::Workgroup", {
        "subnet_ids": "SubnetIds", "security_group_ids": "SecurityGroupIds",
        "publicly_accessible": "PubliclyAccessible",
    }),
    "aws_dms_replication_subnet_group": ("AWS::DMS::ReplicationSubnetGroup", {
        "subnet_ids": "SubnetIds", "replication_subnet_group_id": "ReplicationSubnetGroupIdentifier",
    }),
    "aws_dms_replication_instance": ("AWS::DMS::ReplicationInstance", {
        "replication_subnet_group_id": "ReplicationSubnetGroupIdentifier",
        "vpc_security_group_ids": "VpcSecurityGroupIds", "publicly_accessible": "PubliclyAccessible",
    }),
    "aws_dax_subnet_group": ("AWS::DAX::SubnetGroup", {"subnet_ids": "SubnetIds", "name": "SubnetGroupName"}),
    "aws_dax_cluster": ("AWS::DAX::Cluster", {
        "subnet_group_name": "SubnetGroupName", "security_group_ids": "SecurityGroupIds",
    }),
    "aws_eks_cluster": ("AWS::EKS::Cluster", {
        "vpc_config.subnet_ids": "ResourcesVpcConfig.SubnetIds",
        "vpc_config.security_group_ids": "ResourcesVpcConfig.SecurityGroupIds",
    }),
    "aws_elasticsearch_domain": ("AWS::Elasticsearch::Domain", {
        "vpc_options.subnet_ids": "VPCOptions.SubnetIds",
        "vpc_options.security_group_ids": "VPCOptions.SecurityGroupIds",
    }),
    "aws_opensearch_domain": ("AWS::OpenSearchService::Domain", {
        "vpc_options.subnet_ids": "VPCOptions.SubnetIds",
        "vpc_options.security_group_ids": "VPCOptions.SecurityGroupIds",
    }),
    "aws_opensearchserverless_vpc_endpoint": ("AWS::OpenSearchServerless::VpcEndpoint", {
        "subnet_ids": "SubnetIds", "security_group_ids": "SecurityGroupIds",
    }),
    "aws_codebuild_project": ("AWS::CodeBuild::Project", {
        "vpc_config.subnets": "VpcConfig.Subnets", "vpc_config.security_group_ids": "VpcConfig.SecurityGroupIds",
    }),
    "aws_synthetics_canary": ("AWS::Synthetics::Canary", {
        "vpc_config.subnet_ids": "VPCConfig.SubnetIds", "vpc_config.security_group_ids": "VPCConfig.SecurityGroupIds",
    }),
    "aws_apprunner_vpc_connector": ("AWS::AppRunner::VpcConnector", {
        "subnets": "Subnets", "security_groups": "SecurityGroups",
    }),
    "aws_batch_compute_environment": ("AWS::Batch::ComputeEnvironment", {
        "compute_resources.subnets": "ComputeResources.Subnets",
        "compute_resources.security_group_ids": "ComputeResources.SecurityGroupIds",
    }),
    "aws_mwaa_environment": ("AWS::MWAA::Environment", {
        "network_configuration.subnet_ids": "NetworkConfiguration.SubnetIds",
        "network_configuration.security_group_ids": "NetworkConfiguration.SecurityGroupIds",
    }),
    "aws_msk_cluster": ("AWS::MSK::Cluster", {
        "broker_node_group_info.client_subnets": "BrokerNodeGroupInfo.ClientSubnets",
        "broker_node_group_info.security_groups": "BrokerNodeGroupInfo.SecurityGroups",
    }),
    "aws_mq_broker": ("AWS::AmazonMQ::Broker", {
        "broker_name": "BrokerName", "engine_type": "EngineType", "engine_version": "EngineVersion", "subnet_ids": "SubnetIds", "security_groups": "SecurityGroups", "publicly_accessible": "PubliclyAccessible",
    }),
    "aws_sagemaker_notebook_instance": ("AWS::SageMaker::NotebookInstance", {
        "subnet_id": "SubnetId", "security_groups": "SecurityGroupIds",
    }),
    "aws_glue_connection": ("AWS::Glue::Connection", {
        "physical_connection_requirements.subnet_id": "ConnectionInput.PhysicalConnectionRequirements.SubnetId",
        "physical_connection_requirements.security_group_id_list":
            "ConnectionInput.PhysicalConnectionRequirements.SecurityGroupIdList",
    }),
    "aws_ec2_instance_connect_endpoint": ("AWS::EC2::InstanceConnectEndpoint", {
        "subnet_id": "SubnetId", "security_group_ids": "SecurityGroupIds",
    }),
}  # fmt: skip

MANAGED_LISTS = {"client_subnets", "security_group_id_list"}
"""Arguments of these types with several values, besides those of other types."""

MANAGED_ATTRIBUTES = {
    ("aws_neptune_subnet_group", "name"): "Ref",
    ("aws_docdb_subnet_group", "name"): "Ref",
    ("aws_redshift_subnet_group", "name"): "Ref",
    ("aws_dax_subnet_group", "name"): "Ref",
    ("aws_neptune_cluster", "endpoint"): "Endpoint",
    ("aws_docdb_cluster", "endpoint"): "Endpoint",
    ("aws_opensearch_domain", "endpoint"): "DomainEndpoint",
    ("aws_elasticsearch_domain", "endpoint"): "DomainEndpoint",
}
"""Attributes of these types (form: `types.ATTRIBUTES`)."""
