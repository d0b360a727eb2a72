"""What `GetAtt ENDPOINT.DnsEntries` gives: `HOSTED-ZONE:NAME` for each name of an interface endpoint (vpc-network §5.2)."""

from __future__ import annotations

from collections.abc import Iterator

from netful.model import catalog
from netful.model.endpoint_dns import first_label, suffix

_PUBLIC_ZONE, _PRIVATE_ZONE = "Z0NETFULVPCE", "Z0NETFULPRIVATE"
"""Stand for the ids of AWS's own zones: nothing hangs on them."""


def dns_entries(endpoint_id: str, service: str, region: str, zones: list[str], *, private_dns: bool) -> list[str]:
    """The entries in AWS's order: the regional name, one a zone, then the service's own names where private DNS is on."""
    return [
        *(f"{_PUBLIC_ZONE}:{name}" for name in _own_names(endpoint_id, service, region, zones)),
        *(
            f"{_PRIVATE_ZONE}:{name}"
            for name in (catalog.service(service).private_names(region) if private_dns else ())
        ),
    ]


def _own_names(endpoint_id: str, service: str, region: str, zones: list[str]) -> Iterator[str]:
    label, end = first_label(endpoint_id), suffix(service, region)
    yield f"{label}.{end}"
    yield from (f"{label}-{zone}.{end}" for zone in zones)
