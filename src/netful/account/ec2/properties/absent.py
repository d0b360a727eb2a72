"""Describe operations of EC2 for what calls cannot make."""

from collections.abc import Callable, Mapping

from netful.account import absent
from netful.account.absent import Absent
from netful.account.ec2.view import View
from netful.account.operations.query_api import Operation

_ABSENT: Mapping[str, str] = {
    "DescribeAddressTransfers": "", "DescribeBundleTasks": "", "DescribeByoipCidrs": "", "DescribeCoipPools": "",
    "DescribeCapacityReservations": "CapacityReservation", "DescribeClientVpnEndpoints": "ClientVpnEndpoint",
    "DescribeConversionTasks": "", "DescribeExportTasks": "", "DescribeFleets": "EC2Fleet", "DescribeHosts": "Host",
    "DescribeImageUsageReports": "", "DescribeImportSnapshotTasks": "", "DescribeInstanceEventWindows": "",
    "DescribeIpamPools": "IPAMPool", "DescribeIpamScopes": "IPAMScope", "DescribeIpams": "IPAM", "DescribeIpv6Pools": "",
    "DescribeLocalGatewayRouteTables": "LocalGatewayRouteTable", "DescribeLocalGateways": "", "DescribeMovingAddresses": "",
    "DescribeNetworkInterfacePermissions": "NetworkInterfacePermission", "DescribePlacementGroups": "PlacementGroup",
    "DescribePublicIpv4Pools": "", "DescribeReservedInstances": "", "DescribeRouteServers": "RouteServer",
    "DescribeSecondaryNetworks": "", "DescribeSecondarySubnets": "",
    "DescribeSpotFleetRequests": "SpotFleet", "DescribeSpotInstanceRequests": "", "DescribeStoreImageTasks": "",
    "DescribeTrafficMirrorFilters": "TrafficMirrorFilter", "DescribeTrafficMirrorSessions": "TrafficMirrorSession",
    "DescribeTrafficMirrorTargets": "TrafficMirrorTarget", "DescribeTransitGatewayConnectPeers": "TransitGatewayConnectPeer",
    "DescribeTransitGatewayConnects": "TransitGatewayConnect", "DescribeTransitGatewayMulticastDomains": "TransitGatewayMulticastDomain",
    "DescribeTransitGatewayPolicyTables": "", "DescribeVerifiedAccessInstances": "VerifiedAccessInstance",
    "DescribeVpcClassicLink": "", "DescribeVpcClassicLinkDnsSupport": "",
    "DescribeVpcEncryptionControls": "VPCEncryptionControl", "DescribeVpcEndpointConnectionNotifications": "VPCEndpointConnectionNotification",
}  # fmt: skip
"""The operations, each with the type of resources that a template may bring."""


def operations(view: Callable[[], View]) -> dict[str, Operation]:
    """Return all of them, by name."""
    return absent.operations("ec2", {name: _row(name, type_) for name, type_ in _ABSENT.items()}, lambda: view().cloud)


def _row(name: str, type_: str) -> Absent:
    kind = name.removeprefix("Describe").removesuffix("s")
    return Absent(f"AWS::EC2::{type_}" if type_ else "", f"{kind}Ids", f"Invalid{kind}ID.NotFound")
