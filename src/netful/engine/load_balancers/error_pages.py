"""Responses of load balancers themselves, for example if no target is reachable (api-gateway §7.7).

An application load balancer whose targets are all unhealthy tries them all the same, and answers 504 for a closed one. A classic
load balancer does not: its health checks come the same way, so it answers 503 without a page.
"""

from netful.engine.flows.codes import Code
from netful.engine.flows.kinds import HopKind
from netful.engine.flows.path import Symptom
from netful.engine.flows.trail import Trail
from netful.engine.http.gateway_errors import GatewayAnswer
from netful.engine.waf.ruling import FILTERED
from netful.model.balancing.load_balancers import LoadBalancer, LoadBalancerType
from netful.model.cloud import Cloud

_PAGE = "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
TITLES = {
    301: "301 Moved Permanently", 302: "302 Found", 400: "400 Bad Request", 401: "401 Authorization Required", 403: "403 Forbidden", 405: "405 Not Allowed",
    408: "408 Request Time-out", 413: "413 Request Entity Too Large", 414: "414 Request-URI Too Large", 463: "463", 464: "464",
    500: "500 Internal Server Error", 501: "501 Not Implemented", 502: "502 Bad Gateway",
    503: "503 Service Temporarily Unavailable", 504: "504 Gateway Time-out", 561: "561", 562: "562",
}  # fmt: skip


def page(status: int) -> str:
    """Return the page that an application load balancer shows for a status of its own."""
    return _PAGE.format(title=TITLES[status])


_WITHOUT_TARGET = (Code.ELBV2_LISTENER_HAS_NO_TG, Code.ELB_INSTALLED_AZ_RESTRICTION, Code.ELBV2_NO_TARGETS_IN_AZ)
_ANSWERING = (LoadBalancerType.APPLICATION, LoadBalancerType.CLASSIC)
_NO_HEALTHY_INSTANCE = Symptom("http", 503)
_UNAVAILABLE = Symptom("http", 503, page(503))
_TIMED_OUT = Symptom("http", 504, page(504))
_BAD_GATEWAY = Symptom("http", 502, page(502))
_FORBIDDEN = Symptom("http", 403, page(403))


def answers(cloud: Cloud, trail: Trail, *, after: int = 0) -> dict[int, Symptom]:
    """Return the symptom for each denying hop between a load balancer and its targets, by the hop's number.

    This includes the responses of web ACLs and rules. `after`: only hops after that many.
    """
    found: dict[int, Symptom] = {}
    behind: LoadBalancer | None = None
    for hop in trail.hops[after:]:
        if hop.n in trail.answers:
            found[hop.n] = _of_web_acl(trail.answers[hop.n])
        elif behind is not None and hop.verdict == "deny":
            found[hop.n] = _of_target(behind, hop.code)
        listening = hop.kind is HopKind.LISTENER and hop.verdict == "allow"
        balancer = cloud.balancing.load_balancers.get(hop.component) if listening else None
        if behind is None and balancer is not None and balancer.type in _ANSWERING:
            behind = balancer
    return found


def _of_target(balancer: LoadBalancer, code: str | None) -> Symptom:
    """Return the answer of a load balancer whose way to its targets is blocked."""
    if balancer.type is LoadBalancerType.CLASSIC:
        return _NO_HEALTHY_INSTANCE
    if code == Code.NETFUL_TLS_PROTOCOL:
        return _BAD_GATEWAY
    return _UNAVAILABLE if code in _WITHOUT_TARGET else _TIMED_OUT


def _of_web_acl(answer: GatewayAnswer) -> Symptom:
    return _FORBIDDEN if answer is FILTERED else Symptom("http", answer.status, answer.body)
