"""Properties of each type of managed resource with its subnets, its groups and its public address.

A path leads into the properties, key by key; a list on the path means all its items.
"""

from dataclasses import replace

from netful.model.core import Frozen
from netful.model.network.network_interface import InterfaceOwner


class Placement(Frozen, dict=True):
    """The properties of a type with its subnets and groups.

    `group_of_subnets`: the path contains the name of a resource of one of these types, which has the subnets.
    `public`: the property that gives its interfaces public addresses; `public_default` is its default. `elastic_ips`: the property that lists theirs. `default_vpc`:
    without subnets it is in the account's default VPC; otherwise it has no interfaces. `own_group`: AWS adds a group,
    which no template contains. `count`: the property with the number of running members. `addresses`: each item of a
    list is an interface, and this is the path of its address. `families`: the property with the address families.
    """

    owner: InterfaceOwner
    subnets: str
    groups: str
    group_of_subnets: tuple[str, ...] = ()
    public: str = ""
    public_default: bool = False
    elastic_ips: str = ""
    default_vpc: bool = False
    own_group: bool = False
    count: str = ""
    addresses: str = ""
    families: str = ""


_DATABASE, _CACHE, _SERVICE = InterfaceOwner.DATABASE, InterfaceOwner.CACHE, InterfaceOwner.SERVICE
_RDS_SUBNETS = ("AWS::RDS::DBSubnetGroup",)
_CACHE_SUBNETS = ("AWS::ElastiCache::SubnetGroup",)


def _within(prefix: str = "", subnets: str = "SubnetIds", groups: str = "SecurityGroupIds") -> Placement:
    """Return the row of a service that has subnets and groups within one property."""
    return Placement(_SERVICE, prefix + subnets, prefix + groups)


def _task(within: str) -> Placement:
    """Return the row of a type that starts tasks of ECS."""
    return Placement(_SERVICE, f"{within}Subnets", f"{within}SecurityGroups", public=f"{within}AssignPublicIp")


