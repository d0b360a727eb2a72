"""The Telemetry API and the Logs API: what extensions subscribe to, and what they get (lambda §3.3)."""

import asyncio
import json
import re

import pytest

from netful.functions.sandboxes.telemetry import Telemetry
from netful.functions.sandboxes.telemetry_subscription import subscription
from tests.helpers.extensions import idle, with_extensions
from tests.helpers.lambda_bench import VERSION

pytestmark = pytest.mark.packets

HANDLER = """
import os, sys
print("runtime starts", flush=True)
def handler(event, context):
    print("handling", event, flush=True)
    if event == "fail":
        raise ValueError("no")
    if event == "exit":
        os._exit(3)
    return event
"""
# It serves at port 4243, subscribes, and prints each batch that it gets as one line; an event of its own is not printed.
EXTENSION = """#!/var/lang/bin/python{version}
import http.server, json, os, sys, threading, urllib.error, urllib.request
base = f"http://{{os.environ['AWS_LAMBDA_RUNTIME_API']}}"
def call(method, path, body=None, **headers):
    headers = {{name.replace("_", "-"): value for name, value in headers.items()}}
    data = body and json.dumps(body).encode()
    return urllib.request.urlopen(urllib.request.Request(base + path, data=data, headers=headers, method=method))
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        batch = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        shown = [e for e in batch if e["type"] != "extension" or e["record"].startswith("hello")]
        if shown:
            print("batch " + json.dumps(shown), flush=True)
        self.send_response(200)
        self.end_headers()
        if any(event["type"] in ("platform.report", "extension") for event in batch):
            reported.set()
    def log_message(self, *args):
        pass
reported = threading.Event()
server = http.server.ThreadingHTTPServer(("0.0.0.0", 4243), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
name = os.path.basename(__file__)
answer = call("POST", "/2020-01-01/extension/register", {{"events": ["INVOKE", "SHUTDOWN"]}}, Lambda_Extension_Name=name)
mine = {{"Lambda_Extension_Identifier": answer.headers["Lambda-Extension-Identifier"]}}
print("hello from it", flush=True)
asked = {{
    "schemaVersion": "{schema}", "types": {types}, "buffering": {{"timeoutMs": 25}},
    "destination": {{"protocol": "HTTP", "URI": "http://sandbox.localdomain:4243/here"}},
}}
def subscribe():
    try:
        with call("PUT", "{path}", asked, **mine) as answer:
            print("answer", answer.status, answer.read().decode(), flush=True)
    except urllib.error.HTTPError as refused:
        print("answer", refused.code, refused.read().decode(), flush=True)
subscribe()
while True:
    event = json.load(call("GET", "/2020-01-01/extension/event/next", **mine))
    if event["eventType"] == "SHUTDOWN":
        sys.exit()
    {each}
"""
TELEMETRY, LOGS = "/2022-07-01/telemetry", "/2020-08-15/logs"
UNTIL_REPORTED = "reported.wait(); reported.clear()"


def run(
    bench, tmp_path, *events, schema="2022-12-13", path=TELEMETRY, types=("platform", "function"), each=UNTIL_REPORTED
):
    """Invoke with each event; the invocations, what the extension got, and the log."""
    program = EXTENSION.format(version=VERSION, schema=schema, path=path, types=json.dumps(types), each=each)
    function, resources = with_extensions(tmp_path, HANDLER, watcher=program)
    logs = []

    async def body(service):
        logs.append(service.logs("Fn"))
        done = []
        for event in events:
            done.append(await service.invoke("Fn", json.dumps(event).encode()))
            await idle(service)
        return done

    done = bench.run(function, body, resources=resources, timeout=20)
    log = logs[0].text
    return done, [event for batch in re.findall(r"^batch (.*)$", log, re.MULTILINE) for event in json.loads(batch)], log


def of_type(told, event_type):
    return [event["record"] for event in told if event["type"] == event_type]


