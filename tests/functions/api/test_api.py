"""The Lambda API without a network: names, refusals, configuration."""

import json
import re
from dataclasses import replace

import pytest

from netful.functions.api.lambda_api import OPERATIONS, LambdaApi
from netful.functions.api.protocol.message import OperationCall
from netful.functions.api.protocol.names import function_arn, named
from netful.functions.events.event_queue import EventQueue, Outlets
from netful.functions.events.event_settings import EventSettings, event_settings
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.model.functions.function import Code, Function
from netful.service_models.service_model import service_model
from tests.helpers.lambda_bench import function_of

pytestmark = pytest.mark.packets

BASE = "/2015-03-31/functions"
SOURCE = "import os\ndef handler(event, context): return os.environ.get('COLOUR', event)"
CLOUD = Cloud.of(
    region="eu-west-1",
    account_id="123456789012",
    functions={"Fn": Function("Fn", "fn", Code()), "Other": Function("Other", "other", Code())},
    resources={
        "V": Resource("V", "AWS::Lambda::Version", {"FunctionName": "fn"}),
        "A": Resource("A", "AWS::Lambda::Alias", {"FunctionName": "fn", "Name": "live"}, references=("Fn", "V")),
    },
)


@pytest.mark.parametrize(
    ("text", "qualifier", "asked"),
    [
        ("fn", "", ""),
        ("fn", "live", "live"),
        ("fn:live", "", "live"),
        ("fn:1", "1", "1"),
        ("fn:$LATEST", "", "$LATEST"),
        ("function:fn", "", ""),
        ("123456789012:function:fn", "", ""),
        ("arn:aws:lambda:eu-west-1:123456789012:function:fn:live", "", "live"),
    ],
)
def test_names(text, qualifier, asked):
    one = named(CLOUD, text, qualifier)
    assert (one.function.id, one.qualifier) == ("Fn", asked)


@pytest.mark.parametrize(
    ("text", "id_"),
    [
        ("fn", "Fn"),
        ("arn:aws:lambda:eu-west-1:123456789012:function:fn", "Fn"),
        ("arn:aws:lambda:us-east-1:123456789012:function:fn", "Far"),
        ("us-east-1:123456789012:function:fn", "Far"),
        ("arn:aws:lambda:us-east-1:123456789012:function:single", "Single"),
        ("single", "Single"),
    ],
)
def test_functions_of_two_regions(text, id_):
    kind, region = "AWS::Lambda::Function", "us-east-1"
    more = {id_: Function(id_, name, Code()) for id_, name in (("Far", "fn"), ("Single", "single"))}
    cloud = CLOUD.having(
        functions={**CLOUD.compute.functions, **more},
        resources={one: Resource(one, kind, region=region) for one in more},
    )
    found = named(cloud, text).function
    assert found.id == id_
    assert named(cloud, "fn", asked_in=region).function.id == "Far"
    assert function_arn(cloud, found).split(":")[3] == ("eu-west-1" if id_ == "Fn" else region)


@pytest.mark.parametrize(
    ("text", "arn"),
    [
        ("nope", "nope"),
        ("arn:aws:lambda:us-east-1:123456789012:function:fn", "fn"),
        ("arn:aws:lambda:eu-west-1:999999999999:function:fn", "fn"),
        ("not a name", "not a name"),
    ],
)
@pytest.mark.parametrize("implied", ["", "$LATEST"])
def test_names_of_nothing(text, arn, implied):
    with pytest.raises(InvokeRefused) as refused:
        named(CLOUD, text, implied=implied)
    end = f":{implied}" if implied else ""
    assert refused.value.status == 404
    assert refused.value.message == f"Function not found: arn:aws:lambda:eu-west-1:123456789012:function:{arn}{end}"


def test_a_name_with_two_versions():
    with pytest.raises(InvokeRefused) as refused:
        named(CLOUD, "fn:1", "live")
    assert refused.value.code == "InvalidParameterValueException"


async def _nothing(_it):
    raise AssertionError


def ask(bench, *calls, function=None, **changes):
    """The replies to calls, one after the other."""

    async def body(service):
        outlets = Outlets(
            _nothing, _nothing, lambda _id: service.cloud.compute.functions["Fn"], lambda _id: EventSettings()
        )
        api = LambdaApi(lambda: service, EventQueue(outlets))
        return [await api.handle(call) for call in calls]

    return bench.run(function or function_of(SOURCE), body, **changes)


def invoke(body=b"", **headers):
    return OperationCall("POST", f"{BASE}/my-fn/invocations", headers=headers, body=body)


def test_an_error_has_awss_shape(bench):
    missing, malformed = ask(bench, OperationCall("GET", f"{BASE}/nope"), invoke(b"{nope"))
    assert missing.status == 404
    assert dict(missing.headers)["x-amzn-ErrorType"] == "ResourceNotFoundException"
    assert json.loads(missing.body) == {
        "Type": "User",
        "Message": "Function not found: arn:aws:lambda:eu-west-1:123456789012:function:nope:$LATEST",
    }
    assert malformed.status == 400
    assert json.loads(malformed.body)["message"].startswith("Could not parse request body into json: ")


