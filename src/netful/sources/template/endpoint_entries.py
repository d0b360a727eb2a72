"""Value of `GetAtt ENDPOINT.DnsEntries`: `HOSTED-ZONE:NAME` for each of its names (vpc-network §5.2)."""

from __future__ import annotations

from netful.model.names import service_names
from netful.model.names.endpoint_dns import first_label, suffix_of

_PUBLIC_ZONE, _PRIVATE_ZONE = "Z0NETFULVPCE", "Z0NETFULPRIVATE"
"""Placeholders for the ids of AWS's own zones: nothing depends on them."""


def dns_entries(endpoint_id: str, service_name: str, region: str, zones: list[str], *, private_dns: bool) -> list[str]:
    """Return the entries in AWS's order: the regional name, one per zone, then the private DNS names if enabled."""
    service = service_names.service_code(service_name)
    names = service_names.service(service).private_names(region) if service and private_dns else ()
    label, end = first_label(endpoint_id), suffix_of(service_name, region)
    own = (f"{label}.{end}", *(f"{label}-{zone}.{end}" for zone in zones))
    return [*(f"{_PUBLIC_ZONE}:{name}" for name in own), *(f"{_PRIVATE_ZONE}:{name}" for name in names)]
