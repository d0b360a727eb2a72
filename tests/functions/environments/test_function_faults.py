"""Functions that fail: payloads, log lines, and what is left of the environment (lambda §3.7, §3.8)."""

import asyncio
import json
import os
import re
from dataclasses import replace

import pytest

from netful.functions.environments import environment
from netful.functions.sandboxes import processes
from netful.model.functions.function import Code
from tests.helpers.lambda_bench import function_of
from tests.helpers.processes import kill, parent_of, sandboxes
from tests.helpers.texts import replaced

pytestmark = pytest.mark.packets

UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
# What a first invocation leaves, a second one finds: a file, a global, and the process.
REMEMBERS = """
import os, pathlib
value = 0
def handler(event, context):
    global value
    if event.get("look"):
        return [value, pathlib.Path("/tmp/kept").exists()]
    value = 42
    pathlib.Path("/tmp/kept").touch()
    {end}
"""


def test_an_exception_is_the_payload_and_the_environment_goes_on(bench):
    async def body(service):
        return [await service.invoke("Fn") for _ in range(2)], service.logs("Fn").text

    source = "def handler(event, context):\n    raise ValueError('no')\n"
    (first, second), log = bench.run(source, body)
    payload = json.loads(first.payload)
    assert first.function_error == "Unhandled"
    assert (payload["errorMessage"], payload["errorType"]) == ("no", "ValueError")
    assert payload["requestId"] == first.request_id
    assert payload["stackTrace"][0].startswith('  File "/var/task/index.py", line 2, in handler\n')
    assert "[ERROR] ValueError: no\nTraceback (most recent call last):\n" in log
    assert second.usage.init_ms is None
    assert len(bench.attachments) == 1


EXITS = [
    ("import sys; sys.exit()", "Runtime exited without providing a reason"),
    ("import sys; sys.exit(1)", "Runtime exited with error: exit status 1"),
    ("os._exit(0)", "Runtime exited without providing a reason"),
    ("os._exit(127)", "Runtime exited with error: exit status 127"),
    ("os.kill(os.getpid(), 9)", "Runtime exited with error: signal: killed"),
    ("import ctypes; ctypes.string_at(0)", "Runtime exited with error: signal: segmentation fault"),
    ("os.abort()", "Runtime exited with error: signal: aborted"),
]


@pytest.mark.parametrize(("end", "reason"), EXITS, ids=[end for end, _ in EXITS])
def test_the_end_of_the_process(bench, end, reason):
    async def body(service):
        return await service.invoke("Fn"), await service.invoke("Fn", b'{"look": true}')

    ended, after = bench.run(replaced(REMEMBERS, {"{end}": end}), body)
    message = f"RequestId: {ended.request_id} Error: {reason}"
    assert json.loads(ended.payload) == {"errorType": "Runtime.ExitError", "errorMessage": message}
    assert ended.log_tail.endswith(b"Status: error\tError Type: Runtime.ExitError\n")
    assert json.loads(after.payload) == [0, True]  # a new process in the same environment
    assert after.usage.init_ms is None


def test_a_segmentation_fault_in_the_init_shows_as_a_timeout(bench):
    """As recorded; the log tells what it was."""
    source = "import ctypes\nctypes.string_at(0)\ndef handler(event, context): pass\n"
    done, log = bench.invoke(source, timeout=1)
    message = f"RequestId: {done.request_id} Error: Task timed out after 1.00 seconds"
    assert json.loads(done.payload) == {"errorType": "Sandbox.Timedout", "errorMessage": message}
    assert done.usage.duration_ms == 1000
    assert "Phase: init\tStatus: error\tError Type: Runtime.ExitError\n" in log


