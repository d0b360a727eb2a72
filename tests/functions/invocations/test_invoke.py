"""An invocation that works: event, value, log, environment variables, usage."""

import asyncio
import json
import re

import pytest

from netful.functions.invocations.invocation import InvokeRefused
from netful.model.core import Unknown
from tests.helpers.lambda_bench import RUNTIME, VERSION

pytestmark = pytest.mark.packets

ECHO = "def handler(event, context):\n    print('hi')\n    return {'got': event}\n"
COUNT = "n = 0\ndef handler(event, context):\n    global n\n    n += 1\n    return n\n"


def test_a_handler_gets_the_event_and_its_value_comes_back(bench):
    invocation, _ = bench.invoke(ECHO, b'{"a": "\xc3\xa9"}')
    assert json.loads(invocation.payload) == {"got": {"a": "é"}}
    assert (invocation.function_error, invocation.status, invocation.executed_version) == (None, 200, "$LATEST")


def test_no_payload_is_an_empty_object(bench):
    invocation, _ = bench.invoke(ECHO)
    assert json.loads(invocation.payload) == {"got": {}}


def test_a_handler_without_a_value_gives_null(bench):
    invocation, _ = bench.invoke("def handler(event, context): pass\n")
    assert invocation.payload == b"null"


def test_the_log_reads_as_on_aws(bench):
    invocation, log = bench.invoke(ECHO)
    uuid, ms = re.escape(invocation.request_id), r"\d+\.\d\d ms"
    assert re.fullmatch(
        rf"INIT_START Runtime Version: python:{re.escape(VERSION)}\.v1\tRuntime Version ARN: arn:aws:lambda:eu-west-1::runtime:[0-9a-f]{{64}}\n"
        rf"START RequestId: {uuid} Version: \$LATEST\n"
        r"hi\n"
        rf"END RequestId: {uuid}\n"
        rf"REPORT RequestId: {uuid}\tDuration: {ms}\tBilled Duration: \d+ ms\tMemory Size: 128 MB\t"
        rf"Max Memory Used: \d+ MB\tInit Duration: {ms}\t\n",
        log,
    )
    assert invocation.log_tail.decode() == log.partition("\n")[2], "the tail begins after INIT_START"
    assert invocation.usage.max_memory_mb > 5


def test_the_report_of_a_traced_invocation_names_its_trace(bench):
    async def body(service):
        header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1"
        await service.invoke("Fn", trace_id=header)
        return service.logs("Fn").events[-1].message

    report = bench.run(ECHO, body)
    assert report.startswith("REPORT RequestId: ")
    assert report.endswith(
        "\t\nXRAY TraceId: 1-5759e988-bd862e3fe1be46a994272793\tSegmentId: 53995c3f42cd8ad8\tSampled: true\t\n"
    )


def test_the_tail_holds_the_last_four_kilobytes_of_this_invocation(bench):
    invocation, _ = bench.invoke("def handler(event, context):\n    print('x' * 9000)\n")
    assert len(invocation.log_tail) == 4096
    assert invocation.log_tail.endswith(b"\t\n")


def test_a_warm_environment_keeps_its_globals_and_reports_no_init(bench):
    async def body(service):
        return [await service.invoke("Fn") for _ in range(3)]

    first, second, third = bench.run(COUNT, body)
    assert [i.payload for i in (first, second, third)] == [b"1", b"2", b"3"]
    assert first.usage.init_ms
    assert second.usage.init_ms is None
    assert b"Init Duration" not in second.log_tail
    assert len(bench.attachments) == 1


def test_memory_that_is_given_back_counts_and_that_of_programs_too(bench):
    source = (
        "import subprocess, sys\n"
        "def handler(event, context):\n"
        "    if event.get('allocate'):\n        b'x' * 60_000_000\n"
        "    if event.get('program'):\n"
        "        program = subprocess.Popen([sys.executable, '-c', 'x = b\"x\" * 80_000_000; print(1, flush=True); input()'],"
        " stdin=subprocess.PIPE, stdout=subprocess.PIPE)\n"
        "        program.stdout.readline()\n        globals()['program'] = program\n"
    )

    async def body(service):
        events = b"{}", b'{"allocate": 1}', b"{}", b'{"program": 1}'
        return [(await service.invoke("Fn", event)).usage.max_memory_mb for event in events]

    small, large, after, with_program = bench.run(source, body, memory_size=512)
    assert large >= small + 55
    assert after == large
    assert with_program >= large + 75


def test_the_context_tells_about_the_function(bench):
    source = (
        "def handler(event, context):\n"
        "    return [context.function_name, context.memory_limit_in_mb, context.invoked_function_arn,\n"
        "            context.log_group_name, context.aws_request_id, context.get_remaining_time_in_millis() > 2000]\n"
    )
    invocation, _ = bench.invoke(source)
    arn = "arn:aws:lambda:eu-west-1:123456789012:function:my-fn"
    assert json.loads(invocation.payload) == ["my-fn", "128", arn, "/aws/lambda/my-fn", invocation.request_id, True]


