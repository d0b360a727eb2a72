"""Emulated edge before edge-optimized APIs: its changes to a request and to the response (api-gateway §1.1, §1.3, §1.4).

It capitalises standard names, sorts cookies by name, describes the viewer, and puts its own address after the viewer's.
The edge caches nothing: `X-Cache` depends on the status alone.
"""

from dataclasses import replace

from netful.model.access.internet_client import InternetClient
from netful.model.names import service_names
from netful.model.network.addresses import service_address
from netful.services.http.message import Headers, Request

_POP = "NTF50-P1"
_VIEWER = (
    ("CloudFront-Is-Desktop-Viewer", "true"),
    ("CloudFront-Is-Mobile-Viewer", "false"),
    ("CloudFront-Is-SmartTV-Viewer", "false"),
    ("CloudFront-Is-Tablet-Viewer", "false"),
    (
        "CloudFront-Viewer-ASN",
        "64496",
    ),  # from the range for documentation (RFC 5398), so it is not the number of a real viewer
)
_COUNTRY = "US"  # for a viewer that the project does not describe
_STANDARD = frozenset({
    "accept", "accept-charset", "accept-encoding", "accept-language", "authorization", "cache-control", "content-type",
    "cookie", "date", "from", "host", "if-match", "if-modified-since", "if-none-match", "if-range",
    "if-unmodified-since", "origin", "pragma", "range", "referer", "user-agent", "via", "warning", "x-forwarded-for",
})  # fmt: skip


def address(region: str) -> str:
    """Return the address of the edge that the gateway sees."""
    return str(service_address(service_names.service("cloudfront"), region))


def description(client: InternetClient | None, *, secure: bool) -> Headers:
    """Return the headers by which the edge describes a viewer, and whether it came by HTTPS."""
    country = (client.country if client else "") or _COUNTRY
    scheme = "https" if secure else "http"
    return (("CloudFront-Forwarded-Proto", scheme), *_VIEWER, ("CloudFront-Viewer-Country", country))


def through(request: Request, region: str, id_: str, client: InternetClient | None) -> Request:
    """Return a request in the form that the edge sends to the gateway."""
    viewer = request.connection.client[0]
    described = description(client, secure=True)
    forwarded = request.header("x-forwarded-for")
    own = {"x-forwarded-for", "via", "x-amz-cf-id", *(name.lower() for name, _ in described)}
    passed = tuple(_passed(name, value) for name, value in request.headers if name.lower() not in own)
    added = (
        *described,
        ("Via", f"{request.version} {_host(id_)} (CloudFront)"),
        ("X-Amz-Cf-Id", id_),
        ("X-Forwarded-For", f"{forwarded}, {viewer}" if forwarded else viewer),
    )
    connection = replace(request.connection, client=(address(region), request.connection.client[1]))
    return replace(request, headers=(*passed, *added), connection=connection)


def response_headers(status: int, id_: str) -> Headers:
    """Return the headers that the edge adds to a response for the viewer."""
    return (
        ("X-Cache", f"{'Miss' if status < 400 else 'Error'} from cloudfront"),
        ("Via", f"1.1 {_host(id_)} (CloudFront)"),
        ("X-Amz-Cf-Pop", _POP),
        ("X-Amz-Cf-Id", id_),
    )


def _passed(name: str, value: str) -> tuple[str, str]:
    if name.lower() == "cookie":
        value = "; ".join(sorted(part.strip() for part in value.split(";")))
    return (name.title() if name.lower() in _STANDARD else name), value


def _host(id_: str) -> str:
    return f"{id_[:32].lower().replace('-', '0').replace('_', '1')}.cloudfront.net"