@pytest.mark.parametrize("end", ["while True: pass", "import signal; signal.pause()"])
def test_a_timeout_kills_and_says_so(bench, end):
    async def body(service):
        return await service.invoke("Fn"), await service.invoke("Fn", b'{"look": true}')

    late, after = bench.run(replaced(REMEMBERS, {"{end}": end}), body, timeout=4)
    message = f"RequestId: {late.request_id} Error: Task timed out after 4.00 seconds"
    assert late.payload.decode() == f'{{"errorType":"Sandbox.Timedout","errorMessage":"{message}"}}'
    assert late.function_error == "Unhandled"
    tail = late.log_tail.decode()
    stamp = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    assert re.search(rf"^{stamp} {late.request_id} Task timed out after 4\.00 seconds\n\nEND ", tail, re.MULTILINE)
    assert "\tDuration: 4000.00 ms\t" in tail
    assert tail.endswith("Status: timeout\n")
    assert json.loads(after.payload) == [0, True]


def test_a_function_that_uses_too_much_memory_is_killed(bench):
    source = "import signal\ndef handler(event, context):\n    kept = b'x' * (300 << 20)\n    signal.pause()\n"
    invocation, _ = bench.invoke(source, memory_size=128, timeout=20)
    reason = f"RequestId: {invocation.request_id} Error: Runtime exited with error: signal: killed"
    assert json.loads(invocation.payload) == {"errorType": "Runtime.ExitError", "errorMessage": reason}
    assert b"\tMax Memory Used: 128 MB\t" in invocation.log_tail


def test_memory_that_processes_share_counts_once(bench):
    source = (
        "import os, time\ndef handler(event, context):\n    kept = b'x' * (70 << 20)\n"
        "    children = []\n"
        "    for _ in range(3):\n        children.append(os.fork())\n"
        "        if not children[-1]:\n            time.sleep(0.3)\n            os._exit(0)\n"
        "    return [os.waitpid(child, 0)[1] for child in children]\n"
    )
    invocation, _ = bench.invoke(source, memory_size=128)
    assert json.loads(invocation.payload) == [0, 0, 0]


INITS = [
    ("import nowhere\n", "index.handler", "Runtime.ImportModuleError", "Unable to import module 'index': No module named 'nowhere'"),
    ("", "other.handler", "Runtime.ImportModuleError", "Unable to import module 'other': No module named 'other'"),
    ("", "index.handler", "Runtime.HandlerNotFound", "Handler 'handler' missing on module 'index'"),
    ("", "index", "Runtime.MalformedHandlerName", "Bad handler 'index': not enough values to unpack (expected 2, got 1)"),
    ("def (:\n", "index.handler", "Runtime.UserCodeSyntaxError", "Syntax error in module 'index': invalid syntax (index.py, line 1)"),
    ("raise KeyError('x')\n", "index.handler", "KeyError", "'x'"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "handler", "error_type", "message"), INITS, ids=[i[2] + i[1] for i in INITS])
def test_a_failing_init_runs_again_in_the_invocation(bench, source, handler, error_type, message):
    invocation, log = bench.invoke(source, handler=handler)
    payload = json.loads(invocation.payload)
    assert (payload["errorType"], payload["errorMessage"], payload["requestId"]) == (error_type, message, "")
    assert invocation.function_error == "Unhandled"
    reports = re.findall(r"^INIT_REPORT Init Duration: [\d.]+ ms\t(.*)$", log, re.MULTILINE)
    assert reports == [f"Phase: {phase}\tStatus: error\tError Type: {error_type}" for phase in ("init", "invoke")]
    assert "LAMBDA_WARNING: Unhandled exception" in log
    assert invocation.usage.max_memory_mb > 5


def test_an_exit_during_init(bench):
    invocation, _ = bench.invoke("import os; os._exit(4)\n")
    payload = json.loads(invocation.payload)
    assert payload["errorType"] == "Runtime.ExitError"
    assert payload["errorMessage"].endswith("exit status 4")


def test_an_init_that_takes_too_long(bench, monkeypatch):
    monkeypatch.setattr(environment, "INIT_SECONDS", 0.2)
    invocation, log = bench.invoke("import signal; signal.pause()\n", timeout=1)
    assert json.loads(invocation.payload)["errorType"] == "Sandbox.Timedout"
    assert "\tPhase: init\tStatus: timeout\n" in log
    assert invocation.usage.max_memory_mb > 5