def test_an_extension_is_told_of_the_init_and_of_each_invocation(bench, tmp_path):
    (done,), told, log = run(bench, tmp_path, "x")
    assert 'answer 200 "OK"' in log
    kinds = [event["type"] for event in told]
    assert of_type(told, "function") == ["runtime starts\n", "handling x\n"]
    assert sorted(kinds) == sorted([
        "platform.initStart", "platform.telemetrySubscription", "function", "platform.extension",
        "platform.initRuntimeDone", "platform.initReport", "platform.start", "function", "platform.runtimeDone",
        "platform.report",
    ])  # fmt: skip
    assert kinds[0] == "platform.initStart"
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["time"]) for event in told)
    (start,) = of_type(told, "platform.initStart")
    assert (start["initializationType"], start["phase"]) == ("on-demand", "init")
    assert (start["functionName"], start["functionVersion"]) == ("my-fn", "$LATEST")
    assert start["runtimeVersionArn"].startswith("arn:aws:lambda:eu-west-1::runtime:")
    assert of_type(told, "platform.telemetrySubscription") == [
        {"name": "watcher", "state": "Subscribed", "types": ["platform", "function"]}
    ]
    assert of_type(told, "platform.extension") == [
        {"name": "watcher", "state": "Ready", "events": ["INVOKE", "SHUTDOWN"]}
    ]
    assert of_type(told, "function") == ["runtime starts\n", "handling x\n"]
    (init,) = of_type(told, "platform.initReport")
    assert (init["status"], init["metrics"].keys()) == ("success", {"durationMs"})
    (begin,), (end,), (report,) = (of_type(told, f"platform.{name}") for name in ("start", "runtimeDone", "report"))
    assert begin["requestId"] == end["requestId"] == report["requestId"] == done.request_id
    assert (begin["version"], begin["tracing"]["type"]) == ("$LATEST", "X-Amzn-Trace-Id")
    assert (end["status"], end["metrics"]["producedBytes"]) == ("success", 3)
    assert [span["name"] for span in end["spans"]] == ["responseLatency", "responseDuration"]
    assert report["metrics"] | {"durationMs": 0, "maxMemoryUsedMB": 0, "initDurationMs": 0} == {
        "durationMs": 0, "billedDurationMs": done.usage.billed_ms, "memorySizeMB": 128, "maxMemoryUsedMB": 0,
        "initDurationMs": 0,
    }  # fmt: skip


def test_failures_are_told(bench, tmp_path):
    _, told, _ = run(bench, tmp_path, "x", "fail", "x")
    ends = [(one["status"], one.get("errorType")) for one in of_type(told, "platform.runtimeDone")]
    assert ends == [("success", None), ("error", "Unhandled"), ("success", None)]
    assert ["initDurationMs" in one["metrics"] for one in of_type(told, "platform.report")] == [True, False, False]


def test_what_extensions_write_is_told_apart(bench, tmp_path):
    _, told, log = run(bench, tmp_path, "x", types=("extension",))
    assert told == [{"time": told[0]["time"], "type": "extension", "record": "hello from it\n"}]
    assert "handling x\n" in log


def test_the_older_schema_lacks_what_came_later(bench, tmp_path):
    _, told, _ = run(bench, tmp_path, "x", schema="2022-07-01")
    (start,), (report,) = of_type(told, "platform.initStart"), of_type(told, "platform.initReport")
    assert "functionName" not in start
    assert report.keys() == {"initializationType", "phase", "metrics"}


def test_the_logs_api_has_ends_and_no_inits(bench, tmp_path):
    _, told, log = run(bench, tmp_path, "x", schema="2021-03-18", path=LOGS)
    assert 'answer 200 "OK"' in log
    assert {event["type"] for event in told} == {
        "platform.logsSubscription", "platform.extension", "function", "platform.start", "platform.runtimeDone",
        "platform.end", "platform.report",
    }  # fmt: skip
    (start,), (done,) = of_type(told, "platform.start"), of_type(told, "platform.runtimeDone")
    assert (start.keys(), done.keys()) == ({"requestId", "version"}, {"requestId", "status"})


