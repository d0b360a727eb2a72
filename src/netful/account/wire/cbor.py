"""Requests and answers of the protocol Smithy RPC v2 CBOR, which newer clients speak to services of the JSON protocols.

botocore has both directions of it for clients: its decoder of answers reads requests, its encoder of requests writes answers.
"""

from collections.abc import Mapping
from typing import Any

from botocore.model import DenormalizedStructureBuilder, Shape
from botocore.parsers import RpcV2CBORParser
from botocore.serialize import RpcV2CBORSerializer

from netful.account.wire.errors import ApiError
from netful.services.http.message import Request, Response

_PREFIX, _OPERATION = "/service/", "/operation/"
_ERROR = (
    DenormalizedStructureBuilder()
    .with_members({"__type": {"type": "string"}, "message": {"type": "string"}})
    .build_model()
)
_HEADERS = (("Smithy-Protocol", "rpc-v2-cbor"), ("Content-Type", "application/cbor"))


def operation_of(request: Request) -> str | None:
    """Return the name of the operation that a request asks for; None for a request of another protocol."""
    path = request.path
    return path.partition(_OPERATION)[2] if path.startswith(_PREFIX) and _OPERATION in path else None


def parameters(body: bytes) -> Any:
    """Return the parameters in a body. Raises ValueError for one that cannot be read."""
    parser = RpcV2CBORParser()
    try:
        return parser.parse_data_item(parser.get_peekable_stream_from_bytes(body)) if body else {}
    except Exception as error:  # the decoder has no error of its own
        raise ValueError("the body is not CBOR") from error


def response(status: int, shape: Shape | None, content: Mapping[str, Any]) -> Response:
    """Return an answer with the content of a shape; without one, the empty answer."""
    encoded = bytearray()
    RpcV2CBORSerializer()._serialize_data_item(encoded, content if shape else {}, shape or _ERROR)  # noqa: SLF001
    return Response(status, _HEADERS, bytes(encoded))


def error(fault: ApiError) -> Response:
    """Return the answer that has an error."""
    return response(fault.status, _ERROR, {"__type": fault.code, "message": fault.message})
