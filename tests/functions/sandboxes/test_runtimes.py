"""Functions in Node.js and with runtimes of their own, and layers."""

import json
import shutil
import zipfile
from dataclasses import replace
from pathlib import Path

import certifi
import pytest

from netful.functions.code import package
from netful.functions.code.layers import layers_of
from netful.functions.code.package import Package
from netful.functions.inside import privileges
from netful.model.cloud import Cloud
from netful.model.core import Origin, Resource, RightsError, StackError
from netful.model.functions.function import Code
from tests.helpers.lambda_bench import function_of

pytestmark = pytest.mark.packets

BOOTSTRAP = """#!/bin/sh
api=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation
while :; do
    event=$(curl -sS -D /tmp/headers "$api/next")
    id=$(tr -d '\\r' < /tmp/headers | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //pi')
    echo "handling $_HANDLER"
    curl -sS -X POST "$api/$id/response" -d "{\\"echo\\": $event, \\"env\\": \\"$AWS_EXECUTION_ENV\\"}" > /dev/null
done
"""

OPEN_TIMER = """exports.handler = (event, context, callback) => {
    context.callbackWaitsForEmptyEventLoop = false
    setInterval(() => {}, 1000)
    callback(null, { n: event.n + 1 })
}"""

NEVER_SETTLED = (
    "The Lambda runtime client detected an unexpected Node.js exit code. This is most commonly caused by a Promise that was "
    "never settled. For more information, see https://nodejs.org/docs/latest/api/process.html#exit-codes"
)


def node(source, **changes):
    return replace(function_of(source), runtime="nodejs20.x", **changes)


def in_folder(folder, handler, runtime="nodejs20.x", **files):
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    folder.chmod(0o755)
    return replace(function_of(""), runtime=runtime, handler=handler, code=Code(local_path=str(folder)))


def invoke(bench, function, payload=b'{"n": 1}', **changes):
    changes = {"timeout": 10, **changes}
    invocation, log = bench.invoke(function, payload, **changes)
    return json.loads(invocation.payload), invocation.function_error, log


# --- Node.js ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "exports.handler = async (event) => ({ n: event.n + 1 })",
        "exports.handler = (event, context, callback) => setTimeout(callback, 5, null, { n: event.n + 1 })",
        "exports.handler = (event, context) => context.succeed({ n: event.n + 1 })",
        OPEN_TIMER,
    ],
    ids=["async", "callback", "context", "an open timer"],
)
def test_ways_to_answer(bench, body):
    assert invoke(bench, node(body))[:2] == ({"n": 2}, None)


@pytest.mark.parametrize(
    "body",
    [
        "async (e, c, callback) => { callback(null, 1) }",
        "async (e, context) => { context.succeed(1) }",
        "async (e, c, callback) => { callback(null, 1); throw new Error('later') }",
        "(e, c, callback) => { callback(null, 1); callback(null, 2) }",
        "(e, c, callback) => { callback(null, 1); callback(new Error('later')) }",
        "(e, context) => { setInterval(() => {}, 1000); context.succeed(1) }",
        "(e, context) => { setInterval(() => {}, 1000); context.done(null, 1) }",
    ],
)
def test_the_first_answer_counts(bench, body):
    assert invoke(bench, node(f"exports.handler = {body}"), timeout=3)[:2] == (1, None)


def test_a_plain_function_whose_promise_never_settles_answers_null(bench):
    assert invoke(bench, node("exports.handler = () => new Promise(() => {})"))[:2] == (None, None)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("(e) => e.n", 1),
        ("async (e, context) => typeof context.succeed", "undefined"),
        ("(e, c, callback) => callback(null, 1)", "Runtime.CallbackHandlerDeprecated"),
    ],
)
def test_from_node_24_on_handlers_answer_with_their_value(bench, body, expected):
    function = replace(function_of(f"exports.handler = {body}"), runtime="nodejs24.x")
    answer, error, _ = invoke(bench, function)
    assert (answer["errorType"] if error else answer) == expected


