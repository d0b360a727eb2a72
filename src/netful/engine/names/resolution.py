"""Resolution of names, from inside a VPC or from outside (vpc-network §5.2, §6).

A query to a VPC's resolver is judged by DNS Firewall first (`dns_firewall`), and so is every name of a CNAME chain that follows.
Then the first match answers:

1. without `enableDnsSupport`, the query times out;
2. an endpoint-specific name gives the private addresses of that endpoint, everywhere: these records are public;
3. inside a VPC, the most specific of: its private zones and resolver rules (`hosted_zones`), and the zones of private DNS of its
   interface endpoints, if the VPC has both DNS attributes; those of its Profiles too (`profiles`); what private DNS of an endpoint
   covers is an assumption where its service was not loaded;
4. names of interfaces by address (`ip-10-0-1-5.…`, `ec2-203-0-113-7.…`); the second form gives a private address only inside the
   VPC, and in VPCs connected to it that enable it (`public_names`);
5. names of load balancers: public addresses, or private ones for an internal one, everywhere; those of file systems in their VPC;
6. a name of a resource in a VPC that was not loaded, with addresses that are or may be private: the answer is unknown
   (`unloaded_names`);
7. public names of AWS services, and names in public zones of the sources;
8. names of distributions: their own, and an alias that no record of the sources has, which is an assumption;
9. any other public name exists, unless its top-level domain cannot be registered; in the domain of a zone it is assumed to.

`resolve` is total: errors are in the answer (`status`, `code`), never an exception. Groups and ACLs do not filter the resolver, and
it needs no route (§0.5), so the answer depends only on the VPC and the name.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from ipaddress import AddressValueError, IPv4Address

from netful.engine.flows.codes import Code
from netful.engine.flows.ruling import needs
from netful.engine.load_balancers import load_balancer_names
from netful.engine.names import (
    api_names,
    collection_names,
    custom_dns,
    dns_firewall,
    endpoint_names,
    file_system_names,
    hosted_zones,
    managed_places,
    profiles,
    public_names,
    unloaded_names,
)
from netful.engine.names.dns_answer import DnsAnswer
from netful.engine.names.dns_firewall import FirewallRuling, judge
from netful.engine.names.hosted_zones import Again, labels
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown
from netful.model.names import service_names
from netful.model.names.generated.managed_names import is_managed
from netful.model.names.partitions import url_suffix
from netful.model.network import addresses
from netful.model.network.network_interface import InterfaceOwner
from netful.model.network.vpc import Vpc
from netful.model.network.vpc_endpoints import EndpointType, VpcEndpoint

__all__ = ["ADDRESS_TYPES", "DnsAnswer", "resolve"]

ADDRESS_TYPES = ("A", "AAAA")
"""The types of the queries that clients send to connect."""

_NAMED_OWNERS = {InterfaceOwner.DATABASE, InterfaceOwner.CACHE, InterfaceOwner.SERVICE}

_MOST_ALIASES = 8
_UNREGISTERED = (
    "example",
    "internal",
    "invalid",
    "test",
    "local",
    "localhost",
    "lan",
    "home",
    "corp",
    "intranet",
    "private",
)
"""Top-level names that public DNS never answers (RFC 2606, RFC 6762 and common private use)."""

_TEST_ADDRESS = IPv4Address("1.2.3.4")
"""The address of the names that AWS lists for tests of DNS Firewall."""

_SHARING = (EndpointType.RESOURCE, EndpointType.SERVICE_NETWORK)
_OF_VPCS = (".compute.internal", ".ec2.internal")
"""Ends of the names that AWS alone gives in VPCs."""
_DISTRIBUTIONS = ".cloudfront.net"
_DUAL_STACK, _DUAL_STACK_LABEL = ".api.aws", ".dualstack."

_INTERFACE_NAME = re.compile(
    r"(?P<kind>ip|ec2)-(?P<ip>\d{1,3}(?:-\d{1,3}){3})\."
    r"(?:ec2\.internal|[a-z0-9-]+\.compute\.internal|compute-1\.amazonaws\.com|[a-z0-9-]+\.compute\.amazonaws\.com(?:\.cn)?)"
)


def resolve(
    cloud: Cloud, vpc_id: str | None, name: str, *, inbound: bool = False, query_types: tuple[str, ...] = ADDRESS_TYPES
) -> DnsAnswer:
    """Return the answer to `name` for a client in a VPC (None: outside of any).

    `inbound`: the query reached the VPC's resolver through an inbound endpoint. `query_types`: those that DNS Firewall judges; the
    answer has the addresses of both families in any case.
    """
    first = _whole(cloud, vpc_id, name, _Query(query_types[0], inbound))
    if not (cloud.names.firewall_rule_group_associations or cloud.names.profiles):
        return first  # nothing else depends on the type of a query
    answers = {each: _whole(cloud, vpc_id, name, _Query(each, inbound)) for each in query_types[1:]}
    six = answers.get("AAAA", first)
    if first.status == "UNKNOWN":
        return first
    if first.addresses:
        return replace(first, ipv6_addresses=six.ipv6_addresses)
    return replace(six, addresses=()) if six.ipv6_addresses else first


class _Query(Frozen):
    """A query during its resolution: the number of aliases followed so far, and whether DNS Firewall judges the next name."""

    type: str
    inbound: bool
    depth: int = 0
    guarded: bool = True


def _whole(cloud: Cloud, vpc_id: str | None, name: str, query: _Query) -> DnsAnswer:
    """Return the answer to a client's query, with what it assumes about Profiles and endpoints of resources."""
    answer = _resolve(cloud, vpc_id, name, query)
    missing = _deciding(cloud, vpc_id, name, query, answer)
    if missing:
        return DnsAnswer(name, status="UNKNOWN", zone=f"the resolver of {vpc_id}", missing=missing)
    vpc = cloud.network.vpcs.get(vpc_id) if vpc_id is not None else None
    if vpc is None:
        return answer
    sharing = tuple(_sharing(cloud, vpc, name, answer))
    given_by_aws = name.lower().rstrip(".").endswith(_OF_VPCS) or "." not in name
    if sharing and not given_by_aws and answer.status == "NXDOMAIN" and answer.code is Code.NETFUL_DNS_NXDOMAIN:
        zone = f"the private DNS of {', '.join(sharing)}"
        return DnsAnswer(
            name,
            status="UNKNOWN",
            zone=zone,
            missing=tuple(f"the names that the private DNS of {one} covers" for one in sharing),
        )
    notes = (
        *(f"the private DNS of {one} does not cover {name}" for one in sharing),
        *(profiles.assumed(cloud, vpc, name) if cloud.names.profiles else ()),
    )
    return replace(answer, assumptions=(*answer.assumptions, *notes)) if notes else answer


