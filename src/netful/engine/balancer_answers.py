"""What a client sees where an application load balancer cannot reach a target: its own answer (api-gateway §7.7)."""

from __future__ import annotations

from collections.abc import Iterable

from netful.engine.balancing import NO_TARGET, NO_TARGET_IN_ZONE
from netful.engine.path import Hop, Symptom
from netful.model.balancer import LoadBalancerType
from netful.model.cloud import Cloud

_BODY = "<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1></center>\r\n</body>\r\n</html>\r\n"
_UNAVAILABLE = Symptom("http", 503, _BODY.format(title="503 Service Temporarily Unavailable"))
_TIMED_OUT = Symptom("http", 504, _BODY.format(title="504 Gateway Time-out"))


def answers(cloud: Cloud, hops: Iterable[Hop]) -> dict[int, Symptom]:
    """What is answered for each refusal on the way from a load balancer to its targets, by the hop's number."""
    found: dict[int, Symptom] = {}
    behind = False
    for hop in hops:
        if behind and hop.verdict == "deny":
            found[hop.n] = _UNAVAILABLE if hop.code in (NO_TARGET, NO_TARGET_IN_ZONE) else _TIMED_OUT
        balancer = (
            cloud.load_balancers.get(hop.component) if hop.kind == "listener" and hop.verdict == "allow" else None
        )
        behind = behind or (balancer is not None and balancer.type is LoadBalancerType.APPLICATION)
    return found
