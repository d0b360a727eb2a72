"""Resources that AWS runs in subnets: their places, their groups, and the ports that they answer on.

The row of a type in `readers.placements` declares the properties that it reads. All other properties that AWS's schema has are known to
have no influence on paths (`schema_names`).
"""

from collections.abc import Iterator

from netful.sources.readers.managed import SUBNET_GROUP_NAMES
from netful.sources.readers.managed_zones import ZONES
from netful.sources.readers.placements import MEMBERS, PLACEMENTS, Placement
from netful.sources.understanding import names
from netful.sources.understanding.declaration import Declaration, within

_OWN_DECLARATION = {"AWS::ApiGatewayV2::VpcLink", *names.DECLARED}
_INTERFACE = "NetworkInterfaceId SubnetId AssociatePublicIpAddress Ipv6AddressCount Ipv6Addresses"
_OPTIONS = "OptionSettings.Namespace OptionSettings.OptionName OptionSettings.Value"
_LAUNCH = "LaunchTemplate.LaunchTemplateId LaunchTemplate.LaunchTemplateName"
_MIXED = "MixedInstancesPolicy.LaunchTemplate.LaunchTemplateSpecification"


_FURTHER = {
    "AWS::EC2::Instance": "SubnetId SecurityGroupIds SecurityGroups PrivateIpAddress Ipv6AddressCount SourceDestCheck"
    f" AssociatePublicIpAddress Ipv6Addresses.Ipv6Address {_LAUNCH} {within('NetworkInterfaces', f'{_INTERFACE} GroupSet DeviceIndex PrivateIpAddress PrivateIpAddresses')}",
    "AWS::EC2::ClientVpnAuthorizationRule": "AuthorizeAllGroups ClientVpnEndpointId TargetNetworkCidr",
    "AWS::EC2::ClientVpnEndpoint": "SecurityGroupIds",
    "AWS::EC2::ClientVpnRoute": "ClientVpnEndpointId DestinationCidrBlock",
    "AWS::EC2::ClientVpnTargetNetworkAssociation": "ClientVpnEndpointId SubnetId",
    "AWS::EC2::LaunchTemplate": "LaunchTemplateName "
    + within(
        "LaunchTemplateData", f"SecurityGroupIds SecurityGroups {within('NetworkInterfaces', f'{_INTERFACE} Groups')}"
    ),
    "AWS::AutoScaling::LaunchConfiguration": "LaunchConfigurationName AssociatePublicIpAddress SecurityGroups UserData",
    "AWS::AutoScaling::AutoScalingGroup": "VPCZoneIdentifier TargetGroupARNs TrafficSources"
    " LoadBalancerNames LaunchConfigurationName"
    f" {_LAUNCH} {_MIXED}.LaunchTemplateId {_MIXED}.LaunchTemplateName",
    "AWS::ElastiCache::ReplicationGroup": "ReplicasPerNodeGroup "
    + within("NodeGroupConfiguration", "PrimaryAvailabilityZone ReplicaAvailabilityZones ReplicaCount"),
    "AWS::Neptune::DBInstance": "PubliclyAccessible",
    "AWS::RDS::DBInstance": "SourceDBInstanceIdentifier",
    "AWS::Batch::ComputeEnvironment": "ComputeResources.Type",
    "AWS::Batch::JobDefinition": "PlatformCapabilities ContainerProperties EcsProperties",
    "AWS::EKS::FargateProfile": "ClusterName",
    "AWS::Lambda::EventSourceMapping": "EventSourceArn SourceAccessConfigurations.Type SourceAccessConfigurations.URI",
    "AWS::StepFunctions::StateMachine": "Definition DefinitionString DefinitionSubstitutions",
    "AWS::Pipes::Pipe": f"Source {within('SourceParameters.SelfManagedKafkaParameters.Vpc', 'Subnets SecurityGroup')}",
    "AWS::ElasticBeanstalk::ConfigurationTemplate": _OPTIONS,
    "AWS::ElasticBeanstalk::Environment": f"{_OPTIONS} TemplateName",
    "AWS::EKS::Nodegroup": "ClusterName Subnets LaunchTemplate.Id LaunchTemplate.Name RemoteAccess.Ec2SshKey"
    " RemoteAccess.SourceSecurityGroups",
    "AWS::ECS::Service": "LoadBalancers.TargetGroupArn LoadBalancers.ContainerPort LoadBalancers.LoadBalancerName"
    " LoadBalancers.ContainerName CapacityProviderStrategy.CapacityProvider Cluster LaunchType ServiceRegistries.RegistryArn"
    " TaskDefinition",
    "AWS::ECS::TaskSet": "LaunchType LoadBalancers.TargetGroupArn LoadBalancers.ContainerName LoadBalancers.ContainerPort"
    " TaskDefinition",
    "AWS::ECS::CapacityProvider": "Name AutoScalingGroupProvider.AutoScalingGroupArn",
    "AWS::ECS::Cluster": "CapacityProviders ClusterName",
    "AWS::ECS::ClusterCapacityProviderAssociations": "CapacityProviders Cluster",
    "AWS::ECS::TaskDefinition": "Family NetworkMode ContainerDefinitions.Name"
    " ContainerDefinitions.PortMappings.ContainerPort ContainerDefinitions.PortMappings.HostPort",
}
"""Properties that other readers than those of placements read."""

