"""What a load balancer's node does with a packet: its listener, a target group, a target (vpc-network §2.6, §9.2).

Rules:
1. A node uses targets that are healthy; when none is, or nothing is known of their health, it uses all of them. An
   execute-api endpoint whose `403` the health check does not expect is not healthy.
2. Without cross-zone balancing it uses those of its own zone only.
3. Health checks take a target out that the node cannot reach, so one that can be reached is enough. Of the groups
   that a rule forwards to by weight each must do: requests are drawn for all of them, and the worst way is told.
4. A target sees the node's address, or the client's where that is preserved (`TargetGroup.shows_clients`).
   What it answers then comes back through the node all the same. Rules that refer to the node's groups match both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from netful.engine.flows.flow import AWS_EPHEMERAL, End, Flow, Ports, ipv4_of
from netful.engine.flows.ruling import Ruling, needs
from netful.engine.http.gateway_errors import Answer
from netful.engine.load_balancers import listeners, transforms
from netful.engine.load_balancers.listeners import Chosen
from netful.engine.load_balancers.target_groups import Member, members
from netful.engine.waf.associations import acl_of, before_balancer
from netful.engine.waf.fields import Inspected
from netful.engine.waf.ruling import judge, ruling_of
from netful.model.authentication import sign_in
from netful.model.balancing.load_balancers import Action, LoadBalancer, LoadBalancerType, TargetGroup, crosses_zones
from netful.model.cloud import Cloud
from netful.model.core.unknown import Maybe, Unknown, known_in
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface

if TYPE_CHECKING:
    from netful.engine.network.walk import Walk

NO_TARGET = "ELBV2_LISTENER_HAS_NO_TG"
NO_TARGET_IN_ZONE = "ELBV2_NO_TARGETS_IN_AZ"
OWN_CLIENT = "ELBV2_SOURCE_ADDRESS_PRESERVATION"

LOOP = "NETFUL_REQUEST_LOOP"
FIXED_RESPONSE = "NETFUL_FIXED_RESPONSE"

_SECURE = ("HTTPS", "TLS")
_REFUSALS = ("403", "502", "503", "504")
_IPV6 = 6
_MOST_BALANCERS = 4  # a load balancer behind load balancers, more of them than that are a loop


@dataclass(frozen=True, slots=True)
class _Choice:
    """A target that a node may choose; `preserved`: it sees the client's address, `header`: what it is told of it."""

    group: TargetGroup
    member: Member
    preserved: bool
    header: str = ""


def balance(
    walk: Walk, node: NetworkInterface, flow: Flow, *, by_private_link: bool = False, endpoint_id: str = ""
) -> None:
    """Go on from a node of a load balancer to a target of it.

    PrivateLink has no client's address to preserve, and of IPv6 no target sees one. `endpoint_id` is the endpoint whose link it came by.
    """
    balancer = walk.cloud.balancing.load_balancers.get(node.owner_id)
    walk.balancers += 1
    if balancer is None:
        walk.trail.assume(f"{node.owner_id} was not loaded: it listens on {flow.service} and reaches a target")
        return
    if walk.balancers > _MOST_BALANCERS:
        rule = f"{_MOST_BALANCERS} load balancers have passed this on before: it goes round"
        walk.trail.add("listener", balancer.id, flow, "deny", rule, code=LOOP, origin=balancer.origin)
        return
    listener, ruling = listeners.judge(walk.cloud, balancer, flow)
    walk.trail.rule("listener", flow, ruling)
    if listener is not None:
        if listener.protocol in _SECURE and walk.secured_by is None:
            walk.secured_by = listener
        _filter(walk, balancer, flow)
        ends = (flow.source.address, flow.destination.address)
        by_ipv6 = any(end is not None and end.version == _IPV6 for end in ends)
        preserve = balancer.type is LoadBalancerType.NETWORK and not by_private_link and not by_ipv6
        request = walk.request and replace(walk.request, source=flow.source.address)
        chosen = listeners.choose(walk.cloud, listener, request)
        _act(walk, balancer, node, flow, chosen, preserve=preserve, endpoint_id=endpoint_id)


def _filter(walk: Walk, balancer: LoadBalancer, flow: Flow) -> None:
    """Ask the web ACL before a load balancer, with as much of the request as is known."""
    firewall = before_balancer(walk.cloud, balancer)
    if firewall is None:
        return
    acl, request = acl_of(walk.cloud, firewall), walk.request
    if acl is None or request is None:
        walk.trail.assume(f"the web ACL of {firewall.id} lets the request through")
        return
    path, _, query = request.path.partition("?")
    headers = (("host", request.host), *(request.headers or {}).items())
    address, method = flow.source.address, request.method or "GET"
    single = address is not None and address.prefixlen == address.max_prefixlen
    source = str(address.network_address) if address is not None and single else ""
    found = judge(walk.cloud, acl, Inspected(method, path, query, headers, b"", source, whole=False), lambda *_: None)
    walk.trail.rule("waf", f"{method} {request.host}{request.path}", ruling_of(acl, found))
    if found.answer is not None:
        walk.answered[walk.trail.hops[-1].n] = found.answer