def test_the_client_context_arrives(bench):
    async def body(service):
        return await service.invoke("Fn", client_context='{"custom":\n {"k": "é"}}')

    invocation = bench.run("def handler(event, context):\n    return context.client_context.custom\n", body)
    assert json.loads(invocation.payload) == {"k": "é"}


def test_a_client_context_that_is_not_json_is_refused(bench):
    async def body(service):
        with pytest.raises(InvokeRefused) as refusal:
            await service.invoke("Fn", client_context="{")
        return refusal.value.status

    assert bench.run(ECHO, body) == 400


def test_the_variables_are_those_of_lambda_and_nothing_else(bench, monkeypatch):
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy")
    environment = {"STAGE": "test", "LATER": Unknown("an import")}
    invocation, _ = bench.invoke(
        "import os\ndef handler(event, context):\n    return dict(os.environ)\n", environment=environment
    )
    variables = json.loads(invocation.payload)
    assert variables["STAGE"] == "test"
    assert variables["AWS_REGION"] == variables["AWS_DEFAULT_REGION"] == "eu-west-1"
    assert variables["_HANDLER"] == "index.handler"
    assert variables["AWS_EXECUTION_ENV"] == f"AWS_Lambda_{RUNTIME}"
    assert variables["AWS_LAMBDA_RUNTIME_API"] == "169.254.100.1:9001"
    assert re.fullmatch(r"\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}", variables["AWS_LAMBDA_LOG_STREAM_NAME"])
    assert variables["_X_AMZN_TRACE_ID"].startswith("Root=1-")
    assert not {"HTTPS_PROXY", "LATER", "DAEMON_PID", "HOME"} & set(variables)


def test_a_variable_that_is_not_known_is_a_warning(bench):
    async def body(service):
        return service.warnings

    (warning,) = bench.run(ECHO, body, environment={"LATER": Unknown("an import")})
    assert "`LATER`" in warning


def test_logging_has_the_request_id(bench):
    source = "import logging\ndef handler(event, context):\n    logging.getLogger().error('bad %s', 1)\n"
    invocation, log = bench.invoke(source)
    assert re.search(rf"^\[ERROR\]\t\d{{4}}-\S+Z\t{invocation.request_id}\tbad 1$", log, re.MULTILINE)


def test_json_logging(bench):
    source = "import logging\ndef handler(event, context):\n    logging.getLogger().error('bad')\n"
    _, log = bench.invoke(source, environment={"AWS_LAMBDA_LOG_FORMAT": "JSON"})
    record = json.loads(next(line for line in log.splitlines() if '"bad"' in line))
    assert record["level"] == "ERROR"


@pytest.mark.parametrize(
    ("payload", "status", "code"),
    [
        (b"{not json", 400, "InvalidRequestContentException"),
        (b'"' + b"x" * 6 * 1024 * 1024 + b'"', 413, "RequestEntityTooLargeException"),
    ],
)
def test_a_payload_that_the_api_refuses_never_reaches_the_function(bench, payload, status, code):
    with pytest.raises(InvokeRefused) as refusal:
        bench.invoke(ECHO, payload)
    assert (refusal.value.status, refusal.value.code) == (status, code)
    assert not bench.attachments


def test_a_large_event_and_a_large_answer_pass(bench):
    event = b'"' + b"x" * (6 * 1024 * 1024 - 2) + b'"'
    invocation, _ = bench.invoke("def handler(event, context):\n    return event\n", event)
    assert invocation.payload == event


def test_between_invocations_nothing_of_the_function_runs(bench):
    source = (
        "import threading, time\n"
        "ticks = []\n"
        "def tick():\n    while True:\n        ticks.append(time.monotonic())\n        time.sleep(0.005)\n"
        "def handler(event, context):\n"
        "    if not ticks:\n        threading.Thread(target=tick, daemon=True).start()\n"
        "    time.sleep(0.03)\n"
        "    return max(later - before for before, later in zip(ticks, ticks[1:]))\n"
    )

    async def body(service):
        first = await service.invoke("Fn")
        await asyncio.sleep(1)  # the time that the function must not notice
        return json.loads(first.payload), json.loads((await service.invoke("Fn")).payload)

    awake, over_the_pause = bench.run(source, body)
    assert awake < over_the_pause
    assert over_the_pause > 0.5  # it was stopped soon, however busy the machine is


TRACE = "import os\ndef handler(event, context): return os.environ['_X_AMZN_TRACE_ID']\n"


@pytest.mark.parametrize("setting", ["Terminate", "Allow"])
def test_a_function_that_ran_sixteen_times_for_one_event_is_stopped(bench, setting):
    async def body(service):
        header = "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0"
        headers = []
        for _ in range(16):
            header = json.loads((await service.invoke("Fn", trace_id=header)).payload)
            headers.append(header)
        try:
            await service.invoke("Fn", trace_id=header)
        except InvokeRefused as refusal:
            return headers, (refusal.status, refusal.code)
        return headers, None

    headers, refusal = bench.run(TRACE, body, recursive_loop=setting)
    assert len({*headers}) == 16
    assert all(
        one.startswith("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0;Lineage=")
        for one in headers
    )
    assert refusal == ((400, "RecursiveInvocationException") if setting == "Terminate" else None)
