"""DNS64: addresses of NAT64 for names that have only IPv4 addresses, in answers to the interfaces of a subnet (newer-aws §10.1)."""

from dataclasses import replace

from netful.engine.names import custom_dns
from netful.engine.names.dns_answer import DnsAnswer
from netful.model.cloud import Cloud
from netful.model.core import Maybe, known_in
from netful.model.network.nat64 import embedded


def is_on(cloud: Cloud, subnet_id: Maybe[str]) -> bool:
    """Return whether the interfaces of a subnet get such answers: only the VPC's own resolver gives them."""
    subnet = known_in(cloud.network.subnets, subnet_id)
    vpc = cloud.network.vpc_of(subnet.id) if subnet is not None else None
    return subnet is not None and subnet.enable_dns64 and not (vpc and custom_dns.servers_of(cloud, vpc))


def synthesized(answer: DnsAnswer) -> DnsAnswer:
    """Return an answer with an address of NAT64 for each IPv4 address, unless the name has IPv6 addresses of its own."""
    if answer.ipv6_addresses or not answer.addresses:
        return answer
    return replace(answer, ipv6_addresses=tuple(map(embedded, answer.addresses)), zone=f"{answer.zone} and DNS64")
