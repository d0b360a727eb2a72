"""Lines of flow logs: a value for every field, `-` where it does not apply (newer-aws §13.1)."""

from collections.abc import Callable, Mapping
from typing import Any

from netful.engine.flow_logs import transits
from netful.engine.flow_logs.log_format import OF_GATEWAYS, LogFormat
from netful.engine.flow_logs.places import zone_id_of
from netful.engine.flows.flow import network_of
from netful.engine.routing import route_tables
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown, known_in
from netful.model.identity import ec2_id
from netful.model.names.service_names import GATEWAY_SERVICES
from netful.model.network.addresses import SERVICE_BLOCK, prefix_list_block
from netful.model.network.flow_logs import Action, FlowLogResourceType, FlowRecord
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import TCP
from netful.model.network.route_tables import TargetKind
from netful.model.network.vpc import IPAddress
from netful.model.network.vpc_endpoints import EndpointType

_NONE = "-"
_OTHER_NAMES = range(256, 512)  # the third and fourth of `addresses`: names that are not services

_SAME_VPC, _VPN_GATEWAY, _IN_REGION_PEERING, _PEERING_OF_REGIONS = 1, 3, 4, 5
_GATEWAY_ENDPOINT, _INTERNET_GATEWAY = 7, 8
_PATHS = {
    TargetKind.LOCAL: _SAME_VPC,
    TargetKind.NAT_GATEWAY: _SAME_VPC,
    TargetKind.NETWORK_INTERFACE: _SAME_VPC,
    TargetKind.INSTANCE: _SAME_VPC,
    TargetKind.VPN_GATEWAY: _VPN_GATEWAY,
    TargetKind.INTERNET_GATEWAY: _INTERNET_GATEWAY,
    TargetKind.EGRESS_ONLY_INTERNET_GATEWAY: _INTERNET_GATEWAY,
}


class Recorded(Frozen):
    """A record with the interface that it was made at."""

    cloud: Cloud
    record: FlowRecord
    interface: NetworkInterface


def interface_id(cloud: Cloud, name: str) -> str:
    """Return AWS's id of an interface, also of one that was made for an environment of a function."""
    return cloud.aws_ids.get(name) or ec2_id("eni", cloud.account_id, cloud.region, name)


def _interface_id(cloud: Cloud, name: str) -> str | None:
    """Return the id of an interface in a line; None for a regional NAT gateway, which has only a `resource-id`."""
    return None if name in cloud.network.nat_gateways else interface_id(cloud, name)


def line(seen: Recorded, log_format: LogFormat) -> str:
    """Return the line of a record."""
    values = (log_format.version if name == "version" else _value(seen, name) for name in log_format.fields)
    return " ".join(_text(value) for value in values)


def empty_line(cloud: Cloud, name: str, log_format: LogFormat, span: tuple[float, float], status: str) -> str:
    """Return the line for a span without records: `NODATA`, or `SKIPDATA` where records were lost."""
    attachment = cloud.network.transit_gateway_attachments.get(name)
    known = {
        "version": log_format.version, "account-id": cloud.account_id, "start": int(span[0]), "end": int(span[1]),
        "log-status": status,
    }  # fmt: skip
    if attachment is not None:
        known["resource-type"] = FlowLogResourceType.TRANSIT_GATEWAY
        known |= {"tgw-id": cloud.aws_id(str(attachment.transit_gateway_id)), "tgw-attachment-id": cloud.aws_id(name)}
    else:
        known |= {"interface-id": _interface_id(cloud, name), "resource-id": interface_id(cloud, name)}
    return " ".join(_text(known.get(field)) for field in log_format.fields)


def _value(seen: Recorded, name: str) -> object:
    transit = seen.record.flow.transit
    if transit is not None and name in transits.VALUES:
        return transits.VALUES[name](transit, seen.cloud, seen.record)
    return _VALUES[name](seen) if name in _VALUES and (transit is None or name in OF_GATEWAYS) else None


def _text(value: object) -> str:
    return _NONE if value is None or isinstance(value, Unknown) or value == "" else str(value)


def _near(seen: Recorded, address: IPAddress, *, own: bool) -> object:
    """Return an address of a packet; on the interface's own side, the interface's primary one of the family."""
    eni = seen.interface
    primary = eni.private_ip_address if address.version == 4 else eni.ipv6_address
    return primary if own and primary is not None else address


def _subnet(seen: Recorded) -> str | None:
    return seen.interface.subnet_id if isinstance(seen.interface.subnet_id, str) else None


def _instance(seen: Recorded) -> str | None:
    eni = seen.interface
    return seen.cloud.aws_id(eni.owner_id) if eni.owner is InterfaceOwner.INSTANCE else None


