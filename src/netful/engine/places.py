"""Where a path starts and where it shall end, after the words of the command line are understood.

A start is an interface, or a place outside every VPC. A destination is one of four: a host name (resolved later, as
the start resolves it), an address or range, a resource with interfaces, or a function (which nothing can reach).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from netful.engine.flow import AWS_EPHEMERAL, HOST_EPHEMERAL, Ports
from netful.model.filters import TCP
from netful.model.interface import InterfaceOwner, NetworkInterface
from netful.model.vpc import IPNetwork


class Outside(StrEnum):
    """A start that is in no VPC."""

    INTERNET = "internet"
    LAMBDA = "lambda"


@dataclass(frozen=True, slots=True)
class Start:
    """One place that the path may start from: an interface, or the outside."""

    name: str
    interface: NetworkInterface | None = None
    outside: Outside | None = None

    @property
    def ports(self) -> Ports:
        """The ports that a client here chooses from."""
        host = self.interface is not None and self.interface.owner is InterfaceOwner.INSTANCE
        return HOST_EPHEMERAL if host or self.outside is Outside.INTERNET else AWS_EPHEMERAL


@dataclass(frozen=True, slots=True)
class Service:
    """The protocol and the ports that are asked for; ICMP has none."""

    protocol: int = TCP
    ports: Ports = Ports(443, 443)  # noqa: RUF009 (Ports is frozen)


@dataclass(frozen=True, slots=True)
class HostTarget:
    """A host name; `action` is the IAM action that an endpoint's policy is judged for, `resource` its ARN."""

    host: str
    service: Service
    label: str
    action: str = ""
    resource: str = ""


@dataclass(frozen=True, slots=True)
class AddressTarget:
    """An address or a range."""

    network: IPNetwork
    service: Service
    label: str


@dataclass(frozen=True, slots=True)
class InterfaceTarget:
    """A resource of the cloud, by its interfaces."""

    name: str
    interfaces: tuple[NetworkInterface, ...]
    service: Service


@dataclass(frozen=True, slots=True)
class FunctionTarget:
    """A function; only the Lambda service can call it."""

    name: str
    service: Service


Target = HostTarget | AddressTarget | InterfaceTarget | FunctionTarget