_APP_STREAM = replace(_within("VpcConfig."), public="EnableDefaultInternetAccess")
_PLACED = {
    "AWS::RDS::DBInstance": Placement(
        _DATABASE, "DBSubnetGroupName", "VPCSecurityGroups", _RDS_SUBNETS, "PubliclyAccessible", default_vpc=True
    ),
    "AWS::RDS::DBCluster": Placement(
        _DATABASE, "DBSubnetGroupName", "VpcSecurityGroupIds", _RDS_SUBNETS, "PubliclyAccessible", default_vpc=True
    ),
    "AWS::RDS::DBProxy": Placement(_DATABASE, "VpcSubnetIds", "VpcSecurityGroupIds"),
    "AWS::RDS::DBProxyEndpoint": Placement(_DATABASE, "VpcSubnetIds", "VpcSecurityGroupIds"),
    "AWS::DocDB::DBCluster": Placement(
        _DATABASE,
        "DBSubnetGroupName",
        "VpcSecurityGroupIds",
        ("AWS::DocDB::DBSubnetGroup", *_RDS_SUBNETS),
        default_vpc=True,
    ),
    "AWS::Neptune::DBCluster": Placement(
        _DATABASE,
        "DBSubnetGroupName",
        "VpcSecurityGroupIds",
        ("AWS::Neptune::DBSubnetGroup", *_RDS_SUBNETS),
        default_vpc=True,
    ),
    "AWS::Redshift::Cluster": Placement(
        _DATABASE,
        "ClusterSubnetGroupName",
        "VpcSecurityGroupIds",
        ("AWS::Redshift::ClusterSubnetGroup",),
        "PubliclyAccessible",
        default_vpc=True,
    ),
    "AWS::RedshiftServerless::Workgroup": Placement(
        _DATABASE, "SubnetIds", "SecurityGroupIds", public="PubliclyAccessible", default_vpc=True
    ),
    "AWS::DMS::ReplicationInstance": Placement(
        _SERVICE,
        "ReplicationSubnetGroupIdentifier",
        "VpcSecurityGroupIds",
        ("AWS::DMS::ReplicationSubnetGroup",),
        "PubliclyAccessible",
        public_default=True,
        default_vpc=True,
    ),
    "AWS::ElastiCache::CacheCluster": Placement(
        _CACHE, "CacheSubnetGroupName", "VpcSecurityGroupIds", _CACHE_SUBNETS, default_vpc=True
    ),
    "AWS::ElastiCache::ReplicationGroup": Placement(
        _CACHE, "CacheSubnetGroupName", "SecurityGroupIds", _CACHE_SUBNETS, default_vpc=True
    ),
    "AWS::ElastiCache::ServerlessCache": Placement(_CACHE, "SubnetIds", "SecurityGroupIds", default_vpc=True),
    "AWS::MemoryDB::Cluster": Placement(
        _CACHE, "SubnetGroupName", "SecurityGroupIds", ("AWS::MemoryDB::SubnetGroup",), default_vpc=True
    ),
    "AWS::DAX::Cluster": Placement(
        _CACHE, "SubnetGroupName", "SecurityGroupIds", ("AWS::DAX::SubnetGroup",), default_vpc=True
    ),
    "AWS::ECS::Service": replace(_task("NetworkConfiguration.AwsvpcConfiguration."), count="DesiredCount"),
    "Netful::ECS::Task": _task("NetworkConfiguration.AwsvpcConfiguration."),
    "AWS::ECS::TaskSet": _task("NetworkConfiguration.AwsVpcConfiguration."),
    "AWS::EKS::Cluster": Placement(
        _SERVICE, "ResourcesVpcConfig.SubnetIds", "ResourcesVpcConfig.SecurityGroupIds", own_group=True
    ),
    "AWS::EKS::FargateProfile": Placement(_SERVICE, "Subnets", "", own_group=True),
    "AWS::EMR::Cluster": Placement(
        _SERVICE, "Instances.Ec2SubnetId", "Instances.EmrManagedMasterSecurityGroup", own_group=True
    ),
    "AWS::Events::Rule": _task("Targets.EcsParameters.NetworkConfiguration.AwsVpcConfiguration."),
    "AWS::Scheduler::Schedule": _task("Target.EcsParameters.NetworkConfiguration.AwsvpcConfiguration."),
    "AWS::EFS::MountTarget": Placement(_SERVICE, "SubnetId", "SecurityGroups"),
    "AWS::S3Files::MountTarget": Placement(_SERVICE, "SubnetId", "SecurityGroups"),
    "AWS::FSx::FileSystem": Placement(_SERVICE, "SubnetIds", "SecurityGroupIds"),
    "AWS::MSK::Cluster": Placement(
        _SERVICE,
        "BrokerNodeGroupInfo.ClientSubnets",
        "BrokerNodeGroupInfo.SecurityGroups",
        public="BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type",
    ),
    "AWS::MSK::ServerlessCluster": Placement(_SERVICE, "VpcConfigs.SubnetIds", "VpcConfigs.SecurityGroups"),
    "AWS::KafkaConnect::Connector": Placement(
        _SERVICE, "KafkaCluster.ApacheKafkaCluster.Vpc.Subnets", "KafkaCluster.ApacheKafkaCluster.Vpc.SecurityGroups"
    ),
    "AWS::AmazonMQ::Broker": Placement(_SERVICE, "SubnetIds", "SecurityGroups", public="PubliclyAccessible"),
    "AWS::OpenSearchService::Domain": Placement(_SERVICE, "VPCOptions.SubnetIds", "VPCOptions.SecurityGroupIds"),
    "AWS::Elasticsearch::Domain": Placement(_SERVICE, "VPCOptions.SubnetIds", "VPCOptions.SecurityGroupIds"),
    "AWS::OpenSearchServerless::VpcEndpoint": Placement(_SERVICE, "SubnetIds", "SecurityGroupIds"),
    "AWS::CodeBuild::Project": Placement(_SERVICE, "VpcConfig.Subnets", "VpcConfig.SecurityGroupIds"),
    "AWS::Synthetics::Canary": Placement(_SERVICE, "VPCConfig.SubnetIds", "VPCConfig.SecurityGroupIds"),
    "AWS::AppRunner::VpcConnector": Placement(_SERVICE, "Subnets", "SecurityGroups"),
    "AWS::Batch::ComputeEnvironment": Placement(
        _SERVICE, "ComputeResources.Subnets", "ComputeResources.SecurityGroupIds"
    ),
    "AWS::MWAA::Environment": Placement(
        _SERVICE, "NetworkConfiguration.SubnetIds", "NetworkConfiguration.SecurityGroupIds"
    ),
    "AWS::Glue::Connection": Placement(
        _SERVICE,
        "ConnectionInput.PhysicalConnectionRequirements.SubnetId",
        "ConnectionInput.PhysicalConnectionRequirements.SecurityGroupIdList",
    ),
    "AWS::APS::Scraper": _within("Source.VpcConfiguration."),
    "AWS::AppStream::AppBlockBuilder": _APP_STREAM,
    "AWS::AppStream::Fleet": _APP_STREAM,
    "AWS::AppStream::ImageBuilder": _APP_STREAM,
    "AWS::BedrockAgentCore::BrowserCustom": _within("NetworkConfiguration.VpcConfig.", "Subnets", "SecurityGroups"),
    "AWS::BedrockAgentCore::CodeInterpreterCustom": _within(
        "NetworkConfiguration.VpcConfig.", "Subnets", "SecurityGroups"
    ),
    "AWS::BedrockAgentCore::Harness": _within(
        "Environment.AgentCoreRuntimeEnvironment.NetworkConfiguration.NetworkModeConfig.", "Subnets", "SecurityGroups"
    ),
    "AWS::BedrockAgentCore::Runtime": _within("NetworkConfiguration.NetworkModeConfig.", "Subnets", "SecurityGroups"),
    "AWS::Cloud9::EnvironmentEC2": Placement(_SERVICE, "SubnetId", "", own_group=True),
    "AWS::CloudHSM::Cluster": Placement(_SERVICE, "SubnetIds", "", own_group=True),
    "AWS::CodeBuild::Fleet": _within("FleetVpcConfig.", "Subnets"),
    "AWS::CodeConnections::Host": _within("VpcConfiguration."),
    "AWS::Comprehend::DocumentClassifier": _within("VpcConfig.", "Subnets"),
    "AWS::Comprehend::EntityRecognizer": _within("VpcConfig.", "Subnets"),
    "AWS::Comprehend::Flywheel": _within("DataSecurityConfig.VpcConfig.", "Subnets"),
    "AWS::DMS::ReplicationConfig": Placement(
        _SERVICE,
        "ComputeConfig.ReplicationSubnetGroupId",
        "ComputeConfig.VpcSecurityGroupIds",
        ("AWS::DMS::ReplicationSubnetGroup",),
    ),
    "AWS::Deadline::LicenseEndpoint": _within(),
    "AWS::DocDBElastic::Cluster": Placement(_DATABASE, "SubnetIds", "VpcSecurityGroupIds", default_vpc=True),
    "AWS::EMRServerless::Application": _within("NetworkConfiguration."),
    "AWS::ECS::ExpressGatewayService": replace(
        _within("NetworkConfiguration.", "Subnets", "SecurityGroups"), default_vpc=True
    ),
    "AWS::FSx::FileCache": _within(),
    "AWS::Glue::DevEndpoint": _within("", "SubnetId"),
    "AWS::Grafana::Workspace": _within("VpcConfiguration."),
    "AWS::ImageBuilder::InfrastructureConfiguration": _within("", "SubnetId"),
    "AWS::IoT::TopicRuleDestination": _within("VpcProperties.", groups="SecurityGroups"),
    "AWS::KinesisAnalyticsV2::Application": _within("ApplicationConfiguration.VpcConfigurations."),
    "AWS::KinesisFirehose::DeliveryStream": _within(
        "AmazonopensearchserviceDestinationConfiguration.VpcConfiguration."
    ),
    "AWS::M2::Environment": _within(),
    "AWS::MSK::Replicator": _within("KafkaClusters.VpcConfig."),
    "AWS::MSK::VpcConnection": _within("", "ClientSubnets", "SecurityGroups"),
    "AWS::MWAAServerless::Workflow": _within("NetworkConfiguration."),
    "AWS::NeptuneGraph::PrivateGraphEndpoint": _within(),
    "AWS::OSIS::Pipeline": _within("VpcOptions."),
    "AWS::PCS::Cluster": _within("Networking."),
    "AWS::Pipes::Pipe": _task("TargetParameters.EcsTaskParameters.NetworkConfiguration.AwsvpcConfiguration."),
    "AWS::QuickSight::VPCConnection": _within(),
    "AWS::Redshift::EndpointAccess": Placement(
        _DATABASE, "SubnetGroupName", "VpcSecurityGroupIds", ("AWS::Redshift::ClusterSubnetGroup",)
    ),
    **{
        f"AWS::SageMaker::{kind}JobDefinition": _within("NetworkConfig.VpcConfig.", "Subnets")
        for kind in ("DataQuality", "ModelBias", "ModelExplainability", "ModelQuality")
    },
    "AWS::SageMaker::Cluster": _within("VpcConfig.", "Subnets"),
    "AWS::SageMaker::EndpointConfig": _within("VpcConfig.", "Subnets"),
    "AWS::SageMaker::MonitoringSchedule": _within(
        "MonitoringScheduleConfig.MonitoringJobDefinition.NetworkConfig.VpcConfig.", "Subnets"
    ),
    "AWS::SageMaker::ProcessingJob": _within("NetworkConfig.VpcConfig.", "Subnets"),
    "AWS::SageMaker::Model": _within("VpcConfig.", "Subnets"),
    "AWS::SecretsManager::RotationSchedule": _within("HostedRotationLambda.", "VpcSubnetIds", "VpcSecurityGroupIds"),
    "AWS::Timestream::InfluxDBCluster": Placement(
        _DATABASE, "VpcSubnetIds", "VpcSecurityGroupIds", public="PubliclyAccessible"
    ),
    "AWS::Timestream::InfluxDBInstance": Placement(
        _DATABASE, "VpcSubnetIds", "VpcSecurityGroupIds", public="PubliclyAccessible"
    ),
    "AWS::VpcLattice::ResourceGateway": _within(),
    "AWS::WorkSpaces::Directory": Placement(_SERVICE, "SubnetIds", "", own_group=True),
    "AWS::WorkSpacesWeb::NetworkSettings": _within(),
    "AWS::SageMaker::NotebookInstance": Placement(_SERVICE, "SubnetId", "SecurityGroupIds"),
    "AWS::SageMaker::Domain": Placement(_SERVICE, "SubnetIds", "DefaultUserSettings.SecurityGroups", own_group=True),
    "AWS::Transfer::Server": Placement(
        _SERVICE,
        "EndpointDetails.SubnetIds",
        "EndpointDetails.SecurityGroupIds",
        elastic_ips="EndpointDetails.AddressAllocationIds",
    ),
    "AWS::DirectoryService::MicrosoftAD": Placement(_SERVICE, "VpcSettings.SubnetIds", "", own_group=True),
    "AWS::DirectoryService::SimpleAD": Placement(_SERVICE, "VpcSettings.SubnetIds", "", own_group=True),
    "AWS::EC2::InstanceConnectEndpoint": Placement(_SERVICE, "SubnetId", "SecurityGroupIds"),
    "AWS::ApiGatewayV2::VpcLink": Placement(_SERVICE, "SubnetIds", "SecurityGroupIds"),
    "AWS::Route53Resolver::ResolverEndpoint": Placement(
        _SERVICE, "IpAddresses.SubnetId", "SecurityGroupIds", addresses="IpAddresses.Ip"
    ),
}

