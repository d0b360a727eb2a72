"""Faults of definitions for which Step Functions refuses a state machine."""

import json

import pytest

from netful.services.backends.frames import FrameCall
from netful.services.moto.dispatch import Dispatcher

MISSING, SCHEMA = "MISSING_TRANSITION_TARGET", "SCHEMA_VALIDATION_FAILED"
END = {"Type": "Pass", "End": True}


def machine(**first):
    return {"StartAt": "A", "States": {"A": first, "B": {"Type": "Succeed"}}}


@pytest.fixture
def states(monkeypatch):
    monkeypatch.setenv("MOTO_ACCOUNT_ID", "123456789012")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    dispatcher = Dispatcher()

    def call(operation, **asked):
        headers = [("content-type", "application/x-amz-json-1.0"), ("x-amz-target", f"AWSStepFunctions.{operation}")]
        request = FrameCall(1, "states.us-east-1.amazonaws.com", "POST", "/", headers, json.dumps(asked).encode())
        return json.loads(dispatcher.answer(request).body)

    return call


@pytest.mark.parametrize(
    ("definition", "code", "place"),
    [
        ({}, SCHEMA, ""),
        ({"StartAt": "Z", "States": {"A": END}}, MISSING, "/StartAt"),
        (machine(Type="Pass"), SCHEMA, "/States/A"),
        (machine(Type="Sleep", End=True), SCHEMA, "/States/A"),
        (machine(Type="Pass", Next="Z"), MISSING, "/States/A/Next"),
        (machine(Type="Choice", Choices=[{"Next": "B"}, {"Next": "Z"}]), MISSING, "/States/A/Choices[1]/Next"),
        (machine(Type="Choice", Choices=[], Default="Z"), MISSING, "/States/A/Default"),
        (machine(Type="Task", Next="B", Catch=[{"Next": "Z"}]), MISSING, "/States/A/Catch[0]/Next"),
        (machine(Type="Parallel", End=True, Branches=[machine(**END), {}]), SCHEMA, "/States/A/Branches[1]"),
        (
            machine(Type="Map", End=True, ItemProcessor=machine(Type="Pass", Next="Z")),
            MISSING,
            "/States/A/ItemProcessor/States/A/Next",
        ),
    ],
)
def test_a_faulty_definition_is_refused(states, definition, code, place):
    text = json.dumps(definition)
    found = states("ValidateStateMachineDefinition", definition=text)
    assert found["result"] == "FAIL"
    assert [(one["code"], one["location"]) for one in found["diagnostics"]] == [(code, place)]


def test_a_definition_of_each_type_of_state_is_valid(states):
    inner = {"StartAt": "X", "States": {"X": END}}
    every = {
        "A": {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Next": "B", "Catch": [{"Next": "H"}]},
        "B": {"Type": "Wait", "Seconds": 1, "Next": "C"},
        "C": {
            "Type": "Choice",
            "Choices": [{"And": [{"Variable": "$.a", "IsNull": True}], "Next": "D"}],
            "Default": "E",
        },
        "D": {"Type": "Parallel", "Branches": [inner], "Next": "E"},
        "E": {"Type": "Map", "Iterator": inner, "Next": "F"},
        "F": {"Type": "Pass", "Next": "G"},
        "G": {"Type": "Succeed"},
        "H": {"Type": "Fail"},
    }
    text = json.dumps({"StartAt": "A", "States": every})
    assert states("ValidateStateMachineDefinition", definition=text) == {
        "result": "OK",
        "diagnostics": [],
        "truncated": False,
    }
