"""Hypothesis strategies for network load balancers, and for endpoint services that they serve by PrivateLink."""

from dataclasses import replace
from ipaddress import IPv4Network

from hypothesis import strategies as st

from netful.model.balancing.load_balancers import Action, Listener, LoadBalancer, LoadBalancerType, Target, TargetGroup
from netful.model.network.addresses import elastic_ip
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import ALL_PROTOCOLS
from netful.model.network.security_groups import PeerKind, SecurityGroupRule
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint, VpcEndpointService

SERVICE = "com.amazonaws.vpce.eu-west-1.Offered"
LISTENER_PORT = 443
BLOCK = IPv4Network("10.0.0.0/16")


def in_zones(places, least):
    """One or two of some subnets in different zones, or none if `least` is 0. S1 and S3 are in one zone."""
    return st.sets(st.sampled_from(places), min_size=least, max_size=2).filter(lambda found: not {"S1", "S3"} <= found)


@st.composite
def network_balancers(draw, parts, places, some_groups):
    """A cloud's parts with a network load balancer in V, its one target, and most often a service with an endpoint.

    There is one target, so that no chance decides which one a connection reaches.
    """
    subnets = tuple(sorted(draw(in_zones(places, 1))))
    attached = parts["internet_gateways"]["Igw"].vpc_id is not None
    public = attached and draw(st.booleans())
    groups = draw(st.just(()) | some_groups)
    balancer = LoadBalancer(
        "Nlb", "Nlb", "nlb.elb.eu-west-1.amazonaws.com", LoadBalancerType.NETWORK, internal=not public, vpc_id="V",
        subnet_ids=subnets, security_group_ids=groups, cross_zone=draw(st.sampled_from((True, True, False))),
        enforce_inbound_rules_on_private_link=draw(st.booleans()),
    )  # fmt: skip
    nodes = {
        f"eni-Nlb-{subnet}": NetworkInterface(
            f"eni-Nlb-{subnet}", InterfaceOwner.LOAD_BALANCER, "Nlb", subnet, groups,
            parts["subnets"][subnet].cidr_block[70], public_ip=elastic_ip(50 + n) if public else None,
            source_dest_check=False,
        )
        for n, subnet in enumerate(subnets)
    }  # fmt: skip
    protocol = draw(st.sampled_from(("TCP", "TCP", "TCP_UDP")))
    balanced = {
        "load_balancers": {"Nlb": balancer},
        "listeners": {"Listener": Listener("Listener", "Nlb", LISTENER_PORT, protocol, (Action("forward", ("Tg",)),))},
        "target_groups": {"Tg": draw(_target_groups(parts, protocol))},
        "network_interfaces": parts["network_interfaces"] | nodes,
        "security_groups": draw(opened(parts, BLOCK)),
    }
    return parts | balanced | (draw(_services(parts, places, some_groups)) if draw(st.booleans()) else {})


@st.composite
def opened(draw, parts, block):
    """The groups, most of which admit a block."""
    rule = SecurityGroupRule(f"from {block}", ALL_PROTOCOLS, -1, -1, PeerKind.CIDR, block)
    return {
        name: replace(group, ingress=(*group.ingress, rule)) if draw(st.sampled_from((True, True, False))) else group
        for name, group in parts["security_groups"].items()
    }


@st.composite
def _target_groups(draw, parts, protocol):
    every = [eni for eni in parts["network_interfaces"].values() if eni.private_ip_address and eni.subnet_id != "W1"]
    by_address = draw(st.booleans())
    target = draw(st.sampled_from(every)) if every else None
    name = target and (str(target.private_ip_address) if by_address else target.owner_id)
    return TargetGroup(
        "Tg", "ip" if by_address else "instance", protocol, draw(st.sampled_from((LISTENER_PORT, 5432))), "V",
        (Target(name),) if name else (), empty=not name,
        preserve_client_ip=draw(st.sampled_from((None, None, True, False))) if protocol == "TCP" else None,
    )  # fmt: skip


@st.composite
def _services(draw, parts, places, some_groups):
    """An endpoint service of the load balancer, and an endpoint to it in either VPC."""
    far = "W" in parts["vpcs"] and draw(st.booleans())
    subnet = "W1" if far else draw(st.sampled_from(places))
    groups = draw(st.sampled_from((("H1",), ("H2",))) if far else some_groups)
    endpoint = VpcEndpoint("Ep", "W" if far else "V", SERVICE, "", EndpointType.INTERFACE, (subnet,), groups)
    service = VpcEndpointService("Offered", SERVICE, ("Nlb",), acceptance_required=False)
    return {"vpc_endpoint_services": {"Offered": service}, "vpc_endpoints": parts["vpc_endpoints"] | {"Ep": endpoint}}


def targets_behind(cloud, port):
    """Where a port of the load balancer leads: the targets' interfaces, each with its port."""
    if port != LISTENER_PORT:
        return
    for group in cloud.balancing.target_groups.values():
        named = {target.id for target in group.targets}
        for eni in cloud.network.network_interfaces.values():
            if named & {eni.owner_id, str(eni.private_ip_address)}:
                yield eni, group.port


@st.composite
def described_health(draw, cloud):
    """A cloud whose targets have the health that AWS describes."""
    states = st.sampled_from(("", "healthy", "unhealthy", "draining", "unused"))
    groups = {
        id_: replace(group, targets=tuple(replace(one, health=draw(states)) for one in group.targets))
        for id_, group in cloud.balancing.target_groups.items()
    }
    return cloud.having(target_groups=groups)
