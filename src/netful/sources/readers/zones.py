"""Hosted zones and their records, resolver rules, DHCP options and endpoint services of a template."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address

from netful.model.core.unknown import Maybe, Unknown, known_in
from netful.model.names.hosted_zones import HostedZone, RecordSet
from netful.model.names.resolver import DhcpOptions, Direction, ResolverEndpoint, ResolverRule, ResolverTarget
from netful.model.network.vpc_endpoints import VpcEndpointService
from netful.sources.readers import cloud_map
from netful.sources.template.reading import Inventory, Reader, known_or


def hosted_zones(inventory: Inventory) -> dict[str, HostedZone]:
    """The zones with their records, Cloud Map's namespaces among them. Records of a zone that is not of the template make that zone known by its name."""
    found = {reader.id: _zone(reader) for reader in inventory.of("AWS::Route53::HostedZone")}
    found |= cloud_map.namespaces(inventory)
    for reader in inventory.of("AWS::Route53::RecordSet"):
        _add_record(reader, reader, found)
    for reader in inventory.of("AWS::Route53::RecordSetGroup"):
        for part in reader.parts("RecordSets"):
            _add_record(part, reader, found)
    return found


def _zone(reader: Reader) -> HostedZone:
    vpc_ids = tuple(vpc.required("VPCId") for vpc in reader.parts("VPCs"))
    return HostedZone(reader.id, _bare(reader.required("Name")), vpc_ids, origin=reader.origin)


def _bare(name: Maybe[str]) -> str:
    """A name in lower case and without its final dot; "" when it is unknown."""
    return "" if isinstance(name, Unknown) else name.rstrip(".").lower()


def _add_record(reader: Reader, holder: Reader, zones: dict[str, HostedZone]) -> None:
    zone = _zone_of(reader, holder, zones)
    record = RecordSet(
        id=reader.id,
        name=_bare(reader.required("Name")),
        type=known_or(reader.text("Type"), ""),
        values=reader.known_texts("ResourceRecords"),
        alias=reader.part("AliasTarget").text("DNSName"),
        ttl=ttl if isinstance(ttl := reader.number("TTL"), int) else None,
        weight=weight if isinstance(weight := reader.number("Weight"), int) else None,
        failover=known_or(reader.text("Failover"), ""),
        region=known_or(reader.text("Region"), ""),
        origin=reader.origin,
    )
    if zone is not None and record.name:
        zones[zone.id] = replace(zone, records=(*zone.records, record))


def _zone_of(reader: Reader, holder: Reader, zones: dict[str, HostedZone]) -> HostedZone | None:
    """The zone that a record names by id or by name, loaded or not."""
    for place in (reader, holder):
        zone_id, name = place.text("HostedZoneId"), place.text("HostedZoneName")
        if zone_id is not None:
            named = zone_id if isinstance(zone_id, str) else next(iter(zone_id.needs), "")
            return zones.setdefault(named, HostedZone(named, "", loaded=False, origin=place.origin)) if named else None
        if isinstance(name, str):
            bare = _bare(name)
            known = next((zone for zone in zones.values() if zone.name == bare), None)
            return known or zones.setdefault(bare, HostedZone(bare, bare, origin=place.origin))
    return None


def resolver_endpoints(inventory: Inventory) -> dict[str, ResolverEndpoint]:
    """The resolver endpoints; their interfaces are made with those of other services."""
    return {
        reader.id: ResolverEndpoint(
            id=reader.id,
            direction=Direction.INBOUND if reader.text("Direction") == "INBOUND" else Direction.OUTBOUND,
            subnet_ids=tuple(part.required("SubnetId") for part in reader.parts("IpAddresses")),
            security_group_ids=reader.known_texts("SecurityGroupIds"),
            origin=reader.origin,
        )
        for reader in inventory.of("AWS::Route53Resolver::ResolverEndpoint")
    }


def resolver_rules(inventory: Inventory) -> dict[str, ResolverRule]:
    """The rules with the VPCs that they are associated with."""
    found = {
        reader.id: ResolverRule(
            id=reader.id,
            domain_name=_bare(reader.required("DomainName")),
            rule_type=known_or(reader.text("RuleType"), "FORWARD"),
            targets=tuple(_target(part) for part in reader.parts("TargetIps")),
            resolver_endpoint_id=reader.text("ResolverEndpointId"),
            origin=reader.origin,
        )
        for reader in inventory.of("AWS::Route53Resolver::ResolverRule")
    }
    for reader in inventory.of("AWS::Route53Resolver::ResolverRuleAssociation"):
        rule_id = reader.required("ResolverRuleId")
        rule = known_in(found, rule_id)
        if rule is not None:
            found[rule.id] = replace(rule, vpc_ids=(*rule.vpc_ids, reader.required("VPCId")))
    return found


def _target(reader: Reader) -> ResolverTarget:
    written = reader.text("Ip")
    address: Maybe[IPv4Address] | None = written if isinstance(written, Unknown) else reader.ipv4_address("Ip")
    if address is None:
        address = Unknown(f"a target of `{reader.id}` is not an IPv4 address")
    return ResolverTarget(address, reader.count("Port", 53))


def dhcp_options(inventory: Inventory) -> dict[str, DhcpOptions]:
    """The DHCP options with their VPCs."""
    found = {
        reader.id: DhcpOptions(
            id=reader.id,
            domain_name_servers=reader.known_texts("DomainNameServers"),
            domain_name=reader.text("DomainName"),
            origin=reader.origin,
        )
        for reader in inventory.of("AWS::EC2::DHCPOptions")
    }
    for reader in inventory.of("AWS::EC2::VPCDHCPOptionsAssociation"):
        options_id = reader.required("DhcpOptionsId")
        options = known_in(found, options_id)
        if options is not None:
            found[options.id] = replace(options, vpc_ids=(*options.vpc_ids, reader.required("VpcId")))
    return found


def vpc_endpoint_services(inventory: Inventory) -> dict[str, VpcEndpointService]:
    """The endpoint services; the service's name follows from its id."""
    return {
        reader.id: VpcEndpointService(
            id=reader.id,
            service_name=service_name(reader.id, inventory.region),
            load_balancer_ids=reader.known_texts("NetworkLoadBalancerArns"),
            acceptance_required=reader.flag("AcceptanceRequired", default=True),
            private_dns_name=reader.text("PrivateDnsName"),
            origin=reader.origin,
        )
        for reader in inventory.of("AWS::EC2::VPCEndpointService")
    }


def service_name(service_id: str, region: str) -> str:
    """The name by which endpoints ask for an endpoint service; templates build it from `Ref` in the same way."""
    return f"com.amazonaws.vpce.{region}.{service_id}"
