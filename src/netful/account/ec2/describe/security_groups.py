"""Security groups and their rules as `DescribeSecurityGroups` and `DescribeSecurityGroupRules` return them."""

from collections.abc import Iterator
from ipaddress import IPv6Network
from typing import Any

from netful.account.ec2.view import View
from netful.model.network.protocols import ALL_PROTOCOLS, ICMP, ICMPV6, TCP, UDP
from netful.model.network.security_groups import PeerKind, SecurityGroup, SecurityGroupRule

PROTOCOLS = {ALL_PROTOCOLS: "-1", TCP: "tcp", UDP: "udp", ICMP: "icmp", ICMPV6: "icmpv6"}
_WITH_PORTS = (TCP, UDP, ICMP, ICMPV6)


def security_groups(view: View) -> Iterator[dict[str, Any]]:
    """Yield the groups, with one permission a rule."""
    for group in view.cloud.network.security_groups.values():
        yield {
            "GroupId": view.id(group.id),
            "GroupName": group.group_name or group.id,
            "Description": _description(view, group),
            "OwnerId": view.cloud.account_id,
            "VpcId": view.id(group.vpc_id),
            "SecurityGroupArn": (
                f"arn:aws:ec2:{view.cloud.region}:{view.cloud.account_id}:security-group/{view.id(group.id)}"
            ),
            "IpPermissions": [_permission(view, rule) for rule in group.ingress],
            "IpPermissionsEgress": [_permission(view, rule) for rule in group.egress],
            "Tags": view.tags(group.id),
        }


def _description(view: View, group: SecurityGroup) -> str:
    if group.default:
        return "default VPC security group"
    resource = view.cloud.template.resources.get(group.id)
    written = resource.properties.get("GroupDescription") if resource else None
    return written if isinstance(written, str) else group.group_name or group.id


def security_group_rules(view: View) -> Iterator[dict[str, Any]]:
    """Yield the rules of all groups."""
    for group in view.cloud.network.security_groups.values():
        for egress, rules in ((False, group.ingress), (True, group.egress)):
            yield from (_rule(view, group, rule, egress=egress) for rule in rules)


def _rule(view: View, group: SecurityGroup, rule: SecurityGroupRule, *, egress: bool) -> dict[str, Any]:
    return {
        "SecurityGroupRuleId": view.id(rule.id),
        "GroupId": view.id(group.id),
        "GroupOwnerId": view.cloud.account_id,
        "IsEgress": egress,
        "IpProtocol": _protocol(rule),
        "FromPort": rule.from_port if rule.ip_protocol in _WITH_PORTS else -1,
        "ToPort": rule.to_port if rule.ip_protocol in _WITH_PORTS else -1,
        **_rule_peer(view, rule),
        "Description": rule.description or None,
        "Tags": [],
    }


def _rule_peer(view: View, rule: SecurityGroupRule) -> dict[str, Any]:
    if rule.peer_kind is PeerKind.GROUP:
        return {"ReferencedGroupInfo": {"GroupId": view.id(rule.peer), "UserId": view.cloud.account_id}}
    if rule.peer_kind is PeerKind.PREFIX_LIST:
        return {"PrefixListId": view.id(rule.peer)}
    return {"CidrIpv6" if isinstance(rule.peer, IPv6Network) else "CidrIpv4": view.id(rule.peer)}


def _protocol(rule: SecurityGroupRule) -> str:
    return PROTOCOLS.get(rule.ip_protocol, str(rule.ip_protocol))


def _permission(view: View, rule: SecurityGroupRule) -> dict[str, Any]:
    ports = {"FromPort": rule.from_port, "ToPort": rule.to_port} if rule.ip_protocol in _WITH_PORTS else {}
    lists: dict[str, list[dict[str, Any]]] = {
        "IpRanges": [],
        "Ipv6Ranges": [],
        "UserIdGroupPairs": [],
        "PrefixListIds": [],
    }
    text = {"Description": rule.description} if rule.description else {}
    if rule.peer_kind is PeerKind.GROUP:
        lists["UserIdGroupPairs"] = [{"GroupId": view.id(rule.peer), "UserId": view.cloud.account_id, **text}]
    elif rule.peer_kind is PeerKind.PREFIX_LIST:
        lists["PrefixListIds"] = [{"PrefixListId": view.id(rule.peer), **text}]
    elif isinstance(rule.peer, IPv6Network):
        lists["Ipv6Ranges"] = [{"CidrIpv6": str(rule.peer), **text}]
    else:
        lists["IpRanges"] = [{"CidrIp": view.id(rule.peer), **text}]
    return {"IpProtocol": _protocol(rule), **ports, **lists}
