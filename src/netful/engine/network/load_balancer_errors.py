"""What a client sees where an application load balancer cannot reach a target: its own answer (api-gateway §7.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from netful.engine.flows.path import Hop, Symptom
from netful.engine.http.gateway_errors import Answer
from netful.engine.network.load_balancing import NO_TARGET, NO_TARGET_IN_ZONE
from netful.engine.waf.ruling import FILTERED
from netful.model.balancing.load_balancers import LoadBalancerType
from netful.model.cloud import Cloud

_PAGE = "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
TITLES = {
    301: "301 Moved Permanently", 302: "302 Found", 400: "400 Bad Request", 401: "401 Authorization Required", 403: "403 Forbidden", 405: "405 Not Allowed",
    408: "408 Request Time-out", 413: "413 Request Entity Too Large", 414: "414 Request-URI Too Large", 463: "463", 464: "464",
    500: "500 Internal Server Error", 501: "501 Not Implemented", 502: "502 Bad Gateway",
    503: "503 Service Temporarily Unavailable", 504: "504 Gateway Time-out", 561: "561",
}  # fmt: skip


def page(status: int) -> str:
    """The page that an application load balancer shows for a status of its own."""
    return _PAGE.format(title=TITLES[status])


_ANSWERING = (LoadBalancerType.APPLICATION, LoadBalancerType.CLASSIC)
_UNAVAILABLE = Symptom("http", 503, page(503))
_TIMED_OUT = Symptom("http", 504, page(504))
_FORBIDDEN = Symptom("http", 403, page(403))
_NONE: Mapping[int, Answer] = MappingProxyType({})


def answers(cloud: Cloud, hops: Iterable[Hop], answered: Mapping[int, Answer] = _NONE) -> dict[int, Symptom]:
    """What is answered for each refusal on the way from a load balancer to its targets, by the hop's number.

    `answered` is what web ACLs and rules on the way answer.
    """
    found: dict[int, Symptom] = {}
    behind = False
    for hop in hops:
        if behind and hop.verdict == "deny":
            found[hop.n] = _UNAVAILABLE if hop.code in (NO_TARGET, NO_TARGET_IN_ZONE) else _TIMED_OUT
        balancer = (
            cloud.balancing.load_balancers.get(hop.component)
            if hop.kind == "listener" and hop.verdict == "allow"
            else None
        )
        behind = behind or (balancer is not None and balancer.type in _ANSWERING)
    return found | {number: _of_web_acl(answer) for number, answer in answered.items()}


def _of_web_acl(answer: Answer) -> Symptom:
    return _FORBIDDEN if answer is FILTERED else Symptom("http", answer.status, answer.body)
