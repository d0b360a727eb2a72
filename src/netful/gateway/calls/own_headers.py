"""The gateway's own headers of a response: its date, the ids of its request, and those of the edge (api-gateway §1.3)."""

from email.utils import formatdate
from functools import lru_cache

from netful.gateway.calls import edge
from netful.gateway.calls.identifiers import Identifiers
from netful.gateway.calls.meaning import Meaning
from netful.model.apis.api import HttpApi
from netful.services.http.message import Headers, Response


@lru_cache(4)
def _date(second: int) -> tuple[str, str]:
    """Return the header `Date` (RFC 9110 §6.6.1) for a second since 1970; responses of the same second share it."""
    return "Date", formatdate(second, usegmt=True)


def with_own_headers(response: Response, meaning: Meaning, names: Identifiers, at: float) -> Response:
    """Return a response with these headers. An HTTP API has only one id."""
    own: Headers
    if isinstance(meaning.judged.api, HttpApi):
        own = (*response.own, _date(int(at)), ("apigw-requestid", names.extended_id))
    else:
        ids = ("x-amzn-RequestId", names.request_id), ("x-amz-apigw-id", names.extended_id)
        own = (*response.own, _date(int(at)), *ids)
    if meaning.edge:
        own = (*own, *edge.response_headers(response.status, names.edge_id))
    return Response(response.status, response.headers, response.body, own, response.takes_over, response.stream)
