"""Load balancers, their nodes, listeners, rules, target groups and trust stores."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address
from typing import Any

from netful.model.balancing.load_balancers import (
    CONDITION_CONFIGS,
    WITHOUT_PUBLIC_IPV4,
    Action,
    Listener,
    ListenerRule,
    LoadBalancer,
    LoadBalancerType,
    Registration,
    RuleCondition,
    Target,
    TargetGroup,
)
from netful.model.balancing.mutual_authentication import OFF, Mode, MutualAuthentication, TrustStore
from netful.model.core import Maybe, Unknown, known_in, listed
from netful.model.names.generated.load_balancer_dns import dns_name
from netful.model.network.gateways import ElasticIp
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import Subnet
from netful.sources.parts import PartReader, of_each
from netful.sources.readers import launching
from netful.sources.readers.container_instances import registration
from netful.sources.template.reading import Inventory, Reader, either, known_or

_TYPES = {kind.value: kind for kind in LoadBalancerType if kind is not LoadBalancerType.CLASSIC}
_GRPC_CHECK = "/AWS.ALB/healthcheck"
_CROSS_ZONE = "load_balancing.cross_zone.enabled"


def _load_balancer(reader: Reader, subnets: Mapping[str, Subnet]) -> LoadBalancer:
    written = known_or(reader.text("Type"), LoadBalancerType.APPLICATION.value)
    kind = written if written in _TYPES else LoadBalancerType.APPLICATION.value
    internal = reader.text("Scheme") == "internal" or kind == LoadBalancerType.GATEWAY
    subnet_ids = tuple(subnet_id for subnet_id, _ in _places(reader))
    placed = (subnets[s].vpc_id for s in subnet_ids if isinstance(s, str) and s in subnets)
    vpc_id = reader.text("VpcId") or next(placed, None)  # only a description has it, the name in DNS and the ARN
    groups = reader.known_texts("SecurityGroups")
    if not groups and kind == LoadBalancerType.APPLICATION and isinstance(vpc_id, str):
        groups = (f"{vpc_id}.default",)
    name = known_or(reader.text("Name"), reader.id)
    attributes = _attributes(reader)
    cross_zone = attributes.get(_CROSS_ZONE, "true" if kind == LoadBalancerType.APPLICATION else "false")
    return LoadBalancer(
        id=reader.id,
        name=name,
        dns_name=known_or(
            reader.text("DNSName"), dns_name(reader.id, reader.region, kind, internal=internal, name=name)
        ),
        type=_TYPES[kind],
        internal=internal,
        vpc_id=vpc_id,
        subnet_ids=subnet_ids,
        security_group_ids=groups,
        cross_zone=cross_zone == "true",
        enforce_inbound_rules_on_private_link=reader.text("EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic")
        != "off",
        ip_address_type=known_or(reader.text("IpAddressType"), "ipv4"),
        attributes=attributes,
        arn=known_or(reader.literal("LoadBalancerArn"), ""),
        origin=reader.origin,
    )


def _attributes(reader: Reader) -> dict[str, str]:
    """Return the attributes of a load balancer, a target group or a listener."""
    name = f"{reader.type.rpartition('::')[2]}Attributes"
    return {str(part.text("Key")): str(part.text("Value")) for part in reader.parts(name)}


def _places(reader: Reader) -> Iterator[tuple[Maybe[str], Reader | None]]:
    """Yield the subnets, each with its mapping if it has one."""
    for subnet_id in reader.known_texts("Subnets"):
        yield subnet_id, None
    for mapping in reader.parts("SubnetMappings"):
        yield mapping.required("SubnetId"), mapping


def nodes(
    inventory: Inventory, balancers: Mapping[str, LoadBalancer], elastic_ips: Mapping[str, ElasticIp]
) -> dict[str, NetworkInterface]:
    """Return one node for each subnet; one that faces the internet has an Elastic IP or a public address of AWS's own."""
    found = {}
    for reader in inventory.of("AWS::ElasticLoadBalancingV2::LoadBalancer"):
        balancer = balancers[reader.id]
        for number, (subnet_id, mapping) in enumerate(_places(reader), 1):
            allocation = mapping.text("AllocationId") if mapping else None
            eip = known_in(elastic_ips, allocation)
            outward = not balancer.internal and balancer.type is not LoadBalancerType.GATEWAY
            has_public = outward and balancer.ip_address_type != WITHOUT_PUBLIC_IPV4
            address = None if not has_public else eip.public_ip if eip else inventory.public_address()
            id_ = f"eni-{reader.id}-{subnet_id if isinstance(subnet_id, str) else number}"
            private = mapping.ipv4_address("PrivateIPv4Address") if mapping else None
            found[id_] = node(balancer, id_, subnet_id, address, private)
    return found


