"""NF705: a VPC uses addresses that have an owner on the internet (vpc-network §1.1).

AWS accepts any block for a VPC. The local route to it has priority, so the VPC cannot reach the real owners of public
addresses, and answers to them stay inside.

Instead: Use a block that RFC 1918 reserves for private networks.
"""

from ipaddress import IPv4Network

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity

_OWN = tuple(
    IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.18.0.0/15")
)


@Rule.of("VPC in public address space", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    for vpc in facts.cloud.network.vpcs.values():
        for block in vpc.cidr_blocks:
            if isinstance(block, IPv4Network) and not any(block.subnet_of(own) for own in _OWN):
                typo = " (a typo of 192.168?)" if str(block).startswith("192.16") else ""
                yield Problem.of(
                    vpc,
                    f"`{block}` of `{vpc.id}` is not in a private range{typo}: the VPC cannot reach the owners of these addresses",
                    "use a block of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
                )
