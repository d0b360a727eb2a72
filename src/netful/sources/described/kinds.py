"""Kinds of objects that the AWS CLI describes, by the top-level key of their answers."""

from collections.abc import Mapping

from netful.model.core import Frozen


class DescribedKind(Frozen):
    """One kind: its top-level key in an answer, the key of an object's own id, and CloudFormation's type.

    Objects of a kind without a type are not shown as resources, or are declared as resources already (module `declared`).
    `declared` is the type of those that are declared with the properties that they are described with.
    """

    key: str
    id_key: str
    type: str = ""
    declared: str = ""


KINDS: Mapping[str, DescribedKind] = {
    kind.key: kind
    for kind in (
        DescribedKind("Addresses", "AllocationId"),
        DescribedKind("CacheClusters", "CacheClusterId"),
        DescribedKind("CapacityProviders", "CapacityProviderArn", declared="AWS::Lambda::CapacityProvider"),
        DescribedKind("DBClusters", "DBClusterIdentifier"),
        DescribedKind("DBInstances", "DBInstanceIdentifier", "AWS::RDS::DBInstance"),
        DescribedKind("DhcpOptions", "DhcpOptionsId"),
        DescribedKind("DomainStatusList", "DomainName"),
        DescribedKind(
            "EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId", "AWS::EC2::EgressOnlyInternetGateway"
        ),
        DescribedKind("Exports", "Name"),
        DescribedKind("FirewallDomainLists", "Id"),
        DescribedKind("FlowLogs", "FlowLogId"),
        DescribedKind(
            "FirewallRuleGroupAssociations", "Id", declared="AWS::Route53Resolver::FirewallRuleGroupAssociation"
        ),
        DescribedKind("FirewallRuleGroups", "Id"),
        DescribedKind("FirewallRules", "FirewallRuleGroupId"),
        DescribedKind("FunctionUrlConfigs", "FunctionUrl"),
        DescribedKind("Functions", "FunctionName", "AWS::Lambda::Function"),
        DescribedKind("HostedZones", "Id"),
        DescribedKind("InternetGateways", "InternetGatewayId", "AWS::EC2::InternetGateway"),
        DescribedKind("LoadBalancerAttributes", "LoadBalancerArn"),
        DescribedKind("LoadBalancerDescriptions", "LoadBalancerName"),
        DescribedKind("LoadBalancerListeners", "LoadBalancerArn"),
        DescribedKind("LoadBalancerTargetHealth", "TargetGroupArn"),
        DescribedKind("LoadBalancers", "LoadBalancerArn"),
        DescribedKind("Listeners", "ListenerArn"),
        DescribedKind("ManagedPrefixLists", "PrefixListId"),
        DescribedKind("NatGateways", "NatGatewayId", "AWS::EC2::NatGateway"),
        DescribedKind("NetworkAcls", "NetworkAclId", "AWS::EC2::NetworkAcl"),
        DescribedKind("NetworkInterfaces", "NetworkInterfaceId", "AWS::EC2::NetworkInterface"),
        DescribedKind("PrefixLists", "PrefixListId"),
        DescribedKind("ProfileAssociations", "Id"),
        DescribedKind("ProfileResourceAssociations", "Id"),
        DescribedKind("ProfileSummaries", "Id"),
        DescribedKind("Reservations", "ReservationId"),
        DescribedKind("ResolverEndpoints", "Id"),
        DescribedKind("ResolverRuleAssociations", "Id", declared="AWS::Route53Resolver::ResolverRuleAssociation"),
        DescribedKind("ResolverRules", "Id", declared="AWS::Route53Resolver::ResolverRule"),
        DescribedKind("RouteTables", "RouteTableId", "AWS::EC2::RouteTable"),
        DescribedKind("RoutingRules", "RoutingRuleId"),
        DescribedKind("Rules", "RuleArn"),
        DescribedKind("SecurityGroupVpcAssociations", "GroupId"),
        DescribedKind("SecurityGroups", "GroupId", "AWS::EC2::SecurityGroup"),
        DescribedKind("ServiceConfigurations", "ServiceId"),
        DescribedKind("StackResources", "LogicalResourceId"),
        DescribedKind("Stacks", "StackName"),
        DescribedKind("Subnets", "SubnetId", "AWS::EC2::Subnet"),
        DescribedKind("TargetGroupAttributes", "TargetGroupArn"),
        DescribedKind("TargetGroups", "TargetGroupArn"),
        DescribedKind("TransitGatewayAttachments", "TransitGatewayAttachmentId"),
        DescribedKind("TransitGatewayPrefixListReferences", "PrefixListId"),
        DescribedKind("TransitGatewayPropagations", "TransitGatewayRouteTableId"),
        DescribedKind("TransitGatewayRouteTables", "TransitGatewayRouteTableId", "AWS::EC2::TransitGatewayRouteTable"),
        DescribedKind("TransitGatewayStaticRoutes", "TransitGatewayRouteTableId"),
        DescribedKind(
            "TransitGatewayVpcAttachments", "TransitGatewayAttachmentId", "AWS::EC2::TransitGatewayVpcAttachment"
        ),
        DescribedKind("TransitGateways", "TransitGatewayId", "AWS::EC2::TransitGateway"),
        DescribedKind("TrustStores", "TrustStoreArn"),
        DescribedKind("VpcBlockPublicAccessExclusions", "ExclusionId"),
        DescribedKind("VpcEncryptionControls", "VpcEncryptionControlId"),
        DescribedKind("VpcEndpoints", "VpcEndpointId", "AWS::EC2::VPCEndpoint"),
        DescribedKind("VpcPeeringConnections", "VpcPeeringConnectionId", "AWS::EC2::VPCPeeringConnection"),
        DescribedKind("Vpcs", "VpcId", "AWS::EC2::VPC"),
        DescribedKind("VpnConnections", "VpnConnectionId", "AWS::EC2::VPNConnection"),
        DescribedKind("VpnGateways", "VpnGatewayId", "AWS::EC2::VPNGateway"),
        DescribedKind("apigateway.ApiKeys", "id", declared="AWS::ApiGateway::ApiKey"),
        DescribedKind(
            "apigateway.DomainNameAccessAssociations",
            "domainNameAccessAssociationArn",
            declared="AWS::ApiGateway::DomainNameAccessAssociation",
        ),
        DescribedKind("apigateway.DomainNames", "domainName"),
        DescribedKind("apigateway.RestApis", "id"),
        DescribedKind("apigateway.UsagePlans", "id"),
        DescribedKind("apigateway.VpcLinks", "id", declared="AWS::ApiGateway::VpcLink"),
        DescribedKind("apigatewayv2.Apis", "ApiId", declared="AWS::ApiGatewayV2::Api"),
        DescribedKind("apigatewayv2.DomainNames", "DomainName"),
        DescribedKind("apigatewayv2.VpcLinks", "VpcLinkId", declared="AWS::ApiGatewayV2::VpcLink"),
    )
}

