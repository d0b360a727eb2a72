"""DNS queries that networks carry: to servers of DHCP options, by rules of the Resolver, from on-premises (vpc-network §6.1, §6.4).

Groups, network ACLs and routes judge them, as all other packets. One query that gets through is enough, since the next server is
asked where one does not answer. No network carries queries to a VPC's own resolver (§0.5).

A server may be in none of the sources. So a query to an address in a VPC that no loaded interface has counts as not known.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import ip_address

from netful.engine.flows.codes import Code
from netful.engine.flows.finding import Assumption, Finding, Found
from netful.engine.flows.flow import End, Ports, network_of, overlaps
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.ruling import Ruling
from netful.engine.flows.trail import Trail
from netful.engine.names import custom_dns, hosted_zones
from netful.engine.names.dns_answer import DnsAnswer
from netful.engine.network import on_premises
from netful.engine.network.packet import Journey
from netful.engine.network.walk import Walk, walk_back
from netful.engine.trace import internet_clients
from netful.engine.trace.departure import flow_of, set_out
from netful.engine.trace.ends.sources import Outside, Source
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown, known_in
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.protocols import TCP, UDP
from netful.model.network.vpc import IPAddress, IPNetwork

_DNS, _HTTPS = 53, 443


class _Query(Frozen):
    """A query from a sender to a server; `target` is the server's interface where it is known."""

    sender: Source
    server: IPAddress
    port: int = _DNS
    target: NetworkInterface | None = None


def judge(cloud: Cloud, source: Source | None, host: str, rule_ids: Iterable[str]) -> Iterator[Found]:
    """Yield a finding for a client's queries for a host, and for those by each rule of the Resolver, unless one gets through."""
    if source is not None:
        yield from _judged(cloud, host, [*_of_client(cloud, source)])
    for rule_id in rule_ids:
        yield from _of_rule(cloud, host, rule_id)


def are_lost(cloud: Cloud, source: Source | None, answer: DnsAnswer) -> bool:
    """Return whether the queries for an answer are known to be lost."""
    found = judge(cloud, source, answer.name, answer.rule_ids)
    return any(isinstance(each, Finding) and each.ruling.verdict == "deny" for each in found)


def _of_client(cloud: Cloud, source: Source) -> list[_Query]:
    """Return the queries of a client to the servers of its VPC's DHCP options, or from on-premises to an inbound endpoint."""
    if source.outside is Outside.ON_PREMISES:
        inbound = hosted_zones.inbound_endpoint(cloud)
        enis = cloud.network.interfaces_of(inbound[0]) if inbound is not None else ()
        return [_Query(source, eni.private_ip_address, target=eni) for eni in enis if eni.private_ip_address]
    vpc = cloud.network.vpc_of_interface(source.interface) if source.interface is not None else None
    if source.interface is None or vpc is None or custom_dns.falls_back(cloud, vpc):
        return []
    try:
        servers = [ip_address(str(one)) for one in custom_dns.servers_of(cloud, vpc)]
    except ValueError:  # one is not known before deployment, and may be reached
        return []
    return [] if source.interface.private_ip_address in servers else [_Query(source, server) for server in servers]


def _of_rule(cloud: Cloud, host: str, rule_id: str) -> Iterator[Found]:
    rule = cloud.names.resolver_rules[rule_id]
    endpoint = known_in(cloud.names.resolver_endpoints, rule.resolver_endpoint_id)
    senders = cloud.network.interfaces_of(endpoint.id) if endpoint is not None else ()
    servers = [(one.ip, one.port) for one in rule.targets if not isinstance(one.ip, Unknown)]
    if len(servers) < len(rule.targets):
        return  # a server that is not known may be reached
    if endpoint is None or not senders:
        yield Assumption(f"the queries of {rule_id} reach its servers: its endpoint was not loaded")
        return
    yield from _judged(
        cloud, host, [_Query(Source(endpoint.id, eni), ip, port) for eni in senders for ip, port in servers]
    )


def _judged(cloud: Cloud, host: str, queries: Iterable[_Query]) -> Iterator[Found]:
    """Yield what is known of queries of which one is enough: only assumptions if one gets through."""
    sent = [(query, _sent(cloud, query)) for query in queries]
    passing = next((trail for _, trail in sent if _passes(trail)), None)
    if passing is not None:
        yield from map(Assumption, passing.assumptions)
    elif sent:
        yield _not_passing(cloud, host, sent)


def _not_passing(cloud: Cloud, host: str, sent: list[tuple[_Query, Trail]]) -> Found:
    """Return the finding for queries none of which is known to get through."""
    block = next((block for query, trail in sent for block in _admitted(cloud, query, trail)), None)
    if block is not None:
        return Assumption(f"DNS servers on-premises are in {block}, which the endpoint of the Resolver admits")
    doubtful = next((one for one in sent if not _is_lost(one[1])), None)
    if doubtful is None:
        return Finding(HopKind.NAME, host, _lost(*sent[0]))
    query, trail = doubtful
    why = " and ".join(trail.missing) or "what has this address"
    return Assumption(f"the DNS queries of {query.sender.name} reach {query.server}: {why} is not known")


def _sent(cloud: Cloud, query: _Query) -> Trail:
    protocol = TCP if query.port == _HTTPS else UDP
    end = End(network_of(query.server), Ports(query.port, query.port), query.target)
    walk = Walk(cloud, Journey(str(query.server)), Trail())
    walk.take(set_out(cloud, query.sender, flow_of(cloud, query.sender, protocol, end), walk.journey))
    walk_back(cloud, walk.journey.legs, walk.trail)
    return walk.trail


def _passes(trail: Trail) -> bool:
    return all(hop.verdict == "allow" for hop in trail.hops)


def _is_lost(trail: Trail) -> bool:
    codes = [hop.code for hop in trail.hops if hop.verdict == "deny"]
    return any(code is not Code.NO_POSSIBLE_DESTINATION for code in codes)


def _admitted(cloud: Cloud, query: _Query, trail: Trail) -> Iterator[IPNetwork]:
    """Yield the blocks on-premises from which a query gets through, since servers there have other addresses than the client."""
    if query.sender.outside is not Outside.ON_PREMISES:
        return
    there = on_premises.blocks(cloud)
    for block in (
        block for hop in trail.hops if hop.verdict == "deny" for block in internet_clients.admitted(cloud, hop)
    ):
        other = replace(query, sender=replace(query.sender, address=block))
        if any(overlaps(one, block) for one in there) and _passes(_sent(cloud, other)):
            yield block


def _lost(query: _Query, trail: Trail) -> Ruling:
    hop = next(hop for hop in trail.hops if hop.verdict == "deny" and hop.code is not Code.NO_POSSIBLE_DESTINATION)
    rule = f"the query of {query.sender.name} to {query.server} is lost at {hop.component}: {hop.rule}"
    remedy = f"let DNS queries of `{query.sender.name}` to {query.server} through at `{hop.component}`"
    return Ruling("deny", hop.component, rule, Code.NETFUL_DNS_QUERY_LOST, hop.origin, remedy=remedy)
