"""Hops of the network on the way of a traced request: those of `netful trace` from its client to what it asked for.

The model predicts them. They have no durations of their own, because the kernel forwards without reporting.
"""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from netful.engine.flow_logs.places import place_name
from netful.engine.flows.kinds import HopKind
from netful.engine.trace.question import parse
from netful.engine.trace.trace import trace_as_sent
from netful.model.cloud import Cloud
from netful.model.core import NetfulError

_SHOWN = frozenset({
    HopKind.NAME, HopKind.NAT, HopKind.IGW, HopKind.EIGW, HopKind.ENDPOINT, HopKind.FIREWALL, HopKind.PEERING, HopKind.TGW,
    HopKind.VPN, HopKind.PROXY, HopKind.EDGE, HopKind.LISTENER, HopKind.TARGET_GROUP, HopKind.VPC_LINK,
})  # fmt: skip
_LOCAL, _INTERNET = "local", "internet"


def hops(cloud: Cloud, arrival: Mapping[str, Any], caller: str) -> list[dict[str, str]]:
    """Return the hops of a request that arrived; `caller` is the function that sent it, "" if it is not known.

    A request of the host's own at the local endpoint passes no network.
    """
    if arrival["door"] == _LOCAL:
        return []
    source = caller or _source(cloud, arrival)
    try:
        path = trace_as_sent(cloud, parse(cloud, source, arrival["asked"]))
    except NetfulError:  # the client is not a place that a path can start from
        return []
    return [
        {"kind": str(hop.kind), "component": hop.component, "rule": hop.rule}
        for hop in path.hops
        if hop.kind in _SHOWN and hop.verdict == "allow"
    ]


def _source(cloud: Cloud, arrival: Mapping[str, Any]) -> str:
    """Return the place of a client by its address."""
    name = place_name(cloud, arrival["vpc"] or "", ip_address(arrival["client"]))
    return name.partition("+")[0] or _INTERNET
