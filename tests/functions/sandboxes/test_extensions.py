"""Processes beside the runtime: registration, events, failures, the end (lambda §3.3)."""

import asyncio
import json
import re

import pytest

from tests.helpers.extensions import HANDLER, extension, idle, with_extensions

pytestmark = pytest.mark.packets


def run(bench, tmp_path, *, then="pass", invocations=1, timeout=30, waits=False, **programs):
    """Invoke some times; the invocations, and the log when all has ended."""
    function, resources = with_extensions(tmp_path, HANDLER.format(then=then), **programs)
    logs = []

    async def body(service):
        logs.append(service.logs("Fn"))
        done = []
        for _ in range(invocations):
            done.append(await service.invoke("Fn", b'{"n": 1}'))
            if waits:
                await idle(service)
        return done

    done = bench.run(function, body, resources=resources, timeout=timeout)
    return done, logs[0].text


def events(log: str) -> list[dict]:
    # wherever in a line: the handler, which writes at the same time, writes the end of its line by itself
    return [json.loads(event) for event in re.findall(r"event (\{.*\})", log)]


def test_an_extension_sees_every_invocation_and_the_end(bench, tmp_path):
    (first, second), log = run(
        bench, tmp_path, invocations=2, waits=True, watcher=extension(before="print('begins', flush=True)")
    )
    assert (first.payload, second.payload) == (b'{"n": 1}', b'{"n": 1}')
    told = json.loads(log.partition("registered ")[2].splitlines()[0])
    assert told == {
        "functionName": "my-fn", "functionVersion": "$LATEST", "handler": "index.handler", "accountId": "123456789012",
    }  # fmt: skip
    invoke, again, shutdown = events(log)
    assert (invoke["requestId"], again["requestId"]) == (first.request_id, second.request_id)
    assert invoke["invokedFunctionArn"].endswith(":function:my-fn")
    assert invoke["tracing"]["type"] == "X-Amzn-Trace-Id"
    assert "payload" not in invoke
    assert (shutdown["eventType"], shutdown["shutdownReason"]) == ("SHUTDOWN", "SPINDOWN")
    assert log.index("begins") < log.index("runtime starts") < log.index("event ")
    assert log.count("EXTENSION\tName: watcher\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n") == 1
    assert log.index("EXTENSION\t") < log.index("START RequestId")
    assert log.rstrip().endswith("bye SPINDOWN")


def test_the_environment_is_busy_until_extensions_are_done(bench, tmp_path):
    slow = extension(each="if event['eventType'] == 'INVOKE': time.sleep(3); print('flushed', flush=True)")
    (first, second), log = run(bench, tmp_path, invocations=2, slow=slow)
    assert first.function_error is None
    assert second.usage.init_ms is not None  # the first environment was still busy, so there is another one
    assert log.count("runtime starts") == 2


@pytest.mark.parametrize("while_it_runs", [True, False])
def test_a_replaced_environment_ends_when_its_extensions_are_done(bench, tmp_path, while_it_runs):
    slow = extension(each="if event['eventType'] == 'INVOKE': time.sleep(1); print('flushed', flush=True)")
    function, resources = with_extensions(tmp_path, HANDLER.format(then="pass"), slow=slow)

    async def body(service):
        invocation = asyncio.create_task(service.invoke("Fn", b"1"))
        while (not service.environments("Fn")) if while_it_runs else (not invocation.done()):  # noqa: ASYNC110  # as clients do
            await asyncio.sleep(0.01)
        await asyncio.wait_for(service.drain(), 60)
        return service.logs("Fn").text, service.environments("Fn")

    log, environments = bench.run(function, body, resources=resources)
    assert ("flushed" in log, environments) == (True, ())


def test_an_extension_that_takes_too_long_after_the_answer_resets_the_environment(bench, tmp_path):
    slow = extension(before="import signal", each="if event['eventType'] == 'INVOKE': signal.pause()")
    function, resources = with_extensions(tmp_path, HANDLER.format(then="pass"), slow=slow)

    async def body(service):
        answer = await service.invoke("Fn", b"1")
        await idle(service)
        return answer, await service.invoke("Fn", b"2"), len(service.environments("Fn"))

    answer, again, environments = bench.run(function, body, resources=resources, timeout=8)
    assert (answer.payload, again.payload, environments) == (b"1", b"2", 1)


