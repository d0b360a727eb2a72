"""Usage plans, and the keys in them (api-gateway §3.4)."""

from collections.abc import Iterator
from functools import partial
from typing import Any

from netful.account.apigateway.edits import edit, named, new_id, referring
from netful.account.apigateway.kinds import Kind, Properties
from netful.account.apigateway.live.keys import PLAN_KEY
from netful.account.apigateway.live.plan_patches import PERIOD, check_membership, opening, patched
from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, conflict
from netful.account.apigateway.operations.operation import Change, OperationRequest, Site, reads
from netful.account.apigateway.operations.patches import Patch
from netful.account.apigateway.operations.representation import at_aws, known, tags
from netful.account.apigateway.shapes import modelled
from netful.account.changes import new, removal
from netful.engine.authorization.api_keys import value_of
from netful.model.apis.usage import ApiKey, PlanStage, UsagePlan
from netful.model.cloud import Cloud
from netful.model.core import Resource

_entry = partial(modelled, "apigateway")


def _plan(site: Site, _wanted: OperationRequest, plan: UsagePlan) -> dict[str, Any]:
    cloud = site.cloud
    stages = [_stage(cloud, one) for one in plan.stages]
    return _entry("UsagePlan", plan, id=cloud.aws_id(plan.id), apiStages=stages, tags=tags(cloud, plan.id))


def _stage(cloud: Cloud, one: PlanStage) -> dict[str, Any]:
    methods = {f"{path}/{method}": _entry("ThrottleSettings", limit) for (path, method), limit in one.methods.items()}
    return known(apiId=at_aws(cloud, one.api_id), stage=one.stage_name, throttle=methods or None)


def _plans(site: Site, wanted: OperationRequest) -> Iterator[UsagePlan]:
    """Yield the plans that a request asks for: all, or those of a key."""
    named, every = wanted.one("keyId"), site.cloud.apis.usage_plans.values()
    key_id = site.cloud.names_by_id.get(named, named)
    return (one for one in every if not key_id or key_id in one.key_ids)


def _checked(site: Site, _wanted: OperationRequest, own: Properties, id_: str) -> Properties:
    if not own.get("UsagePlanName"):
        raise bad_request("Usage Plan name must be non-empty")
    quota = own.get("Quota")
    if isinstance(quota, dict) and quota.get("Limit") is None:
        raise bad_request("Usage Plan quota limit must be specified")
    return own if id_ else _opened(site.cloud, own)


def _opened(cloud: Cloud, own: Properties) -> Properties:
    """Return the properties of a new plan, whose stages are there."""
    found, quota = {**own, "ApiStages": []}, own.get("Quota", {})
    for stage in own.get("ApiStages", ()):
        opened = Patch("add", "/apiStages", f"{stage.get('ApiId')}:{stage.get('Stage')}")
        *others, one = opening(cloud, new(_TYPE, new_id(), found).resource, opened)
        found["ApiStages"] = [*others, {**stage, **one}]
    return {**found, **({"Quota": {**quota, "Period": PERIOD(quota.get("Period", "DAY"))}} if quota else {})}


def _keys_of(site: Site, plan: Resource) -> Iterator[Resource]:
    """Return the resources of the keys of a plan. Raises ApiError for a plan that opens a stage."""
    if plan.properties.get("ApiStages"):
        raise bad_request(
            f"Cannot delete Usage Plan {site.cloud.aws_id(plan.id)} because API stages are associated with it. "
            "Please remove all associated API stages and try again."
        )
    return referring(site.cloud, plan.id, "UsagePlanId", PLAN_KEY)


# --- keys in plans ----------------------------------------------------------------------------------------------------


def _key(cloud: Cloud, key: ApiKey) -> dict[str, Any]:
    return known(id=cloud.aws_id(key.id), type="API_KEY", value=value_of(key), name=key.name)


def _keys(site: Site, wanted: OperationRequest) -> Iterator[Any]:
    named, keys = wanted.one("name"), site.cloud.apis.api_keys
    plan = lookups.plan(site.cloud, wanted)
    of_plan = [keys[key_id] for key_id in plan.key_ids if isinstance(key_id, str) and key_id in keys]
    return (_key(site.cloud, key) for key in of_plan if str(key.name or "").startswith(named))


def create_usage_plan_key(site: Site, wanted: OperationRequest) -> Any:
    """Add a key to a plan (CreateUsagePlanKey)."""
    cloud, plan = site.cloud, lookups.plan(site.cloud, wanted)
    if wanted.body.get("keyType") != "API_KEY":
        raise bad_request("Invalid Key Type specified. Must be one of: [API_KEY]")
    key = lookups.key(cloud, str(wanted.body.get("keyId")))
    if key.id in plan.key_ids:
        raise conflict(f"API Key {cloud.aws_id(key.id)} is in usage plan {cloud.aws_id(plan.id)} already")
    check_membership(cloud, plan.id, ((str(one.api_id), str(one.stage_name)) for one in plan.stages), key.id)
    own = {"UsagePlanId": cloud.aws_id(plan.id), "KeyId": cloud.aws_id(key.id), "KeyType": "API_KEY"}
    edit(site, new(PLAN_KEY, f"{plan.id}.{key.id}", own))
    return _key(cloud, key)


def _delete_usage_plan_key(site: Site, wanted: OperationRequest) -> None:
    """Remove a key from a plan (DeleteUsagePlanKey)."""
    plan, key = lookups.member(site.cloud, wanted)
    bound = referring(site.cloud, plan.id, "UsagePlanId", PLAN_KEY)
    edit(site, *removal(one for one in bound if named(site.cloud, one.properties.get("KeyId")) == key.id))


_TYPE = "AWS::ApiGateway::UsagePlan"
_KIND = Kind(
    "UsagePlan", _TYPE, "plan", lambda site, _wanted: site.cloud.apis.usage_plans.values(), _plan,
    missing="Invalid Usage Plan ID specified", check=_checked, along=_keys_of, listed=_plans, patch=patched,
    names={"name": "UsagePlanName"},
)  # fmt: skip
OPERATIONS = (
    *_KIND.operations(),
    *reads("UsagePlanKey", _keys, lambda site, wanted: _key(site.cloud, lookups.member(site.cloud, wanted)[1])),
    Change(create_usage_plan_key),
    Change(_delete_usage_plan_key),
)
