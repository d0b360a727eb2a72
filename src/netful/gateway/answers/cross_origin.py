"""Requests of pages of other origins, at an HTTP API that says what they may do (the rules of `engine.http.cors`)."""

from __future__ import annotations

from dataclasses import replace

from netful.engine.http.cors import answer_headers, is_preflight, preflight_headers
from netful.gateway.calls.call import Call
from netful.model.apis.api import HttpApi
from netful.model.apis.cors import CorsConfiguration
from netful.services.http.message import Response

_NO_CONTENT = 204


def preflight(call: Call) -> Response | None:
    """The answer to a preflight; None for any other request, and where the API leaves them to its routes."""
    cors = _cors(call)
    request = call.request
    asked = request.header("access-control-request-method")
    if cors is None or not is_preflight(request.method, request.header("origin"), asked):
        return None
    return Response(_NO_CONTENT, preflight_headers(cors, request.header("origin")))


def opened(call: Call, response: Response) -> Response:
    """A response with what the API says of other origins."""
    cors = _cors(call)
    if cors is None:
        return response
    return replace(response, headers=answer_headers(cors, call.request.header("origin"), response.headers))


def _cors(call: Call) -> CorsConfiguration | None:
    api = call.judged.api
    return api.cors_configuration if isinstance(api, HttpApi) and call.judged.stage is not None else None
