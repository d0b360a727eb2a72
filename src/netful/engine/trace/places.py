"""Where a path starts and where it shall end, after the words of the command line are understood.

A start is an interface, or a place outside every VPC. A destination is one of five: a host name (resolved later, as
the start resolves it), an address or range, all that is on-premises, a resource with interfaces, or a function (which
nothing can reach).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from netful.engine.admission.requests import ApiRequest
from netful.engine.flows.flow import AWS_EPHEMERAL, HOST_EPHEMERAL, Ports
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.protocols import TCP
from netful.model.network.vpc import IPNetwork


class Outside(StrEnum):
    """A start that is in no VPC."""

    INTERNET = "internet"
    INTERNET6 = "internet6"
    LAMBDA = "lambda"
    ON_PREMISES = "on-premises"


_HOSTS = (Outside.INTERNET, Outside.INTERNET6, Outside.ON_PREMISES)


@dataclass(frozen=True, slots=True)
class Start:
    """One place that the path may start from: an interface, the outside, or an endpoint that was reached already.

    `address` is the one that an outside start has, or which of its addresses an interface sends from; None leaves it to
    what kind of start it is. `signed`: whether its requests carry IAM credentials; None leaves that to what is asked for.
    `identity` names whose, where the project declares them.
    """

    name: str
    interface: NetworkInterface | None = None
    outside: Outside | None = None
    endpoint_id: str | None = None
    signed: bool | None = None
    identity: str = ""
    address: IPNetwork | None = None

    @property
    def ports(self) -> Ports:
        """The ports that a client here chooses from."""
        host = self.interface is not None and self.interface.owner is InterfaceOwner.INSTANCE
        return HOST_EPHEMERAL if host or self.outside in _HOSTS else AWS_EPHEMERAL


@dataclass(frozen=True, slots=True)
class Service:
    """The protocol and the ports that are asked for; ICMP has none."""

    protocol: int = TCP
    ports: Ports = Ports(443, 443)  # noqa: RUF009 (Ports is frozen)


@dataclass(frozen=True, slots=True)
class HostTarget:
    """A host name; `action` is the IAM action that an endpoint's policy is judged for, `resource` its ARN.

    `path` is a URL's, with its query: a load balancer's rules may ask for it. `headers` are those that the question names,
    by lower-case names. `secure`: by HTTPS.

    `request` is set where the host is API Gateway's: it then judges the request (`api_requests`).
    """

    host: str
    service: Service
    label: str
    action: str = ""
    resource: str = ""
    request: ApiRequest | None = None
    path: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    secure: bool = False


@dataclass(frozen=True, slots=True)
class AddressTarget:
    """An address or a range."""

    network: IPNetwork
    service: Service
    label: str


@dataclass(frozen=True, slots=True)
class OnPremisesTarget:
    """All that is on-premises, as far as it is known what that is."""

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


Target = HostTarget | AddressTarget | OnPremisesTarget | InterfaceTarget | FunctionTarget
