import json

import pytest

from netful.engine.events.event_inputs import at, text_for

EVENT = {"source": "s", "detail": {"id": 7, "name": 'a "b"', "items": [{"n": 1}, {"n": 2}], "x.y": True}}


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$", EVENT),
        ("$.detail.id", 7),
        ("$.detail.items[1].n", 2),
        ("$.detail.items[2].n", None),
        ("$.detail.items[2]", None),
        ("$.detail[0]", None),
        ("$.detail['x.y']", True),
        ("$.detail.none.more", None),
        ("$.source.more", None),
    ],
)
def test_the_value_at_a_path(path, value):
    assert at(path, EVENT) == value


@pytest.mark.parametrize(
    ("target", "text"),
    [
        ({}, json.dumps(EVENT)),
        ({"Input": "as it is"}, "as it is"),
        ({"InputPath": "$.detail.items"}, '[{"n": 1}, {"n": 2}]'),
        ({"Input": "first", "InputPath": "$.detail"}, "first"),
        (
            {"InputTransformer": {"InputTemplate": '{"all": <aws.events.event.json>}'}},
            f'{{"all": {json.dumps(EVENT)}}}',
        ),
        ({"InputTransformer": {}}, ""),
    ],
)
def test_the_input_of_a_target(target, text):
    assert text_for(target, EVENT) == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('{"id": <id>}', '{"id": 7}'),
        ('{"id": "<id>"}', '{"id": "7"}'),
        ('{"name": <name>}', '{"name": "a \\"b\\""}'),
        ('{"name": "of <name>"}', '{"name": "of a \\"b\\""}'),
        ('"a \\" quote and <id>"', '"a \\" quote and 7"'),
        ("<items>", '[{"n": 1}, {"n": 2}]'),
        ('"<items>"', '"[{\\"n\\": 1}, {\\"n\\": 2}]"'),
        ("<other> <gone>", "<other> null"),
    ],
)
def test_a_template_is_filled_from_the_event(template, text):
    paths = {"id": "$.detail.id", "name": "$.detail.name", "items": "$.detail.items", "gone": "$.gone"}
    assert text_for({"InputTransformer": {"InputTemplate": template, "InputPathsMap": paths}}, EVENT) == text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rule-arn", '"arn:aws:events:us-east-1:1:rule/bus/orders"'),
        ("rule-name", '"orders"'),
        ("event", '{"source": "s"}'),
        ("event.json", json.dumps(EVENT)),
        ("event.ingestion-time", '"2026-02-01T03:04:05Z"'),
    ],
)
def test_the_own_names_of_eventbridge(name, text):
    target = {"InputTransformer": {"InputTemplate": f"<aws.events.{name}>"}}
    of_rule = ("arn:aws:events:us-east-1:1:rule/bus/orders", "2026-02-01T03:04:05Z")
    assert text_for(target, EVENT, *of_rule) == text