_ASIDE = {
    "AWS::Batch::JobDefinition": "ConsumableResourceProperties EksProperties JobDefinitionName NodeProperties Parameters PropagateTags"
    " ResourceRetentionPolicy RetryStrategy SchedulingPriority Timeout Type",
    "AWS::EMR::Cluster": "Instances.EmrManagedSlaveSecurityGroup Instances.ServiceAccessSecurityGroup"
    " Instances.MasterInstanceGroup Instances.CoreInstanceGroup Instances.TaskInstanceGroups Instances.Ec2KeyName"
    " Instances.KeepJobFlowAliveWhenNoSteps Instances.TerminationProtected",
}
"""Properties beside them without influence on a path."""

_ISOLATION = "EnableNetworkIsolation"
_SUPPOSED = {
    "AWS::EC2::InstanceConnectEndpoint": "PreserveClientIp",
    "AWS::SageMaker::EndpointConfig": _ISOLATION,
    "AWS::SageMaker::Model": _ISOLATION,
    "AWS::SageMaker::MonitoringSchedule": f"MonitoringScheduleConfig.MonitoringJobDefinition.NetworkConfig.{_ISOLATION}",
    "AWS::SageMaker::ProcessingJob": f"NetworkConfig.{_ISOLATION}",
    **{
        f"AWS::SageMaker::{kind}JobDefinition": f"NetworkConfig.{_ISOLATION}"
        for kind in ("DataQuality", "ModelBias", "ModelExplainability", "ModelQuality")
    },
}
"""Switches that the model supposes to be off: with another source address, or without a network."""


def _of_placement(placement: Placement) -> Iterator[str]:
    yield from filter(
        None,
        (
            placement.subnets,
            placement.groups,
            placement.public,
            placement.elastic_ips,
            placement.count,
            placement.addresses,
            placement.families,
        ),
    )


def _declarations() -> Iterator[tuple[str, Declaration]]:
    groups = {kind: row.subnets for row in PLACEMENTS.values() for kind in row.group_of_subnets}
    for type_ in sorted({*PLACEMENTS, *MEMBERS, *groups, *_FURTHER} - _OWN_DECLARATION):
        reads = {*_FURTHER.get(type_, "").split()}
        if type_ in PLACEMENTS:
            reads.update(_of_placement(PLACEMENTS[type_]))
        if type_ in MEMBERS:
            reads.add(MEMBERS[type_][0])
        if type_ in ZONES:
            reads.update(ZONES[type_])
        if type_ in groups:
            reads.update({"SubnetIds", *({groups[type_]} & {*SUBNET_GROUP_NAMES})})
        supposed = {_SUPPOSED[type_]: ("false",)} if type_ in _SUPPOSED else {}
        yield type_, Declaration(" ".join(sorted(reads)), _ASIDE.get(type_, ""), supposed=supposed, schema=type_)


DECLARED = dict(_declarations())
