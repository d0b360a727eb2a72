"""Event buses of EventBridge where moto's differ from AWS's: their policies, and TestEventPattern, which moto leaves empty."""

import json
import sys
from typing import Any

from netful.services.moto.replacements import replacing


def put_as_eventbridge(models: Any) -> None:
    """Put policies as EventBridge does. moto leaves statements of the former policy, and removes others of the same principal."""
    models.EventBus._remove_principals_statements = lambda *_: None  # noqa: SLF001  # there is no public way

    @replacing(models.EventsBackend)
    def put_permission(
        put: Any,
        own: Any,
        event_bus_name: str,
        action: Any,
        principal: Any,
        statement_id: Any,
        condition: Any,
        policy: Any,
    ) -> None:
        put(own, event_bus_name, action, principal, statement_id, condition, policy)
        if policy and not statement_id:
            bus = own.describe_event_bus(event_bus_name or "default")
            labels = {one["Sid"] for one in json.loads(policy)["Statement"]}
            bus._statements = {label: one for label, one in bus._statements.items() if label in labels}  # noqa: SLF001


def answer_tests(responses: Any) -> None:
    """Answer whether a pattern matches an event."""
    models: Any = sys.modules["moto.events.models"]

    def test_event_pattern(answer: Any) -> str:
        given = json.loads(answer.body)
        pattern = models.EventPattern.load(given["EventPattern"])
        return json.dumps({"Result": pattern.matches_event(json.loads(given["Event"]))})

    responses.EventsHandler.test_event_pattern = test_event_pattern
