"""NF705: a VPC uses addresses that have an owner on the internet (vpc-network §1.1)."""

from collections.abc import Iterator
from ipaddress import IPv4Network

from netful.checks.facts.cloud_facts import Facts
from netful.checks.findings.finding import Problem, Severity
from netful.checks.rules.rule import Rule

_OWN = tuple(
    IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15")
)


def _find(facts: Facts) -> Iterator[Problem]:
    for vpc in facts.cloud.network.vpcs.values():
        for block in vpc.cidr_blocks:
            if isinstance(block, IPv4Network) and not any(block.subnet_of(own) for own in _OWN):
                typo = " (a typo of 192.168?)" if str(block).startswith("192.16") else ""
                yield Problem(
                    vpc.id,
                    vpc.origin,
                    f"`{block}` of `{vpc.id}` is not in a private range{typo}: the VPC cannot reach the owners of these addresses",
                    "use a block of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
                )


RULE = Rule(
    title="VPC in public address space",
    severity=Severity.MEDIUM,
    why=(
        "AWS accepts any block for a VPC. The local route to it has priority, so the VPC cannot reach the real "
        "owners of public addresses, and answers to them stay inside."
    ),
    instead="Use a block that RFC 1918 reserves for private networks.",
    find=_find,
)
