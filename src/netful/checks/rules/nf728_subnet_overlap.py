"""NF728: the block of a subnet overlaps that of another subnet of its VPC."""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity


@Rule.of(
    title="subnet overlaps another",
    severity=Severity.HIGH,
    why=(
        "AWS does not create a subnet whose block overlaps that of another subnet of the VPC (`InvalidSubnet.Conflict`), so the"
        " deployment fails. Paths from and to that subnet are unknown; the others are answered."
    ),
    instead="Give each subnet a block of its own.",
)
def check(facts: Facts) -> Problems:
    for subnet in facts.cloud.network.subnets.values():
        if subnet.overlaps:
            origin = facts.cloud.template.resources[subnet.id].origin_of("CidrBlock")
            message = f"`{subnet.id}` overlaps `{subnet.overlaps}`: AWS does not create it"
            yield Problem(subnet.id, origin, message, "give each subnet a block of its own")
