"""Responses that come piece by piece: from Node.js, from a runtime of one's own, and to callers who want them whole."""

import io
import json
import zipfile
from dataclasses import replace

import pytest
from botocore.eventstream import EventStreamBuffer

from netful.functions.api.lambda_api import LambdaApi
from netful.functions.api.protocol.message import OperationCall
from netful.functions.code.runtimes import node
from netful.functions.events.event_queue import EventQueue, Outlets
from netful.functions.events.event_settings import EventSettings
from netful.functions.sandboxes import runtime_api
from netful.model.functions.function import Code
from tests.helpers.lambda_bench import function_of
from tests.helpers.texts import replaced

pytestmark = pytest.mark.packets

PIECES = """
exports.handler = awslambda.streamifyResponse(async (event, stream, context) => {
  stream.setContentType("text/plain");
  for (const piece of event.pieces) {
    stream.write(piece);
    await new Promise((done) => setTimeout(done, event.wait || 0));
  }
  if (event.fail) throw new TypeError("no more");
  stream.end();
});
"""


def in_node(source):
    assert node(), "tests need Node.js"
    return replace(function_of(source), runtime="nodejs20.x")


def streamed(bench, function, payload, **changes):
    async def body(service):
        stream = service.invoke_streaming("Fn", json.dumps(payload).encode())
        await stream.begun()
        begun = stream.invocation
        pieces = [piece async for piece in stream]
        return stream, begun, pieces

    return bench.run(function, body, **changes)


def test_pieces_come_before_the_end(bench):
    stream, begun, pieces = streamed(bench, in_node(PIECES), {"pieces": ["one", "two"], "wait": 500})
    assert begun is None
    assert stream.content_type == "text/plain"
    assert pieces == [b"one", b"two"]
    assert stream.invocation.function_error is None


def test_a_caller_who_does_not_stream_gets_it_whole(bench):
    invocation, _ = bench.invoke(in_node(PIECES), b'{"pieces": ["one", "two"]}')
    assert (invocation.payload, invocation.function_error) == (b"onetwo", None)


def test_what_fails_in_the_middle_is_told_at_the_end(bench):
    stream, _, pieces = streamed(bench, in_node(PIECES), {"pieces": ["one"], "fail": True})
    assert pieces == [b"one"]
    assert stream.invocation.function_error == "Unhandled"
    assert json.loads(stream.invocation.payload)["errorMessage"] == "no more"


@pytest.mark.parametrize(
    ("body", "type_"),
    [("async (e, s) => { s.write('one') }", "Sandbox.Timedout"), ("(e, s) => { s.write('one') }", "string")],
    ids=["not ended", "not async"],
)
def test_a_stream_that_its_handler_does_not_end(bench, body, type_):
    function = in_node(f"exports.handler = awslambda.streamifyResponse({body})")
    stream, _, pieces = streamed(bench, replace(function, timeout=1), {})
    assert pieces == [b"one"]
    assert json.loads(stream.invocation.payload)["errorType"] == type_


def test_a_handler_that_does_not_stream_gives_one_piece(bench):
    stream, _, pieces = streamed(bench, function_of("def handler(event, context): return 1"), {})
    assert (pieces, stream.content_type) == ([b"1"], "")


def test_a_response_that_is_too_long_for_a_caller_who_wants_it_whole(bench):
    source = """
exports.handler = awslambda.streamifyResponse(async (event, stream) => {
  for (let n = 0; n < 7; n++) if (!stream.write("x".repeat(1 << 20))) await new Promise((d) => stream.once("drain", d));
  stream.end();
});
"""
    invocation, _ = bench.invoke(in_node(source), timeout=20)
    assert json.loads(invocation.payload)["errorType"] == "Function.ResponseSizeTooLarge"
    stream, _, pieces = streamed(bench, in_node(source), {}, timeout=20)
    assert sum(map(len, pieces)) == 7 << 20
    assert stream.invocation.function_error is None


def test_a_streamed_response_has_a_limit(bench, monkeypatch):
    assert runtime_api.MAX_STREAM == 200 << 20
    monkeypatch.setattr(runtime_api, "MAX_STREAM", 1000)
    stream, _, pieces = streamed(bench, in_node(PIECES), {"pieces": ["x" * 900, "y" * 900]})
    assert stream.invocation.function_error == "Unhandled"
    assert json.loads(stream.invocation.payload)["errorType"] == "Function.ResponseSizeTooLarge"
    assert sum(map(len, pieces)) < 1800


BOOTSTRAP = """#!/bin/bash
api=http://$AWS_LAMBDA_RUNTIME_API/2018-06-01/runtime/invocation
while id=$(curl -s -D - -o /dev/null $api/next | tr -d '\\r' | sed -n 's/^Lambda-Runtime-Aws-Request-Id: //p'); do
  printf 'piece' | curl -s -H "Lambda-Runtime-Function-Response-Mode: MODE" -H "Transfer-Encoding: chunked" \\
    --data-binary @- $api/$id/response
done
"""


def own_runtime(tmp_path, mode):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        member = zipfile.ZipInfo("bootstrap")
        member.external_attr = 0o755 << 16
        archive.writestr(member, replaced(BOOTSTRAP, {"MODE": mode}))
    path = tmp_path / "own.zip"
    path.write_bytes(packed.getvalue())
    return replace(function_of(""), code=Code(local_path=str(path)), runtime="provided.al2023")


def test_a_runtime_of_ones_own_streams(bench, tmp_path):
    _, _, pieces = streamed(bench, own_runtime(tmp_path, "streaming"), {})
    assert pieces == [b"piece"]


def test_another_response_mode_is_refused(bench, tmp_path):
    invocation, _ = bench.invoke(own_runtime(tmp_path, "waterfall"))
    assert json.loads(invocation.payload)["errorType"] == "Runtime.InvalidResponseModeHeader"


@pytest.mark.parametrize(
    ("payload", "events"),
    [
        ({"pieces": ["a", "b"], "wait": 500}, ["PayloadChunk", "PayloadChunk", "InvokeComplete"]),
        ({"pieces": [], "fail": 1}, ["InvokeComplete"]),
    ],
)
def test_the_api_frames_the_pieces_as_boto3_reads_them(bench, payload, events):
    async def nothing(_it):
        raise AssertionError

    async def body(service):
        outlets = Outlets(
            nothing, nothing, lambda _id: service.cloud.compute.functions["Fn"], lambda _id: EventSettings()
        )
        api = LambdaApi(lambda: service, EventQueue(outlets))
        path = "/2021-11-15/functions/my-fn/response-streaming-invocations"
        reply = await api.handle(OperationCall("POST", path, body=json.dumps(payload).encode()))
        return reply, [piece async for piece in reply.stream]

    reply, pieces = bench.run(in_node(PIECES), body)
    assert dict(reply.headers)["Content-Type"] == "application/vnd.amazon.eventstream"
    buffer = EventStreamBuffer()
    for piece in pieces:
        buffer.add_data(piece)
    messages = [message.to_response_dict() for message in buffer]
    assert [message["headers"][":event-type"] for message in messages] == events
    complete = json.loads(messages[-1]["body"])
    assert complete.get("ErrorCode") == ("Unhandled" if "fail" in payload else None)
