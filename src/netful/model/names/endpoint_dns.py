"""Generated names of an interface endpoint, which netful derives from its id, `vpce-…` (spec: vpc-network §5.2).

The first label is the id and a hash. Templates split a name at its hyphens to get the id.
"""

from __future__ import annotations

from zlib import crc32

from netful.model.names import service_names


def first_label(endpoint_id: str) -> str:
    """Return the prefix of the endpoint's own names."""
    return f"{endpoint_id}-{crc32(endpoint_id.encode()):08x}"


def suffix_of(service_name: str, region: str) -> str:
    """Return the suffix of the own names of every endpoint of a service, AWS's own or another's."""
    service = service_names.service_code(service_name)
    if not service:
        return f"{service_name.rsplit('.', 1)[-1].lower()}.{region}.vpce.amazonaws.com"
    return service_names.service(service).host(region).removesuffix("amazonaws.com") + "vpce.amazonaws.com"