def _deciding(cloud: Cloud, vpc_id: str | None, name: str, query: _Query, answer: DnsAnswer) -> tuple[str, ...]:
    """Return the input that decides an answer: it is another one if the VPC, or one that is asked for it, has the DNS host names that it may have."""
    vpc = cloud.network.vpcs.get(vpc_id) if vpc_id is not None else None
    forwards = cloud.names.resolver_rules or cloud.names.profiles
    asked = cloud.network.vpcs.values() if vpc is not None and forwards else filter(None, (vpc,))
    doubts = [one.hostnames_doubt for one in asked if one.hostnames_doubt is not None]
    if not doubts:
        return ()
    other = _resolve(cloud.derived("all DNS host names", lambda: _with_hostnames(cloud)), vpc_id, name, query)
    same = (other.status, other.addresses, other.ipv6_addresses) == (
        answer.status,
        answer.addresses,
        answer.ipv6_addresses,
    )
    return () if same else tuple(dict.fromkeys(need for doubt in doubts for need in needs(doubt, "")))


def _with_hostnames(cloud: Cloud) -> Cloud:
    vpcs = cloud.network.vpcs.items()
    sure = {id_: replace(vpc, enable_dns_hostnames=True) if vpc.hostnames_doubt else vpc for id_, vpc in vpcs}
    return cloud.having(vpcs=sure)


def _sharing(cloud: Cloud, vpc: Vpc, name: str, answer: DnsAnswer) -> Iterator[str]:
    """Yield the endpoints of a VPC whose private DNS may have a name: which names it has is not known."""
    for one in cloud.network.endpoints_of(vpc.id):
        unsure = one.type in _SHARING or (not answer.endpoint_id and _may_cover(cloud, vpc, one, name))
        if one.private_dns_enabled and unsure:
            yield one.id


