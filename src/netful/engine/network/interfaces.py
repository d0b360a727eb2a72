"""Interfaces: the filters that a packet passes at its sender and at its target (vpc-network §2)."""

from dataclasses import replace

from netful.engine.filters import security_groups, unfiltered
from netful.engine.filters.security_groups import has_groups
from netful.engine.flows.address_families import IPV4, address_of
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding, Found
from netful.engine.flows.flow import Flow
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling
from netful.engine.network import encryption_control, private_link, subnets
from netful.engine.network.arrivals import ARRIVALS
from netful.engine.network.packet import Packet
from netful.engine.network.route_targets import middleboxes
from netful.engine.network.steps import Arrive, Balance, Cross, Depart, Done, Step
from netful.model.cloud import Cloud
from netful.model.core import Unknown, known_in
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface


def depart(cloud: Cloud, step: Depart) -> Step:
    """Judge by the sender's groups, unless no rule filters the destination."""
    packet = step.packet
    sender, flow = packet.sender, packet.flow
    own = unfiltered.judge(cloud, sender, flow)
    if own is not None:
        return Done(packet, found=(Finding(HopKind.SERVICE, flow, own),))
    found = [*_idle(sender, flow), *encryption_control.at_interface(cloud, packet, sender)]
    if has_groups(sender):
        found.append(Finding(HopKind.SG_OUT, flow, security_groups.judge(cloud, sender, flow, "out")))
    return Cross(packet, found=tuple(found))


def arrive(cloud: Cloud, step: Arrive) -> Step:
    """Judge by the network ACL of an interface's subnet, by its groups, and by its owner."""
    target = step.target
    packet = step.packet if step.passing and target.keeps_sources else step.packet.ended(target)
    found: list[Found] = []
    if step.crossing and isinstance(target.subnet_id, str):
        found.append(subnets.acl(cloud, packet, target.subnet_id, "in"))
    if not packet.returning:
        found += _admission(cloud, packet.flow, target)
        found += encryption_control.at_interface(cloud, packet, target)
    if step.passing:
        return middleboxes.pass_on(cloud, packet, target).after(*found)
    return Done(packet, found=tuple(found)) if packet.returning else _go_on(cloud, packet, target).after(*found)


def _admission(cloud: Cloud, flow: Flow, target: NetworkInterface) -> list[Found]:
    found: list[Found] = []
    if has_groups(target):
        ruling = security_groups.judge(cloud, target, flow, "in")
        found.append(Finding(HopKind.SG_IN, flow, with_remedy(cloud, flow, ruling)))
    found += _idle(target, flow)
    if target.owner in ARRIVALS:
        kind, judge = ARRIVALS[target.owner]
        found.append(Finding(kind, flow, judge(cloud, target, flow)))
    return found


def _go_on(cloud: Cloud, packet: Packet, target: NetworkInterface) -> Step:
    """Go on from an interface whose owner forwards packets."""
    if target.owner is InterfaceOwner.ENDPOINT:
        return private_link.serve(cloud, packet.after(endpoint_id=target.owner_id), target)
    if target.owner is InterfaceOwner.LOAD_BALANCER:
        return Balance(packet, target)
    return Done(packet)


def _idle(interface: NetworkInterface, flow: Flow) -> list[Found]:
    """Return a refusal if the interface has nothing running behind it."""
    if not interface.idle:
        return []
    remedy = f"see that something runs behind `{interface.id}`"
    ruling = Ruling("deny", interface.owner_id, interface.idle, Code.BAD_STATE, interface.origin, remedy=remedy)
    return [Finding(HopKind.ENI, flow, ruling)]


def with_remedy(cloud: Cloud, flow: Flow, ruling: Ruling) -> Ruling:
    """Add a remedy to a target's refusal of packets from a load balancer's node."""
    node = flow.source.interface
    if ruling.verdict != "deny" or node is None or node.owner is not InterfaceOwner.LOAD_BALANCER:
        return ruling
    whom = " or ".join(f"`{id_}`" for id_ in node.security_group_ids if isinstance(id_, str))
    version = flow.source.address.version if flow.source.address is not None else IPV4
    if not whom and flow.source.address != address_of(cloud, node, version):
        whom = f"clients of `{node.owner_id}`, whose addresses it shows"
    whom = whom or _blocks_of(cloud, node, version)
    return replace(ruling, remedy=f"let `{ruling.component}` admit {flow.service} from {whom}")


def _blocks_of(cloud: Cloud, node: NetworkInterface, version: int) -> str:
    """Return the blocks of a load balancer's subnets: the source of what its nodes send, if they have no groups to refer to."""
    nodes = cloud.network.interfaces_of(node.owner_id)
    subnets = [subnet for one in nodes if (subnet := known_in(cloud.network.subnets, one.subnet_id))]
    blocks = [subnet.cidr_block if version == IPV4 else subnet.ipv6_cidr_block for subnet in subnets]
    known = dict.fromkeys(str(block) for block in blocks if block is not None and not isinstance(block, Unknown))
    return f"the subnets of `{node.owner_id}` ({', '.join(known)})" if known else f"`{node.owner_id}`"
