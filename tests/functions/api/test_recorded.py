"""What was recorded of real AWS: the shapes and texts of the Lambda API (docs/reference/lambda-facts.md)."""

import asyncio
import base64
import json
import re

import pytest

from netful.engine.authorization.sessions import Credentials
from netful.functions.api.lambda_api import LambdaApi
from netful.functions.api.operations.updates import updated
from netful.functions.api.protocol.message import OperationCall
from netful.functions.code.variables import variables
from netful.functions.environments.admission import rejection
from netful.functions.environments.lifecycle import Lifecycle
from netful.functions.events.event_queue import EventQueue, Outlets
from netful.functions.events.event_settings import EventSettings
from netful.functions.events.invocation_record import Condition, Event, record
from netful.functions.invocations.invocation import InvokeRefused
from netful.model.allocation import allocate
from netful.model.cloud import Cloud
from netful.model.core import Resource
from netful.model.functions.function import Code, Function
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.services.backends.messages_out import send_message
from netful.services.http.message import Response
from tests.helpers.lambda_client import FN, Client, zipped

pytestmark = pytest.mark.packets

LISTED = {
    "Architectures", "CodeSha256", "CodeSize", "Description", "EphemeralStorage", "FunctionArn", "FunctionName",
    "Handler", "LastModified", "LoggingConfig", "MemorySize", "PackageType", "RevisionId", "Role", "Runtime",
    "SnapStart", "Timeout", "TracingConfig", "Version",
}  # fmt: skip
SOURCE = "def handler(event, context): return 1"


def asked(bench, *calls, **changes):
    """The documents that calls are answered with."""

    async def body(service):
        client = Client(service)
        return [await client(*call) for call in calls]

    return bench.run(SOURCE, body, **changes)


def test_a_configuration_has_the_recorded_members(bench):
    whole, listed = asked(bench, ("GET", f"{FN}/configuration"), ("GET", "/2015-03-31/functions"))
    assert whole.keys() == LISTED | {"State", "LastUpdateStatus", "RuntimeVersionConfig"}
    assert listed["Functions"][0].keys() == LISTED
    values = {name: whole[name] for name in (
        "Architectures", "Description", "EphemeralStorage", "LoggingConfig", "MemorySize", "PackageType", "SnapStart",
        "Timeout", "TracingConfig", "Version", "State", "LastUpdateStatus")}  # fmt: skip
    assert values == {
        "Architectures": ["x86_64"], "Description": "", "EphemeralStorage": {"Size": 512},
        "LoggingConfig": {"LogFormat": "Text", "LogGroup": "/aws/lambda/my-fn"}, "MemorySize": 128,
        "PackageType": "Zip", "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"}, "Timeout": 30,
        "TracingConfig": {"Mode": "PassThrough"}, "Version": "$LATEST", "State": "Active",
        "LastUpdateStatus": "Successful",
    }  # fmt: skip
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000", whole["LastModified"])
    assert re.fullmatch(r"arn:aws:lambda:eu-west-1::runtime:[0-9a-f]{64}", whole["RuntimeVersionConfig"]["RuntimeVersionArn"])  # fmt: skip


def test_get_function_tells_the_qualified_arn(bench):
    async def body(service):
        client = Client(service)
        await client("POST", f"{FN}/versions")
        return await client("GET", FN), await client("GET", FN, Qualifier="1")

    plain, qualified = bench.run(SOURCE, body)
    assert plain.keys() == {"Code", "Configuration"}
    assert plain["Code"]["RepositoryType"] == "S3"
    assert plain["Configuration"]["FunctionArn"].endswith(":function:my-fn")
    assert qualified["Configuration"]["FunctionArn"].endswith(":function:my-fn:1")
    assert qualified["Configuration"]["Version"] == "1"


def test_a_function_with_reserved_concurrency_tells_it(bench):
    (told,) = asked(bench, ("GET", FN), reserved_concurrent_executions=7)
    assert told["Concurrency"] == {"ReservedConcurrentExecutions": 7}


