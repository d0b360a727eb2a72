"""Hosts that forward requests: the request that such a host sends for each one that it receives (`host_rewrites`)."""

from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Finding, allowed
from netful.engine.flows.flow import Ports
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop
from netful.engine.flows.ruling import Ruling
from netful.engine.flows.trail import Trail
from netful.engine.http.http_request import HttpRequest
from netful.engine.load_balancers import host_rewrites
from netful.engine.network.packet import Journey
from netful.engine.trace.ends.destinations import AddressDestination, HostDestination, InterfaceDestination, Service
from netful.engine.trace.ends.source_words import network_or_none
from netful.engine.trace.ends.sources import Source
from netful.model.cloud import Cloud
from netful.model.core import Frozen
from netful.model.functions.programs import Program
from netful.model.names.distributions import ORIGIN_FACING
from netful.model.network.network_interface import NetworkInterface

MOST_HOSTS = 4  # more hosts that forward a request in a row are a loop


class Relayed(Frozen):
    """A request that a host sends to `target`; `asked` is the host destination that it calls there."""

    source: Source
    target: HostDestination | AddressDestination | InterfaceDestination
    asked: HostDestination
    request: HttpRequest


def relayed(cloud: Cloud, journey: Journey, *, depth: int) -> tuple[Finding, Relayed | None] | None:
    """Return the reaction of the host that a request reached, if it forwards requests, after `depth` other hosts did.

    The reaction has no new request if the host responds itself, or if the request is in a loop.
    """
    end = journey.end
    program = cloud.compute.programs.get(end.owner_id) if end is not None else None
    request = journey.request
    if end is None or program is None or not program.rewrites or request is None:
        return None
    rewrite = host_rewrites.rewrite_for(program, journey.legs[-1].flow.destination.ports.first, request)
    asks = f"{request.method or 'GET'} {request.host}{request.path}"
    if rewrite is None:
        return allowed(HopKind.PROXY, asks, program, "answers by itself: none of its rewrites matches"), None
    if depth == MOST_HOSTS:
        rule = f"request loop: {depth} hosts already forwarded it"
        return Finding(
            HopKind.PROXY, asks, Ruling("deny", program.id, rule, Code.NETFUL_REQUEST_LOOP, rewrite.origin)
        ), None
    host, port = host_rewrites.destination(rewrite)
    sent = host_rewrites.rewritten(rewrite, request)
    rule = f"asks {host} for {sent.path} with Host {sent.host}"
    finding = Finding(HopKind.PROXY, asks, Ruling("allow", program.id, rule, origin=rewrite.origin))
    return finding, _request_of(program, end, host, Service(ports=Ports(port, port)), sent)


def _request_of(program: Program, eni: NetworkInterface, host: str, service: Service, sent: HttpRequest) -> Relayed:
    source = Source(program.id, eni, signed=False)  # a signature covers the Host and the path that the client sent
    network = network_or_none(host)
    if network is None:
        target = HostDestination(host, service, host, path=sent.path)
        return Relayed(source, target, target, sent)
    return Relayed(source, AddressDestination(network, service, host), HostDestination(host, service, host), sent)


def add_remedy(trail: Trail, source: Source, *, after: int) -> None:
    """Record what would admit a host's own request, if the first denying hop is about it and not the client's."""
    first = next((hop for hop in trail.hops if hop.verdict == "deny"), None)
    if first is None or first.n <= after:
        return
    if first.kind is HopKind.SG_IN:
        trail.remedies.setdefault(_admission(first, source.interface), first.n)
    elif first.code is Code.IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS:
        trail.remedies.setdefault("make the origin a VPC origin, or give it a public address", first.n)


def _admission(hop: Hop, sender: NetworkInterface | None) -> str:
    if sender is None:  # only CloudFront forwards requests from outside of every VPC
        whom = f"the managed prefix list `{ORIGIN_FACING}`"
    else:
        groups = " or ".join(f"`{id_}`" for id_ in sender.security_group_ids if isinstance(id_, str))
        whom = groups or f"`{sender.owner_id}`"
    return f"let `{hop.component}` admit {hop.asks.split(' to ', maxsplit=1)[0]} from {whom}"