def _act(
    walk: Walk,
    balancer: LoadBalancer,
    node: NetworkInterface,
    flow: Flow,
    chosen: Chosen,
    *,
    preserve: bool,
    endpoint_id: str,
) -> None:
    """Do what a listener's actions say."""
    walk.trail.assume(*chosen.assumptions)
    if chosen.rule:
        walk.trail.add("rule", chosen.rule, flow, "allow", "takes the request", origin=chosen.origin)
    walk.trail.assume(*_signed_in(walk.cloud, balancer, chosen))
    _transform(walk, chosen)
    ids = [id_ for action in chosen.actions for id_ in _drawn(action)]
    if not ids:
        _answer(walk, balancer, flow, chosen)
        return
    worst: Walk | None = None
    for id_ in ids:
        fork = walk.fork()
        group = _group(fork, id_, flow)
        if group is not None:
            headed = _header(balancer, group, endpoint_id)
            every = _used(members(walk.cloud, group))
            choices = [_Choice(group, one, preserve and group.shows_clients, headed) for one in every]
            usable = _in_zone(walk, balancer, node, choices)
            if usable:
                _try(fork, node, flow, usable)
            else:
                _without_targets(fork, flow, group, some=bool(choices))
        if worst is None or fork.refusals() > worst.refusals():
            worst = fork
    if worst is not None:
        walk.join(worst)


def _drawn(action: Action) -> list[Maybe[str]]:
    """The groups that requests are drawn for: those with a weight, or the only one."""
    unused = {id_ for id_, weight in zip(action.target_group_ids, action.weights, strict=False) if not weight}
    return [id_ for id_ in action.target_group_ids if id_ not in unused or len(action.target_group_ids) == 1]


def _answer(walk: Walk, balancer: LoadBalancer, flow: Flow, chosen: Chosen) -> None:
    """What a listener answers by itself: of a request, a refusal stops it."""
    what = " and ".join(action.type for action in chosen.actions) or "its own answer"
    config = next((action.config or {} for action in chosen.actions if action.type == "fixed-response"), {})
    status = str(config.get("StatusCode", ""))
    rule = f"answers by itself: {what} {status}".rstrip()
    if walk.request is None or status not in _REFUSALS:
        walk.trail.add("listener", balancer.id, flow, "allow", rule, origin=chosen.origin)
        return
    walk.trail.add("listener", balancer.id, flow, "deny", rule, code=FIXED_RESPONSE, origin=chosen.origin)
    walk.answered[walk.trail.hops[-1].n] = Answer(int(status), str(config.get("MessageBody", "")))


def _signed_in(cloud: Cloud, balancer: LoadBalancer, chosen: Chosen) -> Iterator[str]:
    """What is assumed of the client where it has to sign in first, or would be refused."""
    for action in chosen.actions:
        asked = sign_in(cloud, action)
        if asked is not None and asked.otherwise != "allow":
            others = (
                "get 401" if asked.otherwise == "deny" else f"are sent to {asked.endpoint or 'the identity provider'}"
            )
            yield f"the client has signed in ({action.type} of {balancer.id}): others {others}"


def _used(every: list[Member]) -> list[Member]:
    """Those that are not bound to be found unhealthy, or all where each is."""
    return [member for member in every if not member.unhealthy] or every


def _header(balancer: LoadBalancer, group: TargetGroup, endpoint_id: str) -> str:
    if balancer.type is not LoadBalancerType.NETWORK or not group.has_proxy_protocol:
        return ""
    whom = f"the client and `{endpoint_id}`" if endpoint_id else "the client"
    return f", whose proxy protocol header names {whom}"


def _transform(walk: Walk, chosen: Chosen) -> None:
    """Change the request as the rule says."""
    before = walk.request
    if before is None or not chosen.transforms:
        return
    after = transforms.transformed(chosen.transforms, before)
    if isinstance(after, Unknown):
        missing = needs(after, f"the transforms of {chosen.rule}")
        rule = "what it makes of the request is not known"
        walk.trail.add("transform", chosen.rule, before.host, "unknown", rule, origin=chosen.origin, missing=missing)
    elif after != before:
        rule = f"sends it on as {after.host}{after.path}"
        asks = f"{before.host}{before.path}"
        walk.trail.add("transform", chosen.rule, asks, "allow", rule, origin=chosen.origin)
        walk.request = after


