"""API keys: their values, and the plan through which a key opens a stage (api-gateway §3.4, §3.5).

AWS generates the value of a key without one in the template. Here it is derived from the key's id, so that it is known
before the stack runs and stays the same.
"""

import hashlib

from netful.engine.usage.throttles import Membership, membership, memberships
from netful.model.apis.stage import Stage
from netful.model.apis.usage import ApiKey, UsagePlan
from netful.model.cloud import Cloud
from netful.model.core import Unknown


def value_of(key: ApiKey) -> str:
    """Return the value of a key, as clients send it."""
    if isinstance(key.value, str):
        return key.value
    return hashlib.sha256(f"api key {key.id}".encode()).hexdigest()[:40]


def key_with(cloud: Cloud, value: str) -> ApiKey | None:
    """Return the enabled key that has a value; None if no key has it."""
    by_value = cloud.derived("api keys by value", lambda: {value_of(key): key for key in cloud.apis.api_keys.values()})
    key = by_value.get(value)
    return key if key is not None and key.enabled else None


def opened(cloud: Cloud, stage: Stage, key: ApiKey | None) -> Membership | None:
    """Return the plan through which a key opens a stage; None if no plan does."""
    return membership(cloud, stage, key.id) if key is not None else None


def are_known(cloud: Cloud) -> bool:
    """Return whether all usage plans are known: their stages, and the values of their keys, or that AWS makes them."""
    plans = cloud.apis.usage_plans.values()
    stages = [value for plan in plans for one in plan.stages for value in (one.api_id, one.stage_name)]
    keys = [cloud.apis.api_keys.get(str(id_)) for plan in plans for id_ in plan.key_ids]
    unknown = any(isinstance(value, Unknown) for value in stages)
    return not unknown and all(key is not None and not isinstance(key.value, Unknown) for key in keys)


def usable_memberships(cloud: Cloud, stage: Stage) -> tuple[Membership, ...]:
    """Return the plans that open a stage and have a key that is not disabled, with their entries for it."""
    return tuple(member for member in memberships(cloud, stage) if _has_key(cloud, member.plan))


def _has_key(cloud: Cloud, plan: UsagePlan) -> bool:
    keys = (cloud.apis.api_keys.get(str(id_)) for id_ in plan.key_ids)
    return any(key is None or key.enabled for key in keys)
