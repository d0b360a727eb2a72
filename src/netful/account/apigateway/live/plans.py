"""Usage plans, and the keys in them (api-gateway §3.4)."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import msgspec

from netful.account.apigateway.edits import edit, named, new_id, referring, removal
from netful.account.apigateway.live.keys import PLAN_KEY
from netful.account.apigateway.live.plan_patches import check_membership, of_numbers, patched
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, conflict
from netful.account.apigateway.operations.operation import Change, OperationRequest, Site, reads
from netful.account.apigateway.operations.patches import Patch, one_of, patches
from netful.account.apigateway.operations.representation import at_aws, known, tags
from netful.account.apigateway.shapes import modelled
from netful.account.apigateway.written import put, remove
from netful.account.changes import new
from netful.engine.authorization.api_keys import value_of
from netful.model.apis.usage import ApiKey, PlanStage, Quota, UsagePlan
from netful.model.cloud import Cloud
from netful.sources.apis.paths import method_key

_entry = partial(modelled, "apigateway")


def _plan(cloud: Cloud, plan: UsagePlan) -> dict[str, Any]:
    stages = [_stage(cloud, one) for one in plan.stages]
    return _entry("UsagePlan", plan, id=cloud.aws_id(plan.id), apiStages=stages, tags=tags(cloud, plan.id))


def _stage(cloud: Cloud, one: PlanStage) -> dict[str, Any]:
    methods = {f"{path}/{method}": _entry("ThrottleSettings", limit) for (path, method), limit in one.methods.items()}
    return known(apiId=at_aws(cloud, one.api_id), stage=one.stage_name, throttle=methods or None)


def _plans(site: Site, wanted: OperationRequest) -> Iterator[Any]:
    key_id, cloud = wanted.one("keyId"), site.cloud
    for one in cloud.apis.usage_plans.values():
        if not key_id or cloud.names_by_id.get(key_id, key_id) in one.key_ids:
            yield _plan(cloud, one)


def _get_usage_plan(site: Site, wanted: OperationRequest) -> Any:
    return _plan(site.cloud, lookups.plan(site.cloud, wanted))


class _StageGiven(msgspec.Struct, rename="camel"):
    api_id: str
    stage: str
    throttle: dict[str, dict[str, float]] = {}


class _QuotaGiven(msgspec.Struct, rename="camel"):
    limit: int
    period: str = "DAY"
    offset: int = 0


class _PlanGiven(msgspec.Struct, rename="camel"):
    """Input of CreateUsagePlan."""

    name: str
    description: str | None = None
    api_stages: list[_StageGiven] = []
    throttle: dict[str, float] | None = None
    quota: _QuotaGiven | None = None


def _create_usage_plan(site: Site, wanted: OperationRequest) -> Any:
    given = wanted.given(_PlanGiven)
    quota = given.quota
    plan = UsagePlan(
        id=new_id(),
        name=given.name,
        description=given.description,
        throttle=of_numbers(given.throttle) if given.throttle else None,
        quota=Quota(quota.limit, one_of("DAY", "WEEK", "MONTH")(quota.period), quota.offset) if quota else None,
    )
    for stage in given.api_stages:
        plan = patched(site.cloud, plan, Patch("add", "/apiStages", f"{stage.api_id}:{stage.stage}"))
        methods = {method_key(key): of_numbers(limits) for key, limits in stage.throttle.items()}
        plan = replace(plan, stages=(*plan.stages[:-1], replace(plan.stages[-1], methods=methods)))
    put(site, "usage_plans", plan, wanted.body.get("tags"))
    return _plan(site.cloud, plan)


def _delete_usage_plan(site: Site, wanted: OperationRequest) -> None:
    """DeleteUsagePlan: it may not open a stage any more."""
    plan = lookups.plan(site.cloud, wanted)
    if plan.stages:
        raise bad_request(
            f"Cannot delete Usage Plan {site.cloud.aws_id(plan.id)} because API stages are associated with it. "
            "Please remove all associated API stages and try again."
        )
    edit(site, *removal(referring(site.cloud, plan.id, "UsagePlanId", PLAN_KEY)))
    remove(site, "usage_plans", plan.id)


def _update_usage_plan(site: Site, wanted: OperationRequest) -> Any:
    """Apply all patches of UpdateUsagePlan, or none; counts stay."""
    cloud = site.cloud
    plan = lookups.plan(cloud, wanted)
    for patch in patches(wanted):
        plan = patched(cloud, plan, patch)
    if plan.quota is not None and plan.quota.limit is None:
        raise bad_request("Usage Plan quota limit must be specified")
    put(site, "usage_plans", plan)
    return _plan(cloud, plan)


# --- keys in plans ----------------------------------------------------------------------------------------------------


def _key(cloud: Cloud, key: ApiKey) -> dict[str, Any]:
    return known(id=cloud.aws_id(key.id), type="API_KEY", value=value_of(key), name=key.name)


def _keys(site: Site, wanted: OperationRequest) -> Iterator[Any]:
    named, keys = wanted.one("name"), site.cloud.apis.api_keys
    plan = lookups.plan(site.cloud, wanted)
    of_plan = [keys[key_id] for key_id in plan.key_ids if isinstance(key_id, str) and key_id in keys]
    return (_key(site.cloud, key) for key in of_plan if str(key.name or "").startswith(named))


def _get_usage_plan_key(site: Site, wanted: OperationRequest) -> Any:
    return _key(site.cloud, lookups.member(site.cloud, wanted)[1])


def _create_usage_plan_key(site: Site, wanted: OperationRequest) -> Any:
    """Add a key to a plan (CreateUsagePlanKey)."""
    cloud, plan = site.cloud, lookups.plan(site.cloud, wanted)
    if wanted.body.get("keyType") != "API_KEY":
        raise bad_request("Invalid Key Type specified. Must be one of: [API_KEY]")
    key = lookups.key(cloud, str(wanted.body.get("keyId")))
    if key.id in plan.key_ids:
        raise conflict(f"API Key {cloud.aws_id(key.id)} is in usage plan {cloud.aws_id(plan.id)} already")
    check_membership(cloud, plan, key.id)
    own = {"UsagePlanId": cloud.aws_id(plan.id), "KeyId": cloud.aws_id(key.id), "KeyType": "API_KEY"}
    edit(site, new(PLAN_KEY, f"{plan.id}.{key.id}", own))
    return _key(cloud, key)


def _delete_usage_plan_key(site: Site, wanted: OperationRequest) -> None:
    """Remove a key from a plan (DeleteUsagePlanKey)."""
    plan, key = lookups.member(site.cloud, wanted)
    bound = referring(site.cloud, plan.id, "UsagePlanId", PLAN_KEY)
    edit(site, *removal(one for one in bound if named(site.cloud, one.properties.get("KeyId")) == key.id))


_PLAN = "/usageplans/{plan}"
OPERATIONS = (
    *reads("/usageplans", "plan", "UsagePlan", _plans, _get_usage_plan),
    Change("POST", "/usageplans", _create_usage_plan, 201),
    Change("DELETE", _PLAN, _delete_usage_plan, 202),
    Change("PATCH", _PLAN, _update_usage_plan),
    *reads(_PLAN + "/keys", "key", "UsagePlanKey", _keys, _get_usage_plan_key),
    Change("POST", _PLAN + "/keys", _create_usage_plan_key, 201),
    Change("DELETE", _PLAN + "/keys/{key}", _delete_usage_plan_key, 202),
)
