"""Single failures: the words for them, and those that a cloud can have.

| word | what fails |
|---|---|
| `az:us-east-1a` | an availability zone: everything that is in its subnets |
| `NatA` | a NAT gateway, an internet, VPN or transit gateway, an endpoint |
| `Peering` | a link: a peering, an attachment of a transit gateway, a VPN connection |
| `eni-…` | an interface: of an endpoint, a node of a load balancer |
| `Server` | any other resource with interfaces, a subnet or a VPC with all that is in it |
"""

from collections.abc import Iterator
from enum import StrEnum

from netful.engine.trace.ends.source_words import close
from netful.model.cloud import Cloud
from netful.model.core import Frozen, QuestionError, Unknown
from netful.model.network.network_interface import InterfaceOwner

OF_ZONE = "az:"
_FORMS = "what can fail is `az:ZONE`, a gateway, an endpoint, a connection, or a resource with interfaces"


class FailureKind(StrEnum):
    """Kind of a failure, as `resilience` prints it."""

    ZONE = "zone"
    NAT = "nat gateway"
    GATEWAY = "gateway"
    ENDPOINT = "endpoint"
    ENDPOINT_INTERFACE = "endpoint interface"
    NODE = "balancer node"
    INSTANCE = "instance"
    LINK = "link"
    OTHER = "resource"


class Failure(Frozen):
    """One thing that fails: `name` is the zone, or the thing's name in the cloud."""

    kind: FailureKind
    name: str

    def __str__(self) -> str:
        return f"{OF_ZONE}{self.name}" if self.kind is FailureKind.ZONE else self.name


_PARTS = {
    "nat_gateways": FailureKind.NAT,
    "internet_gateways": FailureKind.GATEWAY,
    "egress_only_internet_gateways": FailureKind.GATEWAY,
    "vpn_gateways": FailureKind.GATEWAY,
    "transit_gateways": FailureKind.GATEWAY,
    "vpc_endpoints": FailureKind.ENDPOINT,
    "vpc_peering_connections": FailureKind.LINK,
    "transit_gateway_attachments": FailureKind.LINK,
    "vpn_connections": FailureKind.LINK,
}
"""Parts of the cloud whose things can fail."""

_OWNERS = {InterfaceOwner.ENDPOINT: FailureKind.ENDPOINT_INTERFACE, InterfaceOwner.LOAD_BALANCER: FailureKind.NODE}
"""Owners of whose interfaces one can fail alone."""


def failure_of(cloud: Cloud, word: str) -> Failure:
    """Return the failure that a word names. Raises QuestionError if it names none."""
    if word.startswith(OF_ZONE):
        zone = word.removeprefix(OF_ZONE)
        if zone not in zones(cloud):
            known = ", ".join(f"`{OF_ZONE}{one}`" for one in zones(cloud)) or "no zone is known"
            raise QuestionError(f"no subnet is in the zone `{zone}`", hint=f"the zones are {known}")
        return Failure(FailureKind.ZONE, zone)
    name = cloud.named(word)
    part = next((kind for part, kind in _PARTS.items() if name in cloud.part(part)), None)
    if part is not None:
        return Failure(part, name)
    own = cloud.network.network_interfaces.get(name)
    if own is not None:
        return Failure(_OWNERS.get(own.owner, FailureKind.OTHER), name)
    if any(eni.owner is InterfaceOwner.INSTANCE for eni in cloud.network.interfaces_of(name)):
        return Failure(FailureKind.INSTANCE, name)
    if cloud.network.interfaces_of(name) or name in cloud.network.subnets or name in cloud.network.vpcs:
        return Failure(FailureKind.OTHER, name)
    if name in cloud.template.resources:
        one = cloud.template.resources[name]
        what = f"`{word}` is an `{one.type}`, which packets do not pass or reach"
        raise QuestionError(what, origin=one.origin, hint=_FORMS)
    others = (name for part in (*_PARTS, "subnets", "vpcs") for name in cloud.part(part))
    raise QuestionError(f"there is no `{word}` that could fail", hint=close(cloud, word, _FORMS, others))


def zones(cloud: Cloud) -> tuple[str, ...]:
    """Return the zones in which the cloud has subnets."""
    named = (subnet.availability_zone for subnet in cloud.network.subnets.values())
    return tuple(sorted({zone for zone in named if not isinstance(zone, Unknown)}))


def single_failures(cloud: Cloud) -> tuple[Failure, ...]:
    """Return every failure of one zone, gateway, endpoint, interface, node, instance or link."""
    return (
        *(Failure(FailureKind.ZONE, zone) for zone in zones(cloud)),
        *(Failure(kind, name) for part, kind in _PARTS.items() for name in cloud.part(part)),
        *_interfaces(cloud),
        *dict.fromkeys(_instances(cloud)),
    )


def _interfaces(cloud: Cloud) -> Iterator[Failure]:
    """Yield the interfaces that fail alone; the only one of an endpoint is the endpoint's own failure."""
    for eni in cloud.network.network_interfaces.values():
        kind = _OWNERS.get(eni.owner)
        if kind is FailureKind.NODE or (kind is not None and len(cloud.network.interfaces_of(eni.owner_id)) > 1):
            yield Failure(kind, eni.id)


def _instances(cloud: Cloud) -> Iterator[Failure]:
    for eni in cloud.network.network_interfaces.values():
        if eni.owner is InterfaceOwner.INSTANCE:
            yield Failure(FailureKind.INSTANCE, eni.owner_id)