def _may_cover(cloud: Cloud, vpc: Vpc, endpoint: VpcEndpoint, name: str) -> bool:
    """Return whether a name may be one of those that an interface endpoint's private DNS covers, which are not known.

    The private DNS of two endpoints does not overlap, and a service that is not AWS's has no name of AWS's. An endpoint whose service
    has no known name at all is noted as not read.
    """
    if endpoint.type is not EndpointType.INTERFACE or not isinstance(endpoint.service_name, str):
        return False
    unclear = any(isinstance(one, Unknown) for one in endpoint_names.private_names(cloud, endpoint))
    host = name.lower().rstrip(".")
    of_aws = host.endswith(f".{url_suffix(vpc.region)}") or service_names.service_of_host(host) is not None
    return vpc.enable_dns_hostnames and unclear and not of_aws


def _resolve(cloud: Cloud, vpc_id: str | None, name: str, query: _Query) -> DnsAnswer:
    host = name.lower().rstrip(".")
    vpc = _vpc(cloud, vpc_id) if vpc_id is not None else None
    ruling = FirewallRuling() if vpc is None or not query.guarded else judge(cloud, vpc, host, query.type)

    def again(asking: str | None, other: str, *, alias: bool = False) -> DnsAnswer:
        if query.depth >= _MOST_ALIASES:
            return _missing(other)
        inspected = asking != vpc_id or (query.guarded and not ruling.trusted and not alias)
        return _resolve(cloud, asking, other, replace(query, depth=query.depth + 1, guarded=inspected))

    servers = custom_dns.servers_of(cloud, vpc) if vpc and not query.inbound else ()
    if vpc is not None and servers:
        amazon = _guarded(cloud, vpc, name, ruling, again, inbound=True)
        return custom_dns.merged(servers, amazon, _answer(cloud, None, name, host, again, inbound=False))
    if vpc is not None and not vpc.enable_dns_support:
        return DnsAnswer(
            name, status="TIMEOUT", zone=f"no resolver in {vpc.id}", code=Code.NETFUL_DNS_NO_RESOLVER, origin=vpc.origin
        )
    return _guarded(cloud, vpc, name, ruling, again, inbound=query.inbound)


def _guarded(
    cloud: Cloud, vpc: Vpc | None, name: str, ruling: FirewallRuling, again: Again, *, inbound: bool
) -> DnsAnswer:
    """Return the answer of DNS Firewall if it has one, else that of the VPC's resolver."""
    refused = dns_firewall.answer_to(cloud, name, ruling)
    if refused is not None:
        return refused
    if ruling.blocked is None or vpc is None:
        answer = _answer(cloud, vpc, name, name.lower().rstrip("."), again, inbound=inbound)
        return replace(answer, assumptions=(*answer.assumptions, *ruling.assumptions)) if ruling.assumptions else answer
    override, group_id = str(ruling.blocked.override_domain), ruling.rule_group_id
    found = again(vpc.id, override, alias=True)
    return replace(
        found,
        name=name,
        assumptions=(*found.assumptions, *ruling.assumptions, f"{override} serves requests for {name}"),
        zone=f"rule {ruling.blocked.priority} of {group_id}, which leads the name to {override}",
        canonical_name=override.rstrip("."),
        canonical_ttl=ruling.blocked.override_ttl,
        rule_group_id=group_id,
        code=Code.NETFUL_DNS_FIREWALL_OVERRIDDEN,
        origin=cloud.names.firewall_rule_groups[group_id].origin,
    )


def _answer(cloud: Cloud, vpc: Vpc | None, name: str, host: str, again: Again, *, inbound: bool) -> DnsAnswer:
    named = endpoint_names.named_endpoint(cloud, host)
    if named is not None:
        endpoint, given = named
        zone = f"public DNS, a name of {endpoint.id}"
        four, six = given
        return DnsAnswer(name, four, zone=zone, endpoint_id=endpoint.id, origin=endpoint.origin, ipv6_addresses=six)
    return (
        (_private(cloud, vpc, name, host, again, inbound=inbound) if vpc else None)
        or _interface(cloud, vpc, name, host)
        or _load_balancer(cloud, name, host)
        or _managed(cloud, vpc, name, host)
        or (collection_names.of_endpoint(cloud, vpc, name, host) if vpc else None)
        or file_system_names.answer(cloud, vpc, name, host)
        or unloaded_names.answer(name, host)
        or _service(cloud, vpc, name, host)
        or _public_zone(cloud, vpc, name, host, again)
        or _dual_stack_service(cloud, vpc, name, host)
        or _distribution(cloud, name, host)
        or _other(cloud, vpc, name, host)
    )