def test_account_settings(bench):
    (told,) = asked(bench, ("GET", "/2016-08-19/account-settings"), reserved_concurrent_executions=7)
    assert told["AccountLimit"] == {
        "TotalCodeSize": 80_530_636_800, "CodeSizeUnzipped": 262_144_000, "CodeSizeZipped": 52_428_800,
        "ConcurrentExecutions": 1000, "UnreservedConcurrentExecutions": 993,
    }  # fmt: skip
    assert told["AccountUsage"].keys() == {"TotalCodeSize", "FunctionCount"}


@pytest.mark.parametrize("change", [{"Timeout": 9}, {}], ids=["change", "no change"])
def test_an_update_changes_the_revision_twice(bench, change):
    before, accepted, after = asked(
        bench, ("GET", f"{FN}/configuration"), ("PUT", f"{FN}/configuration", change), ("GET", f"{FN}/configuration")
    )
    assert len({one["RevisionId"] for one in (before, accepted, after)}) == 3
    reasons = {name: value for name, value in accepted.items() if name.startswith("LastUpdate")}
    assert reasons == {
        "LastUpdateStatus": "InProgress",
        "LastUpdateStatusReason": "The function is being created.",
        "LastUpdateStatusReasonCode": "Creating",
    }
    assert after["LastUpdateStatus"] == "Successful"
    assert "LastUpdateStatusReason" not in after


def pending_lifecycle(clock):
    """A lifecycle in which `Fn` waits for its interface."""
    eni = NetworkInterface("eni-1", InterfaceOwner.LAMBDA, "Fn", "s", function_ids=("Fn",))
    function = Function("Fn", "my-fn", Code(), subnet_ids=("s",))
    lifecycle = Lifecycle(clock, eni_seconds=60)
    lifecycle.follow(Cloud.of(functions={"Fn": function}, network_interfaces={"eni-1": eni}))
    return lifecycle


def test_a_pending_function_tells_why_and_refuses_change(bench):
    now = [0.0]

    async def body(service):
        service.lifecycle = pending_lifecycle(lambda: now[0])
        client = Client(service)
        told = [await client("GET", f"{FN}/configuration")]
        refusals = [
            await client.refused("POST", f"{FN}/invocations"),
            await client.refused("PUT", f"{FN}/code", {"ZipFile": zipped(1)}),
            await client.refused("PUT", f"{FN}/configuration", {"Timeout": 4}),
            await client.refused("POST", f"{FN}/versions"),
        ]
        now[0] = 60.0
        return [*told, await client("GET", f"{FN}/configuration")], refusals, await client.invoke()

    (pending, active), refusals, (payload, _) = bench.run(SOURCE, body)
    states = {name: value for name, value in pending.items() if name.startswith(("State", "LastUpdate"))}
    assert states == {
        "State": "Pending", "StateReason": "The function is being created.", "StateReasonCode": "Creating",
    }  # fmt: skip
    assert not {"StateReason", "StateReasonCode"} & active.keys()
    assert (active["State"], active["LastUpdateStatus"], payload) == ("Active", "Successful", 1)
    text = "The operation cannot be performed at this time. The function is currently in the following state: Pending"
    assert refusals == [(409, "ResourceConflictException", text)] * 4


def test_an_event_that_waits_runs_on_the_new_code(bench):
    async def body(service):
        done = asyncio.get_running_loop().create_future()
        updated = asyncio.Event()

        async def run(event):
            await updated.wait()  # the event is queued, and the update comes first
            done.set_result(await service.invoke(event.function_id, event.payload))
            return done.result()

        outlets = Outlets(run, None, lambda _id: service.cloud.compute.functions["Fn"], lambda _id: EventSettings())
        api = LambdaApi(lambda: service, EventQueue(outlets))
        headers = {"x-amz-invocation-type": "Event"}
        accepted = await api.handle(OperationCall("POST", f"{FN}/invocations", headers=headers))
        await Client(service)("PUT", f"{FN}/code", {"ZipFile": zipped("'new'")})
        updated.set()
        return accepted, json.loads((await done).payload)

    accepted, payload = bench.run("def handler(event, context): return 'old'", body)
    assert (accepted.status, accepted.body) == (202, b"")
    assert "X-Amz-Executed-Version" not in dict(accepted.headers)
    assert payload == ["$LATEST", "new"]


