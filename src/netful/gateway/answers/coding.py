"""Content codings of a REST API that has a `minimumCompressionSize`: answers are packed, requests unpacked."""

from __future__ import annotations

import zlib
from dataclasses import replace

from netful.engine.apis.request_limits import BODY
from netful.engine.http.compression import CODINGS, coding
from netful.engine.http.gateway_errors import BAD_REQUEST, TOO_LARGE
from netful.engine.http.headers import without
from netful.gateway.calls.call import Call
from netful.gateway.calls.faults import Fault
from netful.model.apis.api import RestApi
from netful.services.http.message import Response

_GZIP, _ZLIB, _EITHER = 16 + zlib.MAX_WBITS, zlib.MAX_WBITS, 32 + zlib.MAX_WBITS


def unpacked(call: Call) -> Call:
    """The call with its body as it was before its client packed it; raises Fault for a body that is not packed."""
    name = call.request.header("content-encoding").strip().lower()
    if not name or name not in CODINGS or _minimum(call) is None:
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


def packed(call: Call, response: Response) -> Response:
    """The response, packed where the API and the client want it so."""
    minimum = _minimum(call)
    if minimum is None:
        return response
    accepted = call.request.header("accept-encoding")
    name = coding(minimum, len(response.body), accepted, response.header("content-encoding"))
    if not name or response.stream is not None:  # what is sent as it comes has the coding that its back end gave it
        return response
    packing = zlib.compressobj(wbits=_GZIP if name == "gzip" else _ZLIB)
    body = packing.compress(response.body) + packing.flush()
    return replace(response, headers=(*response.headers, ("Content-Encoding", name)), body=body)


def _minimum(call: Call) -> int | None:
    return call.judged.api.minimum_compression_size if isinstance(call.judged.api, RestApi) else None
