"""Input of a target of an EventBridge rule: the event, a part of it, a fixed text, or a template filled from it.

| the target has | its input |
|---|---|
| none of these | the event |
| `Input` | that text |
| `InputPath` | the value at the path |
| `InputTransformer` | its template, with the values at the paths in place of `<name>`, and with EventBridge's own names |

EventBridge Scheduler's own names stand in any text of its targets. EventBridge's are `aws.events.` with `rule-arn`, `rule-name`, `event` (without its detail), `event.json` (the whole) and `event.ingestion-time`.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from netful.model.core import mapping

_STEP = re.compile(r"\.([\w-]+)|\['([^']+)'\]|\[([0-9]{1,9})\]")
_PLACEHOLDER = re.compile(r"<([\w.-]+)>")


def text_for(target: Mapping[str, Any], event: Mapping[str, Any], rule_arn: str = "", ingested: str = "") -> str:
    """Return the input of a target for an event, which a rule received at a time."""
    if isinstance(target.get("Input"), str):
        return str(target["Input"])
    if isinstance(target.get("InputPath"), str):
        return json.dumps(at(target["InputPath"], event))
    transformer = target.get("InputTransformer")
    if isinstance(transformer, Mapping):
        own = {
            "rule-arn": rule_arn,
            "rule-name": rule_arn.rpartition("/")[2],
            "event": {name: value for name, value in event.items() if name != "detail"},
            "event.json": event,
            "event.ingestion-time": ingested,
        }
        return _filled(transformer, event, {f"aws.events.{name}": value for name, value in own.items()})
    return json.dumps(event)


def of_scheduler(text: str, schedule_arn: str, scheduled: str, execution_id: str) -> str:
    """Return the input of a target of EventBridge Scheduler, with values in place of its own names."""
    own = {
        "schedule-arn": schedule_arn, "scheduled-time": scheduled, "execution-id": execution_id, "attempt-number": "1",
    }  # fmt: skip
    values = {f"aws.scheduler.{name}": value for name, value in own.items()}
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), text)


def at(path: str, event: Any) -> Any:
    """Return the value at a path such as `$.detail.items[0]`, or None."""
    found = event
    for name, quoted, index in _STEP.findall(path.removeprefix("$")):
        if index:
            found = found[int(index)] if isinstance(found, list) and int(index) < len(found) else None
        else:
            found = found.get(name or quoted) if isinstance(found, Mapping) else None
    return found


def _filled(transformer: Mapping[str, Any], event: Mapping[str, Any], own: Mapping[str, Any]) -> str:
    template, paths = str(transformer.get("InputTemplate", "")), mapping(transformer.get("InputPathsMap"))

    def value(found: re.Match[str]) -> str:
        name = found[1]
        if name not in own and name not in paths:
            return found[0]
        content = own[name] if name in own else at(str(paths[name]), event)
        within = len(re.findall(r'(?<!\\)"', template[: found.start()])) % 2
        text = content if isinstance(content, str) else json.dumps(content)
        return json.dumps(text)[1:-1] if within else json.dumps(content)

    return _PLACEHOLDER.sub(value, template)
