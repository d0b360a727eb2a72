"""Web ACLs of application load balancers, consulted before any rule."""

import asyncio
import logging

from netful.balancer.consulted.consultation import Question, go_on, stop, stop_with
from netful.engine.waf.associations import BALANCER_BODY_LIMIT, acl_of, before_balancer
from netful.engine.waf.counts import Counts
from netful.engine.waf.fields import Inspected
from netful.engine.waf.ruling import FILTERED, judge
from netful.model.access.web_acl import WebAcl
from netful.model.balancing.load_balancers import LoadBalancer, LoadBalancerType
from netful.model.cloud import Cloud
from netful.services.http.message import Response

log = logging.getLogger(__name__)

SUBJECT = "waf"
_FAIL_OPEN = "waf.fail_open.enabled"


def acl_before(cloud: Cloud, balancer: LoadBalancer) -> WebAcl | None:
    """Return the web ACL of a load balancer; None if it has none or an unknown one."""
    association = before_balancer(cloud, balancer)
    if association is None or balancer.type is not LoadBalancerType.APPLICATION:
        return None
    return acl_of(cloud, association)


def fails_open(balancer: LoadBalancer) -> bool:
    """Return whether requests pass if the web ACL cannot be consulted."""
    return balancer.attributes.get(_FAIL_OPEN) == "true"


class Firewalls:
    """Answers by the web ACLs of a cloud, with the counts of their rates."""

    def __init__(self) -> None:
        self._cloud = Cloud()
        self._counts = Counts()
        self._logged: set[str] = set()

    def follow(self, cloud: Cloud) -> None:
        """Answer by another cloud from now on."""
        self._cloud = cloud

    async def answer(self, balancer_id: str, question: Question, _arguments: tuple[str, ...]) -> Response:
        """Answer by the load balancer's web ACL."""
        acl = acl_before(self._cloud, self._cloud.balancing.load_balancers[balancer_id])
        return go_on() if acl is None else self._judged(acl, question, asyncio.get_running_loop().time())

    def _judged(self, acl: WebAcl, question: Question, now: float) -> Response:
        seen = _inspected(question)
        found = judge(self._cloud, acl, seen, lambda instance, seconds: self._counts.count(instance, seconds, now))
        for assumption in found.assumptions:
            if assumption not in self._logged:
                self._logged.add(assumption)
                log.warning("%s: %s", acl.origin, assumption)
        answer = found.answer
        if answer is None:
            return go_on(found.inserted)
        if answer is FILTERED:
            return stop_with(403)
        headers = (*answer.headers, ("Content-Type", answer.content_type))
        return stop(Response(answer.status, headers, answer.body.encode()))


def _inspected(question: Question) -> Inspected:
    path, _, query = question.target.partition("?")
    return Inspected(
        question.method, path, query, question.headers, question.body, question.source, body_limit=BALANCER_BODY_LIMIT
    )
