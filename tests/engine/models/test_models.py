"""Checks of bodies by models: JSON's equality, numbers without limits, and work that is beyond a turn."""

import json

import pytest

from netful.engine.apis.request_validation import body_check, wrong_apart
from netful.engine.effort.allowance import BeyondAllowanceError, of_time, of_turn
from netful.model.apis.api import RequestModel

UNIQUE = {"type": "array", "uniqueItems": True}
TWICE = {"properties": {"a": {"$ref": "#/definitions/M"}}, "required": ["a"]}


def wrong(schema, body, work=None):
    model = RequestModel("M", "application/json", schema)
    return body_check({"M": model}, model, of_time())(body, work or of_turn())


@pytest.mark.parametrize(
    ("items", "unique"),
    [
        ("[1, 1.0]", False),
        ('[true, 1, false, 0, null, "1", "true", "null"]', True),
        ('[{"a": 1, "b": [2]}, {"b": [2.0], "a": 1}]', False),
        ('[[1, 2], [2, 1], [12], ["1,2"]]', True),
        ("[1e999, 2]", True),
        ('["a", "\\u0061"]', False),
    ],
)
def test_items_are_unique_by_jsons_equality(items, unique):
    assert bool(wrong(UNIQUE, items)) is not unique


@pytest.mark.parametrize("item", [lambda n: n, lambda n: n * (2**61 - 1), lambda n: [{"a": n}]])
def test_many_items_are_compared_in_linear_time(item):
    body = json.dumps([item(n) for n in range(20_000)])  # by pairs, these would take minutes
    assert wrong(UNIQUE, body, of_time()) == ""
    with pytest.raises(BeyondAllowanceError):
        wrong(UNIQUE, body)


@pytest.mark.parametrize(
    ("schema", "body", "valid"),
    [
        ({"multipleOf": 0.01}, "9" * 4000, True),
        ({"multipleOf": 0.5}, "1e999", False),
        ({"multipleOf": 3}, "1e999", False),
        ({"type": "integer"}, "1e999", False),
        ({}, "NaN", False),
        ({}, "9" * 5000, False),
        ({}, "[" * 100_000, False),
        ({"type": "array", "items": {"$ref": "#/definitions/M"}}, "[" * 900 + "]" * 900, False),
        ({"pattern": "("}, '"a"', True),
        ({"properties": {"a": {"$schema": "http://json-schema.org/draft-07/schema#", "const": 1}}}, '{"a": 2}', True),
        ({"patternProperties": {"^x": {}}, "additionalProperties": False}, '{"xa": 1}', True),
        ({"patternProperties": {"^x": {}}, "additionalProperties": False}, '{"ax": 1}', False),
        ({"additionalProperties": {"type": "string"}}, '{"ax": 1}', False),
        ({"type": "string", "pattern": "^(a+)+$"}, json.dumps("a" * 50 + "!"), False),
    ],
)
def test_numbers_depths_and_patterns(schema, body, valid):
    assert bool(wrong(schema, body)) is not valid


@pytest.mark.parametrize(
    ("schema", "body"),
    [
        ({"oneOf": [TWICE, {**TWICE, "minProperties": 1}]}, '{"a":' * 12 + "{}" + "}" * 12),
        ({"items": {"enum": [[n] for n in range(300)]}}, json.dumps([[1000]] * 3000)),
        ({"type": "string", "pattern": "^(?=a)(a+)+$"}, json.dumps("a" * 50 + "!")),
    ],
)
def test_work_beyond_a_turn(schema, body):
    with pytest.raises(BeyondAllowanceError):
        wrong(schema, body)


def test_a_schema_that_takes_long_to_check_is_beyond_a_turn():
    model = RequestModel("M", "application/json", {"properties": {f"p{n}": {"type": "string"} for n in range(5000)}})
    with pytest.raises(BeyondAllowanceError):
        body_check({"M": model}, model, of_turn())


def test_a_model_refers_to_others_apart():
    import pickle

    models = {
        "A": RequestModel("A", "application/json", {"items": {"$ref": "https://apigateway.amazonaws.com/restapis/x/models/B"}}),
        "B": RequestModel("B", "application/json", {"type": "integer"}),
    }  # fmt: skip
    assert wrong_apart(pickle.dumps(models), "A", "[1]") == ""
    assert wrong_apart(pickle.dumps(models), "A", '["1"]')


def test_a_model_that_refers_to_an_invalid_one_accepts_every_body():
    models = {
        "A": RequestModel("A", "application/json", {"items": {"$ref": "#/definitions/B"}}),
        "B": RequestModel("B", "application/json", {"multipleOf": "3"}),
    }
    assert body_check(models, models["A"], of_time())("[1]", of_turn()) == ""
