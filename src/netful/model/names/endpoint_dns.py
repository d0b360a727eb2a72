"""Generated names of an interface endpoint, which netful derives from its id (spec: vpc-network §5.2).

A template's logical id replaces AWS's random id: lower-cased and made DNS-safe (`SsmEndpoint` → `vpce-ssmendpoint`).
The hash of the exact id separates two that differ only in case. The result has one hyphen, like AWS's: templates split
a name at its hyphens to get the id.
"""

from __future__ import annotations

import re
from zlib import crc32

from netful.model.names import service_names

_LONGEST_ID = 40  # a label has at most 63 characters: `vpce-`, this, the hash and a zone


def dns_id(endpoint_id: str) -> str:
    """Return the endpoint's id as a label of host names: `vpce-…`, DNS-safe."""
    safe = re.sub(r"[^a-z0-9]+", "", endpoint_id.lower().removeprefix("vpce-"))
    return f"vpce-{safe[:_LONGEST_ID]}"


def first_label(endpoint_id: str) -> str:
    """Return the prefix of the endpoint's own names."""
    return f"{dns_id(endpoint_id)}-{crc32(endpoint_id.encode()):08x}"


def suffix_of(service_name: str, region: str) -> str:
    """Return the suffix of the own names of every endpoint of a service, AWS's own or another's."""
    service = service_names.service_code(service_name)
    if not service:
        return f"{service_name.rsplit('.', 1)[-1].lower()}.{region}.vpce.amazonaws.com"
    return service_names.service(service).host(region).removesuffix("amazonaws.com") + "vpce.amazonaws.com"
