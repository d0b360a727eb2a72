"""Web ACLs of stages: each request to a stage with a web ACL is judged before any policy (api-gateway §0, step 4).

Rules:
1. A stage without a web ACL costs nothing.
2. Rate-based rules count to the second, by the time of day: in this process, or together with others that share its state
   (gateway.shared.rates). A rule has no more instances than AWS tracks.
3. If a rule needs a fact that netful does not have (a country, a managed rule group), the log mentions it once.
"""

import logging
from dataclasses import replace
from typing import Protocol

from netful.engine.http.headers import replaced
from netful.engine.waf.fields import Inspected
from netful.engine.waf.ruling import judge
from netful.gateway.calls.call import Call
from netful.gateway.calls.call_stage import CallStage, Next
from netful.gateway.calls.clock import Clock
from netful.gateway.calls.faults import Fault
from netful.gateway.calls.meaning import Meaning
from netful.model.access.web_acl import WebAcl
from netful.services.http.message import Request, Response

log = logging.getLogger(__name__)


class Rates(Protocol):
    """Counts of rate-based rules."""

    def count(self, instance: tuple[str, ...], seconds: int, now: float) -> int:
        """Count a request for an instance; return the number of requests in the last seconds, including this one."""


class Firewalls(CallStage):
    """Web ACLs of the stages of APIs."""

    title = "web ACL"

    def __init__(self, clock: Clock, rates: Rates) -> None:
        self._clock = clock
        self._rates = rates
        self._assumed: set[str] = set()

    def passes(self, meaning: Meaning) -> bool:
        """Return whether the stage has no web ACL."""
        return meaning.judged.web_acl is None

    async def __call__(self, call: Call, following: Next) -> Response:
        """Judge a call. An admitted call has the headers that the web ACL adds."""
        acl = call.judged.web_acl
        return await following(call if acl is None else self._admitted(call, acl))

    def _admitted(self, call: Call, acl: WebAcl) -> Call:
        request, now = call.request, self._clock.wall()
        began = self._clock.monotonic()
        found = judge(
            call.cloud,
            acl,
            inspected(acl, request, call.source_ip),
            lambda instance, seconds: self._rates.count(instance, seconds, now),
        )
        for assumption in found.assumptions:
            if assumption not in self._assumed:
                self._assumed.add(assumption)
                log.warning("%s: %s", acl.origin, assumption)
        if call.record is not None:
            call.record.filtered(began, allowed=found.answer is None)
        if found.answer is not None:
            raise Fault(found.answer)
        if not found.inserted:
            return call
        return replace(call, request=replace(request, headers=replaced(request.headers, dict(found.inserted))))


def inspected(acl: WebAcl, request: Request, client: str) -> Inspected:
    """Return what a web ACL sees of a request from an address."""
    about = request.method, request.path, request.query, request.headers, request.body
    return Inspected(*about, client, body_limit=acl.body_limit)
