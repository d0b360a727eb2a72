"""NF722: a zone or rule of a Route 53 Profile that a VPC's own one of the same name hides (newer-aws §5).

Of the zones and resolver rules of a VPC and of its Route 53 Profile, the most specific name answers. Of equal names the
VPC's own association wins, and a private zone answers alone: records that only the Profile's zone has do not exist in
this VPC.

Instead: Associate a name either with the VPCs themselves or with their Profile.
"""

from collections.abc import Iterator

from netful.checks.rules.rule import Facts, Problem, Problems, Rule, Severity
from netful.engine.names import profiles
from netful.engine.names.hosted_zones import is_own, name_of
from netful.model.cloud import Cloud
from netful.model.names.hosted_zones import HostedZone
from netful.model.names.resolver import ResolverRule


@Rule.of("name of a Profile hidden by a VPC's own", Severity.MEDIUM)
def check(facts: Facts) -> Problems:
    for vpc in facts.cloud.network.vpcs.values():
        shared = profiles.shared_with(facts.cloud, vpc)
        own = {name_of(one): one for one in _named(facts.cloud) if is_own(one, vpc)}
        for one in _named(facts.cloud) if shared else ():
            hiding = own.get(name_of(one))
            if one.id in shared and not is_own(one, vpc) and hiding is not None:
                yield Problem.of(
                    shared[one.id],
                    f"`{one.id}` of a Profile never answers in `{vpc.id}`: `{hiding.id}` has the same name, {name_of(one)}",
                    f"disassociate `{hiding.id}` from `{vpc.id}`, or give one of the two a more specific name",
                )


def _named(cloud: Cloud) -> Iterator[HostedZone | ResolverRule]:
    yield from (zone for zone in cloud.names.hosted_zones.values() if zone.name)
    yield from cloud.names.resolver_rules.values()
