"""NF106: a function's subnet has almost no free addresses (vpc-network §1.3, lambda §1.3).

AWS reserves five addresses of every subnet. Endpoints, NAT gateways, load balancers and functions use the others. When
none is free, a function is not created, or does not scale: `SubnetIPAddressLimitReachedException`.

Instead: Give functions subnets of their own, /24 or larger.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.model.network.network_interface import InterfaceOwner

_SPARE = 8  # free addresses that load balancers need in each of their subnets, and a margin for everything else


@Rule.of("subnet is nearly full", Severity.HIGH)
def check(facts: Facts) -> Problems:
    for subnet in facts.cloud.network.subnets.values():
        enis = [eni for eni in facts.cloud.network.network_interfaces.values() if eni.subnet_id == subnet.id]
        shared = [eni for eni in enis if eni.owner is InterfaceOwner.LAMBDA]
        if not shared or subnet.usable is None:
            continue
        balanced = any(eni.owner is InterfaceOwner.LOAD_BALANCER for eni in enis)
        free = subnet.usable - len(enis)
        wanted = max(_SPARE, len(shared) + (_SPARE if balanced else 0))
        if free < wanted:
            yield Problem.of(
                subnet,
                f"`{subnet.id}` ({subnet.cidr_block}) has {max(free, 0)} free addresses besides its {len(enis)} interfaces; it needs {wanted}",
                "use a larger subnet: functions with 65,000 connections through one interface need a second one",
            )
