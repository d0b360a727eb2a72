"""Formats of flow logs: AWS's default, or the fields that a log lists (newer-aws §13.1)."""

import re
from collections.abc import Mapping

from netful.model.core import Frozen
from netful.model.network.flow_logs import FlowLog, FlowLogResourceType

_FIELDS_BY_VERSION = {
    2: "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status",
    3: "vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr",
    4: "region az-id sublocation-type sublocation-id",
    5: "pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path",
    6: "resource-type tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id tgw-dst-vpc-id"
    " tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id"
    " packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired",
    7: "ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id ecs-container-id"
    " ecs-second-container-id ecs-service-name ecs-task-definition-arn ecs-task-arn ecs-task-id",
    8: "reject-reason",
    9: "resource-id",
    10: "encryption-status",
    11: "instance-tag interface-tag asg-tag interface-type next-hop-interface-id next-hop-subnet-id next-hop-az-id"
    " next-hop-vpc-id next-hop-interface-type",
}
VERSIONS: Mapping[str, int] = {name: version for version, names in _FIELDS_BY_VERSION.items() for name in names.split()}
"""The versions of the fields that exist."""

_DEFAULT = _FIELDS_BY_VERSION[2].split()
_DEFAULT_OF_GATEWAYS = (
    "version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id "
    "tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id "
    "tgw-dst-az-id tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end "
    "log-status type packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded "
    "packets-lost-ttl-expired tcp-flags region flow-direction pkt-src-aws-service pkt-dst-aws-service"
)
OF_GATEWAYS = _DEFAULT_OF_GATEWAYS.split()
"""The fields of the logs of transit gateways: their default format."""
_GATEWAYS = (FlowLogResourceType.TRANSIT_GATEWAY, FlowLogResourceType.TRANSIT_GATEWAY_ATTACHMENT)
_FIELD = re.compile(r"\$\{([^}]*)\}")


class LogFormat(Frozen):
    """The fields of a log's lines, in order. `version` is the highest of them."""

    fields: tuple[str, ...]

    @property
    def text(self) -> str:
        """The format as AWS writes it."""
        return " ".join(f"${{{name}}}" for name in self.fields)

    @property
    def version(self) -> int:
        """The version that lines have."""
        return max((VERSIONS.get(name, 2) for name in self.fields), default=2)

    @property
    def unknown(self) -> tuple[str, ...]:
        """The fields that do not exist."""
        return tuple(name for name in self.fields if name not in VERSIONS)


def is_of_gateway(log: FlowLog) -> bool:
    """Return whether a log is that of a transit gateway, or of an attachment of one."""
    return log.resource_type in _GATEWAYS


def format_of(log: FlowLog) -> LogFormat:
    """Return the format of a log; the default for one that is not known."""
    if isinstance(log.log_format, str):
        return LogFormat(tuple(_FIELD.findall(log.log_format)))
    return LogFormat(tuple(OF_GATEWAYS if is_of_gateway(log) else _DEFAULT))
