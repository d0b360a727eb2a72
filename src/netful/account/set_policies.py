"""Policies of resources that calls set: they go with their resources, and where a template sets another one."""

from collections.abc import Mapping

from netful.account.arns import arn_of
from netful.engine.iam.resource_policies import is_of_bus, without_suffix, written
from netful.model.access.set_policy import SetPolicy
from netful.model.cloud import Cloud


def staying(cloud: Cloud, following: Cloud) -> Mapping[str, SetPolicy]:
    """Return the policies that calls set and that the next cloud still has: of resources that it has, and in place of the same policy."""
    found = cloud.access.set_policies
    if not found:
        return found
    gone, now = _arns(cloud) - _arns(following), written(following)
    there = {arn: one for arn, one in found.items() if gone.isdisjoint((arn, without_suffix(arn)))}
    return {arn: one for arn, one in there.items() if is_of_bus(arn) or now.get(arn) == one.instead_of}


def _arns(cloud: Cloud) -> frozenset[str]:
    return frozenset(arn_of(cloud, one) for one in cloud.template.resources.values())
