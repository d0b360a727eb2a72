"""Networks: VPCs, subnets, routes, filters, gateways, endpoints and attachments."""

from netful.model.network.block_public_access import BlockMode, ExclusionMode
from netful.model.network.encryption_control import EncryptionMode, Exclusion
from netful.model.network.route_tables import TARGET_PROPERTIES
from netful.model.network.vpc_endpoints import ADDRESS_TYPES
from netful.sources.understanding.declaration import Declaration, within

_ON_OFF = ("enable", "disable")
_RULE = "IpProtocol FromPort ToPort CidrIp CidrIpv6"
_ATTACHMENT = Declaration(
    "TransitGatewayId VpcId SubnetIds",
    "AddSubnetIds RemoveSubnetIds",
    values={
        f"Options.{option}": _ON_OFF
        for option in ("ApplianceModeSupport", "DnsSupport", "SecurityGroupReferencingSupport", "Ipv6Support")
    },
    within="TransitGatewayId VpcId",
)


DECLARED = {
    "AWS::EC2::VPC": Declaration(
        "CidrBlock EnableDnsSupport EnableDnsHostnames Ipv4IpamPoolId InstanceTenancy",
        "Ipv4NetmaskLength",
        values={
            "VpcEncryptionControl.Mode": (*EncryptionMode,),
            **{f"VpcEncryptionControl.{what}Exclusion": _ON_OFF for what in Exclusion},
        },
    ),
    "AWS::EC2::VPCCidrBlock": Declaration(
        "VpcId CidrBlock Ipv6CidrBlock AmazonProvidedIpv6CidrBlock Ipv4IpamPoolId",
        "Ipv6IpamPoolId Ipv4NetmaskLength Ipv6NetmaskLength Ipv6Pool Ipv6CidrBlockNetworkBorderGroup",
        part_of="VpcId",
    ),
    "AWS::EC2::Subnet": Declaration(
        "VpcId CidrBlock Ipv6CidrBlock Ipv6Native AvailabilityZone AvailabilityZoneId MapPublicIpOnLaunch AssignIpv6AddressOnCreation"
        " EnableDns64 Ipv6IpamPoolId",
        "Ipv4IpamPoolId Ipv4NetmaskLength Ipv6NetmaskLength"
        " PrivateDnsNameOptionsOnLaunch EnableLniAtDeviceIndex OutpostArn",
    ),
    "AWS::EC2::SubnetCidrBlock": Declaration(
        "SubnetId Ipv6CidrBlock Ipv6IpamPoolId", "Ipv6NetmaskLength", part_of="SubnetId"
    ),
    "AWS::EC2::RouteTable": Declaration("VpcId"),
    "AWS::EC2::Route": Declaration(
        "RouteTableId DestinationCidrBlock DestinationIpv6CidrBlock DestinationPrefixListId "
        + " ".join(TARGET_PROPERTIES),
        part_of="RouteTableId",
    ),
    "AWS::EC2::SubnetRouteTableAssociation": Declaration("RouteTableId SubnetId", part_of="RouteTableId SubnetId"),
    "AWS::EC2::GatewayRouteTableAssociation": Declaration("RouteTableId GatewayId", part_of="GatewayId"),
    "AWS::EC2::VPNGatewayRoutePropagation": Declaration("VpnGatewayId RouteTableIds", part_of="RouteTableIds"),
    "AWS::EC2::PrefixList": Declaration("PrefixListName Entries.Cidr", "Entries.Description AddressFamily MaxEntries"),
    "AWS::EC2::SecurityGroup": Declaration(
        "VpcId GroupName "
        + within("SecurityGroupIngress", f"{_RULE} SourceSecurityGroupId SourceSecurityGroupName SourcePrefixListId")
        + " "
        + within("SecurityGroupEgress", f"{_RULE} DestinationSecurityGroupId DestinationPrefixListId"),
        "GroupDescription SecurityGroupIngress.Description SecurityGroupIngress.SourceSecurityGroupOwnerId"
        " SecurityGroupEgress.Description",
    ),
    "AWS::EC2::SecurityGroupIngress": Declaration(
        f"GroupId GroupName {_RULE} SourceSecurityGroupId SourceSecurityGroupName SourcePrefixListId",
        "SourceSecurityGroupOwnerId",
        part_of="GroupId",
    ),
    "AWS::EC2::SecurityGroupEgress": Declaration(
        f"GroupId {_RULE} DestinationSecurityGroupId DestinationPrefixListId", part_of="GroupId"
    ),
    "AWS::EC2::NetworkAcl": Declaration("VpcId"),
    "AWS::EC2::NetworkAclEntry": Declaration(
        "NetworkAclId RuleNumber Protocol Egress CidrBlock Ipv6CidrBlock PortRange.From PortRange.To Icmp.Type Icmp.Code",
        values={"RuleAction": ("allow", "deny")},
        part_of="NetworkAclId",
    ),
    "AWS::EC2::SubnetNetworkAclAssociation": Declaration("NetworkAclId SubnetId", part_of="NetworkAclId SubnetId"),
    "AWS::EC2::InternetGateway": Declaration(),
    "AWS::EC2::EgressOnlyInternetGateway": Declaration("VpcId"),
    "AWS::EC2::VPCGatewayAttachment": Declaration(
        "VpcId InternetGatewayId VpnGatewayId", part_of="InternetGatewayId VpnGatewayId"
    ),
    "AWS::EC2::NatGateway": Declaration(
        "SubnetId VpcId AllocationId SecondaryAllocationIds PrivateIpAddress AvailabilityZoneAddresses.AllocationIds"
        " AvailabilityZoneAddresses.AvailabilityZone AvailabilityZoneAddresses.AvailabilityZoneId",
        "MaxDrainDurationSeconds SecondaryPrivateIpAddressCount SecondaryPrivateIpAddresses",
        values={"ConnectivityType": ("public", "private"), "AvailabilityMode": ("zonal", "regional")},
    ),
    "AWS::EC2::EIP": Declaration(
        "InstanceId Address", "Domain IpamPoolId NetworkBorderGroup PublicIpv4Pool TransferAddress"
    ),
    "AWS::EC2::EIPAssociation": Declaration(
        "AllocationId EIP InstanceId NetworkInterfaceId PrivateIpAddress", part_of="InstanceId NetworkInterfaceId"
    ),
    "AWS::EC2::VPNGateway": Declaration(aside="AmazonSideAsn Type"),
    "AWS::EC2::VPCPeeringConnection": Declaration(
        "VpcId PeerVpcId PeerOwnerId PeerRoleArn AutoAccept PeerRegion RequesterPeeringConnectionOptions"
        " AccepterPeeringConnectionOptions",
        "AssumeRoleRegion",
        within="VpcId PeerVpcId",
    ),
    "AWS::EC2::TransitGateway": Declaration(
        aside="AmazonSideAsn AutoAcceptSharedAttachments MulticastSupport TransitGatewayCidrBlocks VpnEcmpSupport",
        reads="AssociationDefaultRouteTableId PropagationDefaultRouteTableId",
        values={
            "DefaultRouteTableAssociation": _ON_OFF,
            "DefaultRouteTablePropagation": _ON_OFF,
            "SecurityGroupReferencingSupport": _ON_OFF,
            "EncryptionSupport": _ON_OFF,
            "DnsSupport": _ON_OFF,
        },
    ),
    "AWS::EC2::TransitGatewayAttachment": _ATTACHMENT,
    "AWS::EC2::TransitGatewayVpcAttachment": _ATTACHMENT,
    "AWS::EC2::TransitGatewayPeeringAttachment": Declaration(
        "TransitGatewayId PeerTransitGatewayId",
        "PeerAccountId PeerRegion Options",
        within="TransitGatewayId PeerTransitGatewayId",
    ),
    "AWS::EC2::TransitGatewayRouteTable": Declaration("TransitGatewayId"),
    "AWS::EC2::TransitGatewayRoute": Declaration(
        "TransitGatewayRouteTableId TransitGatewayAttachmentId DestinationCidrBlock Blackhole",
        part_of="TransitGatewayRouteTableId",
    ),
    "AWS::EC2::TransitGatewayRouteTableAssociation": Declaration(
        "TransitGatewayRouteTableId TransitGatewayAttachmentId", part_of="TransitGatewayAttachmentId"
    ),
    "AWS::EC2::TransitGatewayRouteTablePropagation": Declaration(
        "TransitGatewayRouteTableId TransitGatewayAttachmentId", part_of="TransitGatewayRouteTableId"
    ),
    "AWS::EC2::VPNConnection": Declaration(
        "VpnGatewayId TransitGatewayId StaticRoutesOnly",
        "CustomerGatewayId EnableAcceleration LocalIpv4NetworkCidr LocalIpv6NetworkCidr OutsideIpAddressType PreSharedKeyStorage"
        " RemoteIpv4NetworkCidr RemoteIpv6NetworkCidr TransportTransitGatewayAttachmentId TunnelBandwidth"
        " TunnelInsideIpVersion Type VpnTunnelOptionsSpecifications",
        within="VpnGatewayId TransitGatewayId",
    ),
    "AWS::DirectConnect::DirectConnectGatewayAssociation": Declaration(
        "DirectConnectGatewayId AssociatedGatewayId",
        "AllowedPrefixesToDirectConnectGateway AcceptDirectConnectGatewayAssociationProposalRoleArn",
        within="AssociatedGatewayId",
    ),
    "AWS::EC2::VPNConnectionRoute": Declaration("VpnConnectionId DestinationCidrBlock", part_of="VpnConnectionId"),
    "AWS::EC2::VPCEndpoint": Declaration(
        "VpcId ServiceName SubnetIds SecurityGroupIds RouteTableIds PrivateDnsEnabled PolicyDocument"
        " ResourceConfigurationArn ServiceNetworkArn DnsOptions.PrivateDnsOnlyForInboundResolverEndpoint"
        " ServiceRegion SubnetConfigurations.SubnetId SubnetConfigurations.Ipv4 SubnetConfigurations.Ipv6 DnsEntries.DnsName",
        values={
            "VpcEndpointType": ("Interface", "Gateway", "GatewayLoadBalancer"),
            "IpAddressType": (*ADDRESS_TYPES, "not-specified"),
            "DnsOptions.DnsRecordIpType": (*ADDRESS_TYPES, "service-defined", "not-specified"),
        },
        within="VpcId",
    ),
    "AWS::EC2::VPCEndpointService": Declaration(
        "NetworkLoadBalancerArns GatewayLoadBalancerArns AcceptanceRequired PrivateDnsName",
        "ContributorInsightsEnabled PayerResponsibility SupportedIpAddressTypes SupportedRegions",
    ),
    "AWS::NetworkFirewall::Firewall": Declaration(
        "FirewallPolicyArn VpcId SubnetMappings.SubnetId SubnetMappings.EndpointId",
        "FirewallName DeleteProtection FirewallPolicyChangeProtection SubnetChangeProtection"
        " AvailabilityZoneChangeProtection EnabledAnalysisTypes",
        decides="TransitGatewayId AvailabilityZoneMappings NoSourcePreservation",
        supposed={"SubnetMappings.IPAddressType": ("IPV4", "DUALSTACK")},
        part_of="VpcId",
    ),
    "AWS::NetworkFirewall::VpcEndpointAssociation": Declaration(
        "FirewallArn VpcId SubnetMapping.SubnetId",
        supposed={"SubnetMapping.IPAddressType": ("IPV4", "DUALSTACK")},
        part_of="FirewallArn VpcId",
    ),
    "AWS::NetworkFirewall::FirewallPolicy": Declaration(
        "FirewallPolicy.StatelessDefaultActions FirewallPolicy.StatefulDefaultActions"
        " FirewallPolicy.StatelessRuleGroupReferences.ResourceArn FirewallPolicy.StatelessRuleGroupReferences.Priority"
        " FirewallPolicy.StatefulRuleGroupReferences.ResourceArn FirewallPolicy.StatefulRuleGroupReferences.Priority"
        " FirewallPolicy.PolicyVariables.RuleVariables",
        "FirewallPolicyName FirewallPolicy.StatefulRuleGroupReferences.DeepThreatInspection FirewallPolicy.StatelessFragmentDefaultActions FirewallPolicy.StatelessCustomActions"
        " FirewallPolicy.StatefulEngineOptions.FlowTimeouts FirewallPolicy.EnableTLSSessionHolding",
        decides="FirewallPolicy.TLSInspectionConfigurationArn FirewallPolicy.StatefulRuleGroupReferences.Override",
        values={
            "FirewallPolicy.StatefulEngineOptions.RuleOrder": ("DEFAULT_ACTION_ORDER", "STRICT_ORDER"),
            "FirewallPolicy.StatefulEngineOptions.StreamExceptionPolicy": ("DROP", "CONTINUE", "REJECT"),
        },
    ),
    "AWS::NetworkFirewall::RuleGroup": Declaration(
        "RuleGroup.RulesSource RuleGroup.RuleVariables RuleGroup.ReferenceSets.IPSetReferences",
        "RuleGroupName Capacity RuleGroup.StatefulRuleOptions SummaryConfiguration",
        values={"Type": ("STATEFUL", "STATELESS")},
    ),
    "AWS::EC2::SecurityGroupVpcAssociation": Declaration("GroupId VpcId", part_of="GroupId"),
    "AWS::EC2::VPCBlockPublicAccessOptions": Declaration(values={"InternetGatewayBlockMode": (*BlockMode, "off")}),
    "AWS::EC2::VPCBlockPublicAccessExclusion": Declaration(
        "VpcId SubnetId", values={"InternetGatewayExclusionMode": (*ExclusionMode,)}, part_of="VpcId SubnetId"
    ),
    "AWS::EC2::VPCEncryptionControl": Declaration(
        "VpcId",
        values={"Mode": (*EncryptionMode,), **{f"{what}ExclusionInput": _ON_OFF for what in Exclusion}},
        part_of="VpcId",
    ),
    "AWS::EC2::FlowLog": Declaration(
        "ResourceId ResourceType TrafficType LogDestinationType LogDestination LogGroupName LogFormat MaxAggregationInterval"
        " DestinationOptions",
        "DeliverLogsPermissionArn DeliverCrossAccountRole TagFieldSpecifications",
    ),
    "AWS::EC2::NetworkInterface": Declaration(
        "SubnetId GroupSet PrivateIpAddress PrivateIpAddresses.PrivateIpAddress PrivateIpAddresses.Primary"
        " Ipv6AddressCount Ipv6Addresses.Ipv6Address Ipv4Prefixes.Ipv4Prefix Ipv6Prefixes.Ipv6Prefix"
        " Ipv4PrefixCount Ipv6PrefixCount SourceDestCheck",
        "ConnectionTrackingSpecification EnablePrimaryIpv6 InterfaceType"
        " PublicIpDnsHostnameTypeSpecification SecondaryPrivateIpAddressCount",
    ),
    "AWS::EC2::NetworkInterfaceAttachment": Declaration(
        "NetworkInterfaceId InstanceId DeviceIndex",
        "DeleteOnTermination EnaQueueCount EnaSrdSpecification",
        part_of="NetworkInterfaceId InstanceId",
    ),
}
