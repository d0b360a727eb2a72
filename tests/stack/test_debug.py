"""`netful up --debug`: a breakpoint in a function of the stack, by the protocols of editors."""

import asyncio
import itertools
import json
import socket
import subprocess

import httpx2 as httpx
import pytest

from tests.helpers.processes import ENOUGH_SECONDS
from tests.helpers.socket_client import Client
from tests.helpers.stacks import NETFUL, Stack

pytestmark = pytest.mark.packets
TEMPLATE = """
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}
  Py: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: app.handler, Code: app, Timeout: 1, Role: !GetAtt Role.Arn, Layers: [!Ref Layer]}}
  Layer: {Type: AWS::Lambda::LayerVersion, Properties: {Content: layer}}
  Js: {Type: AWS::Lambda::Function, Properties: {Runtime: nodejs20.x, Handler: app.handler, Code: app, Timeout: 1, Role: !GetAtt Role.Arn}}
"""
PYTHON = "def handler(event, context):\n    total = event['n'] + 1\n    return total\n"
NODE = "export const handler = async (event) => event.n + 1\n"


class Editor:
    """A client of the Debug Adapter Protocol."""

    def __init__(self, address):
        host, port = address.split(":")
        self._stream = socket.create_connection((host, int(port)), timeout=ENOUGH_SECONDS).makefile("rwb")
        self._numbers = itertools.count(1)

    def send(self, command, **arguments):
        body = json.dumps({"seq": next(self._numbers), "type": "request", "command": command, "arguments": arguments})
        self._stream.write(f"Content-Length: {len(body)}\r\n\r\n{body}".encode())
        self._stream.flush()

    def until(self, **wanted):
        """The next message with these members."""
        while True:
            length = int(self._stream.readline().split(b":")[1])
            self._stream.readline()
            message = json.loads(self._stream.read(length))
            if wanted.items() <= message.items():
                return message.get("body")

    def ask(self, command, **arguments):
        self.send(command, **arguments)
        return self.until(type="response", command=command)


@pytest.fixture
def debugged(tmp_path):
    """A stack with one of its functions debugged, and an invocation of it that is on its way."""
    layer = tmp_path / "layer"
    layer.mkdir()
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "app.py").write_text(PYTHON)
    (tmp_path / "app" / "app.mjs").write_text(NODE)
    (tmp_path / "template.yaml").write_text(TEMPLATE)

    stack = Stack(tmp_path / "state", tmp_path / "template.yaml")

    def start(name):
        stack.up("--debug", name)
        (layer / "edited").touch()
        address = stack.json("status", "--stack", "s")["debugger"]["address"]
        command = [NETFUL, "invoke", name, "--payload", '{"n": 1}', "--stack", "s", "--quiet"]
        return address, subprocess.Popen(
            command, env=stack.env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    yield start
    stack.down()


def test_a_python_function_stands_at_a_breakpoint_beyond_its_timeout(debugged):
    pytest.importorskip("debugpy")
    address, invocation = debugged("Py")
    waiting = invocation.stderr.readline()
    assert waiting.startswith(f"`Py` waits for a debugger: attach to {address} (debugpy: VS Code, PyCharm); ")
    assert waiting.endswith("/app is /var/task there\n")
    editor = Editor(address)
    editor.ask("initialize", adapterID="test", pathFormat="path")
    editor.send("attach", justMyCode=True)
    editor.until(type="event", event="initialized")
    editor.ask("setBreakpoints", source={"path": "/var/task/app.py"}, breakpoints=[{"line": 3}])
    editor.ask("configurationDone")
    thread = editor.until(type="event", event="stopped")["threadId"]
    frame = editor.ask("stackTrace", threadId=thread)["stackFrames"][0]["id"]
    assert editor.ask("evaluate", expression="total", frameId=frame)["result"] == "2"
    editor.ask(
        "evaluate", expression="__import__('time').sleep(1.5)", frameId=frame
    )  # longer than the function's timeout
    editor.ask("continue", threadId=thread)
    assert invocation.communicate(timeout=ENOUGH_SECONDS)[0].strip() == "2"


def test_a_node_function_waits_for_an_inspector(debugged):
    address, invocation = debugged("Js")
    assert f"attach to {address} (`node inspect`, VS Code, Chrome)" in invocation.stderr.readline()
    (target,) = httpx.get(f"http://{address}/json/list", timeout=ENOUGH_SECONDS).json()
    assert target["type"] == "node"
    assert asyncio.run(answered(invocation, target["webSocketDebuggerUrl"])).strip() == "2"


async def answered(invocation, url):
    """Let a Node.js process run that waits at its first line; return what it answers to the invocation.

    The debugger stays: Node.js does not always go on where its client leaves together with the end of a pause.
    """
    host, _, path = url.removeprefix("ws://").partition("/")
    reader, writer = await asyncio.open_connection(*host.split(":"))
    inspector = Client(reader, writer)
    assert await inspector.handshake(f"/{path}", Host=host) == 101
    for number, method in enumerate(("Debugger.enable", "Runtime.runIfWaitingForDebugger")):
        inspector.send(json.dumps({"id": number, "method": method}))
    while b"Debugger.paused" not in (await inspector.frame())[1]:
        pass
    inspector.send(json.dumps({"id": 2, "method": "Debugger.resume"}))
    answer, _ = await asyncio.to_thread(invocation.communicate, timeout=ENOUGH_SECONDS)
    writer.close()
    return answer
