"""State machines call APIs with signatures and servers with tokens; a template's versions and aliases lead to its definitions."""

import json
import urllib.request

import pytest
from botocore.config import Config

from tests.helpers.processes import wait_until
from tests.helpers.stacks import copied

pytestmark = pytest.mark.packets

ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:"


@pytest.fixture(scope="module")
def stack(tmp_path_factory):
    yield from copied(tmp_path_factory.mktemp("machines"), "machines-of-the-web.yaml").while_up()


@pytest.fixture(scope="module")
def states(stack):
    return stack.client("stepfunctions", config=Config(inject_host_prefix=False))


def ran(states, name):
    found = states.start_sync_execution(stateMachineArn=ARN + name, input='{"count": 1}')
    return json.loads(found["output"]) if found["status"] == "SUCCEEDED" else found["error"]


def test_an_api_admits_the_role_that_its_policies_allow(states):
    assert "assumed-role" in ran(states, "by-role")["caller"]
    assert ran(states, "not-allowed") == "ApiGateway.403"


def test_a_resource_policy_admits_the_machine_that_it_names(states):
    assert ran(states, "by-policy") == 200
    assert ran(states, "another") == "ApiGateway.403"


def test_a_connection_gets_a_token_with_its_client_and_its_parameters(states):
    assert ran(states, "by-token") == {"tenant": "seven"}


def outputs(states, name):
    """The outputs of the executions of a machine that have ended."""
    found = states.list_executions(stateMachineArn=ARN + name, statusFilter="SUCCEEDED")["executions"]
    return [json.loads(states.describe_execution(executionArn=one["executionArn"])["output"]) for one in found]


def test_events_reach_a_published_version_which_follows_the_definition(stack, states):
    """SAM's events name the alias, and its version is another one when the definition changes."""
    events = stack.client("events")
    entry = {"Source": "shop", "DetailType": "sold", "Detail": '{"by": "rule"}', "EventBusName": "shop"}
    events.put_events(Entries=[entry])
    api = next(one["url"] for one in stack.json("status", "--stack", "s")["apis"] if one["stage"] == "Prod")
    request = urllib.request.Request(api + "/start", b'{"by": "api"}', {"Content-Type": "application/json"})
    urllib.request.urlopen(request).close()
    wait_until(lambda: len(outputs(states, "published")) == 2)
    assert {(one["by"], one["word"]) for one in outputs(states, "published")} == {("rule", "first"), ("api", "first")}
    with stack.changed_to(stack.template.read_text().replace("Default: first", "Default: second")):
        events.put_events(Entries=[entry])
        wait_until(lambda: {"by": "rule", "word": "second"} in outputs(states, "published"))
    found = next(
        one for one in stack.json("status", "--stack", "s")["state_machines"] if one["resource"] == "Published"
    )
    assert found["executions"] == {"succeeded": 3}


def test_versions_and_weights_of_a_template(states):
    listed = states.list_state_machine_versions(stateMachineArn=ARN + "weighed")["stateMachineVersions"]
    assert [one["stateMachineVersionArn"].rpartition(":")[2] for one in listed] == ["2", "1"]
    split = states.describe_state_machine_alias(stateMachineAliasArn=ARN + "weighed:split")
    assert [one["weight"] for one in split["routingConfiguration"]] == [40, 60]
    with pytest.raises(states.exceptions.ConflictException):
        states.delete_state_machine_version(stateMachineVersionArn=ARN + "weighed:1")


def test_publishing_makes_one_version_of_each_definition(states):
    arn = states.create_state_machine(
        name="by-hand",
        definition='{"StartAt": "P", "States": {"P": {"Type": "Pass", "End": true}}}',
        roleArn="arn:aws:iam::123456789012:role/any",
    )["stateMachineArn"]
    first, again = (states.publish_state_machine_version(stateMachineArn=arn)["stateMachineVersionArn"] for _ in "12")
    assert first == again
    states.update_state_machine(
        stateMachineArn=arn, definition='{"StartAt": "S", "States": {"S": {"Type": "Succeed"}}}'
    )
    second = states.publish_state_machine_version(stateMachineArn=arn)["stateMachineVersionArn"]
    assert (first[-2:], second[-2:]) == (":1", ":2")
    states.delete_state_machine_version(stateMachineVersionArn=first)
    (left,) = states.list_state_machine_versions(stateMachineArn=arn)["stateMachineVersions"]
    assert left["stateMachineVersionArn"] == second
