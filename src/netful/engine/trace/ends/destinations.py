"""Destinations of a path (`destination_words` reads them from a command line).

A destination is one of five: a host name, which the source resolves; an address or range; the on-premises network; a
resource with interfaces; a function, which no connection can reach.
"""

from netful.engine.admission.requests import ApiRequest
from netful.engine.flows.address_families import BOTH
from netful.engine.flows.flow import Ports
from netful.model.core import Frozen
from netful.model.network.network_interface import NetworkInterface
from netful.model.network.protocols import TCP
from netful.model.network.vpc import IPNetwork


class Service(Frozen):
    """Protocol and ports of a question; ICMP has no ports."""

    protocol: int = TCP
    ports: Ports = Ports(443, 443)


class HostDestination(Frozen):
    """A host name; `action` is the IAM action that an endpoint's policy is evaluated for, `resource` its ARN.

    `path` is a URL's path with its query, which a load balancer's rules may match; so is `method`, "" if the question names
    none. `headers` are those of the question, by lower-case names. `secure` is set for HTTPS. `request` is set if the host is
    API Gateway, which then judges the request (`admission.requests`).
    """

    host: str
    service: Service
    label: str
    action: str = ""
    resource: str = ""
    request: ApiRequest | None = None
    method: str = ""
    path: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    secure: bool = False


class AddressDestination(Frozen):
    """An address or a range; `named`: it stands for a host that clients look up by a name."""

    network: IPNetwork
    service: Service
    label: str
    named: bool = False


class OnPremisesDestination(Frozen):
    """The whole on-premises network, as far as its blocks are known."""

    service: Service
    label: str


class InterfaceDestination(Frozen):
    """A resource of the cloud, by its interfaces, at their addresses of some families."""

    name: str
    interfaces: tuple[NetworkInterface, ...]
    service: Service
    families: frozenset[int] = BOTH


class FunctionDestination(Frozen):
    """A function; only the Lambda service can call it."""

    name: str
    service: Service


Destination = HostDestination | AddressDestination | OnPremisesDestination | InterfaceDestination | FunctionDestination
