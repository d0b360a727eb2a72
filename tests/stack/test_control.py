"""The control socket: requests, events, errors, descriptors, and clients that misbehave or go."""

import asyncio
import contextlib
import os
import resource
import socket
import threading

import pytest

from netful.model.core import ConsentError, NoResponseError, Origin, QuestionError, StackError, UnbuiltError
from netful.stack.control import wire
from netful.stack.control.client import Client, NoAnswerError
from netful.stack.control.control import ControlServer
from netful.stack.control.folder import StackFolder
from tests.helpers.processes import ENOUGH_SECONDS


async def _echo(request):
    yield {"event": {"text": "one"}}
    yield {"result": request.arguments["value"]}


async def _refuse(_request):
    raise QuestionError("there is no `X`", origin=Origin("template.yaml", 7), why="because", hint="try `Y`")
    yield {}


async def _break(_request):
    raise KeyError("bug")
    yield {}


async def _write(request):
    os.write(request.fds[0], b"through the descriptor")
    yield {"result": len(request.fds)}


async def _listen(request):
    said = await request.further.get()
    yield {"result": said}


async def _pour(request):
    try:
        while True:
            yield {"event": "x" * 100_000}
    finally:
        os.write(request.fds[0], b"ended in order")


@pytest.fixture
def client(tmp_path, monkeypatch):
    monkeypatch.setenv("NETFUL_STATE", str(tmp_path))
    folder = StackFolder("one")
    folder.take()
    verbs = {"echo": _echo, "refuse": _refuse, "break": _break, "write": _write, "listen": _listen, "pour": _pour}
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def serve():
        return asyncio.ensure_future(ControlServer(folder.control, verbs).serve())

    task = asyncio.run_coroutine_threadsafe(serve(), loop).result()
    with Client("one") as connected:
        yield connected

    async def stop():
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for left in tasks:
            left.cancel()
        await asyncio.wait(tasks)

    assert not task.done()
    asyncio.run_coroutine_threadsafe(stop(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()
    folder.leave()


def test_events_come_before_the_result(client):
    assert [*client.stream("echo", value=3)] == [{"event": {"text": "one"}}, {"result": 3}]


def test_large_messages_pass(client):
    value = "x" * 5_000_000
    assert client.call("echo", value=value) == value


@pytest.mark.parametrize("value", ["\udcff", "\u202e\0", float("inf"), 1 << 80, None])
def test_values_that_json_alone_knows_pass(client, value):
    assert client.call("echo", value=value) == value


def test_errors_arrive_as_they_were_raised(client):
    with pytest.raises(QuestionError) as caught:
        client.call("refuse")
    assert str(caught.value) == "template.yaml:7: there is no `X`\n  because\nhint: try `Y`"


@pytest.mark.parametrize(
    "error",
    [
        ConsentError("asks", digest="d", why="because"),
        UnbuiltError("images", builds=[{"context": "."}]),
        NoResponseError("none", symptom="dns", hint="look"),
        NoAnswerError("busy", hint="wait"),
    ],
)
def test_an_error_has_all_that_it_was_made_from(error):
    again = wire.to_error(wire.decode(wire.encode(wire.from_error(error))[wire.LENGTH.size :])["error"])
    assert isinstance(error, type(again))
    assert (str(again), vars(again)) == (str(error), vars(error))


def test_a_bug_is_told_and_the_daemon_goes_on(client):
    with pytest.raises(StackError, match="KeyError"):
        client.call("break")
    with Client("one") as other:
        assert other.call("echo", value=1) == 1


def test_descriptors_are_handed_over(client):
    reading, writing = os.pipe()
    assert client.conclude(client.stream("write", fds=(writing, writing))) == 2
    os.close(writing)
    assert os.read(reading, 100) == b"through the descriptor"
    assert os.read(reading, 100) == b""  # the daemon has closed its copies
    os.close(reading)


def answers(*sent):
    """Send bytes and no more to the daemon; return all that it answers."""
    with StackFolder("one").connected() as other:
        other.sendall(b"".join(sent))
        other.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: other.recv(1 << 16), b""))


