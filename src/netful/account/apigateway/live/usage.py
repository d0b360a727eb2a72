"""Requests that keys have used of their plans' quotas, and requests that are granted to them."""

from datetime import date
from typing import Any

from netful.account.apigateway.operations import lookups
from netful.account.apigateway.operations.faults import bad_request, unavailable
from netful.account.apigateway.operations.operation import Operation, OperationRequest, Site, page
from netful.account.apigateway.operations.patches import patches, whole
from netful.engine.usage.quotas import DAY_SECONDS, daily
from netful.gateway.admission.meter import Counted
from netful.model.apis.usage import UsagePlan

_LONGEST_DAYS = 90
_EPOCH = date(1970, 1, 1)


async def _get_usage(site: Site, wanted: OperationRequest) -> Any:
    """Return the requests of each day, and the rest of the quota at its end, of each key that was used or of one (GetUsage)."""
    plan = lookups.plan(site.cloud, wanted)
    days = range(_day(wanted, "startDate"), _day(wanted, "endDate") + 1)
    if not days or len(days) > _LONGEST_DAYS:
        raise bad_request(f"Invalid date range specified: it has to be of 1 to {_LONGEST_DAYS} days")
    only, cloud = wanted.one("keyId"), site.cloud
    keys = [key_id for key_id in map(str, plan.key_ids) if only in ("", key_id, cloud.aws_id(key_id))]
    paged = page(wanted, keys)
    values = {key_id: await _by_day(site, plan, key_id, days) for key_id in paged["item"]}
    return {
        "usagePlanId": cloud.aws_id(plan.id),
        "startDate": wanted.one("startDate"),
        "endDate": wanted.one("endDate"),
        "values": {cloud.aws_id(key_id): used for key_id, used in values.items() if used},
        **({"position": paged["position"]} if "position" in paged else {}),
    }


def _day(wanted: OperationRequest, name: str) -> int:
    try:
        return (date.fromisoformat(wanted.one(name)) - _EPOCH).days
    except ValueError:
        raise bad_request(f"Invalid {name} specified: it has to be a date, as 2016-12-31") from None


async def _by_day(site: Site, plan: UsagePlan, key_id: str, days: range) -> list[list[int]]:
    """Return the days of a key; none where its plan has no quota, or it was not used."""
    if plan.quota is None:
        return []
    try:
        spent = await site.meter.spent(Counted(plan.id, key_id, plan.quota))
    except ConnectionError:
        raise unavailable(_AWAY) from None
    return [[*one] for one in daily(plan.quota, spent, days)] if spent.days else []


_AWAY = "the gateway's shared state does not answer"


async def _update_usage(site: Site, wanted: OperationRequest) -> Any:
    """Set the requests that remain for a key in this period (UpdateUsage)."""
    plan, key = lookups.member(site.cloud, wanted)
    if plan.quota is None:
        raise bad_request(f"Usage Plan {site.cloud.aws_id(plan.id)} has no quota")
    at, remaining = site.clock(), None
    for patch in patches(wanted):
        if (patch.op, patch.path) != ("replace", "/remaining"):
            raise bad_request(f"Invalid patch path  '{patch.path}' specified for op '{patch.op}'")
        remaining = whole(patch.value)
    try:
        if remaining is not None:
            await site.meter.grant(Counted(plan.id, key.id, plan.quota), at, remaining)
    except ConnectionError:
        raise unavailable(_AWAY) from None
    today = int(at // DAY_SECONDS)
    written = date.fromordinal(_EPOCH.toordinal() + today).isoformat()
    used = await _by_day(site, plan, key.id, range(today, today + 1))
    plan_id, key_id = site.cloud.aws_id(plan.id), site.cloud.aws_id(key.id)
    return {"usagePlanId": plan_id, "startDate": written, "endDate": written, "values": {key_id: used}}


OPERATIONS = (
    Operation(_get_usage),
    Operation(_update_usage),
)
