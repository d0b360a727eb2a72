"""EventBridge's rules with a pattern, and their targets. The functions' side runs the schedules."""

from collections.abc import Iterator, Mapping

from netful.model.core import known_parts
from netful.services.deploy.kinds.part import Part
from netful.services.deploy.kinds.resource_kind import JsonService, Kind, Wanted

EVENTS = JsonService("AWSEvents")


def _parts(one: Wanted) -> Iterator[Part]:
    """Yield the rule and each target whose ARN is known."""
    if not isinstance(one.properties.get("EventPattern"), Mapping | str):
        return
    name, bus = one.text("Name", one.name), one.set("EventBusName")
    key, state = (name, *bus.values()), one.text("State", "ENABLED")
    put = EVENTS("PutRule", Name=name, EventPattern=one.document("EventPattern"), State=state, **bus)
    yield Part(("rule", *key), put, EVENTS("DeleteRule", Name=name, **bus))
    for target in known_parts(one.mappings("Targets")):
        if "Arn" in target and "Id" in target:
            put = EVENTS("PutTargets", Rule=name, Targets=[target], **bus)
            remove = EVENTS("RemoveTargets", Rule=name, Ids=[target["Id"]], **bus)
            yield Part(("target", str(target["Id"]), *key), put, remove)


RULE = "AWS::Events::Rule"
KINDS = {RULE: Kind("events", "", parts=_parts)}
