"""Properties of each type of managed resource with its subnets, its groups and its public address.

A path leads into the properties, key by key; a list on the path means all its items.
"""

from netful.model.core import Frozen
from netful.model.network.network_interface import InterfaceOwner


class Placement(Frozen, dict=True):
    """The properties of a type with its subnets and groups.

    `group_of_subnets`: the path contains the name of a resource of one of these types, which has the subnets.
    `public`: the property that gives its interfaces public addresses; `public_default` is its default. `default_vpc`:
    without subnets it is in the account's default VPC; otherwise it has no interfaces. `own_group`: AWS adds a group,
    which no template contains. `count`: the property with the number of running members. `addresses`: each item of a
    list is an interface, and this is the path of its address.
    """

    owner: InterfaceOwner
    subnets: str
    groups: str
    group_of_subnets: tuple[str, ...] = ()
    public: str = ""
    public_default: bool = False
    default_vpc: bool = False
    own_group: bool = False
    count: str = ""
    addresses: str = ""


_DATABASE, _CACHE, _SERVICE = InterfaceOwner.DATABASE, InterfaceOwner.CACHE, InterfaceOwner.SERVICE
_RDS_SUBNETS = ("AWS::RDS::DBSubnetGroup",)
_CACHE_SUBNETS = ("AWS::ElastiCache::SubnetGroup",)


def _within(prefix: str = "", subnets: str = "SubnetIds", groups: str = "SecurityGroupIds") -> Placement:
    """Return the row of a service that has subnets and groups within one property."""
    return Placement(_SERVICE, prefix + subnets, prefix + groups)


