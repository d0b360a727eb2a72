"""Members of the objects that AWS describes: an answer has to do with all of them, and netful reads a part.

Rules:
1. A member that AWS's answers had when the table was made is read, or has no influence on paths, unless `_UNREAD` has it.
2. Any other member is one that AWS added since: an assumption names it on paths of what the object touches.
3. An empty member says nothing. One that AWS always lists (`_LISTED`) and that is not there was left out: what it has is not known.

`scripts/answer-members` writes the table.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from netful.model.unread import Unread, Weight
from netful.sources.described.files import Description
from netful.sources.described.item import Item
from netful.sources.described.kinds import id_key_of
from netful.sources.described.load_balancers import listener_id, name_of
from netful.sources.described.network.gateways import GONE
from netful.sources.described.subjects import SUBJECTS
from netful.sources.understanding import judgement
from netful.sources.understanding.declaration import Branch, Declaration, Leaf
from netful.sources.understanding.declared import DECLARED

TABLE = Path(__file__).with_name("answer_members.json")


_SERVING = (
    "available", "backing-up", "configuring-associated-roles", "configuring-enhanced-monitoring",
    "configuring-iam-database-auth", "configuring-log-exports", "delete-precheck", "modifying", "storage-config-upgrade",
    "storage-initialization", "storage-optimization",
)  # fmt: skip
"""States of a database that accepts connections."""

_UNREAD: Mapping[str, Declaration] = {
    "Addresses": Declaration(decides="CarrierIp CustomerOwnedIp"),
    "DBInstances": Declaration(supposed={"DBInstanceStatus": _SERVING}),
    "Functions": Declaration(supposed={"State": ("Active",)}),
    "HostedZones": Declaration(supposed={"Features.PublicDNSFallbackStatus": ("DISABLED",)}),
    "LoadBalancers": Declaration(supposed={"State.Code": ("active", "active_impaired", "provisioning")}),
    "NatGateways": Declaration(decides="AttachedAppliances", supposed={"State": ("available", *GONE)}),
    "NetworkInterfaces": Declaration(decides="AssociatedSubnets", blocks="DenyAllIgwTraffic"),
    "Reservations": Declaration(decides="Instances.SecondaryInterfaces"),
    "ResolverEndpoints": Declaration(
        decides="Dns64Enabled Ipv6InternetAccessEnabled",
        supposed={"Status": ("OPERATIONAL", "UPDATING", "AUTO_RECOVERING")},
    ),
    "ResolverRuleAssociations": Declaration(supposed={"Status": ("COMPLETE",)}),
    "LoadBalancerTargetHealth": Declaration(
        supposed={"TargetHealthDescriptions.AdministrativeOverride.State": ("no_override", "unknown")}
    ),
    "VpcEndpoints": Declaration(supposed={"State": ("available", "pendingAcceptance", *GONE)}),
    "RouteTables": Declaration(decides="Routes.IgwFirewall", supposed={"Routes.State": ("active", "blackhole")}),
    "Vpcs": Declaration(decides="NetworkFirewallAssociations"),
    "apigateway.VpcLinks": Declaration(supposed={"status": ("AVAILABLE",)}),
    "apigatewayv2.VpcLinks": Declaration(supposed={"VpcLinkStatus": ("AVAILABLE",)}),
}
"""Members with an influence that netful does not read."""


_LISTED: Mapping[str, Mapping[str, Weight]] = {
    "InternetGateways": {"Attachments": Weight.OPENS},
    "Listeners": {"DefaultActions": Weight.DECIDES, "Port": Weight.DECIDES, "Protocol": Weight.DECIDES},
    "NetworkAcls": {"Entries": Weight.OPENS},
    "RouteTables": {"Associations": Weight.DECIDES, "Routes": Weight.DECIDES},
    "VpcEndpoints": {"PolicyDocument": Weight.ASSUMED},
}
"""Members that AWS's answers always have, with the influence of one that is not there."""


def absent(description: Description) -> Iterator[Unread]:
    """Yield the members of a description that AWS lists and the description does not have."""
    for key, members in _LISTED.items():
        for item in description.of(key):
            for name, weight in members.items():
                if name not in item.data and not _is_of_gateway_load_balancer(item):
                    ids = _ids(key, item)
                    yield Unread(ids[0], name, weight, ids, origin=item.origin, needs=(f"`{name}` of {ids[0]}",))


