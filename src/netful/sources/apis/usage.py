"""Usage plans, API keys, and the keys of each plan (spec: api-gateway §3.4, §3.5)."""

from dataclasses import replace

from netful.model.apis.usage import ApiKey, PlanStage, Quota, Throttle, UsagePlan
from netful.model.core import Maybe
from netful.sources.apis.paths import method_key
from netful.sources.apis.values import throttle
from netful.sources.parts import PartReader
from netful.sources.template.reading import Inventory, Reader


def usage_plans(inventory: Inventory) -> dict[str, UsagePlan]:
    """Return the usage plans with the keys that are bound to them."""
    found = {reader.id: _plan(reader) for reader in inventory.of("AWS::ApiGateway::UsagePlan")}
    for reader in inventory.of("AWS::ApiGateway::UsagePlanKey"):
        plan = found.get(str(reader.required("UsagePlanId")))
        if plan is not None:
            found[plan.id] = replace(plan, key_ids=(*plan.key_ids, reader.required("KeyId")))
    return found


def _plan(reader: Reader) -> UsagePlan:
    name = reader.text("UsagePlanName")
    return UsagePlan(
        id=reader.id,
        name=reader.id if name is None else name,
        stages=tuple(_stage(item) for item in reader.parts("ApiStages")),
        throttle=throttle(reader.part("Throttle")),
        quota=_quota(reader.part("Quota")),
        description=reader.text("Description"),
        origin=reader.origin,
    )


def _stage(reader: Reader) -> PlanStage:
    limits = reader.part("Throttle")
    methods: dict[tuple[str, str], Throttle] = {}
    for key in limits.properties:
        found = throttle(limits.part(key))
        if found is not None:
            methods[method_key(key)] = found
    return PlanStage(reader.required("ApiId"), reader.required("Stage"), methods)


def _quota(reader: Reader) -> Quota | None:
    limit, period, offset = reader.number("Limit"), reader.text("Period"), reader.number("Offset")
    if limit is None:
        return None
    return Quota(limit, "DAY" if period is None else period, 0 if offset is None else offset)


def api_keys(inventory: Inventory) -> dict[str, ApiKey]:
    """Return the API keys. AWS enables a key only on request, which SAM does."""
    return {
        reader.id: ApiKey(
            id=reader.id,
            name=reader.text("Name"),
            value=_value(reader),
            enabled=reader.flag("Enabled", default=False),
            description=reader.text("Description"),
            origin=reader.origin,
        )
        for reader in inventory.of("AWS::ApiGateway::ApiKey")
    }


def _value(reader: Reader) -> Maybe[str] | None:
    return reader.text("Value")


READERS = (PartReader("usage_plans", usage_plans), PartReader("api_keys", api_keys))
