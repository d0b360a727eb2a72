"""Policies of resources that calls set: they go with their resources."""

from collections.abc import Mapping

from netful.account.arns import arn_of
from netful.engine.iam.resource_policies import without_suffix
from netful.model.access.set_policy import SetPolicy
from netful.model.cloud import Cloud


def staying(cloud: Cloud, following: Cloud) -> Mapping[str, SetPolicy]:
    """Return the policies that calls set, but for those of resources that the next cloud does not have any more."""
    found = cloud.access.set_policies
    gone = _arns(cloud) - _arns(following) if found else frozenset()
    return {arn: one for arn, one in found.items() if gone.isdisjoint((arn, without_suffix(arn)))}


def _arns(cloud: Cloud) -> frozenset[str]:
    return frozenset(arn_of(cloud, one) for one in cloud.template.resources.values())
