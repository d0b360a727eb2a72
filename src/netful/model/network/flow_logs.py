"""VPC flow logs: what they record, where they are delivered, and the records (newer-aws §13.1)."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from netful.model.core import Frozen, Identified, Maybe
from netful.model.network.vpc import IPAddress


class FlowLogResourceType(StrEnum):
    """A kind of resource whose traffic a flow log records."""

    INTERFACE = "NetworkInterface"
    SUBNET = "Subnet"
    VPC = "VPC"
    TRANSIT_GATEWAY = "TransitGateway"
    TRANSIT_GATEWAY_ATTACHMENT = "TransitGatewayAttachment"
    REGIONAL_NAT_GATEWAY = "RegionalNatGateway"


FLOW_LOG_RESOURCES = {
    "eni-": FlowLogResourceType.INTERFACE,
    "subnet-": FlowLogResourceType.SUBNET,
    "vpc-": FlowLogResourceType.VPC,
    "tgw-attach-": FlowLogResourceType.TRANSIT_GATEWAY_ATTACHMENT,
    "tgw-": FlowLogResourceType.TRANSIT_GATEWAY,
    "nat-": FlowLogResourceType.REGIONAL_NAT_GATEWAY,
}
"""Kinds of resources by the beginnings of their ids."""


class TrafficType(StrEnum):
    """The traffic that a flow log records."""

    ACCEPT = "ACCEPT"
    REJECT = "REJECT"
    ALL = "ALL"


class LogDestinationType(StrEnum):
    """The service that a flow log is delivered to."""

    CLOUD_WATCH_LOGS = "cloud-watch-logs"
    S3 = "s3"
    FIREHOSE = "kinesis-data-firehose"


class FlowLog(Identified):
    """A flow log of one resource.

    `log_destination` is the ARN of a log group, or of a bucket with an optional folder; `log_group_name` names a group instead.
    `log_format` is None for AWS's default. `max_aggregation_interval` is in seconds. `destination_options` are those of S3.
    """

    resource_type: Maybe[FlowLogResourceType]
    resource_id: Maybe[str]
    traffic_type: Maybe[TrafficType] = TrafficType.ALL
    log_destination_type: Maybe[LogDestinationType] = LogDestinationType.CLOUD_WATCH_LOGS
    log_destination: Maybe[str] | None = None
    log_group_name: Maybe[str] | None = None
    log_format: Maybe[str] | None = None
    max_aggregation_interval: int = 600
    destination_options: Mapping[str, str] | None = None


class Action(StrEnum):
    """The decision of a VPC's filters at an interface, as its flow log reports it."""

    ACCEPT = "ACCEPT"
    REJECT = "REJECT"


class RejectReason(StrEnum):
    """A reason of a refusal that flow logs name; they name none for groups and ACLs."""

    BLOCK_PUBLIC_ACCESS = "BPA"
    ENCRYPTION_CONTROL = "EC"


class Transit(Frozen):
    """A passage through a transit gateway, at one of its attachments and, if it was carried, to or from another one (`pair_id`).

    Each has a subnet if it is a VPC's.
    """

    transit_gateway_id: str
    subnet_id: str | None = None
    pair_id: str | None = None
    pair_subnet_id: str | None = None


class SeenFlow(Frozen):
    """The packets of one direction of a flow at one interface, as seen by the router: egress is what the interface sends.

    The addresses are the packets' own; ports are 0 for protocols without them. At a transit gateway (`transit`), `interface_id` is
    an attachment, `vpc_id` is "", egress is what leaves the gateway, and what it does not carry is rejected.
    """

    vpc_id: str
    interface_id: str
    egress: bool
    action: Action
    source: IPAddress
    destination: IPAddress
    protocol: int
    source_port: int = 0
    destination_port: int = 0
    reason: RejectReason | None = None
    transit: Transit | None = None


class FlowRecord(Frozen):
    """The packets of a flow in a span of time. `first` and `last` are Unix times; `tcp_flags` are ORed as AWS does it."""

    flow: SeenFlow
    packets: int
    bytes: int
    first: float
    last: float
    tcp_flags: int = 0

    def joined(self, later: FlowRecord) -> FlowRecord:
        """Return the record of both."""
        return FlowRecord(
            self.flow,
            self.packets + later.packets,
            self.bytes + later.bytes,
            min(self.first, later.first),
            max(self.last, later.last),
            self.tcp_flags | later.tcp_flags,
        )
