"""DNS names of load balancers: AWS generates them at deployment, netful from the id (spec: api-gateway §7.1)."""

import re
from hashlib import sha256
from zlib import crc32

from netful.model.balancing.load_balancers import LoadBalancerType
from netful.model.names.partitions import url_suffix

_OF_AWS = re.compile(r"loadbalancer/(?:app|net|gwy)/[^/]+/([0-9a-f]{16})")


def dns_name(load_balancer_id: str, region: str, kind: str, *, internal: bool, name: str | None = None) -> str:
    """Return the name of a load balancer of AWS's `Type`; it depends only on its id."""
    label = (name or load_balancer_id).lower().replace("/", "-")
    if kind == LoadBalancerType.NETWORK:
        return f"{label}-{number_of(load_balancer_id)}.elb.{region}.{url_suffix(region)}"
    prefix = "internal-" if internal else ""
    return f"{prefix}{label}-{crc32(load_balancer_id.encode()):010d}.{region}.elb.{url_suffix(region)}"


def number_of(load_balancer_id: str) -> str:
    """Return the 16 digits in a load balancer's ARN: those of an id that the API made, else a hash."""
    made = _OF_AWS.fullmatch(load_balancer_id)
    return made[1] if made else sha256(load_balancer_id.encode()).hexdigest()[:16]
