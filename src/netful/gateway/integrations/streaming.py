"""Streamed responses of REST APIs: sent while the back end still produces them (engine.http.streaming)."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import replace

from netful.engine.http import streaming
from netful.engine.http.gateway_errors import BAD_INTEGRATION
from netful.functions.invocations.response_stream import ResponseStream, after
from netful.gateway.calls.call import Call
from netful.gateway.calls.faults import Fault, misconfigured
from netful.gateway.calls.record import Record
from netful.gateway.integrations.lambda_proxy import metadata
from netful.gateway.integrations.web_connection import UnreachableError
from netful.services.http.message import Response

_FAILED = "x-amz-function-error"


class BrokenOffError(Exception):
    """A response that breaks off."""


async def of_function(stream: ResponseStream) -> Response:
    """Return the stream of a function once it has begun. A header marks a stream that failed before. Raises InvokeRefused."""
    await stream.begun()
    done = stream.invocation
    if done is not None and done.function_error and not stream.content_type:
        return Response(200, ((_FAILED, done.function_error),))
    return Response(200, (("Content-Type", stream.content_type),), stream=_pieces(stream))


async def _pieces(stream: ResponseStream) -> AsyncIterator[bytes]:
    async for piece in stream:
        yield piece
    if stream.invocation is None or stream.invocation.function_error:
        raise BrokenOffError("the function failed while it answered")


async def from_function(call: Call, begun: Response) -> Response:
    """Return the response for the stream of a function; its pieces follow."""
    if begun.stream is None:
        raise Fault(BAD_INTEGRATION)
    pieces, start = aiter(begun.stream), b""
    try:
        while streaming.DELIMITER not in start and len(start) < streaming.LONGEST_PRELUDE:
            start += await anext(pieces)
    except (StopAsyncIteration, BrokenOffError):
        pass
    prelude, delimiter, rest = start.partition(streaming.DELIMITER)
    if not delimiter:
        raise misconfigured("Malformed Lambda proxy response", BAD_INTEGRATION)
    return replace(metadata(call, prelude), stream=after(rest, pieces))


def kept_in_bounds(call: Call, response: Response, began: float) -> Response:
    """Return the response with a stream within AWS's limits: the time of the integration, the idle time, the rate."""
    if response.stream is None or not streaming.has_body(call.request.method, response.status):
        return replace(response, stream=None)
    millis = call.integration.timeout_in_millis
    until = began + (millis if isinstance(millis, int) else streaming.LONGEST_MILLIS) / 1000
    return replace(response, stream=_in_bounds(response.stream, until, streaming.idle_seconds(call.api)))


async def _in_bounds(pieces: AsyncIterator[bytes], until: float, idle: float) -> AsyncIterator[bytes]:
    loop = asyncio.get_running_loop()
    sent, full_at = 0, loop.time()
    try:
        while (piece := await _next(pieces, min(until, loop.time() + idle))) is not None:
            sent += len(piece)
            wait = streaming.due(sent)
            full_at = full_at if wait else loop.time()
            await _until(full_at + wait)
            yield piece
    finally:
        if hasattr(pieces, "aclose"):
            await pieces.aclose()


async def _next(pieces: AsyncIterator[bytes], until: float) -> bytes | None:
    """Return the next piece, None after the last; raise BrokenOffError if it does not come in time."""
    try:
        async with asyncio.timeout_at(until):
            return await anext(pieces, None)
    except TimeoutError:
        raise BrokenOffError("the answer takes too long") from None


async def _until(at: float) -> None:
    late = at - asyncio.get_running_loop().time()
    if late > 0:
        await asyncio.sleep(late)


async def gathered(response: Response) -> Response:
    """Return the response in one piece, for a client that accepts no stream. A response that breaks off ends there."""
    if response.stream is None:
        return response
    pieces = []
    with contextlib.suppress(BrokenOffError, UnreachableError):
        async for piece in response.stream:
            pieces.append(piece)  # noqa: PERF401  # what came before the break counts
    return replace(response, stream=None, body=b"".join(pieces))


def followed(response: Response, record: Record, at_end: Callable[[], None]) -> Response:
    """Return the response, and note its length; `at_end` is called at its end, whether it is complete or broken off."""
    assert response.stream is not None
    return replace(response, stream=_counted(response.stream, record, at_end))


async def _counted(pieces: AsyncIterator[bytes], record: Record, at_end: Callable[[], None]) -> AsyncIterator[bytes]:
    record.sent = 0
    try:
        async for piece in pieces:
            record.piece()
            record.sent += len(piece)
            yield piece
    finally:
        at_end()
