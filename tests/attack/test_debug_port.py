"""Attacks on the port of a debugger: by other users of the machine, by web pages, and by clients that never come to the point."""

import os
import socket
import subprocess
import sys

import pytest

from tests.helpers.stacks import NETFUL, written

pytestmark = [pytest.mark.packets, pytest.mark.parametrize("who", ["root"], indirect=True)]
TEMPLATE = """
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {AssumeRolePolicyDocument: {}}}
  Py: {Type: AWS::Lambda::Function, Properties: {Runtime: python3.13, Handler: app.handler, Code: app, Role: !GetAtt Role.Arn}}
"""
MESSAGE = '{"seq": 1, "type": "request", "command": "initialize", "arguments": {"adapterID": "x"}}'
PROPER = f"Content-Length: {len(MESSAGE)}\r\n\r\n{MESSAGE}".encode()
BY_A_PAGE = f"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(MESSAGE)}\r\n\r\n{MESSAGE}".encode()
ANOTHER_USER = 65533


@pytest.fixture
def port(who, tmp_path):
    """The port of a function that an invocation has brought before its debugger."""
    pytest.importorskip("debugpy")
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "app.py").write_text("def handler(event, context):\n    return 1\n")
    stack = written(tmp_path, TEMPLATE, prefix=who)
    stack.up("--debug", "Py")
    address = stack.json("status", "--stack", "s")["debugger"]["address"]
    waiting = subprocess.Popen([*who, NETFUL, "invoke", "Py", "--stack", "s", "--quiet"], env=stack.env)
    host, port = address.split(":")
    assert host == "127.0.0.1"
    yield int(port)
    stack.down()
    waiting.wait()


def answered(port, sent):
    """What the debugger answers; nothing if the connection is refused."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as sock:
            sock.sendall(sent)
            return sock.recv(1 << 16)
    except ConnectionError:
        return b""


def test_web_pages_and_other_protocols_are_refused(port):
    assert answered(port, BY_A_PAGE) == b""
    assert answered(port, os.urandom(1 << 12)) == b""
    assert b"Content-Length" in answered(port, PROPER)


def test_a_client_that_sends_nothing_keeps_no_one_out(port):
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(50)]
    assert b"Content-Length" in answered(port, PROPER)
    for sock in silent:
        sock.close()


def test_another_user_of_the_machine_is_refused(port):
    program = f"""
import os, socket
os.setresuid({ANOTHER_USER}, {ANOTHER_USER}, {ANOTHER_USER})
try:
    with socket.create_connection(("127.0.0.1", {port}), timeout=60) as sock:
        sock.sendall({PROPER!r})
        print(len(sock.recv(100)))
except ConnectionError:
    print(0)
"""
    done = subprocess.run([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout.strip() == "0"
    assert b"Content-Length" in answered(port, PROPER)