@pytest.mark.usefixtures("client")
def test_an_answer_ends_in_order_when_its_client_goes():
    reading, writing = os.pipe()
    with Client("one") as other:
        assert next(other.stream("pour", fds=(writing,)))["event"]
    os.close(writing)
    assert os.read(reading, 100) == b"ended in order"
    assert os.read(reading, 100) == b""
    os.close(reading)


@pytest.mark.usefixtures("client")
def test_descriptors_of_a_broken_request_are_closed():
    reading, writing = os.pipe()
    with StackFolder("one").connected() as other:
        socket.send_fds(other, [wire.LENGTH.pack(3) + b"abc"], [writing])
        os.close(writing)
        assert os.read(reading, 100) == b""
    os.close(reading)


@pytest.mark.usefixtures("client")
def test_client_that_goes_is_noticed():
    assert answers(wire.encode({"verb": "listen"})) == wire.encode({"result": None})


@pytest.mark.usefixtures("client")
def test_further_messages_reach_the_handler():
    told = answers(wire.encode({"verb": "listen"}), wire.encode({"signal": 15}))
    assert told == wire.encode({"result": {"signal": 15}})


@pytest.mark.parametrize("junk", [b"\xff\xff\xff\xff", b"\x00\x00\x00\x02{}"[:5], wire.LENGTH.pack(3) + b"abc",
                                  wire.LENGTH.pack(1) + b"3", wire.LENGTH.pack(100_000) + b"[" * 100_000,
                                  wire.LENGTH.pack(2_000_000) + b"[" * 2_000_000])  # fmt: skip
def test_junk_ends_that_connection_only(client, junk):
    assert answers(junk) == b""
    assert client.call("echo", value=1) == 1


def test_a_connection_without_a_descriptor_waits_for_one(client, tmp_path):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    held = []
    assert client.call("echo", value=0) == 0  # this one is accepted
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as waiting:
        waiting.settimeout(ENOUGH_SECONDS)
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
            with contextlib.suppress(OSError):
                while True:
                    held.append(os.dup(waiting.fileno()))
            waiting.connect(str(tmp_path / "one" / "control.sock"))
            assert client.call("echo", value=1) == 1  # by now the server could not accept the other
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
            for fd in held:
                os.close(fd)
        waiting.sendall(wire.encode({"verb": "echo", "value": 2}))
        assert waiting.recv(1)


def test_state_folder_with_a_long_path(tmp_path, monkeypatch):
    monkeypatch.setenv("NETFUL_STATE", str(tmp_path / ("x" * 120)))
    folder = StackFolder("one")
    folder.take()

    async def ask():
        serving = asyncio.ensure_future(ControlServer(folder.control, {"echo": _echo}).serve())
        with await asyncio.to_thread(Client, "one") as connected:
            answer = await asyncio.to_thread(connected.call, "echo", value=3)
        serving.cancel()
        return answer

    assert asyncio.run(ask()) == 3
    folder.leave()


@pytest.mark.usefixtures("client")
def test_stack_that_is_not_running_is_told_with_what_runs():
    with pytest.raises(StackError) as caught:
        Client("two")
    assert "`two` is not running" in str(caught.value)
    assert "`one`" in caught.value.hint


def test_a_stack_that_ends_with_a_request_unread_has_no_answer(tmp_path, monkeypatch):
    monkeypatch.setenv("NETFUL_STATE", str(tmp_path))
    folder = StackFolder("one")
    folder.take()

    def serve():
        greeted, _ = listener.accept()
        greeted.recv(4)
        greeted.close()  # with unread bytes: the kernel resets the connection

    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder.control))
        listener.listen()
        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(StackError, match="the stack ended while it was asked"):
            Client("one")
        thread.join()
    folder.leave()
