"""Request of a distribution to an origin: its URL, and the parts of the viewer's request that go with it (newer-aws §12).

| part | at the origin |
|---|---|
| Host | the origin's own name, unless a policy forwards the viewer's |
| headers with a cache policy | those that the policies name, and what describes the body |
| headers without one | those, and all others but the ones that CloudFront sets or removes |
| `Authorization` without a policy that names it | only of methods that are never cached |
| `User-Agent` | `Amazon CloudFront`, unless a policy forwards the viewer's |
| what describes the viewer (`CloudFront-Viewer-Country`) | as CloudFront sets it, if a policy names the header |
| cookies, query parameters | those that the policies name |
| custom headers | in place of the viewer's |
"""

from collections.abc import Iterable, Iterator

from netful.engine.http.headers import Headers, replaced
from netful.engine.iam.texts import like
from netful.model.core import Frozen, Unknown
from netful.model.names.distributions import (
    CacheBehavior,
    Distribution,
    DistributionOrigin,
    OriginGroup,
    Selection,
    VpcOrigin,
)

_OF_VIEWERS, _INSECURE = "match-viewer", "http-only"
_PORTS = {True: 443, False: 80}
_OF_THE_CONNECTION = frozenset({
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
    "transfer-encoding", "upgrade", "expect", "content-length", "host", "via", "x-amz-cf-id", "x-forwarded-for", "cookie",
})  # fmt: skip
"""Headers that CloudFront sets itself, or that end at it."""
_OF_THE_BODY = frozenset({"content-type", "content-encoding", "content-md5", "content-language", "range"})
_NOT_BY_DEFAULT = frozenset(
    {"accept", "accept-charset", "accept-language", "accept-encoding", "referer", "user-agent", "authorization"}
)
_CACHED = ("GET", "HEAD", "OPTIONS")


class OriginAddress(Frozen):
    """The server that a distribution asks."""

    host: str
    port: int
    secure: bool
    path: str = ""

    @property
    def authority(self) -> str:
        """Host and port, as a URL has them."""
        return self.host if self.port == _PORTS[self.secure] else f"{self.host}:{self.port}"


def group_of(distribution: Distribution, behavior: CacheBehavior) -> OriginGroup:
    """Return the origins that a behaviour asks, in their order; one alone is a group that never fails over."""
    named = behavior.target_origin_id
    found = distribution.groups.get(named) if isinstance(named, str) else None
    return found or OriginGroup((named,))


def address_of(origin: DistributionOrigin, vpc_origin: VpcOrigin | None, *, secure: bool) -> OriginAddress | Unknown:
    """Return the address of an origin for a viewer's request, which came by HTTPS or not; Unknown if a part is. Of a VPC origin, the name is Host alone."""
    settings = vpc_origin or origin
    by_tls = secure if settings.protocol_policy == _OF_VIEWERS else settings.protocol_policy != _INSECURE
    host = vpc_origin.id if vpc_origin and isinstance(origin.domain_name, Unknown) else origin.domain_name
    path, port = origin.path, settings.https_port if by_tls else settings.http_port
    for value in (host, path, port):
        if isinstance(value, Unknown):
            return value
    return OriginAddress(str(host), int(str(port)), by_tls, str(path))


def forwards_host(behavior: CacheBehavior) -> bool | None:
    """Return whether the origin gets the viewer's Host; None if that depends on a policy that was not loaded."""
    if any(one is not None and _has(one.headers, "host") for one in behavior.forwards):
        return True
    return None if None in behavior.forwards else False


def forwarded_headers(behavior: CacheBehavior, method: str, headers: Headers) -> Headers:
    """Return the viewer's headers that an origin receives, without those that CloudFront sets."""
    kept = tuple((name, value) for name, value in headers if _passes(behavior, method, name.lower()))
    cookies = "; ".join(_cookies(behavior, headers))
    return (*kept, ("Cookie", cookies)) if cookies else kept


def _passes(behavior: CacheBehavior, method: str, name: str) -> bool:
    if name in _OF_THE_CONNECTION:
        return False
    if name in _OF_THE_BODY or any(one is not None and _has(one.headers, name) for one in behavior.forwards):
        return True
    if name == "authorization" and method not in _CACHED:
        return behavior.by_default
    return behavior.by_default and name not in _NOT_BY_DEFAULT


def describes(behavior: CacheBehavior, name: str) -> bool:
    """Return whether an origin gets a header by which CloudFront describes the viewer: only if a policy names it."""
    known = [one for one in behavior.forwards if one is not None]
    return any(name in one.added or (name in one.headers.names and not one.headers.excluding) for one in known)


def withholds(behavior: CacheBehavior, origin: DistributionOrigin, method: str, name: str) -> bool:
    """Return whether a header certainly does not reach an origin, whatever the viewer sends."""
    own = any(one.lower() == name for one in origin.headers)
    return not (own or behavior.runs or None in behavior.forwards or _passes(behavior, method, name))


def _cookies(behavior: CacheBehavior, headers: Headers) -> Iterator[str]:
    for name, value in headers:
        for cookie in value.split(";") if name.lower() == "cookie" else ():
            key = cookie.partition("=")[0].strip()
            if any(one is not None and _has(one.cookies, key) for one in behavior.forwards):
                yield cookie.strip()


def forwarded_query(behavior: CacheBehavior, query: str) -> str:
    """Return the parameters of the viewer's query that an origin receives, unchanged and in their order."""
    named = (one for one in query.split("&") if query)
    return "&".join(one for one in named if _has_any(behavior, one.partition("=")[0]))


def _has_any(behavior: CacheBehavior, parameter: str) -> bool:
    return any(one is not None and _has(one.query, parameter) for one in behavior.forwards)


def _has(selection: Selection, name: str) -> bool:
    listed = name in selection.names or any(like(one, name) for one in selection.names if "*" in one or "?" in one)
    return listed != selection.excluding


def with_own(origin: DistributionOrigin, headers: Headers, extra: Iterable[tuple[str, str]] = ()) -> Headers:
    """Return the headers with the origin's custom headers in place of the viewer's, after those that CloudFront sets."""
    named = {name.lower() for name, _ in headers}
    agent = () if "user-agent" in named else (("User-Agent", "Amazon CloudFront"),)
    custom = {name: value for name, value in origin.headers.items() if isinstance(value, str)}
    return replaced((*headers, *agent, *extra), custom)