@pytest.mark.parametrize(
    ("program", "error", "message"),
    [
        (extension(before="sys.exit(3)"), "Extension.Crash", "broken: exit status 3"),
        (
            extension(registered="call('/init/error', {}, **mine, Lambda_Extension_Function_Error_Type='Mine.Bad')"),
            "Extension.InitError",
            "Mine.Bad",
        ),
    ],
)
def test_an_extension_that_fails_to_start_fails_the_environment(bench, tmp_path, program, error, message):
    (invocation,), log = run(bench, tmp_path, broken=program)
    told = json.loads(invocation.payload)
    assert (invocation.function_error, told["errorType"]) == ("Unhandled", error)
    assert told["errorMessage"] == f"RequestId: {invocation.request_id} Error: {message}"
    assert f"Phase: init\tStatus: error\tError Type: {error}\n" in log


def test_an_extension_that_ends_in_an_invocation_fails_it(bench, tmp_path):
    ends = extension(each="sys.exit(1)")
    (invocation,), _ = run(bench, tmp_path, then="import time; time.sleep(2)", ends=ends)
    assert json.loads(invocation.payload)["errorType"] == "Extension.Crash"


def test_a_crash_of_the_runtime_tells_extensions(bench, tmp_path):
    (invocation,), log = run(bench, tmp_path, then="import os; os._exit(1)", watcher=extension())
    assert json.loads(invocation.payload)["errorType"] == "Runtime.ExitError"
    assert "bye FAILURE" in log


def test_a_timeout_tells_extensions(bench, tmp_path):
    (invocation,), log = run(bench, tmp_path, then="import signal; signal.pause()", timeout=3, watcher=extension())
    assert json.loads(invocation.payload)["errorType"] == "Sandbox.Timedout"
    assert "bye TIMEOUT" in log


def test_the_runtime_is_asked_to_end_where_there_is_an_extension(bench, tmp_path):
    then = "import signal; signal.signal(signal.SIGTERM, lambda *_: (print('runtime ends', flush=True), exit()))"
    _, log = run(bench, tmp_path, then=then, watcher=extension())
    assert "runtime ends" in log


def test_what_extensions_do_not_see(bench, tmp_path):
    names = extension(before="print('names', json.dumps(sorted(os.environ)), flush=True)")
    _, log = run(bench, tmp_path, watcher=names)
    seen = set(json.loads(log.partition("names ")[2].splitlines()[0]))
    assert {"AWS_LAMBDA_RUNTIME_API", "AWS_ACCESS_KEY_ID", "AWS_LAMBDA_FUNCTION_NAME"} <= seen
    assert not seen & {"AWS_EXECUTION_ENV", "AWS_LAMBDA_LOG_STREAM_NAME", "LAMBDA_TASK_ROOT", "_HANDLER"}


INTERNAL = """
import json, os, urllib.request, urllib.error
base = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2020-01-01/extension/"
def register(name, events):
    body = json.dumps({"events": events}).encode()
    try:
        urllib.request.urlopen(urllib.request.Request(base + "register", data=body, headers={"Lambda-Extension-Name": name}))
    except urllib.error.HTTPError as refusal:
        return refusal.code, json.load(refusal)["errorType"]
refused = [register("a", ["INVOKE", "SHUTDOWN"]), register("", []), register("a", ["NAP"])]
def handler(event, context):
    return [*refused, register("late", [])]
"""


def test_registrations_that_are_refused(bench):
    invocation, _ = bench.invoke(INTERNAL)
    assert json.loads(invocation.payload) == [
        [403, "ShutdownEventNotSupportedForInternalExtension"],
        [403, "Extension.InvalidExtensionName"],
        [400, "Extension.InvalidEventType"],
        [403, "Extension.RegistrationClosed"],
    ]
