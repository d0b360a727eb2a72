"""Sources of a path: an interface, or a client outside every VPC (`source_words` reads them from a command line)."""

from enum import StrEnum

from netful.engine.flows.flow import AWS_EPHEMERAL, HOST_EPHEMERAL, Ports
from netful.model.core import Frozen
from netful.model.network.network_interface import InterfaceOwner, NetworkInterface
from netful.model.network.vpc import IPNetwork


class Outside(StrEnum):
    """A place outside every VPC."""

    INTERNET = "internet"
    INTERNET6 = "internet6"
    LAMBDA = "lambda"
    ON_PREMISES = "on-premises"
    UNLOADED = "unloaded"


_HOSTS = (Outside.INTERNET, Outside.INTERNET6, Outside.ON_PREMISES, Outside.UNLOADED)


class Source(Frozen):
    """A start of a path: an interface, a client outside, or a client that has already reached an endpoint.

    `address` is the address of a client outside, or one of an interface's addresses; None means the default of the kind of
    source. `gate` is the peering connection or the transit gateway's attachment by which its packets come in, `sent_from` are
    its ports where a question names them. `signed`: its requests carry IAM credentials; None means that the destination decides. `identity` is the declared
    identity that signs them.
    """

    name: str
    interface: NetworkInterface | None = None
    outside: Outside | None = None
    endpoint_id: str | None = None
    signed: bool | None = None
    identity: str = ""
    address: IPNetwork | None = None
    gate: str = ""
    sent_from: Ports | None = None

    @property
    def ports(self) -> Ports:
        """Ports that a client here sends from."""
        if self.sent_from is not None:
            return self.sent_from
        host = self.interface is not None and self.interface.owner is InterfaceOwner.INSTANCE
        return HOST_EPHEMERAL if host or self.outside in _HOSTS else AWS_EPHEMERAL
