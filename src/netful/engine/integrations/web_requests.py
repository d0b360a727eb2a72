"""The request that an integration makes of a web server: HTTP, HTTP_PROXY, and either through a VPC link (§5.1, §6.4).

| type | the server gets of the client's request |
|---|---|
| HTTP | what the mappings set, and the type of a body |
| HTTP_PROXY | its headers and query; mapped headers take their place, mapped query values are added |

The method is the integration's own; `ANY` stands for the client's. Behind a VPC link the URL is for the Host header and
the certificate, and does not say where the request goes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import SplitResult, urlencode, urlsplit

from netful.engine.http.headers import Headers
from netful.engine.integrations.vpc_links import LinkEnd

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class WebRequest:
    """A request to a web server. `host` is resolved, unless `link` says where it goes; `authority` is the Host header.

    `server_name` is whom a certificate must name, "" where nobody looks at it. Without `tls` it is plain HTTP.
    """

    method: str
    host: str
    port: int
    target: str
    headers: Headers
    body: bytes = b""
    authority: str = ""
    tls: bool = False
    server_name: str = ""
    link: LinkEnd | None = None


def web_request(uri: str, method: str, path: Mapping[str, str], query: Mapping[str, str]) -> WebRequest | None:
    """The request to a URL, whose placeholders are filled, with what the mappings add to its query; None for no URL."""
    try:
        url = urlsplit(_PLACEHOLDER.sub(lambda found: path.get(found[1], found[0]), uri))
        port = url.port or _PORTS[url.scheme.lower()]
    except (ValueError, KeyError):
        return None
    if not url.hostname:
        return None
    tls = url.scheme.lower() == "https"
    return WebRequest(
        method=method,
        host=url.hostname,
        port=port,
        target=_target(url, query),
        headers=(),
        authority=url.netloc.rpartition("@")[2],
        tls=tls,
        server_name=url.hostname if tls else "",
    )


def with_query(request: WebRequest, values: Mapping[str, Sequence[str]]) -> WebRequest:
    """The request with more parameters in its query."""
    if not values:
        return request
    joint = "&" if "?" in request.target else "?"
    return replace(request, target=request.target + joint + urlencode(values, doseq=True))


def _target(url: SplitResult, query: Mapping[str, str]) -> str:
    whole = "&".join(part for part in (url.query, urlencode(query)) if part)
    return (url.path or "/") + (f"?{whole}" if whole else "")
