"""Declarations beside the readers: both name the same properties.

Every type has one resource with any of its declared properties, drawn many times. A mapping records what the readers read.
"""

import random
from collections import defaultdict
from typing import Any

import pytest

from netful.model.core import NetfulError, Resource, Unknown
from netful.sources import cloudformation
from netful.sources.files.marked import MarkedMap
from netful.sources.readers.managed import SUBNET_GROUP_NAMES
from netful.sources.template.reading import Inventory
from netful.sources.understanding.declaration import Leaf
from netful.sources.understanding.declared import DECLARED
from netful.sources.understanding.unread_types import ASIDE, WEIGHTS, is_known

pytestmark = pytest.mark.slow

ROUNDS = 300

OWN_GROUPS = {
    "AWS::RDS": "AWS::RDS::DBSubnetGroup", "AWS::DocDB": "AWS::DocDB::DBSubnetGroup", "AWS::DAX": "AWS::DAX::SubnetGroup",
    "AWS::Neptune": "AWS::Neptune::DBSubnetGroup", "AWS::ElastiCache": "AWS::ElastiCache::SubnetGroup",
    "AWS::MemoryDB": "AWS::MemoryDB::SubnetGroup", "AWS::Redshift": "AWS::Redshift::ClusterSubnetGroup",
    "AWS::DMS": "AWS::DMS::ReplicationSubnetGroup",
}  # fmt: skip

SHARED = {
    "AWS::ApiGateway::BasePathMapping": "ApiId ApiMappingKey DomainNameArn",
    "AWS::ApiGateway::BasePathMappingV2": "ApiId ApiMappingKey DomainName",
    "AWS::ApiGateway::DomainNameV2": "MutualTlsAuthentication",
    "AWS::ApiGateway::Method": "Integration.responses",
    "AWS::ApiGatewayV2::ApiMapping": "BasePath DomainNameArn RestApiId",
    "AWS::ApiGatewayV2::Integration": "IntegrationResponses responses",
    "AWS::ApiGatewayV2::RoutingRule": "DomainName",
    "AWS::AutoScaling::AutoScalingGroup": "AssociatePublicIpAddress GroupSet Groups Ipv6AddressCount Ipv6Addresses"
    " NetworkInterfaces PrivateIpAddress PrivateIpAddresses SecurityGroupIds SecurityGroups SourceDestCheck SubnetId UserData",
    "AWS::AutoScaling::LaunchConfiguration": "GroupSet Groups Ipv6AddressCount Ipv6Addresses LaunchTemplateName"
    " NetworkInterfaces SecurityGroupIds SubnetId",
    "AWS::EKS::Nodegroup": "MixedInstancesPolicy AssociatePublicIpAddress GroupSet Groups Ipv6AddressCount Ipv6Addresses LaunchConfigurationName"
    " NetworkInterfaces PrivateIpAddress PrivateIpAddresses SecurityGroupIds SecurityGroups SourceDestCheck SubnetId"
    " LaunchTemplate.LaunchTemplateId LaunchTemplate.LaunchTemplateName LaunchTemplate.Version",
    "AWS::Glue::Crawler": "ConnectionInput",
    "AWS::Glue::Job": "ConnectionInput",
    "AWS::EC2::Instance": "AssociatePublicIpAddress GroupSet Groups LaunchConfigurationName MixedInstancesPolicy PrivateIpAddresses",
    "AWS::EC2::LaunchTemplate": "LaunchConfigurationName Versions",
    "AWS::EC2::VPCEndpointService": "ServiceName",
    "AWS::EC2::NetworkInterface": "AssociatePublicIpAddress Groups NetworkInterfaces SecurityGroupIds SecurityGroups",
    "AWS::ECS::Cluster": "Cluster",
    "AWS::ECS::TaskDefinition": "Revision",
    "AWS::ECS::TaskSet": "DesiredCount",
    "AWS::EC2::SecurityGroupEgress": "GroupName SourcePrefixListId SourceSecurityGroupId SourceSecurityGroupName",
    "AWS::EC2::SecurityGroupIngress": "DestinationPrefixListId DestinationSecurityGroupId",
    "AWS::DocDB::DBInstance": "DBSubnetGroupName NetworkType VpcSecurityGroupIds",
    "AWS::ElasticLoadBalancingV2::Listener": "ListenerArn",
    "AWS::ElasticLoadBalancingV2::ListenerRule": "Conditions. Conditions.HttpHeaderName RuleArn",
    "AWS::ElasticLoadBalancingV2::LoadBalancer": "DNSName LoadBalancerArn TargetGroupAttributes VpcId",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "LoadBalancerAttributes TargetGroupArn Targets.Reason Targets.State",
    "AWS::ElasticLoadBalancingV2::TrustStore": "TrustStoreArn",
    "AWS::IAM::ManagedPolicy": "RoleName",
    "AWS::IAM::Policy": "RoleName",
    "AWS::IAM::RolePolicy": "Roles",
    "AWS::Neptune::DBInstance": "NetworkType VpcSecurityGroupIds",
    **dict.fromkeys(OWN_GROUPS.values(), " ".join(SUBNET_GROUP_NAMES)),
}
"""Properties that AWS gives to a similar type alone, or to the outputs of a type: one reader reads all of these types."""