def node(
    balancer: LoadBalancer,
    id_: str,
    subnet_id: Maybe[str],
    public_ip: IPv4Address | None,
    private_ip: IPv4Address | None = None,
) -> NetworkInterface:
    """Return the interface of a load balancer in a subnet."""
    return NetworkInterface(
        id=id_,
        owner=InterfaceOwner.LOAD_BALANCER,
        owner_id=balancer.id,
        subnet_id=subnet_id,
        security_group_ids=balancer.security_group_ids,
        private_ip_address=private_ip,
        public_ip=public_ip,
        source_dest_check=False,
        origin=balancer.origin,
    )


def listeners(inventory: Inventory) -> dict[str, Listener]:
    """Return the listeners, each with its default certificate first."""
    further: dict[str, list[Maybe[str]]] = {}
    for reader in inventory.of("AWS::ElasticLoadBalancingV2::ListenerCertificate"):
        further.setdefault(str(reader.text("ListenerArn")), []).extend(_certificates(reader))
    return {
        reader.id: Listener(
            id=reader.id,
            load_balancer_id=reader.required("LoadBalancerArn"),
            port=either(reader.number("Port"), 0),
            protocol=known_or(reader.text("Protocol"), ""),
            default_actions=tuple(_actions(reader, "DefaultActions")),
            certificates=(*_certificates(reader), *further.get(reader.id, ())),
            attributes=_attributes(reader),
            mutual_authentication=_mutual_authentication(reader.part("MutualAuthentication")),
            origin=reader.origin,
        )
        for reader in inventory.of("AWS::ElasticLoadBalancingV2::Listener")
    }


def _certificates(reader: Reader) -> Iterator[Maybe[str]]:
    for part in reader.parts("Certificates"):
        arn = part.text("CertificateArn")
        if arn is not None:
            yield arn


def listener_rules(inventory: Inventory) -> dict[str, ListenerRule]:
    """Return the rules, lowest priority first."""
    rules = [_rule(reader) for reader in inventory.of("AWS::ElasticLoadBalancingV2::ListenerRule")]
    return {rule.id: rule for rule in sorted(rules, key=lambda rule: rule.priority)}


def _rule(reader: Reader) -> ListenerRule:
    transforms = reader.get("Transforms")
    return ListenerRule(
        id=reader.id,
        listener_id=reader.required("ListenerArn"),
        priority=reader.count("Priority", 0),
        conditions=tuple(_condition(part) for part in reader.each("Conditions")),
        actions=tuple(_actions(reader, "Actions")),
        transforms=tuple(listed(transforms)),
        origin=reader.origin,
    )


def _condition(reader: Reader | Unknown) -> RuleCondition:
    if isinstance(reader, Unknown):
        return RuleCondition("", (reader,))
    field = known_or(reader.text("Field"), "")
    config = reader.part(CONDITION_CONFIGS[field]) if reader.has(CONDITION_CONFIGS.get(field, "")) else reader
    name = known_or(config.text("HttpHeaderName"), "")
    if field == "query-string":
        pairs = [(part.text("Key"), part.text("Value")) for part in config.parts("Values")]
        return RuleCondition(field, tuple(f"{key}={value}" if key is not None else value or "" for key, value in pairs))
    return RuleCondition(field, config.known_texts("Values"), name, config.known_texts("RegexValues"))


def _actions(reader: Reader, name: str) -> Iterator[Action]:
    """Yield the actions of a list; one that is not known forwards to a group that is not known."""
    for part in reader.each(name):
        if isinstance(part, Unknown):
            yield Action("forward", (part,), (1,))
            continue
        kind = known_or(part.text("Type"), "")
        groups = list(part.part("ForwardConfig").parts("TargetGroups"))
        ids = [group.required("TargetGroupArn") for group in groups]
        direct = part.text("TargetGroupArn")
        if not ids and direct is not None:
            ids = [direct]
        config: Any = next((part.get(key) for key in part.properties if key.endswith("Config")), None)
        weights = tuple(group.count("Weight", 1) for group in groups) or (1,) * len(ids)
        yield Action(kind, tuple(ids), weights, config if isinstance(config, dict | Unknown) else None)


