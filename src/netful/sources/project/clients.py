"""The clients that `netful.toml` declares: a block of public addresses, a country, and distances."""

import re
from collections.abc import Iterable
from ipaddress import IPv4Network

from netful.model.access.internet_client import InternetClient
from netful.model.cloud import Cloud
from netful.model.core import Origin
from netful.model.network.addresses import CLIENT_BLOCK, SERVICE_BLOCK
from netful.sources.files.complaint import fail
from netful.sources.project.project_shape import ClientTable

_COUNTRY = re.compile(r"[A-Z]{2}")
_PRIVATE = tuple(
    IPv4Network(block)
    for block in ("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
                  "192.168.0.0/16", "224.0.0.0/3")
)  # fmt: skip
_PLACES = ("internet", "internet6", "on-premises")


def client(
    cloud: Cloud, name: str, table: ClientTable, origin: Origin, others: Iterable[InternetClient]
) -> InternetClient:
    """Return the clients of a block; raises SourceError for an invalid setting."""
    if name in _PLACES or name in cloud.template.resources or name in cloud.compute.functions:
        what = "a place of every network" if name in _PLACES else "a resource of the template"
        fail(f"`{name}` is {what} already", origin, hint="give these clients another name")
    if table.country and not _COUNTRY.fullmatch(table.country):
        fail(f"`{table.country}` is not a country code", origin, hint="write two capital letters, such as `JP`")
    if table.region_ms < table.edge_ms:
        fail(f"`{name}` is nearer to the region than to the edge", origin, why="the edge is on the way to the region")
    block = _block(table.addresses, origin)
    for other in others:
        if block.overlaps(other.addresses):
            fail(f"`{block}` overlaps {other.addresses}", origin, why=f"`{other.id}` has it")
    return InternetClient(name, block, table.edge_ms, table.region_ms, table.country, origin=origin)


def _block(written: str, origin: Origin) -> IPv4Network:
    try:
        block = IPv4Network(written)
    except ValueError as error:
        fail(f"`{written}` is not an IPv4 block", origin, why=str(error), hint="write `198.51.100.0/24`")
    if any(block.overlaps(other) for other in _PRIVATE):
        fail(f"`{written}` is not public", origin, hint="clients on the internet have public addresses")
    for other, whose in ((SERVICE_BLOCK, "a service"), (CLIENT_BLOCK, "the range of unnamed clients")):
        if block.overlaps(other):
            fail(f"`{written}` overlaps {other}", origin, why=f"{whose} on the emulated internet has it")
    return block
