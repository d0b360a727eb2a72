"""One HTTP request from where this program runs: the request as JSON on stdin, the response as JSON on stdout.

The program needs Python alone. Its client is as simple as most: it asks the resolver, connects, and trusts the machine's
certificates.
"""

import base64
import errno
import http.client
import json
import socket
import ssl
import sys
from typing import Any
from urllib.parse import urlsplit

_SYMPTOMS = {errno.ECONNREFUSED: "refused", errno.ENETUNREACH: "unreachable", errno.EHOSTUNREACH: "unreachable"}


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """Send a request and return its response, or the symptom that the client has."""
    parts = urlsplit(request["url"])
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=request["timeout"])
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(
            request["method"], target, base64.b64decode(request["body"]) or None, headers=request["headers"]
        )
        response = connection.getresponse()
        body = response.read()
    except (OSError, http.client.HTTPException) as fault:
        return {"symptom": _symptom(fault), "detail": str(fault)}
    headers: dict[str, str] = {}
    for name, value in response.getheaders():
        known = headers.get(name.lower())
        headers[name.lower()] = f"{known}, {value}" if known else value
    return {"status": response.status, "headers": headers, "body": base64.b64encode(body).decode()}


def _symptom(fault: Exception) -> str:
    if isinstance(fault, TimeoutError):
        return "timeout"
    if isinstance(fault, socket.gaierror):
        return "dns"
    if isinstance(fault, ssl.SSLError):
        return "tls"
    return _SYMPTOMS.get(fault.errno or 0, "http") if isinstance(fault, OSError) else "http"


if __name__ == "__main__":
    json.dump(answer(json.load(sys.stdin)), sys.stdout)
