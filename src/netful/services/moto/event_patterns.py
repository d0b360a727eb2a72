"""TestEventPattern of EventBridge, which moto leaves empty."""

import json
import sys
from typing import Any


def answer_tests(responses: Any) -> None:
    """Answer whether a pattern matches an event."""
    models: Any = sys.modules["moto.events.models"]

    def test_event_pattern(answer: Any) -> str:
        given = json.loads(answer.body)
        pattern = models.EventPattern.load(given["EventPattern"])
        return json.dumps({"Result": pattern.matches_event(json.loads(given["Event"]))})

    responses.EventsHandler.test_event_pattern = test_event_pattern
