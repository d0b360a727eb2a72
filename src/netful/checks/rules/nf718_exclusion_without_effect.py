"""NF718: an exclusion from VPC Block Public Access that lets nothing through (newer-aws §1.2).

VPC Block Public Access distinguishes kinds of gateways, not directions of packets. `allow-egress` helps NAT gateways
and egress-only internet gateways alone, and only under `block-bidirectional`. An interface with a public address stays
without internet access, in both directions.

Instead: Exclude subnets with public addresses by `allow-bidirectional`, and subnets of NAT gateways by `allow-egress`.
"""

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.model.cloud import Cloud
from netful.model.core import Unknown, known_in
from netful.model.network.block_public_access import BlockMode, ExclusionMode, VpcBlockPublicAccessExclusion
from netful.model.network.route_tables import TargetKind
from netful.model.network.vpc import Vpc


@Rule.of("exclusion from VPC Block Public Access without effect", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    for exclusion in facts.cloud.network.block_public_access_exclusions.values():
        why = _without_effect(facts.cloud, exclusion)
        if exclusion.internet_gateway_exclusion_mode is ExclusionMode.EGRESS and why:
            yield Problem.of(
                exclusion,
                f"`{exclusion.id}` with `{ExclusionMode.EGRESS}` lets nothing through: {why}",
                f"exclude by `{ExclusionMode.BIDIRECTIONAL}` if public addresses are meant, else remove it",
            )


def _without_effect(cloud: Cloud, exclusion: VpcBlockPublicAccessExclusion) -> str:
    """Return why an exclusion by `allow-egress` has no effect; "" if it has one, or if that is not known."""
    subnet_id = exclusion.subnet_id
    vpc = (
        cloud.network.vpc_of(subnet_id)
        if isinstance(subnet_id, str)
        else known_in(cloud.network.vpcs, exclusion.vpc_id)
    )
    options = cloud.network.block_public_access_of(vpc) if vpc is not None else None
    if vpc is None or options is None:
        return ""
    mode = options.internet_gateway_block_mode
    if mode is BlockMode.INGRESS:
        return f"`{options.id}` by `{mode}` blocks public addresses alone, which need another exclusion"
    if mode is BlockMode.BIDIRECTIONAL and not _has_way_out(cloud, vpc, subnet_id):
        place = subnet_id if isinstance(subnet_id, str) else vpc.id
        return f"`{place}` has no NAT gateway and no route to an egress-only gateway"
    return ""


def _has_way_out(cloud: Cloud, vpc: Vpc, subnet_id: object) -> bool:
    """Return whether a place has a gateway that `allow-egress` is about, or may have one."""
    subnets = [subnet.id for subnet in cloud.network.subnets_of(vpc.id) if subnet_id in (None, subnet.id)]
    gateways = cloud.network.nat_gateways.values()
    if any(isinstance(gateway.subnet_id, Unknown) or gateway.subnet_id in subnets for gateway in gateways):
        return True
    if any(gateway.subnet_id is None and gateway.vpc_id == vpc.id for gateway in gateways):
        return True
    tables = [cloud.network.route_table_of(subnet) for subnet in subnets]
    kinds = {route.target_kind for table in tables if table for route in table.routes}
    return TargetKind.EGRESS_ONLY_INTERNET_GATEWAY in kinds