def not_described(description: Description) -> Iterator[Unread]:
    """Yield the options and attributes that have an answer of their own, which is not there.

    Zones and senders depend on those of VPCs' attachments to transit gateways, of network load balancers and of their target groups.
    """
    found: list[tuple[str, str, Item]] = []
    if not description.answers("TransitGatewayVpcAttachments"):
        listed = (item for item in description.of("TransitGatewayAttachments") if item.text("ResourceType") == "vpc")
        found += ((item.text("TransitGatewayAttachmentId"), "Options", item) for item in listed)
    for key in _ATTRIBUTES:
        id_key = key.replace("Attributes", "Arn")
        described = {item.text(id_key) for item in description.of(key)}
        without = [one for one in description.of(key.replace("Attributes", "s")) if one.text(id_key) not in described]
        of_network = (one for one in without if one.text("Type") == "network" or one.text("Protocol") in _TRANSPORTS)
        found += ((name_of(item.text(id_key)), "Attributes", item) for item in of_network)
    for id_, name, item in found:
        yield Unread(id_, name, Weight.ASSUMED, (id_,), origin=item.origin, needs=(f"`{name}` of {id_}",))


def _is_of_gateway_load_balancer(item: Item) -> bool:
    """Return whether an object is an endpoint without a policy, or a listener without a port."""
    return item.text("VpcEndpointType") == "GatewayLoadBalancer" or ":listener/gwy/" in item.text("ListenerArn")


def unread(description: Description) -> Iterator[Unread]:
    """Yield the members of a description that netful does not read."""
    for key in _table():
        for item in description.of(key) if key != _INSTANCES else ():
            yield from _of(_tree(key), item, _ids(key, item))
    for item in description.instances():
        of_instances = _tree(_INSTANCES)["Instances"]
        assert not isinstance(of_instances, Leaf)
        yield from _of(of_instances, item, (item.text("InstanceId"),))


def _of(tree: Branch, item: Item, ids: tuple[str, ...]) -> Iterator[Unread]:
    """Yield what an object has beyond its declared members; `ids` are its own in the cloud and those of what it is a part of."""
    for found in judgement.within(item.data, tree, item.origin, says=_says):
        yield Unread(ids[0], found.what, found.weight, ids, origin=found.origin)


def _says(value: Any, leaf: Leaf | None) -> bool:
    """Return whether a member says something: it is not empty, and no switch with an influence that is off."""
    if isinstance(value, Mapping) and leaf is None:
        return any(_says(member, None) for member in value.values())
    if isinstance(value, list) and leaf is None:
        return any(_says(member, None) for member in value)
    return value not in _EMPTY and not (value is False and leaf is not None)


_EMPTY: tuple[Any, ...] = (None, "", [], {})
_INSTANCES = "Reservations"


def _ids(key: str, item: Item) -> tuple[str, ...]:
    """Return the ids of a described object and of what it is a part of, as the cloud has them."""
    if key == "Listeners":
        return listener_id(item), name_of(item.text("LoadBalancerArn"))
    if key == "Rules":
        return item.text("RuleArn").rpartition("/")[2], item.text("RuleArn").split("/")[-4]
    if key == "ResolverRuleAssociations":
        return item.text("Id"), item.text("ResolverRuleId")
    id_ = item.text(id_key_of(key) or _ID_KEYS[key])
    return (name_of(id_) if ":elasticloadbalancing:" in id_ else id_.rpartition("/hostedzone/")[2],)


_ATTRIBUTES = ("LoadBalancerAttributes", "TargetGroupAttributes")
"""Kinds with keys and values that a template has too."""
_TRANSPORTS = ("TCP", "TLS", "UDP", "TCP_UDP", "QUIC", "TCP_QUIC")

_ID_KEYS = {subject.kept_as: subject.id_key for subject in SUBJECTS.values()}


@cache
def _tree(key: str) -> Branch:
    """Return the declared members of the objects under a key."""
    tree = replace(_UNREAD.get(key, Declaration()), aside=_table()[key]).tree
    if key not in _ATTRIBUTES:
        return tree
    declared = DECLARED[f"AWS::ElasticLoadBalancingV2::{key.removesuffix('Attributes')}"]
    return {**tree, "Attributes": declared.tree[key]}


@cache
def _table() -> dict[str, str]:
    table: dict[str, str] = json.loads(TABLE.read_text("utf-8"))
    return {**table, **dict.fromkeys(_ATTRIBUTES, "Attributes LoadBalancerArn TargetGroupArn")}