@pytest.mark.parametrize(
    ("handler", "file"),
    [
        ("dir.handler", "dir/index.js"),
        ("pkg.handler", "node_modules/pkg/index.js"),
        ("src/app.handler", "src/app/index.js"),
        ("src/pkg.handler", "src/node_modules/pkg/index.js"),
    ],
)
def test_a_handler_in_a_folder_or_a_package(bench, tmp_path, handler, file):
    function = in_folder(tmp_path / "a", handler, **{file.replace(".", "_dot_"): "exports.handler = async () => 1"})
    assert invoke(bench, function)[:2] == (1, None)


def test_a_callback_waits_for_what_is_left_to_do(bench):
    source = "exports.handler = (e, c, callback) => { callback(null, 1); setTimeout(() => console.log('late'), 20) }"
    answer, _, log = invoke(bench, node(source))
    assert answer == 1
    assert "\tINFO\tlate\n" in log


@pytest.mark.parametrize("body", ["async () => undefined", "() => 'not waited for'"])
def test_nothing_is_null(bench, body):
    assert invoke(bench, node(f"exports.handler = {body}"))[0] is None


def test_es_modules_of_both_kinds(bench, tmp_path):
    source = "import { hostname } from 'node:os'; export const handler = async () => hostname()"
    by_name = in_folder(tmp_path / "a", "src/app.handler", src__app_dot_mjs=source)
    assert invoke(bench, by_name)[0] == "sandbox"
    described = in_folder(tmp_path / "b", "app.handler", app_dot_js=source, package_dot_json='{"type": "module"}')
    assert invoke(bench, described)[0] == "sandbox"


def test_globals_stay_between_invocations(bench):
    async def body(service):
        return [(await service.invoke("Fn")).payload for _ in range(3)]

    source = "let n = 0; exports.handler = async () => ++n"
    assert bench.run(node(source), body, timeout=60) == [b"1", b"2", b"3"]


def test_long_events_and_answers(bench):
    payload = json.dumps("€" * 500_000).encode()
    assert invoke(bench, node("exports.handler = async (event) => event"), payload)[0] == "€" * 500_000


def test_context_and_variables(bench):
    source = """exports.handler = async (event, context) => ({
        name: context.functionName, memory: context.memoryLimitInMB, id: context.awsRequestId,
        left: context.getRemainingTimeInMillis() > 1000, runtime: process.env.AWS_EXECUTION_ENV,
        trace: process.env._X_AMZN_TRACE_ID.startsWith('Root=1-'), uid: process.getuid() })"""
    told, _, log = invoke(bench, node(source))
    assert (told["name"], told["memory"], told["left"], told["trace"]) == ("my-fn", "128", True, True)
    assert told["runtime"] == "AWS_Lambda_nodejs20.x"
    assert f"START RequestId: {told['id']} " in log
    assert log.startswith("INIT_START Runtime Version: nodejs:20.v1\t")


def test_console_writes_awss_lines(bench):
    _, _, log = invoke(bench, node("exports.handler = async (e, c) => { console.warn('two\\nlines %d', 7) }"))
    line = next(line for line in log.splitlines() if "\tWARN\t" in line)
    assert line.split("\t")[2:] == ["WARN", "two"]
    assert "two\nlines 7\n" in log


@pytest.mark.parametrize(
    ("source", "type_", "message"),
    [
        ("exports.handler = async () => { throw new TypeError('bad') }", "TypeError", "bad"),
        ("exports.handler = (e, c, callback) => callback(new Error('called'))", "Error", "called"),
        ("exports.handler = async () => { throw 'text' }", "string", "text"),
        ("exports.handler = async () => { await new Promise(() => {}) }", "Runtime.NodeJsExit", NEVER_SETTLED),
        ("exports.handler = (e, c, callback) => callback(false, 1)", "boolean", "false"),
        ("exports.other = 1", "Runtime.HandlerNotFound", "index.handler is undefined or not exported"),
        ("exports.handler = (", "Runtime.UserCodeSyntaxError", "SyntaxError: Unexpected end of input"),
        ("exports.handler = () => { setTimeout(() => { throw new Error('later') }, 1) }", "Error", "later"),
        ("require('nothing-like-it')", "Runtime.ImportModuleError", "Error: Cannot find module 'nothing-like-it'"),
    ],
)
def test_errors(bench, source, type_, message):
    answer, error, log = invoke(bench, node(source))
    assert error == "Unhandled"
    assert (answer["errorType"], answer["errorMessage"].splitlines()[0]) == (type_, message)
    assert "trace" in answer
    assert f"Error Type: {type_}" in log


