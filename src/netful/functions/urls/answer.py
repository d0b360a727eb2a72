"""Response of a function URL, from the function's result (lambda §3.9); a failed or malformed result is a 502.

A streamed response may begin with a prelude: its status, headers and cookies as JSON, and eight zero bytes.
"""

from netful.engine.http import function_payloads
from netful.engine.http.function_payloads import MalformedResultError
from netful.engine.http.streaming import DELIMITER, LONGEST_PRELUDE
from netful.functions.api.protocol.message import Reply
from netful.functions.invocations.response_stream import ResponseStream, after

PRELUDE_TYPE = "application/vnd.awslambda.http-integration-response"
BAD_GATEWAY = Reply(502, b"Internal Server Error", (("Content-Type", "text/plain"),))
_DEFAULT_TYPE = "application/json"


def answer(payload: bytes) -> Reply:
    """Return the response to a buffered result."""
    try:
        made = function_payloads.response(payload, _DEFAULT_TYPE)
    except MalformedResultError:
        return BAD_GATEWAY
    return Reply(made.status, made.body, made.headers)


async def streamed(stream: ResponseStream) -> Reply:
    """Return the response to a streamed result; its pieces follow."""
    await stream.begun()
    done = stream.invocation
    if done is not None and done.function_error:
        return BAD_GATEWAY
    pieces = aiter(stream)
    if stream.content_type != PRELUDE_TYPE:
        return Reply(200, headers=(("Content-Type", stream.content_type or "application/octet-stream"),), stream=pieces)
    start = b""
    while DELIMITER not in start and len(start) < LONGEST_PRELUDE:
        piece = await anext(pieces, None)
        if piece is None:
            break
        start += piece
    prelude, _, rest = start.partition(DELIMITER)
    try:
        made = function_payloads.stream_head(prelude, _DEFAULT_TYPE)
    except MalformedResultError:
        return BAD_GATEWAY
    return Reply(made.status, headers=made.headers, stream=after(rest, pieces))
