"""Kinds of things that the AWS CLI describes, by the key at the top of its answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its key at the top of an answer, the key of a thing's own id, and CloudFormation's type.

    Things of a kind without a type are not shown as resources, or are declared as resources already (`declared`).
    """

    key: str
    id_key: str
    type: str = ""


KINDS: Mapping[str, Kind] = {
    kind.key: kind
    for kind in (
        Kind("Addresses", "AllocationId"),
        Kind("CacheClusters", "CacheClusterId"),
        Kind("DBClusters", "DBClusterIdentifier"),
        Kind("DBInstances", "DBInstanceIdentifier", "AWS::RDS::DBInstance"),
        Kind("DhcpOptions", "DhcpOptionsId"),
        Kind("DomainStatusList", "DomainName"),
        Kind("EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId", "AWS::EC2::EgressOnlyInternetGateway"),
        Kind("Functions", "FunctionName", "AWS::Lambda::Function"),
        Kind("HostedZones", "Id"),
        Kind("InternetGateways", "InternetGatewayId", "AWS::EC2::InternetGateway"),
        Kind("LoadBalancerAttributes", "LoadBalancerArn"),
        Kind("LoadBalancerDescriptions", "LoadBalancerName"),
        Kind("LoadBalancerListeners", "LoadBalancerArn"),
        Kind("LoadBalancerTargetHealth", "TargetGroupArn"),
        Kind("LoadBalancers", "LoadBalancerArn", "AWS::ElasticLoadBalancingV2::LoadBalancer"),
        Kind("Listeners", "ListenerArn"),
        Kind("ManagedPrefixLists", "PrefixListId"),
        Kind("NatGateways", "NatGatewayId", "AWS::EC2::NatGateway"),
        Kind("NetworkAcls", "NetworkAclId", "AWS::EC2::NetworkAcl"),
        Kind("NetworkInterfaces", "NetworkInterfaceId", "AWS::EC2::NetworkInterface"),
        Kind("PrefixLists", "PrefixListId"),
        Kind("Reservations", "ReservationId"),
        Kind("ResolverEndpoints", "Id"),
        Kind("ResolverRuleAssociations", "Id"),
        Kind("ResolverRules", "Id"),
        Kind("RouteTables", "RouteTableId", "AWS::EC2::RouteTable"),
        Kind("Rules", "RuleArn"),
        Kind("SecurityGroups", "GroupId", "AWS::EC2::SecurityGroup"),
        Kind("ServiceConfigurations", "ServiceId"),
        Kind("Subnets", "SubnetId", "AWS::EC2::Subnet"),
        Kind("TargetGroupAttributes", "TargetGroupArn"),
        Kind("TargetGroups", "TargetGroupArn"),
        Kind("TransitGatewayAttachments", "TransitGatewayAttachmentId"),
        Kind("TransitGatewayPrefixListReferences", "PrefixListId"),
        Kind("TransitGatewayPropagations", "TransitGatewayRouteTableId"),
        Kind("TransitGatewayRouteTables", "TransitGatewayRouteTableId", "AWS::EC2::TransitGatewayRouteTable"),
        Kind("TransitGatewayStaticRoutes", "TransitGatewayRouteTableId"),
        Kind("TransitGatewayVpcAttachments", "TransitGatewayAttachmentId", "AWS::EC2::TransitGatewayVpcAttachment"),
        Kind("TransitGateways", "TransitGatewayId", "AWS::EC2::TransitGateway"),
        Kind("VpcEndpoints", "VpcEndpointId", "AWS::EC2::VPCEndpoint"),
        Kind("VpcPeeringConnections", "VpcPeeringConnectionId", "AWS::EC2::VPCPeeringConnection"),
        Kind("Vpcs", "VpcId", "AWS::EC2::VPC"),
        Kind("VpnConnections", "VpnConnectionId", "AWS::EC2::VPNConnection"),
        Kind("VpnGateways", "VpnGatewayId", "AWS::EC2::VPNGateway"),
        Kind("apigateway.ApiKeys", "id"),
        Kind("apigateway.DomainNames", "domainName"),
        Kind("apigateway.RestApis", "id"),
        Kind("apigateway.UsagePlans", "id"),
        Kind("apigateway.VpcLinks", "id"),
        Kind("apigatewayv2.Apis", "ApiId"),
        Kind("apigatewayv2.DomainNames", "DomainName"),
        Kind("apigatewayv2.VpcLinks", "VpcLinkId"),
    )
}


def id_key_of(key: str) -> str:
    """Return the key of the id of things under a key; "" where they have none."""
    kind = KINDS.get(key)
    return kind.id_key if kind else ""
