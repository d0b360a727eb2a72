"""Described load balancers.

The ids of load balancers and target groups are their names, which are shorter than ARNs.
"""

from collections.abc import Iterable, Iterator, Mapping

from netful.model.balancing.load_balancers import (
    CONDITION_CONFIGS,
    Action,
    Listener,
    ListenerRule,
    LoadBalancer,
    LoadBalancerType,
    RuleCondition,
    Target,
    TargetGroup,
)
from netful.model.balancing.mutual_authentication import OFF, Mode, MutualAuthentication, TrustStore
from netful.model.core.numbers import whole_number
from netful.model.network.addresses import elastic_ip
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.sources.described.files import Description
from netful.sources.described.item import Item
from netful.sources.parts import PartReader

_TYPES = {kind.value: kind for kind in LoadBalancerType}
_AWS_OWN = 100  # the public addresses that AWS assigns come after those of netful's Elastic IPs
_CROSS_ZONE = "load_balancing.cross_zone.enabled"


def name_of(arn: str) -> str:
    """Return the name in the ARN of a load balancer (`…/net/NAME/HASH`) or a target group (`…/NAME/HASH`); else the text."""
    return arn.rsplit("/", 2)[-2] if arn.count("/") >= 2 else arn


def load_balancers(description: Description) -> dict[str, LoadBalancer]:
    """Return the load balancers."""
    attributes = _attributes(description, "LoadBalancerAttributes", "LoadBalancerArn")
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
            attributes=attributes.get(arn, {}),
            cross_zone=attributes.get(arn, {}).get(_CROSS_ZONE, default) == "true",
            enforce_inbound_rules_on_private_link=item.text("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
            != "off",
            ip_address_type=item.text("IpAddressType") or "ipv4",
            arn=arn,
            origin=item.origin,
        )
    return found


def nodes(
    description: Description, balancers: Mapping[str, LoadBalancer], listed: Iterable[NetworkInterface]
) -> dict[str, NetworkInterface]:
    """Return the nodes of load balancers whose interfaces were not listed: one for each subnet, with known addresses."""
    owned = {eni.owner_id for eni in listed}
    told = {
        (name_of(item.text("LoadBalancerArn")), zone.text("SubnetId")): address
        for item in description.of("LoadBalancers")
        for zone in item.parts("AvailabilityZones")
        for address in zone.parts("LoadBalancerAddresses")
    }
    found: dict[str, NetworkInterface] = {}
    for balancer in balancers.values():
        for subnet_id in balancer.subnet_ids if balancer.id not in owned else ():
            address = told.get((balancer.id, str(subnet_id)))
            id_ = f"eni-{balancer.id}-{subnet_id}"
            public = address.address("IpAddress") if address else None
            found[id_] = NetworkInterface(
                id=id_,
                owner=InterfaceOwner.LOAD_BALANCER,
                owner_id=balancer.id,
                subnet_id=subnet_id,
                security_group_ids=balancer.security_group_ids,
                private_ip_address=address.address("PrivateIPv4Address") if address else None,
                public_ip=None if balancer.internal else public or elastic_ip(_AWS_OWN + len(found) % _AWS_OWN),
                source_dest_check=False,
                origin=balancer.origin,
            )
    return found


def _attributes(description: Description, key: str, id_key: str) -> dict[str, dict[str, str]]:
    """Return the attributes of load balancers and target groups, by ARN."""
    return {
        item.text(id_key): {part.text("Key"): part.text("Value") for part in item.parts("Attributes")}
        for item in description.of(key)
    }


def listeners(description: Description) -> dict[str, Listener]:
    """Return the listeners of all load balancers: listed together, or for each load balancer."""
    return {listener.id: listener for item in _listeners(description) for listener in (_listener(item),)}


def _listeners(description: Description) -> Iterator[Item]:
    yield from description.of("Listeners")
    for group in description.of("LoadBalancerListeners"):
        yield from group.parts("Listeners")


def listener_id(item: Item) -> str:
    """Return the id of a described listener: its load balancer's name, and its port."""
    return f"{name_of(item.text('LoadBalancerArn'))}/{item.number('Port', 0)}"


def _listener(item: Item) -> Listener:
    return Listener(
        id=listener_id(item),
        load_balancer_id=name_of(item.text("LoadBalancerArn")),
        port=item.number("Port", 0),
        protocol=item.text("Protocol"),
        default_actions=tuple(_actions(item, "DefaultActions")),
        certificates=tuple(part.text("CertificateArn") for part in item.parts("Certificates")),
        mutual_authentication=_mutual_authentication(item.part("MutualAuthentication")),
        origin=item.origin,
    )