def _private(cloud: Cloud, vpc: Vpc, name: str, host: str, again: Again, *, inbound: bool) -> DnsAnswer | None:
    """Return the most specific private answer of a VPC."""
    zone = hosted_zones.chosen(cloud, vpc, host)
    hidden = _private_dns(cloud, vpc, name, host, inbound=inbound)
    found = _INTERFACE_NAME.fullmatch(host)
    by_address = (labels(host) - 1, True) if found and found["kind"] == "ip" else (0, False)
    other = max(by_address, hidden[0] if hidden else by_address)
    if zone is not None and (labels(hosted_zones.name_of(zone)), hosted_zones.is_own(zone, vpc)) >= other:
        return hosted_zones.answer(cloud, vpc, name, host, zone, again)
    return hidden[1] if hidden else None


def _vpc(cloud: Cloud, vpc_id: str) -> Vpc:
    """Return the VPC of the client; one that was not loaded is assumed to have both DNS attributes."""
    return cloud.network.vpcs.get(vpc_id) or Vpc(vpc_id, (), enable_dns_hostnames=True, region=cloud.region)


def _private_dns(
    cloud: Cloud, vpc: Vpc, name: str, host: str, *, inbound: bool
) -> tuple[tuple[int, bool], DnsAnswer] | None:
    """Return the answer of an endpoint's private DNS, and the rank of its zone: its labels, and whether it is the VPC's own."""
    shared = [each for each in profiles.endpoints(cloud, vpc) if _patterns(cloud, each, host)]
    for endpoint in (*_endpoints(cloud, vpc, host), *shared) if vpc.enable_dns_hostnames else ():
        if endpoint.private_dns_enabled and (inbound or not endpoint.private_dns_only_for_inbound_resolver):
            zones = (pattern.removeprefix("*.") for pattern in _patterns(cloud, endpoint, host))
            rank = max(labels(zone) for zone in zones), endpoint.vpc_id == vpc.id
            return rank, _of_endpoint(cloud, vpc, name, endpoint)
    return None


def _of_endpoint(cloud: Cloud, vpc: Vpc, name: str, endpoint: VpcEndpoint) -> DnsAnswer:
    four, six = endpoint_names.addresses(cloud, endpoint)
    return DnsAnswer(
        name,
        four,
        ipv6_addresses=six,
        zone=f"private DNS of {endpoint.id}",
        endpoint_id=endpoint.id,
        code=Code.NETFUL_DNS_CAPTURED_BY_ENDPOINT if endpoint.service == "execute-api" else None,
        assumptions=(*endpoint.assumptions, *_taken_for_granted(cloud, vpc, endpoint)),
        origin=endpoint.origin,
    )


def _taken_for_granted(cloud: Cloud, vpc: Vpc, endpoint: VpcEndpoint) -> Iterator[str]:
    if vpc.id not in cloud.network.vpcs:
        yield f"{vpc.id} has enableDnsSupport and enableDnsHostnames on"
    offered = endpoint_names.service_of(cloud, endpoint)
    if offered is not None:
        yield f"the owner of `{offered.id}` has verified the domain of {offered.private_dns_name}"


def _endpoints(cloud: Cloud, vpc: Vpc, host: str) -> list[VpcEndpoint]:
    """Return the VPC's interface endpoints whose private DNS covers the name, or would if it were on."""
    return [endpoint for endpoint in cloud.network.endpoints_of(vpc.id) if _patterns(cloud, endpoint, host)]


def _patterns(cloud: Cloud, endpoint: VpcEndpoint, host: str) -> list[str]:
    if endpoint.type is not EndpointType.INTERFACE:
        return []
    patterns = endpoint_names.private_names(cloud, endpoint)
    return [one for one in patterns if isinstance(one, str) and service_names.name_matches(one.lower(), host)]


def _interface(cloud: Cloud, vpc: Vpc | None, name: str, host: str) -> DnsAnswer | None:
    found = _INTERFACE_NAME.fullmatch(host)
    if not found:
        return None
    try:
        address = IPv4Address(found["ip"].replace("-", "."))
    except AddressValueError:
        return _missing(name)
    private = found["kind"] == "ip"
    eni = cloud.network.interface_at(vpc.id, address) if private and vpc else cloud.network.public_interface(address)
    if private:
        return DnsAnswer(name, (address,), zone=f"the resolver of {vpc.id}") if vpc and eni else _missing(name)
    if vpc and eni and eni.private_ip_address and vpc.enable_dns_hostnames:
        assumed = public_names.privately(cloud, vpc, eni)
        if assumed is not None:
            given = (eni.private_ip_address,)
            return DnsAnswer(name, given, zone=f"the resolver of {vpc.id}", assumptions=assumed)
    return DnsAnswer(name, (address,)) if eni else _missing(name)


