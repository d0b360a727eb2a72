"""The kinds of things that EC2 describes: for each its operation, its id, its filters, and its error for an unknown id."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import field

from netful.account.ec2.describe import (
    dhcp_options,
    flow_logs,
    further,
    gateways,
    instances,
    launch_templates,
    network_acls,
    network_interfaces,
    route_tables,
    security_groups,
    transit_gateways,
    vpc_endpoints,
    vpcs,
)
from netful.account.ec2.insights import records as insights
from netful.account.ec2.insights import scope_records as scopes
from netful.account.ec2.view import View
from netful.model.core.frozen import Frozen


class Kind(Frozen):
    """A kind of things.

    `operation` describes it and answers with a list `member` of records, each with its `id`; `ids` is the parameter that
    asks for some. `not_found` are the code and the text of the error for an id that is not there.
    `records` are those of the cloud; other lists have theirs from elsewhere. `aliases` are filters whose name is not that of the member. `held`: the records are in a list of the answer's own
    records, such as `Instances` of reservations; its name, and the function that makes the holder of one.
    """

    operation: str
    member: str
    id: str
    ids: str
    not_found: tuple[str, str]
    records: Callable[[View], Iterator[dict[str, Any]]] = lambda _view: iter(())
    resource_type: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)
    held: tuple[str, Callable[[View, Mapping[str, Any]], Mapping[str, Any]]] | None = None


_NO_ATTACHMENT = (
    "InvalidTransitGatewayAttachmentID.NotFound",
    "Transit Gateway Attachment {} was deleted or does not exist.",
)

KINDS = (
    Kind("DescribeVpcs", "Vpcs", "VpcId", "VpcIds",
         ("InvalidVpcID.NotFound", "The vpc ID '{}' does not exist"), vpcs.vpcs, "vpc",
         {"cidr": "cidr-block", "cidr-block-association.cidr-block": "cidr-block-association-set.cidr-block",
          "ipv6-cidr-block-association.ipv6-cidr-block": "ipv6-cidr-block-association-set.ipv6-cidr-block"}),
    Kind("DescribeSubnets", "Subnets", "SubnetId", "SubnetIds",
         ("InvalidSubnetID.NotFound", "The subnet ID '{}' does not exist"), vpcs.subnets, "subnet",
         {"cidr": "cidr-block", "cidrBlock": "cidr-block", "availabilityZone": "availability-zone",
          "defaultForAz": "default-for-az", "default-for-az": "default-for-az"}),
    Kind("DescribeRouteTables", "RouteTables", "RouteTableId", "RouteTableIds",
         ("InvalidRouteTableID.NotFound", "The routeTable ID '{}' does not exist"), route_tables.route_tables, "route-table"),
    Kind("DescribeSecurityGroups", "SecurityGroups", "GroupId", "GroupIds",
         ("InvalidGroup.NotFound", "The security group '{}' does not exist"), security_groups.security_groups, "security-group",
         {"ip-permission.cidr": "ip-permissions.ip-ranges.cidr-ip", "ip-permission.protocol": "ip-permissions.ip-protocol",
          "ip-permission.from-port": "ip-permissions.from-port", "ip-permission.to-port": "ip-permissions.to-port",
          "ip-permission.group-id": "ip-permissions.user-id-group-pairs.group-id",
          "egress.ip-permission.cidr": "ip-permissions-egress.ip-ranges.cidr-ip",
          "egress.ip-permission.group-id": "ip-permissions-egress.user-id-group-pairs.group-id"}),
    Kind("DescribeSecurityGroupRules", "SecurityGroupRules", "SecurityGroupRuleId", "SecurityGroupRuleIds",
         ("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '{}' does not exist"),
         security_groups.security_group_rules, "security-group-rule"),
    Kind("DescribeNetworkAcls", "NetworkAcls", "NetworkAclId", "NetworkAclIds",
         ("InvalidNetworkAclID.NotFound", "The networkAcl ID '{}' does not exist"), network_acls.network_acls, "network-acl",
         {"entry.cidr": "entries.cidr-block", "entry.protocol": "entries.protocol", "entry.egress": "entries.egress",
          "entry.rule-action": "entries.rule-action", "entry.rule-number": "entries.rule-number"}),
    Kind("DescribeInternetGateways", "InternetGateways", "InternetGatewayId", "InternetGatewayIds",
         ("InvalidInternetGatewayID.NotFound", "The internetGateway ID '{}' does not exist"),
         gateways.internet_gateways, "internet-gateway"),
    Kind("DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId",
         "EgressOnlyInternetGatewayIds",
         ("InvalidGatewayID.NotFound", "The eigw ID '{}' does not exist"),
         gateways.egress_only_internet_gateways, "egress-only-internet-gateway"),
    Kind("DescribeVpnGateways", "VpnGateways", "VpnGatewayId", "VpnGatewayIds",
         ("InvalidVpnGatewayID.NotFound", "The vpnGateway ID '{}' does not exist"), gateways.vpn_gateways, "vpn-gateway",
         {"attachment.vpc-id": "vpc-attachments.vpc-id", "attachment.state": "vpc-attachments.state"}),
    Kind("DescribeNatGateways", "NatGateways", "NatGatewayId", "NatGatewayIds",
         ("NatGatewayNotFound", "NatGateway {} was not found"), gateways.nat_gateways, "natgateway"),
    Kind("DescribeAddresses", "Addresses", "AllocationId", "AllocationIds",
         ("InvalidAllocationID.NotFound", "The allocation ID '{}' does not exist"), gateways.addresses, "elastic-ip"),
    Kind("DescribeVpcPeeringConnections", "VpcPeeringConnections", "VpcPeeringConnectionId", "VpcPeeringConnectionIds",
         ("InvalidVpcPeeringConnectionID.NotFound", "The vpcPeeringConnection ID '{}' does not exist"),
         gateways.vpc_peering_connections, "vpc-peering-connection", {"status-code": "status.code"}),
    Kind("DescribeVpcEndpoints", "VpcEndpoints", "VpcEndpointId", "VpcEndpointIds",
         ("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '{}' does not exist"), vpc_endpoints.vpc_endpoints, "vpc-endpoint",
         {"vpc-endpoint-state": "state", "vpc-endpoint-type": "vpc-endpoint-type"}),
    Kind("DescribePrefixLists", "PrefixLists", "PrefixListId", "PrefixListIds",
         ("InvalidPrefixListID.NotFound", "The prefix list ID '{}' does not exist"), vpc_endpoints.prefix_lists),
    Kind("DescribeManagedPrefixLists", "PrefixLists", "PrefixListId", "PrefixListIds",
         ("InvalidPrefixListID.NotFound", "The prefix list ID '{}' does not exist"),
         vpc_endpoints.managed_prefix_lists, "prefix-list"),
    Kind("DescribeNetworkInterfaces", "NetworkInterfaces", "NetworkInterfaceId", "NetworkInterfaceIds",
         ("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '{}' does not exist"),
         network_interfaces.network_interfaces, "network-interface",
         {"group-id": "groups.group-id", "group-name": "groups.group-name",
          "addresses.private-ip-address": "private-ip-addresses.private-ip-address",
          "association.public-ip": "association.public-ip"}),
    Kind("DescribeTransitGateways", "TransitGateways", "TransitGatewayId", "TransitGatewayIds",
         ("InvalidTransitGatewayID.NotFound", "Transit Gateway {} was deleted or does not exist."),
         transit_gateways.transit_gateways, "transit-gateway"),
    Kind("DescribeTransitGatewayAttachments", "TransitGatewayAttachments", "TransitGatewayAttachmentId",
         "TransitGatewayAttachmentIds", _NO_ATTACHMENT, transit_gateways.attachments),
    Kind("DescribeTransitGatewayPeeringAttachments", "TransitGatewayPeeringAttachments", "TransitGatewayAttachmentId",
         "TransitGatewayAttachmentIds", _NO_ATTACHMENT, further.peering_attachments, "",
         {"transit-gateway-id": "requester-tgw-info.transit-gateway-id"}),
    Kind("DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments", "TransitGatewayAttachmentId",
         "TransitGatewayAttachmentIds", _NO_ATTACHMENT, transit_gateways.vpc_attachments, "transit-gateway-attachment"),
    Kind("DescribeTransitGatewayRouteTables", "TransitGatewayRouteTables", "TransitGatewayRouteTableId",
         "TransitGatewayRouteTableIds",
         ("InvalidRouteTableID.NotFound", "Transit Gateway Route Table {} was deleted or does not exist."),
         transit_gateways.route_tables, "transit-gateway-route-table"),
    Kind("DescribeDhcpOptions", "DhcpOptions", "DhcpOptionsId", "DhcpOptionsIds",
         ("InvalidDhcpOptionID.NotFound", "The dhcpOption ID '{}' does not exist"), dhcp_options.dhcp_options, "dhcp-options",
         {"key": "dhcp-configurations.key", "value": "dhcp-configurations.values.value"}),
    Kind("DescribeLaunchTemplates", "LaunchTemplates", "LaunchTemplateId", "LaunchTemplateIds",
         ("InvalidLaunchTemplateId.NotFound", "The specified launch template, with template ID {}, does not exist."),
         launch_templates.launch_templates, "launch-template"),
    Kind("DescribeFlowLogs", "FlowLogs", "FlowLogId", "FlowLogIds",
         ("InvalidFlowLogId.NotFound", "The flow log ID '{}' does not exist"), flow_logs.flow_logs, "vpc-flow-log"),
    Kind("DescribeInstances", "Reservations", "InstanceId", "InstanceIds",
         ("InvalidInstanceID.NotFound", "The instance ID '{}' does not exist"), instances.instances, "instance",
         {"instance-state-name": "state.name", "instance-state-code": "state.code", "tenancy": "placement.tenancy",
          "availability-zone": "placement.availability-zone", "ip-address": "public-ip-address",
          "dns-name": "public-dns-name", "instance.group-id": "security-groups.group-id",
          "instance.group-name": "security-groups.group-name",
          "network-interface.group-id": "network-interfaces.groups.group-id",
          "network-interface.addresses.private-ip-address": "network-interfaces.private-ip-addresses.private-ip-address"},
         ("Instances", lambda view, one: instances.reservation(view, [one]))),
    Kind("DescribeNetworkInsightsPaths", "NetworkInsightsPaths", insights.PATH_ID, "NetworkInsightsPathIds",
         ("InvalidNetworkInsightsPathId.NotFound", "The network insights path ID '{}' does not exist"),
         insights.network_insights_paths, "network-insights-path",
         {f"filter-at-{end}.{side}-port-range": f"filter-at-{end}.{side}-port-range.from-port"
          for end in ("source", "destination") for side in ("source", "destination")}),
    Kind("DescribeNetworkInsightsAnalyses", "NetworkInsightsAnalyses", insights.ANALYSIS_ID, "NetworkInsightsAnalysisIds",
         ("InvalidNetworkInsightsAnalysisId.NotFound", "The network insights analysis ID '{}' does not exist"),
         insights.network_insights_analyses, "network-insights-analysis", {"path-found": "network-path-found"}),
    Kind("DescribeNetworkInsightsAccessScopes", "NetworkInsightsAccessScopes", scopes.SCOPE_ID, "NetworkInsightsAccessScopeIds",
         ("InvalidNetworkInsightsAccessScopeId.NotFound", "The network access scope ID '{}' does not exist"),
         scopes.access_scopes, "network-insights-access-scope"),
    Kind("DescribeNetworkInsightsAccessScopeAnalyses", "NetworkInsightsAccessScopeAnalyses", scopes.SCOPE_ANALYSIS_ID,
         "NetworkInsightsAccessScopeAnalysisIds",
         ("InvalidNetworkInsightsAccessScopeAnalysisId.NotFound", "The network access scope analysis ID '{}' does not exist"),
         scopes.scope_analyses, "network-insights-access-scope-analysis"),
    Kind("DescribeCustomerGateways", "CustomerGateways", "CustomerGatewayId", "CustomerGatewayIds",
         ("InvalidCustomerGatewayID.NotFound", "The customerGateway ID '{}' does not exist"),
         further.customer_gateways, "customer-gateway"),
    Kind("DescribeVpnConnections", "VpnConnections", "VpnConnectionId", "VpnConnectionIds",
         ("InvalidVpnConnectionID.NotFound", "The vpnConnection ID '{}' does not exist"),
         further.vpn_connections, "vpn-connection",
         {"route.destination-cidr-block": "routes.destination-cidr-block",
          "option.static-routes-only": "options.static-routes-only"}),
    Kind("DescribeCarrierGateways", "CarrierGateways", "CarrierGatewayId", "CarrierGatewayIds",
         ("InvalidCarrierGatewayID.NotFound", "The carrierGateway ID '{}' does not exist"),
         further.carrier_gateways, "carrier-gateway"),
    Kind("DescribeInstanceConnectEndpoints", "InstanceConnectEndpoints", "InstanceConnectEndpointId",
         "InstanceConnectEndpointIds",
         ("InvalidInstanceConnectEndpointId.NotFound", "The instance connect endpoint ID '{}' does not exist"),
         further.instance_connect_endpoints, "instance-connect-endpoint"),
    Kind("DescribeVpcBlockPublicAccessExclusions", "VpcBlockPublicAccessExclusions", "ExclusionId", "ExclusionIds",
         ("InvalidVpcBlockPublicAccessExclusionId.NotFound", "The exclusion ID '{}' does not exist"),
         further.block_public_access_exclusions, "vpc-block-public-access-exclusion"),
    Kind("DescribeVpcEndpointServiceConfigurations", "ServiceConfigurations", "ServiceId", "ServiceIds",
         ("InvalidVpcEndpointServiceId.NotFound", "The VpcEndpointService Id '{}' does not exist"),
         further.endpoint_service_configurations, "vpc-endpoint-service"),
    Kind("DescribeVpcEndpointConnections", "VpcEndpointConnections", "VpcEndpointId", "",
         ("", ""), further.endpoint_connections),
    Kind("DescribeSecurityGroupVpcAssociations", "SecurityGroupVpcAssociations", "GroupId", "",
         ("", ""), further.group_associations),
    Kind("DescribeVolumes", "Volumes", "VolumeId", "VolumeIds",
         ("InvalidVolume.NotFound", "The volume '{}' does not exist."), further.volumes, "volume",
         {"attachment.instance-id": "attachments.instance-id", "attachment.status": "attachments.state",
          "attachment.device": "attachments.device", "status": "state",
          "attachment.delete-on-termination": "attachments.delete-on-termination"}),
    Kind("DescribeSnapshots", "Snapshots", "SnapshotId", "SnapshotIds",
         ("InvalidSnapshot.NotFound", "The snapshot '{}' does not exist."), further.snapshots, "snapshot", {"status": "state"}),
    Kind("DescribeVolumesModifications", "VolumesModifications", "VolumeId", "",
         ("", ""), further.modifications),
)  # fmt: skip