NAMED: Mapping[str, tuple[str, ...]] = {
    **{kind.key: (kind.id_key,) for kind in KINDS.values() if kind.type},
    "Listeners": ("ListenerArn", "LoadBalancerArn"),
    "LoadBalancers": ("LoadBalancerArn",),
    "Rules": ("RuleArn",),
    "TargetGroups": ("TargetGroupArn",),
}
"""Members by which objects refer to each other: an object without them is refused."""

UNREAD: Mapping[str, DescribedKind] = {
    kind.key: kind
    for kind in (
        DescribedKind("CarrierGateways", "CarrierGatewayId", "AWS::EC2::CarrierGateway"),
        DescribedKind("ClientVpnEndpoints", "ClientVpnEndpointId", "AWS::EC2::ClientVpnEndpoint"),
        DescribedKind("FirewallRuleGroupAssociations", "Id", "AWS::Route53Resolver::FirewallRuleGroupAssociation"),
        DescribedKind("ProfileAssociations", "Id", "AWS::Route53Profiles::ProfileAssociation"),
        DescribedKind("RouteServerPropagations", "RouteServerId", "AWS::EC2::RouteServerPropagation"),
        DescribedKind("SecurityGroupVpcAssociations", "GroupId", "AWS::EC2::SecurityGroupVpcAssociation"),
        DescribedKind("TransitGatewayConnects", "TransitGatewayAttachmentId", "AWS::EC2::TransitGatewayConnect"),
        DescribedKind("VerifiedAccessEndpoints", "VerifiedAccessEndpointId", "AWS::EC2::VerifiedAccessEndpoint"),
    )
}
"""Kinds that are not read, and touch what they refer to."""


def id_key_of(key: str) -> str:
    """Return the key of the id of objects under a key; "" if they have no id."""
    kind = KINDS.get(key) or UNREAD.get(key)
    return kind.id_key if kind else ""
