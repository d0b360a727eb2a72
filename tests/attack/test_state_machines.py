"""Hostile definitions of state machines: each ends, with the quota that it met, and other executions and services go on."""

import contextlib
import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from botocore.config import Config

from tests.helpers.processes import wait_until
from tests.helpers.stacks import written

pytestmark = pytest.mark.packets

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:"
TEMPLATE = """
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties:
      RoleName: machines
      AssumeRolePolicyDocument: {Statement: [{Effect: Allow, Principal: {Service: states.amazonaws.com}, Action: "sts:AssumeRole"}]}
      Policies: [{PolicyName: starts, PolicyDocument: {Statement: [{Effect: Allow, Action: "states:*", Resource: "*"}]}}]
  Honest:
    Type: AWS::StepFunctions::StateMachine
    Properties:
      StateMachineName: honest
      StateMachineType: EXPRESS
      RoleArn: !GetAtt Role.Arn
      Definition: {StartAt: P, States: {P: {Type: Pass, Parameters: {"next.$": "States.MathAdd($.n, 1)"}, End: true}}}
  Word: {Type: AWS::SSM::Parameter, Properties: {Type: String, Name: /word, Value: here}}
"""
MEGABYTES = 400  # of the back ends, which have about 170 before the attacks
SECONDS = 20


def machine(start, **states):
    return json.dumps({"StartAt": start, "States": states})


def only(language="JSONPath", **state):
    return json.dumps({"QueryLanguage": language, "StartAt": "S", "States": {"S": {**state, "End": True}}})


def jsonata(expression):
    return only("JSONata", Type="Pass", Output=f"{{% {expression} %}}")


def nested(depth):
    return '{"a": ' * depth + "1" + "}" * depth


LOOP = machine("A", A={"Type": "Pass", "Next": "B"}, B={"Type": "Pass", "Next": "A"})
FORK = only(
    Type="Parallel",
    Branches=[
        {
            "StartAt": name,
            "States": {
                name: {
                    "Type": "Task",
                    "Resource": "arn:aws:states:::states:startExecution",
                    "Parameters": {"StateMachineArn": f"{ARN}fork"},
                    "End": True,
                }
            },
        }
        for name in "AB"
    ],
)
# A definition, its input, and a part of the error that ends it.
ATTACKS = {
    "loop": (LOOP, "{}", "history events (25000)"),
    "growth": (machine("A", A={"Type": "Pass", "Parameters": {"a.$": "$", "b.$": "$"}, "Next": "A"}), "{}", "size exceeding"),
    "range": (only(Type="Pass", Parameters={"a.$": "States.ArrayRange(1, 10000000000, 1)"}), "{}", "1000 items"),
    "descents": (only(Type="Pass", InputPath="$..a..a..a..a"), nested(300), "recursive descents"),
    "depth": (only(Type="Pass"), nested(5000), "recursion"),
    "recursion": (jsonata("($f := function($n) { $f($n + 1) }; $f(1))"), "{}", "Evaluation timeout"),
    "backtracking": (jsonata(f"$match('{'a' * 40}!', /(a+)+$/)"), "{}", "returned nothing"),
    "padding": (jsonata("$pad('x', 1000000000)"), "{}", "262144 characters"),
}  # fmt: skip
REFUSED = {"brackets": "[" * 900_000, "objects": nested(200_000), "length": only(Type="Pass", Result="x" * 1_100_000)}


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    yield from written(tmp_path_factory.mktemp("machines"), TEMPLATE).while_up()


@pytest.fixture(scope="module")
def states(stack):
    return stack.client(
        "stepfunctions",
        config=Config(inject_host_prefix=False, read_timeout=SECONDS, retries={"total_max_attempts": 1}),
    )


@pytest.fixture
def others_go_on(stack, states):
    """Another machine and another service answer as before, and the back ends have the memory that they may have."""

    def check():
        found = states.start_sync_execution(stateMachineArn=f"{ARN}honest", input='{"n": 1}')
        assert json.loads(found["output"]) == {"next": 2}
        assert stack.client("ssm").get_parameter(Name="/word")["Parameter"]["Value"] == "here"
        assert megabytes(stack) < MEGABYTES

    return check


def megabytes(stack):
    """The memory of the back ends' process."""
    folder = stack.env["NETFUL_STATE"]
    log = str(next(Path(folder).rglob("services.log")).resolve())
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (
                b"netful.services.moto.process" in (process / "cmdline").read_bytes()
                and str((process / "fd/1").readlink()) == log
            ):
                status = (process / "status").read_text()
                return int(status.split("VmRSS:")[1].split()[0]) // 1024
    raise AssertionError("the back ends do not run")


def begun(states, name, definition, given="{}", kind="STANDARD"):
    role = "arn:aws:iam::123456789012:role/machines"
    states.create_state_machine(name=name, definition=definition, roleArn=role, type=kind)
    return states.start_execution(stateMachineArn=ARN + name, input=given)["executionArn"]


@pytest.mark.parametrize("name", ATTACKS)
def test_a_hostile_execution_fails_while_others_go_on(states, others_go_on, name):
    definition, given, error = ATTACKS[name]
    execution = begun(states, name, definition, given)

    def ended():
        others_go_on()
        found = states.describe_execution(executionArn=execution)
        return found["status"] != "RUNNING" and found

    found = wait_until(ended)
    assert found["status"] == "FAILED"
    assert error in found["cause"]


def test_an_endless_express_execution_can_be_stopped(states, others_go_on):
    execution = begun(states, "endless", LOOP, kind="EXPRESS")
    for _ in range(5):
        others_go_on()
    states.stop_execution(executionArn=execution)
    others_go_on()


def test_a_map_runs_a_part_of_its_items_at_a_time(states, others_go_on):
    waits = {"StartAt": "W", "States": {"W": {"Type": "Wait", "Seconds": 1, "End": True}}}
    execution = begun(states, "wide", only(Type="Map", ItemProcessor=waits), json.dumps([*range(5000)]))
    for _ in range(5):
        others_go_on()
    states.stop_execution(executionArn=execution)


def test_executions_that_start_executions_are_bounded(states, others_go_on):
    begun(states, "fork", FORK)
    assert "ExecutionLimitExceeded" in wait_until(lambda: first_failure(states))
    others_go_on()
    states.delete_state_machine(stateMachineArn=f"{ARN}fork")
    others_go_on()


def first_failure(states):
    found = states.list_executions(stateMachineArn=f"{ARN}fork", statusFilter="FAILED")["executions"]
    return found and states.describe_execution(executionArn=found[0]["executionArn"])["error"]


@pytest.mark.parametrize("name", REFUSED)
def test_a_definition_that_is_no_definition_is_refused(states, others_go_on, name):
    with pytest.raises(states.exceptions.InvalidDefinition):
        states.create_state_machine(
            name=name, definition=REFUSED[name], roleArn="arn:aws:iam::123456789012:role/machines"
        )
    others_go_on()


def test_a_long_definition_is_read_while_others_go_on(states, others_go_on):
    begun(states, "long", only(Type="Pass", Result=[*range(140_000)]))
    with ThreadPoolExecutor(4) as pool:
        for one in [pool.submit(others_go_on) for _ in range(8)]:
            one.result()


def test_a_long_input_is_refused(states):
    with pytest.raises(states.exceptions.ClientError, match="262144"):
        states.start_execution(stateMachineArn=f"{ARN}honest", input=json.dumps("x" * 300_000))
