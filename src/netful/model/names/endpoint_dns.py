"""The names that AWS makes up for an interface endpoint at deployment, netful from its id (spec: vpc-network §5.2).

A template's logical id takes the place of AWS's random id: lower-cased and made DNS-safe (`SsmEndpoint` →
`vpce-ssmendpoint`); the hash of the exact id keeps two that differ in case apart. It has one hyphen, as AWS's have:
templates cut a name at its hyphens to get the id.
"""

from __future__ import annotations

import re
from zlib import crc32

from netful.model.names import service_names

_LONGEST_ID = 40  # a label has at most 63 characters: `vpce-`, this, the hash and a zone


def dns_id(endpoint_id: str) -> str:
    """The endpoint's id as it stands in host names: `vpce-…`, DNS-safe."""
    safe = re.sub(r"[^a-z0-9]+", "", endpoint_id.lower().removeprefix("vpce-"))
    return f"vpce-{safe[:_LONGEST_ID]}"


def first_label(endpoint_id: str) -> str:
    """What the endpoint's own names begin with."""
    return f"{dns_id(endpoint_id)}-{crc32(endpoint_id.encode()):08x}"


def suffix_of(service_name: str, region: str) -> str:
    """What the own names of every endpoint of a service end with, AWS's own or another's."""
    service = service_names.service_code(service_name)
    if not service:
        return f"{service_name.rsplit('.', 1)[-1].lower()}.{region}.vpce.amazonaws.com"
    return service_names.service(service).host(region).removesuffix("amazonaws.com") + "vpce.amazonaws.com"