def test_an_init_that_is_slow_only_once_succeeds_in_the_invocation(bench, monkeypatch):
    monkeypatch.setattr(environment, "INIT_SECONDS", 6)  # in which the init gets to its file
    source = (
        "import os, signal\n"
        "if not os.path.exists('/tmp/again'):\n    open('/tmp/again', 'w').close()\n    signal.pause()\n"
        "def handler(event, context): return 'late'\n"
    )
    invocation, _ = bench.invoke(source)
    assert invocation.payload == b'"late"'


def test_a_response_that_is_too_large(bench):
    async def body(service):
        return await service.invoke("Fn", b"6291600"), await service.invoke("Fn", b"1")

    large, small = bench.run("def handler(event, context):\n    return 'x' * event\n", body)
    assert json.loads(large.payload) == {
        "errorMessage": "Response payload size exceeded maximum allowed payload size (6291556 bytes).",
        "errorType": "Function.ResponseSizeTooLarge",
    }
    assert (small.payload, small.usage.init_ms) == (b'"x"', None)


def test_a_value_that_is_not_json(bench):
    invocation, _ = bench.invoke("def handler(event, context):\n    return object()\n")
    assert json.loads(invocation.payload)["errorType"] == "Runtime.MarshalError"


@pytest.mark.parametrize("close", ["os.close(1); os.close(2)", "sys.stdout.close()", "os.closerange(0, 3)"])
def test_a_handler_that_closes_its_output_still_answers(bench, close):
    async def body(service):
        return [(await service.invoke("Fn")).payload for _ in range(2)]

    source = f"import os, sys\ndone = []\ndef handler(event, context):\n    if not done:\n        {close}\n    done.append(1)\n    return len(done)\n"
    assert bench.run(source, body) == [b"1", b"2"]


def test_a_flood_of_output_is_bounded(bench):
    source = "def handler(event, context):\n    for n in range(300): print('x' * 10000)\n    print('last')\n"
    invocation, log = bench.invoke(source)
    assert invocation.payload == b"null"
    assert len(log) <= 1 << 20
    assert "\nlast\nEND" in log


def test_a_runtime_that_dies_while_idle_is_replaced(bench):
    async def body(service):
        first = await service.invoke("Fn")
        (init,) = sandboxes(os.getpid())
        await kill(init)
        return first.payload, (await service.invoke("Fn")).payload

    source = "n = 0\ndef handler(event, context):\n    global n\n    n += 1\n    return n\n"
    assert bench.run(source, body) == (b"1", b"1")
    assert len(bench.attachments) == 1


def test_a_zygote_that_dies_is_replaced(bench):
    async def body(service):
        before = await service.invoke("Fn")
        (init,) = sandboxes(os.getpid())
        await kill(parent_of(init))
        return before.function_error, (await service.invoke("Fn")).function_error

    assert bench.run("def handler(event, context): pass\n", body) == (None, None)
    assert [attachment.closed for attachment in bench.attachments] == [True, True]


def test_a_full_tmp_is_an_error_of_the_handlers_own(bench):
    source = """
import os, shutil
def handler(event, context):
    if event.get("fill"):
        with open("/tmp/all", "wb") as file:
            os.posix_fallocate(file.fileno(), 0, 1 << 30)
    os.unlink("/tmp/all")
    return shutil.disk_usage("/tmp").total >> 20
"""

    async def body(service):
        full = await service.invoke("Fn", b'{"fill": true}')
        return json.loads(full.payload)["errorMessage"], (await service.invoke("Fn")).payload

    assert bench.run(source, body, memory_size=1024, ephemeral_storage=512, timeout=20) == (
        "[Errno 28] No space left on device", b"512",
    )  # fmt: skip


