"""Generated names of an interface endpoint, which netful derives from its id, `vpce-…` (spec: vpc-network §5.2).

The first label is the id and a hash. Templates split a name at its hyphens to get the id.
"""

from collections.abc import Iterator
from zlib import crc32

from netful.model.names import service_names
from netful.model.names.generated.id_forms import HOSTED_ZONE, formed
from netful.model.names.partitions import url_suffix

_PUBLIC_ZONES = {"us-east-1": "Z7HUB22UULQXV"}
"""Known ids of AWS's zone of a region with the own names of endpoints; nothing depends on the others."""


def first_label(endpoint_id: str) -> str:
    """Return the prefix of the endpoint's own names."""
    return f"{endpoint_id}-{crc32(endpoint_id.encode()):08x}"


def suffix_of(service_name: str, region: str) -> str:
    """Return the suffix of the own names of every endpoint of a service, AWS's own or another's."""
    service, suffix = service_names.service_code(service_name), url_suffix(region)
    if not service:
        return f"{service_name.rsplit('.', 1)[-1].lower()}.{region}.vpce.{suffix}"
    return service_names.service(service).host(region).removesuffix(suffix) + f"vpce.{suffix}"


def is_own_name(host: str) -> bool:
    """Return whether a host has the form of an endpoint's own names."""
    return host.endswith((".vpce.amazonaws.com", ".vpce.amazonaws.com.cn"))


def entries(
    endpoint_id: str, service_name: str, region: str, zones: list[str], *, private_dns: bool
) -> Iterator[tuple[str, str]]:
    """Yield the names of an endpoint in AWS's order, each with the id of its hosted zone.

    The order is the regional name, one for each zone, then the private DNS names if they are enabled.
    """
    service = service_names.service_code(service_name)
    label, end = first_label(endpoint_id), suffix_of(service_name, region)
    public = _PUBLIC_ZONES.get(region) or formed(HOSTED_ZONE, "aws", region, "endpoints")
    yield f"{label}.{end}", public
    yield from ((f"{label}-{zone}.{end}", public) for zone in zones)
    if service and private_dns:
        private = formed(HOSTED_ZONE, "aws", region, service_name)
        yield from ((name, private) for name in service_names.service(service).private_names(region))
