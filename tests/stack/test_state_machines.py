"""State machines run: their tasks reach functions in the VPC and services, with the machine's role, and their histories are kept."""

import json
import shutil
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.helpers.places import TEMPLATES
from tests.helpers.processes import wait_until
from tests.helpers.stacks import Stack

pytestmark = pytest.mark.packets

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("machines")
    shutil.copy(TEMPLATES / "state-machines.yaml", folder / "template.yaml")
    shutil.copy(TEMPLATES / "quote.asl.json", folder)
    yield from Stack(folder / "state", folder / "template.yaml").while_up("--sample", "100%")


@pytest.fixture(scope="module")
def states(stack):
    return stack.client("stepfunctions", config=Config(inject_host_prefix=False))


def machine(stack, name):
    found = {one["resource"]: one for one in stack.json("status", "--stack", "s")["state_machines"]}
    return found[name]


def ended(states, execution):
    return wait_until(
        lambda: (found := states.describe_execution(executionArn=execution))["status"] != "RUNNING" and found
    )


def test_a_standard_execution(stack, states):
    begun = states.start_execution(stateMachineArn=ARN + "order", name="first", input='{"order": 3}')["executionArn"]
    queues = stack.client("sqs")
    (job,) = wait_until(
        lambda: queues.receive_message(QueueUrl=queues.get_queue_url(QueueName="jobs")["QueueUrl"]).get("Messages")
    )
    wait_until(lambda: machine(stack, "Order")["executions"] == {"running": 1})
    states.send_task_success(taskToken=json.loads(job["Body"])["token"], output='{"box": 1}')
    found = ended(states, begun)
    assert found["status"] == "SUCCEEDED"
    assert json.loads(found["output"]) == {"order": 3, "price": 21, "packed": {"box": 1}}
    assert stack.client("dynamodb").get_item(TableName="orders", Key={"Id": {"S": "3"}})["Item"]
    (heard,) = wait_until(
        lambda: queues.receive_message(QueueUrl=queues.get_queue_url(QueueName="heard")["QueueUrl"]).get("Messages")
    )
    assert json.loads(heard["Body"])["price"] == 21
    types = [one["type"] for one in states.get_execution_history(executionArn=begun)["events"]]
    assert (types[0], types[-1]) == ("ExecutionStarted", "ExecutionSucceeded")
    named = {"executionArn": begun, "reverseOrder": True, "maxResults": 2}
    end = states.get_execution_history(**named)
    after = states.get_execution_history(**named, nextToken=end["nextToken"])
    assert [one["type"] for one in (*end["events"], *after["events"])] == types[:-5:-1]
    with pytest.raises(states.exceptions.InvalidName):
        states.start_execution(stateMachineArn=ARN + "order", name="a b")
    with pytest.raises(states.exceptions.ExecutionAlreadyExists):
        states.start_execution(stateMachineArn=ARN + "order", name="first", input='{"order": 4}')
    assert "first ExecutionSucceeded" in stack.netful("logs", "Order", "--stack", "s", check=0).stdout


def test_an_error_of_a_function_is_caught_and_logged(stack, states):
    begun = states.start_execution(stateMachineArn=ARN + "order", name="second", input='{"order": 0}')["executionArn"]
    found = ended(states, begun)
    assert (found["status"], found["error"]) == ("FAILED", "Refused")
    logs = stack.client("logs").filter_log_events(logGroupName="/aws/vendedlogs/states/order")["events"]
    assert {one["type"] for one in map(json.loads, (one["message"] for one in logs))} >= {
        "TaskFailed",
        "ExecutionFailed",
    }
    assert machine(stack, "Order")["executions"]["failed"] == 1


def test_a_synchronous_execution_evaluates_jsonata(states):
    found = states.start_sync_execution(stateMachineArn=ARN + "quote", input='{"count": 1}')
    assert (found["status"], json.loads(found["output"])) == ("SUCCEEDED", {"price": 14})
    with pytest.raises(states.exceptions.StateMachineTypeNotSupported):
        states.start_sync_execution(stateMachineArn=ARN + "order", input="{}")