def _mutual_authentication(item: Item) -> MutualAuthentication:
    mode = item.text("Mode")
    if mode not in (Mode.PASSTHROUGH, Mode.VERIFY):
        return OFF
    return MutualAuthentication(
        Mode(mode),
        name_of(item.text("TrustStoreArn")) or None,
        item.flag("IgnoreClientCertificateExpiry"),
        item.text("AdvertiseTrustStoreCaNames") == "on",
    )


def trust_stores(description: Description) -> dict[str, TrustStore]:
    """Return the trust stores, whose objects are not described."""
    found = ((name_of(item.text("TrustStoreArn")), item.origin) for item in description.of("TrustStores"))
    return {id_: TrustStore(id_, origin=origin) for id_, origin in found}


def listener_rules(description: Description) -> dict[str, ListenerRule]:
    """Return the rules, lowest priority first; the default one is the listener's own actions."""
    by_path = {
        item.text("ListenerArn").partition(":listener/")[2]: listener_id(item) for item in _listeners(description)
    }
    found = []
    for item in description.of("Rules"):
        path = item.text("RuleArn").partition(":listener-rule/")[2].rpartition("/")[0]
        if path in by_path and whole_number(item.text("Priority")) is not None:
            found.append(_rule(item, by_path[path]))
    return {rule.id: rule for rule in sorted(found, key=lambda rule: rule.priority)}


def _rule(item: Item, listener_id: str) -> ListenerRule:
    return ListenerRule(
        id=item.text("RuleArn").rpartition("/")[2],
        listener_id=listener_id,
        priority=int(item.text("Priority")),
        conditions=tuple(_condition(part) for part in item.parts("Conditions")),
        actions=tuple(_actions(item, "Actions")),
        transforms=tuple(part.data for part in item.parts("Transforms")),
        origin=item.origin,
    )


def _condition(item: Item) -> RuleCondition:
    field = item.text("Field")
    config = item.part(CONDITION_CONFIGS[field]) if item.data.get(CONDITION_CONFIGS.get(field, "")) else item
    if field == "query-string":
        pairs = [(part.text("Key"), part.text("Value")) for part in config.parts("Values")]
        return RuleCondition(field, tuple(f"{key}={value}" if key else value for key, value in pairs))
    return RuleCondition(field, config.texts("Values"), config.text("HttpHeaderName"), config.texts("RegexValues"))


def _actions(item: Item, name: str) -> Iterator[Action]:
    for action in item.parts(name):
        groups = list(action.part("ForwardConfig").parts("TargetGroups")) or [action]
        arns = [group.text("TargetGroupArn") for group in groups if group.text("TargetGroupArn")]
        weights = tuple(group.number("Weight", 1) for group in groups)
        config = next((dict(action.part(key).data) for key in action.data if key.endswith("Config")), None)
        yield Action(action.text("Type"), tuple(name_of(arn) for arn in arns), weights[: len(arns)], config)


def target_groups(description: Description) -> dict[str, TargetGroup]:
    """Return the target groups with their targets and the observed health."""
    health = {item.text("TargetGroupArn"): item for item in description.of("LoadBalancerTargetHealth")}
    attributes = _attributes(description, "TargetGroupAttributes", "TargetGroupArn")
    found = {}
    for item in description.of("TargetGroups"):
        arn = item.text("TargetGroupArn")
        seen, tuned = health.get(arn), attributes.get(arn, {})
        preserve = tuned.get("preserve_client_ip.enabled")
        found[name_of(arn)] = TargetGroup(
            id=name_of(arn),
            target_type=item.text("TargetType") or "instance",
            protocol=item.text("Protocol"),
            port=item.number("Port", 0),
            vpc_id=item.text("VpcId"),
            targets=tuple(map(_target, seen.parts("TargetHealthDescriptions"))) if seen else (),
            preserve_client_ip=None if preserve is None else preserve == "true",
            attributes=tuned,
            health_check_protocol=item.text("HealthCheckProtocol"),
            health_check_port=item.text("HealthCheckPort") or "traffic-port",
            health_check_path=item.text("HealthCheckPath") or "/",
            health_check_enabled=item.flag("HealthCheckEnabled") if "HealthCheckEnabled" in item.data else None,
            health_check_interval=item.number("HealthCheckIntervalSeconds", 0) or None,
            health_check_timeout=item.number("HealthCheckTimeoutSeconds", 0) or None,
            healthy_threshold=item.number("HealthyThresholdCount", 5),
            unhealthy_threshold=item.number("UnhealthyThresholdCount", 2),
            matcher=item.text("Matcher", "HttpCode") or item.text("Matcher", "GrpcCode") or "200",
            protocol_version=item.text("ProtocolVersion") or "HTTP1",
            ip_address_type=item.text("IpAddressType") or "ipv4",
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


READERS = (
    PartReader("load_balancers", load_balancers),
    PartReader("listeners", listeners),
    PartReader("listener_rules", listener_rules),
    PartReader("target_groups", target_groups),
    PartReader("trust_stores", trust_stores),
)
