"""Hosts that forward requests as new requests, as `netful.toml` declares (api-gateway §2.5). Pure.

The program is opaque: its declaration is assumed to be correct. Of several matching rewrites, the one with the longest path
applies.
"""

from urllib.parse import urlsplit

from netful.engine.http.http_request import HttpRequest
from netful.model.functions.programs import ANY_PORT, Program, Rewrite

_CLIENTS_HOST = "$host"
_PORTS = {"http": 80, "https": 443}


def rewrite_for(program: Program, port: int, request: HttpRequest) -> Rewrite | None:
    """Return the rewrite for a request at a port, if one matches."""
    fitting = [rewrite for rewrite in program.rewrites if _takes(rewrite, port, request)]
    return max(fitting, key=lambda rewrite: len(rewrite.path), default=None)


def _takes(rewrite: Rewrite, port: int, request: HttpRequest) -> bool:
    prefix, path = rewrite.path.rstrip("/"), request.path.partition("?")[0]
    return (
        rewrite.port in (ANY_PORT, port)
        and rewrite.host in ("", request.host.lower())
        and (path == prefix or path.startswith(prefix + "/"))
    )


def rewritten(rewrite: Rewrite, request: HttpRequest) -> HttpRequest:
    """Return the forwarded request."""
    target = urlsplit(rewrite.to)
    path = target.path.rstrip("/") + request.path.removeprefix(rewrite.path.rstrip("/"))
    headers = {name.lower(): value for name, value in rewrite.headers.items()}
    host = headers.pop("host", target.hostname or "")
    return HttpRequest(request.host if host == _CLIENTS_HOST else host, path or "/", request.method, headers)


def destination(rewrite: Rewrite) -> tuple[str, int]:
    """Return the host and port that the request is forwarded to."""
    target = urlsplit(rewrite.to)
    return target.hostname or "", target.port or _PORTS[target.scheme]
