"""Security groups and their rules as `DescribeSecurityGroups` and `DescribeSecurityGroupRules` return them."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv6Network
from typing import Any

from netful.account.ec2.view import View
from netful.account.reading import Record
from netful.model.core import Frozen, Maybe
from netful.model.network.protocols import ALL_PROTOCOLS, ICMP, ICMPV6, TCP, UDP
from netful.model.network.security_groups import PeerKind, SecurityGroup, SecurityGroupRule

PROTOCOLS = {ALL_PROTOCOLS: "-1", TCP: "tcp", UDP: "udp", ICMP: "icmp", ICMPV6: "icmpv6"}
_WITH_PORTS = (TCP, UDP, ICMP, ICMPV6)
_IPV4, _IPV6 = ("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6")
_PEERS = {PeerKind.GROUP: ("UserIdGroupPairs", "GroupId"), PeerKind.PREFIX_LIST: ("PrefixListIds", "PrefixListId")}
"""Lists of a permission, and the member in each that names the peer."""


def security_group(view: View, group: SecurityGroup) -> Record:
    """Return the record of a group."""
    return {
        "GroupName": group.group_name or group.id,
        "Description": _description(view, group),
        "OwnerId": view.cloud.account_id,
        "VpcId": view.id(group.vpc_id),
        "SecurityGroupArn": view.arn("security-group", group.id),
        "IpPermissions": _permissions(view, group.ingress),
        "IpPermissionsEgress": _permissions(view, group.egress),
    }


def _description(view: View, group: SecurityGroup) -> Maybe[str]:
    if group.default:
        return "default VPC security group"
    written: Maybe[str] | None = view.said(group.id).get("GroupDescription")
    return written or group.group_name or group.id


class GroupRule(Frozen):
    """A rule with its group, and whether it is one for packets that leave."""

    id: str
    group: SecurityGroup
    rule: SecurityGroupRule
    egress: bool


def rules(view: View) -> Iterator[GroupRule]:
    """Yield the rules of all groups."""
    for group in view.cloud.network.security_groups.values():
        for egress, every in ((False, group.ingress), (True, group.egress)):
            yield from (GroupRule(rule.id, group, rule, egress) for rule in every)


def security_group_rule(view: View, one: GroupRule) -> Record:
    """Return the record of a rule."""
    rule = one.rule
    return {
        "GroupId": view.id(one.group.id),
        "GroupOwnerId": view.cloud.account_id,
        "IsEgress": one.egress,
        "IpProtocol": _protocol(rule),
        "FromPort": rule.from_port if rule.ip_protocol in _WITH_PORTS else -1,
        "ToPort": rule.to_port if rule.ip_protocol in _WITH_PORTS else -1,
        **_rule_peer(view, rule),
        "Description": rule.description or None,
    }


def _rule_peer(view: View, rule: SecurityGroupRule) -> Record:
    if rule.peer_kind is PeerKind.GROUP:
        return {"ReferencedGroupInfo": {"GroupId": view.id(rule.peer), "UserId": view.cloud.account_id}}
    if rule.peer_kind is PeerKind.PREFIX_LIST:
        return {"PrefixListId": view.id(rule.peer)}
    return {"CidrIpv6" if isinstance(rule.peer, IPv6Network) else "CidrIpv4": view.id(rule.peer)}


def _protocol(rule: SecurityGroupRule) -> str:
    return PROTOCOLS.get(rule.ip_protocol, str(rule.ip_protocol))


def _permissions(view: View, rules: Iterable[SecurityGroupRule]) -> list[Record]:
    """Return the permissions of some rules: those for the same protocol and ports are one, with a list of each kind of peers."""
    found: dict[tuple[int, int, int], dict[str, Any]] = {}
    for rule in rules:
        ports = {"FromPort": rule.from_port, "ToPort": rule.to_port} if rule.ip_protocol in _WITH_PORTS else {}
        lists: dict[str, list[Record]] = {name: [] for name, _ in (_IPV4, _IPV6, *_PEERS.values())}
        key = rule.ip_protocol, *(ports.values() or (-1, -1))
        permission = found.setdefault(key, {"IpProtocol": _protocol(rule), **ports, **lists})
        list_, member = _PEERS.get(rule.peer_kind, _IPV6 if isinstance(rule.peer, IPv6Network) else _IPV4)
        owner = {"UserId": view.cloud.account_id} if rule.peer_kind is PeerKind.GROUP else {}
        text = {"Description": rule.description} if rule.description else {}
        permission[list_].append({member: view.id(rule.peer), **owner, **text})
    return [*found.values()]