SHARED_WITHIN = {
    "AWS::EC2::SecurityGroup": {"DestinationPrefixListId", "DestinationSecurityGroupId", "SourcePrefixListId",
        "SourceSecurityGroupId", "SourceSecurityGroupName"},
    "AWS::EC2::LaunchTemplate": {"AssociatePublicIpAddress", "GroupSet", "Groups", "Ipv6AddressCount", "Ipv6Addresses",
        "SecurityGroupIds", "SecurityGroups", "SubnetId", "PrivateIpAddress", "SourceDestCheck", "UserData"},
    "AWS::EC2::Instance": {"Groups", "SecurityGroups", "SecurityGroupIds", "UserData"},
}  # fmt: skip
"""The same for properties within another one, by their last name."""

IDS = {
    "AccessAssociationSource": "AWS::EC2::VPCEndpoint", "AllocationId": "AWS::EC2::EIP",
    "ApiId": "AWS::ApiGatewayV2::Api", "AuthorizerId": "AWS::ApiGateway::Authorizer", "CacheSubnetGroupName": "own",
    "CapacityProvider": "AWS::ECS::CapacityProvider", "CapacityProviders": "AWS::ECS::CapacityProvider", "Cluster": "AWS::ECS::Cluster",
    "ClusterSubnetGroupName": "own", "DBClusterIdentifier": "own", "DBSubnetGroupName": "own",
    "DhcpOptionsId": "AWS::EC2::DHCPOptions", "DomainName": "AWS::ApiGateway::DomainName", "GatewayId": "AWS::EC2::InternetGateway",
    "FirewallArn": "AWS::NetworkFirewall::Firewall", "FirewallPolicyArn": "AWS::NetworkFirewall::FirewallPolicy",
    "GroupId": "AWS::EC2::SecurityGroup", "HostedZoneId": "AWS::Route53::HostedZone", "InstanceId": "AWS::EC2::Instance",
    "IntegrationId": "AWS::ApiGatewayV2::Integration", "InternetGatewayId": "AWS::EC2::InternetGateway",
    "LaunchConfigurationName": "AWS::AutoScaling::LaunchConfiguration", "LaunchTemplateId": "AWS::EC2::LaunchTemplate",
    "LaunchTemplateName": "AWS::EC2::LaunchTemplate", "ListenerArn": "AWS::ElasticLoadBalancingV2::Listener",
    "NamespaceId": "AWS::ServiceDiscovery::PrivateDnsNamespace", "NetworkAclId": "AWS::EC2::NetworkAcl",
    "NetworkInterfaceId": "AWS::EC2::NetworkInterface", "ParentId": "AWS::ApiGateway::RestApi.root",
    "ResourceId": "AWS::ApiGateway::RestApi.root", "RestApiId": "AWS::ApiGateway::RestApi", "RoleName": "AWS::IAM::Role",
    "Roles": "AWS::IAM::Role", "RouteTableId": "AWS::EC2::RouteTable", "ServiceId": "AWS::ServiceDiscovery::Service",
    "SubnetGroupName": "own", "ReplicationSubnetGroupIdentifier": "own", "SubnetId": "AWS::EC2::Subnet",
    "SubnetIds": "AWS::EC2::Subnet", "TransitGatewayId": "AWS::EC2::TransitGateway",
    "TransitGatewayRouteTableId": "AWS::EC2::TransitGatewayRouteTable", "ResolverRuleId": "AWS::Route53Resolver::ResolverRule",
    "TargetGroupArn": "AWS::ElasticLoadBalancingV2::TargetGroup", "TaskDefinition": "AWS::ECS::TaskDefinition", "UsagePlanId": "AWS::ApiGateway::UsagePlan",
    "ClientVpnEndpointId": "AWS::EC2::ClientVpnEndpoint",
    "TemplateName": "AWS::ElasticBeanstalk::ConfigurationTemplate",
    "VPCId": "AWS::EC2::VPC", "VpcId": "AWS::EC2::VPC", "VpnConnectionId": "AWS::EC2::VPNConnection",
    "VpnGatewayId": "AWS::EC2::VPNGateway",
}  # fmt: skip
"""The resource that an id names: readers go on only with one that exists."""

