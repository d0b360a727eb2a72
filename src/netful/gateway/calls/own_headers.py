"""Headers that a response has of its own: its date, the ids of its request, and those of the edge (api-gateway §1.3)."""

from __future__ import annotations

from netful.gateway.calls import edge
from netful.gateway.calls.dates import date_of
from netful.gateway.calls.identifiers import Identifiers
from netful.gateway.calls.meaning import Meaning
from netful.model.apis.api import HttpApi
from netful.services.http.message import Headers, Response


def with_own_headers(response: Response, meaning: Meaning, names: Identifiers, at: float) -> Response:
    """Return a response with them; an HTTP API names one id only."""
    own: Headers
    if isinstance(meaning.judged.api, HttpApi):
        own = (*response.own, date_of(int(at)), ("apigw-requestid", names.extended_id))
    else:
        ids = ("x-amzn-RequestId", names.request_id), ("x-amz-apigw-id", names.extended_id)
        own = (*response.own, date_of(int(at)), *ids)
    if meaning.edge:
        own = (*own, *edge.response_headers(response.status, names.edge_id))
    return Response(response.status, response.headers, response.body, own, response.takes_over, response.stream)
