"""Described load balancers. A load balancer and a target group are named by their names, which are shorter than ARNs."""

from __future__ import annotations

from collections.abc import Iterator

from netful.model.balancer import Action, Listener, LoadBalancer, LoadBalancerType, Target, TargetGroup
from netful.sources.described.files import Description
from netful.sources.described.item import Item

_TYPES = {kind.value: kind for kind in LoadBalancerType}
_CROSS_ZONE = "load_balancing.cross_zone.enabled"


def name_of(arn: str) -> str:
    """The name within the ARN of a load balancer (`…/net/NAME/HASH`) or a target group (`…/NAME/HASH`)."""
    return arn.rsplit("/", 2)[-2] if arn.count("/") >= 2 else arn


def load_balancers(description: Description) -> dict[str, LoadBalancer]:
    """The load balancers."""
    attributes = {
        item.text("LoadBalancerArn"): {a.text("Key"): a.text("Value") for a in item.parts("Attributes")}
        for item in description.of("LoadBalancerAttributes")
    }
    found = {}
    for item in description.of("LoadBalancers"):
        arn, kind = item.text("LoadBalancerArn"), _TYPES.get(item.text("Type"), LoadBalancerType.APPLICATION)
        default = "true" if kind is LoadBalancerType.APPLICATION else "false"
        found[name_of(arn)] = LoadBalancer(
            id=name_of(arn),
            name=item.text("LoadBalancerName"),
            dns_name=item.text("DNSName"),
            type=kind,
            internal=item.text("Scheme") == "internal",
            vpc_id=item.text("VpcId"),
            subnet_ids=tuple(zone.text("SubnetId") for zone in item.parts("AvailabilityZones")),
            security_group_ids=item.texts("SecurityGroups"),
            cross_zone=attributes.get(arn, {}).get(_CROSS_ZONE, default) == "true",
            enforce_inbound_rules_on_private_link=item.text("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
            != "off",
            ip_address_type=item.text("IpAddressType") or "ipv4",
            arn=arn,
            origin=item.origin,
        )
    return found


def listeners(description: Description) -> dict[str, Listener]:
    """The listeners of all load balancers."""
    found = {}
    for group in description.of("LoadBalancerListeners"):
        for item in group.parts("Listeners"):
            id_ = f"{name_of(item.text('LoadBalancerArn'))}/{item.number('Port', 0)}"
            found[id_] = Listener(
                id=id_,
                load_balancer_id=name_of(item.text("LoadBalancerArn")),
                port=item.number("Port", 0),
                protocol=item.text("Protocol"),
                default_actions=tuple(_actions(item)),
                origin=item.origin,
            )
    return found


def _actions(item: Item) -> Iterator[Action]:
    for action in item.parts("DefaultActions"):
        groups = list(action.part("ForwardConfig").parts("TargetGroups")) or [action]
        arns = [group.text("TargetGroupArn") for group in groups if group.text("TargetGroupArn")]
        weights = tuple(group.number("Weight", 1) for group in groups)
        yield Action(action.text("Type"), tuple(name_of(arn) for arn in arns), weights[: len(arns)])


def target_groups(description: Description) -> dict[str, TargetGroup]:
    """The target groups with their targets and the health that was seen."""
    health = {item.text("TargetGroupArn"): item for item in description.of("LoadBalancerTargetHealth")}
    found = {}
    for item in description.of("TargetGroups"):
        arn = item.text("TargetGroupArn")
        seen = health.get(arn)
        found[name_of(arn)] = TargetGroup(
            id=name_of(arn),
            target_type=item.text("TargetType") or "instance",
            protocol=item.text("Protocol"),
            port=item.number("Port", 0),
            vpc_id=item.text("VpcId"),
            targets=tuple(map(_target, seen.parts("TargetHealthDescriptions"))) if seen else (),
            health_check_protocol=item.text("HealthCheckProtocol"),
            health_check_port=item.text("HealthCheckPort") or "traffic-port",
            health_check_path=item.text("HealthCheckPath") or "/",
            arn=arn,
            origin=item.origin,
        )
    return found


def _target(item: Item) -> Target:
    target, health = item.part("Target"), item.part("TargetHealth")
    return Target(
        id=target.text("Id"),
        port=target.number("Port", 0),
        availability_zone=target.text("AvailabilityZone"),
        health=health.text("State"),
        reason=health.text("Reason"),
    )