VALUES: dict[str, Any] = {
    "CidrBlock": "10.0.0.0/16", "CidrIp": "10.0.0.0/8", "CidrIpv6": "2600::/16", "DestinationCidrBlock": "10.1.0.0/16",
    "IpProtocol": "tcp", "Ipv6Address": "2600::1", "Ipv6CidrBlock": "2600::/56", "Protocol": "6", "RuleNumber": 100,
    "HttpMethod": "GET", "Name": "a.example", "PathPart": "a", "RouteKey": "GET /a", "Target": "integrations/AWS::ApiGatewayV2::Integration",
    "Type": "A", "RouteId": "AWS::ApiGatewayV2::Route", "StageName": "prod", "PrivateIpAddress": "10.0.0.7", "DesiredCount": 1,
    "PeerOwnerId": "210987654321", "ContainerName": "a.example", "ContainerPort": 80,
}  # fmt: skip
"""Values without which a reader refuses a resource, or reads no further; all others are unknown."""


REQUIRED = ("DestinationCidrBlock", "GroupId", "IpProtocol", "ListenerArn", "RouteTableId", "VpcId")
"""Properties without which most readers read no further."""


class Recorded(MarkedMap):
    """A mapping that records what is read of it."""

    __slots__ = ("path", "reads")

    def __init__(self, path: str, reads: set[str]) -> None:
        super().__init__("template.yaml", 1)
        self.path, self.reads = path, reads

    def get(self, name: str, default: Any = None) -> Any:
        self.reads.add(f"{self.path}{name}")
        return super().get(name, default)


def value_of(type_: str, path: str, draw: random.Random) -> Any:
    name = path.rpartition(".")[2]
    own = OWN_GROUPS.get(type_.rpartition("::")[0], "")
    if IDS.get(name) == "own":
        return own if name != "DBClusterIdentifier" else f"{type_.rpartition('::')[0]}::DBCluster"
    if name in IDS and draw.random() < 0.9:
        return IDS[name]
    values = {**DECLARED[type_].values}.get(path)
    if values and draw.random() < 0.9:
        return draw.choice([*values])
    if type_ == "AWS::NetworkFirewall::FirewallPolicy" and name == "ResourceArn":
        return "AWS::NetworkFirewall::RuleGroup"
    if type_ == "AWS::EC2::NetworkAclEntry" and name == "Protocol":
        return draw.choice(["6", "1"])
    if name == "PlatformCapabilities" or (type_ == "AWS::Batch::ComputeEnvironment" and name == "Type"):
        return "FARGATE"
    return VALUES.get(name, Unknown("drawn", ("drawn",)))


