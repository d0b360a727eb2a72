"""Rules and routes of hops in the shapes of AWS's analyzers."""

from collections.abc import Callable, Mapping

from netful.account.ec2.describe.route_tables import TARGETS
from netful.account.ec2.insights.components import Record
from netful.account.ec2.view import View
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Hop
from netful.engine.routing.route_tables import Entry
from netful.engine.routing.transit_gateway_route_tables import TransitEntry
from netful.model.core import Unknown, known, known_in
from netful.model.network.network_acls import NetworkAclEntry
from netful.model.network.protocols import ALL_PROTOCOLS, NAMES, TCP, UDP
from netful.model.network.security_groups import PeerKind, SecurityGroupRule

_PROTOCOL_NAMES = {number: name for name, number in NAMES.items() if name != "-1"}


def rule_of(view: View, hop: Hop) -> Record:
    """Return the rule or route that decided a hop, under the member of its shape; nothing without one."""
    make = _RULES.get(type(hop.decided_by))
    return make(view, hop) if make is not None else {}


def _group_rule(view: View, hop: Hop) -> Record:
    rule = hop.decided_by
    assert isinstance(rule, SecurityGroupRule)
    peers = {PeerKind.CIDR: "Cidr", PeerKind.GROUP: "SecurityGroupId", PeerKind.PREFIX_LIST: "PrefixListId"}
    known = {peers[rule.peer_kind]: str(view.id(rule.peer))} if not isinstance(rule.peer, Unknown) else {}
    direction = "egress" if hop.kind is HopKind.SG_OUT else "ingress"
    return {"SecurityGroupRule": {**known, "Direction": direction, **_service(rule)}}


def _service(rule: SecurityGroupRule | NetworkAclEntry) -> Record:
    number = rule.ip_protocol if isinstance(rule, SecurityGroupRule) else rule.protocol
    ports = number in (TCP, UDP) and rule.from_port >= 0
    named = {"Protocol": _PROTOCOL_NAMES.get(number, str(number)) if number != ALL_PROTOCOLS else "all"}
    return {**named, **({"PortRange": {"From": rule.from_port, "To": rule.to_port}} if ports else {})}


def _acl_rule(_view: View, hop: Hop) -> Record:
    entry = hop.decided_by
    assert isinstance(entry, NetworkAclEntry)
    return {
        "AclRule": {
            "Cidr": str(entry.cidr_block), "Egress": hop.kind is HopKind.NACL_OUT, **_service(entry),
            "RuleAction": "allow" if entry.allow else "deny", "RuleNumber": known(entry.rule_number),
        }
    }  # fmt: skip


def _route(view: View, hop: Hop) -> Record:
    entry = hop.decided_by
    assert isinstance(entry, Entry)
    route = entry.route
    if route is None:
        local = {"DestinationCidr": str(entry.block), "GatewayId": "local", "Origin": "CreateRouteTable"}
        return {"RouteTableRoute": {**local, "State": "active"}}
    listed = route.destination_prefix_list_id
    destination = (
        {"DestinationCidr": str(entry.block)} if listed is None else {"DestinationPrefixListId": view.id(listed)}
    )
    return {
        "RouteTableRoute": {
            **destination, TARGETS[route.target_kind]: view.id(route.target_id),
            "Origin": "EnableVgwRoutePropagation" if route.propagated else "CreateRoute",
            "State": "blackhole" if route.blackhole else "active",
        }
    }  # fmt: skip


def _transit_route(view: View, hop: Hop) -> Record:
    entry = hop.decided_by
    assert isinstance(entry, TransitEntry)
    attachment = known_in(view.cloud.network.transit_gateway_attachments, entry.attachment_id)
    behind = {"ResourceId": view.id(attachment.resource_id), "ResourceType": str(attachment.kind)} if attachment else {}
    return {
        "TransitGatewayRouteTableRoute": {
            "DestinationCidr": str(entry.block), "State": "blackhole" if entry.blackhole else "active",
            "RouteOrigin": "propagated" if entry.rank else "static", "AttachmentId": view.id(entry.attachment_id), **behind,
        }
    }  # fmt: skip


_RULES: Mapping[type, Callable[[View, Hop], Record]] = {
    SecurityGroupRule: _group_rule,
    NetworkAclEntry: _acl_rule,
    Entry: _route,
    TransitEntry: _transit_route,
}
