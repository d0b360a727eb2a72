"""Nodes of load balancers: the listener, a target group, a target (vpc-network §2.6, §9.2).

Rules:
1. A node uses healthy targets. If no target is healthy, or if health is not known, it uses all of them; a classic one then uses
   none. A target is unhealthy if health checks of a port of their own are dropped, and an execute-api endpoint if its `403` is not
   among the codes that they expect.
2. Without cross-zone balancing a node uses only targets in its own zone, and with it only those in zones that are enabled
   for the load balancer.
3. Health checks remove targets that the node cannot reach, so one reachable target is enough. Of the groups that a rule
   forwards to by weight, every group must be reachable: each receives requests, and the worst way counts.
4. A target sees the node's address, or the client's if that is preserved (`TargetGroup.shows_clients`). Its answers return
   through the node in both cases. Rules that refer to the node's groups match both.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from netful.engine.authorization.invocable import assumed_on, is_off
from netful.engine.authorization.service_permissions import may_be_target
from netful.engine.flows.address_families import IPV6, address_of, versions_of, without_address
from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Finding, Found, allowed, denied, unknown
from netful.engine.flows.flow import AWS_EPHEMERAL, End, Flow, Ports, network_of
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.http.gateway_errors import GatewayAnswer
from netful.engine.load_balancers import authentication, health_checks, listeners, transforms
from netful.engine.load_balancers.attributes import assumptions
from netful.engine.load_balancers.error_pages import page
from netful.engine.load_balancers.listeners import Chosen
from netful.engine.load_balancers.target_groups import Member, enabled, members, near
from netful.engine.network import zone_doubts
from netful.engine.network.interfaces import with_remedy
from netful.engine.network.packet import Packet
from netful.engine.network.steps import Arrive, Balance, Depart, Done, Fork, Step
from netful.engine.tasks.places import chance_of, spare_places
from netful.engine.waf.associations import acl_of, before_balancer
from netful.engine.waf.ruling import on_path
from netful.model.balancing.load_balancers import (
    Action,
    Listener,
    LoadBalancer,
    LoadBalancerType,
    TargetGroup,
    crosses_zones,
)
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Maybe, Unknown, known, known_in, mapping
from netful.model.network.network_interface import NetworkInterface

_SECURE = ("HTTPS", "TLS")
_SPOKEN = {"HTTPS": True, "TLS": True, "HTTP": False}
_UNAVAILABLE = 503
_GIVEN = ("fixed-response", "forward", "redirect")  # actions whose configuration decides the answer
_OF_BODY = ("MessageBody", "ContentType")  # parts of it that decide only the answer's body
_MOST_BALANCERS = 4  # a longer chain of load balancers is a loop


class _Choice(Frozen):
    """A target that a node may choose. `preserved`: it sees the client's address. `header`: text on the proxy protocol header."""

    group: TargetGroup
    member: Member
    preserved: bool
    header: str = ""


def balance(cloud: Cloud, step: Balance) -> Step:
    """Go on from a load balancer's node to a target."""
    packet = step.packet.after(balancers=step.packet.journey.balancers + 1)
    flow, balancer = packet.flow, cloud.balancing.load_balancers.get(step.node.owner_id)
    if balancer is None:
        note = f"{step.node.owner_id} was not loaded: it listens on {flow.service} and reaches a target"
        return Done(packet, found=(Assumption(note),))
    if packet.journey.balancers > _MOST_BALANCERS:
        rule = f"request loop: {_MOST_BALANCERS} load balancers already forwarded it"
        return Done(packet, found=(denied(HopKind.LISTENER, flow, balancer, rule, Code.NETFUL_REQUEST_LOOP),))
    listener, ruling = listeners.judge(cloud, balancer, flow)
    listening = Finding(HopKind.LISTENER, flow, ruling)
    if listener is None:
        return Done(packet, found=(listening,))
    if listener.protocol in _SECURE and packet.journey.secured_by is None:
        packet = packet.after(secured_by=listener)
    refused = _of_protocol(balancer, listener, packet)
    packet = packet.after(secure=None) if listener.protocol in _SPOKEN else packet
    request = packet.journey.request and replace(packet.journey.request, source=flow.source.address)
    chosen = listeners.choose(cloud, listener, request)
    acting = _act(cloud, balancer, replace(step, packet=packet), chosen)
    settings = ((balancer.id, balancer.attributes), (listener.id, listener.attributes))
    found = (Assumption(text) for thing, written in settings for text in assumptions(thing, written))
    shown = authentication.certificate_assumptions(balancer, listener)
    return acting.after(*refused, listening, *found, *shown, *_of_web_acl(cloud, balancer, packet))


