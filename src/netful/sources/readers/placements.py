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
_RDS_SUBNETS, _CACHE_SUBNETS = "AWS::RDS::DBSubnetGroup", "AWS::ElastiCache::SubnetGroup"
_NAMED, _PUBLIC = "DBSubnetGroupName", "PubliclyAccessible"


def _within(prefix: str = "", subnets: str = "SubnetIds", groups: str = "SecurityGroupIds") -> Placement:
    """Return the row of a service that has subnets and groups within one property."""
    return Placement(_SERVICE, prefix + subnets, prefix + groups)


def _by_group(owner: InterfaceOwner, subnets: str, groups: str, *types: str, public: str = "") -> Placement:
    """Return the row of a type that names its group of subnets, or is in the default VPC."""
    return Placement(owner, subnets, groups, types, public, default_vpc=True)


def _task(within: str) -> Placement:
    """Return the row of a type that starts tasks of ECS."""
    return Placement(_SERVICE, f"{within}Subnets", f"{within}SecurityGroups", public=f"{within}AssignPublicIp")


_APP_STREAM = replace(_within("VpcConfig."), public="EnableDefaultInternetAccess")
_PLACED = {
    "AWS::RDS::DBInstance": _by_group(_DATABASE, _NAMED, "VPCSecurityGroups", _RDS_SUBNETS, public=_PUBLIC),
    "AWS::RDS::DBCluster": _by_group(_DATABASE, _NAMED, "VpcSecurityGroupIds", _RDS_SUBNETS, public=_PUBLIC),
    "AWS::RDS::DBProxy": Placement(_DATABASE, "VpcSubnetIds", "VpcSecurityGroupIds"),
    "AWS::RDS::DBProxyEndpoint": Placement(_DATABASE, "VpcSubnetIds", "VpcSecurityGroupIds"),
    "AWS::DocDB::DBCluster": _by_group(
        _DATABASE, _NAMED, "VpcSecurityGroupIds", "AWS::DocDB::DBSubnetGroup", _RDS_SUBNETS
    ),
    "AWS::Neptune::DBCluster": _by_group(
        _DATABASE, _NAMED, "VpcSecurityGroupIds", "AWS::Neptune::DBSubnetGroup", _RDS_SUBNETS, public=_PUBLIC
    ),
    "AWS::Redshift::Cluster": _by_group(
        _DATABASE, "ClusterSubnetGroupName", "VpcSecurityGroupIds", "AWS::Redshift::ClusterSubnetGroup", public=_PUBLIC
    ),
    "AWS::RedshiftServerless::Workgroup": Placement(
        _DATABASE, "SubnetIds", "SecurityGroupIds", public=_PUBLIC, default_vpc=True
    ),
    "AWS::DMS::ReplicationInstance": replace(
        _by_group(
            _SERVICE,
            "ReplicationSubnetGroupIdentifier",
            "VpcSecurityGroupIds",
            "AWS::DMS::ReplicationSubnetGroup",
            public=_PUBLIC,
        ),
        public_default=True,
    ),
    "AWS::ElastiCache::CacheCluster": _by_group(_CACHE, "CacheSubnetGroupName", "VpcSecurityGroupIds", _CACHE_SUBNETS),
    "AWS::ElastiCache::ReplicationGroup": _by_group(_CACHE, "CacheSubnetGroupName", "SecurityGroupIds", _CACHE_SUBNETS),
    "AWS::ElastiCache::ServerlessCache": Placement(_CACHE, "SubnetIds", "SecurityGroupIds", default_vpc=True),
    "AWS::MemoryDB::Cluster": _by_group(_CACHE, "SubnetGroupName", "SecurityGroupIds", "AWS::MemoryDB::SubnetGroup"),
    "AWS::DAX::Cluster": _by_group(_CACHE, "SubnetGroupName", "SecurityGroupIds", "AWS::DAX::SubnetGroup"),
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
    "AWS::EFS::MountTarget": _within("", "SubnetId", "SecurityGroups"),
    "AWS::S3Files::MountTarget": _within("", "SubnetId", "SecurityGroups"),
    "AWS::FSx::FileSystem": _within(),
    "AWS::MSK::Cluster": replace(
        _within("BrokerNodeGroupInfo.", "ClientSubnets", "SecurityGroups"),
        public="BrokerNodeGroupInfo.ConnectivityInfo.PublicAccess.Type",
    ),
    "AWS::MSK::ServerlessCluster": _within("VpcConfigs.", groups="SecurityGroups"),
    "AWS::KafkaConnect::Connector": _within("KafkaCluster.ApacheKafkaCluster.Vpc.", "Subnets", "SecurityGroups"),
    "AWS::AmazonMQ::Broker": replace(_within(groups="SecurityGroups"), public=_PUBLIC),
    "AWS::OpenSearchService::Domain": _within("VPCOptions."),
    "AWS::Elasticsearch::Domain": _within("VPCOptions."),
    "AWS::OpenSearchServerless::VpcEndpoint": _within(),
    "AWS::CodeBuild::Project": _within("VpcConfig.", "Subnets"),
    "AWS::Synthetics::Canary": _within("VPCConfig."),
    "AWS::AppRunner::VpcConnector": _within("", "Subnets", "SecurityGroups"),
    "AWS::Batch::ComputeEnvironment": _within("ComputeResources.", "Subnets"),
    "AWS::MWAA::Environment": _within("NetworkConfiguration."),
    "AWS::Glue::Connection": _within(
        "ConnectionInput.PhysicalConnectionRequirements.", "SubnetId", "SecurityGroupIdList"
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
    "AWS::M2::Environment": replace(_within(), public=_PUBLIC),
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
    "AWS::Timestream::InfluxDBCluster": Placement(_DATABASE, "VpcSubnetIds", "VpcSecurityGroupIds", public=_PUBLIC),
    "AWS::Timestream::InfluxDBInstance": Placement(_DATABASE, "VpcSubnetIds", "VpcSecurityGroupIds", public=_PUBLIC),
    "AWS::VpcLattice::ResourceGateway": _within(),
    "AWS::WorkSpaces::Directory": Placement(
        _SERVICE, "SubnetIds", "", public="WorkspaceCreationProperties.EnableInternetAccess", own_group=True
    ),
    "AWS::WorkSpacesWeb::NetworkSettings": _within(),
    "AWS::SageMaker::NotebookInstance": _within("", "SubnetId"),
    "AWS::SageMaker::Domain": Placement(_SERVICE, "SubnetIds", "DefaultUserSettings.SecurityGroups", own_group=True),
    "AWS::Transfer::Server": replace(_within("EndpointDetails."), elastic_ips="EndpointDetails.AddressAllocationIds"),
    "AWS::DirectoryService::MicrosoftAD": Placement(_SERVICE, "VpcSettings.SubnetIds", "", own_group=True),
    "AWS::DirectoryService::SimpleAD": Placement(_SERVICE, "VpcSettings.SubnetIds", "", own_group=True),
    "AWS::EC2::InstanceConnectEndpoint": _within("", "SubnetId"),
    "AWS::ApiGatewayV2::VpcLink": _within(),
    "AWS::Route53Resolver::ResolverEndpoint": Placement(
        _SERVICE, "IpAddresses.SubnetId", "SecurityGroupIds", addresses="IpAddresses.Ip"
    ),
}

_NETWORK_TYPE = (
    "RDS::DBInstance RDS::DBCluster DocDB::DBCluster Neptune::DBCluster ElastiCache::CacheCluster"
    " ElastiCache::ReplicationGroup ElastiCache::ServerlessCache MemoryDB::Cluster DAX::Cluster"
)
_FAMILIES = {
    "AWS::RDS::DBProxy": "EndpointNetworkType",
    "AWS::RDS::DBProxyEndpoint": "EndpointNetworkType",
    "AWS::EFS::MountTarget": "IpAddressType",
    "AWS::S3Files::MountTarget": "IpAddressType",
    "AWS::MSK::Cluster": "BrokerNodeGroupInfo.ConnectivityInfo.NetworkType",
    "AWS::OpenSearchService::Domain": "IPAddressType",
    **{f"AWS::{kind}": "NetworkType" for kind in _NETWORK_TYPE.split()},
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
