"""What comes from outside every VPC: clients on the internet, and functions in Lambda's own network."""

from __future__ import annotations

from netful.engine.flows import ipv6
from netful.engine.flows.blocks import is_public
from netful.engine.flows.codes import Code
from netful.engine.flows.flow import Flow
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Verdict
from netful.engine.network import internet_gateways
from netful.engine.network.walk import Walk
from netful.engine.trace.places import Outside, Start
from netful.model.network.gateways import InternetGateway
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc import Vpc


def set_out(walk: Walk, start: Start, flow: Flow) -> None:
    """Walk from a start outside every VPC."""
    target = walk.public_owner(flow) or flow.destination.interface
    if start.outside is Outside.LAMBDA:
        rule = "has no VpcConfig: it is in Lambda's own network, which has the internet but no VPC"
        inward = target is not None and not target.public_addresses()
        function = walk.cloud.compute.functions[start.name]
        verdict: Verdict = "deny" if inward else "allow"
        code = Code.NETFUL_FUNCTION_OUTSIDE_VPC if inward else None
        walk.trail.add(HopKind.LAMBDA, start.name, flow, verdict, rule, code=code, origin=function.origin)
        if inward and target is not None:
            walk.enter(None, target, flow)
            return
    if target is not None and start.outside is Outside.INTERNET6:
        _as_it_is(walk, flow, target)
    elif target is not None:
        _through_gateway(walk, flow, target)
    elif flow.destination.address is None or is_public(flow.destination.address):
        walk.leave(None, flow)
    else:
        rule = f"{flow.destination} is private: it does not exist on the internet"
        walk.trail.add(HopKind.OUTSIDE, walk.goal, flow, "deny", rule, code=Code.NETFUL_PRIVATE_ADDRESS)


def _as_it_is(walk: Walk, flow: Flow, target: NetworkInterface) -> None:
    """Take IPv6 to the interface that has the address, by the internet gateway of its VPC (§4.1)."""
    vpc = walk.cloud.network.vpc_of_interface(target)
    gateway = attached_gateway(walk, vpc) if vpc else None
    if flow.destination.address is None:
        walk.trail.rule(HopKind.ENI, flow, ipv6.without_address(walk.cloud, target))
    elif vpc is not None and gateway is None:
        rule = f"{vpc.id} has no internet gateway attached"
        walk.trail.add(HopKind.IGW, vpc.id, flow, "deny", rule, code=Code.BAD_STATE_ATTACHMENT, origin=vpc.origin)
    elif gateway is not None:
        walk.trail.add(HopKind.IGW, gateway.id, flow, "allow", "IPv6 passes as it is", origin=gateway.origin)
    walk.arrive(None, target, flow, crossing=True)


def _through_gateway(walk: Walk, flow: Flow, target: NetworkInterface) -> None:
    """Translate a public destination to the interface that has it, at the gateway of its VPC (§4.1)."""
    vpc = walk.cloud.network.vpc_of_interface(target)
    if vpc is None:
        missing = (f"the VPC of {target.owner_id}",)
        rule = "whether its VPC has an internet gateway is not known"
        walk.trail.add(HopKind.IGW, target.owner_id, flow, "unknown", rule, missing=missing)
    else:
        _admit(walk, flow, target, vpc)
    walk.enter(None, target, flow)


def _admit(walk: Walk, flow: Flow, target: NetworkInterface, vpc: Vpc) -> None:
    gateway = attached_gateway(walk, vpc)
    component, origin = (gateway.id, gateway.origin) if gateway else (vpc.id, vpc.origin)
    if gateway is None:
        rule = f"{vpc.id} has no internet gateway attached"
        walk.trail.add(HopKind.IGW, component, flow, "deny", rule, code=Code.BAD_STATE_ATTACHMENT, origin=origin)
    if not target.public_addresses():
        rule = f"{target.owner_id} has no public address"
        walk.trail.add(
            HopKind.IGW,
            component,
            flow,
            "deny",
            rule,
            code=Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS,
            origin=target.origin,
        )
    elif gateway is not None:
        public, private = internet_gateways.translation(target, flow.destination.address)
        walk.trail.add(HopKind.IGW, component, flow, "allow", f"{public} becomes {private}", origin=origin)


def attached_gateway(walk: Walk, vpc: Vpc) -> InternetGateway | None:
    """The internet gateway of a VPC."""
    return next(
        (gateway for gateway in walk.cloud.network.internet_gateways.values() if gateway.vpc_id == vpc.id), None
    )