def test_a_runtime_that_never_asks_for_an_event(bench, monkeypatch, tmp_path):
    monkeypatch.setattr(environment, "INIT_SECONDS", 0.2)
    program = tmp_path / "code/bootstrap"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexec sleep 1000\n")
    program.chmod(0o755)
    function = replace(function_of(""), runtime="provided.al2023", code=Code(local_path=str(program.parent)))
    invocation, log = bench.invoke(function, timeout=1)
    assert json.loads(invocation.payload)["errorType"] == "Sandbox.Timedout"
    assert "Phase: init\tStatus: timeout" in log
    assert "Task timed out after 1.00 seconds" in log


BOMB = """
import os, signal
def handler(event, context):
    number = 0
    while number < event:
        try:
            child = os.fork()
        except BlockingIOError as error:
            return [number, str(error)]
        if not child:
            signal.pause()
        number += 1
    return number
"""


def test_a_fork_bomb_meets_the_limit_of_its_own_environment(bench):
    async def body(service):
        bomb = await service.invoke("Fn", b"2000")
        return json.loads(bomb.payload), json.loads((await service.invoke("Fn", b"1", cold=True)).payload)

    (number, error), beside = bench.run(BOMB, body, timeout=300, memory_size=10_240)
    assert 1000 < number < 1024
    assert (error, beside) == ("[Errno 11] Resource temporarily unavailable", 1)


def test_all_processes_of_a_bomb_end_with_the_timeout(bench):
    source = (
        "import os, signal\ndef handler(event, context):\n    while not event:\n        try:\n"
        "            os.fork() or signal.pause()\n        except OSError:\n            signal.pause()\n    return 'fine'\n"
    )

    async def body(service):
        return await service.invoke("Fn", b"0"), await service.invoke("Fn", b"1")

    late, after = bench.run(source, body, timeout=6, memory_size=10_240)
    assert json.loads(late.payload)["errorType"] == "Sandbox.Timedout"
    assert (after.payload, len(bench.attachments)) == (b'"fine"', 1)


def test_an_allocation_of_two_gigabytes(bench):
    source = "def handler(event, context):\n    return len(bytearray(event << 20) + b'') if event else 'fine'\n"

    async def body(service):
        return await service.invoke("Fn", b"2048"), await service.invoke("Fn", b"0")

    killed, after = bench.run(source, body, memory_size=512, timeout=30)
    reason = f"RequestId: {killed.request_id} Error: Runtime exited with error: signal: killed"
    assert json.loads(killed.payload) == {"errorType": "Runtime.ExitError", "errorMessage": reason}
    assert b"\tMemory Size: 512 MB\tMax Memory Used: 512 MB\t" in killed.log_tail
    assert after.payload == b'"fine"'


@pytest.mark.parametrize("victim", ["runtime", "pid 1"])
def test_an_environment_that_is_killed_in_mid_invocation(bench, victim):
    """By the host: the runtime's process, or the pid 1 that all of the sandbox hangs on."""
    source = (
        "import signal\ndef handler(event, context):\n"
        "    if event.get('look'):\n        return 'fine'\n    print('begun', flush=True)\n    signal.pause()\n"
    )

    async def body(service):
        running = asyncio.create_task(service.invoke("Fn"))
        async for event in service.logs("Fn").follow():
            if event.message == "begun\n":
                break
        (init,) = sandboxes(os.getpid())
        await kill(init if victim == "pid 1" else processes.children(init)[0])
        return await running, await service.invoke("Fn", b'{"look": true}'), len(service.environments("Fn"))

    killed, after, number = bench.run(source, body, timeout=20)
    reason = f"RequestId: {killed.request_id} Error: Runtime exited with error: signal: killed"
    assert json.loads(killed.payload) == {"errorType": "Runtime.ExitError", "errorMessage": reason}
    assert killed.log_tail.endswith(b"Status: error\tError Type: Runtime.ExitError\n")
    assert (after.payload, after.usage.init_ms, number) == (b'"fine"', None, 1)
    assert len(bench.attachments) == 1
