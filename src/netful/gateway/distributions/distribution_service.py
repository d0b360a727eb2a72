"""Data plane of CloudFront: from a viewer's request to its answer (newer-aws §12).

In order: the distribution that the host names; its web ACL; the behaviour for the path; its own answer; an origin; a page of its own
in place of an error, but not of a response that a rule of the web ACL has. Nothing is cached, so each request reaches an origin. Functions of a behaviour do not run.
"""

import logging
import os
import time
from base64 import urlsafe_b64encode
from dataclasses import replace

from netful.engine.distributions import behaviors
from netful.engine.distributions.behaviors import Viewing
from netful.engine.distributions.edge_answers import FILTERED, EdgeAnswer
from netful.engine.http.headers import replaced
from netful.engine.waf import ruling
from netful.engine.waf.counts import Counts
from netful.fabric.doors.door import DoorKind
from netful.gateway.admission.firewalls import inspected
from netful.gateway.calls import edge
from netful.gateway.distributions.origin_calls import OriginCalls, Visit
from netful.model.cloud import Cloud
from netful.model.core import Unknown, known_in
from netful.model.names.distributions import Distribution
from netful.services.front.routing import LOCAL_DISTRIBUTION_PATH
from netful.services.http.message import Headers, Request, Response

log = logging.getLogger(__name__)

_ID_BYTES = 42
_UNKNOWN = EdgeAnswer(502, "Which behaviour serves this path is not known to netful.")


class DistributionService:
    """Handler of the requests to the distributions of a cloud."""

    def __init__(self, cloud: Cloud, calls: OriginCalls) -> None:
        self._cloud = cloud
        self._calls = calls
        self._counts = Counts()
        self._logged: set[str] = set()

    def follow(self, cloud: Cloud) -> None:
        """Serve the distributions of another cloud."""
        self._cloud = cloud

    async def handle(self, request: Request) -> Response:
        """Answer a viewer's request."""
        cloud, id_ = self._cloud, urlsafe_b64encode(os.urandom(_ID_BYTES)).decode()
        request = _as_sent(request)
        distribution = behaviors.named(cloud, request.host)
        if distribution is None:
            return _page(behaviors.NOT_SERVED, id_)
        passed = self._filtered(distribution, request)
        if isinstance(passed, Response):
            return replace(passed, headers=(*passed.headers, *edge.response_headers(passed.status, id_)))
        sent = request if isinstance(passed, EdgeAnswer) else passed
        answer = passed if isinstance(passed, EdgeAnswer) else await self._answer(cloud, distribution, sent, id_)
        page = distribution.errors.get(answer.status)
        if page is not None and page.path:
            asked = replace(sent.asking("GET", page.path), body=b"")
            seen = await self._answer(cloud, distribution, asked, id_)
            answer = replace(seen, status=page.status or answer.status) if isinstance(seen, Response) else answer
        if isinstance(answer, EdgeAnswer):
            return _page(answer, id_)
        return replace(answer, headers=(*answer.headers, *edge.response_headers(answer.status, id_)))

    async def _answer(
        self, cloud: Cloud, distribution: Distribution, request: Request, id_: str
    ) -> Response | EdgeAnswer:
        host, path = request.host, behaviors.rooted(distribution, request.path)
        behavior = behaviors.behavior_for(distribution, path)
        if isinstance(behavior, Unknown):
            return _UNKNOWN
        secure = request.connection.tls or request.connection.door.kind is DoorKind.LOCAL
        viewing = Viewing(host, request.path_and_query, secure, request.method, bool(request.body))
        own = behaviors.own_answer(distribution, behavior, viewing)
        if own is not None:
            return own
        return await self._calls.ask(Visit(cloud, distribution, behavior, request, host, path, secure, id_))

    def _filtered(self, distribution: Distribution, request: Request) -> Request | Response | EdgeAnswer:
        """Return the request as its web ACL lets it through, the web ACL's own response, or the distribution's refusal."""
        acl = known_in(self._cloud.access.web_acls, distribution.web_acl) if distribution.web_acl is not None else None
        if acl is None:
            return request
        found = ruling.judge(self._cloud, acl, inspected(acl, request, request.connection.client[0]), self._counted)
        for assumption in found.assumptions:
            if assumption not in self._logged:
                self._logged.add(assumption)
                log.warning("%s: %s", acl.origin, assumption)
        if found.answer is None:
            return replace(request, headers=replaced(request.headers, dict(found.inserted)))
        if found.answer is ruling.FILTERED:
            return FILTERED
        headers = (*found.answer.headers, ("Content-Type", found.answer.content_type))
        return Response(found.answer.status, headers, found.answer.body.encode())

    def _counted(self, instance: tuple[str, ...], seconds: int) -> int:
        return self._counts.count(instance, seconds, time.time())


def _as_sent(request: Request) -> Request:
    """Return a viewer's request to the distribution itself; at the local endpoint, its path may name the distribution."""
    if not request.path.startswith(LOCAL_DISTRIBUTION_PATH):
        return request
    label, _, rest = request.path_and_query.removeprefix(LOCAL_DISTRIBUTION_PATH).partition("/")
    return replace(request, target=f"/{rest}", headers=replaced(request.headers, {"Host": f"{label}.cloudfront.net"}))


def _page(answer: EdgeAnswer, id_: str) -> Response:
    headers: Headers = (("Server", "CloudFront"), ("Content-Type", "text/html"))
    if answer.location:
        own = tuple(one for one in edge.response_headers(answer.status, id_) if one[0] != "X-Cache")
        headers = (*headers, ("Location", answer.location), ("X-Cache", "Redirect from cloudfront"), *own)
    elif id_:
        headers = (*headers, *edge.response_headers(answer.status, id_))
    return Response(answer.status, headers, answer.page(id_).encode())
