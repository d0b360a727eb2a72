"""Event buses of EventBridge where moto's differ from AWS's: their policies, the events that they take, and TestEventPattern."""

import json
import sys
from typing import Any
from uuid import uuid4

from netful.model.json_texts import json_or
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


_MOST_EVENTS = 10
_OF_AWS = {"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": "Not authorized for the source."}
_MALFORMED = {"ErrorCode": "MalformedDetail", "ErrorMessage": "Detail is malformed."}


def take_each_event(models: Any) -> None:
    """Take each event of a request for itself: one for a bus that does not exist is lost, and moto refuses all for it.

    AWS alone has events with its own sources, and details that are not objects are malformed.
    """

    @replacing(models.EventsBackend)
    def put_events(put: Any, own: Any, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len(events) > _MOST_EVENTS:
            return list(put(own, events))
        return [answer for one in events for answer in taken(put, own, one)]

    def taken(put: Any, own: Any, event: dict[str, Any]) -> list[dict[str, Any]]:
        detail = json_or(event.get("Detail") or "{}")
        if str(event.get("Source")).startswith("aws."):
            return [_OF_AWS]
        if not isinstance(detail, dict):
            return [_MALFORMED]
        try:
            return list(put(own, [event]))
        except models.ResourceNotFoundException:
            return [{"EventId": str(uuid4())}]


def answer_tests(responses: Any) -> None:
    """Answer whether a pattern matches an event."""
    models: Any = sys.modules["moto.events.models"]

    def test_event_pattern(answer: Any) -> str:
        given = json.loads(answer.body)
        pattern = models.EventPattern.load(given["EventPattern"])
        return json.dumps({"Result": pattern.matches_event(json.loads(given["Event"]))})

    responses.EventsHandler.test_event_pattern = test_event_pattern