def test_a_throttle_names_its_reason(bench):
    (reply,) = ask(bench, invoke(), reserved_concurrent_executions=0)
    assert reply.status == 429
    assert json.loads(reply.body) == {
        "Reason": "ReservedFunctionConcurrentInvocationLimitExceeded", "Type": "User", "message": "Rate Exceeded.",
    }  # fmt: skip


@pytest.mark.parametrize(("kind", "size"), [("RequestResponse", 6 * 2**20), ("Event", 2**20)])
def test_a_request_that_is_too_large(bench, kind, size):
    (reply,) = ask(bench, invoke(b'"' + b"x" * size + b'"', **{"x-amz-invocation-type": kind}))
    assert (reply.status, dict(reply.headers)["x-amzn-ErrorType"]) == (413, "RequestEntityTooLargeException")
    assert "Type" not in json.loads(reply.body)


def test_a_dry_run_runs_nothing(bench):
    source = "def handler(event, context): print('ran')"
    (reply,) = ask(bench, invoke(**{"x-amz-invocation-type": "DryRun"}), function=function_of(source))
    assert (reply.status, reply.body) == (204, b"")


def test_a_list_leaves_the_state_out(bench):
    whole, listed = ask(bench, OperationCall("GET", f"{BASE}/my-fn/configuration"), OperationCall("GET", f"{BASE}/"))
    (one,) = json.loads(listed.body)["Functions"]
    left_out = {"State", "LastUpdateStatus", "RuntimeVersionConfig"}
    assert json.loads(whole.body).keys() - one.keys() == left_out
    assert "VpcConfig" not in one


def test_a_new_environment_holds_for_the_next_invocation(bench):
    change = json.dumps({"Environment": {"Variables": {"COLOUR": "blue"}}}).encode()
    path = f"{BASE}/my-fn/configuration"
    before, changed, after = ask(bench, invoke(), OperationCall("PUT", path, body=change), invoke())
    assert (before.body, after.body) == (b"{}", b'"blue"')
    assert json.loads(changed.body)["LastUpdateStatus"] == "InProgress"
    assert all(attachment.closed for attachment in bench.attachments)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Timeout": 5401}, "ValidationException"),
        ({"MemorySize": 64}, "ValidationException"),
        ({"MemorySize": 20_000}, "ValidationException"),
        ({"Timeout": "3"}, "SerializationException"),
        ({"VpcConfig": []}, "SerializationException"),
        ({"EphemeralStorage": {}}, "ValidationException"),
        ({"Environment": {"Variables": {"BIG": "x" * 4096}}}, "InvalidParameterValueException"),
        ({"ImageConfig": {}}, "InvalidParameterValueException"),
        ({"Runtime": "cobol"}, "InvalidParameterValueException"),
    ],
)
def test_a_change_that_is_refused(bench, change, code):
    (reply,) = ask(bench, OperationCall("PUT", f"{BASE}/my-fn/configuration", body=json.dumps(change).encode()))
    assert dict(reply.headers)["x-amzn-ErrorType"] == code


def test_event_settings_come_from_the_template():
    config = {
        "FunctionName": "fn",
        "MaximumRetryAttempts": 1,
        "MaximumEventAgeInSeconds": "120",
        "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:eu-west-1:123456789012:q"}},
    }
    resources = {
        "C": Resource("C", "AWS::Lambda::EventInvokeConfig", config),
    }
    functions = {**CLOUD.compute.functions}
    functions["Fn"] = replace(functions["Fn"], dead_letter_arn="arn:aws:sns:::dead")
    cloud = Cloud.of(functions=functions, resources=resources)
    assert event_settings(cloud, "Fn") == EventSettings(
        1, 120, on_failure="arn:aws:sqs:eu-west-1:123456789012:q", dead_letter="arn:aws:sns:::dead"
    )
    assert event_settings(cloud, "Other") == EventSettings()


ODD = (None, "x", -1, 1.5, True, [], {}, [None], [{}], {"a": None})


def test_members_of_other_types_are_refused(bench):
    """Whatever a request has for its members, Lambda's error is the answer, and no error of netful's own."""
    model = service_model("lambda")
    sent = []
    for operation in (model.operations[name] for name in OPERATIONS if model.operations[name].input):
        path = operation.http.request_uri.partition("?")[0].replace("{FunctionName}", "my-fn")
        path = re.sub("{[A-Za-z]+}", "none", path)
        shape = model.shapes[operation.input.shape]
        for name in (name for name, member in shape.members.items() if not member.location):
            body = dict.fromkeys(shape.required, "x") | {"Role": "arn:aws:iam::123456789012:role/r"}
            sent += [
                OperationCall(operation.http.method, path, body=json.dumps(body | {name: odd}).encode()) for odd in ODD
            ]
    replies = ask(bench, *sent)
    assert {reply.status for reply in replies} <= {200, 201, 202, 204, 400, 404, 409, 412}
