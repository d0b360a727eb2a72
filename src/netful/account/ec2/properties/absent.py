"""Describe operations of what calls cannot make: an account has none, unless a template brings it.

Where a template has resources of the type, the operation is refused: an empty list would be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.model import ListShape

from netful.account.ec2.view import View
from netful.account.query_api import Operation, Parameters
from netful.account.wire.errors import ApiError, invalid_action
from netful.account.wire.service_model import operation_model

_ABSENT: Mapping[str, str] = {
    "DescribeAddressTransfers": "", "DescribeBundleTasks": "", "DescribeByoipCidrs": "", "DescribeCoipPools": "",
    "DescribeCapacityReservations": "CapacityReservation", "DescribeClientVpnEndpoints": "ClientVpnEndpoint",
    "DescribeConversionTasks": "", "DescribeExportTasks": "", "DescribeFleets": "EC2Fleet", "DescribeHosts": "Host",
    "DescribeImageUsageReports": "", "DescribeImportSnapshotTasks": "", "DescribeInstanceEventWindows": "",
    "DescribeIpamPools": "IPAMPool", "DescribeIpamScopes": "IPAMScope", "DescribeIpams": "IPAM", "DescribeIpv6Pools": "",
    "DescribeLocalGatewayRouteTables": "LocalGatewayRouteTable", "DescribeLocalGateways": "", "DescribeMovingAddresses": "",
    "DescribeNetworkInterfacePermissions": "NetworkInterfacePermission", "DescribePlacementGroups": "PlacementGroup",
    "DescribePublicIpv4Pools": "", "DescribeReservedInstances": "", "DescribeRouteServers": "RouteServer",
    "DescribeSecondaryNetworks": "", "DescribeSecondarySubnets": "", "DescribeSnapshots": "",
    "DescribeSpotFleetRequests": "SpotFleet", "DescribeSpotInstanceRequests": "", "DescribeStoreImageTasks": "",
    "DescribeTrafficMirrorFilters": "TrafficMirrorFilter", "DescribeTrafficMirrorSessions": "TrafficMirrorSession",
    "DescribeTrafficMirrorTargets": "TrafficMirrorTarget", "DescribeTransitGatewayConnectPeers": "TransitGatewayConnectPeer",
    "DescribeTransitGatewayConnects": "TransitGatewayConnect", "DescribeTransitGatewayMulticastDomains": "TransitGatewayMulticastDomain",
    "DescribeTransitGatewayPolicyTables": "", "DescribeVerifiedAccessInstances": "VerifiedAccessInstance",
    "DescribeVolumesModifications": "", "DescribeVpcClassicLink": "", "DescribeVpcClassicLinkDnsSupport": "",
    "DescribeVpcEncryptionControls": "VPCEncryptionControl", "DescribeVpcEndpointConnectionNotifications": "VPCEndpointConnectionNotification",
}  # fmt: skip
"""The operations, each with the type of resources that a template may bring."""


def operations(view: Callable[[], View]) -> dict[str, Operation]:
    """Return all of them, by name."""
    return {name: _describing(view, name, type_) for name, type_ in _ABSENT.items()}


def _describing(view: Callable[[], View], name: str, type_: str) -> Operation:
    async def describe(asked: Parameters) -> Mapping[str, Any]:
        if any(one.type == f"AWS::EC2::{type_}" for one in view().cloud.template.resources.values()):
            raise invalid_action(name)
        kind = name.removeprefix("Describe").removesuffix("s")
        wanted = asked.get(f"{kind}Ids")
        if wanted:
            code = f"Invalid{kind}.NotFound" if kind == "Snapshot" else f"Invalid{kind}ID.NotFound"
            raise ApiError(code, f"The ID '{wanted[0]}' does not exist")
        model = operation_model("ec2", name)
        assert model is not None
        return {key: [] for key, shape in model.output_shape.members.items() if isinstance(shape, ListShape)}

    return describe
