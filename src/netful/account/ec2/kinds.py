"""The kinds of things that EC2 describes: for each its operation, its id, its filters, and its error for an unknown id."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from botocore.model import ListShape, StructureShape
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
from netful.account.reading import Record
from netful.account.wire.errors import ApiError
from netful.account.wire.service_model import service_model
from netful.model.core import Frozen


class Kind(Frozen):
    """A kind of things.

    `operation` describes it and answers with a list of records, each with its `id`. `things` are a part of the cloud, a type
    of resources, or a function; "" where the records come from elsewhere. `record` returns the members of one's record
    beside its id and its tags. `not_found` are the code and the text of the error for an id that is not there.
    `aliases` are filters whose name is not that of the member. `named` are further parameters that ask for some things: for
    each the member with its values, and the code and the text of the error for one that is not there. `held`: the records are in a list of the answer's own
    records, such as `Instances` of reservations; its name, and the function that makes the holder of one.
    """

    operation: str
    id: str = ""
    things: str | Callable[[View], Iterable[Any]] = ""
    record: Callable[[View, Any], Record] = lambda _view, _one: {}
    not_found: tuple[str, str] = ("", "")
    resource_type: str = ""
    aliases: Mapping[str, str] = field(default_factory=dict)
    held: tuple[str, Callable[[View, Mapping[str, Any]], Mapping[str, Any]]] | None = None
    named: Mapping[str, tuple[str, str, str]] = field(default_factory=dict)

    @property
    def member(self) -> str:
        """The member of answers with the records: their only list of structures."""
        output = service_model("ec2").operation_model(self.operation).output_shape.members
        lists = {name: one.member for name, one in output.items() if isinstance(one, ListShape)}
        return str(next(name for name, one in lists.items() if isinstance(one, StructureShape)))

    @property
    def ids(self) -> str:
        """The parameter that asks for some things by their ids; "" without one."""
        name = f"{self.id}s"
        return name if name in service_model("ec2").operation_model(self.operation).input_shape.members else ""

    def missing(self, aws_id: object) -> ApiError:
        """Return the error for an id that is not there."""
        code, text = self.not_found
        return ApiError(code, text.format(aws_id))

    def every(self, view: View) -> Iterable[Any]:
        """Return the things of the cloud."""
        if callable(self.things):
            return self.things(view)
        if "::" in self.things:
            return view.of_type(self.things)
        return view.cloud.part(self.things).values() if self.things else ()

    def of(self, view: View, one: Any) -> Record:
        """Return the record of a thing."""
        return {self.id: view.id(one.id), "Tags": view.tags(one.id), **self.record(view, one)}

    def records(self, view: View) -> Iterator[Record]:
        """Yield the records of the things of the cloud."""
        return (self.of(view, one) for one in self.every(view))


_NO_ATTACHMENT = (
    "InvalidTransitGatewayAttachmentID.NotFound",
    "Transit Gateway Attachment {} was deleted or does not exist.",
)
_NO_PREFIX_LIST = ("InvalidPrefixListID.NotFound", "The prefix list ID '{}' does not exist")

_OF_PERMISSIONS = {
    "cidr": "ip-range.cidr-ip", "from-port": "from-port", "group-id": "user-id-group-pair.group-id",
    "group-name": "user-id-group-pair.group-name", "ipv6-cidr": "ipv6-range.cidr-ipv6",
    "prefix-list-id": "prefix-list-id.prefix-list-id", "protocol": "ip-protocol", "to-port": "to-port",
    "user-id": "user-id-group-pair.user-id",
}  # fmt: skip
"""Filters of the permissions of security groups."""

_OF_ADDRESSES = {
    **{f"addresses.{name}": f"private-ip-addresses.{name}"
       for name in ("primary", "private-dns-name", "private-ip-address", "association.public-ip")},
    **{f"addresses.association.{name}": "private-ip-addresses.association.ip-owner-id" for name in ("ip-owner-id", "owner-id")},
    "group-id": "group.group-id", "group-name": "group.group-name",
}  # fmt: skip
"""Filters of interfaces, also of those of instances."""

_OF_INSTANCES = {
    "instance-state-name": "state.name", "instance-state-code": "state.code", "ip-address": "public-ip-address",
    "dns-name": "public-dns-name", "reason": "state-transition-reason", "launch-index": "ami-launch-index",
    "monitoring-state": "monitoring.state", "owner-id": "network-interface.owner-id",
    "placement-group-name": "placement.group-name", "placement-partition-number": "placement.partition-number",
    "product-code.type": "product-code.product-code-type",
    **{name: f"placement.{name}" for name in ("affinity", "availability-zone", "host-id", "tenancy")},
    **{f"block-device-mapping.{name}": f"block-device-mapping.ebs.{name}"
       for name in ("attach-time", "delete-on-termination", "status", "volume-id")},
    **{f"instance.{name}": f"security-group.{name}" for name in ("group-id", "group-name")},
    **{f"network-interface.{name}": f"network-interface.{path}" for name, path in _OF_ADDRESSES.items()},
    **{f"state-reason-{name}": f"state-reason.{name}" for name in ("code", "message")},
}  # fmt: skip
"""Filters of instances."""

_STATE = {"ipv6-cidr-block-association.state": "ipv6-cidr-block-association.ipv6-cidr-block-state.state"}

KINDS = (
    Kind("DescribeVpcs", "VpcId", "vpcs", vpcs.vpc,
         ("InvalidVpcID.NotFound", "The vpc ID '{}' does not exist"), "vpc",
         {"cidr": "cidr-block", "cidr-block-association.state": "cidr-block-association.cidr-block-state.state", **_STATE}),
    Kind("DescribeSubnets", "SubnetId", "subnets", vpcs.subnet,
         ("InvalidSubnetID.NotFound", "The subnet ID '{}' does not exist"), "subnet", {"cidr": "cidr-block", **_STATE}),
    Kind("DescribeRouteTables", "RouteTableId", "route_tables", route_tables.route_table,
         ("InvalidRouteTableID.NotFound", "The routeTable ID '{}' does not exist"), "route-table"),
    Kind("DescribeSecurityGroups", "GroupId", "security_groups", security_groups.security_group,
         ("InvalidGroup.NotFound", "The security group '{}' does not exist"), "security-group",
         {f"{side}ip-permission.{name}": f"{member}.{path}" for name, path in _OF_PERMISSIONS.items()
          for side, member in (("", "ip-permission"), ("egress.", "ip-permissions-egress"))}),
    Kind("DescribeSecurityGroupRules", "SecurityGroupRuleId", security_groups.rules, security_groups.security_group_rule,
         ("InvalidSecurityGroupRuleId.NotFound", "The security group rule ID '{}' does not exist"), "security-group-rule"),
    Kind("DescribeNetworkAcls", "NetworkAclId", "network_acls", network_acls.network_acl,
         ("InvalidNetworkAclID.NotFound", "The networkAcl ID '{}' does not exist"), "network-acl",
         {"entry.cidr": "entry.cidr-block", "entry.ipv6-cidr": "entry.ipv6-cidr-block",
          "association.association-id": "association.network-acl-association-id",
          **{f"entry.icmp.{name}": f"entry.icmp-type-code.{name}" for name in ("code", "type")}}),
    Kind("DescribeInternetGateways", "InternetGatewayId", "internet_gateways", gateways.internet_gateway,
         ("InvalidInternetGatewayID.NotFound", "The internetGateway ID '{}' does not exist"), "internet-gateway"),
    Kind("DescribeEgressOnlyInternetGateways", "EgressOnlyInternetGatewayId", "egress_only_internet_gateways",
         gateways.egress_only_internet_gateway,
         ("InvalidGatewayID.NotFound", "The eigw ID '{}' does not exist"), "egress-only-internet-gateway"),
    Kind("DescribeVpnGateways", "VpnGatewayId", "vpn_gateways", gateways.vpn_gateway,
         ("InvalidVpnGatewayID.NotFound", "The vpnGateway ID '{}' does not exist"), "vpn-gateway",
         {"attachment.vpc-id": "vpc-attachment.vpc-id", "attachment.state": "vpc-attachment.state"}),
    Kind("DescribeNatGateways", "NatGatewayId", "nat_gateways", gateways.nat_gateway,
         ("NatGatewayNotFound", "NatGateway {} was not found"), "natgateway"),
    Kind("DescribeAddresses", "AllocationId", "elastic_ips", gateways.address,
         ("InvalidAllocationID.NotFound", "The allocation ID '{}' does not exist"), "elastic-ip",
         named={"PublicIps": ("PublicIp", "InvalidAddress.NotFound", "Address '{}' not found.")}),
    Kind("DescribeVpcPeeringConnections", "VpcPeeringConnectionId", "vpc_peering_connections",
         gateways.vpc_peering_connection,
         ("InvalidVpcPeeringConnectionID.NotFound", "The vpcPeeringConnection ID '{}' does not exist"),
         "vpc-peering-connection", {"status-code": "status.code", "status-message": "status.message"}),
    Kind("DescribeVpcEndpoints", "VpcEndpointId", "vpc_endpoints", vpc_endpoints.vpc_endpoint,
         ("InvalidVpcEndpointId.NotFound", "The Vpc Endpoint Id '{}' does not exist"), "vpc-endpoint",
         {"vpc-endpoint-state": "state"}),
    Kind("DescribePrefixLists", "PrefixListId", "prefix_lists", vpc_endpoints.prefix_list, _NO_PREFIX_LIST),
    Kind("DescribeManagedPrefixLists", "PrefixListId", "prefix_lists", vpc_endpoints.managed_prefix_list,
         _NO_PREFIX_LIST, "prefix-list"),
    Kind("DescribeNetworkInterfaces", "NetworkInterfaceId", network_interfaces.described, network_interfaces.network_interface,
         ("InvalidNetworkInterfaceID.NotFound", "The networkInterface ID '{}' does not exist"), "network-interface",
         _OF_ADDRESSES),
    Kind("DescribeTransitGateways", "TransitGatewayId", "transit_gateways", transit_gateways.transit_gateway,
         ("InvalidTransitGatewayID.NotFound", "Transit Gateway {} was deleted or does not exist."), "transit-gateway"),
    Kind("DescribeTransitGatewayAttachments", "TransitGatewayAttachmentId", "transit_gateway_attachments",
         transit_gateways.attachment, _NO_ATTACHMENT),
    Kind("DescribeTransitGatewayPeeringAttachments", "TransitGatewayAttachmentId", further.PEERING,
         further.peering_attachment, _NO_ATTACHMENT, "transit-gateway-attachment",
         {"transit-gateway-id": "requester-tgw-info.transit-gateway-id", "local-owner-id": "requester-tgw-info.owner-id",
          "remote-owner-id": "accepter-tgw-info.owner-id"}),
    Kind("DescribeTransitGatewayVpcAttachments", "TransitGatewayAttachmentId", transit_gateways.of_vpcs,
         transit_gateways.vpc_attachment, _NO_ATTACHMENT, "transit-gateway-attachment"),
    Kind("DescribeTransitGatewayRouteTables", "TransitGatewayRouteTableId", "transit_gateway_route_tables",
         transit_gateways.route_table,
         ("InvalidRouteTableID.NotFound", "Transit Gateway Route Table {} was deleted or does not exist."),
         "transit-gateway-route-table"),
    Kind("DescribeDhcpOptions", "DhcpOptionsId", "dhcp_options", dhcp_options.dhcp_options,
         ("InvalidDhcpOptionID.NotFound", "The dhcpOption ID '{}' does not exist"), "dhcp-options",
         {"key": "dhcp-configuration.key", "value": "dhcp-configuration.value.value"}),
    Kind("DescribeLaunchTemplates", "LaunchTemplateId", launch_templates.TYPE, launch_templates.launch_template,
         ("InvalidLaunchTemplateId.NotFound", "The specified launch template, with template ID {}, does not exist."),
         "launch-template"),
    Kind("DescribeFlowLogs", "FlowLogId", "flow_logs", flow_logs.flow_log,
         ("InvalidFlowLogId.NotFound", "The flow log ID '{}' does not exist"), "vpc-flow-log",
         {"deliver-log-status": "deliver-logs-status"}),
    Kind("DescribeInstances", "InstanceId", instances.TYPE, instances.instance,
         ("InvalidInstanceID.NotFound", "The instance ID '{}' does not exist"), "instance",
         _OF_INSTANCES,
         ("Instances", lambda view, one: instances.reservation(view, [one]))),
    Kind("DescribeNetworkInsightsPaths", insights.PATH_ID, insights.PATH, insights.network_insights_path,
         ("InvalidNetworkInsightsPathId.NotFound", "The network insights path ID '{}' does not exist"),
         "network-insights-path",
         {f"filter-at-{end}.{side}-port-range": f"filter-at-{end}.{side}-port-range.from-port"
          for end in ("source", "destination") for side in ("source", "destination")}),
    Kind("DescribeNetworkInsightsAnalyses", insights.ANALYSIS_ID, insights.ANALYSIS, insights.network_insights_analysis,
         ("InvalidNetworkInsightsAnalysisId.NotFound", "The network insights analysis ID '{}' does not exist"),
         "network-insights-analysis", {"path-found": "network-path-found"}),
    Kind("DescribeNetworkInsightsAccessScopes", scopes.SCOPE_ID, scopes.SCOPE, scopes.access_scope,
         ("InvalidNetworkInsightsAccessScopeId.NotFound", "The network access scope ID '{}' does not exist"),
         "network-insights-access-scope"),
    Kind("DescribeNetworkInsightsAccessScopeAnalyses", scopes.SCOPE_ANALYSIS_ID, scopes.SCOPE_ANALYSIS,
         scopes.described_analysis,
         ("InvalidNetworkInsightsAccessScopeAnalysisId.NotFound", "The network access scope analysis ID '{}' does not exist"),
         "network-insights-access-scope-analysis"),
    Kind("DescribeCustomerGateways", "CustomerGatewayId", "AWS::EC2::CustomerGateway", further.customer_gateway,
         ("InvalidCustomerGatewayID.NotFound", "The customerGateway ID '{}' does not exist"), "customer-gateway"),
    Kind("DescribeVpnConnections", "VpnConnectionId", "AWS::EC2::VPNConnection", further.vpn_connection,
         ("InvalidVpnConnectionID.NotFound", "The vpnConnection ID '{}' does not exist"), "vpn-connection"),
    Kind("DescribeCarrierGateways", "CarrierGatewayId", "AWS::EC2::CarrierGateway", further.carrier_gateway,
         ("InvalidCarrierGatewayID.NotFound", "The carrierGateway ID '{}' does not exist"), "carrier-gateway"),
    Kind("DescribeInstanceConnectEndpoints", "InstanceConnectEndpointId", "AWS::EC2::InstanceConnectEndpoint",
         further.instance_connect_endpoint,
         ("InvalidInstanceConnectEndpointId.NotFound", "The instance connect endpoint ID '{}' does not exist"),
         "instance-connect-endpoint"),
    Kind("DescribeVpcBlockPublicAccessExclusions", "ExclusionId", "AWS::EC2::VPCBlockPublicAccessExclusion",
         further.block_public_access_exclusion,
         ("InvalidVpcBlockPublicAccessExclusionId.NotFound", "The exclusion ID '{}' does not exist"),
         "vpc-block-public-access-exclusion"),
    Kind("DescribeVpcEndpointServiceConfigurations", "ServiceId", "vpc_endpoint_services",
         further.endpoint_service_configuration,
         ("InvalidVpcEndpointServiceId.NotFound", "The VpcEndpointService Id '{}' does not exist"), "vpc-endpoint-service"),
    Kind("DescribeVpcEndpointConnections", "VpcEndpointId", further.of_own_services, further.endpoint_connection),
    Kind("DescribeSecurityGroupVpcAssociations", "GroupId", further.GROUP_ASSOCIATION, further.group_association),
    Kind("DescribeVolumes", "VolumeId", lambda view: view.of_type(*further.VOLUMES), further.volume,
         ("InvalidVolume.NotFound", "The volume '{}' does not exist."), "volume",
         {"attachment.status": "attachment.state", "status": "state"}),
    Kind("DescribeSnapshots", "SnapshotId", further.SNAPSHOT, further.snapshot,
         ("InvalidSnapshot.NotFound", "The snapshot '{}' does not exist."), "snapshot", {"status": "state"}),
    Kind("DescribeVolumesModifications", "VolumeId", further.MODIFICATION, further.modification,
         ("InvalidVolume.NotFound", "The volume '{}' does not exist.")),
)  # fmt: skip
PEERING = "TransitGatewayPeeringAttachmentId"
KIND = {PEERING if kind.things == further.PEERING else kind.id: kind for kind in KINDS if kind.resource_type}
"""The kinds of things that have tags, by their id members; attachments of gateways to others by a name of our own."""

_PREFIXES = {
    "vpc": "VpcId", "subnet": "SubnetId", "sg": "GroupId", "rtb": "RouteTableId", "igw": "InternetGatewayId",
    "nat": "NatGatewayId", "eipalloc": "AllocationId", "acl": "NetworkAclId", "vpce": "VpcEndpointId",
    "eni": "NetworkInterfaceId", "pcx": "VpcPeeringConnectionId", "i": "InstanceId",
}  # fmt: skip
_ID = re.compile(rf"({'|'.join(_PREFIXES)})-[0-9a-f]{{8,17}}")


def kind_of_id(text: str) -> Kind | None:
    """Return the kind of the things that have ids of the form of a text; None for another text."""
    found = _ID.fullmatch(text)
    return KIND[_PREFIXES[found[1]]] if found else None
