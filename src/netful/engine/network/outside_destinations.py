"""Destinations outside every VPC: assumed to listen on any port, with four exceptions.

AWS's own services answer on their ports only. An Elastic IP without an interface does not answer. Addresses of NAT64 exist only
behind a NAT gateway. The internet does not lead
to a VPC's own block, even if it is public address space: those addresses are another's there (§0.1).
"""

from collections.abc import Iterator
from ipaddress import IPv4Network

from netful.engine.flows.blocks import is_public
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Finding
from netful.engine.flows.flow import Flow, contains
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling
from netful.engine.network.steps import Done, Leave, Step
from netful.model.cloud import Cloud
from netful.model.core import Maybe, Unknown
from netful.model.names.service_names import endpoint_ports, service_code
from netful.model.network.addresses import EMULATED_BLOCKS
from netful.model.network.nat64 import NAT64_BLOCK
from netful.model.network.protocols import TCP
from netful.model.network.vpc import IPNetwork, PrefixList, Vpc

_SMTP = 25


def leave(cloud: Cloud, step: Leave) -> Step:
    """Send a packet to a destination outside every VPC."""
    packet = step.packet
    ended = packet.ended(None, gate=step.gate)
    if packet.returning:
        return Done(ended)
    vpc = None if step.gate else _vpc_with(cloud, packet.flow)
    goal = packet.journey.goal
    ruling = _own_block(goal, packet.flow, vpc) if vpc else _judge(cloud, goal, packet.flow)
    mail = () if step.gate else _of_mail(packet.flow)
    return Done(ended, found=(Finding(HopKind.OUTSIDE, packet.flow, ruling), *mail))


def _of_mail(flow: Flow) -> Iterator[Assumption]:
    """Yield what lets mail out: to public addresses, port 25 is closed to interfaces and functions until an account asks for it."""
    if flow.protocol == TCP and flow.destination.ports.first == _SMTP == flow.destination.ports.last:
        yield Assumption("AWS lets the account send to port 25, which it blocks by default")


def _vpc_with(cloud: Cloud, flow: Flow) -> Vpc | None:
    """Return the VPC whose own block contains a destination in public address space."""
    address = flow.destination.address
    if address is None or any(contains(block, address) for block in EMULATED_BLOCKS):
        return None
    vpcs = cloud.network.vpcs.values()
    return next((vpc for vpc in vpcs if any(_has(block, address) for block in vpc.cidr_blocks)), None)


def _has(block: Maybe[IPv4Network], address: IPNetwork) -> bool:
    return not isinstance(block, Unknown) and is_public(block) and contains(block, address)


def _own_block(goal: str, flow: Flow, vpc: Vpc) -> Ruling:
    rule = f"{flow.destination} is in the block of {vpc.id}, and the internet does not lead to it"
    return Ruling("deny", goal, rule, code=Code.NO_POSSIBLE_DESTINATION, origin=vpc.origin)


def _judge(cloud: Cloud, name: str, flow: Flow) -> Ruling:
    if flow.destination.address is not None and contains(NAT64_BLOCK, flow.destination.address):
        rule = f"{flow.destination} exists only behind a NAT gateway, which translates it"
        return Ruling("deny", name, rule, code=Code.NETFUL_NAT64_WITHOUT_NAT)
    idle = cloud.network.elastic_ip_at(flow.destination.address.network_address) if flow.destination.address else None
    if idle is not None:
        rule = f"{idle.public_ip} is the Elastic IP {idle.id}, which no interface has"
        return Ruling("deny", name, rule, code=Code.NO_POSSIBLE_DESTINATION, origin=idle.origin)
    listed = _prefix_list(cloud, flow)
    ports = endpoint_ports(service_code(listed.name)) if listed is not None else ()
    if listed is not None and flow.protocol == TCP and flow.destination.ports.first not in ports:
        rule = f"{flow.destination} is in {listed.name}, which answers on {', '.join(map(str, ports))} only"
        return Ruling("deny", name, rule, code=Code.PROTOCOL_RESTRICTION, origin=listed.origin)
    return Ruling("allow", name, f"sees {flow.source}" if flow.source.address is not None else "answers")


def _prefix_list(cloud: Cloud, flow: Flow) -> PrefixList | None:
    """Return the AWS-managed prefix list that contains the destination."""
    address = flow.destination.address
    if address is None:
        return None
    for listed in cloud.network.prefix_lists.values():
        blocks = (block for block in listed.cidr_blocks if not isinstance(block, Unknown))
        if listed.name.startswith("com.amazonaws.") and any(contains(block, address) for block in blocks):
            return listed
    return None
