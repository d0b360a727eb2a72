"""Route 53 Profiles of a VPC: zones, rules, rule groups and endpoints that answer there too (newer-aws §5).

The more specific name wins, wherever it is associated; of equal names that of the VPC's own association wins.
"""

from collections.abc import Iterator, Mapping

from netful.model.cloud import Cloud
from netful.model.core import Unknown
from netful.model.names.profiles import Profile, ProfileResource
from netful.model.network.vpc import Vpc
from netful.model.network.vpc_endpoints import VpcEndpoint


def shared_with(cloud: Cloud, vpc: Vpc) -> Mapping[str, ProfileResource]:
    """Return the resources that a VPC has by its Profiles, by their ids."""
    return cloud.derived(("resources of profiles", vpc.id), lambda: dict(_resources(cloud, vpc)))


def _resources(cloud: Cloud, vpc: Vpc) -> Iterator[tuple[str, ProfileResource]]:
    for profile in cloud.names.profiles.values():
        for one in profile.resources if vpc.id in profile.vpc_ids else ():
            if isinstance(one.resource_id, str):
                yield one.resource_id, one


def endpoints(cloud: Cloud, vpc: Vpc) -> tuple[VpcEndpoint, ...]:
    """Return the endpoints of other VPCs whose private DNS works in a VPC."""
    every = (cloud.network.vpc_endpoints.get(id_) for id_ in shared_with(cloud, vpc))
    return tuple(endpoint for endpoint in every if endpoint is not None and endpoint.vpc_id != vpc.id)


def assumed(cloud: Cloud, vpc: Vpc, name: str) -> tuple[str, ...]:
    """Return what an answer in a VPC assumes about Profiles that are not known as a whole."""
    return tuple(dict.fromkeys(f"{what} does not answer {name} in {vpc.id}" for what in _doubts(cloud, vpc)))


def _doubts(cloud: Cloud, vpc: Vpc) -> Iterator[str]:
    for profile in cloud.names.profiles.values():
        if vpc.id not in profile.vpc_ids:
            if any(isinstance(each, Unknown) for each in profile.vpc_ids):
                yield f"the Profile {profile.id}"
            continue
        if not profile.loaded:
            yield f"the Profile {profile.id}, which was not loaded,"
        yield from (f"{each.id} of {profile.id}" for each in profile.resources if not _is_known(cloud, each, profile))


def _is_known(cloud: Cloud, one: ProfileResource, profile: Profile) -> bool:
    names, id_ = cloud.names, one.resource_id
    if not profile.loaded or not isinstance(id_, str):
        return not profile.loaded
    kinds = (names.hosted_zones, names.resolver_rules, names.firewall_rule_groups, cloud.network.vpc_endpoints)
    return any(id_ in kind for kind in kinds) or "query-log" in id_ or id_ in cloud.template.resources
