"""Usage plans, API keys, and the keys of each plan (spec: api-gateway §3.4, §3.5)."""

from dataclasses import replace

from netful.model.apis.usage import ApiKey, PlanStage, Quota, Throttle, UsagePlan
from netful.sources.apis.paths import method_key
from netful.sources.apis.values import throttle
from netful.sources.parts import PartReader, of_each
from netful.sources.template.reading import Inventory, Reader, either


def usage_plans(inventory: Inventory) -> dict[str, UsagePlan]:
    """Return the usage plans with the keys that are bound to them."""
    found = {reader.id: _plan(reader) for reader in inventory.of("AWS::ApiGateway::UsagePlan")}
    for reader, plan in inventory.parts_of(found, "AWS::ApiGateway::UsagePlanKey", "UsagePlanId"):
        found[plan.id] = replace(plan, key_ids=(*plan.key_ids, reader.required("KeyId")))
    return found


def _plan(reader: Reader) -> UsagePlan:
    return UsagePlan(
        id=reader.id,
        name=either(reader.text("UsagePlanName"), reader.id),
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
    limit = reader.number("Limit")
    if limit is None:
        return None
    return Quota(limit, either(reader.text("Period"), "DAY"), either(reader.number("Offset"), 0))


def _key(reader: Reader) -> ApiKey:
    """Return an API key. AWS enables one only on request, which SAM does."""
    return ApiKey(
        id=reader.id,
        name=reader.text("Name"),
        value=reader.text("Value"),
        enabled=reader.flag("Enabled", default=False),
        description=reader.text("Description"),
        origin=reader.origin,
    )


READERS = (PartReader("usage_plans", usage_plans), of_each("api_keys", _key, "AWS::ApiGateway::ApiKey"))
