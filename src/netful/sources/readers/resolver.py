"""Route 53 Resolver endpoints and rules, and DHCP options."""

from dataclasses import replace
from ipaddress import IPv4Address

from netful.model.core import Maybe, Unknown
from netful.model.names.resolver import DELEGATE, DhcpOptions, Direction, ResolverEndpoint, ResolverRule, ResolverTarget
from netful.sources.parts import PartReader, of_each
from netful.sources.readers.hosted_zones import bare_name
from netful.sources.template.reading import Inventory, Reader, known_or


def _resolver_endpoint(reader: Reader) -> ResolverEndpoint:
    """Return a resolver endpoint; its interfaces are made with those of other services."""
    return ResolverEndpoint(
        id=reader.id,
        direction=Direction.INBOUND if reader.text("Direction") == "INBOUND" else Direction.OUTBOUND,
        subnet_ids=tuple(part.required("SubnetId") for part in reader.parts("IpAddresses")),
        security_group_ids=reader.known_texts("SecurityGroupIds"),
        origin=reader.origin,
    )


def resolver_rules(inventory: Inventory) -> dict[str, ResolverRule]:
    """Return the rules with the VPCs that they are associated with."""
    found = {
        reader.id: ResolverRule(
            id=reader.id,
            domain_name="" if reader.text("RuleType") == DELEGATE else bare_name(reader.required("DomainName")),
            rule_type=known_or(reader.text("RuleType"), "FORWARD"),
            delegation_record=bare_name(known_or(reader.text("DelegationRecord"), "")),
            targets=tuple(_target(part) for part in reader.parts("TargetIps")),
            resolver_endpoint_id=reader.text("ResolverEndpointId"),
            origin=reader.origin,
        )
        for reader in inventory.of("AWS::Route53Resolver::ResolverRule")
    }
    for reader, rule in inventory.parts_of(found, "AWS::Route53Resolver::ResolverRuleAssociation", "ResolverRuleId"):
        found[rule.id] = replace(rule, vpc_ids=(*rule.vpc_ids, reader.required("VPCId")))
    return found


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
    for reader, options in inventory.parts_of(found, "AWS::EC2::VPCDHCPOptionsAssociation", "DhcpOptionsId"):
        found[options.id] = replace(options, vpc_ids=(*options.vpc_ids, reader.required("VpcId")))
    return found


READERS = (
    of_each("resolver_endpoints", _resolver_endpoint, "AWS::Route53Resolver::ResolverEndpoint"),
    PartReader("resolver_rules", resolver_rules),
    PartReader("dhcp_options", dhcp_options),
)