def _managed(cloud: Cloud, vpc: Vpc | None, name: str, host: str) -> DnsAnswer | None:
    """Return the answer to the name of a database or cache: outside its VPC the public addresses if it has any, else the private ones."""
    if not is_managed(host):
        return None
    owners = {e.owner_id: e for e in cloud.network.network_interfaces.values() if e.owner in _NAMED_OWNERS}
    for owner_id, eni in owners.items():
        resource = cloud.template.resources.get(owner_id)
        if resource and host in managed_places.names_of(cloud, resource):
            assumed = () if eni.public_ip is None else public_names.privately(cloud, vpc, eni) if vpc else None
            own = cloud.network.interfaces_of(owner_id)
            given = tuple(a for e in own if (a := e.public_ip if assumed is None else e.private_ip_address))
            given6 = tuple(one.ipv6_address for one in own if one.ipv6_address)
            zone = f"public DNS, a name of {owner_id}"
            return DnsAnswer(
                name,
                given,
                zone=zone,
                managed_id=owner_id,
                origin=eni.origin,
                assumptions=assumed or (),
                ipv6_addresses=given6,
            )
    return None


def _load_balancer(cloud: Cloud, name: str, host: str) -> DnsAnswer | None:
    balancer = next((b for b in cloud.balancing.load_balancers.values() if b.is_named(host)), None)
    if balancer is None:
        return None
    nodes = load_balancer_names.named(cloud, balancer, host)
    given = tuple(a for eni in nodes if (a := eni.private_ip_address if balancer.internal else eni.public_ip))
    if not nodes and cloud.network.interfaces_of(balancer.id):
        where = f"{balancer.id} has no node in that zone"
        return DnsAnswer(name, status="NXDOMAIN", zone=where, code=Code.NETFUL_DNS_NXDOMAIN, origin=balancer.origin)
    given6 = tuple(eni.ipv6_address for eni in nodes if eni.ipv6_address)
    if not given and not given6:
        missing = (f"the subnets of {balancer.id}",)
        return DnsAnswer(name, status="UNKNOWN", zone=balancer.id, origin=balancer.origin, missing=missing)
    zone = f"public DNS, a name of {balancer.id}"
    return DnsAnswer(
        name, given, zone=zone, load_balancer_id=balancer.id, origin=balancer.origin, ipv6_addresses=given6
    )


def _public_zone(cloud: Cloud, vpc: Vpc | None, name: str, host: str, again: Again) -> DnsAnswer | None:
    zone = hosted_zones.public_zone(cloud, host)
    if zone is None:
        return None
    records = hosted_zones.given(hosted_zones.records_of(zone, host), vpc.region if vpc else "")
    followed = any(record.alias is not None for record in records)  # answered by Route 53, which is outside of all VPCs
    asking = vpc.id if vpc and not followed else None
    answer = hosted_zones.from_records(cloud, name, f"zone {zone.id}", records, partial(again, asking))
    noted = () if zone.loaded else (f"zone {zone.id}, which was not loaded, is public",)
    return replace(answer, assumptions=(*answer.assumptions, *noted))


def _service(cloud: Cloud, vpc: Vpc | None, name: str, host: str) -> DnsAnswer | None:
    found = service_names.service_of_host(host)
    if dns_firewall.is_test_name(host):
        return DnsAnswer(name, (_TEST_ADDRESS,))
    if found is None:
        return None
    service, region = found
    if api_names.is_at_the_edge(cloud, host):
        service = service_names.service("cloudfront")
    if vpc and any(one.service == service.code == service_names.EXPRESS for one in cloud.network.endpoints_of(vpc.id)):
        return DnsAnswer(
            name, status="UNKNOWN", missing=(f"the addresses of {service_names.EXPRESS} behind its gateway endpoint",)
        )
    address = addresses.service_address(service, region)
    covering = _endpoints(cloud, vpc, host) if vpc else []
    bypassed = [endpoint for endpoint in covering if not endpoint.private_dns_only_for_inbound_resolver]
    if not vpc or not bypassed:
        return DnsAnswer(name, (address,), assumptions=tuple(_of_one_family(host)))
    endpoint = bypassed[0]
    why, remedy = "which has no private DNS", f"set `PrivateDnsEnabled: true` on `{endpoint.id}`"
    if endpoint.private_dns_enabled:
        why, remedy = f"since {vpc.id} has enableDnsHostnames off", f"set `EnableDnsHostnames: true` on `{vpc.id}`"
    return DnsAnswer(
        name,
        (address,),
        zone=f"public DNS, past {endpoint.id}, {why}",
        code=Code.NETFUL_DNS_RESOLVES_PUBLIC,
        assumptions=endpoint.assumptions,
        origin=endpoint.origin,
        remedy="" if _is_public_api(cloud, host) else f"{remedy}, so that the name leads to the endpoint",
    )