def told(flow: Flow, ruling: Ruling) -> Ruling:
    """A target's refusal of what a node sent, with what would change it."""
    node = flow.source.interface
    if ruling.verdict != "deny" or node is None or node.owner is not InterfaceOwner.LOAD_BALANCER:
        return ruling
    whom = " or ".join(f"`{id_}`" for id_ in node.security_group_ids if isinstance(id_, str))
    preserved = flow.source.address != ipv4_of(node)
    whom = f"clients of `{node.owner_id}`, whose addresses it shows" if preserved else whom or f"`{node.owner_id}`"
    return replace(ruling, remedy=f"let `{ruling.component}` admit {flow.service} from {whom}")


def serving(cloud: Cloud, nodes: tuple[NetworkInterface, ...], port: int) -> tuple[NetworkInterface, ...]:
    """The nodes that the name of a load balancer gives: those without a target that they may use are left out."""
    balancer = cloud.balancing.load_balancers.get(nodes[0].owner_id) if nodes else None
    if balancer is None:
        return nodes
    own = [each for each in listeners.of(cloud, balancer) if each.port == port]
    ids = [str(id_) for each in own for action in each.default_actions for id_ in action.target_group_ids]
    groups = [cloud.balancing.target_groups[id_] for id_ in ids if id_ in cloud.balancing.target_groups]
    if any(crosses_zones(balancer, group) for group in groups) or (balancer.cross_zone and not groups):
        return nodes
    zones = {member.zone for group in groups for member in members(cloud, group)}
    return tuple(node for node in nodes if cloud.network.zone_of_interface(node) in zones) or nodes


def _group(walk: Walk, id_: str | Unknown, flow: Flow) -> TargetGroup | None:
    group = known_in(walk.cloud.balancing.target_groups, id_)
    if group is None:
        missing = needs(id_, f"target group {id_}")
        walk.trail.add("target group", str(id_), flow, "unknown", "it was not loaded", missing=missing)
    return group


def _in_zone(walk: Walk, balancer: LoadBalancer, node: NetworkInterface, choices: list[_Choice]) -> list[_Choice]:
    zone = walk.cloud.network.zone_of_interface(node)
    return [one for one in choices if not zone or one.member.zone in ("", zone) or crosses_zones(balancer, one.group)]


def _without_targets(walk: Walk, flow: Flow, group: TargetGroup, *, some: bool) -> None:
    if some:
        rule = "none of its targets is in the zone of this node, and cross-zone balancing is off"
        walk.trail.add("target group", group.id, flow, "deny", rule, code=NO_TARGET_IN_ZONE, origin=group.origin)
    elif group.arn or group.empty:
        rule = "it has no targets"
        walk.trail.add("target group", group.id, flow, "deny", rule, code=NO_TARGET, origin=group.origin)
    else:
        missing = (f"the targets of {group.id}",)
        rule = "what registers targets in it is not in the template"
        walk.trail.add("target group", group.id, flow, "unknown", rule, origin=group.origin, missing=missing)


def _try(walk: Walk, node: NetworkInterface, flow: Flow, choices: list[_Choice]) -> None:
    """Go to the target that is reached best."""
    best: Walk | None = None
    fewest: tuple[int, int] | None = None
    for choice in choices:
        fork = walk.fork()
        _forward(fork, node, flow, choice)
        found = fork.refusals()
        if fewest is None or found < fewest:
            best, fewest = fork, found
        if not any(fewest):
            break
    if best is not None:
        walk.join(best)


def _forward(walk: Walk, node: NetworkInterface, flow: Flow, choice: _Choice) -> None:
    group, member = choice.group, choice.member
    despite = f", though no target is healthy: {member.unhealthy}" if member.unhealthy else ""
    rule = f"to {member.name}{choice.header}{despite}"
    walk.trail.add("target group", group.id, flow, "allow", rule, origin=group.origin)
    if member.function_id is not None:
        function = walk.cloud.compute.functions[member.function_id]
        rule = "is invoked by the Lambda service, not by the network"
        walk.trail.add("target", member.function_id, flow, "allow", rule, origin=function.origin)
        return
    if member.interface is None or isinstance(member.port, Unknown):
        missing = member.missing or needs(member.port, "")
        walk.trail.add("target", member.name, flow, "unknown", "where it is is not known", missing=missing)
        return
    if choice.preserved and flow.source.interface == member.interface:
        rule = "a target cannot be its own client while the client's address is preserved"
        walk.trail.add("target", member.name, flow, "deny", rule, code=OWN_CLIENT, origin=group.origin)
        return
    ports = flow.destination.ports if member.port is None else Ports(member.port, member.port)
    target = End(ipv4_of(member.interface), ports, member.interface)
    walk.direct = choice.preserved
    walk.depart(node, replace(flow, source=_source(node, flow, preserved=choice.preserved), destination=target))
    walk.direct = False


def _source(node: NetworkInterface, flow: Flow, *, preserved: bool) -> End:
    if preserved:
        return End(flow.source.address, flow.source.ports, node)
    return End(ipv4_of(node), AWS_EPHEMERAL, node)