def test_an_api_answers_with_the_output(stack):
    api = next(one for one in stack.json("status", "--stack", "s")["apis"] if one["stage"] == "prod")
    request = urllib.request.Request(api["url"] + "/quote", b'{"count": 2}', {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        assert json.load(answer) == {"price": 21}


def test_the_role_has_to_allow_the_call(states):
    found = states.start_sync_execution(stateMachineArn=ARN + "not-allowed", input='{"count": 1}')
    assert found["status"] == "FAILED"
    assert "lambda:InvokeFunction" in found["cause"]


def test_what_the_interpreter_cannot_read_is_recorded_and_said(stack, states):
    assert any("`Odd` is recorded only" in one for one in stack.json("status", "--stack", "s")["warnings"])
    found = ended(states, states.start_execution(stateMachineArn=ARN + "odd")["executionArn"])
    assert (found["status"], found["error"]) == ("FAILED", "States.Runtime")
    with pytest.raises(ClientError) as refused:
        states.update_state_machine(stateMachineArn=ARN + "odd", definition="{")
    assert refused.value.response["Error"]["Code"] == "InvalidDefinition"


def made_and_run(states, name, given=None, **definition):
    role = "arn:aws:iam::123456789012:role/any"
    made = states.create_state_machine(name=name, definition=json.dumps(definition), roleArn=role)
    return ended(
        states,
        states.start_execution(stateMachineArn=made["stateMachineArn"], input=json.dumps(given or {}))["executionArn"],
    )


@pytest.mark.parametrize(
    ("tolerated", "error"),
    [
        ({}, "States.ExceedToleratedFailureThreshold"),
        ({"ToleratedFailureCount": 1}, None),
        ({"ToleratedFailurePercentage": 25}, "States.ExceedToleratedFailureThreshold"),
        ({"ToleratedFailurePercentage": 50}, None),
    ],
)
def test_a_distributed_map_fails_beyond_its_tolerated_failures(states, tolerated, error):
    is_two = {"Variable": "$", "NumericEquals": 2, "Next": "No"}
    each = {
        "Which": {"Type": "Choice", "Choices": [is_two], "Default": "Yes"},
        "No": {"Type": "Fail", "Error": "Two", "Cause": "it is two"},
        "Yes": {"Type": "Pass", "End": True},
    }
    processor = {
        "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
        "StartAt": "Which",
        "States": each,
    }
    map_ = {"Type": "Map", "ItemsPath": "$.all", "ItemProcessor": processor, "End": True, **tolerated}
    name = "-".join(["map", *map(str, tolerated.values()), *tolerated])
    found = made_and_run(states, name, {"all": [1, 2, 3]}, StartAt="M", States={"M": map_})
    assert found.get("error") == error
    if error is None:
        one, two, three = json.loads(found["output"])
        assert (one, two["Status"], two["Error"], two["Input"], three) == (1, "FAILED", "Two", "2", 3)


def test_an_error_of_an_sdk_is_caught_by_its_name(stack, states):
    stack.client("s3").create_bucket(Bucket="names-of-errors")
    call = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:s3:getObject", "End": True}
    given = {"Parameters": {"Bucket": "names-of-errors", "Key": "none"}}
    caught = {"Catch": [{"ErrorEquals": ["S3.NoSuchKeyException"], "Next": "None"}]}
    found = made_and_run(
        states, "sdk", StartAt="Get", States={"Get": {**call, **given, **caught}, "None": {"Type": "Succeed"}}
    )
    assert (found["status"], json.loads(found["output"])["Error"]) == ("SUCCEEDED", "S3.NoSuchKeyException")


def test_functions_of_expressions(states):
    own = {
        "Type": "Pass",
        "Output": "{% [$hash('x', 'SHA-256'), $length($uuid()), $random(7) = $random(7)] %}",
        "End": True,
    }
    found = made_and_run(states, "own", QueryLanguage="JSONata", StartAt="P", States={"P": own})
    digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
    assert json.loads(found["output"]) == [digest, 36, True]
    text = {"text.$": "States.Base64Decode(States.Base64Encode($.text))"}
    passed = {"Type": "Pass", "Parameters": text, "End": True}
    found = made_and_run(states, "base64", {"text": "größer"}, StartAt="P", States={"P": passed})
    assert json.loads(found["output"]) == {"text": "größer"}


def test_a_worker_does_the_task_of_an_activity(states):
    """Workers may ask before the task is there, or after it."""
    work = "arn:aws:states:us-east-1:123456789012:activity:work"
    for first in (True, False):
        with ThreadPoolExecutor(1) as one:
            asked = one.submit(states.get_activity_task, activityArn=work, workerName="ann") if first else None
            begun = states.start_execution(stateMachineArn=ARN + "by-hand", input='{"box": 4}')["executionArn"]
            task = asked.result() if asked else states.get_activity_task(activityArn=work, workerName="ann")
        assert json.loads(task["input"]) == {"box": 4}
        states.send_task_success(taskToken=task["taskToken"], output='{"done": true}')
        assert json.loads(ended(states, begun)["output"]) == {"done": True}
    types = [one["type"] for one in states.get_execution_history(executionArn=begun)["events"]]
    assert {"ActivityScheduled", "ActivityStarted", "ActivitySucceeded"} <= {*types}
    with pytest.raises(states.exceptions.ActivityDoesNotExist):
        states.get_activity_task(activityArn=f"{work}-not")


def test_an_execution_is_stopped_for_a_reason(states):
    assert states.create_activity(name="work")["activityArn"].endswith(":work")  # it is there
    begun = states.start_execution(stateMachineArn=ARN + "by-hand", input='{"box": 5}')["executionArn"]
    stopped = states.stop_execution(executionArn=begun, error="Late", cause="too late")["stopDate"]
    found = ended(states, begun)
    assert (found["status"], found.get("error"), found.get("cause")) == ("ABORTED", "Late", "too late")
    assert abs(found["stopDate"] - stopped).total_seconds() < 5


def test_tasks_call_web_servers(stack, states):
    arn = stack.client("events").create_connection(
        Name="guarded",
        AuthorizationType="API_KEY",
        AuthParameters={"ApiKeyAuthParameters": {"ApiKeyName": "x-key", "ApiKeyValue": "k1"}},
    )["ConnectionArn"]
    given = json.dumps({"count": 2, "connection": arn})
    begun = states.start_execution(stateMachineArn=ARN + "over-the-web", input=given)["executionArn"]
    found = ended(states, begun)
    assert (found["status"], found["error"]) == ("FAILED", "States.Http.StatusCode.403"), found["cause"]
    history = states.get_execution_history(executionArn=begun)["events"]
    left = [one["stateExitedEventDetails"] for one in history if one["type"] == "TaskStateExited"]
    assert json.loads(left[-1]["output"]) == {
        "count": 2, "connection": arn, "first": {"price": 21, "status": 200}, "second": {"status": 200},
    }  # fmt: skip


def test_an_alias_leads_to_a_version(states):
    def definition(text):
        return json.dumps({"StartAt": "P", "States": {"P": {"Type": "Pass", "Result": text, "End": True}}})

    made = states.create_state_machine(
        name="versions", definition=definition("first"), roleArn="arn:aws:iam::123456789012:role/any", publish=True
    )
    route = {"stateMachineVersionArn": made["stateMachineVersionArn"], "weight": 100}
    alias = states.create_state_machine_alias(name="live", routingConfiguration=[route])["stateMachineAliasArn"]
    states.update_state_machine(stateMachineArn=made["stateMachineArn"], definition=definition("second"))
    for arn, output in (
        (alias, "first"),
        (made["stateMachineVersionArn"], "first"),
        (made["stateMachineArn"], "second"),
    ):
        begun = states.start_execution(stateMachineArn=arn)["executionArn"]
        assert json.loads(ended(states, begun)["output"]) == output


def test_tasks_of_services_that_are_not_here_are_said(stack):
    assert any("`Glued` has tasks of glue" in one for one in stack.json("status", "--stack", "s")["warnings"])


def test_a_changed_definition_is_followed(stack, states):
    path = stack.template.parent / "quote.asl.json"
    path.write_text(path.read_text().replace("count + 1", "count + 2"))
    stack.up()
    found = states.start_sync_execution(stateMachineArn=ARN + "quote", input='{"count": 1}')
    assert json.loads(found["output"]) == {"price": 21}


def test_a_trace_goes_on_through_an_execution(stack):
    """A client's header reaches the functions that the tasks call, also from the threads of the execution."""
    client, root = stack.client("stepfunctions"), "1-5759e988-bd862e3fe1be46a994272793"
    client.meta.events.register(
        "before-send.sfn",
        lambda request, **_more: request.headers.update({"X-Amzn-Trace-Id": f"Root={root};Sampled=1"}),
    )
    begun = client.start_execution(stateMachineArn=ARN + "order", input='{"order": 0}')["executionArn"]
    ended(client, begun)

    def traced():
        return [(one["depth"], one["name"]) for one in stack.json("traces", root, "--stack", "s")["spans"]]

    wait_until(lambda: (1, "Order") in traced())  # the end of the execution is reported after it
    spans = traced()
    assert spans[0] == (0, "states:StartExecution")
    at = spans.index((1, "Order"))
    assert [depth for depth, _ in spans[at + 1 : at + 3]] == [2, 3]  # a state, and the function that its task calls
    assert (4, "Invocation") in spans[at:]
