"""Route 53 Resolver endpoints and rules, and DHCP options."""

from dataclasses import replace
from ipaddress import IPv4Address

from netful.model.core import Maybe, Unknown, known_in
from netful.model.names.resolver import DELEGATE, DhcpOptions, Direction, ResolverEndpoint, ResolverRule, ResolverTarget
from netful.sources.parts import PartReader
from netful.sources.readers.hosted_zones import bare_name
from netful.sources.template.reading import Inventory, Reader, known_or


def resolver_endpoints(inventory: Inventory) -> dict[str, ResolverEndpoint]:
    """Return the resolver endpoints; their interfaces are made with those of other services."""
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
    """Return the rules with the VPCs that they are associated with."""
    found = {
        reader.id: ResolverRule(
            id=reader.id,
            domain_name="" if _delegates(reader) else bare_name(reader.required("DomainName")),
            rule_type=known_or(reader.text("RuleType"), "FORWARD"),
            delegation_record=bare_name(known_or(reader.text("DelegationRecord"), "")),
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


def _delegates(reader: Reader) -> bool:
    return reader.text("RuleType") == DELEGATE


def _target(reader: Reader) -> ResolverTarget:
    written = reader.text("Ip")
    address: Maybe[IPv4Address] | None = written if isinstance(written, Unknown) else reader.ipv4_address("Ip")
    if address is None:
        address = Unknown(f"a target of `{reader.id}` is not an IPv4 address")
    return ResolverTarget(address, reader.count("Port", 53))


def dhcp_options(inventory: Inventory) -> dict[str, DhcpOptions]:
    """Return the DHCP options with their VPCs."""
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


READERS = (
    PartReader("resolver_endpoints", resolver_endpoints),
    PartReader("resolver_rules", resolver_rules),
    PartReader("dhcp_options", dhcp_options),
)