def drawn(type_: str, reads: set[str], draw: random.Random) -> Resource:
    properties, share = Recorded("", reads), draw.choice((1.0, 0.8, 0.4, 0.2))
    for path in draw.sample(DECLARED[type_].read, len(DECLARED[type_].read)):
        if draw.random() > (0.95 if path in REQUIRED else share):
            continue
        here: Any = properties
        *way, name = path.split(".")
        for number, step in enumerate(way, 1):
            if not dict.__contains__(here, step):
                here.put(step, Recorded(".".join(way[:number]) + ".", reads), 1)
            here = dict.__getitem__(here, step)
        here.put(name, value_of(type_, path, draw), 1)
    return Resource(type_, type_, properties)


@pytest.fixture(scope="module")
def reads() -> dict[str, set[str]]:
    """What the readers read of each type."""
    found: dict[str, set[str]] = defaultdict(set)
    for number in range(ROUNDS):
        # a draw of its own for each type, so that a new type changes nothing for the others
        resources = {type_: drawn(type_, found[type_], random.Random(f"{number} {type_}")) for type_ in DECLARED}
        inventory = Inventory(resources, "eu-west-1", "123456789012", dict.fromkeys(["AWS::EC2::EIP"], "203.0.113.1"))
        parts: dict[str, dict[str, Any]] = defaultdict(dict)
        for _ in range(2):  # what one reader needs of a later one is there in the second turn
            for row in cloudformation.READERS:
                try:
                    parts[row.part].update(row.read(inventory, *(parts[need] for need in row.needs)))
                except (NetfulError, KeyError):  # a reader refuses a resource, or needs one that was refused
                    continue
    return found


def is_declared(type_: str, path: str) -> bool:
    """Whether a property is declared, as a whole with what is around it or by what is within it."""
    tree: Any = DECLARED[type_].tree
    for step in path.split("."):
        if isinstance(tree, Leaf):
            return True
        if step not in tree:
            return False
        tree = tree[step]
    return True


def is_shared(type_: str, path: str) -> bool:
    within = "." in path and path.rpartition(".")[2] in SHARED_WITHIN.get(type_, ())
    return within or path in SHARED.get(type_, "").split() or path.startswith("MixedInstancesPolicy.")


def test_what_is_read_is_declared(reads: dict[str, set[str]]) -> None:
    every = {(type_, path) for type_, paths in reads.items() for path in paths}
    assert sorted(one for one in every if not is_declared(*one) and not is_shared(*one)) == []


def test_what_is_declared_as_read_is_read(reads: dict[str, set[str]]) -> None:
    every = {(type_, path) for type_, declaration in DECLARED.items() for path in declaration.read}
    assert sorted((type_, path) for type_, path in every if path not in reads[type_]) == []


def test_every_type_that_readers_look_for_is_declared() -> None:
    asked: set[str] = set()

    class Asked(Inventory):
        def of(self, *types: str) -> list[Any]:
            asked.update(types)
            return []

    inventory = Asked({}, "eu-west-1", "123456789012")
    for row in cloudformation.READERS:
        row.read(inventory, *({} for _ in row.needs))
    own = {type_ for type_ in asked if type_.startswith(("Netful::", "Terraform::", "Custom::"))}
    assert sorted(asked - own - DECLARED.keys()) == []


def test_every_type_with_a_declaration_or_a_weight_is_one_of_aws() -> None:
    assert (
        sorted(
            type_ for type_ in {*DECLARED, *ASIDE, *WEIGHTS} if not type_.startswith("Netful::") and not is_known(type_)
        )
        == []
    )
    assert {*DECLARED} & {*ASIDE, *WEIGHTS} == set()
    assert ASIDE & WEIGHTS.keys() == set()
