"""The event of a function URL: API Gateway's payload 2.0 with `$default` for route and stage (lambda §3.9)."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, unquote

_TEXT = ("text/", "application/json", "application/javascript", "application/xml", "application/x-www-form-urlencoded")
_TLS = {"x-amzn-tls-version": "TLSv1.3", "x-amzn-tls-cipher-suite": "TLS_AES_128_GCM_SHA256"}


@dataclass(frozen=True, slots=True)
class UrlRequest:
    """A request to a URL. `caller`: the role that signed it, None where nobody did; `headers` as they came."""

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    host: str
    source_ip: str
    version: str = "1.1"
    signed: bool = False
    caller_may: bool = True
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def header(self, name: str) -> str:
        """The first value of a header, by a lower-case name."""
        return next((value for key, value in self.headers if key.lower() == name), "")


def event_of(request: UrlRequest, account_id: str, trace_id: str) -> dict[str, Any]:
    """What the function gets."""
    cookies = [part.strip() for value in _values(request, "cookie") for part in value.split(";") if part.strip()]
    body, encoded = _body(request)
    optional: dict[str, Any] = {
        "cookies": cookies,
        "queryStringParameters": _joined(parse_qsl(request.query, keep_blank_values=True)),
        "body": body,
    }
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": unquote(request.path),
        "rawQueryString": request.query,
        "headers": _headers(request, trace_id),
        "requestContext": _context(request, account_id),
        "isBase64Encoded": encoded,
        **{name: value for name, value in optional.items() if value},
    }


def _headers(request: UrlRequest, trace_id: str) -> dict[str, str]:
    own = _joined((name.lower(), value) for name, value in request.headers if name.lower() != "cookie")
    return {
        **own,
        **_TLS,
        "host": request.host,
        "x-amzn-trace-id": trace_id,
        "x-forwarded-for": request.source_ip,
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
    }


def _context(request: UrlRequest, account_id: str) -> dict[str, Any]:
    prefix = request.host.partition(".")[0]
    context: dict[str, Any] = {
        "accountId": account_id if request.signed else "anonymous",
        "apiId": prefix,
        "domainName": request.host,
        "domainPrefix": prefix,
        "http": {
            "method": request.method,
            "path": unquote(request.path),
            "protocol": f"HTTP/{request.version}",
            "sourceIp": request.source_ip,
            "userAgent": request.header("user-agent"),
        },
        "requestId": str(uuid.uuid4()),
        "routeKey": "$default",
        "stage": "$default",
        "time": request.at.strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "timeEpoch": int(request.at.timestamp() * 1000),
    }
    return context


def _body(request: UrlRequest) -> tuple[str | None, bool]:
    if not request.body:
        return None, False
    if request.header("content-type").startswith(_TEXT):
        return request.body.decode("utf-8", "replace"), False
    return base64.b64encode(request.body).decode(), True


def _values(request: UrlRequest, name: str) -> list[str]:
    return [value for key, value in request.headers if key.lower() == name]


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Repeated values are joined by commas."""
    found: dict[str, str] = {}
    for name, value in pairs:
        found[name] = f"{found[name]},{value}" if name in found else value
    return found
