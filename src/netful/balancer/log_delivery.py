"""Delivery of access logs: objects in the bucket that the attributes of an application load balancer name.

AWS delivers a file for each node every five minutes; netful delivers as soon as lines exist. Lines that the bucket does not
accept are lost, as on AWS.
"""

import asyncio
import gzip
import logging
import time
from secrets import token_hex

from netful.balancer.access_log import delivered
from netful.model.balancing.load_balancers import LoadBalancer, LoadBalancerType
from netful.model.cloud import Cloud
from netful.model.network.network_interface import NetworkInterface
from netful.services.http.backend_requests import CallHost, call_bucket

log = logging.getLogger(__name__)

_ENABLED, _BUCKET, _PREFIX = "access_logs.s3.enabled", "access_logs.s3.bucket", "access_logs.s3.prefix"


def is_wanted(balancer: LoadBalancer) -> bool:
    """Return whether access logs of the load balancer are delivered."""
    attributes = balancer.attributes
    wanted = attributes.get(_ENABLED) == "true" and bool(attributes.get(_BUCKET))
    return wanted and balancer.type is LoadBalancerType.APPLICATION


async def deliver(
    cloud: Cloud, balancer: LoadBalancer, node: NetworkInterface, written: list[str], call_host: CallHost
) -> None:
    """Put the lines that a node wrote into the bucket."""
    packed = await asyncio.to_thread(_packed, cloud, balancer, written)
    if not packed:
        return
    place = balancer.attributes[_BUCKET], _key(cloud, balancer, node)
    answer = await call_bucket(call_host, cloud.region, "elasticloadbalancing", "PUT", place, packed)
    if answer.status >= 300:
        log.warning(
            "`%s`: `%s` did not take an access log: %s",
            balancer.id,
            place[0],
            answer.body[:200].decode("utf-8", "replace"),
        )


def _packed(cloud: Cloud, balancer: LoadBalancer, written: list[str]) -> bytes:
    lines = [line for one in written if (line := delivered(cloud, balancer.id, one)) is not None]
    return gzip.compress("".join(f"{line}\n" for line in lines).encode()) if lines else b""


def _key(cloud: Cloud, balancer: LoadBalancer, node: NetworkInterface) -> str:
    """Return AWS's key of a log file: day, account, region, load balancer, end of its time span, and node."""
    now, prefix = time.gmtime(), balancer.attributes.get(_PREFIX, "").strip("/")
    folder = f"AWSLogs/{cloud.account_id}/elasticloadbalancing/{cloud.region}/{time.strftime('%Y/%m/%d', now)}"
    which = cloud.aws_id(balancer.id).partition(":loadbalancer/")[2].replace("/", ".")
    end = time.strftime("%Y%m%dT%H%MZ", now)
    file = f"{cloud.account_id}_elasticloadbalancing_{cloud.region}_{which}_{end}_{node.private_ip_address}_{token_hex(4)}.log.gz"
    return "/".join((*([prefix] if prefix else []), folder, file))
