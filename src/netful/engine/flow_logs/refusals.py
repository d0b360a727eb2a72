"""Rules that refused a flow: the kernel dropped it at an interface, and the engine says which of the filters there denies it.

A packet that answers passes the security groups and not the ACLs. Flags of TCP show which packets answer; a datagram may do
either, so then every filter that denies it is named.
"""

from collections.abc import Iterator

from netful.engine.filters import network_acls, security_groups
from netful.engine.filters.group_references import Direction
from netful.engine.filters.security_groups import has_groups
from netful.engine.flow_logs.transits import lost_by
from netful.engine.flows.codes import Code
from netful.engine.flows.flow import End, Flow, Ports, network_of
from netful.engine.flows.ruling import Ruling
from netful.model.cloud import Cloud
from netful.model.network.flow_logs import FlowRecord, RejectReason
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc import IPAddress

_ACK = 16
_OF_REASONS = {
    RejectReason.BLOCK_PUBLIC_ACCESS: Ruling(
        "deny",
        "VPC Block Public Access",
        "the account blocks it at internet gateways",
        Code.VPC_BLOCK_PUBLIC_ACCESS_ENABLED,
    ),
    RejectReason.ENCRYPTION_CONTROL: Ruling(
        "deny", "encryption control", "the VPC enforces encryption in transit", Code.NETFUL_ENCRYPTION_ENFORCED
    ),
}


def refusals(cloud: Cloud, record: FlowRecord, interface: NetworkInterface) -> tuple[Ruling, ...]:
    """Return the rulings that deny a rejected flow at an interface, or at a transit gateway's attachment."""
    if record.flow.transit is not None:
        return (lost_by(cloud, record.flow),)
    if record.flow.reason is not None:
        return (_OF_REASONS[record.flow.reason],)
    direction: Direction = "out" if record.flow.egress else "in"
    flow, peer = _flow(cloud, record, interface)
    found = [*_groups(cloud, record, interface, flow, direction), *_acl(cloud, interface, peer, flow, direction)]
    denials = tuple(one for one in found if one.verdict == "deny")
    return denials or (Ruling("deny", "connection tracking", "the packet belongs to no known connection"),)


def _flow(cloud: Cloud, record: FlowRecord, interface: NetworkInterface) -> tuple[Flow, NetworkInterface | None]:
    seen = record.flow
    far = seen.destination if seen.egress else seen.source
    peer = cloud.network.interface_at(seen.vpc_id, far) or next(iter(cloud.network.interfaces_with(far)), None)
    ends = (interface, peer) if seen.egress else (peer, interface)
    source = _end(seen.source, seen.source_port, ends[0])
    return Flow(seen.protocol, source, _end(seen.destination, seen.destination_port, ends[1])), peer


def _end(address: IPAddress, port: int, interface: NetworkInterface | None) -> End:
    return End(network_of(address), Ports(port, port), interface)


def _groups(
    cloud: Cloud, record: FlowRecord, interface: NetworkInterface, flow: Flow, direction: Direction
) -> Iterator[Ruling]:
    if has_groups(interface) and not record.tcp_flags & _ACK:
        yield security_groups.judge(cloud, interface, flow, direction)


def _acl(
    cloud: Cloud, interface: NetworkInterface, peer: NetworkInterface | None, flow: Flow, direction: Direction
) -> Iterator[Ruling]:
    subnet_id = interface.subnet_id
    acl = cloud.network.network_acl_of(subnet_id) if isinstance(subnet_id, str) else None
    if acl is not None and isinstance(subnet_id, str) and (peer is None or peer.subnet_id != subnet_id):
        yield network_acls.judge(acl, flow, direction, subnet_id)
