"""Questions: a source and a destination in the syntax of the command line."""

from collections.abc import Iterable, Iterator

from netful.engine.files import mounts
from netful.engine.flows.address_families import BOTH, IPV6, versions_of
from netful.engine.trace.ends import admissions, in_aws_network
from netful.engine.trace.ends.destination_words import destination_of, without_tls
from netful.engine.trace.ends.destinations import Destination, InterfaceDestination
from netful.engine.trace.ends.source_words import sources_of
from netful.engine.trace.ends.sources import Outside, Source
from netful.model.cloud import Cloud
from netful.model.core import Frozen, QuestionError

_LONGEST = 20_000
"""Characters of a FROM or a TO: more than the URL and the headers that an API accepts."""


class Question(Frozen):
    """A source and a destination. A path exists only if one exists from every source."""

    source: str
    destination: str
    sources: tuple[Source, ...]
    target: Destination
    assumptions: tuple[str, ...] = ()


def parse(cloud: Cloud, source: str, destination: str) -> Question:
    """Return the question of a FROM and a TO; raise QuestionError if one of them is not valid."""
    if max(len(source), len(destination)) > _LONGEST:
        raise QuestionError(f"a question is longer than {_LONGEST} characters")
    sources = sources_of(cloud, source, public=destination.startswith(("internet", "aws:")))
    outside = all(one.interface is None for one in sources)
    target, assumptions = destination_of(cloud, destination, region_of(cloud, sources), outside=outside)
    notes = (
        *assumptions,
        *without_tls(cloud, target),
        *admissions.assumed(cloud, sources, target),
        *_mounted_elsewhere(cloud, sources, target),
        *_by_subnets(cloud, sources, target),
        *_by_ipv4(cloud, sources, target),
    )
    return Question(source, destination, sources, target, notes)


def _mounted_elsewhere(cloud: Cloud, sources: Iterable[Source], target: Destination) -> Iterator[str]:
    """Yield a note for each zone of the sources in which the file system that they ask for has no mount target, or may have none."""
    if isinstance(target, InterfaceDestination) and mounts.targets_of(cloud, target.name):
        clients = [one.interface for one in sources if one.interface]
        for zone in mounts.zones_without(cloud, target.name, clients):
            yield f"`{target.name}` has no mount target in {zone}: functions and tasks there cannot mount it, only connect to another zone's"
        for subnet_id in mounts.subnets_in_doubt(cloud, target.name, clients):
            yield f"`{target.name}` has a mount target in the zone of {subnet_id}"


def _by_ipv4(cloud: Cloud, sources: Iterable[Source], target: Destination) -> Iterator[str]:
    """Yield a note for clients of a resource that has IPv6 addresses as well, which the path does not use."""
    asked = target.interfaces if isinstance(target, InterfaceDestination) else ()
    dual = [eni for eni in asked if IPV6 in versions_of(cloud, eni)]
    if dual and any(one.outside is Outside.INTERNET for one in sources):
        yield "clients on the internet use IPv4: `internet6` asks for those with IPv6"
    both = any(one.interface is not None and versions_of(cloud, one.interface) == BOTH for one in sources)
    for eni in dual[:1] if both else ():
        if eni.ipv6_address is not None and versions_of(cloud, eni) == BOTH:
            yield f"clients use the IPv4 address of `{eni.owner_id}`: `{eni.ipv6_address}` asks for IPv6"


def _by_subnets(cloud: Cloud, sources: Iterable[Source], target: Destination) -> Iterator[str]:
    """Yield what the question assumes about clients in subnets that may use AWS's own network instead."""
    resources = cloud.template.resources
    asked = resources.get(target.name) if isinstance(target, InterfaceDestination) else None
    for name in dict.fromkeys(one.name for one in sources if one.interface is not None):
        yield from in_aws_network.assumed_of_subnets(resources.get(name), asked)


def region_of(cloud: Cloud, sources: Iterable[Source]) -> str:
    """Return the region of sources, whose names clients there use for AWS's services; the cloud's if they have several."""
    regions = {
        cloud.region_of_interface(one.interface) if one.interface else cloud.region_of(one.name) for one in sources
    }
    return regions.pop() if len(regions) == 1 else cloud.region