def test_a_loop_without_end_is_ended(bench):
    answer, error, _ = invoke(bench, node("exports.handler = async () => { for (;;); }"), timeout=1)
    assert (answer["errorType"], error) == ("Sandbox.Timedout", "Unhandled")


def test_a_process_that_ends(bench):
    answer, _, _ = invoke(bench, node("exports.handler = async () => process.exit(3)"))
    assert answer["errorMessage"].endswith("Error: Runtime exited with error: exit status 3")


# --- custom runtimes --------------------------------------------------------------------------------------------------


def custom(folder):
    folder.mkdir(exist_ok=True)
    (folder / "bootstrap").write_text(BOOTSTRAP)
    (folder / "bootstrap").chmod(0o755)
    return folder


def test_a_bootstrap_in_the_package(bench, tmp_path):
    custom(tmp_path / "src")
    function = in_folder(tmp_path / "src", "any.thing", runtime="provided.al2023")
    answer, error, log = invoke(bench, function)
    assert (answer, error) == ({"echo": {"n": 1}, "env": ""}, None)
    assert "handling any.thing\n" in log


def test_a_bootstrap_in_a_zip_keeps_its_mode(bench, tmp_path):
    archive = tmp_path / "code.zip"
    with zipfile.ZipFile(archive, "w") as file:
        file.write(custom(tmp_path / "src") / "bootstrap", "bootstrap")
    function = replace(function_of(""), runtime="provided.al2", code=Code(local_path=str(archive)))
    assert invoke(bench, function)[0]["echo"] == {"n": 1}


WRAPPED = """import os, words
def handler(event, context):
    return [os.environ["WRAPPED"], words.HELLO, context.function_name, event]
"""


def test_a_wrapper_script_starts_python(bench, tmp_path):
    """It gets the interpreter and the bootstrap as its arguments; the function finds its layers as without it."""
    layer = tmp_path / "layer"
    (layer / "python").mkdir(parents=True)
    (layer / "python/words.py").write_text("HELLO = 'hello'")
    (layer / "wrapper").write_text('#!/bin/sh\nexport WRAPPED=$#\nexec "$@"\n')
    (layer / "wrapper").chmod(0o755)
    resources = {"L": Resource("L", "AWS::Lambda::LayerVersion", {"Content": str(layer)})}
    function = replace(
        function_of(WRAPPED), layers=("L",), environment={"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper"}
    )  # fmt: skip
    invocation, _ = bench.invoke(function, b"{}", resources=resources)
    assert json.loads(invocation.payload) == ["2", "hello", "my-fn", {}]


def test_the_shell_is_bash_as_on_amazon_linux(bench, tmp_path):
    """AWS's own example of a bootstrap for `/bin/sh` has `source` and `function`."""
    layer = tmp_path / "layer"
    layer.mkdir()
    (layer / "more.sh").write_text('function start () { exec -- "$@"; }\n')
    (layer / "wrapper").write_text('#!/bin/sh\nset -euo pipefail\nsource /opt/more.sh\nexport WRAPPED=$#\nstart "$@"\n')
    (layer / "wrapper").chmod(0o755)
    (layer / "python").mkdir()
    (layer / "python/words.py").write_text("HELLO = 'hello'")
    resources = {"L": Resource("L", "AWS::Lambda::LayerVersion", {"Content": str(layer)})}
    function = replace(function_of(WRAPPED), layers=("L",), environment={"AWS_LAMBDA_EXEC_WRAPPER": "/opt/wrapper"})
    invocation, _ = bench.invoke(function, b"{}", resources=resources)
    assert json.loads(invocation.payload)[:2] == ["2", "hello"]


def test_programs_behind_alternatives_run(bench):
    """Debian's `awk`, `which` and `java` are links to /etc/alternatives."""
    source = (
        "import subprocess\n"
        "def handler(event, context):\n"
        "    return subprocess.run(['awk', 'BEGIN { print 6 * 7 }'], capture_output=True, text=True).stdout\n"
    )
    invocation, _ = bench.invoke(source)
    assert json.loads(invocation.payload) == "42\n"