def test_a_request_response_tells_the_version(bench):
    async def body(service):
        return await Client(service).api.handle(OperationCall("POST", f"{FN}/invocations"))

    reply = bench.run("def handler(event, context): pass", body)
    assert (reply.body, dict(reply.headers)["X-Amz-Executed-Version"]) == (b"null", "$LATEST")


def test_versions_are_deleted_but_not_latest(bench):
    async def body(service):
        client = Client(service)
        await client("POST", f"{FN}/versions")
        await client("POST", f"{FN}/aliases", {"Name": "live", "FunctionVersion": "1"})
        refusals = [
            await client.refused("DELETE", FN, Qualifier="$LATEST"),
            await client.refused("DELETE", FN, Qualifier="1"),
            await client.refused("DELETE", FN),
        ]
        await client("DELETE", f"{FN}/aliases/live")
        gone = await client("DELETE", FN, Qualifier="1")
        missing = await client.refused("GET", FN, Qualifier="1")
        await client("PUT", f"{FN}/configuration", {"Timeout": 4})
        return refusals, gone, missing, await client("POST", f"{FN}/versions")

    refusals, gone, missing, fresh = bench.run(SOURCE, body)
    latest = "$LATEST version cannot be deleted without deleting the function."
    assert refusals[0] == (400, "InvalidParameterValueException", latest)
    assert [code for _, code, _ in refusals[1:]] == ["ResourceConflictException", "InvalidParameterValueException"]
    assert (gone, missing[1]) == (None, "ResourceNotFoundException")
    assert fresh["Version"] == "2"  # a number is not used again


TOO_MANY = {f"V{n}": "x" * 100 for n in range(40)}
TOO_MANY_TEXT = (
    "Lambda was unable to configure your environment variables because the environment variables you have provided "
    f"exceeded the 4KB limit. String measured: {json.dumps(TOO_MANY, separators=(',', ':'))}"
)
RESERVED_TEXT = (
    "Lambda was unable to configure your environment variables because the environment variables you have provided "
    "contains reserved keys that are currently not supported for modification. "
    "Reserved keys used in this request: AWS_REGION, _HANDLER"
)


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"layers": ("L",) * 6}, "Cannot reference more than 5 layers."),
        ({"environment": TOO_MANY}, TOO_MANY_TEXT),
        ({"environment": {"TZ": ":UTC", "AWS_REGION": "x", "_HANDLER": "y"}}, RESERVED_TEXT),
    ],
    ids=["layers", "environment", "reserved names"],
)
def test_a_function_that_lambda_would_not_create(changes, text):
    function = Function("Fn", "fn", Code(), **changes)
    found = rejection(Cloud(), function)
    assert (found.problem.why, found.reason_code) == (text, "InvalidConfiguration")


def test_a_file_that_is_no_zip(bench):
    async def body(service):
        content = base64.b64encode(b"no zip").decode()
        return await Client(service).refused("PUT", f"{FN}/code", {"ZipFile": content})

    status, code, message = bench.run(SOURCE, body)
    assert (status, code) == (400, "InvalidParameterValueException")
    assert message == "Could not unzip uploaded file. Please check your file, then try to upload again."


def test_a_mapping_is_told(bench):
    written = {"EventSourceArn": "arn:aws:sqs:eu-west-1:123456789012:q", "FunctionName": "my-fn"}

    async def body(service):
        return await Client(service)("GET", "/2015-03-31/event-source-mappings")

    resources = {"M": Resource("M", "AWS::Lambda::EventSourceMapping", written)}
    (one,) = bench.run(SOURCE, body, resources=resources)["EventSourceMappings"]
    told = {name: one[name] for name in ("State", "StateTransitionReason", "BatchSize", "FunctionResponseTypes")}
    assert told == {
        "State": "Enabled", "StateTransitionReason": "USER_INITIATED", "BatchSize": 10, "FunctionResponseTypes": [],
    }  # fmt: skip