def _of_protocol(balancer: LoadBalancer, listener: Listener, packet: Packet) -> tuple[Finding, ...]:
    """Return a refusal if a listener expects TLS and gets plain HTTP, or the reverse."""
    sent, expected = packet.journey.secure, _SPOKEN.get(listener.protocol)
    if sent is None or expected is None or sent is expected:
        return ()
    rule = "expects TLS, and gets plain HTTP" if expected else "expects plain HTTP, and gets TLS"
    return (denied(HopKind.TLS, packet.flow, balancer, f"{listener.id} {rule}", Code.NETFUL_TLS_PROTOCOL),)


def _of_web_acl(cloud: Cloud, balancer: LoadBalancer, packet: Packet) -> Iterator[Found]:
    """Judge by the load balancer's web ACL, with the known parts of the request."""
    firewall = before_balancer(cloud, balancer)
    if firewall is None:
        return
    acl, request = acl_of(cloud, firewall), packet.journey.request
    if acl is None or request is None:
        yield Assumption(f"the web ACL of {firewall.id} lets the request through")
        return
    yield on_path(cloud, acl, request, packet.flow.source.address)


def _act(cloud: Cloud, balancer: LoadBalancer, step: Balance, chosen: Chosen) -> Step:
    packet = step.packet
    found: list[Found] = [Assumption(text) for text in chosen.assumptions]
    if chosen.rule:
        ruling = Ruling("allow", chosen.rule, "takes the request", origin=chosen.origin)
        found.append(Finding(HopKind.RULE, packet.flow, ruling))
    found += authentication.judged(cloud, balancer, chosen, packet.flow, packet.journey.request)
    packet, transform = _transformed(packet, chosen)
    found += transform
    ids = [id_ for action in chosen.actions for id_ in _drawn(balancer, action)]
    if not ids:
        return Done(packet, found=(*found, _own_answer(packet, balancer, chosen)))
    ways = tuple(_to_group(cloud, balancer, replace(step, packet=packet), id_) for id_ in ids)
    return Fork(packet, ways, found=tuple(found))


def _drawn(balancer: LoadBalancer, action: Action) -> list[Maybe[str]]:
    """Return the groups that receive requests: those with a weight, and the only one of a network load balancer."""
    unused = {id_ for id_, weight in zip(action.target_group_ids, action.weights, strict=False) if not weight}
    alone = len(action.target_group_ids) == 1 and balancer.type is not LoadBalancerType.APPLICATION
    return [id_ for id_ in action.target_group_ids if id_ not in unused or alone]


def _own_answer(packet: Packet, balancer: LoadBalancer, chosen: Chosen) -> Finding:
    """Return the finding on a listener's own response. An error response denies a request: no target gets it."""
    what = " and ".join(action.type for action in chosen.actions) or "its own answer"
    given = next((one.config for one in chosen.actions if one.type in _GIVEN), None)
    config = mapping(given)
    deciding = (given, *(value for name, value in config.items() if name not in _OF_BODY))
    open_ = next((one for one in deciding if isinstance(one, Unknown)), None)
    if open_ is not None and packet.journey.request is not None:
        missing = needs(open_, f"the actions of {chosen.rule or balancer.id}")
        return unknown(
            HopKind.LISTENER, packet.flow, balancer.id, f"its own answer is not known: {what}", missing, chosen.origin
        )
    forwards = any(action.target_group_ids for action in chosen.actions)
    status, body = str(config.get("StatusCode", "")), str(known(config.get("MessageBody")) or "")
    rule = f"answers by itself: {what} {status}".rstrip()
    if forwards:
        status, body = str(_UNAVAILABLE), page(_UNAVAILABLE)
        rule = f"no group of the action has a weight: it answers {status}"
    if packet.journey.request is None or not (status.isdecimal() and status[0] in "45"):
        return Finding(HopKind.LISTENER, packet.flow, Ruling("allow", balancer.id, rule, origin=chosen.origin))
    ruling = Ruling("deny", balancer.id, rule, Code.NETFUL_FIXED_RESPONSE, chosen.origin)
    return Finding(HopKind.LISTENER, packet.flow, ruling, GatewayAnswer(int(status), body))


def _transformed(packet: Packet, chosen: Chosen) -> tuple[Packet, list[Found]]:
    before = packet.journey.request
    if before is None:
        return packet, []
    after = transforms.transformed(chosen.transforms, before)
    if isinstance(after, Unknown):
        missing, rule = needs(after, f"the transforms of {chosen.rule}"), "the transformed request is not known"
        return packet, [unknown(HopKind.TRANSFORM, before.host, chosen.rule, rule, missing, chosen.origin)]
    if after == before:
        return packet, []
    url = after.host + after.path
    ruling = Ruling("allow", chosen.rule, f"sends it on as {url}", origin=chosen.origin)
    return packet.after(request=after), [Finding(HopKind.TRANSFORM, f"{before.host}{before.path}", ruling)]


