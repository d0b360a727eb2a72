"""Content codings of a REST API with a `minimumCompressionSize`: responses are compressed, requests decompressed."""

import zlib
from dataclasses import replace

from netful.engine.apis.request_limits import BODY
from netful.engine.http.compression import CODINGS, coding
from netful.engine.http.gateway_errors import BAD_REQUEST, TOO_LARGE
from netful.engine.http.headers import without
from netful.gateway.calls.call import Call
from netful.gateway.calls.call_stage import CallStage, Next
from netful.gateway.calls.faults import Fault, answered
from netful.gateway.calls.meaning import Meaning
from netful.model.apis.api import Api, RestApi
from netful.services.http.message import Response

_GZIP, _ZLIB, _EITHER = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, 32 + zlib.MAX_WBITS


class ContentCodings(CallStage):
    """Stage that decompresses the body of a request, and compresses that of the response if the API and the client want it."""

    def passes(self, meaning: Meaning) -> bool:
        """Return whether the API compresses nothing."""
        return _minimum(meaning.judged.api) is None

    async def __call__(self, call: Call, following: Next) -> Response:
        """Decompress the request, and compress the response."""
        minimum = _minimum(call.judged.api)
        if minimum is None:
            return await following(call)
        call = _unpacked(call)
        return _packed(minimum, call, await answered(call, following))


def _unpacked(call: Call) -> Call:
    """Return the call with its body decompressed; raise Fault for a body that is not compressed."""
    name = call.request.header("content-encoding").strip().lower()
    if not name or name not in CODINGS:
        return call
    unpacking = zlib.decompressobj(_EITHER)
    try:
        body = unpacking.decompress(call.request.body, BODY + 1)
    except zlib.error as error:
        raise Fault(BAD_REQUEST) from error
    if len(body) > BODY:
        raise Fault(TOO_LARGE)
    headers = without(call.request.headers, "content-encoding")
    return replace(call, request=replace(call.request, body=body, headers=headers))


def _packed(minimum: int, call: Call, response: Response) -> Response:
    accepted = call.request.header("accept-encoding")
    name = coding(minimum, len(response.body), accepted, response.header("content-encoding"))
    if not name or response.stream is not None:  # a streamed response keeps the coding of its back end
        return response
    packing = zlib.compressobj(wbits=_GZIP if name == "gzip" else _ZLIB)
    body = packing.compress(response.body) + packing.flush()
    return replace(response, headers=(*response.headers, ("Content-Encoding", name)), body=body)


def _minimum(api: Api | None) -> int | None:
    return api.minimum_compression_size if isinstance(api, RestApi) else None