def target_groups(inventory: Inventory) -> dict[str, TargetGroup]:
    """Return the target groups, with the services and fleets that register in them; a service without tasks does not."""
    registered: dict[str, list[Registration]] = {}
    for reader in inventory.of("AWS::ECS::Service", "AWS::ECS::TaskSet"):
        for part in reader.parts("LoadBalancers"):
            group_id = part.text("TargetGroupArn")
            if isinstance(group_id, str):
                tasks = [] if reader.number("DesiredCount") == 0 else [registration(inventory, reader, part)]
                registered.setdefault(group_id, []).extend(tasks)
    for reader in inventory.of(launching.FLEET):
        for group_id in launching.registers_in(reader, "TargetGroupARNs"):
            registered.setdefault(group_id, []).append(Registration(reader.id))
    readers = inventory.of("AWS::ElasticLoadBalancingV2::TargetGroup")
    return {reader.id: _target_group(reader, registered.get(reader.id)) for reader in readers}


def _target_group(reader: Reader, registered_by: list[Registration] | None) -> TargetGroup:
    attributes = _attributes(reader)
    preserve, protocol = attributes.get("preserve_client_ip.enabled"), known_or(reader.text("Protocol"), "")
    version = known_or(reader.text("ProtocolVersion"), "HTTP1")
    check_enabled, written = reader.has("HealthCheckEnabled"), reader.properties.get("Targets")
    return TargetGroup(
        id=reader.id,
        target_type=known_or(reader.text("TargetType"), "instance"),
        protocol=protocol,
        port=reader.number("Port"),
        vpc_id=reader.text("VpcId"),
        targets=tuple(
            Target(part.required("Id"), part.number("Port"), *_seen(part, "AvailabilityZone", "State", "Reason"))
            for part in reader.parts("Targets")
        ),
        registered_by=tuple(registered_by or ()),
        empty=not registered_by and (written == [] or (registered_by is not None and not written)),
        preserve_client_ip=None if preserve is None else preserve == "true",
        health_check_protocol=known_or(reader.text("HealthCheckProtocol"), protocol),
        health_check_port=known_or(reader.text("HealthCheckPort"), "80" if protocol == "GENEVE" else "traffic-port"),
        health_check_path=known_or(reader.text("HealthCheckPath"), _GRPC_CHECK if version == "GRPC" else "/"),
        health_check_enabled=reader.flag("HealthCheckEnabled", default=True) if check_enabled else None,
        health_check_interval=_count(reader, "HealthCheckIntervalSeconds"),
        health_check_timeout=_count(reader, "HealthCheckTimeoutSeconds"),
        healthy_threshold=reader.count("HealthyThresholdCount", 5),
        unhealthy_threshold=reader.count("UnhealthyThresholdCount", 2),
        matcher=_expected_codes(reader.part("Matcher"), version),
        protocol_version=version,
        ip_address_type=known_or(reader.text("IpAddressType"), "ipv4"),
        attributes=attributes,
        arn=known_or(reader.literal("TargetGroupArn"), ""),
        origin=reader.origin,
    )


def _expected_codes(matcher: Reader, version: str) -> str:
    """Return the codes of healthy targets: of gRPC (12: no such method) or of HTTP."""
    name, default = ("GrpcCode", "12") if version == "GRPC" else ("HttpCode", "200")
    return known_or(matcher.text(name), default)


def _seen(part: Reader, *names: str) -> Iterator[str]:
    """Yield facts of a target; only a description has its health."""
    return (known_or(part.text(name), "") for name in names)


def _count(reader: Reader, name: str) -> int | None:
    """Return a number, which may be AWS's default."""
    return reader.count(name, 0) if reader.has(name) else None


def _mutual_authentication(reader: Reader) -> MutualAuthentication:
    """Return a listener's treatment of client certificates."""
    mode = reader.text("Mode")
    if not isinstance(mode, Unknown) and mode not in (Mode.PASSTHROUGH, Mode.VERIFY):
        return OFF
    return MutualAuthentication(
        mode if isinstance(mode, Unknown) else Mode(mode),
        reader.text("TrustStoreArn"),
        reader.flag("IgnoreClientCertificateExpiry", default=False) is True,
        known_or(reader.text("AdvertiseTrustStoreCaNames"), "off") == "on",
    )


def _trust_store(reader: Reader) -> TrustStore:
    place = reader.text("CaCertificatesBundleS3Bucket"), reader.text("CaCertificatesBundleS3Key")
    return TrustStore(reader.id, *place, origin=reader.origin)


READERS = (
    of_each("load_balancers", _load_balancer, "AWS::ElasticLoadBalancingV2::LoadBalancer", needs=("subnets",)),
    PartReader("network_interfaces", nodes, needs=("load_balancers", "elastic_ips")),
    PartReader("listeners", listeners),
    PartReader("listener_rules", listener_rules),
    PartReader("target_groups", target_groups),
    of_each("trust_stores", _trust_store, "AWS::ElasticLoadBalancingV2::TrustStore"),
)
