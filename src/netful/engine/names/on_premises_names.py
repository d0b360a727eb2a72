"""Names resolved on-premises: by the inbound endpoint of a VPC's resolver, if one exists (vpc-network §6.4).

Without an inbound endpoint only public DNS answers. With one, on-premises DNS is assumed to forward every name to it.
"""

from dataclasses import replace

from netful.engine.names import hosted_zones, resolution
from netful.engine.names.dns_answer import DnsAnswer
from netful.model.cloud import Cloud


def resolve(cloud: Cloud, host: str, query_types: tuple[str, ...] = resolution.ADDRESS_TYPES) -> DnsAnswer:
    """Return the answer to a name on-premises."""
    inbound = hosted_zones.inbound_endpoint(cloud)
    if inbound is None:
        return resolution.resolve(cloud, None, host)
    endpoint_id, vpc = inbound
    answer = resolution.resolve(cloud, vpc.id, host, inbound=True, query_types=query_types)
    return replace(answer, assumptions=(*answer.assumptions, f"on-premises DNS forwards to {endpoint_id}"))