def test_it_is_too_late_after_the_init(bench, tmp_path):
    _, _, log = run(bench, tmp_path, "x", each="subscribe()")
    first, second = re.findall(r"^answer (\d+ .*)$", log, re.MULTILINE)
    assert first == '200 "OK"'
    assert json.loads(second.removeprefix("403 ")) == {
        "errorMessage": "Telemetry API subscription is closed already", "errorType": "Telemetry.SubscriptionClosed",
    }  # fmt: skip


GOOD = {
    "schemaVersion": "2022-12-13", "types": ["platform"],
    "destination": {"protocol": "HTTP", "URI": "http://sandbox:8080"},
}  # fmt: skip
VERSIONS = ("2022-07-01", "2022-12-13")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"schemaVersion": "2021-03-18"}, "schemaVersion should be one of 2022-07-01, 2022-12-13"),
        ({"types": []}, "types should not be empty"),
        ({"types": ["metrics"]}, "types should be of platform, function, extension"),
        ({"destination": {"protocol": "HTTP", "URI": "http://sandbox.localdomain"}}, "URI port is not provided"),
        ({"destination": {"protocol": "HTTP", "URI": "http://sandbox:9001"}}, "URI port 9001 is reserved"),
        ({"destination": {"protocol": "HTTP", "URI": "http://example.com:80"}}, "URI should be http://sandbox.localdomain:PORT"),
        ({"destination": {"protocol": "TCP", "URI": "http://sandbox:80"}}, "destination protocol should be HTTP"),
        ({"buffering": {"timeoutMs": 10}}, "timeoutMs should be between 25 and 30000"),
    ],
)  # fmt: skip
def test_a_request_that_is_wrong_is_told_why(change, message):
    assert subscription(json.dumps(GOOD | change).encode(), VERSIONS) == message


def test_a_request_has_defaults():
    asked = subscription(json.dumps(GOOD).encode(), VERSIONS)
    assert (asked.max_items, asked.max_bytes, asked.seconds, asked.port, asked.path) == (
        10_000,
        262_144,
        1.0,
        8080,
        "/",
    )


class Answers:
    """A connection that keeps what it is answered."""

    def __init__(self):
        self.answers = []

    def answer(self, status, body):
        self.answers.append((status, body))

    def refuse(self, status, error_type, message):
        self.answers.append((status, error_type, message))


def test_what_a_slow_extension_does_not_take_is_dropped_and_told_of():
    from netful.functions.sandboxes.sandbox_http import ApiRequest

    async def main():
        batches, taken, sent = [], asyncio.Event(), asyncio.Event()

        async def deliver(_port, _path, body):
            batches.append(json.loads(body))
            sent.set()
            await taken.wait()
            return True

        telemetry = Telemetry(deliver, lambda _identifier: "slow")
        telemetry.restart()
        asked = GOOD | {"types": ["platform", "function"], "buffering": {"maxItems": 1000, "timeoutMs": 25}}
        connection, headers = Answers(), {"lambda-extension-identifier": "1"}
        telemetry.handle(connection, ApiRequest(b"PUT", b"/2022-07-01/telemetry", headers, json.dumps(asked).encode()))
        telemetry.started()
        telemetry.flush()
        await sent.wait()
        for number in range(1010):  # behind the one batch that is not taken
            telemetry.tell("function", f"{number}\n")
        sent.clear()
        taken.set()
        await sent.wait()
        telemetry.close()
        return connection.answers, batches

    answers, (first, second) = asyncio.run(main())
    assert answers == [(200, b'"OK"')]
    assert [event["type"] for event in first] == ["platform.telemetrySubscription"]
    *kept, dropped = second
    assert [event["record"] for event in kept] == [f"{number}\n" for number in range(1000)]
    assert (dropped["type"], dropped["record"]["droppedRecords"]) == ("platform.logsDropped", 10)
    assert dropped["record"]["droppedBytes"] > 0
    assert dropped["record"]["reason"].startswith("Consumer seems to have fallen behind")
