"""DNS servers in a VPC's DHCP options, in place of its own resolver (vpc-network §6.1).

Clients ask the first server, whose answer is final, and the next one only if none comes: servers after the VPC's own resolver have no
influence, and those before it decide.
Their answers are unknown, but they are assumed to answer public names as public DNS does. A name that the VPC's resolver answers
differently (private zones, private DNS of endpoints) depends on whether they forward to it, and one that neither has may be theirs.
"""

from dataclasses import replace
from itertools import takewhile

from netful.engine.filters.unfiltered import resolver_address
from netful.engine.names.dns_answer import DnsAnswer
from netful.model.cloud import Cloud
from netful.model.core import Maybe, Unknown
from netful.model.network.vpc import Vpc

AMAZON = "AmazonProvidedDNS"


def servers_of(cloud: Cloud, vpc: Vpc) -> tuple[Maybe[str], ...]:
    """Return the DNS servers that a VPC's clients ask before its own resolver, if that is among their servers."""
    return tuple(takewhile(lambda one: one not in _own(vpc), _listed(cloud, vpc)))


def falls_back(cloud: Cloud, vpc: Vpc) -> bool:
    """Return whether clients ask the VPC's own resolver if no other server answers."""
    return not _own(vpc).isdisjoint(_listed(cloud, vpc))


def _listed(cloud: Cloud, vpc: Vpc) -> tuple[Maybe[str], ...]:
    options = next((o for o in cloud.names.dhcp_options.values() if vpc.id in o.vpc_ids), None)
    return options.domain_name_servers if options is not None else ()


def _own(vpc: Vpc) -> set[Maybe[str]]:
    return {AMAZON, "169.254.169.253", "fd00:ec2::253", str(resolver_address(vpc))}


def merged(servers: tuple[Maybe[str], ...], amazon: DnsAnswer, public: DnsAnswer) -> DnsAnswer:
    """Return the answer if the VPC's resolver and public DNS agree on one, else an unknown one."""
    listed = " or ".join(dict.fromkeys(map(_named, servers)))
    same = (amazon.addresses, amazon.ipv6_addresses) == (public.addresses, public.ipv6_addresses)
    if same and amazon.status == public.status != "NXDOMAIN":
        return replace(public, assumptions=(*public.assumptions, f"{listed} answers as public DNS does"))
    missing = (f"what {listed} answers for {amazon.name}",)
    return DnsAnswer(amazon.name, status="UNKNOWN", zone=f"the VPC's own DNS server {listed}", missing=missing)


def _named(server: Maybe[str]) -> str:
    if not isinstance(server, Unknown):
        return server
    return f"`{server.needs[0]}`" if server.needs else "a server that is not known"
