"""Event of a function URL: payload 2.0 of API Gateway with `$default` as route and stage (lambda §3.9)."""

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

from msgspec import field

from netful.engine.http import function_payloads
from netful.engine.http.function_payloads import EventRequest
from netful.engine.http.headers import by_name
from netful.model.core import Frozen

_TLS = {"x-amzn-tls-version": "TLSv1.3", "x-amzn-tls-cipher-suite": "TLS_AES_128_GCM_SHA256"}


class UrlRequest(Frozen):
    """A request to a URL, with unchanged headers. `signer`: the facts about it, None without a signature; `caller_may`: it is authorized."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    host: str
    source_ip: str
    protocol: str = "HTTP/1.1"
    signer: Mapping[str, Any] | None = None
    caller_may: bool = True
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def header(self, name: str) -> str:
        """Return the first value of a header, by a lower-case name."""
        return next((value for key, value in self.headers if key.lower() == name), "")


def event_of(request: UrlRequest, account_id: str, trace_id: str) -> dict[str, Any]:
    """Return the event of the function."""
    return function_payloads.event(
        EventRequest(
            method=request.method,
            path=request.path,
            query_string=request.query,
            query=by_name(parse_qsl(request.query, keep_blank_values=True)),
            headers=_headers(request, trace_id),
            body=request.body,
            protocol=request.protocol,
            source_ip=request.source_ip,
            host=request.host,
            account_id=account_id if request.signer is not None else "anonymous",
            api_id=request.host.partition(".")[0],
            request_id=str(uuid.uuid4()),
            at=request.at.timestamp(),
            context={"authorizer": {"iam": request.signer}} if request.signer is not None else {},
        )
    )


def _headers(request: UrlRequest, trace_id: str) -> dict[str, list[str]]:
    own = {
        **_TLS,
        "host": request.host,
        "x-amzn-trace-id": trace_id,
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
    }
    sent = by_name((name.lower(), value) for name, value in request.headers)
    sent.setdefault("x-forwarded-for", [request.source_ip])  # CloudFront's has the viewer, and stays as it is
    return {**sent, **{name: [value] for name, value in own.items()}}
