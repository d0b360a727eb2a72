"""Behaviour of a distribution for a viewer's request, and the answers that it gives itself (newer-aws §12).

In order: the distribution is enabled; the first behaviour whose pattern matches the path; its protocol policy; its methods; a GET
has no body.
Patterns are compared with the path alone, in its own case; one without a leading `/` has it. For that the path is normalized:
repeated slashes, and the steps `.` and `..`, are not in it, although the origin gets them.
"""

import posixpath

from netful.engine.distributions.edge_answers import EdgeAnswer
from netful.engine.iam.texts import like
from netful.model.cloud import Cloud
from netful.model.core import Frozen, Unknown
from netful.model.names.distributions import CacheBehavior, Distribution

_SECURE_ONLY, _REDIRECTS = "https-only", "redirect-to-https"
_WITHOUT_BODY = ("GET", "HEAD")

NOT_ENABLED = EdgeAnswer(403, "The distribution is not enabled.")
NOT_SERVED = BODY_REFUSED = EdgeAnswer(403, "Bad request.")
INSECURE = EdgeAnswer(403, "Bad request. This path requires HTTPS.")
METHOD_REFUSED = EdgeAnswer(
    403,
    "This distribution is not configured to allow the HTTP request method that was used for this request."
    " The distribution supports only cachable requests.",
)


class Viewing(Frozen):
    """A viewer's request as far as a distribution's own answer depends on it; `method` is None if it is not known."""

    host: str
    target: str
    secure: bool
    method: str | None = None
    has_body: bool = False

    @property
    def secure_url(self) -> str:
        """The same URL by HTTPS."""
        return f"https://{self.host}{self.target}"


def named(cloud: Cloud, host: str) -> Distribution | None:
    """Return the distribution with a host name: its own name or an alias, of which the one without a wildcard comes first."""
    found = [one for one in cloud.names.distributions.values() if one.is_named(host)]
    exact = (one for one in found if host == one.domain_name or host in one.aliases)
    return next(exact, next(iter(found), None))


def rooted(distribution: Distribution, path: str) -> str:
    """Return the path that is asked for: the root object for the root."""
    return f"/{distribution.root_object}" if path in ("", "/") and distribution.root_object else path


def behavior_for(distribution: Distribution, path: str) -> CacheBehavior | Unknown:
    """Return the first behaviour that matches a path; Unknown if a pattern before it is not known."""
    normal = _normalized(path)
    for one in distribution.behaviors:
        if isinstance(one.pattern, Unknown):
            return one.pattern
        pattern = one.pattern if one.pattern.startswith(("/", "*")) else f"/{one.pattern}"
        if like(pattern, normal):
            return one
    return Unknown("it has no behaviour", (f"the behaviours of {distribution.id}",))


def _normalized(path: str) -> str:
    bare = posixpath.normpath(f"/{path.lstrip('/')}")
    return f"{bare}/" if path.endswith(("/", "/.", "/..")) and bare != "/" else bare


def own_answer(distribution: Distribution, behavior: CacheBehavior, viewing: Viewing) -> EdgeAnswer | None:
    """Return the answer of the distribution itself to a request; None if an origin answers."""
    if not distribution.enabled:
        return NOT_ENABLED
    if not viewing.secure and behavior.viewer_protocol_policy == _SECURE_ONLY:
        return INSECURE
    if not viewing.secure and behavior.viewer_protocol_policy == _REDIRECTS:
        status = 301 if viewing.method in (None, *_WITHOUT_BODY) else 307
        return EdgeAnswer(status, "", viewing.secure_url)
    if viewing.method is not None and viewing.method not in behavior.methods:
        return METHOD_REFUSED
    return BODY_REFUSED if viewing.has_body and viewing.method == "GET" else None