def test_the_record_for_a_bus():
    bus, function = (
        "arn:aws:events:eu-west-1:123456789012:event-bus/b",
        "arn:aws:lambda:eu-west-1:123456789012:function:fn",
    )
    sent = []

    async def call_host(host, request):
        sent.append((host, json.loads(request.body)["Entries"][0]))
        return Response(200, (), b"")

    told = record(Event("Fn", function, "id", b"{}"), Condition.RETRIES_EXHAUSTED, 3, None)
    asyncio.run(send_message(bus, told, {}, call_host))
    ((host, entry),) = sent
    assert host == "events.eu-west-1.amazonaws.com"
    assert (entry["Source"], entry["DetailType"]) == ("lambda", "Lambda Function Invocation Result - Failure")
    assert entry["Resources"] == [bus, f"{function}:$LATEST"]


# Functions by their subnets and groups, and how many interfaces there are when each has been added.
IN_VPC = (
    (("A", "B"), ("x",), 2),
    (("A", "B"), ("x",), 2),
    (("A",), ("x", "y"), 3),
    (("A",), ("y", "x"), 3),
    (("A", "B", "C"), ("x",), 4),
)


def test_interfaces_are_counted_by_subnet_and_set_of_groups():
    functions, numbers = {}, []
    for number, (subnet_ids, group_ids, _) in enumerate(IN_VPC):
        name = f"F{number}"
        functions[name] = Function(name, name, Code(), subnet_ids=subnet_ids, security_group_ids=group_ids)
        numbers.append(len(allocate(Cloud.of(functions=functions)).network.network_interfaces))
    assert numbers == [number for _, _, number in IN_VPC]


RECORDED = {
    "AWS_LAMBDA_FUNCTION_NAME": "fn", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128",
    "AWS_LAMBDA_LOG_GROUP_NAME": "/aws/lambda/fn", "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
    "AWS_LAMBDA_RUNTIME_API": "169.254.100.1:9001", "AWS_EXECUTION_ENV": "AWS_Lambda_python3.14",
    "AWS_REGION": "eu-west-1", "AWS_DEFAULT_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "a",
    "AWS_SECRET_ACCESS_KEY": "b", "AWS_SESSION_TOKEN": "c", "AWS_XRAY_DAEMON_ADDRESS": "169.254.100.1:2000",
    "_AWS_XRAY_DAEMON_ADDRESS": "169.254.100.1", "_AWS_XRAY_DAEMON_PORT": "2000",
    "AWS_XRAY_CONTEXT_MISSING": "LOG_ERROR", "_HANDLER": "index.handler", "LAMBDA_TASK_ROOT": "/var/task",
    "LAMBDA_RUNTIME_DIR": "/var/runtime", "LANG": "en_US.UTF-8", "TZ": ":UTC",
    "PATH": "/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
    "LD_LIBRARY_PATH": "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib",
    "PYTHONPATH": "/var/runtime", "PWD": "/var/task", "SHLVL": "0", "LC_CTYPE": "C.UTF-8",
}  # fmt: skip
TRUST = {"AWS_CA_BUNDLE", "SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"}


def given(runtime, **environment):
    function = Function("Fn", "fn", Code(), handler="index.handler", runtime=runtime, environment=environment)
    return variables(function, "eu-west-1", Credentials("a", "b", "c"))


def test_the_variables_of_python():
    found = given("python3.14")
    assert {name: value for name, value in found.items() if name not in TRUST} == RECORDED


@pytest.mark.parametrize("name", ["AWS_XRAY_DAEMON_ADDRESS", "PATH", "LD_LIBRARY_PATH", "TZ", "PYTHONPATH"])
def test_a_variable_that_a_function_may_set(name):
    assert given("python3.14", **{name: "own"})[name] == "own"


def test_a_runtime_that_is_no_longer_supported_is_not_taken_by_an_update():
    function = Function("fn", "fn", Code(), runtime="python3.6")
    with pytest.raises(InvokeRefused) as refused:
        updated(Cloud(), function, {"Runtime": "python3.7"})
    assert (refused.value.status, refused.value.code) == (400, "InvalidParameterValueException")
    assert updated(Cloud(), function, {"Runtime": "python3.14", "Timeout": 5}).runtime == "python3.14"


def test_the_variables_of_other_runtimes():
    assert given("nodejs22.x")["NODE_PATH"] == (
        "/opt/nodejs/node22/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task"
    )
    assert "AWS_EXECUTION_ENV" not in given("provided.al2023")
