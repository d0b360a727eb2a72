"""Request of an integration to a web server: HTTP, HTTP_PROXY, and both through a VPC link (§5.1, §6.4).

| type | parts of the client's request that the server receives |
|---|---|
| HTTP | the values that the mappings set, and the body's media type |
| HTTP_PROXY | its headers and query; mapped headers replace them, mapped query values are added |

The method is the integration's own; `ANY` means the client's. Behind a VPC link, the URL only provides the Host header and
the name for the certificate. It does not determine the destination.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import SplitResult, urlencode

from netful.engine.http.headers import Headers
from netful.engine.integrations.uri_placeholders import filled
from netful.engine.integrations.vpc_links import LinkEnd
from netful.model.core import Frozen, url_parts

_PORTS = {"http": 80, "https": 443}


class WebRequest(Frozen):
    """A request to a web server. `host` is resolved, unless `link` has the destination; `authority` is the Host header.

    `server_name` is the name that the certificate must have, "" if it is not checked. Without `tls` the request is plain HTTP.
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
    """Return the request to a URL with filled placeholders, and with the mapped query values.

    None if it is not a URL: also if a placeholder has no value, since braces are not allowed in one.
    """
    url = url_parts(filled(uri, path) or "")
    port = url.port or _PORTS.get(url.scheme.lower())
    if port is None or not url.hostname:
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
    """Return the request with more parameters in its query."""
    if not values:
        return request
    joint = "&" if "?" in request.target else "?"
    return replace(request, target=request.target + joint + urlencode(values, doseq=True))


def _target(url: SplitResult, query: Mapping[str, str]) -> str:
    whole = "&".join(part for part in (url.query, urlencode(query)) if part)
    return (url.path or "/") + (f"?{whole}" if whole else "")
