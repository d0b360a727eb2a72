"""Security groups of a plan: rules in blocks, rules with several peers, the default group of a VPC."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from netful.sources.readers.security_groups import OWN_RULES
from netful.sources.terraform.plan.blocks import SIDES, Block, blocks_of, several
from netful.sources.terraform.plan.planned_resources import Planned
from netful.sources.terraform.translation import Completion, Maker, Translation

_DESCRIPTION = "Managed by Terraform"
"""The provider's description of a group that is written without one."""

_PEERS = {"cidr_blocks": "CidrIp", "ipv6_cidr_blocks": "CidrIpv6", "prefix_list_ids": "PrefixListId"}

_WITHOUT_GROUP = ("cidr_blocks", "ipv6_cidr_blocks", "self")
"""Arguments beside which the provider refuses `source_security_group_id`. A plan has that as known only after apply all the same."""

_SINGLE_PEERS = {
    "cidr_ipv4": "CidrIp",
    "cidr_ipv6": "CidrIpv6",
    "prefix_list_id": "PrefixListId",
    "referenced_security_group_id": "SecurityGroupId",
}


def _default_group(making: Translation, resource: Planned) -> None:
    """Make the rules of a VPC's default group, which replace all its previous ones."""
    group = making.default_of(resource)
    if group is None:
        return
    making.put(resource, OWN_RULES, {"DefaultSecurityGroupId": group})
    _rules_of(making, resource, group)


def _inline_rules(making: Translation, resource: Planned) -> None:
    """Make the rules of a group, which has no other ones: the provider removes EC2's default rule."""
    making.put(resource, OWN_RULES, {"DefaultSecurityGroupId": {"Ref": resource.address}}, ".own-rules")
    _rules_of(making, resource, {"Ref": resource.address})


def _rules_of(making: Translation, resource: Planned, group: Any) -> None:
    for direction in SIDES:
        for number, block in enumerate(blocks_of(resource, direction)):
            _rules(making, resource, direction, group, block, f".{direction}[{number}]")


def _rule(making: Translation, resource: Planned) -> None:
    """Make the rules of `aws_security_group_rule`: one direction, several peers."""
    direction = str(resource.values.get("type"))
    group = making.value(resource, "security_group_id")
    if direction in SIDES and group is not None:
        block = resource.values, resource.unknown, resource.expressions
        _rules(making, resource, direction, group, block, "")


def _rules(making: Translation, resource: Planned, direction: str, group: Any, block: Block, part: str) -> None:
    """Make a resource for each peer of a rule."""
    values, unknown, written = block
    ports = {
        "IpProtocol": str(values.get("protocol", "-1")),
        "FromPort": making.argument(resource, "from_port", values, unknown, written),
        "ToPort": making.argument(resource, "to_port", values, unknown, written),
    }
    peers: list[tuple[str, Any]] = []
    for name, target in _PEERS.items():
        peers += [(target, peer) for peer in several(making.argument(resource, name, values, unknown, written))]
    alone = any(values.get(name) for name in _WITHOUT_GROUP)
    for name in ("security_groups",) if alone else ("security_groups", "source_security_group_id"):
        found = several(making.argument(resource, name, values, unknown, written))
        peers += [("SecurityGroupId", peer) for peer in found]
    if values.get("self") is True:
        peers.append(("SecurityGroupId", group))
    for number, (target, peer) in enumerate(peers):
        _put_rule(making, resource, direction, {"GroupId": group, **_ports(ports), target: peer}, f"{part}.{number}")


def _single_rule(direction: str, making: Translation, resource: Planned) -> None:
    """Make a rule of `aws_vpc_security_group_…_rule`: one direction, one peer."""
    peers = making.named(resource, "", _SINGLE_PEERS)
    ports = {
        "IpProtocol": str(resource.values.get("ip_protocol", "-1")),
        "FromPort": making.value(resource, "from_port"),
        "ToPort": making.value(resource, "to_port"),
    }
    group = {"GroupId": making.value(resource, "security_group_id")}
    _put_rule(making, resource, direction, {**group, **_ports(ports), **peers}, "")


def _put_rule(making: Translation, resource: Planned, direction: str, rule: dict[str, Any], part: str) -> None:
    peers = {"SecurityGroupId", "PrefixListId"}
    named = {f"{SIDES[direction]}{name}" if name in peers else name: value for name, value in rule.items()}
    making.put(resource, f"AWS::EC2::SecurityGroup{direction.capitalize()}", named, part)


def _ports(ports: dict[str, Any]) -> dict[str, Any]:
    """Return a rule's ports; all protocols have none."""
    return {"IpProtocol": "-1"} if ports["IpProtocol"] in ("-1", "all") else ports


MAKERS: Mapping[str, Maker] = {
    "aws_default_security_group": _default_group,
    "aws_security_group": _inline_rules,
    "aws_security_group_rule": _rule,
    "aws_vpc_security_group_ingress_rule": partial(_single_rule, "ingress"),
    "aws_vpc_security_group_egress_rule": partial(_single_rule, "egress"),
}


def _described(making: Translation, resource: Planned) -> dict[str, Any]:
    description = making.value(resource, "description")
    return {"GroupDescription": _DESCRIPTION if description is None else description}


COMPLETIONS: Mapping[str, Completion] = {"aws_security_group": _described}