def test_a_jdk_of_debian_finds_the_trust_store(bench):
    """Its own is a link to this file."""
    source = "def handler(event, context): return open('/etc/ssl/certs/java/cacerts').read()\n"
    invocation, _ = bench.invoke(source)
    assert json.loads(invocation.payload) == Path(certifi.where()).read_text()


def test_a_wrapper_script_that_is_not_there(bench):
    function = replace(function_of(WRAPPED), environment={"AWS_LAMBDA_EXEC_WRAPPER": "/opt/nothing"})
    invocation, _ = bench.invoke(function)
    assert json.loads(invocation.payload)["errorMessage"].endswith("Error: Runtime exited with error: exit status 127")


def test_a_runtime_that_is_brought(bench, tmp_path):
    """It lies in /opt, the function's code where every function's is, and the runtime has the name that was asked for."""
    custom(tmp_path / "ruby")
    function = in_folder(tmp_path / "src", "app.handler", runtime="ruby3.3", readme="the code")
    answer, error, log = invoke(bench, replace(function, runtime_folder=str(tmp_path / "ruby")))
    assert (answer, error) == ({"echo": {"n": 1}, "env": "AWS_Lambda_ruby3.3"}, None)
    assert "handling app.handler\n" in log


def test_without_a_bootstrap(bench, tmp_path):
    function = in_folder(tmp_path / "src", "x", runtime="provided.al2023", readme="nothing here")
    with pytest.raises(StackError, match="`Fn` has no `bootstrap`"):
        package.prepare(function, Package("Fn", bench.state / "Fn", ()))


# --- layers -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def layered(tmp_path):
    """A cloud with two layers, the second over the first, as a template would write them."""
    for number in (1, 2):
        folder = tmp_path / f"layer{number}/python"
        folder.mkdir(parents=True)
        (folder / "common.py").write_text(f"value = {number}\n")
        (folder / f"only{number}.py").write_text("there = True\n")
    origin = Origin(str(tmp_path / "template.yaml"), 3)
    layers = {
        f"Layer{number}": Resource(
            f"Layer{number}", "AWS::Lambda::LayerVersion", {"Content": f"layer{number}"}, origin=origin
        )
        for number in (1, 2)
    }
    return Cloud.of(resources=layers)


def test_a_later_layer_lies_over_an_earlier_one(bench, layered):
    source = "import common, only1, only2\ndef handler(event, context): return [common.value, common.__file__]"
    function = replace(function_of(source), layers=("Layer1", "Layer2"))
    assert layers_of(layered, function).warnings == []
    assert invoke(bench, function, resources=layered.template.resources)[0] == [2, "/opt/python/common.py"]


def test_a_layer_that_was_not_built_is_named_with_its_line(layered):
    shutil.rmtree(Path(layered.template.resources["Layer1"].origin.file).parent / "layer1")
    (warning,) = layers_of(layered, replace(function_of(""), layers=("Layer1", "Layer2"))).warnings
    assert "template.yaml:3: its content `layer1` does not exist" in warning


def test_a_layer_that_is_not_here_is_told(layered):
    function = replace(function_of(""), layers=("arn:aws:lambda:eu-west-1:1:layer:theirs:3", "Layer1"))
    layers = layers_of(layered, function)
    (warning,) = layers.warnings
    assert len(layers.contents) == 1
    assert "`Fn` runs without the layer `arn:aws:lambda:eu-west-1:1:layer:theirs:3`" in warning


@pytest.mark.skipif(not privileges.has_many_ids(), reason="sandboxes keep the user of netful")
def test_what_only_root_may_read_is_told_before_a_function_runs(bench, tmp_path, monkeypatch):
    modules = tmp_path / "node_modules"
    (modules / "@aws-sdk").mkdir(parents=True)
    modules.chmod(0o700)
    monkeypatch.setenv("NETFUL_NODE_MODULES", str(modules))
    with pytest.raises(RightsError) as refusal:
        bench.invoke("def handler(event, context): pass")
    assert refusal.value.hint == f"chmod -R go+rX {modules}"
