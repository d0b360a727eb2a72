"""Web ACLs at work: each request to a stage that has one is judged, before anything else is (api-gateway §0, step 4).

Rules:
1. A stage without a web ACL costs nothing.
2. Rate-based rules count to the second, by the time of day: in this process, or together with others that share its state
   (gateway.shared.rates); of each rule no more instances than AWS tracks.
3. What a rule looks at and nobody here can tell (a country, a managed rule group) is said once in the log.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Protocol

from netful.engine.http.headers import replaced
from netful.engine.waf.fields import Inspected
from netful.engine.waf.ruling import judge
from netful.gateway.calls.call import Call
from netful.gateway.calls.clock import Clock
from netful.gateway.calls.faults import Fault

log = logging.getLogger(__name__)


class Rates(Protocol):
    """What rate-based rules have counted."""

    def count(self, instance: tuple[str, ...], seconds: int, now: float) -> int:
        """Count a request for an instance; gives how many there are with it in the last seconds."""


class Firewalls:
    """The web ACLs of a gateway's stages."""

    def __init__(self, clock: Clock, rates: Rates) -> None:
        self._clock = clock
        self._rates = rates
        self._told: set[str] = set()

    def passed(self, call: Call) -> Call:
        """A call with what its web ACL adds to it; raises Fault where it is not let through."""
        acl = call.judged.web_acl
        if acl is None:
            return call
        request, now = call.request, self._clock.wall()
        began = self._clock.monotonic()
        seen = Inspected(
            request.method,
            request.path,
            request.query,
            request.headers,
            request.body,
            call.source_ip,
            body_limit=acl.body_limit,
        )
        found = judge(call.cloud, acl, seen, lambda instance, seconds: self._rates.count(instance, seconds, now))
        for assumption in found.assumptions:
            if assumption not in self._told:
                self._told.add(assumption)
                log.warning("%s: %s", acl.origin, assumption)
        if call.record is not None:
            call.record.filtered(began, allowed=found.answer is None)
        if found.answer is not None:
            raise Fault(found.answer)
        if not found.inserted:
            return call
        return replace(call, request=replace(request, headers=replaced(request.headers, dict(found.inserted))))