_FAMILIES = {
    "AWS::RDS::DBProxy": "EndpointNetworkType",
    "AWS::RDS::DBProxyEndpoint": "EndpointNetworkType",
    "AWS::EFS::MountTarget": "IpAddressType",
    "AWS::S3Files::MountTarget": "IpAddressType",
    "AWS::MSK::Cluster": "BrokerNodeGroupInfo.ConnectivityInfo.NetworkType",
    "AWS::OpenSearchService::Domain": "IPAddressType",
    **dict.fromkeys(
        (
            "AWS::RDS::DBInstance",
            "AWS::RDS::DBCluster",
            "AWS::DocDB::DBCluster",
            "AWS::Neptune::DBCluster",
            "AWS::ElastiCache::CacheCluster",
            "AWS::ElastiCache::ReplicationGroup",
            "AWS::ElastiCache::ServerlessCache",
            "AWS::MemoryDB::Cluster",
            "AWS::DAX::Cluster",
        ),
        "NetworkType",
    ),
}
PLACEMENTS = {kind: replace(row, families=_FAMILIES.get(kind, "")) for kind, row in _PLACED.items()}

# Members of a cluster, which has the subnets and the groups: the property with its name, its type, and its own property with the name.
_OF_CLUSTER, _OF_CONNECTION = "DBClusterIdentifier", ("AWS::Glue::Connection", "ConnectionInput.Name")
MEMBERS = {
    "AWS::RDS::DBInstance": (_OF_CLUSTER, "AWS::RDS::DBCluster", _OF_CLUSTER),
    "AWS::DocDB::DBInstance": (_OF_CLUSTER, "AWS::DocDB::DBCluster", _OF_CLUSTER),
    "AWS::Neptune::DBInstance": (_OF_CLUSTER, "AWS::Neptune::DBCluster", _OF_CLUSTER),
    "AWS::Glue::Job": ("Connections.Connections", *_OF_CONNECTION),
    "AWS::Glue::Crawler": ("Targets.JdbcTargets.ConnectionName", *_OF_CONNECTION),
}
