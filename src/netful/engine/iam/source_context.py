"""Condition keys of a request that comes through a VPC endpoint: the ids that AWS gives to the endpoint and its VPC."""

from __future__ import annotations

from netful.model.cloud import Cloud
from netful.model.core.unknown import Unknown
from netful.model.network.vpc_endpoints import VpcEndpoint


def through(cloud: Cloud, endpoint: VpcEndpoint) -> dict[str, str]:
    """Return the keys with their values; the VPC is left out if it is not known."""
    vpc = {} if isinstance(endpoint.vpc_id, Unknown) else {"aws:SourceVpc": cloud.aws_id(endpoint.vpc_id)}
    return {"aws:SourceVpce": cloud.aws_id(endpoint.id), **vpc}
