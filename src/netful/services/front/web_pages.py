"""Requests that a web page of another site sends to the local endpoint from the user's browser.

A browser sends requests of any page to the loopback address. Pages reach it in three ways:

| way | what gives it away |
|---|---|
| DNS rebinding: the site's own name leads to the loopback address | the Host |
| a request without a preflight: a form, an image, a POST of text | the Origin, or without one `Sec-Fetch-Site` |
| a request with a preflight | the Origin of the preflight |

A page cannot forge these headers. Clients that are not browsers send none of the last two. The Host of every service
is checked. Services that are called from pages by their nature judge the Origin themselves, by their own CORS.
"""

from ipaddress import ip_address

from netful.fabric.doors.door import DoorKind
from netful.model.cloud import Cloud
from netful.model.core import url_parts
from netful.services.front.refusals import denied
from netful.services.front.routing import ServiceRoute, is_served
from netful.services.http.message import Request, Response

_OWN_CORS = frozenset({"execute-api", "lambda-url", "cloudfront-edge", "s3", "cognito-auth"})
_AWS = (".amazonaws.com", ".amazonaws.com.cn", ".api.aws")
_ANOTHER_SITE = frozenset({"cross-site", "same-site"})  # of Sec-Fetch-Site; a URL that the user typed has `none`


def refusal(cloud: Cloud, found: ServiceRoute, request: Request) -> Response | None:
    """Return the answer to a request at the local endpoint that a page of another site may have sent, else None."""
    if request.connection.door.kind is not DoorKind.LOCAL:
        return None
    why = _why(cloud, found, request)
    return denied(found, request, why) if why else None


def _why(cloud: Cloud, found: ServiceRoute, request: Request) -> str:
    host = request.host
    if not (_is_own(cloud, host) or host.endswith(_AWS) or is_served(cloud, host)):
        return (
            f"the local endpoint does not serve the host `{host}`: a web page could reach it by that name; "
            f"`netful up --allow-host {host}` permits it"
        )
    origin = request.header("origin")
    if found.service.code in _OWN_CORS:
        return ""
    if origin and not _is_own(cloud, (url_parts(origin).hostname or "").lower()):
        return f"a web page of `{origin}` may not call AWS's operations at the local endpoint"
    if not origin and request.header("sec-fetch-site") in _ANOTHER_SITE:
        return "a web page of another site may not call AWS's operations at the local endpoint"
    return ""


def _is_own(cloud: Cloud, host: str) -> bool:
    """Return whether a host name is one of this machine's loopback, or one that the user gave."""
    return host in cloud.access.allowed_hosts or is_loopback(host)


def is_loopback(host: str) -> bool:
    """Return whether a host is an address of the loopback or a name under `localhost`, which no site can own (RFC 6761)."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