def _to_group(cloud: Cloud, balancer: LoadBalancer, step: Balance, id_: Maybe[str]) -> Step:
    """Go to the group's target with the best path."""
    packet, group = step.packet, known_in(cloud.balancing.target_groups, id_)
    if group is None:
        missing = needs(id_, f"target group {id_}")
        lost = unknown(HopKind.TARGET_GROUP, packet.flow, str(id_), "it was not loaded", missing)
        return Done(packet, found=(lost,))
    preserved = _preserves(balancer, group, step)
    header = _header(balancer, group, step.endpoint_id)
    every = members(cloud, group)
    used = enabled(cloud, balancer, group, every)
    checks = [health_checks.refusal(cloud, group, step.node, member) for member in used]
    if used and all(checks) and balancer.type is LoadBalancerType.CLASSIC:
        return Done(packet, found=(*(_out_of_service(cloud, check) for check in checks[:1] if check),))
    checked = [
        replace(one, unhealthy=check.ruling.rule) if check else one for one, check in zip(used, checks, strict=True)
    ]
    spare = {name: spare_places(cloud, name) for name in {member.name for member in checked}}
    healthy = [member for member in checked if not member.unhealthy or spare[member.name]] or checked
    chosen = near(cloud, balancer, group, step.node, healthy)
    if not chosen:
        doubts = (doubt for member in every for doubt in _zone_doubts(cloud, balancer, group, step.node, member))
        return Done(packet, found=(*dict.fromkeys(doubts), _without_targets(packet, group, every, used)))
    found = tuple(Assumption(text) for text in assumptions(group.id, group.attributes))
    ways: dict[str, list[tuple[Member, Step]]] = {}
    for member in chosen:
        way = _to_target(cloud, packet, step.node, _Choice(group, member, preserved, header))
        way = way.after(*_zone_doubts(cloud, balancer, group, step.node, member))
        ways.setdefault(member.name, []).append((member, way))
    every_way = [way for name, some in ways.items() for way in _by_chance(cloud, packet, spare[name], some)]
    return Fork(packet, tuple(every_way), best=True, found=found)


def _by_chance(cloud: Cloud, packet: Packet, spare: int, ways: list[tuple[Member, Step]]) -> Iterator[Step]:
    """Yield the ways to the interfaces of a member; one way for a service with fewer tasks than interfaces."""
    if spare and len(ways) > 1:
        chances = (Assumption(chance_of(cloud, one.name, one.interface)) for one, _ in ways if one.interface)
        yield Fork(packet, tuple(way for _, way in ways), spare=spare, chances=tuple(chances))
    else:
        yield from (way for _, way in ways)


def _out_of_service(cloud: Cloud, check: health_checks.Dropped) -> Finding:
    """Return the refusal of a classic load balancer without a healthy instance, where its health checks are dropped."""
    ruling = with_remedy(cloud, check.flow, check.ruling) if check.kind is HopKind.SG_IN else check.ruling
    rule = f"drops health checks of {check.flow.service}: {ruling.rule}"
    return Finding(check.kind, check.flow, replace(ruling, rule=rule))


def _zone_doubts(
    cloud: Cloud, balancer: LoadBalancer, group: TargetGroup, node: NetworkInterface, member: Member
) -> Iterator[Found]:
    """Yield the zones on which it depends whether a node may use a member."""
    across = crosses_zones(balancer, group)
    if member.interface is not None and member.zone and not (across and group.target_type == "alb"):
        yield from zone_doubts.between(
            cloud, member.interface.subnet_id, balancer.subnet_ids if across else (node.subnet_id,)
        )


def _preserves(balancer: LoadBalancer, group: TargetGroup, step: Balance) -> bool:
    """Return whether targets see the client's address: not over PrivateLink, which hides it, nor in the other family."""
    flow = step.packet.flow
    known_ones = [end.address for end in (flow.source, flow.destination) if end.address is not None]
    shown = balancer.type is LoadBalancerType.NETWORK and not step.by_private_link and group.shows_clients
    return shown and all(one.version == group.ip_version for one in known_ones)


def _header(balancer: LoadBalancer, group: TargetGroup, endpoint_id: str) -> str:
    if balancer.type is not LoadBalancerType.NETWORK or not group.has_proxy_protocol:
        return ""
    whom = f"the client and `{endpoint_id}`" if endpoint_id else "the client"
    return f", whose proxy protocol header names {whom}"


