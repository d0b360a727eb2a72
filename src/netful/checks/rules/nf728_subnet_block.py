"""NF728: the block of a subnet overlaps that of another subnet of its VPC, or lies outside the VPC.

AWS does not create a subnet whose block overlaps that of another subnet of the VPC (`InvalidSubnet.Conflict`) or lies
outside the blocks of the VPC (`InvalidSubnet.Range`), so the deployment fails. Paths from and to that subnet are
unknown; the others are answered.

Instead: Give each subnet a block of its own, in one of its VPC.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity


@Rule.of("AWS refuses the block of a subnet", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for subnet in facts.cloud.network.subnets.values():
        if subnet.refusal:
            origin = facts.cloud.template.resources[subnet.id].origin_of("CidrBlock")
            message = f"{subnet.refusal}: AWS does not create it"
            yield Problem(subnet.id, origin, message, "give each subnet a block of its own, in one of its VPC")
