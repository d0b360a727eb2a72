"""Destinations that a text names: URLs and host names of the cloud's resources, or of AWS.

| text | destination |
|---|---|
| `postgres://user@HOST:5432/db`, `HOST`, `HOST:6379` of a database or cache | the resource, at the port that is given |
| the private address or name of a resource that is referred to | the resource |
| `http://HOST/path`, `HOST` of a load balancer | the load balancer, at the port of the URL |
| a name of an API of the cloud, or of an interface endpoint | its URL |
| a name of an AWS service in the text's region | the service |
| a name of it elsewhere, or one that no endpoint's private DNS has | its URL |
| any other `https://HOST/path` | the URL; the text may be for a browser, such as an allowed origin |

A text may list several, separated by commas, as lists of brokers are.
"""

import re
from collections.abc import Container, Iterator

from netful.engine.names import api_names, managed_places
from netful.model.cloud import Cloud
from netful.model.core import Frozen, host_of_url
from netful.model.names import service_names
from netful.model.names.generated.endpoint_dns import is_own_name
from netful.model.names.generated.instance_dns import private_dns_name
from netful.model.names.service_names import Service

_PART = re.compile(
    r"(?:(?P<scheme>[a-z][a-z0-9+.:-]*)://)?(?:[^\s/@]*@)?(?P<host>[a-z0-9_-]+(?:\.[a-z0-9_-]+)+)(?::(?P<port>\d{1,5}))?(?P<path>[/?].*)?",
    re.IGNORECASE,
)
_PORTS = {"http": "80", "ws": "80", "https": "443", "wss": "443"}
_BY_NAME = ("execute-api", "s3")
"""Services whose host names mean an API or a bucket rather than the service."""


class NamedHost(Frozen):
    """A destination and the name for a message; `foreign` if neither the cloud nor AWS has the host."""

    destination: str
    name: str
    foreign: bool = False


def named_hosts(cloud: Cloud, text: str, region: str, referred: Container[str]) -> Iterator[NamedHost]:
    """Return the destinations that a text of a region names. An address means a resource only if the text's owner refers to it."""
    for part in re.split(r"[,;\s]+", text):
        found = _PART.fullmatch(part)
        own = found is not None and found["host"].startswith("127.")  # the port of an extension
        named = _named(cloud, part, found, referred, region) if found and not own else None
        if named:
            yield named


def named_url(url: str, region: str) -> NamedHost | None:
    """Return the destination of a URL in code of a region, by its host's public name alone."""
    host = host_of_url(url)
    if "." not in host:
        return None
    known = service_names.service_of_host(host)
    if known and known[0].code not in _BY_NAME and _is_regional(known[0], host, region):
        return NamedHost(f"aws:{known[0].code}", host)
    return NamedHost(url, host, foreign=known is None)


def _named(cloud: Cloud, part: str, found: re.Match[str], referred: Container[str], region: str) -> NamedHost | None:
    scheme, host, path = (found["scheme"] or "").lower(), found["host"].lower(), found["path"] or ""
    owner = _owner(cloud, host) or _at_address(cloud, host, referred)
    if owner:
        port = found["port"] or _PORTS.get(scheme)
        return NamedHost(f"{owner}:tcp/{port}" if port else owner, owner)
    if scheme in ("https", "http"):
        return named_url(part, region)
    if scheme == "" and (api_names.is_api_host(cloud, host) or is_own_name(host)):
        return NamedHost(f"https://{host}{path}", host)
    known = service_names.service_of_host(host) if scheme == "" else None
    plain = known is not None and known[0].code not in _BY_NAME and host == known[0].host(known[1])
    return named_url(f"https://{host}", region) if plain else None


def _owner(cloud: Cloud, host: str) -> str:
    """Return the database, cache or load balancer that a host name belongs to."""
    balancer = next((b.id for b in cloud.balancing.load_balancers.values() if b.is_named(host)), "")
    return balancer or managed_places.owner_of(cloud, host)


def _at_address(cloud: Cloud, host: str, referred: Container[str]) -> str:
    """Return the resource that is referred to and has a private address, or the name of one."""
    for eni in cloud.network.network_interfaces.values():
        if eni.owner_id in referred:
            address = str(eni.private_ip_address)
            if host in (address, private_dns_name(address, cloud.region_of_interface(eni))):
                return eni.owner_id
    return ""


def _is_regional(service: Service, host: str, region: str) -> bool:
    """Return whether a host name of a service is one that `aws:SERVICE` means in a region."""
    names = (service.host(region), *service.private_names(region))
    return any(service_names.name_matches(name, host) for name in names)