def aws_service(cloud: Cloud, address: IPAddress) -> str | None:
    """Return the name that AWS's list of address ranges has for an address; None if it is not AWS's."""
    if address.version != SERVICE_BLOCK.version or address not in SERVICE_BLOCK:
        return None
    for code in GATEWAY_SERVICES:
        if address in prefix_list_block(code, cloud.region):
            return code.upper()
    third = int(address) - int(SERVICE_BLOCK.network_address)
    return "AMAZON" if third >> 8 not in _OTHER_NAMES else None


def _traffic_path(seen: Recorded) -> int | None:
    """Return the number of the way that a packet takes out of the interface; None for one that AWS has no number for."""
    flow, network, subnet = seen.record.flow, seen.cloud.network, _subnet(seen)
    vpc, table = network.vpcs.get(flow.vpc_id), network.route_table_of(subnet) if subnet else None
    if not flow.egress or vpc is None or table is None:
        return None
    entry = route_tables.select(seen.cloud, vpc, table, network_of(flow.destination)).entry
    if entry is None:
        return None
    of_kind = _PATHS_BY_TARGET.get(entry.kind)
    return of_kind(seen.cloud, str(entry.route.target_id)) if of_kind and entry.route else _PATHS.get(entry.kind)


def _endpoint_path(cloud: Cloud, endpoint_id: str) -> int:
    """Return the path by an endpoint: one of appliances is an interface of the VPC."""
    endpoint = cloud.network.vpc_endpoints.get(endpoint_id)
    return _SAME_VPC if endpoint is not None and endpoint.type is EndpointType.OTHER else _GATEWAY_ENDPOINT


def _peering_path(cloud: Cloud, peering_id: str) -> int | None:
    """Return the path by a peering, which depends on the Regions of its VPCs; None if that of one is not known."""
    peering = cloud.network.vpc_peering_connections.get(peering_id)
    ends = (peering.vpc_id, peering.peer_vpc_id) if peering is not None else ()
    loaded = [vpc.region for end in ends if (vpc := known_in(cloud.network.vpcs, end)) is not None]
    written = peering.peer_region if peering is not None and len(loaded) < len(ends) else None
    if isinstance(written, Unknown):
        return None
    regions = {*loaded, written} if written else {*loaded}
    return _PEERING_OF_REGIONS if len(regions) > 1 else _IN_REGION_PEERING


_PATHS_BY_TARGET = {TargetKind.VPC_ENDPOINT: _endpoint_path, TargetKind.PEERING: _peering_path}


_VALUES: Mapping[str, Callable[[Recorded], Any]] = {
    "account-id": lambda s: s.cloud.account_id,
    "interface-id": lambda s: _interface_id(s.cloud, s.interface.id),
    "srcaddr": lambda s: _near(s, s.record.flow.source, own=s.record.flow.egress),
    "dstaddr": lambda s: _near(s, s.record.flow.destination, own=not s.record.flow.egress),
    "srcport": lambda s: s.record.flow.source_port,
    "dstport": lambda s: s.record.flow.destination_port,
    "protocol": lambda s: s.record.flow.protocol,
    "packets": lambda s: s.record.packets,
    "bytes": lambda s: s.record.bytes,
    "start": lambda s: int(s.record.first),
    "end": lambda s: int(s.record.last),
    "action": lambda s: s.record.flow.action,
    "log-status": lambda _s: "OK",
    "vpc-id": lambda s: s.cloud.aws_id(s.record.flow.vpc_id),
    "subnet-id": lambda s: s.cloud.aws_id(subnet) if (subnet := _subnet(s)) else None,
    "instance-id": _instance,
    "tcp-flags": lambda s: s.record.tcp_flags if s.record.flow.protocol == TCP else 0,
    "type": lambda s: f"IPv{s.record.flow.source.version}",
    "pkt-srcaddr": lambda s: s.record.flow.source,
    "pkt-dstaddr": lambda s: s.record.flow.destination,
    "region": lambda s: s.cloud.region,
    "az-id": lambda s: zone_id_of(s.cloud, _subnet(s)),
    "pkt-src-aws-service": lambda s: aws_service(s.cloud, s.record.flow.source),
    "pkt-dst-aws-service": lambda s: aws_service(s.cloud, s.record.flow.destination),
    "flow-direction": lambda s: "egress" if s.record.flow.egress else "ingress",
    "traffic-path": _traffic_path,
    "reject-reason": lambda s: s.record.flow.reason,
    "resource-id": lambda s: interface_id(s.cloud, s.interface.id),
}


def admits(action: Action, traffic_type: object) -> bool:
    """Return whether a log of a traffic type records an action."""
    return traffic_type in (action.value, "ALL")
