"""Hosted zones and resolver rules of Route 53: the one that answers a VPC, and its answer (vpc-network §6.2).

1. Of all zones and rules of the VPC and its Profiles, the one with the most labels answers. Of the same name, the VPC's own wins
   over a Profile's, and then a rule over a zone.
2. A selected private zone is final: a name that it lacks does not exist, whatever public DNS has.
3. Only a VPC with both DNS attributes sees a private zone.
4. A rule of type SYSTEM is an exception from a wider rule: the name is resolved the usual way.
5. A rule of type DELEGATE answers for the subdomains of the selected zone whose name servers are within its record.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Protocol

from netful.engine.flows.codes import Code
from netful.engine.flows.ruling import needs
from netful.engine.names import profiles
from netful.engine.names.dns_answer import DnsAnswer
from netful.model.cloud import Cloud
from netful.model.core import Maybe, Unknown
from netful.model.names.hosted_zones import HostedZone, RecordSet
from netful.model.names.resolver import DELEGATE, RECURSIVE, Direction, ResolverRule
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.vpc import IPAddress, Vpc
from netful.model.promised import promised


class Again(Protocol):
    """Resolves another name, from a VPC or from outside."""

    def __call__(self, vpc_id: str | None, name: str, /, *, alias: bool = False) -> DnsAnswer:
        """Return the answer; resolve the target of an alias without a second query."""


_SECONDARY = "SECONDARY"
_ADDRESS_TYPES = ("A", "AAAA", "CNAME")


def labels(name: str) -> int:
    """Return the number of labels of a name; the root has none."""
    return len(name.split(".")) if name else 0


def chosen(cloud: Cloud, vpc: Vpc, host: str) -> HostedZone | ResolverRule | None:
    """Return the zone or rule that answers for a host in a VPC, or that may be associated with the VPC and answer."""
    shared = profiles.shared_with(cloud, vpc)

    def rank(one: HostedZone | ResolverRule) -> tuple[int, bool]:
        return labels(name_of(one)), is_own(one, vpc)

    every = [r for r in cloud.names.resolver_rules.values() if _may_see(vpc, r) or r.id in shared]
    rules = [r for r in every if r.rule_type not in (DELEGATE, RECURSIVE)]
    zones = [z for z in cloud.names.hosted_zones.values() if z.name and (_may_see(vpc, z) or z.id in shared)]
    rule = max((each for each in rules if _covers(each.domain_name, host)), key=rank, default=None)
    seen = zones if vpc.enable_dns_hostnames else []
    zone = max((each for each in seen if _covers(each.name, host)), key=rank, default=None)
    if rule is None or (zone is not None and rank(zone) > rank(rule)):
        return _delegated(zone, host, every) or zone
    return zone if rule.rule_type == "SYSTEM" else rule


def _delegated(zone: HostedZone | None, host: str, rules: Iterable[ResolverRule]) -> ResolverRule | None:
    """Return the rule by which the servers of a delegated subdomain of a zone are asked for a host."""
    delegations = (one for one in (zone.records if zone else ()) if one.type == "NS" and zone and one.name != zone.name)
    servers = [str(value).rstrip(".").lower() for one in delegations if _covers(one.name, host) for value in one.values]
    delegating = (r for r in rules if r.rule_type == DELEGATE and r.delegation_record)
    return next((r for r in delegating if any(_covers(r.delegation_record, server) for server in servers)), None)


def is_own(one: HostedZone | ResolverRule, vpc: Vpc) -> bool:
    """Return whether a zone or rule is associated with a VPC itself, and not by a Profile."""
    return vpc.id in one.vpc_ids


def _may_see(vpc: Vpc, one: HostedZone | ResolverRule) -> bool:
    return is_own(one, vpc) or any(isinstance(each, Unknown) for each in one.vpc_ids)


def _covers(domain: str, host: str) -> bool:
    return not domain or host == domain or host.endswith(f".{domain}")


def name_of(zone: HostedZone | ResolverRule) -> str:
    """Return the domain of a zone or rule."""
    return zone.name if isinstance(zone, HostedZone) else zone.domain_name


def answer(cloud: Cloud, vpc: Vpc, name: str, host: str, zone: HostedZone | ResolverRule, again: Again) -> DnsAnswer:
    """Return the answer of the selected zone or rule; unknown if it may not be one of the VPC."""
    missing = tuple(need for each in zone.vpc_ids if isinstance(each, Unknown) for need in needs(each, ""))
    if missing and not is_own(zone, vpc) and zone.id not in profiles.shared_with(cloud, vpc):
        return DnsAnswer(name, status="UNKNOWN", zone=zone.id, origin=zone.origin, missing=missing)
    if isinstance(zone, ResolverRule):
        return _forwarded(cloud, name, zone, again)
    records = given(records_of(zone, host), vpc.region)
    if not records and zone.unnamed:
        where = f"private zone {zone.id}"
        return DnsAnswer(name, status="UNKNOWN", zone=where, origin=zone.origin, missing=zone.unnamed)
    if not records:
        where = f"private zone {zone.id} of {zone.name}, which hides public DNS"
        return DnsAnswer(
            name, status="NXDOMAIN", zone=where, code=Code.NETFUL_DNS_PRIVATE_ZONE_NXDOMAIN, origin=zone.origin
        )
    return from_records(cloud, name, f"private zone {zone.id}", records, partial(again, vpc.id))


def public_zone(cloud: Cloud, host: str) -> HostedZone | None:
    """Return the most specific public zone of the sources with an address for a host."""
    zones = [
        z for z in cloud.names.hosted_zones.values() if not z.private and _covers(z.name, host) and records_of(z, host)
    ]
    return max(zones, key=lambda each: labels(each.name), default=None)


def nameless_zone(cloud: Cloud, vpc: Vpc | None) -> HostedZone | None:
    """Return a private zone of a VPC whose name is not known, so that it may answer for any."""
    zones = cloud.names.hosted_zones.values() if vpc is not None and vpc.enable_dns_hostnames else ()
    return next((z for z in zones if z.loaded and not z.name and vpc is not None and vpc.id in z.vpc_ids), None)


def silent_zone(cloud: Cloud, host: str) -> HostedZone | None:
    """Return the most specific zone of the sources for a host that none of them answers: private ones of other VPCs, or without a record."""
    zones = [z for z in cloud.names.hosted_zones.values() if z.name and _covers(z.name, host)]
    return max(zones, key=lambda each: labels(each.name), default=None)


def records_of(zone: HostedZone, host: str) -> list[RecordSet]:
    """Return the records of a host: its own, else those of the nearest wildcard."""
    for name in _names(host, zone.name):
        found = [record for record in zone.records if record.name.replace("\\052", "*") == name]
        if found:
            return [record for record in found if record.type in _ADDRESS_TYPES]
    return []


def targets(cloud: Cloud, host: str) -> Iterator[Maybe[str]]:
    """Yield what the records of the sources lead a host to, whatever zone they are in."""
    for zone in cloud.names.hosted_zones.values():
        for record in records_of(zone, host.lower().rstrip(".")):
            yield from record.values if record.alias is None else (record.alias,)


def given(records: list[RecordSet], region: str) -> list[RecordSet]:
    """Return the records of a name that a client in a region gets ("": unknown region).

    Weighted records need a weight, latency records the same region, failover records the primary role; their health is unknown. If no
    record is left, all are returned.
    """
    drawn = [record for record in records if record.weight != 0]
    near = [record for record in drawn or records if record.region in ("", region) or not region]
    first = [record for record in near or drawn or records if record.failover != _SECONDARY]
    return first or near or drawn or records


def _names(host: str, zone_name: str) -> Iterator[str]:
    yield host
    parts = host.split(".")
    for start in range(1, len(parts) - labels(zone_name) + 1):
        yield ".".join(("*", *parts[start:]))


def from_records(
    cloud: Cloud, name: str, where: str, records: list[RecordSet], again: Callable[..., DnsAnswer]
) -> DnsAnswer:
    """Return the answer of records; an alias or CNAME has the answer of its target."""
    assumed = [f"the primary record of {record.name} is healthy" for record in records if record.failover == "PRIMARY"]
    aliases: list[Maybe[str]] = [record.alias for record in records if record.alias is not None]
    values = aliases + [value for record in records for value in record.values]
    addresses: list[IPv4Address] = []
    ipv6_addresses: list[IPv6Address] = []
    for value in values:
        promises = promised(cloud, value) if isinstance(value, Unknown) else ()
        addresses.extend(promises)
        if promises:
            continue
        if isinstance(value, Unknown):
            return DnsAnswer(name, status="UNKNOWN", zone=where, origin=records[0].origin, missing=needs(value, ""))
        address = _address(value)
        if address is None:
            target = value.rpartition(":")[2]  # an endpoint's `DnsEntries` begin with the id of their zone
            found = again(target, alias=value in aliases)
            if len({*values}) > 1:
                assumed.append(f"of the records of {records[0].name} the one that leads to {found.name} is given")
            return replace(
                found,
                name=name,
                zone=f"{where} → {found.name} by {found.zone}",
                origin=records[0].origin,
                assumptions=(*found.assumptions, *assumed),
            )
        if isinstance(address, IPv6Address):
            ipv6_addresses.append(address)
        else:
            addresses.append(address)
    return DnsAnswer(
        name,
        tuple(addresses),
        zone=where,
        assumptions=tuple(assumed),
        origin=records[0].origin,
        ipv6_addresses=tuple(ipv6_addresses),
    )


def _address(text: str) -> IPAddress | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _forwarded(cloud: Cloud, name: str, rule: ResolverRule, again: Again) -> DnsAnswer:
    """Return the answer of a rule's servers: known if one of them is the inbound endpoint of a loaded VPC."""
    for target in rule.targets:
        found = () if isinstance(target.ip, Unknown) else cloud.network.interfaces_with(target.ip)
        inbound = next((vpc for eni in found if (vpc := _inbound_vpc(cloud, eni))), None)
        if inbound is not None:
            answered = again(inbound.id, name)
            zone = f"rule {rule.id}, forwarded to {inbound.id}: {answered.zone}"
            return replace(answered, zone=zone, rule_ids=(rule.id, *answered.rule_ids))
    servers = ", ".join(str(target.ip) for target in rule.targets) or "its servers"
    missing = (f"what {servers} answers for {name}",)
    zone = f"{servers}, by rule {rule.id},"
    return DnsAnswer(name, status="UNKNOWN", zone=zone, origin=rule.origin, missing=missing, rule_ids=(rule.id,))


def _inbound_vpc(cloud: Cloud, eni: NetworkInterface) -> Vpc | None:
    endpoint = cloud.names.resolver_endpoints.get(eni.owner_id)
    inbound = endpoint is not None and endpoint.direction is Direction.INBOUND
    return cloud.network.vpc_of_interface(eni) if inbound else None


def inbound_endpoint(cloud: Cloud) -> tuple[str, Vpc] | None:
    """Return the inbound endpoint that on-premises DNS can forward to, and its VPC."""
    for endpoint in cloud.names.resolver_endpoints.values():
        for eni in cloud.network.interfaces_of(endpoint.id):
            vpc = _inbound_vpc(cloud, eni)
            if vpc is not None:
                return endpoint.id, vpc
    return None