PLACEMENTS = {
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
    "AWS::ECS::Service": Placement(
        _SERVICE,
        "NetworkConfiguration.AwsvpcConfiguration.Subnets",
        "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups",
        public="NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp",
        count="DesiredCount",
    ),
    "Netful::ECS::Task": Placement(
        _SERVICE,
        "NetworkConfiguration.AwsvpcConfiguration.Subnets",
        "NetworkConfiguration.AwsvpcConfiguration.SecurityGroups",
        public="NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp",
    ),
    "AWS::ECS::TaskSet": Placement(
        _SERVICE,
        "NetworkConfiguration.AwsVpcConfiguration.Subnets",
        "NetworkConfiguration.AwsVpcConfiguration.SecurityGroups",
        public="NetworkConfiguration.AwsVpcConfiguration.AssignPublicIp",
    ),
    "AWS::EKS::Cluster": Placement(
        _SERVICE, "ResourcesVpcConfig.SubnetIds", "ResourcesVpcConfig.SecurityGroupIds", own_group=True
    ),
    "AWS::EKS::Nodegroup": Placement(_SERVICE, "Subnets", "", own_group=True),
    # the primary node; EMR adds rules to its groups
    "AWS::EMR::Cluster": Placement(
        _SERVICE, "Instances.Ec2SubnetId", "Instances.EmrManagedMasterSecurityGroup", own_group=True
    ),
    "AWS::EFS::MountTarget": Placement(_SERVICE, "SubnetId", "SecurityGroups"),
    "AWS::S3Files::MountTarget": Placement(_SERVICE, "SubnetId", "SecurityGroups"),
    "AWS::FSx::FileSystem": Placement(_SERVICE, "SubnetIds", "SecurityGroupIds"),
    "AWS::MSK::Cluster": Placement(_SERVICE, "BrokerNodeGroupInfo.ClientSubnets", "BrokerNodeGroupInfo.SecurityGroups"),
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
    "AWS::BedrockAgentCore::BrowserCustom": _within("NetworkConfiguration.VpcConfig.", "Subnets", "SecurityGroups"),
    "AWS::BedrockAgentCore::CodeInterpreterCustom": _within(
        "NetworkConfiguration.VpcConfig.", "Subnets", "SecurityGroups"
    ),
    "AWS::BedrockAgentCore::Runtime": _within("NetworkConfiguration.NetworkModeConfig.", "Subnets", "SecurityGroups"),
    "AWS::CodeBuild::Fleet": _within("FleetVpcConfig.", "Subnets"),
    "AWS::DMS::ReplicationConfig": Placement(
        _SERVICE,
        "ComputeConfig.ReplicationSubnetGroupId",
        "ComputeConfig.VpcSecurityGroupIds",
        ("AWS::DMS::ReplicationSubnetGroup",),
    ),
    "AWS::DocDBElastic::Cluster": Placement(_DATABASE, "SubnetIds", "VpcSecurityGroupIds", default_vpc=True),
    "AWS::EMRServerless::Application": _within("NetworkConfiguration."),
    "AWS::FSx::FileCache": _within(),
    "AWS::Grafana::Workspace": _within("VpcConfiguration."),
    "AWS::ImageBuilder::InfrastructureConfiguration": _within("", "SubnetId"),
    "AWS::IoT::TopicRuleDestination": _within("VpcProperties.", groups="SecurityGroups"),
    "AWS::KinesisAnalyticsV2::Application": _within("ApplicationConfiguration.VpcConfigurations."),
    "AWS::MSK::Replicator": _within("KafkaClusters.VpcConfig."),
    "AWS::MSK::VpcConnection": _within("", "ClientSubnets", "SecurityGroups"),
    "AWS::NeptuneGraph::PrivateGraphEndpoint": _within(),
    "AWS::OSIS::Pipeline": _within("VpcOptions."),
    "AWS::PCS::Cluster": _within("Networking."),
    "AWS::QuickSight::VPCConnection": _within(),
    "AWS::Redshift::EndpointAccess": Placement(
        _DATABASE, "SubnetGroupName", "VpcSecurityGroupIds", ("AWS::Redshift::ClusterSubnetGroup",)
    ),
    "AWS::SageMaker::Cluster": _within("VpcConfig.", "Subnets"),
    "AWS::SageMaker::Model": _within("VpcConfig.", "Subnets"),
    "AWS::Timestream::InfluxDBCluster": Placement(
        _DATABASE, "VpcSubnetIds", "VpcSecurityGroupIds", public="PubliclyAccessible"
    ),
    "AWS::Timestream::InfluxDBInstance": Placement(
        _DATABASE, "VpcSubnetIds", "VpcSecurityGroupIds", public="PubliclyAccessible"
    ),
    "AWS::VpcLattice::ResourceGateway": _within(),
    "AWS::SageMaker::NotebookInstance": Placement(_SERVICE, "SubnetId", "SecurityGroupIds"),
    "AWS::SageMaker::Domain": Placement(_SERVICE, "SubnetIds", "DefaultUserSettings.SecurityGroups", own_group=True),
    "AWS::Transfer::Server": Placement(_SERVICE, "EndpointDetails.SubnetIds", "EndpointDetails.SecurityGroupIds"),
    "AWS::DirectoryService::MicrosoftAD": Placement(_SERVICE, "VpcSettings.SubnetIds", "", own_group=True),
    "AWS::DirectoryService::SimpleAD": Placement(_SERVICE, "VpcSettings.SubnetIds", "", own_group=True),
    "AWS::EC2::InstanceConnectEndpoint": Placement(_SERVICE, "SubnetId", "SecurityGroupIds"),
    "AWS::ApiGatewayV2::VpcLink": Placement(_SERVICE, "SubnetIds", "SecurityGroupIds"),
    "AWS::Route53Resolver::ResolverEndpoint": Placement(
        _SERVICE, "IpAddresses.SubnetId", "SecurityGroupIds", addresses="IpAddresses.Ip"
    ),
}

# Members of a cluster, which has the subnets and the groups: the property with its name, and its type.
MEMBERS = {
    "AWS::RDS::DBInstance": ("DBClusterIdentifier", "AWS::RDS::DBCluster"),
    "AWS::DocDB::DBInstance": ("DBClusterIdentifier", "AWS::DocDB::DBCluster"),
    "AWS::Neptune::DBInstance": ("DBClusterIdentifier", "AWS::Neptune::DBCluster"),
}
