"""DNS names of load balancers: AWS generates them at deployment, netful from the id (spec: api-gateway §7.1)."""

from __future__ import annotations

from zlib import crc32

from netful.model.balancing.load_balancers import LoadBalancerType


def dns_name(load_balancer_id: str, region: str, kind: str, *, internal: bool, name: str | None = None) -> str:
    """Return the name of a load balancer of AWS's `Type`; it depends only on its id."""
    label = (name or load_balancer_id).lower().replace("/", "-")
    number = crc32(load_balancer_id.encode())
    if kind == LoadBalancerType.NETWORK:
        return f"{label}-{number:016x}.elb.{region}.amazonaws.com"
    prefix = "internal-" if internal else ""
    return f"{prefix}{label}-{number:010d}.{region}.elb.amazonaws.com"