def _is_public_api(cloud: Cloud, host: str) -> bool:
    """Return whether a host is that of a loaded API which endpoints do not serve."""
    own = api_names.own_name(cloud, host)
    api = cloud.apis.by_id.get(own.api_id) if own is not None else None
    return api is not None and not api.private


def _dual_stack_service(cloud: Cloud, vpc: Vpc | None, name: str, host: str) -> DnsAnswer | None:
    """Return an unknown answer for the `api.aws` name of a service that has an endpoint: whether its private DNS covers it is not known."""
    if vpc is None or not host.endswith(_DUAL_STACK):
        return None
    usual = _endpoints(cloud, vpc, host.removesuffix(_DUAL_STACK) + ".amazonaws.com")
    covering = next((endpoint for endpoint in usual if endpoint.private_dns_enabled and vpc.enable_dns_hostnames), None)
    missing = (f"the names that the private DNS of {covering.id} covers",) if covering else ()
    return DnsAnswer(name, status="UNKNOWN", missing=missing) if covering else None


def _of_one_family(host: str) -> Iterator[str]:
    """Yield the assumption about a dual-stack name of AWS, whose IPv6 addresses are not modelled."""
    if host.endswith(_DUAL_STACK) or _DUAL_STACK_LABEL in host:
        yield f"clients reach {host} over IPv4: netful gives it no IPv6 address, AWS does"


def _distribution(cloud: Cloud, name: str, host: str) -> DnsAnswer | None:
    """Return the answer to the name of a distribution; one of its own that no record of the sources has is assumed to lead there."""
    owner = next((one for one in cloud.names.distributions.values() if host in one.aliases), None)
    if owner is None and not host.endswith(_DISTRIBUTIONS):
        return None
    address = addresses.service_address(service_names.service("cloudfront"), cloud.region)
    assumed = (f"public DNS leads {host} to {owner.id}",) if owner is not None else ()
    return DnsAnswer(name, (address,), assumptions=assumed)


def _other(cloud: Cloud, vpc: Vpc | None, name: str, host: str) -> DnsAnswer:
    labels, nameless = host.split("."), hosted_zones.nameless_zone(cloud, vpc)
    if len(labels) < 2 or labels[-1] in _UNREGISTERED or not all(0 < len(label) <= 63 for label in labels):
        if nameless is not None:
            where, missing = f"private zone {nameless.id}", nameless.unnamed
            return DnsAnswer(name, status="UNKNOWN", zone=where, origin=nameless.origin, missing=missing)
        return _unseen(cloud, vpc, name, host) if vpc is not None else _missing(name)
    zone = hosted_zones.silent_zone(cloud, host)
    noted = [f"public DNS has {host}, which zone {zone.id} does not answer here"] if zone is not None else []
    noted += [f"{host} is not in the private zone {nameless.id}, whose name is not known"] if nameless else []
    return DnsAnswer(name, (addresses.host_address(host),), assumptions=(*noted, *_of_one_family(host)))


def _unseen(cloud: Cloud, vpc: Vpc, name: str, host: str) -> DnsAnswer:
    """Return the answer to a name that does not exist, with the private zone that a VPC without DNS host names does not see."""
    seeing = replace(vpc, enable_dns_hostnames=True)
    zone = hosted_zones.chosen(cloud, seeing, host) if vpc != seeing else None
    if zone is None:
        return _missing(name)
    where = f"{vpc.id} has enableDnsHostnames off, and does not see zone {zone.id}"
    remedy = f"set `EnableDnsHostnames: true` on `{vpc.id}`, so that it sees the private zone `{zone.id}`"
    return replace(_missing(name), zone=where, origin=zone.origin, remedy=remedy)


def _missing(name: str) -> DnsAnswer:
    return DnsAnswer(name, status="NXDOMAIN", code=Code.NETFUL_DNS_NXDOMAIN)