def _without_targets(packet: Packet, group: TargetGroup, every: list[Member], used: list[Member]) -> Finding:
    kind, flow = HopKind.TARGET_GROUP, packet.flow
    if every and not used:
        zones = ", ".join(sorted({member.zone for member in every}))
        rule = f"its targets are in {zones}, which is not enabled for the load balancer"
        return denied(kind, flow, group, rule, Code.ELB_INSTALLED_AZ_RESTRICTION)
    if used:
        rule = "none of its targets is in the zone of this node, and cross-zone balancing is off"
        return denied(kind, flow, group, rule, Code.ELBV2_NO_TARGETS_IN_AZ)
    if group.empty or (group.targets and not group.targets_in_use):
        states = " and ".join(dict.fromkeys(target.health for target in group.targets))
        rule = f"all its targets are {states}" if states else "it has no targets"
        return denied(kind, flow, group, rule, Code.ELBV2_LISTENER_HAS_NO_TG)
    rule, needed = "what registers targets in it is not in the template", f"the targets of {group.id}"
    if group.arn:
        rule = "its targets were not described"
        needed = f"{needed} (`aws elbv2 describe-target-health --target-group-arn {group.arn}`)"
    return unknown(kind, flow, group.id, rule, (needed,), group.origin)


def _to_target(cloud: Cloud, packet: Packet, node: NetworkInterface, choice: _Choice) -> Step:
    group, member, flow = choice.group, choice.member, packet.flow
    despite = f", though no target is healthy: {member.unhealthy}" if member.unhealthy else ""
    to = allowed(HopKind.TARGET_GROUP, flow, group, f"to {member.name}{choice.header}{despite}")
    if member.function_id is not None:
        return Done(packet, found=(to, _invoked(cloud, flow, group, member)))
    if (member.interface is None and member.address is None) or isinstance(member.port, Unknown):
        missing = member.missing or needs(member.port, "")
        return Done(packet, found=(to, unknown(HopKind.TARGET, flow, member.name, "its address is not known", missing)))
    if choice.preserved and flow.source.interface == member.interface:
        rule = "a target cannot be its own client while the client's address is preserved"
        ruling = Ruling("deny", member.name, rule, Code.ELBV2_SOURCE_ADDRESS_PRESERVATION, group.origin)
        return Done(packet, found=(to, Finding(HopKind.TARGET, flow, ruling)))
    ports = flow.destination.ports if member.port is None else Ports(member.port, member.last_port or member.port)
    version = group.ip_version
    if member.interface is None:
        target = End(None if member.address is None else network_of(member.address), ports)
    elif version in versions_of(cloud, member.interface):
        target = End(address_of(cloud, member.interface, version), ports, member.interface)
    else:
        refused = without_address(cloud, member.interface, version)
        return Done(packet, found=(to, Finding(HopKind.TARGET, flow, refused)))
    source = (
        End(flow.source.address, flow.source.ports, node)
        if choice.preserved
        else End(address_of(cloud, node, version), AWS_EPHEMERAL, node)
    )
    if member.interface and version not in versions_of(cloud, node):
        unaddressed = Finding(HopKind.ENI, flow, without_address(cloud, node, version))
        return Arrive(
            packet.having(replace(flow, destination=target)), member.interface, crossing=True, found=(to, unaddressed)
        )
    secure = _SPOKEN.get(group.protocol, packet.journey.secure)
    sent = packet.after(direct=choice.preserved, secure=secure).sent_by(
        node, replace(flow, source=source, destination=target)
    )
    return Depart(sent, found=(to, *_not_known(cloud, flow, (node, member.interface), version)))


def _not_known(cloud: Cloud, flow: Flow, ends: Iterable[NetworkInterface | None], version: int) -> Iterator[Finding]:
    """Yield the ends whose IPv6 address is not known: rules of the other family must not decide alone."""
    for eni in ends:
        if version == IPV6 and eni is not None and address_of(cloud, eni, version) is None:
            yield Finding(HopKind.ENI, flow, without_address(cloud, eni, version))


def _invoked(cloud: Cloud, flow: Flow, group: TargetGroup, member: Member) -> Finding:
    """Judge a function as a target: AWS registers it only if its policy lets load balancers invoke it (§7.6)."""
    function = cloud.compute.functions[member.name]
    permitted = may_be_target(cloud, group, member.function)
    if permitted is None:
        missing = (f"whether load balancers may invoke {member.function}",)
        return unknown(HopKind.TARGET, flow, member.name, "a permission is not known", missing, function.origin)
    if permitted and not is_off(function):
        rule = "is invoked by the Lambda service, not by the network"
        ruling = Ruling("allow", function.id, rule, origin=function.origin, assumptions=assumed_on(cloud, function))
        return Finding(HopKind.TARGET, flow, ruling)
    if permitted:
        rule, code = "has a reserved concurrency of 0", Code.NETFUL_FUNCTION_OFF
        return denied(HopKind.TARGET, flow, function, rule, code, answer=GatewayAnswer(502, page(502)))
    rule = "no `AWS::Lambda::Permission` lets load balancers invoke it"
    code, answer = Code.NETFUL_TARGET_NOT_PERMITTED, GatewayAnswer(502, page(502))
    return denied(HopKind.TARGET, flow, function, rule, code, answer=answer)
