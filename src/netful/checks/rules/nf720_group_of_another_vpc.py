"""NF720: an interface has a security group that its VPC does not admit (newer-aws §3.2).

A security group belongs to one VPC, and to those that it is associated with. AWS refuses an interface with any other
group (`InvalidGroup.NotFound`, or: the group and the subnet belong to different networks). Lambda does not support
associated groups.

Instead: Make a group in the VPC of the subnets, or associate the group with that VPC.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.filters.group_references import is_admitted
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface


@Rule.of("security group of another VPC", Severity.HIGH)
def check(facts: Facts) -> Problems:
    found: dict[tuple[str, str], Problem] = {}
    for eni in facts.cloud.network.network_interfaces.values():
        vpc = facts.cloud.network.vpc_of_interface(eni)
        for group_id in eni.security_group_ids if vpc is not None else ():
            group = facts.cloud.network.security_groups.get(group_id) if isinstance(group_id, str) else None
            if vpc is None or group is None or is_admitted(eni, group, vpc.id):
                continue
            for owner in eni.function_ids or (eni.owner_id,):
                text = f"`{owner}` is in `{vpc.id}` and has the group `{group.id}` of `{group.vpc_id}`: AWS refuses it"
                hint = f"give it a group of `{vpc.id}`{_or_associate(eni, vpc.id)}"
                found.setdefault((owner, group.id), Problem(owner, eni.origin, text, hint))
    yield from found.values()


def _or_associate(eni: NetworkInterface, vpc_id: str) -> str:
    if eni.owner is InterfaceOwner.LAMBDA:
        return "; functions cannot have groups of other VPCs"
    return f", or associate the group with `{vpc_id}` (`AWS::EC2::SecurityGroupVpcAssociation`)"
